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
            for (var unit = block * UnitsPerBlock; unit < end; unit++)
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
                    total = typeof(TOp) == typeof(Sum) ? total + *at : Joined(total, *at);
                    *at = total;
                }

                Elementwise.Cast.Row(wide, _y + start, count);
            }
        }

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
