using System.Numerics;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu.Sorting;

// The places of the truth values that are set, in order.
internal static unsafe class NonzeroPlaces
{
    const long BlockElements = 1 << 15;

    internal static int Blocks(long n) => (int)((n + BlockElements - 1) / BlockElements);

    // Writes the first of the places, as many as there is room for, and returns how many there are; starts holds a number a block.
    internal static long Run(byte* x, int* places, long n, long room, long* starts)
    {
        var blocks = Blocks(n);
        Parallel.For(blocks, new CountBlocks(x, n, starts));
        long total = 0;
        for (var block = 0; block < blocks; block++) (starts[block], total) = (total, total + starts[block]);
        if (total == room) Parallel.For(blocks, new PlaceBlocks(x, places, n, starts));
        return total;
    }

    static ulong Mask(byte* x) => Vector512.GreaterThan(Vector512.Load(x), Vector512<byte>.Zero).ExtractMostSignificantBits();

    readonly struct CountBlocks(byte* x, long n, long* counts) : IBlocks
    {
        readonly byte* _x = x;
        readonly long _n = n;
        readonly long* _counts = counts;

        public void Run(int block)
        {
            long i = block * BlockElements, end = Math.Min(_n, i + BlockElements), count = 0;
            for (; i <= end - Vector512<byte>.Count; i += Vector512<byte>.Count) count += BitOperations.PopCount(Mask(_x + i));
            for (; i < end; i++) count += _x[i] != 0 ? 1 : 0;
            _counts[block] = count;
        }
    }

    readonly struct PlaceBlocks(byte* x, int* places, long n, long* starts) : IBlocks
    {
        readonly byte* _x = x;
        readonly int* _places = places;
        readonly long _n = n;
        readonly long* _starts = starts;

        public void Run(int block)
        {
            long i = block * BlockElements, end = Math.Min(_n, i + BlockElements);
            var next = _places + _starts[block];
            for (; i <= end - Vector512<byte>.Count; i += Vector512<byte>.Count)
                for (var set = Mask(_x + i); set != 0; set &= set - 1) *next++ = (int)(i + BitOperations.TrailingZeroCount(set));
            for (; i < end; i++)
                if (_x[i] != 0) *next++ = (int)i;
        }
    }
}
