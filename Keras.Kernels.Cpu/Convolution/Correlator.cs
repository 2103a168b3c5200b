using System.Runtime.CompilerServices;

namespace Keras.Kernels.Cpu;

/// <summary>Runs a planned correlation: the packing of the kernel, then blocks of strips.</summary>
internal readonly unsafe struct Correlator<T, TVector, TLanes>(Correlation<T>* plan, bool packing) : IBlocks
    where T : unmanaged
    where TVector : unmanaged
    where TLanes : struct, ILanes<T, TVector>
{
    readonly Correlation<T>* _plan = plan;
    readonly bool _packing = packing;

    public static void Plan(ref Correlation<T> plan, ref Deal deal) =>
        plan.Plan(TLanes.Rows, Tile<T, TVector, TLanes>.Width, ref deal);

    public static void Execute(ref Correlation<T> plan)
    {
        if (plan.Pixels == 0 || plan.Groups * plan.GroupOut == 0) return;
        if (plan.Winograd)
        {
            Winograd<T, TVector, TLanes>.Execute(ref plan);
            return;
        }
        plan.FillOffsets();
        fixed (Correlation<T>* pinned = &plan)
        {
            Parallel.For(plan.Panels * plan.Groups, new Correlator<T, TVector, TLanes>(pinned, true));
            Parallel.For(plan.Blocks, new Correlator<T, TVector, TLanes>(pinned, false));
        }
    }

    public void Run(int block)
    {
        ref readonly var plan = ref *_plan;
        if (_packing)
        {
            plan.Pack(block);
            return;
        }
        var buffer = plan.Buffers + block * plan.BufferLength;
        var units = (long)plan.Strips * plan.ColumnSplits;
        var panels = plan.Panels * plan.Groups;
        var end = (block + 1) * units / plan.Blocks;
        for (var unit = block * units / plan.Blocks; unit < end; unit++)
        {
            var strip = (int)(unit / plan.ColumnSplits);
            var split = (int)(unit % plan.ColumnSplits);
            var from = (int)((long)split * panels / plan.ColumnSplits);
            var to = (int)((long)(split + 1) * panels / plan.ColumnSplits);
            if (plan.Patches)
                RunPatches(plan, strip, from, to, buffer);
            else if (plan.Flat)
                RunFlat(plan, strip, from, to);
            else
                RunRows(plan, strip, from, to, buffer);
        }
    }

    static void RunFlat(in Correlation<T> plan, int strip, int fromPanel, int toPanel)
    {
        var first = (long)strip * plan.StripSize;
        var count = (int)Math.Min(plan.StripSize, plan.Pixels - first);
        var walk = DirectWalk(plan);
        walk.Segments = 1;
        for (var panel = fromPanel; panel < toPanel; panel++)
        {
            var source = plan.Input + first * plan.Channels + panel / plan.Panels * plan.GroupIn;
            Tiles(plan, panel, walk, (byte*)source, 0, count, plan.Output + first * plan.OutPixel);
        }
    }

    static void RunRows(in Correlation<T> plan, int strip, int fromPanel, int toPanel, T* buffer)
    {
        var image = strip / plan.StripsPerImage;
        var fromRow = strip % plan.StripsPerImage * plan.StripSize;
        var toRow = Math.Min(fromRow + plan.StripSize, plan.Y.Out);
        if (fromRow >= toRow) return;
        var inputRow = plan.InputRow;
        var source = plan.Input + (long)image * plan.Y.In * plan.X.In * plan.Channels;
        var (from, to) = plan.Y.InputRange(fromRow, toRow);
        if (plan.Copies)
        {
            Strip.Copy(source, plan.X, plan.Channels, from, to, buffer);
            source = buffer - from * inputRow;
        }
        else
            source += (long)plan.X.First * plan.Channels;
        var walk = DirectWalk(plan);
        var offsets = walk.Offsets;
        for (var panel = fromPanel; panel < toPanel; panel++)
        {
            for (var row = fromRow; row < toRow; row++)
            {
                var (begin, end) = plan.Y.Inside(row);
                walk.Offsets = offsets + begin * plan.TapSegments;
                walk.Segments = (end - begin) * plan.TapSegments;
                var at = source + (row * plan.Y.Stride + plan.Y.First) * inputRow + panel / plan.Panels * plan.GroupIn;
                var target = plan.Output + image * plan.OutImage + row * plan.OutRow;
                Tiles(plan, panel, walk, (byte*)at, begin * plan.TapSegments * plan.SegmentLength, plan.X.Out, target);
            }
        }
    }

    static TileWalk DirectWalk(in Correlation<T> plan) => new()
    {
        RowStep = (nint)plan.X.Stride * plan.Channels * sizeof(T),
        DepthStep = sizeof(T),
        PanelStep = plan.TileColumns * sizeof(T),
        Length = plan.SegmentLength,
        Offsets = plan.Offsets,
    };

    static void RunPatches(in Correlation<T> plan, int strip, int fromPanel, int toPanel, T* buffer)
    {
        var first = (long)strip * plan.StripSize;
        var count = (int)Math.Min(plan.StripSize, plan.Pixels - first);
        var walk = DirectWalk(plan);
        walk.RowStep = plan.PatchPitch * sizeof(T);
        walk.Length = plan.Depth;
        walk.Segments = 1;
        var group = -1;
        for (var panel = fromPanel; panel < toPanel; panel++)
        {
            if (panel / plan.Panels != group)
            {
                group = panel / plan.Panels;
                for (var pixel = 0; pixel < count; pixel++)
                    Gather(plan, first + pixel, group, buffer + (long)pixel * plan.PatchPitch);
            }
            if (plan.OutputIsFlat)
                Tiles(plan, panel, walk, (byte*)buffer, 0, count, plan.Output + first * plan.OutPixel);
            else
                ScatteredTiles(plan, panel, walk, buffer, first, count);
        }
    }

    static void Gather(in Correlation<T> plan, long pixel, int group, T* target)
    {
        var row = pixel / plan.X.Out;
        var top = (int)(row % plan.Y.Out) * plan.Y.Stride + plan.Y.First;
        var left = (int)(pixel % plan.X.Out) * plan.X.Stride + plan.X.First;
        var image = plan.Input + row / plan.Y.Out * plan.Y.In * plan.X.In * plan.Channels + group * plan.GroupIn;
        for (var y = 0; y < plan.Y.Taps; y++)
        {
            var atY = top + y * plan.Y.Step;
            for (var x = 0; x < plan.X.Taps; x++)
            {
                var atX = left + x * plan.X.Step;
                if ((uint)atY < (uint)plan.Y.In && (uint)atX < (uint)plan.X.In)
                    Bulk.Move(image + ((long)atY * plan.X.In + atX) * plan.Channels, target, plan.GroupIn);
                else
                    Bulk.Clear(target, plan.GroupIn);
                target += plan.GroupIn;
            }
        }
    }

    /// <summary>Cuts a run of equally spaced pixels into tiles of nearly equal size.</summary>
    static void Tiles(in Correlation<T> plan, int panel, in TileWalk walk, byte* source, int depth, int pixels, T* target)
    {
        var column = panel % plan.Panels * plan.TileColumns;
        var columns = Math.Min(plan.TileColumns, plan.GroupOut - column);
        var whole = columns == plan.TileColumns || columns == TLanes.Count;
        target += panel / plan.Panels * plan.GroupOut + column;
        var tiles = Strip.Divide(pixels, plan.TileRows);
        var result = stackalloc T[whole ? 1 : plan.TileRows * plan.TileColumns];
        for (var tile = 0; tile < tiles; tile++)
        {
            var from = (int)((long)tile * pixels / tiles);
            var rows = (int)((long)(tile + 1) * pixels / tiles) - from;
            var at = target + from * plan.OutPixel;
            if (whole)
            {
                Strip.Prefetch(at, rows, plan.OutPixel, columns);
                RunTile(plan, panel, walk, source + from * walk.RowStep, depth, rows, columns, at, (nint)plan.OutPixel);
                continue;
            }
            RunTile(plan, panel, walk, source + from * walk.RowStep, depth, rows, columns, result, plan.TileColumns);
            for (var row = 0; row < rows; row++)
                Bulk.Move(result + row * plan.TileColumns, at + row * plan.OutPixel, columns);
        }
    }

    static void ScatteredTiles(in Correlation<T> plan, int panel, in TileWalk walk, T* patches, long first, int count)
    {
        var column = panel % plan.Panels * plan.TileColumns;
        var columns = Math.Min(plan.TileColumns, plan.GroupOut - column);
        column += panel / plan.Panels * plan.GroupOut;
        var result = stackalloc T[plan.TileRows * plan.TileColumns];
        for (var from = 0; from < count; from += plan.TileRows)
        {
            var rows = Math.Min(plan.TileRows, count - from);
            var source = (byte*)patches + from * walk.RowStep;
            RunTile(plan, panel, walk, source, 0, rows, columns, result, plan.TileColumns);
            for (var row = 0; row < rows; row++)
                Bulk.Move(result + row * plan.TileColumns, plan.OutputAt(first + from + row) + column, columns);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void RunTile(
        in Correlation<T> plan, int panel, in TileWalk walk, byte* source, int depth, int rows, int columns,
        T* target, nint targetStep)
    {
        var weights = plan.Packed + ((long)panel * plan.Depth + depth) * plan.TileColumns;
        var bias = plan.Bias == null ? null : plan.PackedBias + (long)panel * plan.TileColumns;
        var end = plan.Relu ? TileEnd.Relu : TileEnd.None;
        Tile<T, TVector, TLanes>.Run(rows, columns, walk, source, (byte*)weights, target, targetStep, bias, end);
    }
}
