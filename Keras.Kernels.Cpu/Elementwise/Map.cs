using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu.Elementwise;

// A function of one element. Only the vector form exists: tails run through it too, in a padded vector, so that an
// element's result does not depend on where it lies.
internal interface IUnary
{
    static abstract Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged;
}

internal static unsafe class Map
{
    const int BlockElements = 32768;
    const int ChunkElements = 256;

    // y may be x.
    internal static void Unary<TBody, T>(T* x, T* y, long n) where TBody : IUnary where T : unmanaged
    {
        if (n <= BlockElements) Row<TBody, T>(x, y, n);
        else Parallel.For((int)((n + BlockElements - 1) / BlockElements), new UnaryBlocks<TBody, T>(x, y, n));
    }

    // For bodies that yield a mask: y is 1 where it is set.
    internal static void Predicate<TBody, T>(T* x, byte* y, long n) where TBody : IUnary where T : unmanaged
    {
        if (n <= BlockElements) PredicateRow<TBody, T>(x, y, n);
        else Parallel.For((int)((n + BlockElements - 1) / BlockElements), new PredicateBlocks<TBody, T>(x, y, n));
    }

    internal static void Row<TBody, T>(T* x, T* y, long n) where TBody : IUnary where T : unmanaged
    {
        if (typeof(T) == typeof(bool)) Row<TBody, byte>((byte*)x, (byte*)y, n);
        else if (Cast.IsNarrow<T>()) NarrowRow<TBody, T>(x, y, n);
        else VectorRow<TBody, T>(x, y, n);
    }

    static void VectorRow<TBody, T>(T* x, T* y, long n) where TBody : IUnary where T : unmanaged
    {
        long width = Vector512<T>.Count, i = 0;
        for (; i <= n - (2 * width); i += 2 * width)
        {
            var first = TBody.Apply(Vector512.Load(x + i));
            var second = TBody.Apply(Vector512.Load(x + i + width));
            first.Store(y + i);
            second.Store(y + i + width);
        }

        for (; i < n; i += width)
        {
            var count = (int)Math.Min(width, n - i);
            Padded.Store(TBody.Apply(Padded.Load(x + i, count)), y + i, count);
        }
    }

    static void NarrowRow<TBody, T>(T* x, T* y, long n) where TBody : IUnary where T : unmanaged
    {
        var wide = stackalloc float[ChunkElements];
        for (long i = 0; i < n; i += ChunkElements)
        {
            var count = Math.Min(ChunkElements, n - i);
            Cast.Row(x + i, wide, count);
            VectorRow<TBody, float>(wide, wide, count);
            Cast.Row(wide, y + i, count);
        }
    }

    static void PredicateRow<TBody, T>(T* x, byte* y, long n) where TBody : IUnary where T : unmanaged
    {
        if (typeof(T) == typeof(bool)) PredicateChunks<TBody, byte, byte>((byte*)x, y, n);
        else if (Cast.IsNarrow<T>()) PredicateChunks<TBody, T, float>(x, y, n);
        else PredicateChunks<TBody, T, T>(x, y, n);
    }

    static void PredicateChunks<TBody, T, TWide>(T* x, byte* y, long n)
        where TBody : IUnary where T : unmanaged where TWide : unmanaged
    {
        var masks = stackalloc TWide[ChunkElements];
        for (long i = 0; i < n; i += ChunkElements)
        {
            var count = Math.Min(ChunkElements, n - i);
            if (typeof(T) == typeof(TWide))
            {
                VectorRow<TBody, TWide>((TWide*)(x + i), masks, count);
            }
            else
            {
                Cast.Row(x + i, masks, count);
                VectorRow<TBody, TWide>(masks, masks, count);
            }

            Masks.Pack(masks, y + i, count);
        }
    }

    readonly struct UnaryBlocks<TBody, T>(T* x, T* y, long n) : IBlocks where TBody : IUnary where T : unmanaged
    {
        readonly T* _x = x;
        readonly T* _y = y;
        readonly long _n = n;

        public void Run(int block)
        {
            var start = (long)block * BlockElements;
            Row<TBody, T>(_x + start, _y + start, Math.Min(BlockElements, _n - start));
        }
    }

    readonly struct PredicateBlocks<TBody, T>(T* x, byte* y, long n) : IBlocks
        where TBody : IUnary where T : unmanaged
    {
        readonly T* _x = x;
        readonly byte* _y = y;
        readonly long _n = n;

        public void Run(int block)
        {
            var start = (long)block * BlockElements;
            PredicateRow<TBody, T>(_x + start, _y + start, Math.Min(BlockElements, _n - start));
        }
    }
}

// Vectors at the end of a row: lanes past the end read as zero and are not written.
internal static unsafe class Padded
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<T> Load<T>(T* p, int count) where T : unmanaged
    {
        if (count == Vector512<T>.Count) return Vector512.Load(p);
        return LoadPart(p, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Store<T>(Vector512<T> x, T* p, int count) where T : unmanaged
    {
        if (count == Vector512<T>.Count) x.Store(p);
        else StorePart(x, p, count);
    }

    static Vector512<T> LoadPart<T>(T* p, int count) where T : unmanaged
    {
        var x = Vector512<T>.Zero;
        Unsafe.CopyBlockUnaligned(&x, p, (uint)(count * sizeof(T)));
        return x;
    }

    static void StorePart<T>(Vector512<T> x, T* p, int count) where T : unmanaged =>
        Unsafe.CopyBlockUnaligned(p, &x, (uint)(count * sizeof(T)));
}
