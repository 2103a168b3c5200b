using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu;

/// <summary>
/// The product as dot products of contiguous rows, where one side has too few lanes to fill vectors and the other is
/// too long to be worth a transposed copy.
/// </summary>
internal static unsafe class DotGemm
{
    const int MostColumns = 12;
    const int MostRows = 16;
    const int LeastDepth = 128;
    const int LeastLanes = 8;

    public static bool Suits<T>(int m, int n, int k, in Operand<T> a, in Operand<T> b) where T : unmanaged =>
        k >= LeastDepth && (IsNarrow(m, n, a) || (m <= MostRows && n >= LeastLanes && b.Depth == 1));

    static bool IsNarrow<T>(int m, int n, in Operand<T> a) where T : unmanaged =>
        n <= MostColumns && m >= LeastLanes && a.Depth == 1;

    public static void Run<T>(int m, int n, int k, in Operand<T> a, in Operand<T> b, in TileOutput<T> output)
        where T : unmanaged, INumber<T>
    {
        if (IsNarrow(m, n, a))
            Run(m, n, k, a, Contiguous(b, n, k), false, output);
        else
            Run(n, m, k, b, Contiguous(a, m, k), true, output);
    }

    static void Run<T>(
        int many, int few, int k, in Operand<T> rows, in Operand<T> others, bool swapped, in TileOutput<T> output)
        where T : unmanaged, INumber<T>
    {
        if (Vector512.IsHardwareAccelerated)
            Run<T, Simd512<T>, Vector512<T>, N4>(many, few, k, rows, others, swapped, output);
        else if (Vector256.IsHardwareAccelerated)
            Run<T, Simd256<T>, Vector256<T>, N2>(many, few, k, rows, others, swapped, output);
        else
            Run<T, Simd128<T>, Vector128<T>, N4>(many, few, k, rows, others, swapped, output);
    }

    static void Run<T, TSimd, TVec, TOthers>(
        int many, int few, int k, in Operand<T> rows, in Operand<T> others, bool swapped, in TileOutput<T> output)
        where T : unmanaged, INumber<T>
        where TSimd : struct, ISimd<T, TVec>
        where TVec : struct
        where TOthers : struct, IConstant
    {
        var blocks = new DotTiles<T, TSimd, TVec, TOthers>(rows, others, many, few, k, swapped, output);
        Parallel.For(blocks.Count, blocks);
    }

    static Operand<T> Contiguous<T>(in Operand<T> source, int lanes, int depth) where T : unmanaged
    {
        if (source.Depth == 1)
            return source;
        T* copy = Scratch.Get<T>(ScratchUse.Vector, (long)lanes * depth);
        for (int p = 0; p < depth; p++)
        {
            for (int i = 0; i < lanes; i++)
                copy[(nint)i * depth + p] = *source.At(i, p).Data;
        }
        return new(copy, depth, 1);
    }
}

