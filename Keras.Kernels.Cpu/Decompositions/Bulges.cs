using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu;

/// <summary>Sweeps of reflectors of three neighbouring rows, each sweep ending with a rotation of two, collected while they are found and applied many at
/// a time, so that the rows stay in cache and threads share the columns.</summary>
internal unsafe struct Bulges
{
    const int Sweeps = 64;
    const int ParallelSize = 8192;

    readonly double* _rows, _second, _third, _tau, _cos, _sin;
    readonly int* _first, _count;
    readonly int _stride, _capacity;
    int _sweeps, _used;

    /// <param name="deal">Memory.</param>
    /// <param name="rows">The rows that are turned.</param>
    /// <param name="count">How many.</param>
    /// <param name="stride">Their distance.</param>
    internal Bulges(ref Deal deal, double* rows, int count, int stride)
    {
        _rows = rows;
        _stride = stride;
        _capacity = (count * 24) + Sweeps;
        _second = deal.Take<double>(_capacity);
        _third = deal.Take<double>(_capacity);
        _tau = deal.Take<double>(_capacity);
        _cos = deal.Take<double>(Sweeps);
        _sin = deal.Take<double>(Sweeps);
        _first = deal.Take<int>(Sweeps);
        _count = deal.Take<int>(Sweeps);
    }

    /// <summary>Makes place for a sweep from a row on.</summary>
    internal Sweep Begin(int first, int reflectors)
    {
        if (_sweeps == Sweeps || _used + reflectors > _capacity) Flush();
        _first[_sweeps] = first;
        _count[_sweeps] = reflectors;
        return new(first, reflectors, _second + _used, _third + _used, _tau + _used);
    }

    /// <summary>Ends the sweep, whose reflectors are written by now, with a rotation of the two rows behind them.</summary>
    internal void End(double cos, double sin)
    {
        (_cos[_sweeps], _sin[_sweeps]) = (cos, sin);
        _used += _count[_sweeps++];
    }

    internal void Flush()
    {
        if (_sweeps == 0) return;
        Parallel.For((_stride + Strips.Columns - 1) / Strips.Columns, new Strips(this), (long)(_used + _sweeps) * _stride >= ParallelSize);
        (_sweeps, _used) = (0, 0);
    }

    /// <summary>Reflectors I - tau·v·vᵀ with v = (1, second, third).</summary>
    internal readonly struct Sweep(int first, int count, double* second, double* third, double* tau)
    {
        internal readonly int First = first, Count = count;
        internal readonly double* Second = second, Third = third, Tau = tau;
    }

    readonly struct Strips(Bulges log) : IBlocks
    {
        readonly Bulges _log = log;

        internal static int Columns => 2 * Vector512<double>.Count;

        public void Run(int strip)
        {
            var x = _log._rows + ((long)strip * Columns);
            var second = _log._second;
            var third = _log._third;
            var tau = _log._tau;
            // The last strip may be half as wide; then both halves are the one.
            var beside = (strip + 1) * Columns <= _log._stride ? Vector512<double>.Count : 0;
            for (var sweep = 0; sweep < _log._sweeps; sweep++)
            {
                var (first, count) = (_log._first[sweep], _log._count[sweep]);
                Turn(x + ((long)first * _log._stride), beside, _log._stride, new(first, count, second, third, tau), _log._cos[sweep], _log._sin[sweep]);
                second += count;
                third += count;
                tau += count;
            }
        }

        static void Turn(double* x, int beside, int stride, in Sweep sweep, double cos, double sin)
        {
            var (a0, a1) = (Vector512.LoadAligned(x), Vector512.LoadAligned(x + beside));
            var (b0, b1) = (Vector512.LoadAligned(x + stride), Vector512.LoadAligned(x + stride + beside));
            for (var i = 0; i < sweep.Count; i++, x += stride)
            {
                var (v, w, t) = (Vector512.Create(sweep.Second[i]), Vector512.Create(sweep.Third[i]), Vector512.Create(sweep.Tau[i]));
                var next = x + (2L * stride);
                var (c0, c1) = (Vector512.LoadAligned(next), Vector512.LoadAligned(next + beside));
                var s0 = t * Simd512<double>.MultiplyAdd(w, c0, Simd512<double>.MultiplyAdd(v, b0, a0));
                var s1 = t * Simd512<double>.MultiplyAdd(w, c1, Simd512<double>.MultiplyAdd(v, b1, a1));
                (a0 - s0).StoreAligned(x);
                (a1 - s1).StoreAligned(x + beside);
                (a0, a1) = (b0 - (s0 * v), b1 - (s1 * v));
                (b0, b1) = (c0 - (s0 * w), c1 - (s1 * w));
            }
            var (cosines, sines) = (Vector512.Create(cos), Vector512.Create(sin));
            ((cosines * a0) + (sines * b0)).StoreAligned(x);
            ((cosines * a1) + (sines * b1)).StoreAligned(x + beside);
            ((cosines * b0) - (sines * a0)).StoreAligned(x + stride);
            ((cosines * b1) - (sines * a1)).StoreAligned(x + stride + beside);
        }
    }
}
