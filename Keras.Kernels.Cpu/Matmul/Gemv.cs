using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu;

/// <summary>y = M·x, for a product with one row or one column.</summary>
internal static unsafe class Gemv
{
    const int BlockElements = 1 << 15;
    // Rows of M are read in pieces: long ones for the prefetcher, short ones where there would be too few.
    const int LeastColumns = 256;
    const int MostColumns = 1024;

    /// <summary>
    /// M as an operand: its lanes are y's elements. <paramref name="output"/> is y as one row with a bias per element.
    /// </summary>
    public static void Run<T>(int lanes, int depth, in Operand<T> matrix, T* x, in VectorOutput<T> output)
        where T : unmanaged, INumber<T>
    {
        if (Vector512.IsHardwareAccelerated)
            Run<T, Simd512<T>, Vector512<T>>(lanes, depth, matrix, x, output);
        else if (Vector256.IsHardwareAccelerated)
            Run<T, Simd256<T>, Vector256<T>>(lanes, depth, matrix, x, output);
        else
            Run<T, Simd128<T>, Vector128<T>>(lanes, depth, matrix, x, output);
    }

    static void Run<T, TSimd, TVec>(int lanes, int depth, in Operand<T> matrix, T* x, in VectorOutput<T> output)
        where T : unmanaged, INumber<T>
        where TSimd : struct, ISimd<T, TVec>
        where TVec : struct
    {
        if (matrix.Depth == 1)
        {
            int group = Math.Max(BlockElements / depth / 4, 1) * 4;
            var rows = new DotRows<T, TSimd, TVec>(matrix, x, lanes, depth, group, output);
            Parallel.For((lanes + group - 1) / group, rows);
        }
        else
        {
            int group = Math.Clamp(lanes / 4 / 64 * 64, LeastColumns, MostColumns);
            var columns = new SumRows<T, TSimd, TVec>(matrix, x, lanes, depth, group, output);
            Parallel.For((lanes + group - 1) / group, columns);
        }
    }
}

/// <summary>Where a vector result goes.</summary>
internal readonly unsafe struct VectorOutput<T>(T* y, nint step, bool add, T* bias, nint biasStep, bool relu)
    where T : unmanaged, INumber<T>
{
    public readonly T* Y = y;
    public readonly nint Step = step;
    public readonly bool Add = add;

    public void Write(int index, T sum)
    {
        T* target = Y + index * Step;
        Finish(index, target, Add ? sum + *target : sum);
    }

    /// <summary>Writes a value that holds all but bias and activation.</summary>
    public void Finish(int index, T* target, T value)
    {
        if (bias != null)
            value += bias[index * biasStep];
        *target = relu ? T.Max(value, T.Zero) : value;
    }
}

