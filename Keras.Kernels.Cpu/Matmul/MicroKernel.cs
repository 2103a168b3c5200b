using System.Numerics;
using System.Runtime.CompilerServices;

namespace Keras.Kernels.Cpu;

/// <summary>Where a tile of C goes and what is done to it on the way.</summary>
internal readonly unsafe struct TileOutput<T>(T* c, nint ld, bool add, T* bias, bool relu)
    where T : unmanaged
{
    public readonly T* C = c;
    public readonly nint Ld = ld;
    public readonly bool Add = add;
    public readonly T* Bias = bias;
    public readonly bool Relu = relu;

    public TileOutput<TSame> As<TSame>() where TSame : unmanaged =>
        new((TSame*)C, Ld, Add, (TSame*)Bias, Relu);

    public bool IsPlain => !Add && Bias == null && !Relu;

    public TileOutput<T> At(nint row, nint column) =>
        new(C + row * Ld + column, Ld, Add, Bias == null ? null : Bias + column, Relu);

    /// <summary>The output of one part of the summed depth: bias and activation wait for the last.</summary>
    public TileOutput<T> Part(bool first, bool last) => new(C, Ld, Add || !first, last ? Bias : null, last && Relu);
}

internal static unsafe class TileOutputExtensions
{
    /// <summary>Writes one element of column <paramref name="column"/>, for edges.</summary>
    public static void Write<T>(this in TileOutput<T> output, T* target, int column, T value)
        where T : unmanaged, INumber<T>
    {
        if (output.Add)
            value += *target;
        if (output.Bias != null)
            value += output.Bias[column];
        *target = output.Relu ? T.Max(value, T.Zero) : value;
    }
}

/// <summary>The micro-kernels of one instruction set.</summary>
internal unsafe interface IKernels<T> where T : unmanaged
{
    /// <summary>Rows of a full tile, the width of A's panels.</summary>
    static abstract int Rows { get; }

    /// <summary>Columns of a full tile, the width of B's panels.</summary>
    static abstract int Columns { get; }

    /// <summary>Packs one panel of A.</summary>
    static abstract void PackA(in Operand<T> source, int lanes, int depth, T* target);

    /// <summary>Packs one panel of B.</summary>
    static abstract void PackB(in Operand<T> source, int lanes, int depth, T* target);

    /// <summary>
    /// Computes one tile. Rows and columns that the tile does not have are read (as zeros of a padded panel) but
    /// not written.
    /// </summary>
    static abstract void Tile(
        int rows, int columns, int depth, T* a, nint aRow, nint aStep, T* b, nint bStep, in TileOutput<T> output);
}

