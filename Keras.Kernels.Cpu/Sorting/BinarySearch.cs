using System.Numerics;
using System.Runtime.CompilerServices;

namespace Keras.Kernels.Cpu.Sorting;

// For each value how many elements of a sorted row are below it, or not above it; NaN is above all numbers and equal to itself.
internal static unsafe class BinarySearch<T, TBits>
    where T : unmanaged where TBits : unmanaged, IBinaryInteger<TBits>, IUnsignedNumber<TBits>, IMinMaxValue<TBits>
{
    const long BlockValues = 4096;

    // Where the row is short beside the values, its keys are worth keeping.
    internal static long Scratch(long n, long values) => n <= 4 * values ? n * sizeof(TBits) : 0;

    internal static void Run<TIndex>(TBits* row, TBits* values, TIndex* y, long n, long count, bool right, TBits* keys)
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        if (keys != null) Keys<T, TBits>.EncodeEqualZeros(row, keys, n);
        var blocks = (int)((count + BlockValues - 1) / BlockValues);
        if (keys != null) Parallel.For(blocks, new Blocks<TIndex, Ready>(keys, values, y, n, count, right));
        else Parallel.For(blocks, new Blocks<TIndex, Raw>(row, values, y, n, count, right));
    }

    interface IRow
    {
        static abstract TBits Key(TBits element);
    }

    readonly struct Ready : IRow
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TBits Key(TBits element) => element;
    }

    readonly struct Raw : IRow
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TBits Key(TBits element) => Keys<T, TBits>.OfEqualZeros(element);
    }

    readonly struct Blocks<TIndex, TRow>(TBits* row, TBits* values, TIndex* y, long n, long count, bool right) : IBlocks
        where TIndex : unmanaged, IBinaryInteger<TIndex> where TRow : IRow
    {
        readonly TBits* _row = row;
        readonly TBits* _values = values;
        readonly TIndex* _y = y;
        readonly long _n = n;
        readonly long _count = count;
        readonly bool _right = right;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int block)
        {
            var end = Math.Min(_count, (block + 1) * BlockValues);
            var i = block * BlockValues;
            for (; i <= end - 4; i += 4) Four(i);
            for (; i < end; i++) _y[i] = TIndex.CreateTruncating(Place(Keys<T, TBits>.OfEqualZeros(_values[i])));
        }

        // Four at a time, so that the processor need not wait for each load.
        void Four(long i)
        {
            TBits a = Keys<T, TBits>.OfEqualZeros(_values[i]), b = Keys<T, TBits>.OfEqualZeros(_values[i + 1]);
            TBits c = Keys<T, TBits>.OfEqualZeros(_values[i + 2]), d = Keys<T, TBits>.OfEqualZeros(_values[i + 3]);
            long p = 0, q = 0, r = 0, s = 0;
            for (var rest = _n; rest > 0;)
            {
                var half = (rest + 1) >> 1;
                p += half & Before(_row[p + half - 1], a);
                q += half & Before(_row[q + half - 1], b);
                r += half & Before(_row[r + half - 1], c);
                s += half & Before(_row[s + half - 1], d);
                rest -= half;
            }
            _y[i] = TIndex.CreateTruncating(p);
            _y[i + 1] = TIndex.CreateTruncating(q);
            _y[i + 2] = TIndex.CreateTruncating(r);
            _y[i + 3] = TIndex.CreateTruncating(s);
        }

        long Place(TBits key)
        {
            long place = 0;
            for (var rest = _n; rest > 0;)
            {
                var half = (rest + 1) >> 1;
                place += half & Before(_row[place + half - 1], key);
                rest -= half;
            }
            return place;
        }

        // All bits set where the element stands before the value: no branch to guess.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        long Before(TBits element, TBits key)
        {
            var other = TRow.Key(element);
            var before = _right ? other <= key : other < key;
            return -(long)Unsafe.BitCast<bool, byte>(before);
        }
    }
}
