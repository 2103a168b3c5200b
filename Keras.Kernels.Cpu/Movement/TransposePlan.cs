using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Keras.Kernels.Cpu.Movement;

using Keras.Kernels.Cpu.Elementwise;

// A copy whose source is dense along another axis than its target: read and written in square tiles, so that both sides
// use whole cache lines. The remaining axes repeat it.
internal readonly unsafe struct TransposePlan
{
    const int TileSize = 64;
    const int TilesPerBlock = 8;
    // Below this the plain walk is as good.
    const int MinSize = 4;

    readonly Extents _sizes;
    readonly Extents _srcStrides;
    readonly Extents _dstStrides;
    readonly int _rank;
    readonly long _rows;
    readonly long _columns;
    readonly long _srcStride;
    readonly long _dstStride;
    readonly long _batch;

    internal TransposePlan(in BroadcastPlan plan)
    {
        var last = plan.Rank - 1;
        var dense = -1;
        for (var axis = 0; axis < last; axis++)
            if (plan.Stride(0, axis) == 1) dense = axis;
        if (dense < 0 || Math.Abs(plan.Stride(0, last)) <= 1) return;
        if (plan.Size(dense) < MinSize || plan.Size(last) < MinSize) return;
        _rows = plan.Size(dense);
        _columns = plan.Size(last);
        _srcStride = plan.Stride(0, last);
        _batch = 1;
        var target = _columns;
        for (var axis = last - 1; axis >= 0; axis--)
        {
            if (axis == dense)
            {
                _dstStride = target;
            }
            else
            {
                _sizes[_rank] = plan.Size(axis);
                _srcStrides[_rank] = plan.Stride(0, axis);
                _dstStrides[_rank++] = target;
                _batch *= plan.Size(axis);
            }

            target *= plan.Size(axis);
        }

        Applies = target > 0;
    }

    internal bool Applies { get; }

    long RowTiles => (_rows + TileSize - 1) / TileSize;

    long ColumnTiles => (_columns + TileSize - 1) / TileSize;

    long Tiles => _batch * RowTiles * ColumnTiles;

    // Tiles hold up to 4096 elements; where a matrix is smaller, more of them make a block.
    long PerBlock =>
        TilesPerBlock * (TileSize * TileSize / (Math.Min(_rows, TileSize) * Math.Min(_columns, TileSize)));

    internal void Run<T>(T* src, T* dst) where T : unmanaged
    {
        var blocks = (int)((Tiles + PerBlock - 1) / PerBlock);
        var body = new Blocks<T>(this, src, dst);
        if (blocks == 1) body.Run(0);
        else Parallel.For(blocks, body);
    }

    void Tile<T>(long tile, T* src, T* dst) where T : unmanaged
    {
        var row = tile % RowTiles * TileSize;
        var column = tile / RowTiles % ColumnTiles * TileSize;
        var index = tile / RowTiles / ColumnTiles;
        for (var axis = 0; axis < _rank; axis++)
        {
            var coordinate = index % _sizes[axis];
            index /= _sizes[axis];
            src += coordinate * _srcStrides[axis];
            dst += coordinate * _dstStrides[axis];
        }

        src += row + (column * _srcStride);
        dst += (row * _dstStride) + column;
        var rows = (int)Math.Min(TileSize, _rows - row);
        var columns = (int)Math.Min(TileSize, _columns - column);
        Copy(src, _srcStride, rows, columns, dst, _dstStride);
    }

    // dst[i * dstStride + j] = src[i + j * srcStride], by squares that fit registers.
    internal static void Copy<T>(T* src, long srcStride, int rows, int columns, T* dst, long dstStride) where T : unmanaged
    {
        int side = Side<T>(), wholeRows = rows / side * side, wholeColumns = columns / side * side;
        for (var j = 0; j < wholeColumns; j += side)
            for (var i = 0; i < wholeRows; i += side)
                Square(src + i + (j * srcStride), srcStride, dst + (i * dstStride) + j, dstStride);
        for (var i = 0; i < rows; i++)
            for (var j = i < wholeRows ? wholeColumns : 0; j < columns; j++)
                dst[(i * dstStride) + j] = src[i + (j * srcStride)];
    }

    internal static int Side<T>() where T : unmanaged => sizeof(T) == 4 || sizeof(T) == 2 ? 8 : sizeof(T) == 8 ? 4 : 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Square<T>(T* src, long srcStride, T* dst, long dstStride) where T : unmanaged
    {
        if (sizeof(T) == 4 && Avx.IsSupported) EightByEight((float*)src, srcStride, (float*)dst, dstStride);
        else if (sizeof(T) == 8 && Avx.IsSupported) FourByFour((double*)src, srcStride, (double*)dst, dstStride);
        else
            for (var i = 0; i < Side<T>(); i++)
                for (var j = 0; j < Side<T>(); j++)
                    dst[(i * dstStride) + j] = src[i + (j * srcStride)];
    }

    static void EightByEight(float* s, long srcStride, float* d, long dstStride)
    {
        // Rows j and j + 4 share a register, so that what is left happens within 128-bit halves.
        var r0 = Rows(s, s + (4 * srcStride));
        var r1 = Rows(s + srcStride, s + (5 * srcStride));
        var r2 = Rows(s + (2 * srcStride), s + (6 * srcStride));
        var r3 = Rows(s + (3 * srcStride), s + (7 * srcStride));
        Quad(r0, r1, r2, r3, d, dstStride);
        r0 = Rows(s + 4, s + 4 + (4 * srcStride));
        r1 = Rows(s + 4 + srcStride, s + 4 + (5 * srcStride));
        r2 = Rows(s + 4 + (2 * srcStride), s + 4 + (6 * srcStride));
        r3 = Rows(s + 4 + (3 * srcStride), s + 4 + (7 * srcStride));
        Quad(r0, r1, r2, r3, d + (4 * dstStride), dstStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Rows(float* low, float* high) =>
        Vector256.Create(Vector128.Load(low), Vector128.Load(high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Quad(
        Vector256<float> r0, Vector256<float> r1, Vector256<float> r2, Vector256<float> r3, float* d, long stride)
    {
        var a = Avx.UnpackLow(r0, r1).AsDouble();
        var b = Avx.UnpackHigh(r0, r1).AsDouble();
        var c = Avx.UnpackLow(r2, r3).AsDouble();
        var e = Avx.UnpackHigh(r2, r3).AsDouble();
        Avx.UnpackLow(a, c).AsSingle().Store(d);
        Avx.UnpackHigh(a, c).AsSingle().Store(d + stride);
        Avx.UnpackLow(b, e).AsSingle().Store(d + (2 * stride));
        Avx.UnpackHigh(b, e).AsSingle().Store(d + (3 * stride));
    }

    static void FourByFour(double* s, long srcStride, double* d, long dstStride)
    {
        for (var i = 0; i < 4; i += 2)
        {
            var even = Vector256.Create(Vector128.Load(s + i), Vector128.Load(s + i + (2 * srcStride)));
            var odd = Vector256.Create(Vector128.Load(s + i + srcStride), Vector128.Load(s + i + (3 * srcStride)));
            Avx.UnpackLow(even, odd).Store(d + (i * dstStride));
            Avx.UnpackHigh(even, odd).Store(d + ((i + 1) * dstStride));
        }
    }

    readonly struct Blocks<T>(in TransposePlan plan, T* src, T* dst) : IBlocks where T : unmanaged
    {
        readonly TransposePlan _plan = plan;
        readonly T* _src = src;
        readonly T* _dst = dst;

        public void Run(int block)
        {
            var end = Math.Min(_plan.Tiles, (block + 1) * _plan.PerBlock);
            for (var tile = block * _plan.PerBlock; tile < end; tile++) _plan.Tile(tile, _src, _dst);
        }
    }
}