/// <summary>
/// Kernels of 3, 2 or 1 times <typeparamref name="TUnit"/> rows by two vectors or one. A unit of 4 fills 32 vector
/// registers (24 sums, two of B, one of A), a unit of 2 fills 16.
/// </summary>
internal readonly unsafe struct Kernels<T, TSimd, TVec, TUnit, TRows2, TRows> : IKernels<T>
    where T : unmanaged, INumber<T>
    where TSimd : struct, ISimd<T, TVec>
    where TVec : struct
    where TUnit : struct, IConstant
    where TRows2 : struct, IConstant
    where TRows : struct, IConstant
{
    public static int Rows => TRows.Value;

    public static int Columns => 2 * TSimd.Width;

    public static void PackA(in Operand<T> source, int lanes, int depth, T* target) =>
        Packing.Panel<T, TRows, N1>(source, lanes, depth, target);

    public static void PackB(in Operand<T> source, int lanes, int depth, T* target)
    {
        if (TSimd.Width == 16)
            Packing.Panel<T, N8, N4>(source, lanes, depth, target);
        else if (TSimd.Width == 8)
            Packing.Panel<T, N8, N2>(source, lanes, depth, target);
        else if (TSimd.Width == 4)
            Packing.Panel<T, N8, N1>(source, lanes, depth, target);
        else
            Packing.Panel<T, N4, N1>(source, lanes, depth, target);
    }

    public static void Tile(
        int rows, int columns, int depth, T* a, nint aRow, nint aStep, T* b, nint bStep, in TileOutput<T> output)
    {
        int unit = TUnit.Value;
        int computed = (rows + unit - 1) / unit * unit;
        bool wide = columns > TSimd.Width;
        int width = wide ? 2 * TSimd.Width : TSimd.Width;
        if (computed == rows && columns == width)
        {
            Compute(computed, wide, depth, a, aRow, aStep, b, bStep, output);
            return;
        }
        Edge(rows, columns, computed, wide, depth, a, aRow, aStep, b, bStep, output);
    }

    [SkipLocalsInit]
    static void Edge(
        int rows, int columns, int computed, bool wide, int depth, T* a, nint aRow, nint aStep, T* b, nint bStep,
        in TileOutput<T> output)
    {
        int width = wide ? 2 * TSimd.Width : TSimd.Width;
        T* tile = stackalloc T[Rows * Columns];
        Compute(computed, wide, depth, a, aRow, aStep, b, bStep, new TileOutput<T>(tile, width, false, null, false));
        for (int i = 0; i < rows; i++)
        {
            T* source = tile + i * width;
            T* target = output.C + i * output.Ld;
            if (output.IsPlain)
                new Span<T>(source, columns).CopyTo(new Span<T>(target, columns));
            else
                Finish(target, source, columns, output);
        }
    }

    static void Compute(
        int rows, bool wide, int depth, T* a, nint aRow, nint aStep, T* b, nint bStep, in TileOutput<T> output)
    {
        if (rows == TRows.Value)
        {
            if (wide)
                MicroKernel<T, TSimd, TVec>.Run<TRows, N2>(depth, a, aRow, aStep, b, bStep, output);
            else
                MicroKernel<T, TSimd, TVec>.Run<TRows, N1>(depth, a, aRow, aStep, b, bStep, output);
        }
        else if (rows == TRows2.Value)
        {
            if (wide)
                MicroKernel<T, TSimd, TVec>.Run<TRows2, N2>(depth, a, aRow, aStep, b, bStep, output);
            else
                MicroKernel<T, TSimd, TVec>.Run<TRows2, N1>(depth, a, aRow, aStep, b, bStep, output);
        }
        else if (wide)
        {
            MicroKernel<T, TSimd, TVec>.Run<TUnit, N2>(depth, a, aRow, aStep, b, bStep, output);
        }
        else
        {
            MicroKernel<T, TSimd, TVec>.Run<TUnit, N1>(depth, a, aRow, aStep, b, bStep, output);
        }
    }

    static void Finish(T* target, T* source, int columns, in TileOutput<T> output)
    {
        int j = 0;
        for (; j <= columns - TSimd.Width; j += TSimd.Width)
            MicroKernel<T, TSimd, TVec>.Finish<N1>(target + j, TSimd.Load(source + j), default, output.At(0, j));
        for (; j < columns; j++)
            output.Write(target + j, j, source[j]);
    }
}

