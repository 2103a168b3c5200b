using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu.Movement;

using Keras.Kernels.Cpu.Elementwise;

// The body of a scatter that overwrites: the later of two updates wins.
internal readonly struct Replace : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged => y;
}

// Writes by index, y[index] = body(y[index], update), the body being Add, Maximum, Minimum, Multiply, Replace, ....
// Updates of one place happen in their order. Index rules are those of Gather; 16-bit floating point rounds each time.
internal static unsafe class Scatter
{
    const int MaxRanges = 16;
    const int TileElements = 256;

    // y[o, indices[k], :] takes updates[o, k, :], for y (outer, n, inner), updates (outer, count, inner).
    internal static long Run<TBody, TIndex, T>(
        T* y, TIndex* indices, T* updates, long outer, long n, long inner, long count)
        where TBody : IBinary where TIndex : unmanaged, IBinaryInteger<TIndex> where T : unmanaged
    {
        var bad = Gather.Check(indices, count, n);
        if (bad >= 0 || outer * inner * count == 0) return bad;
        // Each block owns a range of destinations and reads all indices.
        var ranges = Math.Clamp(Math.Min(n, count * inner / Gather.BlockElements), 1, MaxRanges);
        var body = new RangeBlocks<TBody, TIndex, T>(y, indices, updates, n, inner, count, ranges);
        if (outer * ranges == 1) body.Run(0);
        else Parallel.For((int)(outer * ranges), body);
        return -1;
    }

    // y[o, indices[o, k, i], i] takes updates[o, k, i], for y (outer, n, inner), the others (outer, count, inner).
    internal static long Along<TBody, TIndex, T>(
        T* y, TIndex* indices, T* updates, long outer, long n, long inner, long count)
        where TBody : IBinary where TIndex : unmanaged, IBinaryInteger<TIndex> where T : unmanaged
    {
        var bad = Gather.Check(indices, outer * count * inner, n);
        if (bad >= 0 || outer * inner * count == 0) return bad;
        var tiles = (inner + TileElements - 1) / TileElements;
        Blocked.Run(
            new AlongBlocks<TBody, TIndex, T>(y, indices, updates, n, inner, count, tiles),
            outer * tiles, count * Math.Min(inner, TileElements));
        return -1;
    }

    static void Single<TBody, T>(T* y, T update) where TBody : IBinary where T : unmanaged
    {
        if (Elementwise.Cast.IsNarrow<T>() || typeof(T) == typeof(bool))
            BinaryRow.Run<TBody, T>(y, 1, &update, 1, y, 1);
        else
            *y = TBody.Apply(Vector512.CreateScalar(*y), Vector512.CreateScalar(update)).ToScalar();
    }

    readonly struct RangeBlocks<TBody, TIndex, T>(
        T* y, TIndex* indices, T* updates, long n, long inner, long count, long ranges) : IBlocks
        where TBody : IBinary where TIndex : unmanaged, IBinaryInteger<TIndex> where T : unmanaged
    {
        readonly T* _y = y;
        readonly TIndex* _indices = indices;
        readonly T* _updates = updates;

        public void Run(int block)
        {
            var outer = block / ranges;
            var range = block % ranges;
            long low = n * range / ranges, high = n * (range + 1) / ranges;
            var y = _y + (outer * n * inner);
            var updates = _updates + (outer * count * inner);
            for (long k = 0; k < count; k++)
            {
                var index = Gather.Resolve(_indices[k], n);
                if (index < low || index >= high) continue;
                var target = y + (index * inner);
                if (inner == 1) Single<TBody, T>(target, updates[k]);
                else BinaryRow.Run<TBody, T>(target, 1, updates + (k * inner), 1, target, inner);
            }
        }
    }

    readonly struct AlongBlocks<TBody, TIndex, T>(
        T* y, TIndex* indices, T* updates, long n, long inner, long count, long tiles) : IRows
        where TBody : IBinary where TIndex : unmanaged, IBinaryInteger<TIndex> where T : unmanaged
    {
        readonly T* _y = y;
        readonly TIndex* _indices = indices;
        readonly T* _updates = updates;

        public void Run(long start, long end)
        {
            for (var unit = start; unit < end; unit++)
            {
                var outer = unit / tiles;
                var column = unit % tiles * TileElements;
                Tile(outer, column, Math.Min(inner, column + TileElements));
            }
        }

        void Tile(long outer, long start, long end)
        {
            var y = _y + (outer * n * inner);
            for (long k = 0; k < count; k++)
            {
                var row = ((outer * count) + k) * inner;
                for (var i = start; i < end; i++)
                    Single<TBody, T>(y + (Gather.Resolve(_indices[row + i], n) * inner) + i, _updates[row + i]);
            }
        }
    }
}
