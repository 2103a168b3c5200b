using System.Numerics;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu.Reduction;

using Keras.Kernels.Cpu.Elementwise;

// Running combination along the middle axis of (outer, n, inner), from the first element or, reversed, from the last.
// Floating point runs in double and rounds each result. y may be x.
internal static unsafe class Cumulate
{
    const int TileElements = 256;
    const int BlockElements = 32768;
    const int Together = 4;

    // Not a divisor of 4096 bytes: a load would wait for the store to another row at the same place of its page.
    const int Apart = TileElements + 24;

    internal static void Run<TOp, T>(T* x, T* y, long outer, long n, long inner, bool reverse)
        where TOp : IReduction where T : unmanaged
    {
        if (outer == 0 || n == 0 || inner == 0) return;
        if (typeof(T) == typeof(float) || Elementwise.Cast.IsNarrow<T>())
            Start<TOp, T, double>(x, y, outer, n, inner, reverse);
        else if (typeof(T) == typeof(double))
            Start<TOp, double, double>((double*)x, (double*)y, outer, n, inner, reverse);
        else if (typeof(T) == typeof(bool) || typeof(T) == typeof(byte))
            Start<TOp, byte, byte>((byte*)x, (byte*)y, outer, n, inner, reverse);
        else if (typeof(T) == typeof(sbyte)) Start<TOp, sbyte, sbyte>((sbyte*)x, (sbyte*)y, outer, n, inner, reverse);
        else if (typeof(T) == typeof(short)) Start<TOp, short, short>((short*)x, (short*)y, outer, n, inner, reverse);
        else if (typeof(T) == typeof(ushort))
            Start<TOp, ushort, ushort>((ushort*)x, (ushort*)y, outer, n, inner, reverse);
        else if (typeof(T) == typeof(int)) Start<TOp, int, int>((int*)x, (int*)y, outer, n, inner, reverse);
        else if (typeof(T) == typeof(uint)) Start<TOp, uint, uint>((uint*)x, (uint*)y, outer, n, inner, reverse);
        else if (typeof(T) == typeof(long)) Start<TOp, long, long>((long*)x, (long*)y, outer, n, inner, reverse);
        else if (typeof(T) == typeof(ulong)) Start<TOp, ulong, ulong>((ulong*)x, (ulong*)y, outer, n, inner, reverse);
        else throw new NotSupportedException($"Expected: a tensor's element type. Received: {typeof(T).Name}.");
    }

    static void Start<TOp, T, TWide>(T* x, T* y, long outer, long n, long inner, bool reverse)
        where TOp : IReduction where T : unmanaged where TWide : unmanaged, INumber<TWide>, IMinMaxValue<TWide>
    {
        var job = new Job<TOp, T, TWide>(x, y, outer, n, inner, reverse);
        if (job.Count == 1) job.Run(0);
        else Parallel.For(job.Count, job);
    }

    readonly struct Job<TOp, T, TWide>(T* x, T* y, long outer, long n, long inner, bool reverse) : IBlocks
        where TOp : IReduction where T : unmanaged where TWide : unmanaged, INumber<TWide>, IMinMaxValue<TWide>
    {
        readonly T* _x = x;
        readonly T* _y = y;
        readonly long _n = n;
        readonly long _inner = inner;
        readonly bool _reverse = reverse;
        readonly long _tiles = (inner + TileElements - 1) / TileElements;
        readonly long _units = outer * ((inner + TileElements - 1) / TileElements);

        internal int Count => (int)((_units + UnitsPerBlock - 1) / UnitsPerBlock);

        long UnitsPerBlock => Math.Max(1, BlockElements / (Math.Min(_inner, TileElements) * _n));

        public void Run(int block)
        {
            var end = Math.Min(_units, (block + 1) * UnitsPerBlock);
            var unit = block * UnitsPerBlock;
            // One addition waits for the one before: several rows at once fill the time.
            for (; _inner == 1 && unit + Together <= end; unit += Together) Rows(unit * _n);
            for (; unit < end; unit++)
            {
                if (_inner == 1) Row(unit * _n);
                else Columns(unit / _tiles * _n * _inner, unit % _tiles * TileElements);
            }
        }

        void Row(long offset)
        {
            var wide = stackalloc TWide[TileElements];
            var total = TOp.Identity<TWide>();
            var step = _reverse ? -1 : 1;
            for (long done = 0; done < _n; done += TileElements)
            {
                var count = (int)Math.Min(TileElements, _n - done);
                var start = offset + (_reverse ? _n - done - count : done);
                Elementwise.Cast.Row(_x + start, wide, count);
                var at = wide + (_reverse ? count - 1 : 0);
                for (var i = 0; i < count; i++, at += step)
                {
                    *at = total = Next(total, *at);
                }

                Elementwise.Cast.Row(wide, _y + start, count);
            }
        }

        void Rows(long offset)
        {
            var wide = stackalloc TWide[Together * Apart];
            TWide a = TOp.Identity<TWide>(), b = a, c = a, d = a;
            var step = _reverse ? -1 : 1;
            for (long done = 0; done < _n; done += TileElements)
            {
                var count = (int)Math.Min(TileElements, _n - done);
                var start = offset + (_reverse ? _n - done - count : done);
                for (var row = 0; row < Together; row++) Elementwise.Cast.Row(_x + start + (row * _n), wide + (row * Apart), count);
                var at = wide + (_reverse ? count - 1 : 0);
                for (var i = 0; i < count; i++, at += step)
                {
                    *at = a = Next(a, *at);
                    at[Apart] = b = Next(b, at[Apart]);
                    at[2 * Apart] = c = Next(c, at[2 * Apart]);
                    at[3 * Apart] = d = Next(d, at[3 * Apart]);
                }

                for (var row = 0; row < Together; row++) Elementwise.Cast.Row(wide + (row * Apart), _y + start + (row * _n), count);
            }
        }

        static TWide Next(TWide total, TWide x) => typeof(TOp) == typeof(Sum) ? total + x : Joined(total, x);

        static TWide Joined(TWide x, TWide y) =>
            TOp.Combine(Vector512.CreateScalar(x), Vector512.CreateScalar(y)).ToScalar();

        void Columns(long offset, long column)
        {
            var width = (int)Math.Min(TileElements, _inner - column);
            TWide* total = stackalloc TWide[TileElements], wide = stackalloc TWide[TileElements];
            new Span<TWide>(total, width).Fill(TOp.Identity<TWide>());
            for (long i = 0; i < _n; i++)
            {
                var row = offset + ((_reverse ? _n - 1 - i : i) * _inner) + column;
                Elementwise.Cast.Row(_x + row, wide, width);
                ColumnKernel.Combine<TOp, TWide>(total, wide, width);
                Elementwise.Cast.Row(total, _y + row, width);
            }
        }
    }
}
