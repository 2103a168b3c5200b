using System.Numerics;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu;

/// <summary>Sweeps of plane rotations of neighbouring rows, collected while they are found and applied many at a time, so that the rows stay in
/// cache and threads share the columns.</summary>
internal unsafe struct Rotations<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    const int Sweeps = 64;
    const int ParallelSize = 8192;

    readonly T* _rows, _cos, _sin;
    readonly int* _first, _count;
    readonly int _stride, _capacity;
    int _sweeps, _used;

    /// <param name="deal">Memory.</param>
    /// <param name="rows">The rows that are rotated; none where the rotations are not wanted.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="stride">Their distance.</param>
    internal Rotations(ref Deal deal, T* rows, int count, int stride)
    {
        _rows = rows;
        _stride = stride;
        Wanted = stride > 0;
        _capacity = Wanted ? Math.Max(Sweeps, (count * 24) + 64) : 0;
        _cos = deal.Take<T>(_capacity);
        _sin = deal.Take<T>(_capacity);
        _first = deal.Take<int>(Sweeps);
        _count = deal.Take<int>(Sweeps);
    }

    internal readonly bool Wanted { get; }

    /// <summary>Begins a sweep over rows from one to another; upwards where the last stands before the first.</summary>
    internal void Begin(int first, int rotations, bool upwards)
    {
        if (!Wanted) return;
        if (_sweeps == Sweeps || _used + rotations > _capacity) Flush();
        _first[_sweeps] = first;
        _count[_sweeps++] = upwards ? -rotations : rotations;
    }

    /// <summary>The next rotation of the sweep, in the order of its application.</summary>
    internal void Add(double cos, double sin)
    {
        if (!Wanted) return;
        _cos[_used] = T.CreateTruncating(cos);
        _sin[_used++] = T.CreateTruncating(sin);
    }

    internal void Flush()
    {
        if (_sweeps == 0) return;
        Parallel.For((_stride + Blocks.Columns - 1) / Blocks.Columns, new Blocks(this), (long)_used * _stride >= ParallelSize);
        (_sweeps, _used) = (0, 0);
    }

    readonly struct Blocks(Rotations<T> log) : IBlocks
    {
        readonly Rotations<T> _log = log;

        internal static int Columns => 2 * Vector512<T>.Count;

        public void Run(int block)
        {
            var x = _log._rows + ((long)block * Columns);
            var cos = _log._cos;
            var sin = _log._sin;
            var two = (block + 1) * Columns <= _log._stride;
            for (var sweep = 0; sweep < _log._sweeps; sweep++)
            {
                var (first, count) = (_log._first[sweep], _log._count[sweep]);
                var step = count < 0 ? -_log._stride : _log._stride;
                count = Math.Abs(count);
                // Upwards is downwards with the signs of the sines turned: the rows of a pair change places.
                if (two) Sweep<Count2>(x + ((long)first * _log._stride), step, cos, sin, count);
                else Sweep<Count1>(x + ((long)first * _log._stride), step, cos, sin, count);
                cos += count;
                sin += count;
            }
        }

        static void Sweep<TVectors>(T* x, int step, T* cos, T* sin, int count) where TVectors : struct, ICount
        {
            var w = Vector512<T>.Count;
            var (turn, a0, a1) = (step < 0 ? -T.One : T.One, Vector512.LoadAligned(x), default(Vector512<T>));
            if (TVectors.Value > 1) a1 = Vector512.LoadAligned(x + w);
            for (var i = 0; i < count; i++, x += step)
            {
                var (c, s, b0) = (Vector512.Create(cos[i]), Vector512.Create(turn * sin[i]), Vector512.LoadAligned(x + step));
                Simd512<T>.MultiplyAdd(c, a0, s * b0).StoreAligned(x);
                a0 = Simd512<T>.MultiplyAdd(-s, a0, c * b0);
                if (TVectors.Value == 1) continue;
                var b1 = Vector512.LoadAligned(x + step + w);
                Simd512<T>.MultiplyAdd(c, a1, s * b1).StoreAligned(x + w);
                a1 = Simd512<T>.MultiplyAdd(-s, a1, c * b1);
            }
            a0.StoreAligned(x);
            if (TVectors.Value > 1) a1.StoreAligned(x + w);
        }
    }
}