/// <summary>Tiles of 4 rows by a few others; lanes beyond the last repeat it and are not written.</summary>
internal readonly unsafe struct DotTiles<T, TSimd, TVec, TOthers>(
    Operand<T> rows, Operand<T> others, int many, int few, int depth, bool swapped, TileOutput<T> output) : IBlocks
    where T : unmanaged, INumber<T>
    where TSimd : struct, ISimd<T, TVec>
    where TVec : struct
    where TOthers : struct, IConstant
{
    const int Rows = 4;
    const long BlockWork = 1 << 19;

    public int Count => (many + Group - 1) / Group;

    int Group => (int)Math.Max(BlockWork / ((long)few * depth * Rows), 1) * Rows;

    public void Run(int block)
    {
        int end = Math.Min((block + 1) * Group, many);
        for (int row = block * Group; row < end; row += Rows)
        {
            for (int other = 0; other < few; other += TOthers.Value)
            {
                if (few - other <= 2)
                    Tile<N2>(row, other);
                else
                    Tile<TOthers>(row, other);
            }
        }
    }

    [SkipLocalsInit]
    void Tile<TColumns>(int row, int other) where TColumns : struct, IConstant
    {
        int columns = TColumns.Value;
        T** left = stackalloc T*[Rows];
        T** right = stackalloc T*[columns];
        T* sums = stackalloc T[Rows * columns * TSimd.Width];
        for (int i = 0; i < Rows; i++)
            left[i] = rows.At(Math.Min(row + i, many - 1), 0).Data;
        for (int j = 0; j < columns; j++)
            right[j] = others.At(Math.Min(other + j, few - 1), 0).Data;
        int vectorDepth = depth / TSimd.Width * TSimd.Width;
        Accumulate<TColumns>(vectorDepth, left, right, sums);
        for (int i = 0; i < Math.Min(Rows, many - row); i++)
        {
            for (int j = 0; j < Math.Min(columns, few - other); j++)
            {
                T sum = TSimd.Sum(TSimd.Load(sums + (i * columns + j) * TSimd.Width));
                for (int p = vectorDepth; p < depth; p++)
                    sum += left[i][p] * right[j][p];
                Write(row + i, other + j, sum);
            }
        }
    }

    void Write(int row, int other, T sum)
    {
        int i = swapped ? other : row, j = swapped ? row : other;
        output.Write(output.C + i * output.Ld + j, j, sum);
    }

    // Vectors of sums, not yet added up within themselves: the locals then all fit the registers.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Accumulate<TColumns>(int depth, T** left, T** right, T* sums) where TColumns : struct, IConstant
    {
        T* a0 = left[0], a1 = left[1], a2 = left[2], a3 = left[3];
        T* b0 = right[0], b1 = right[1], b2 = b1, b3 = b1;
        if (TColumns.Value > 2)
        {
            b2 = right[2];
            b3 = right[3];
        }
        TVec c00 = default, c01 = default, c02 = default, c03 = default;
        TVec c10 = default, c11 = default, c12 = default, c13 = default;
        TVec c20 = default, c21 = default, c22 = default, c23 = default;
        TVec c30 = default, c31 = default, c32 = default, c33 = default;
        for (nint p = 0; p < depth; p += TSimd.Width)
        {
            TVec x0 = TSimd.Load(a0 + p), x1 = TSimd.Load(a1 + p), x2 = TSimd.Load(a2 + p), x3 = TSimd.Load(a3 + p);
            Column(TSimd.Load(b0 + p), x0, x1, x2, x3, ref c00, ref c10, ref c20, ref c30);
            Column(TSimd.Load(b1 + p), x0, x1, x2, x3, ref c01, ref c11, ref c21, ref c31);
            if (TColumns.Value > 2)
            {
                Column(TSimd.Load(b2 + p), x0, x1, x2, x3, ref c02, ref c12, ref c22, ref c32);
                Column(TSimd.Load(b3 + p), x0, x1, x2, x3, ref c03, ref c13, ref c23, ref c33);
            }
        }
        Store<TColumns>(sums, c00, c01, c02, c03);
        Store<TColumns>(sums + TColumns.Value * TSimd.Width, c10, c11, c12, c13);
        Store<TColumns>(sums + 2 * TColumns.Value * TSimd.Width, c20, c21, c22, c23);
        Store<TColumns>(sums + 3 * TColumns.Value * TSimd.Width, c30, c31, c32, c33);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Column(
        TVec b, TVec x0, TVec x1, TVec x2, TVec x3, ref TVec c0, ref TVec c1, ref TVec c2, ref TVec c3)
    {
        c0 = TSimd.MultiplyAdd(x0, b, c0);
        c1 = TSimd.MultiplyAdd(x1, b, c1);
        c2 = TSimd.MultiplyAdd(x2, b, c2);
        c3 = TSimd.MultiplyAdd(x3, b, c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store<TColumns>(T* target, TVec c0, TVec c1, TVec c2, TVec c3) where TColumns : struct, IConstant
    {
        TSimd.Store(target, c0);
        TSimd.Store(target + TSimd.Width, c1);
        if (TColumns.Value > 2)
        {
            TSimd.Store(target + 2 * TSimd.Width, c2);
            TSimd.Store(target + 3 * TSimd.Width, c3);
        }
    }
}
