using System.Numerics;
using System.Runtime.CompilerServices;

namespace Keras.Kernels.Cpu.Sorting;

// Each row of x (rows, n) in rising order, NaN last. y may be x.
internal static unsafe class Sorter<T, TBits>
    where T : unmanaged where TBits : unmanaged, IBinaryInteger<TBits>, IUnsignedNumber<TBits>, IMinMaxValue<TBits>
{
    internal static RowWork Plan(long rows, long n) => new(rows, n, Ranks.Longest<TBits>());

    internal static long Scratch(in RowWork work) => work.Scratch(sizeof(TBits));

    internal static void Run(TBits* x, TBits* y, in RowWork work, byte* scratch)
    {
        if (work.Rows == 0 || work.N == 0) return;
        if (work.IsLong) Long(x, y, work, scratch);
        else work.Run(new ShortRows(x, y, (int)work.N), new PartBlocks(x, y, work, scratch));
    }

    static void Long(TBits* x, TBits* y, in RowWork work, byte* scratch)
    {
        var chunks = work.Chunks;
        var counts = (uint*)scratch;
        var other = (TBits*)(scratch + work.CountBytes);
        for (long row = 0; row < work.Rows; row++, x += work.N, y += work.N)
        {
            Parallel.For(chunks.Count, new CodeBlocks(x, y, chunks, decode: false));
            var sorted = Radix<TBits, KeyDigits<TBits>>.SortChunks(y, other, chunks, counts);
            Parallel.For(chunks.Count, new CodeBlocks(sorted, y, chunks, decode: true));
        }
    }

    readonly struct CodeBlocks(TBits* x, TBits* y, Chunks chunks, bool decode) : IBlocks
    {
        readonly TBits* _x = x;
        readonly TBits* _y = y;
        readonly Chunks _chunks = chunks;
        readonly bool _decode = decode;

        public void Run(int block)
        {
            var start = _chunks.Start(block);
            if (_decode) Keys<T, TBits>.Decode(_x + start, _y + start, _chunks.Size(block));
            else Keys<T, TBits>.Encode(_x + start, _y + start, _chunks.Size(block));
        }
    }

    readonly struct PartBlocks(TBits* x, TBits* y, RowWork work, byte* scratch) : IBlocks
    {
        readonly TBits* _x = x;
        readonly TBits* _y = y;
        readonly RowWork _work = work;
        readonly byte* _scratch = scratch;

        public void Run(int block)
        {
            var n = _work.N;
            var other = (TBits*)_scratch + (block * n);
            for (var row = _work.Start(block); row < _work.Start(block + 1); row++)
            {
                var y = _y + (row * n);
                Keys<T, TBits>.Encode(_x + (row * n), y, n);
                Keys<T, TBits>.Decode(Radix<TBits, KeyDigits<TBits>>.Sort(y, other, n), y, n);
            }
        }
    }

    readonly struct ShortRows(TBits* x, TBits* y, int n) : Movement.IRows
    {
        readonly TBits* _x = x;
        readonly TBits* _y = y;
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
            var apart = stackalloc TBits[Ranks.MaxKeys];
            var bits = typeof(TBits) == typeof(TKey) ? (TBits*)keys : apart;
            for (var row = start; row < end; row++)
            {
                var y = _y + (row * _n);
                Keys<T, TBits>.Encode(_x + (row * _n), bits, _n);
                if (typeof(TBits) != typeof(TKey))
                    for (var i = 0; i < _n; i++) keys[i] = TKey.CreateTruncating(bits[i]);
                var vectors = Ranks.Pad(keys, _n);
                for (var i = 0; i < _n; i++) y[Ranks.Of(keys, vectors, i)] = bits[i];
                Keys<T, TBits>.Decode(y, y, _n);
            }
        }
    }
}