internal static unsafe class MicroKernel<T, TSimd, TVec>
    where T : unmanaged
    where TSimd : struct, ISimd<T, TVec>
    where TVec : struct
{
    /// <summary>
    /// C[rows, vectors] = A·B over <paramref name="depth"/>: A is read at row * aRow + p * aStep, B at p * bStep.
    /// The sums are locals so that they live in registers; rows and columns beyond the constants vanish in the JIT.
    /// </summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TRows, TVectors>(
        int depth, T* a, nint aRow, nint aStep, T* b, nint bStep, in TileOutput<T> output)
        where TRows : struct, IConstant
        where TVectors : struct, IConstant
    {
        TVec c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
        TVec c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
        TVec c60 = default, c61 = default, c70 = default, c71 = default, c80 = default, c81 = default;
        TVec c90 = default, c91 = default, cA0 = default, cA1 = default, cB0 = default, cB1 = default;
        T* a3 = a + 3 * aRow, a6 = a + 6 * aRow, a9 = a + 9 * aRow;
        nint row2 = 2 * aRow;
        for (int p = depth; p > 0; p--)
        {
            TVec b0 = TSimd.Load(b);
            TVec b1 = TVectors.Value > 1 ? TSimd.Load(b + TSimd.Width) : default;
            Row<TVectors>(a, b0, b1, ref c00, ref c01);
            Row<TVectors>(a + aRow, b0, b1, ref c10, ref c11);
            if (TRows.Value > 2)
            {
                Row<TVectors>(a + row2, b0, b1, ref c20, ref c21);
                Row<TVectors>(a3, b0, b1, ref c30, ref c31);
            }
            if (TRows.Value > 4)
            {
                Row<TVectors>(a3 + aRow, b0, b1, ref c40, ref c41);
                Row<TVectors>(a3 + row2, b0, b1, ref c50, ref c51);
            }
            if (TRows.Value > 6)
            {
                Row<TVectors>(a6, b0, b1, ref c60, ref c61);
                Row<TVectors>(a6 + aRow, b0, b1, ref c70, ref c71);
            }
            if (TRows.Value > 8)
            {
                Row<TVectors>(a6 + row2, b0, b1, ref c80, ref c81);
                Row<TVectors>(a9, b0, b1, ref c90, ref c91);
                Row<TVectors>(a9 + aRow, b0, b1, ref cA0, ref cA1);
                Row<TVectors>(a9 + row2, b0, b1, ref cB0, ref cB1);
            }
            a += aStep;
            a3 += aStep;
            a6 += aStep;
            a9 += aStep;
            b += bStep;
        }
        T* c = output.C;
        nint ld = output.Ld;
        Finish<TVectors>(c, c00, c01, output);
        Finish<TVectors>(c + ld, c10, c11, output);
        if (TRows.Value > 2)
        {
            Finish<TVectors>(c + 2 * ld, c20, c21, output);
            Finish<TVectors>(c + 3 * ld, c30, c31, output);
        }
        if (TRows.Value > 4)
        {
            Finish<TVectors>(c + 4 * ld, c40, c41, output);
            Finish<TVectors>(c + 5 * ld, c50, c51, output);
        }
        if (TRows.Value > 6)
        {
            Finish<TVectors>(c + 6 * ld, c60, c61, output);
            Finish<TVectors>(c + 7 * ld, c70, c71, output);
        }
        if (TRows.Value > 8)
        {
            Finish<TVectors>(c + 8 * ld, c80, c81, output);
            Finish<TVectors>(c + 9 * ld, c90, c91, output);
            Finish<TVectors>(c + 10 * ld, cA0, cA1, output);
            Finish<TVectors>(c + 11 * ld, cB0, cB1, output);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Row<TVectors>(T* a, TVec b0, TVec b1, ref TVec sum0, ref TVec sum1) where TVectors : struct, IConstant
    {
        TVec x = TSimd.Splat(a);
        sum0 = TSimd.MultiplyAdd(x, b0, sum0);
        if (TVectors.Value > 1)
            sum1 = TSimd.MultiplyAdd(x, b1, sum1);
    }

    /// <summary>Writes one row of sums; <paramref name="c"/> is at the output's first column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Finish<TVectors>(T* c, TVec sum0, TVec sum1, in TileOutput<T> output)
        where TVectors : struct, IConstant
    {
        if (!output.IsPlain)
        {
            if (output.Add)
            {
                sum0 = TSimd.Add(sum0, TSimd.Load(c));
                if (TVectors.Value > 1)
                    sum1 = TSimd.Add(sum1, TSimd.Load(c + TSimd.Width));
            }
            if (output.Bias != null)
            {
                sum0 = TSimd.Add(sum0, TSimd.Load(output.Bias));
                if (TVectors.Value > 1)
                    sum1 = TSimd.Add(sum1, TSimd.Load(output.Bias + TSimd.Width));
            }
            if (output.Relu)
            {
                sum0 = TSimd.Relu(sum0);
                sum1 = TSimd.Relu(sum1);
            }
        }
        TSimd.Store(c, sum0);
        if (TVectors.Value > 1)
            TSimd.Store(c + TSimd.Width, sum1);
    }
}
