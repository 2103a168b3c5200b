using System.Numerics;

namespace Keras.Kernels.Cpu;

/// <summary>Runs a planned filter gradient: partial sums of the parts, then their sum.</summary>
internal readonly unsafe struct FilterReducer<T, TVector, TLanes>(FilterReduction<T>* plan, bool combining) : IBlocks
    where T : unmanaged, INumber<T>
    where TVector : unmanaged
    where TLanes : struct, ILanes<T, TVector>
{
    readonly FilterReduction<T>* _plan = plan;
    readonly bool _combining = combining;

    public static void Execute(ref FilterReduction<T> plan)
    {
        if (plan.Rows == 0 || plan.Shape.OutChannels == 0) return;
        if (plan.Winograd)
        {
            WinogradFilter<T, TVector, TLanes>.Execute(ref plan);
            return;
        }
        fixed (FilterReduction<T>* pinned = &plan)
        {
            Parallel.For(plan.Blocks, new FilterReducer<T, TVector, TLanes>(pinned, false));
            Parallel.For(plan.Panels * plan.Shape.Groups, new FilterReducer<T, TVector, TLanes>(pinned, true));
        }
    }

    public void Run(int block)
    {
        ref readonly var plan = ref *_plan;
        if (_combining)
            Combine(plan, block);
        else
            Reduce(plan, block);
    }

    static void Reduce(in FilterReduction<T> plan, int block)
    {
        var part = block / plan.PanelSplits;
        var split = block % plan.PanelSplits;
        var panels = plan.Panels * plan.Shape.Groups;
        var from = (int)((long)split * panels / plan.PanelSplits);
        var to = (int)((long)(split + 1) * panels / plan.PanelSplits);
        var panelLength = (long)plan.Rows * plan.TileColumns;
        var sums = plan.Partials + part * plan.PartialLength;
        Bulk.Clear(sums + from * panelLength, (to - from) * panelLength);

        var buffer = plan.Buffers + block * plan.BufferLength;
        var offsets = plan.Offsets + (long)block * plan.StripSize;
        var end = (int)((part + 1L) * plan.Strips / plan.Parts);
        for (var strip = (int)((long)part * plan.Strips / plan.Parts); strip < end; strip++)
        {
            if (plan.Flat)
                ReduceFlat(plan, strip, from, to, sums, buffer, offsets);
            else
                ReduceRows(plan, strip, from, to, sums, buffer, offsets);
        }
    }

    static void ReduceFlat(
        in FilterReduction<T> plan, int strip, int fromPanel, int toPanel, T* sums, T* buffer, nint* offsets)
    {
        var first = (long)strip * plan.StripSize;
        var count = (int)Math.Min(plan.StripSize, plan.Pixels - first);
        offsets[0] = 0;
        var walk = new TileWalk
        {
            RowStep = sizeof(T),
            DepthStep = (nint)plan.Shape.InChannels * sizeof(T),
            Length = count,
            Offsets = offsets,
            Segments = 1,
        };
        for (var panel = fromPanel; panel < toPanel; panel++)
        {
            var gradient = Gradient(plan, panel, first, count, buffer, out walk.PanelStep);
            var source = plan.Input + first * plan.Shape.InChannels + panel / plan.Panels * plan.Shape.GroupIn;
            Tiles(plan, panel, walk, source, gradient, 0, sums);
        }
    }

    static void ReduceRows(
        in FilterReduction<T> plan, int strip, int fromPanel, int toPanel, T* sums, T* buffer, nint* offsets)
    {
        var image = strip / plan.StripsPerImage;
        var fromRow = strip % plan.StripsPerImage * plan.StripSize;
        var toRow = Math.Min(fromRow + plan.StripSize, plan.Y.Out);
        if (fromRow >= toRow || plan.X.Out == 0) return;
        var inputRow = plan.InputRow;
        var source = plan.Input + (long)image * plan.Y.In * plan.X.In * plan.Shape.InChannels;
        var (from, to) = plan.Y.InputRange(fromRow, toRow);
        if (plan.Copies)
        {
            Strip.Copy(source, plan.X, plan.Shape.InChannels, from, to, buffer);
            source = buffer - from * inputRow;
        }
        else
            source += (long)plan.X.First * plan.Shape.InChannels;
        for (var row = 0; row < toRow - fromRow; row++)
            offsets[row] = (nint)(row * plan.Y.Stride * inputRow * sizeof(T));

        var walk = new TileWalk
        {
            RowStep = sizeof(T),
            DepthStep = (nint)plan.X.Stride * plan.Shape.InChannels * sizeof(T),
            Length = plan.X.Out,
            Offsets = offsets,
        };
        var firstPixel = ((long)image * plan.Y.Out + fromRow) * plan.X.Out;
        for (var panel = fromPanel; panel < toPanel; panel++)
        {
            var gradient = Gradient(
                plan, panel, firstPixel, (toRow - fromRow) * plan.X.Out, buffer + plan.CopyLength, out walk.PanelStep);
            var channel = panel / plan.Panels * plan.Shape.GroupIn;
            for (var y = 0; y < plan.Y.Taps; y++)
            {
                var (begin, end) = plan.Y.Outputs(y, fromRow, toRow);
                walk.Segments = end - begin;
                if (begin == end) continue;
                var at = source + (begin * plan.Y.Stride + plan.Y.First + y * plan.Y.Step) * inputRow + channel;
                var start = gradient + (begin - fromRow) * plan.X.Out * walk.PanelStep;
                for (var x = 0; x < plan.TapSegments; x++)
                {
                    var row = (y * plan.TapSegments + x) * plan.SegmentLength;
                    Tiles(plan, panel, walk, at + (long)x * plan.X.Step * plan.Shape.InChannels, start, row, sums);
                }
            }
        }
    }

    /// <summary>
    /// A panel of the output gradient for a run of pixels: packed, or in place where few rows would use it.
    /// </summary>
    static byte* Gradient(in FilterReduction<T> plan, int panel, long first, int count, T* buffer, out nint step)
    {
        var channels = plan.Shape.OutChannels;
        var column = panel % plan.Panels * plan.TileColumns;
        var source = plan.OutGradient + first * channels + panel / plan.Panels * plan.Shape.GroupOut + column;
        if (!plan.PacksGradient)
        {
            step = (nint)channels * sizeof(T);
            return (byte*)source;
        }
        step = plan.TileColumns * sizeof(T);
        var columns = Math.Min(plan.TileColumns, plan.Shape.GroupOut - column);
        var second = TLanes.Count;
        for (var pixel = 0; pixel < count; pixel++)
        {
            var target = buffer + (long)pixel * plan.TileColumns;
            if (columns == plan.TileColumns)
            {
                TLanes.Store(TLanes.Load(source), target);
                TLanes.Store(TLanes.Load(source + second), target + second);
            }
            else if (columns == second)
            {
                TLanes.Store(TLanes.Load(source), target);
            }
            else
            {
                Bulk.Move(source, target, columns);
                Bulk.Clear(target + columns, plan.TileColumns - columns);
            }
            source += channels;
        }
        return (byte*)buffer;
    }

    static void Tiles(in FilterReduction<T> plan, int panel, in TileWalk walk, T* source, byte* gradient, int row, T* sums)
    {
        var columns = Math.Min(plan.TileColumns, plan.Shape.GroupOut - panel % plan.Panels * plan.TileColumns);
        var target = sums + ((long)panel * plan.Rows + row) * plan.TileColumns;
        var tiles = Strip.Divide(plan.SegmentLength, plan.TileRows);
        for (var tile = 0; tile < tiles; tile++)
        {
            var from = (int)((long)tile * plan.SegmentLength / tiles);
            var rows = (int)((long)(tile + 1) * plan.SegmentLength / tiles) - from;
            var at = target + from * plan.TileColumns;
            Tile<T, TVector, TLanes>.Run(
                rows, columns, walk, (byte*)(source + from), gradient, at, plan.TileColumns, null, TileEnd.Accumulate);
        }
    }

    static void Combine(in FilterReduction<T> plan, int panel)
    {
        var column = panel % plan.Panels * plan.TileColumns;
        var columns = Math.Min(plan.TileColumns, plan.Shape.GroupOut - column);
        var target = plan.Target + panel / plan.Panels * plan.Shape.GroupOut + column;
        for (var row = 0; row < plan.Rows; row++)
        {
            var source = plan.Partials + ((long)panel * plan.Rows + row) * plan.TileColumns;
            Bulk.Move(source, target, columns);
            for (var part = 1; part < plan.Parts; part++)
            {
                source += plan.PartialLength;
                for (var i = 0; i < columns; i++)
                    target[i] += source[i];
            }
            target += plan.Shape.OutChannels;
        }
    }
}
