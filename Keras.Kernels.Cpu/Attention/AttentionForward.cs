using System.Numerics;
using System.Runtime.CompilerServices;

namespace Keras.Kernels.Cpu;

/// <summary>Attention by blocks of rows of a head. Each goes over the sources, also by blocks, and keeps the largest score and the sum of each row so far:
/// what was summed before is scaled down where a larger score comes.</summary>
internal readonly unsafe struct AttentionForward<T, TKernels>(
    AttentionShape shape, ScoreTerms<T> terms, T scale, T* query, T* key, T* value, T* output, T* max, T* sum) : IBlocks
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TKernels : struct, IKernels<T>
{
    private int RowParts => AttentionShape.Parts(shape.Targets, shape.BlockRows);

    internal void Run()
    {
        var body = this;
        Parallel.For(checked(shape.Batch * shape.Heads * RowParts), in body);
    }

    public void Run(int block)
    {
        var (head, part) = Math.DivRem(block, RowParts);
        var row = part * shape.BlockRows;
        new Block(this, head / shape.Heads, head % shape.Heads, row, Math.Min(shape.BlockRows, shape.Targets - row)).Run();
    }

    /// <summary>Some rows of a head, and the scratch that they are computed in.</summary>
    private readonly struct Block
    {
        private readonly AttentionForward<T, TKernels> _all;
        private readonly AttentionShape _shape;
        private readonly int _batch;
        private readonly int _head;
        private readonly int _row;
        private readonly int _rows;
        private readonly int _scoreLd;
        private readonly int _sumLd;
        private readonly T* _query;
        private readonly T* _key;
        private readonly T* _value;
        private readonly T* _scores;
        private readonly T* _sums;
        private readonly T* _max;
        private readonly T* _sum;

        internal Block(in AttentionForward<T, TKernels> all, int batch, int head, int row, int rows)
        {
            (_all, _shape, _batch, _head, _row, _rows) = (all, all.Shape, batch, head, row, rows);
            var (columns, size, valueSize) = (_shape.Columns, _shape.Size, _shape.ValueSize);
            // Not a power of two, which would map the rows to the same lines of the cache.
            _scoreLd = columns + 16;
            _sumLd = (valueSize + 15) / 16 * 16;
            var sizes = (stackalloc long[]
            {
                PanelProduct<T, TKernels>.LeftSize(rows, size), PanelProduct<T, TKernels>.RightSize(columns, size),
                PanelProduct<T, TKernels>.RightSize(valueSize, columns), (long)_scoreLd * AttentionShape.Rows, (long)_sumLd * rows,
            });
            var pieces = Deal.OfThread<T>(ScratchUse.Panels, sizes);
            _query = pieces.Take<T>(sizes[0]);
            _key = pieces.Take<T>(sizes[1]);
            _value = pieces.Take<T>(sizes[2]);
            _scores = pieces.Take<T>(sizes[3]);
            _sums = pieces.Take<T>(sizes[4]);
            _max = all.Max + _shape.Row(batch, row, head);
            _sum = all.Sum + _shape.Row(batch, row, head);
        }

        internal void Run()
        {
            PackQuery();
            new Span<T>(_max, _rows).Fill(T.NegativeInfinity);
            new Span<T>(_sum, _rows).Clear();
            Bulk.Clear(_sums, (long)_rows * _sumLd);
            var limit = _all.Terms.Limit(_row + _rows - 1, _shape.Sources);
            for (int start = 0, end; start < _shape.Sources; start = end)
            {
                if (start >= limit && !ScoreTerms<T>.AnyBlind(_max, _rows)) break;
                end = Math.Min(start + _shape.Columns, start < limit ? limit : _shape.Sources);
                PackSources(start, end - start);
                for (var row = 0; row < _rows; row += AttentionShape.Rows) Add(row, Math.Min(AttentionShape.Rows, _rows - row), start, end - start);
            }
            Finish();
        }

        /// <summary>Adds what some sources give to some rows: those that are ahead of all of these only where a row sees nothing else.</summary>
        private void Add(int row, int rows, int start, int packed)
        {
            var ahead = Math.Max(0, _all.Terms.Limit(_row + row + rows - 1, _shape.Sources) - start);
            var seen = Math.Min(packed, AttentionShape.Parts(ahead, TKernels.Columns) * TKernels.Columns);
            if (seen > 0) Add(row, rows, start, 0, seen, packed);
            if (seen < packed && ScoreTerms<T>.AnyBlind(_max + row, rows)) Add(row, rows, start, seen, packed - seen, packed);
        }

        private void PackQuery()
        {
            var source = new Operand<T>(_all.Query + _shape.Query(_batch, _row, _head), _shape.QueryStep, 1);
            PanelProduct<T, TKernels>.PackLeft(source, _rows, _shape.Size, _query);
            Sweep.Map<T, ScaleStep<T>>(new(_query, _all.Scale), 0, PanelProduct<T, TKernels>.LeftSize(_rows, _shape.Size));
        }

        private void PackSources(int start, int count)
        {
            var head = _head / _shape.Group;
            PanelProduct<T, TKernels>.PackRight(new(_all.Key + _shape.Key(_batch, start, head), _shape.KeyStep, 1), count, _shape.Size, _key);
            PanelProduct<T, TKernels>.PackRight(new(_all.Value + _shape.Value(_batch, start, head), 1, _shape.ValueStep), _shape.ValueSize, count, _value);
        }

        private void Add(int row, int rows, int start, int from, int count, int packed)
        {
            T* key = _key + ((nint)from * _shape.Size), value = _value + ((nint)from * TKernels.Columns);
            PanelProduct<T, TKernels>.Packed(rows, count, _shape.Size, _query + ((nint)row * _shape.Size), key, _shape.Size, _scores, _scoreLd, false);
            for (var i = 0; i < rows; i++) Weigh(_scores + ((nint)i * _scoreLd), row + i, start + from, count);
            PanelProduct<T, TKernels>.InPlace(rows, _shape.ValueSize, count, new(_scores, _scoreLd, 1), value, packed, _sums + ((nint)row * _sumLd), _sumLd, true);
        }

        /// <summary>Turns the scores of a row into exponentials of what they are below the largest so far.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Weigh(T* scores, int row, int start, int count)
        {
            _all.Terms.Apply(scores, _batch, _head, _row + row, start, count);
            T before = _max[row], most = T.MaxNative(before, MaxFold<T>.Of(scores, count)), shift = Shift(most);
            var sum = ExpFold<T>.Of(scores, shift, scores, count);
            if (most != before)
            {
                var factor = T.Exp(before - shift);
                sum += _sum[row] * factor;
                if (start > 0) Sweep.Map<T, ScaleStep<T>>(new(_sums + ((nint)row * _sumLd), factor), 0, _shape.ValueSize);
            }
            else
            {
                sum += _sum[row];
            }
            (_max[row], _sum[row]) = (most, sum);
        }

        private void Finish()
        {
            var target = _all.Output + _shape.Output(_batch, _row, _head);
            for (var i = 0; i < _rows; i++, target += _shape.OutputStep)
                Sweep.Map<T, ScaledCopyStep<T>>(new(_sums + ((nint)i * _sumLd), _shape.Sources == 0 ? T.Zero : T.One / _sum[i], target), 0, _shape.ValueSize);
        }
    }

    /// <summary>What exponentials are taken less than: shifted by an infinity, rows that see nothing yet would turn into NaN.</summary>
    internal static T Shift(T max) => T.IsNegativeInfinity(max) ? T.Zero : max;

    private AttentionShape Shape => shape;

    private ScoreTerms<T> Terms => terms;

    private T Scale => scale;

    private T* Query => query;

    private T* Key => key;

    private T* Value => value;

    private T* Output => output;

    private T* Max => max;

    private T* Sum => sum;
}

/// <summary>y = x factor.</summary>
internal readonly unsafe struct ScaledCopyStep<T>(T* x, T factor, T* y) : IMapStep<T>
    where T : unmanaged
{
    private readonly T* _x = x;
    private readonly T _factor = factor;
    private readonly T* _y = y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk =>
        chunk.Store(_y + i, chunk.Load(_x + i, System.Runtime.Intrinsics.Vector512<T>.Zero) * _factor);
}
