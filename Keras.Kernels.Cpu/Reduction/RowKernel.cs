using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu.Reduction;

using Keras.Kernels.Cpu.Elementwise;

internal static unsafe class RowKernel
{
    // Short enough that single-precision sums stay accurate, long enough that the horizontal step does not count.
    const int ChunkElements = 2048;
    const int StagedElements = 1024;

    // Combines n elements into an accumulator.
    internal static TTop Add<TOp, T, TAcc, TTop>(T* x, long n, TTop top)
        where TOp : IReduction
        where T : unmanaged
        where TAcc : unmanaged, INumber<TAcc>, IMinMaxValue<TAcc>
        where TTop : unmanaged, INumber<TTop>
    {
        if (Source.IsDirect<TOp, T, TAcc>())
        {
            for (long i = 0; i < n; i += ChunkElements)
                top = Join<TOp, TAcc, TTop>(top, Chunk<TOp, TAcc>((TAcc*)(x + i), (int)Math.Min(ChunkElements, n - i)));
            return top;
        }

        var staged = stackalloc TAcc[StagedElements];
        for (long i = 0; i < n; i += StagedElements)
        {
            var count = (int)Math.Min(StagedElements, n - i);
            Source.Load<TOp, T, TAcc>(x + i, staged, count);
            top = Join<TOp, TAcc, TTop>(top, Chunk<TOp, TAcc>(staged, count));
        }

        return top;
    }

    static TTop Join<TOp, TAcc, TTop>(TTop top, TAcc value)
        where TOp : IReduction where TAcc : unmanaged, INumber<TAcc> where TTop : unmanaged, INumber<TTop> =>
        TOp.Combine(Vector512.CreateScalar(top), Vector512.CreateScalar(TTop.CreateTruncating(value))).ToScalar();

    internal static T Chunk<TOp, T>(T* x, int n) where TOp : IReduction where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        var width = Vector512<T>.Count;
        var a = Vector512.Create(TOp.Identity<T>());
        var i = 0;
        if (n >= 8 * width)
        {
            // A tree of eight vectors per step: few roundings follow each other, and the adds overlap.
            var b = a;
            for (; i <= n - (8 * width); i += 8 * width)
            {
                var first = TOp.Combine(Pair<TOp, T>(x + i), Pair<TOp, T>(x + i + (2 * width)));
                var second = TOp.Combine(Pair<TOp, T>(x + i + (4 * width)), Pair<TOp, T>(x + i + (6 * width)));
                a = TOp.Combine(a, first);
                b = TOp.Combine(b, second);
            }

            a = TOp.Combine(a, b);
        }

        for (; i <= n - width; i += width) a = TOp.Combine(a, Vector512.Load(x + i));
        if (i < n) a = TOp.Combine(a, Part<TOp, T>(x + i, n - i));
        return Horizontal<TOp, T>(a);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> Pair<TOp, T>(T* x) where TOp : IReduction where T : unmanaged =>
        TOp.Combine(Vector512.Load(x), Vector512.Load(x + Vector512<T>.Count));

    static Vector512<T> Part<TOp, T>(T* x, int n)
        where TOp : IReduction where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        var part = Vector512.Create(TOp.Identity<T>());
        Unsafe.CopyBlockUnaligned(&part, x, (uint)(n * sizeof(T)));
        return part;
    }

    // Halves the width until one lane is left.
    static T Horizontal<TOp, T>(Vector512<T> x) where TOp : IReduction where T : unmanaged
    {
        x = TOp.Combine(x, Vector512.Create(x.GetUpper(), x.GetUpper()));
        x = TOp.Combine(x, Vector512.Create(x.GetLower().GetUpper()));
        x = TOp.Combine(x, Vector512.Create(x.AsUInt64().GetElement(1)).As<ulong, T>());
        if (sizeof(T) <= 4) x = TOp.Combine(x, Vector512.Create(x.AsUInt32().GetElement(1)).As<uint, T>());
        if (sizeof(T) <= 2) x = TOp.Combine(x, Vector512.Create(x.AsUInt16().GetElement(1)).As<ushort, T>());
        if (sizeof(T) == 1) x = TOp.Combine(x, Vector512.Create(x.AsByte().GetElement(1)).As<byte, T>());
        return x.ToScalar();
    }
}

internal static unsafe class Source
{
    // The elements can be read where they are. Logical reductions of bytes that are not yet 0 or 1 can not.
    internal static bool IsDirect<TOp, T, TAcc>() where TOp : IReduction =>
        typeof(T) == typeof(TAcc) && !TOp.IsLogical;

    internal static void Load<TOp, T, TAcc>(T* x, TAcc* y, int n)
        where TOp : IReduction where T : unmanaged where TAcc : unmanaged
    {
        if (TOp.IsLogical) Elementwise.Cast.Row(x, (bool*)y, n);
        else Elementwise.Cast.Row(x, y, n);
    }
}
