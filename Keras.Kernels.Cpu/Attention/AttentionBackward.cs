using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu;

/// <summary>What the gradients of attention are computed from: what went in, the gradient of the output, and what came out.</summary>
internal readonly unsafe struct AttentionInputs<T>(T* query, T* key, T* value, T* gradient, T* output, T* max, T* sum)
    where T : unmanaged
{
    internal readonly T* Query = query;
    internal readonly T* Key = key;
    internal readonly T* Value = value;
    internal readonly T* Gradient = gradient;
    internal readonly T* Output = output;
    internal readonly T* Max = max;
    internal readonly T* Sum = sum;
}

/// <summary>The gradients by parts of the sources of a key head, whose scores are computed again. Each part adds up a gradient of the queries of its own.</summary>
internal readonly unsafe struct AttentionBackward<T, TKernels>(
    AttentionShape shape, ScoreTerms<T> terms, T scale, AttentionInputs<T> inputs, T* dq, T* dk, T* dv, T* partials) : IBlocks
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TKernels : struct, IKernels<T>
{
    private int PartColumns => AttentionShape.Parts(AttentionShape.Parts(shape.Sources, shape.Columns), shape.SourceParts) * shape.Columns;

    internal void Run()
    {
        var body = this;
        Parallel.For(checked(shape.Batch * shape.KeyHeads * shape.SourceParts), in body);
        var count = shape.Query(shape.Batch, 0, 0);
        if (shape.SourceParts > 1) MapBlocks<T, PartialSums<T>>.Run(new(partials, dq, shape.SourceParts, count), count);
    }

    public void Run(int block)
    {
        var (head, part) = Math.DivRem(block, shape.SourceParts);
        var start = Math.Min(part * PartColumns, shape.Sources);
        var target = shape.SourceParts == 1 ? dq : partials + (part * shape.Query(shape.Batch, 0, 0));
        new Part(this, target, head / shape.KeyHeads, head % shape.KeyHeads).Run(start, Math.Min(start + PartColumns, shape.Sources));
    }

    /// <summary>Some sources of a key head, and the scratch that their gradients are computed in.</summary>
    private readonly struct Part
    {
        private readonly AttentionBackward<T, TKernels> _all;
        private readonly AttentionInputs<T> _in;
        private readonly AttentionShape _shape;
        private readonly T* _dq;
        private readonly int _batch;
        private readonly int _keyHead;
        private readonly int _scoreLd;
        private readonly int _keyLd;
        private readonly int _valueLd;
        private readonly T* _keysBySize;
        private readonly T* _keysBySource;
        private readonly T* _values;
        private readonly T* _dk;
        private readonly T* _dv;
        private readonly T* _queries;
        private readonly T* _queriesByRow;
        private readonly T* _gradients;
        private readonly T* _gradientsByRow;
        private readonly T* _scores;
        private readonly T* _slopes;

        internal Part(in AttentionBackward<T, TKernels> all, T* dq, int batch, int keyHead)
        {
            (_all, _in, _shape, _batch, _keyHead) = (all, all.Inputs, all.Shape, batch, keyHead);
            _dq = dq;
            const int Rows = AttentionShape.GradientRows;
            var (columns, size, valueSize) = (_shape.Columns, _shape.Size, _shape.ValueSize);
            // Not a power of two, which would map the rows to the same lines of the cache.
            (_scoreLd, _keyLd, _valueLd) = (columns + 16, (size + 15) / 16 * 16, (valueSize + 15) / 16 * 16);
            var sizes = (stackalloc long[]
            {
                PanelProduct<T, TKernels>.RightSize(columns, size), PanelProduct<T, TKernels>.RightSize(size, columns), PanelProduct<T, TKernels>.RightSize(columns, valueSize),
                (long)columns * _keyLd, (long)columns * _valueLd,
                PanelProduct<T, TKernels>.LeftSize(Rows, size), PanelProduct<T, TKernels>.RightSize(size, Rows),
                PanelProduct<T, TKernels>.LeftSize(Rows, valueSize), PanelProduct<T, TKernels>.RightSize(valueSize, Rows),
                (long)Rows * _scoreLd, (long)Rows * _scoreLd,
            });
            var pieces = Deal.OfThread<T>(ScratchUse.Panels, sizes);
            _keysBySize = pieces.Take<T>(sizes[0]);
            _keysBySource = pieces.Take<T>(sizes[1]);
            _values = pieces.Take<T>(sizes[2]);
            _dk = pieces.Take<T>(sizes[3]);
            _dv = pieces.Take<T>(sizes[4]);
            _queries = pieces.Take<T>(sizes[5]);
            _queriesByRow = pieces.Take<T>(sizes[6]);
            _gradients = pieces.Take<T>(sizes[7]);
            _gradientsByRow = pieces.Take<T>(sizes[8]);
            _scores = pieces.Take<T>(sizes[9]);
            _slopes = pieces.Take<T>(sizes[10]);
        }

        internal void Run(int from, int to)
        {
            ClearQueries();
            for (var start = from; start < to; start += _shape.Columns)
            {
                var count = Math.Min(_shape.Columns, to - start);
                PackSources(start, count);
                new Span<T>(_dk, count * _keyLd).Clear();
                new Span<T>(_dv, count * _valueLd).Clear();
                for (var head = _keyHead * _shape.Group; head < (_keyHead + 1) * _shape.Group; head++)
                    for (var row = 0; row < _shape.Targets; row += AttentionShape.GradientRows)
                        Add(head, row, Math.Min(AttentionShape.GradientRows, _shape.Targets - row), start, count);
                Finish(start, count);
            }
        }

        private void ClearQueries()
        {
            var target = _dq + _shape.Query(_batch, 0, _keyHead * _shape.Group);
            for (var row = 0; row < _shape.Targets; row++, target += _shape.QueryStep) new Span<T>(target, _shape.Group * _shape.Size).Clear();
        }

        private void PackSources(int start, int count)
        {
            T* key = _in.Key + _shape.Key(_batch, start, _keyHead), value = _in.Value + _shape.Value(_batch, start, _keyHead);
            PanelProduct<T, TKernels>.PackRight(new(key, _shape.KeyStep, 1), count, _shape.Size, _keysBySize);
            PanelProduct<T, TKernels>.PackRight(new(key, 1, _shape.KeyStep), _shape.Size, count, _keysBySource);
            PanelProduct<T, TKernels>.PackRight(new(value, _shape.ValueStep, 1), count, _shape.ValueSize, _values);
        }

        private void PackRows(int head, int row, int rows)
        {
            T* query = _in.Query + _shape.Query(_batch, row, head), gradient = _in.Gradient + _shape.Output(_batch, row, head);
            PanelProduct<T, TKernels>.PackLeft(new(query, _shape.QueryStep, 1), rows, _shape.Size, _queries);
            Sweep.Map<T, ScaleStep<T>>(new(_queries, _all.Scale), 0, PanelProduct<T, TKernels>.LeftSize(rows, _shape.Size));
            PanelProduct<T, TKernels>.PackRight(new(query, 1, _shape.QueryStep), _shape.Size, rows, _queriesByRow);
            PanelProduct<T, TKernels>.PackLeft(new(gradient, _shape.OutputStep, 1), rows, _shape.ValueSize, _gradients);
            PanelProduct<T, TKernels>.PackRight(new(gradient, 1, _shape.OutputStep), _shape.ValueSize, rows, _gradientsByRow);
        }

        /// <summary>Adds what some rows of a head and some sources give each other.</summary>
        private void Add(int head, int row, int rows, int start, int packed)
        {
            var (count, limit) = (packed, _all.Terms.Limit(row + rows - 1, _shape.Sources));
            if (limit < start + count && !ScoreTerms<T>.AnyBlind(_in.Max + _shape.Row(_batch, row, head), rows))
            {
                count = limit - start;
                if (count <= 0) return;
            }
            PackRows(head, row, rows);
            PanelProduct<T, TKernels>.Packed(rows, count, _shape.Size, _queries, _keysBySize, _shape.Size, _scores, _scoreLd, false);
            PanelProduct<T, TKernels>.Packed(rows, count, _shape.ValueSize, _gradients, _values, _shape.ValueSize, _slopes, _scoreLd, false);
            for (var i = 0; i < rows; i++) Slope(i, head, row + i, start, count);
            var (ofScores, ofSources) = (new Operand<T>(_slopes, _scoreLd, 1), new Operand<T>(_slopes, 1, _scoreLd));
            var target = _dq + _shape.Query(_batch, row, head);
            PanelProduct<T, TKernels>.InPlace(rows, _shape.Size, count, ofScores, _keysBySource, packed, target, _shape.QueryStep, true);
            PanelProduct<T, TKernels>.InPlace(count, _shape.Size, rows, ofSources, _queriesByRow, rows, _dk, _keyLd, true);
            PanelProduct<T, TKernels>.InPlace(count, _shape.ValueSize, rows, new(_scores, 1, _scoreLd), _gradientsByRow, rows, _dv, _valueLd, true);
        }

        /// <summary>Turns the scores of a row into weights, and the gradients of the weights into those of the products.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Slope(int i, int head, int row, int start, int count)
        {
            T* scores = _scores + ((nint)i * _scoreLd), slopes = _slopes + ((nint)i * _scoreLd);
            _all.Terms.Apply(scores, _batch, head, row, start, count);
            var kept = _shape.Row(_batch, row, head);
            var output = _shape.Output(_batch, row, head);
            var mean = DotFold<T>.Of(_in.Gradient + output, _in.Output + output, _shape.ValueSize);
            var shift = AttentionForward<T, TKernels>.Shift(_in.Max[kept]);
            Sweep.Map<T, ScoreSlopeStep<T>>(new(scores, slopes, shift, T.One / _in.Sum[kept], mean, _all.Scale), 0, count);
        }

        private void Finish(int start, int count)
        {
            T* dk = _all.KeyGradient + _shape.Key(_batch, start, _keyHead), dv = _all.ValueGradient + _shape.Value(_batch, start, _keyHead);
            for (var i = 0; i < count; i++, dk += _shape.KeyStep, dv += _shape.ValueStep)
            {
                new Span<T>(_dk + ((nint)i * _keyLd), _shape.Size).CopyTo(new(dk, _shape.Size));
                new Span<T>(_dv + ((nint)i * _valueLd), _shape.ValueSize).CopyTo(new(dv, _shape.ValueSize));
            }
        }
    }

    private AttentionShape Shape => shape;

    private ScoreTerms<T> Terms => terms;

    private T Scale => scale;

    private AttentionInputs<T> Inputs => inputs;

    private T* KeyGradient => dk;

    private T* ValueGradient => dv;
}

/// <summary>Weights from scores, exp(score - shift) inverse, and from their gradients those of the products: weight (gradient - mean) scale, 0 where a source is hidden.</summary>
internal readonly unsafe struct ScoreSlopeStep<T>(T* scores, T* slopes, T shift, T inverse, T mean, T scale) : IMapStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _scores = scores;
    private readonly T* _slopes = slopes;
    private readonly T _shift = shift;
    private readonly T _inverse = inverse;
    private readonly T _mean = mean;
    private readonly T _scale = scale;
    private readonly T _hidden = ScoreTerms<T>.Hidden;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk
    {
        var zero = Vector512<T>.Zero;
        var score = chunk.Load(_scores + i, zero);
        var weight = LaneMath.Exp(score - Vector512.Create(_shift)) * _inverse;
        var slope = weight * ((chunk.Load(_slopes + i, zero) - Vector512.Create(_mean)) * _scale);
        chunk.Store(_scores + i, weight);
        chunk.Store(_slopes + i, Vector512.ConditionalSelect(Vector512.Equals(score, Vector512.Create(_hidden)), zero, slope));
    }
}