/// <summary>Each element is the dot product of a contiguous row of M with x.</summary>
internal readonly unsafe struct DotRows<T, TSimd, TVec>(
    Operand<T> matrix, T* x, int lanes, int depth, int group, VectorOutput<T> output) : IBlocks
    where T : unmanaged, INumber<T>
    where TSimd : struct, ISimd<T, TVec>
    where TVec : struct
{
    public void Run(int block)
    {
        int row = block * group, end = Math.Min(row + group, lanes);
        for (; row <= end - 4; row += 4)
            Four(row);
        for (; row < end; row++)
            One(row);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Four(int row)
    {
        T* r0 = matrix.At(row, 0).Data, r1 = r0 + matrix.Lane, r2 = r1 + matrix.Lane, r3 = r2 + matrix.Lane;
        TVec s00 = default, s01 = default, s10 = default, s11 = default;
        TVec s20 = default, s21 = default, s30 = default, s31 = default;
        int w = TSimd.Width, p = 0, count = depth;
        T* v = x;
        for (; p <= count - 2 * w; p += 2 * w)
        {
            TVec x0 = TSimd.Load(v + p), x1 = TSimd.Load(v + p + w);
            s00 = TSimd.MultiplyAdd(TSimd.Load(r0 + p), x0, s00);
            s01 = TSimd.MultiplyAdd(TSimd.Load(r0 + p + w), x1, s01);
            s10 = TSimd.MultiplyAdd(TSimd.Load(r1 + p), x0, s10);
            s11 = TSimd.MultiplyAdd(TSimd.Load(r1 + p + w), x1, s11);
            s20 = TSimd.MultiplyAdd(TSimd.Load(r2 + p), x0, s20);
            s21 = TSimd.MultiplyAdd(TSimd.Load(r2 + p + w), x1, s21);
            s30 = TSimd.MultiplyAdd(TSimd.Load(r3 + p), x0, s30);
            s31 = TSimd.MultiplyAdd(TSimd.Load(r3 + p + w), x1, s31);
        }
        output.Write(row, TSimd.Sum(TSimd.Add(s00, s01)) + Tail(r0, p));
        output.Write(row + 1, TSimd.Sum(TSimd.Add(s10, s11)) + Tail(r1, p));
        output.Write(row + 2, TSimd.Sum(TSimd.Add(s20, s21)) + Tail(r2, p));
        output.Write(row + 3, TSimd.Sum(TSimd.Add(s30, s31)) + Tail(r3, p));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void One(int row)
    {
        T* r = matrix.At(row, 0).Data;
        TVec s0 = default, s1 = default, s2 = default, s3 = default;
        int w = TSimd.Width, p = 0;
        for (; p <= depth - 4 * w; p += 4 * w)
        {
            s0 = TSimd.MultiplyAdd(TSimd.Load(r + p), TSimd.Load(x + p), s0);
            s1 = TSimd.MultiplyAdd(TSimd.Load(r + p + w), TSimd.Load(x + p + w), s1);
            s2 = TSimd.MultiplyAdd(TSimd.Load(r + p + 2 * w), TSimd.Load(x + p + 2 * w), s2);
            s3 = TSimd.MultiplyAdd(TSimd.Load(r + p + 3 * w), TSimd.Load(x + p + 3 * w), s3);
        }
        for (; p <= depth - w; p += w)
            s0 = TSimd.MultiplyAdd(TSimd.Load(r + p), TSimd.Load(x + p), s0);
        output.Write(row, TSimd.Sum(TSimd.Add(TSimd.Add(s0, s1), TSimd.Add(s2, s3))) + Tail(r, p));
    }

    T Tail(T* row, int from)
    {
        T sum = T.Zero;
        for (int p = from; p < depth; p++)
            sum += row[p] * x[p];
        return sum;
    }
}

/// <summary>The elements are sums of M's contiguous rows, each times one element of x.</summary>
internal readonly unsafe struct SumRows<T, TSimd, TVec>(
    Operand<T> matrix, T* x, int lanes, int depth, int group, VectorOutput<T> output) : IBlocks
    where T : unmanaged, INumber<T>
    where TSimd : struct, ISimd<T, TVec>
    where TVec : struct
{
    const int RowsAtOnce = 8;

    /// <summary>y is contiguous here.</summary>
    public void Run(int block)
    {
        int start = block * group, count = Math.Min(group, lanes - start);
        T* y = output.Y + start;
        if (!output.Add)
            new Span<T>(y, count).Clear();
        int p = 0;
        for (; p <= depth - RowsAtOnce; p += RowsAtOnce)
            AddEight(matrix.At(start, p).Data, x + p, y, count);
        for (; p < depth; p++)
            AddOne(matrix.At(start, p).Data, x[p], y, 0, count);
        for (int j = 0; j < count; j++)
            output.Finish(start + j, y + j, y[j]);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void AddEight(T* r0, T* factors, T* y, int count)
    {
        nint ld = matrix.Depth;
        T* r3 = r0 + 3 * ld, r6 = r3 + 3 * ld;
        TVec x0 = TSimd.Splat(factors), x1 = TSimd.Splat(factors + 1), x2 = TSimd.Splat(factors + 2);
        TVec x3 = TSimd.Splat(factors + 3), x4 = TSimd.Splat(factors + 4), x5 = TSimd.Splat(factors + 5);
        TVec x6 = TSimd.Splat(factors + 6), x7 = TSimd.Splat(factors + 7);
        int j = 0;
        for (; j <= count - TSimd.Width; j += TSimd.Width)
        {
            TVec even = TSimd.MultiplyAdd(TSimd.Load(r0 + j), x0, TSimd.Load(y + j));
            TVec odd = TSimd.MultiplyAdd(TSimd.Load(r0 + ld + j), x1, default);
            even = TSimd.MultiplyAdd(TSimd.Load(r0 + 2 * ld + j), x2, even);
            odd = TSimd.MultiplyAdd(TSimd.Load(r3 + j), x3, odd);
            even = TSimd.MultiplyAdd(TSimd.Load(r3 + ld + j), x4, even);
            odd = TSimd.MultiplyAdd(TSimd.Load(r3 + 2 * ld + j), x5, odd);
            even = TSimd.MultiplyAdd(TSimd.Load(r6 + j), x6, even);
            odd = TSimd.MultiplyAdd(TSimd.Load(r6 + ld + j), x7, odd);
            TSimd.Store(y + j, TSimd.Add(even, odd));
        }
        for (int p = 0; p < RowsAtOnce; p++)
            AddOne(r0 + p * ld, factors[p], y, j, count);
    }

    static void AddOne(T* row, T factor, T* y, int from, int count)
    {
        TVec x = TSimd.Splat(&factor);
        int j = from;
        for (; j <= count - TSimd.Width; j += TSimd.Width)
            TSimd.Store(y + j, TSimd.MultiplyAdd(TSimd.Load(row + j), x, TSimd.Load(y + j)));
        for (; j < count; j++)
            y[j] += row[j] * factor;
    }
}
