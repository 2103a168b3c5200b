using System.Numerics;

namespace Keras.Kernels.Cpu.Reduction;

using Keras.Kernels.Cpu.Elementwise;

// Accumulates in the output's type; 16-bit floating point in single precision. Single precision runs in blocks whose
// results combine in double. The scale (one over the count, for a mean) applies to floating-point outputs.
internal static unsafe class Reduce
{
    const int ShortRow = 16;
    const int ShortTile = 128;

    // workspace: plan.WorkspaceBytes, unused where that is 0. Bool outputs take Any and All over any type, or Max and
    // Min over bool.
    internal static void Run<TOp, T, TOut>(in ReducePlan plan, T* x, TOut* y, void* workspace, double scale = 1)
        where TOp : IReduction where T : unmanaged where TOut : unmanaged
    {
        if (plan.OutputCount == 0) return;
        if (typeof(TOut) == typeof(float) || Elementwise.Cast.IsNarrow<TOut>())
            new Job<TOp, T, float, double, TOut>(plan, x, y, workspace, scale).Run();
        else if (typeof(TOut) == typeof(double)) Same<TOp, T, double>(plan, x, (double*)y, workspace, scale);
        else if (typeof(TOut) == typeof(bool) && typeof(T) == typeof(bool))
            Same<TOp, byte, byte>(plan, (byte*)x, (byte*)y, workspace, scale);
        else if (typeof(TOut) == typeof(bool)) Same<TOp, T, byte>(plan, x, (byte*)y, workspace, scale);
        else if (typeof(TOut) == typeof(byte)) Same<TOp, T, byte>(plan, x, (byte*)y, workspace, scale);
        else if (typeof(TOut) == typeof(sbyte)) Same<TOp, T, sbyte>(plan, x, (sbyte*)y, workspace, scale);
        else if (typeof(TOut) == typeof(short)) Same<TOp, T, short>(plan, x, (short*)y, workspace, scale);
        else if (typeof(TOut) == typeof(ushort)) Same<TOp, T, ushort>(plan, x, (ushort*)y, workspace, scale);
        else if (typeof(TOut) == typeof(int)) Same<TOp, T, int>(plan, x, (int*)y, workspace, scale);
        else if (typeof(TOut) == typeof(uint)) Same<TOp, T, uint>(plan, x, (uint*)y, workspace, scale);
        else if (typeof(TOut) == typeof(long)) Same<TOp, T, long>(plan, x, (long*)y, workspace, scale);
        else if (typeof(TOut) == typeof(ulong)) Same<TOp, T, ulong>(plan, x, (ulong*)y, workspace, scale);
        else throw new NotSupportedException($"Expected: a tensor's element type. Received: {typeof(TOut).Name}.");
    }

    static void Same<TOp, T, TOut>(in ReducePlan plan, T* x, TOut* y, void* workspace, double scale)
        where TOp : IReduction where T : unmanaged where TOut : unmanaged, INumber<TOut>, IMinMaxValue<TOut> =>
        new Job<TOp, T, TOut, TOut, TOut>(plan, x, y, workspace, scale).Run();

