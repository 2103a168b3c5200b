using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu.Sorting;

// How the k largest of each row are found: by rank in short rows, from a sorted row where k is a large part of it, else by sifting, long rows
// in parts of their own.
internal readonly struct PickPlan(RowWork work, int k)
{
    const int MinSifted = 64;
    const long PartElements = 1 << 15;
    const long MaxParts = 64;

    internal RowWork Work { get; } = work;

    internal int K { get; } = k;

    // All threads can sort a long row, but sift one in several parts only.
    internal bool Sifts => Work.N > MinSifted && K <= Work.N / (Work.IsLong ? 32 : 8);

    internal bool IsRanked => Work.IsShort && !Sifts;

    internal int Parts => (int)Math.Clamp(Work.N / Math.Max(PartElements, 16L * K), 1, MaxParts);

    internal bool Splits => Sifts && Work.IsLong;

    // Candidates that are kept before the best are sorted out of them: few, as a better k-th one lets fewer through.
    internal long Capacity => (2L * K) + MinSifted;

    // How many are sorted before there is anything to sift by.
    internal long FirstCount => Math.Max(2L * K, MinSifted);

    internal long Scratch(int itemBytes)
    {
        if (!Sifts) return Work.Scratch(2L * itemBytes);
        return Splits ? Parts * ((2 * Capacity) + (2L * K)) * itemBytes : Work.Parts * 2 * Capacity * itemBytes;
    }
}

