using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Keras.Kernels.Cpu.Images;

/// <summary>The sizes of a resize of x (outer, height, width, channels) to y (outer, rows, columns, channels), and how the rows are shared out.</summary>
internal readonly record struct ResizeShape(long Outer, int Height, int Width, long Channels, int Rows, int Columns)
{
    const long BlockElements = 32768;
    const int MostBlocks = 128;

    internal long RowElements => Columns * Channels;

    internal long SourceElements => Width * Channels;

    internal long PerBlock => Math.Max(BlockElements / Math.Max(1, Math.Max(RowElements, SourceElements)) + 1, ((Outer * Rows) + MostBlocks - 1) / MostBlocks);

    internal int Blocks => (int)(((Outer * Rows) + PerBlock - 1) / PerBlock);
}

/// <summary>Rows of y: the rows of x that make one are summed into a buffer, and its columns from that.</summary>
internal readonly unsafe struct ResizeBlocks<T>(ResizeShape shape, Band<T> rows, Band<T> columns, Spread<T>? spread, bool keepsColumns, T* x, T* y, T* scratch)
    : IBlocks where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    readonly ResizeShape _shape = shape;
    readonly int* _rowStarts = rows.Starts, _rowEnds = rows.Ends;
    readonly T* _rowWeights = rows.Weights;
    readonly int* _starts = columns.Starts, _ends = columns.Ends, _runs = columns.Runs;
    readonly int _runCount = columns.RunCount;
    readonly T* _weights = columns.Weights;
    readonly int* _places = spread is null ? null : spread.Places;
    readonly T* _spread = spread is null ? null : spread.Weights;
    readonly int _longest = columns.Longest;
    readonly bool _keepsColumns = keepsColumns;
    readonly T* _x = x, _y = y, _scratch = scratch;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int block)
    {
        var buffer = _scratch + (block * _shape.SourceElements);
        var end = Math.Min(_shape.Outer * _shape.Rows, (block + 1) * _shape.PerBlock);
        for (var row = block * _shape.PerBlock; row < end; row++)
        {
            var to = _y + (row * _shape.RowElements);
            var (image, i) = Math.DivRem(row, _shape.Rows);
            var begin = i == 0 ? 0 : _rowEnds[i - 1];
            var from = _x + (((image * _shape.Height) + _rowStarts[i]) * _shape.SourceElements);
            if (_keepsColumns) SumRows(from, _rowWeights + begin, _rowEnds[i] - begin, to);
            else
            {
                var source = from;
                if (_rowEnds[i] - begin != 1 || _rowWeights[begin] != T.One) SumRows(from, _rowWeights + begin, _rowEnds[i] - begin, source = buffer);
                if (_places != null) Gather(source, to);
                else SumColumns(source, to);
            }
        }
    }

    void SumRows(T* from, T* weights, int count, T* to)
    {
        var n = _shape.SourceElements;
        if (count == 2) Sweep.Map<T, Pair>(new(from, from + n, weights[0], weights[1], to), 0, n);
        else Sweep.Map<T, Many>(new(from, n, weights, count, to), 0, n);
    }

    void SumColumns(T* from, T* to)
    {
        var channels = _shape.Channels;
        for (var (run, j) = (0, 0); run < _runCount; j = _runs[run], run++)
        {
            var begin = j == 0 ? 0 : _ends[j - 1];
            T* source = from + (_starts[j] * channels), target = to + (j * channels);
            var n = (_runs[run] - j) * channels;
            if (_ends[j] - begin == 2) Sweep.Map<T, Pair>(new(source, source + channels, _weights[begin], _weights[begin + 1], target), 0, n);
            else Sweep.Map<T, Many>(new(source, channels, _weights + begin, _ends[j] - begin, target), 0, n);
        }
    }

    void Gather(T* from, T* to)
    {
        var (n, channels, i) = ((int)_shape.RowElements, (int)_shape.Channels, 0);
        if (Avx2.IsSupported)
            for (; i <= n - Vector256<T>.Count; i += Vector256<T>.Count) GatherVector(from, to, i, n, channels);
        for (; i < n; i++)
        {
            var sum = T.Zero;
            for (var (tap, at) = (0, _places[i]); tap < _longest; tap++, at += channels)
            {
                var weight = _spread[((long)tap * n) + i];
                if (weight != T.Zero) sum = T.FusedMultiplyAdd(weight, from[at], sum);
            }
            to[i] = sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void GatherVector(T* from, T* to, int i, int n, int channels)
    {
        var sum = Vector256<T>.Zero;
        for (var tap = 0; tap < _longest; tap++, from += channels)
        {
            var weight = Vector256.Load(_spread + ((long)tap * n) + i);
            var next = typeof(T) == typeof(float)
                ? Vector256.FusedMultiplyAdd(weight.AsSingle(), Avx2.GatherVector256((float*)from, Vector256.Load(_places + i), 4), sum.AsSingle()).As<float, T>()
                : Vector256.FusedMultiplyAdd(weight.AsDouble(), Avx2.GatherVector256((double*)from, Vector128.Load(_places + i), 8), sum.AsDouble()).As<double, T>();
            // What does not count is not looked at: it may be infinite.
            sum = Vector256.ConditionalSelect(Vector256.Equals(weight, Vector256<T>.Zero), sum, next);
        }
        sum.Store(to + i);
    }

    readonly struct Pair(T* a, T* b, T p, T q, T* to) : IMapStep<T>
    {
        readonly T* _a = a, _b = b, _to = to;
        readonly Vector512<T> _p = Vector512.Create(p), _q = Vector512.Create(q);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk =>
            chunk.Store(_to + i, LaneMath.MulAdd(_q, chunk.Load(_b + i, default(Vector512<T>)), _p * chunk.Load(_a + i, default(Vector512<T>))));
    }

    readonly struct Many(T* from, long stride, T* weights, int count, T* to) : IMapStep<T>
    {
        readonly T* _from = from, _weights = weights, _to = to;
        readonly long _stride = stride;
        readonly int _count = count;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk
        {
            var sum = Vector512<T>.Zero;
            var p = _from + i;
            for (var tap = 0; tap < _count; tap++, p += _stride)
                sum = LaneMath.MulAdd(Vector512.Create(_weights[tap]), chunk.Load(p, default(Vector512<T>)), sum);
            chunk.Store(_to + i, sum);
        }
    }
}
