using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu.LinearAlgebra;

using Keras.Kernels.Cpu.Movement;

/// <summary>
/// L·X = B for a lower triangle that fits the first-level cache, by strips of columns of B. An upper triangle is a lower one read
/// backwards: with strides below zero from its last element. Every column is computed by the same steps, wherever it stands.
/// </summary>
internal static unsafe class TriangleBlock
{
    /// <summary>The most rows of a triangle.</summary>
    internal const int Size = 64;

    const int MostVectors = 8;

    /// <summary>The room of a packed triangle, in elements.</summary>
    internal const int PackedCount = Size * Size;

    internal static int StripColumns<T>() where T : unmanaged => MostVectors * Width<T>();

    static int Width<T>() where T : unmanaged =>
        Vector512.IsHardwareAccelerated ? Simd512<T>.Width : Vector256.IsHardwareAccelerated ? Simd256<T>.Width : Simd128<T>.Width;

    /// <summary>Copies a triangle with its diagonal negated: solving with it gives -X, from which updates are plain products.</summary>
    internal static void Pack<T>(int n, T* source, nint row, nint column, bool unit, T* packed) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < i; j++) packed[(i * Size) + j] = source[(i * row) + (j * column)];
            packed[(i * Size) + i] = unit ? -T.One : -source[i * (row + column)];
        }
    }

    /// <summary>Replaces B by X, or by -X, in <paramref name="columns"/> columns, shared out among the threads by strips. Rows or columns are contiguous.</summary>
    internal static void Solve<T>(int n, T* packed, T* x, nint row, nint column, int columns, bool negated) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var strip = StripColumns<T>();
        Parallel.For((columns + strip - 1) / strip, new Strips<T>(n, packed, x, row, column, columns, negated));
    }

    readonly struct Strips<T>(int n, T* packed, T* x, nint row, nint column, int columns, bool negated) : IBlocks where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public void Run(int block)
        {
            var first = block * StripColumns<T>();
            SolveStrip(n, packed, x + (first * column), row, column, Math.Min(columns - first, StripColumns<T>()), negated);
        }
    }

    /// <summary>As <see cref="Solve"/> for one strip at most, on this thread.</summary>
    internal static void SolveStrip<T>(int n, T* packed, T* x, nint row, nint column, int columns, bool negated) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (Vector512.IsHardwareAccelerated) SolveStrip<T, Simd512<T>, Vector512<T>>(n, packed, x, row, column, columns, negated);
        else if (Vector256.IsHardwareAccelerated) SolveStrip<T, Simd256<T>, Vector256<T>>(n, packed, x, row, column, columns, negated);
        else SolveStrip<T, Simd128<T>, Vector128<T>>(n, packed, x, row, column, columns, negated);
    }

    [SkipLocalsInit]
    static void SolveStrip<T, TSimd, TVec>(int n, T* packed, T* x, nint row, nint column, int columns, bool negated)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> where TSimd : struct, ISimd<T, TVec> where TVec : struct
    {
        var vectors = (columns + TSimd.Width - 1) / TSimd.Width;
        vectors = vectors switch { <= 2 => vectors, <= 4 => 4, _ => MostVectors };
        var width = vectors * TSimd.Width;
        // A copy with the rows close together: far apart, those of a power of two would fall onto the same lines of the cache.
        var strip = stackalloc T[Size * MostVectors * TSimd.Width];
        if (row == 1) TransposePlan.Copy(x, column, n, columns, strip, width);
        for (var i = 0; i < n; i++)
        {
            if (row != 1) new Span<T>(x + (i * row), columns).CopyTo(new Span<T>(strip + (i * width), columns));
            new Span<T>(strip + (i * width) + columns, width - columns).Clear();
        }
        switch (vectors)
        {
            case 1: Substitute<T, TSimd, TVec, N1>(n, packed, strip); break;
            case 2: Substitute<T, TSimd, TVec, N2>(n, packed, strip); break;
            case 4: Substitute<T, TSimd, TVec, N4>(n, packed, strip); break;
            default: Substitute<T, TSimd, TVec, N8>(n, packed, strip); break;
        }
        if (!negated) Negate(strip, n * width);
        if (row == 1) TransposePlan.Copy(strip, width, columns, n, x, column);
        else for (var i = 0; i < n; i++) new Span<T>(strip + (i * width), columns).CopyTo(new Span<T>(x + (i * row), columns));
    }

    /// <summary>The other sign for each element.</summary>
    internal static void Negate<T>(T* x, long count) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        long i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count) (-Vector.Load(x + i)).Store(x + i);
        for (; i < count; i++) x[i] = -x[i];
    }

    // With y = -x for the rows before: y = (b + Σ a·y) / -d, where the packed diagonal is -d.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Substitute<T, TSimd, TVec, TVectors>(int n, T* packed, T* strip)
        where T : unmanaged where TSimd : struct, ISimd<T, TVec> where TVec : struct where TVectors : struct, IConstant
    {
        int w = TSimd.Width, width = TVectors.Value * w;
        var target = strip;
        for (var i = 0; i < n; i++)
        {
            var factors = packed + (i * Size);
            TVec c0 = TSimd.Load(target), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0, c7 = c0;
            if (TVectors.Value > 1) c1 = TSimd.Load(target + w);
            if (TVectors.Value > 2) (c2, c3) = (TSimd.Load(target + (2 * w)), TSimd.Load(target + (3 * w)));
            if (TVectors.Value > 4)
            {
                (c4, c5) = (TSimd.Load(target + (4 * w)), TSimd.Load(target + (5 * w)));
                (c6, c7) = (TSimd.Load(target + (6 * w)), TSimd.Load(target + (7 * w)));
            }
            var from = strip;
            for (var j = 0; j < i; j++)
            {
                var factor = TSimd.Splat(factors + j);
                c0 = TSimd.MultiplyAdd(TSimd.Load(from), factor, c0);
                if (TVectors.Value > 1) c1 = TSimd.MultiplyAdd(TSimd.Load(from + w), factor, c1);
                if (TVectors.Value > 2)
                {
                    c2 = TSimd.MultiplyAdd(TSimd.Load(from + (2 * w)), factor, c2);
                    c3 = TSimd.MultiplyAdd(TSimd.Load(from + (3 * w)), factor, c3);
                }
                if (TVectors.Value > 4)
                {
                    c4 = TSimd.MultiplyAdd(TSimd.Load(from + (4 * w)), factor, c4);
                    c5 = TSimd.MultiplyAdd(TSimd.Load(from + (5 * w)), factor, c5);
                    c6 = TSimd.MultiplyAdd(TSimd.Load(from + (6 * w)), factor, c6);
                    c7 = TSimd.MultiplyAdd(TSimd.Load(from + (7 * w)), factor, c7);
                }
                from += width;
            }
            var diagonal = TSimd.Splat(factors + i);
            TSimd.Store(target, TSimd.Divide(c0, diagonal));
            if (TVectors.Value > 1) TSimd.Store(target + w, TSimd.Divide(c1, diagonal));
            if (TVectors.Value > 2)
            {
                TSimd.Store(target + (2 * w), TSimd.Divide(c2, diagonal));
                TSimd.Store(target + (3 * w), TSimd.Divide(c3, diagonal));
            }
            if (TVectors.Value > 4)
            {
                TSimd.Store(target + (4 * w), TSimd.Divide(c4, diagonal));
                TSimd.Store(target + (5 * w), TSimd.Divide(c5, diagonal));
                TSimd.Store(target + (6 * w), TSimd.Divide(c6, diagonal));
                TSimd.Store(target + (7 * w), TSimd.Divide(c7, diagonal));
            }
            target += width;
        }
    }
}
