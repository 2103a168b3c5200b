using System.Numerics;

namespace Keras.Kernels.Cpu.Reduction;

using Keras.Kernels.Cpu.Elementwise;

// Position of the largest (Max) or smallest (Min) element along the middle axis of (outer, n, inner), the first of
// equals; NaN counts as the extreme. n is at least 1 and below 2^31.
internal static unsafe class ArgReduce
{
    const int TileElements = 256;
    const int BlockElements = 32768;

    internal static void Run<TOp, T>(T* x, int* y, long outer, long n, long inner)
        where TOp : IReduction where T : unmanaged
    {
        if (outer == 0 || inner == 0) return;
        if (typeof(T) == typeof(bool) || typeof(T) == typeof(byte))
            Start<TOp, byte, byte>((byte*)x, y, outer, n, inner);
        else if (Elementwise.Cast.IsNarrow<T>()) Start<TOp, T, float>(x, y, outer, n, inner);
        else if (typeof(T) == typeof(float)) Start<TOp, float, float>((float*)x, y, outer, n, inner);
        else if (typeof(T) == typeof(double)) Start<TOp, double, double>((double*)x, y, outer, n, inner);
        else if (typeof(T) == typeof(sbyte)) Start<TOp, sbyte, sbyte>((sbyte*)x, y, outer, n, inner);
        else if (typeof(T) == typeof(short)) Start<TOp, short, short>((short*)x, y, outer, n, inner);
        else if (typeof(T) == typeof(ushort)) Start<TOp, ushort, ushort>((ushort*)x, y, outer, n, inner);
        else if (typeof(T) == typeof(int)) Start<TOp, int, int>((int*)x, y, outer, n, inner);
        else if (typeof(T) == typeof(uint)) Start<TOp, uint, uint>((uint*)x, y, outer, n, inner);
        else if (typeof(T) == typeof(long)) Start<TOp, long, long>((long*)x, y, outer, n, inner);
        else if (typeof(T) == typeof(ulong)) Start<TOp, ulong, ulong>((ulong*)x, y, outer, n, inner);
        else throw new NotSupportedException($"Expected: a tensor's element type. Received: {typeof(T).Name}.");
    }

    static void Start<TOp, T, TWide>(T* x, int* y, long outer, long n, long inner)
        where TOp : IReduction where T : unmanaged where TWide : unmanaged, INumber<TWide>, IMinMaxValue<TWide>
    {
        var job = new Job<TOp, T, TWide>(x, y, outer, n, inner);
        if (job.Count == 1) job.Run(0);
        else Parallel.For(job.Count, job);
    }

    readonly struct Job<TOp, T, TWide>(T* x, int* y, long outer, long n, long inner) : IBlocks
        where TOp : IReduction where T : unmanaged where TWide : unmanaged, INumber<TWide>, IMinMaxValue<TWide>
    {
        readonly T* _x = x;
        readonly int* _y = y;
        readonly long _n = n;
        readonly long _inner = inner;
        readonly long _tiles = (inner + TileElements - 1) / TileElements;
        readonly long _units = outer * ((inner + TileElements - 1) / TileElements);

        internal int Count => (int)((_units + UnitsPerBlock - 1) / UnitsPerBlock);

        long UnitsPerBlock => Math.Max(1, BlockElements / (Math.Min(_inner, TileElements) * _n));

        public void Run(int block)
        {
            var end = Math.Min(_units, (block + 1) * UnitsPerBlock);
            for (var unit = block * UnitsPerBlock; unit < end; unit++)
            {
                if (_inner == 1) _y[unit] = Row(_x + (unit * _n));
                else Columns(unit / _tiles, unit % _tiles * TileElements);
            }
        }

        // Two passes per chunk: the extreme value, which is fast, then where it first stands.
        int Row(T* x)
        {
            var staged = stackalloc TWide[TileElements];
            var best = default(TWide);
            var at = -1;
            for (long start = 0; start < _n; start += TileElements)
            {
                var count = (int)Math.Min(TileElements, _n - start);
                var chunk = Stage.Load(x + start, 1, staged, count);
                var value = RowKernel.Chunk<TOp, TWide>(chunk, count);
                if (at >= 0 && !Beats(value, best)) continue;
                best = value;
                var i = 0;
                while (chunk[i] != value && !TWide.IsNaN(chunk[i])) i++;
                at = (int)(start + i);
                if (TWide.IsNaN(value)) break;
            }

            return at;
        }

        void Columns(long outer, long column)
        {
            var width = (int)Math.Min(TileElements, _inner - column);
            TWide* best = stackalloc TWide[TileElements], staged = stackalloc TWide[TileElements];
            var x = _x + (outer * _n * _inner) + column;
            var y = _y + (outer * _inner) + column;
            Elementwise.Cast.Row(x, best, width);
            new Span<int>(y, width).Clear();
            for (long row = 1; row < _n; row++)
            {
                var values = Stage.Load(x + (row * _inner), 1, staged, width);
                for (var j = 0; j < width; j++)
                {
                    if (!Beats(values[j], best[j])) continue;
                    best[j] = values[j];
                    y[j] = (int)row;
                }
            }
        }

        static bool Beats(TWide value, TWide best)
        {
            var ahead = typeof(TOp) == typeof(Max) ? value > best : value < best;
            return ahead || (TWide.IsNaN(value) && !TWide.IsNaN(best));
        }
    }
}