    // TAcc combines the elements of a block, TTop the results of blocks.
    readonly struct Job<TOp, T, TAcc, TTop, TOut>(
        in ReducePlan plan, T* x, TOut* y, void* workspace, double scale)
        where TOp : IReduction
        where T : unmanaged
        where TAcc : unmanaged, INumber<TAcc>, IMinMaxValue<TAcc>
        where TTop : unmanaged, INumber<TTop>, IMinMaxValue<TTop>
        where TOut : unmanaged
    {
        readonly ReducePlan _plan = plan;
        readonly T* _x = x;
        readonly TOut* _y = y;
        readonly TTop* _partial = (TTop*)workspace;
        readonly TTop _scale = typeof(TTop) == typeof(double) ? TTop.CreateChecked(scale) : TTop.One;

        internal void Run()
        {
            if (_plan.InnerReduced) Start(new RowBlocks(this), RowUnits, UnitsPerRowBlock);
            else Start(new ColumnBlocks(this), ColumnUnits, UnitsPerColumnBlock);
            if (_plan.Pieces > 1)
                Start(new FinishBlocks(this), _plan.OuterKept * Tiles, UnitsPerFinishBlock);
        }

        bool RowsAreShort => _plan.OuterReduced == 1 && _plan.Inner is > 0 and <= ShortRow;

        long Tiles => (_plan.InnerKept + ReducePlan.TileElements - 1) / ReducePlan.TileElements;

        long RowUnits => _plan.OuterKept * _plan.Pieces;

        long UnitsPerRowBlock =>
            Math.Max(1, ReducePlan.BlockElements / Math.Clamp(_plan.ReduceCount, 1, ReducePlan.BlockElements));

        long ColumnUnits => _plan.OuterKept * Tiles * _plan.Pieces;

        long UnitsPerColumnBlock
        {
            get
            {
                var rows = Math.Clamp(_plan.ReduceCount, 1, _plan.PieceLength);
                var columns = Math.Min(_plan.Inner, ReducePlan.TileElements);
                return Math.Max(1, ReducePlan.BlockElements / (rows * columns));
            }
        }

        long UnitsPerFinishBlock =>
            Math.Max(1, ReducePlan.BlockElements / (_plan.Pieces * Math.Min(_plan.InnerKept, ReducePlan.TileElements)));

        static void Start<TBlocks>(in TBlocks body, long units, long perBlock) where TBlocks : struct, IBlocks
        {
            var blocks = (int)((units + perBlock - 1) / perBlock);
            if (blocks == 1) body.Run(0);
            else Parallel.For(blocks, body);
        }

        // A unit is one piece of one output.
        void Row(long unit)
        {
            var piece = unit % _plan.Pieces;
            var position = piece * _plan.PieceLength;
            var end = Math.Min(_plan.PieceSpan, position + _plan.PieceLength);
            var kept = _x + _plan.KeptOffset(unit / _plan.Pieces);
            var top = TOp.Identity<TTop>();
            while (position < end)
            {
                var inner = position % _plan.Inner;
                var length = Math.Min(end - position, _plan.Inner - inner);
                var row = kept + _plan.ReducedOffset(position / _plan.Inner) + inner;
                top = RowKernel.Add<TOp, T, TAcc, TTop>(row, length, top);
                position += length;
            }

            if (_plan.Pieces > 1) _partial[unit] = top;
            else Write(&top, _y + unit, 1);
        }

        // Many outputs at once, one vector lane each: a short row is not worth a vector of its own.
        void ShortRows(long start, int count)
        {
            var length = (int)_plan.Inner;
            TAcc* staged = stackalloc TAcc[ShortTile * ShortRow], lane = stackalloc TAcc[ShortTile];
            var total = stackalloc TAcc[ShortTile];
            var top = stackalloc TTop[ShortTile];
            var rows = (TAcc*)(_x + (start * length));
            if (!Source.IsDirect<TOp, T, TAcc>())
            {
                rows = staged;
                Source.Load<TOp, T, TAcc>(_x + (start * length), staged, count * length);
            }

            for (var i = 0; i < length; i++)
            {
                var target = i == 0 ? total : lane;
                for (var row = 0; row < count; row++) target[row] = rows[(row * length) + i];
                if (i > 0) ColumnKernel.Combine<TOp, TAcc>(total, lane, count);
            }

            Elementwise.Cast.Row(total, top, count);
            Write(top, _y + start, count);
        }

        // A unit is one piece of one tile of columns; tiles run fastest, so that neighbours share rows.
        void Column(long unit)
        {
            var tile = unit % Tiles;
            var piece = unit / Tiles % _plan.Pieces;
            var outer = unit / Tiles / _plan.Pieces;
            var column = tile * ReducePlan.TileElements;
            var width = (int)Math.Min(ReducePlan.TileElements, _plan.Inner - column);
            var top = stackalloc TTop[ReducePlan.TileElements];
            ColumnKernel.Run<TOp, T, TAcc, TTop>(
                _plan, _x + _plan.KeptOffset(outer) + column, piece * _plan.PieceLength,
                Math.Min(_plan.PieceSpan, (piece + 1) * _plan.PieceLength), width, top);
            if (_plan.Pieces > 1)
            {
                var target = _partial + (((outer * _plan.Pieces) + piece) * _plan.Inner) + column;
                Elementwise.Cast.Row(top, target, width);
            }
            else
            {
                Write(top, _y + (outer * _plan.Inner) + column, width);
            }
        }

        void Finish(long unit)
        {
            var outer = unit / Tiles;
            var column = unit % Tiles * ReducePlan.TileElements;
            var inner = _plan.InnerKept;
            var width = (int)Math.Min(ReducePlan.TileElements, inner - column);
            var top = stackalloc TTop[ReducePlan.TileElements];
            var source = _partial + (outer * _plan.Pieces * inner) + column;
            Elementwise.Cast.Row(source, top, width);
            for (var piece = 1; piece < _plan.Pieces; piece++)
                ColumnKernel.Combine<TOp, TTop>(top, source + (piece * inner), width);
            Write(top, _y + (outer * inner) + column, width);
        }

        void Write(TTop* top, TOut* y, int n)
        {
            if (_scale != TTop.One)
                for (var i = 0; i < n; i++) top[i] *= _scale;
            Elementwise.Cast.Row(top, y, n);
        }

        readonly struct RowBlocks(in Job<TOp, T, TAcc, TTop, TOut> job) : IBlocks
        {
            readonly Job<TOp, T, TAcc, TTop, TOut> _job = job;

            public void Run(int block)
            {
                var end = Math.Min(_job.RowUnits, (block + 1) * _job.UnitsPerRowBlock);
                var start = block * _job.UnitsPerRowBlock;
                if (_job.RowsAreShort)
                    for (; start < end; start += ShortTile)
                        _job.ShortRows(start, (int)Math.Min(ShortTile, end - start));
                else
                    for (; start < end; start++) _job.Row(start);
            }
        }

        readonly struct ColumnBlocks(in Job<TOp, T, TAcc, TTop, TOut> job) : IBlocks
        {
            readonly Job<TOp, T, TAcc, TTop, TOut> _job = job;

            public void Run(int block)
            {
                var end = Math.Min(_job.ColumnUnits, (block + 1) * _job.UnitsPerColumnBlock);
                for (var unit = block * _job.UnitsPerColumnBlock; unit < end; unit++) _job.Column(unit);
            }
        }

        readonly struct FinishBlocks(in Job<TOp, T, TAcc, TTop, TOut> job) : IBlocks
        {
            readonly Job<TOp, T, TAcc, TTop, TOut> _job = job;

            public void Run(int block)
            {
                var end = Math.Min(_job._plan.OuterKept * _job.Tiles, (block + 1) * _job.UnitsPerFinishBlock);
                for (var unit = block * _job.UnitsPerFinishBlock; unit < end; unit++) _job.Finish(unit);
            }
        }
    }
}
