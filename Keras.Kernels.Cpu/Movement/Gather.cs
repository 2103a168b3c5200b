using System.Numerics;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu.Movement;

// Reads by index. Negative indices count from the end. Indices are checked before anything is written; the result is
// the position of the first bad one, or -1.
internal static unsafe class Gather
{
    internal const int BlockElements = 32768;

    // y[o, k, :] = x[o, indices[k], :] for x (outer, n, inner), y (outer, count, inner).
    internal static long Take<TIndex>(
        int elementSize, void* x, TIndex* indices, void* y, long outer, long n, long inner, long count)
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        var bad = Check(indices, count, n);
        if (bad >= 0) return bad;
        Blocked.Run(
            new TakeBlocks<TIndex>((byte*)x, indices, (byte*)y, n, inner * elementSize, count),
            outer * count, inner);
        return -1;
    }

    // y[o, k, i] = x[o, indices[o, k, i], i] for x (outer, n, inner), indices and y (outer, count, inner).
    internal static long TakeAlong<TIndex>(
        int elementSize, void* x, TIndex* indices, void* y, long outer, long n, long inner, long count)
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        var bad = Check(indices, outer * count * inner, n);
        if (bad >= 0) return bad;
        switch (elementSize)
        {
            case 1:
                Along((byte*)x, indices, (byte*)y, outer, n, inner, count);
                break;
            case 2:
                Along((ushort*)x, indices, (ushort*)y, outer, n, inner, count);
                break;
            case 4:
                Along((uint*)x, indices, (uint*)y, outer, n, inner, count);
                break;
            case 8:
                Along((ulong*)x, indices, (ulong*)y, outer, n, inner, count);
                break;
            case 16:
                Along((UInt128*)x, indices, (UInt128*)y, outer, n, inner, count);
                break;
            default:
                throw Movement.UnknownSize(elementSize);
        }

        return -1;
    }

    // Position of the first index outside [-n, n), or -1.
    internal static long Check<TIndex>(TIndex* indices, long count, long n)
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        if (AreWithin(indices, count, n)) return -1;
        for (long i = 0; i < count; i++)
        {
            var index = long.CreateSaturating(indices[i]);
            if (index >= n || index < -n) return i;
        }

        return -1;
    }

    static bool AreWithin<TIndex>(TIndex* indices, long count, long n) where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        var width = Vector512<TIndex>.Count;
        if (count < width) return false;
        // The last vector may overlap the one before.
        Vector512<TIndex> low = Vector512.Load(indices + count - width), high = low;
        for (long i = 0; i < count - width; i += width)
        {
            var some = Vector512.Load(indices + i);
            (low, high) = (Vector512.Min(low, some), Vector512.Max(high, some));
        }

        for (var i = 0; i < width; i++)
            if (long.CreateSaturating(low[i]) < -n || long.CreateSaturating(high[i]) >= n) return false;
        return true;
    }

    internal static long Resolve<TIndex>(TIndex index, long n) where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        var value = long.CreateTruncating(index);
        return value < 0 ? value + n : value;
    }

    static void Along<TIndex, T>(T* x, TIndex* indices, T* y, long outer, long n, long inner, long count)
        where TIndex : unmanaged, IBinaryInteger<TIndex> where T : unmanaged =>
        Blocked.Run(new AlongBlocks<TIndex, T>(x, indices, y, n, inner, count), outer * count, inner);

    readonly struct TakeBlocks<TIndex>(byte* x, TIndex* indices, byte* y, long n, long rowBytes, long count) : IRows
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        readonly byte* _x = x;
        readonly TIndex* _indices = indices;
        readonly byte* _y = y;

        public void Run(long start, long end)
        {
            if (rowBytes == 4) Elements<uint>(start, end);
            else if (rowBytes == 8) Elements<ulong>(start, end);
            else
                for (var row = start; row < end; row++)
                    Buffer.MemoryCopy(_x + (Source(row) * rowBytes), _y + (row * rowBytes), rowBytes, rowBytes);
        }

        void Elements<T>(long start, long end) where T : unmanaged
        {
            for (var row = start; row < end; row++) ((T*)_y)[row] = ((T*)_x)[Source(row)];
        }

        long Source(long row) => (row / count * n) + Resolve(_indices[row % count], n);
    }

    readonly struct AlongBlocks<TIndex, T>(T* x, TIndex* indices, T* y, long n, long inner, long count) : IRows
        where TIndex : unmanaged, IBinaryInteger<TIndex> where T : unmanaged
    {
        readonly T* _x = x;
        readonly TIndex* _indices = indices;
        readonly T* _y = y;

        public void Run(long start, long end)
        {
            if (inner == 1)
            {
                Elements(start, end);
                return;
            }

            for (var row = start; row < end; row++)
            {
                var x = _x + (row / count * n * inner);
                for (long i = 0; i < inner; i++)
                {
                    var at = (row * inner) + i;
                    _y[at] = x[(Resolve(_indices[at], n) * inner) + i];
                }
            }
        }

        void Elements(long start, long end)
        {
            for (var at = start; at < end;)
            {
                var x = _x + (at / count * n);
                for (var stop = Math.Min(end, ((at / count) + 1) * count); at < stop; at++) _y[at] = x[Resolve(_indices[at], n)];
            }
        }
    }
}

// Rows of equal cost, shared out in blocks of about Gather.BlockElements elements.
internal interface IRows
{
    void Run(long start, long end);
}

internal static class Blocked
{
    internal static void Run<TRows>(in TRows body, long rows, long rowElements) where TRows : struct, IRows
    {
        if (rows == 0 || rowElements == 0) return;
        var perBlock = Math.Max(1, Gather.BlockElements / rowElements);
        var blocks = (int)((rows + perBlock - 1) / perBlock);
        if (blocks == 1) body.Run(0, rows);
        else Parallel.For(blocks, new Blocks<TRows>(body, rows, perBlock));
    }

    readonly struct Blocks<TRows>(in TRows body, long rows, long perBlock) : IBlocks where TRows : struct, IRows
    {
        readonly TRows _body = body;
        readonly long _rows = rows;
        readonly long _perBlock = perBlock;

        public void Run(int block) => _body.Run(block * _perBlock, Math.Min(_rows, (block + 1) * _perBlock));
    }
}
