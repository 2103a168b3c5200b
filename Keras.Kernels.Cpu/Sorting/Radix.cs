using System.Runtime.CompilerServices;

namespace Keras.Kernels.Cpu.Sorting;

// Stable sort of items by their digits, the least first, from one buffer to another and back. A digit that all items share costs a count only.
internal static unsafe class Radix<TItem, TDigits> where TItem : unmanaged where TDigits : IDigits<TItem>
{
    const int Digits = 256;

    // Returns the buffer that the sorted items are in.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static TItem* Sort(TItem* from, TItem* to, long n)
    {
        var counts = stackalloc uint[Digits];
        for (var pass = 0; pass < TDigits.Passes; pass++)
        {
            Count(from, n, pass, counts);
            if (n == 0 || counts[TDigits.Digit(*from, pass)] == n) continue;
            uint next = 0;
            for (var digit = 0; digit < Digits; digit++) (counts[digit], next) = (next, next + counts[digit]);
            Scatter(from, to, n, pass, counts);
            var sorted = to;
            to = from;
            from = sorted;
        }
        return from;
    }

    // As Sort, for one long row, in chunks that all threads share; counts holds 256 numbers a chunk.
    internal static TItem* SortChunks(TItem* from, TItem* to, in Chunks chunks, uint* counts)
    {
        for (var pass = 0; pass < TDigits.Passes; pass++)
        {
            Parallel.For(chunks.Count, new CountBlocks(from, chunks, pass, counts));
            if (!Place(counts, chunks)) continue;
            Parallel.For(chunks.Count, new ScatterBlocks(from, to, chunks, pass, counts));
            var sorted = to;
            to = from;
            from = sorted;
        }
        return from;
    }

    // From how often each digit occurs in each chunk to where it begins; false where there is one digit only.
    static bool Place(uint* counts, in Chunks chunks)
    {
        uint next = 0;
        for (var digit = 0; digit < Digits; digit++)
        {
            var start = next;
            for (var chunk = 0; chunk < chunks.Count; chunk++)
            {
                var at = counts + (chunk * Digits) + digit;
                (*at, next) = (next, next + *at);
            }
            if (next - start == chunks.Length) return false;
        }
        return true;
    }

    // Two tables, so that a run of equal digits need not wait for its own last increment.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Count(TItem* items, long n, int pass, uint* counts)
    {
        var others = stackalloc uint[Digits];
        new Span<uint>(counts, Digits).Clear();
        new Span<uint>(others, Digits).Clear();
        long i = 0;
        for (; i < n - 3; i += 4)
        {
            counts[TDigits.Digit(items[i], pass)]++;
            others[TDigits.Digit(items[i + 1], pass)]++;
            counts[TDigits.Digit(items[i + 2], pass)]++;
            others[TDigits.Digit(items[i + 3], pass)]++;
        }
        for (; i < n; i++) counts[TDigits.Digit(items[i], pass)]++;
        for (var digit = 0; digit < Digits; digit++) counts[digit] += others[digit];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Scatter(TItem* from, TItem* to, long n, int pass, uint* next)
    {
        for (long i = 0; i < n; i++)
        {
            var item = from[i];
            to[next[TDigits.Digit(item, pass)]++] = item;
        }
    }

    readonly struct CountBlocks(TItem* items, Chunks chunks, int pass, uint* counts) : IBlocks
    {
        readonly TItem* _items = items;
        readonly Chunks _chunks = chunks;
        readonly uint* _counts = counts;

        public void Run(int block) => Count(_items + _chunks.Start(block), _chunks.Size(block), pass, _counts + (block * Digits));
    }

    readonly struct ScatterBlocks(TItem* from, TItem* to, Chunks chunks, int pass, uint* next) : IBlocks
    {
        readonly TItem* _from = from;
        readonly TItem* _to = to;
        readonly Chunks _chunks = chunks;
        readonly uint* _next = next;

        public void Run(int block) => Scatter(_from + _chunks.Start(block), _to, _chunks.Size(block), pass, _next + (block * Digits));
    }
}

// One long row in parts that depend on its length only.
internal readonly struct Chunks(long length)
{
    const long ChunkElements = 1 << 15;
    const long MaxChunks = 64;

    internal long Length { get; } = length;

    internal int Count { get; } = (int)Math.Clamp(length / ChunkElements, 1, MaxChunks);

    internal long Start(int chunk) => Length * chunk / Count;

    internal long Size(int chunk) => Start(chunk + 1) - Start(chunk);
}
