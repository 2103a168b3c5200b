using System.Numerics;
using System.Runtime.CompilerServices;

namespace Keras.Kernels.Cpu.Sorting;

// For each row of x (rows, n) the places of its elements in rising order, NaN last; equal ones in the order in which they stand.
internal static unsafe class Argsorter<T, TBits, TItem, TPairs>
    where T : unmanaged where TBits : unmanaged, IBinaryInteger<TBits>, IUnsignedNumber<TBits>, IMinMaxValue<TBits>
    where TItem : unmanaged where TPairs : IPairs<TBits, TItem>
{
    internal static RowWork Plan(long rows, long n) => new(rows, n, Ranks.Longest<TBits>());

    internal static long Scratch(in RowWork work) => work.Scratch(2 * sizeof(TItem));

    internal static void Run(TBits* x, int* y, in RowWork work, byte* scratch)
    {
        if (work.Rows == 0 || work.N == 0) return;
        if (work.IsLong) Long(x, y, work, scratch);
        else work.Run(new ShortRows(x, y, (int)work.N), new PartBlocks(x, y, work, scratch));
    }

    static void Long(TBits* x, int* y, in RowWork work, byte* scratch)
    {
        var counts = (uint*)scratch;
        var items = (TItem*)(scratch + work.CountBytes);
        for (long row = 0; row < work.Rows; row++, x += work.N, y += work.N)
            Parallel.For(work.Chunks.Count, new PlaceBlocks(LongRow(x, items, work.Chunks, descending: false, counts), y, work.Chunks));
    }

    // The sorted items of one long row, in one of the two buffers of n items.
    internal static TItem* LongRow(TBits* x, TItem* items, in Chunks chunks, bool descending, uint* counts)
    {
        Parallel.For(chunks.Count, new PairBlocks(x, items, chunks, descending));
        return Radix<TItem, TPairs>.SortChunks(items, items + chunks.Length, chunks, counts);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void MakePairs(TBits* x, TItem* items, long start, long end, bool descending)
    {
        const int Tile = 256;
        var keys = stackalloc TBits[Tile];
        var flip = descending ? TBits.MaxValue : TBits.Zero;
        for (var at = start; at < end; at += Tile)
        {
            var count = Math.Min(Tile, end - at);
            Keys<T, TBits>.EncodeEqualZeros(x + at, keys, count);
            for (long i = 0; i < count; i++) items[at + i] = TPairs.Make(keys[i] ^ flip, at + i);
        }
    }

    readonly struct PairBlocks(TBits* x, TItem* items, Chunks chunks, bool descending) : IBlocks
    {
        readonly TBits* _x = x;
        readonly TItem* _items = items;
        readonly Chunks _chunks = chunks;
        readonly bool _descending = descending;

        public void Run(int block) => MakePairs(_x, _items, _chunks.Start(block), _chunks.Start(block + 1), _descending);
    }

    readonly struct PlaceBlocks(TItem* items, int* y, Chunks chunks) : IBlocks
    {
        readonly TItem* _items = items;
        readonly int* _y = y;
        readonly Chunks _chunks = chunks;

        public void Run(int block)
        {
            for (var i = _chunks.Start(block); i < _chunks.Start(block + 1); i++) _y[i] = TPairs.Place(_items[i]);
        }
    }

    readonly struct PartBlocks(TBits* x, int* y, RowWork work, byte* scratch) : IBlocks
    {
        readonly TBits* _x = x;
        readonly int* _y = y;
        readonly RowWork _work = work;
        readonly byte* _scratch = scratch;

        public void Run(int block)
        {
            var n = _work.N;
            var items = (TItem*)_scratch + (block * 2 * n);
            for (var row = _work.Start(block); row < _work.Start(block + 1); row++)
            {
                MakePairs(_x + (row * n), items, 0, n, descending: false);
                var sorted = Radix<TItem, TPairs>.Sort(items, items + n, n);
                var y = _y + (row * n);
                for (long i = 0; i < n; i++) y[i] = TPairs.Place(sorted[i]);
            }
        }
    }

    readonly struct ShortRows(TBits* x, int* y, int n) : Movement.IRows
    {
        readonly TBits* _x = x;
        readonly int* _y = y;
        readonly int _n = n;

        public void Run(long start, long end)
        {
            if (sizeof(TBits) == 8) Rows<ulong>(start, end);
            else Rows<uint>(start, end);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Rows<TKey>(long start, long end) where TKey : unmanaged, IBinaryInteger<TKey>, IMinMaxValue<TKey>
        {
            var keys = stackalloc TKey[Ranks.MaxKeys];
            for (var row = start; row < end; row++)
            {
                var y = _y + (row * _n);
                var vectors = Ranks.Stage<T, TBits, TKey>(_x + (row * _n), keys, _n);
                for (var i = 0; i < _n; i++) y[Ranks.Of(keys, vectors, i)] = i;
            }
        }
    }
}