// For each row of x (rows, n) the k largest elements, the largest first, and their places; NaN counts as the largest, of equal ones the first
// comes first.
internal static unsafe class Picker<T, TBits, TItem, TPairs>
    where T : unmanaged where TBits : unmanaged, IBinaryInteger<TBits>, IUnsignedNumber<TBits>, IMinMaxValue<TBits>
    where TItem : unmanaged where TPairs : IPairs<TBits, TItem>
{
    internal static void Run(TBits* x, TBits* values, int* places, in PickPlan plan, byte* scratch)
    {
        var work = plan.Work;
        if (work.Rows == 0 || plan.K == 0) return;
        var rows = new Rows(x, values, places, plan, scratch);
        if (plan.IsRanked) Movement.Blocked.Run(rows, work.Rows, work.N);
        else if (plan.Splits)
            for (long row = 0; row < work.Rows; row++) Split(rows, row, x + (row * work.N), plan, (TItem*)scratch);
        else if (work.IsLong && !plan.Sifts)
            for (long row = 0; row < work.Rows; row++)
                rows.Emit(row, Argsorter<T, TBits, TItem, TPairs>.LongRow(x + (row * work.N), (TItem*)(scratch + work.CountBytes), work.Chunks, descending: true, (uint*)scratch));
        else work.RunParts(rows);
    }

    // The best of each part, and of these the best: in the parts' order, so that equal ones keep theirs.
    static void Split(in Rows rows, long row, TBits* x, in PickPlan plan, TItem* scratch)
    {
        var total = (long)plan.Parts * plan.K;
        Parallel.For(plan.Parts, new SiftBlocks(x, plan, scratch));
        rows.Emit(row, Radix<TItem, TPairs>.Sort(scratch, scratch + total, total));
    }

    // The k best of x from start to end, sorted, in one of the two buffers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static TItem* Sift(TBits* x, long start, long end, in PickPlan plan, TItem* items, TItem* others)
    {
        var lanes = stackalloc TBits[Vector512<TBits>.Count];
        var count = Math.Min(plan.FirstCount, end - start);
        Argsorter<T, TBits, TItem, TPairs>.MakePairs(x, items - start, start, start + count, descending: true);
        var at = start + count;
        while (true)
        {
            var sorted = Sorted(items, others, count);
            if (at == end) return sorted;
            others = sorted == items ? others : items;
            items = sorted;
            count = plan.K;
            // An equal element further on is never better.
            var worst = Vector512.Create(TPairs.Key(items[count - 1]));
            for (; at <= end - Vector512<TBits>.Count && count <= plan.Capacity - Vector512<TBits>.Count; at += Vector512<TBits>.Count)
            {
                var keys = ~Keys<T, TBits>.OfEqualZeros(Vector512.Load(x + at));
                var better = Vector512.LessThan(keys, worst);
                if (better == Vector512<TBits>.Zero) continue;
                keys.Store(lanes);
                for (var set = better.ExtractMostSignificantBits(); set != 0; set &= set - 1)
                {
                    var lane = BitOperations.TrailingZeroCount(set);
                    items[count++] = TPairs.Make(lanes[lane], at + lane);
                }
            }
            if (at <= end - Vector512<TBits>.Count) continue;
            for (; at < end && count < plan.Capacity; at++)
            {
                var key = ~Keys<T, TBits>.OfEqualZeros(x[at]);
                if (key < worst.ToScalar()) items[count++] = TPairs.Make(key, at);
            }
        }
    }

    static TItem* Sorted(TItem* items, TItem* others, long count)
    {
        if (count > Ranks.Longest<TBits>()) return Radix<TItem, TPairs>.Sort(items, others, count);
        if (sizeof(TBits) == 8) ByRank<ulong>(items, others, (int)count);
        else ByRank<uint>(items, others, (int)count);
        return others;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void ByRank<TKey>(TItem* items, TItem* sorted, int count) where TKey : unmanaged, IBinaryInteger<TKey>, IMinMaxValue<TKey>
    {
        var keys = stackalloc TKey[Ranks.MaxKeys];
        for (var i = 0; i < count; i++) keys[i] = TKey.CreateTruncating(TPairs.Key(items[i]));
        var vectors = Ranks.Pad(keys, count);
        for (var i = 0; i < count; i++) sorted[Ranks.Of(keys, vectors, i)] = items[i];
    }

    readonly struct SiftBlocks(TBits* x, PickPlan plan, TItem* scratch) : IBlocks
    {
        readonly TBits* _x = x;
        readonly PickPlan _plan = plan;
        readonly TItem* _scratch = scratch;

        public void Run(int block)
        {
            long parts = _plan.Parts, k = _plan.K, n = _plan.Work.N;
            var items = _scratch + (parts * 2 * k) + (block * 2 * _plan.Capacity);
            var best = Sift(_x, n * block / parts, n * (block + 1) / parts, _plan, items, items + _plan.Capacity);
            new Span<TItem>(best, (int)k).CopyTo(new Span<TItem>(_scratch + (block * k), (int)k));
        }
    }

    readonly struct Rows(TBits* x, TBits* values, int* places, PickPlan plan, byte* scratch) : IBlocks, Movement.IRows
    {
        readonly TBits* _x = x;
        readonly TBits* _values = values;
        readonly int* _places = places;
        readonly PickPlan _plan = plan;
        readonly TItem* _scratch = (TItem*)scratch;

        internal void Emit(long row, TItem* sorted)
        {
            for (var i = 0; i < _plan.K; i++) Put(row, i, TPairs.Place(sorted[i]));
        }

        void Put(long row, int rank, int place)
        {
            _values[(row * _plan.K) + rank] = _x[(row * _plan.Work.N) + place];
            _places[(row * _plan.K) + rank] = place;
        }

        public void Run(int block)
        {
            var work = _plan.Work;
            var capacity = _plan.Sifts ? _plan.Capacity : work.N;
            var items = _scratch + (block * 2 * capacity);
            for (var row = work.Start(block); row < work.Start(block + 1); row++)
            {
                var x = _x + (row * work.N);
                if (_plan.Sifts) Emit(row, Sift(x, 0, work.N, _plan, items, items + capacity));
                else
                {
                    Argsorter<T, TBits, TItem, TPairs>.MakePairs(x, items, 0, work.N, descending: true);
                    Emit(row, Radix<TItem, TPairs>.Sort(items, items + capacity, work.N));
                }
            }
        }

        public void Run(long start, long end)
        {
            if (sizeof(TBits) == 8) Short<ulong>(start, end);
            else Short<uint>(start, end);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Short<TKey>(long start, long end) where TKey : unmanaged, IBinaryInteger<TKey>, IMinMaxValue<TKey>
        {
            var keys = stackalloc TKey[Ranks.MaxKeys];
            var order = stackalloc int[Ranks.MaxKeys];
            var n = (int)_plan.Work.N;
            for (var row = start; row < end; row++)
            {
                Ranks.Stage<T, TBits, TKey>(_x + (row * n), keys, n);
                for (var i = 0; i < n; i++) keys[i] = ~keys[i];
                var vectors = Ranks.Pad(keys, n);
                for (var i = 0; i < n; i++) order[Ranks.Of(keys, vectors, i)] = i;
                for (var rank = 0; rank < _plan.K; rank++) Put(row, rank, order[rank]);
            }
        }
    }
}
