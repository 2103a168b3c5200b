namespace Keras.Kernels.Cpu;

/// <summary>
/// Winograd's F(3x3, 2x2) for a planned filter gradient: input squares of 4 by 4 meet output gradients of 2 by 2
/// in 16 products, summed over all squares before they are transformed back.
/// </summary>
internal readonly unsafe struct WinogradFilter<T, TVector, TLanes>(FilterReduction<T>* plan, bool combining) : IBlocks
    where T : unmanaged
    where TVector : unmanaged
    where TLanes : struct, ILanes<T, TVector>
{
    const int Squares = Correlation<T>.Squares;
    readonly FilterReduction<T>* _plan = plan;
    readonly bool _combining = combining;

    public static void Execute(ref FilterReduction<T> plan)
    {
        fixed (FilterReduction<T>* pinned = &plan)
        {
            Parallel.For(plan.Blocks, new WinogradFilter<T, TVector, TLanes>(pinned, false));
            Parallel.For(plan.Panels, new WinogradFilter<T, TVector, TLanes>(pinned, true));
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
        var from = (int)((long)split * plan.Panels / plan.PanelSplits);
        var to = (int)((long)(split + 1) * plan.Panels / plan.PanelSplits);
        var sums = plan.Partials + part * plan.PartialLength;
        var panelLength = plan.PartialLength / plan.Panels;
        Bulk.Clear(sums + from * panelLength, (to - from) * panelLength);
        var buffer = plan.Buffers + block * plan.BufferLength;
        var end = (int)((part + 1L) * plan.Strips / plan.Parts);
        for (var strip = (int)((long)part * plan.Strips / plan.Parts); strip < end; strip++)
            ReduceStrip(plan, strip, from, to, sums, buffer);
    }

    static void ReduceStrip(in FilterReduction<T> plan, int strip, int fromPanel, int toPanel, T* sums, T* buffer)
    {
        var first = (long)strip * plan.StripSize;
        var count = (int)Math.Min(plan.StripSize, plan.Squares - first);
        var position = (nint)plan.StripSize * plan.SquarePitch;
        var gradients = buffer + Squares * position;
        var zeros = stackalloc T[TLanes.Count];
        Bulk.Clear(zeros, TLanes.Count);
        for (var square = 0; square < count; square++)
            GatherInput(plan, first + square, buffer + (nint)square * plan.SquarePitch, position, zeros);
        for (var panel = fromPanel; panel < toPanel; panel++)
        {
            for (var square = 0; square < count; square++)
                GatherGradient(plan, first + square, panel, gradients + (nint)square * plan.TileColumns, zeros);
            Multiply(plan, panel, buffer, gradients, count, sums);
        }
    }

    static void GatherInput(in FilterReduction<T> plan, long square, T* target, nint position, T* zeros)
    {
        var (image, row, column) = Place(plan, square);
        var window = new WinogradWindow<T>(plan.Input, zeros, image, plan.Y.In, plan.X.In, plan.Shape.InChannels);
        var pixels = stackalloc T*[Squares];
        var steps = stackalloc nint[Squares];
        window.Read(row + plan.Y.First, column + plan.X.First, 4, pixels, steps);
        WinogradTransform<T, TVector, TLanes>.Input(pixels, steps, plan.Shape.InChannels, target, position);
    }

    static void GatherGradient(in FilterReduction<T> plan, long square, int panel, T* target, T* zeros)
    {
        var (image, row, column) = Place(plan, square);
        var channels = plan.Shape.OutChannels;
        var window = new WinogradWindow<T>(plan.OutGradient, zeros, image, plan.Y.Out, plan.X.Out, channels);
        var pixels = stackalloc T*[4];
        var steps = stackalloc nint[4];
        window.Read(row, column, 2, pixels, steps);
        WinogradTransform<T, TVector, TLanes>.Gradient(
            pixels, steps, panel * plan.TileColumns, plan.TileColumns, target, (nint)plan.StripSize * plan.TileColumns);
    }

    static (long Image, int Row, int Column) Place(in FilterReduction<T> plan, long square)
    {
        var row = square / plan.SquareColumns;
        return (row / plan.SquareRows, (int)(row % plan.SquareRows) * 2, (int)(square % plan.SquareColumns) * 2);
    }

    static void Multiply(in FilterReduction<T> plan, int panel, T* squares, T* gradients, int count, T* sums)
    {
        nint offset = 0;
        var walk = new TileWalk
        {
            RowStep = sizeof(T),
            DepthStep = (nint)plan.SquarePitch * sizeof(T),
            PanelStep = plan.TileColumns * sizeof(T),
            Length = count,
            Offsets = &offset,
            Segments = 1,
        };
        var channels = plan.Shape.InChannels;
        var tiles = Strip.Divide(channels, plan.TileRows);
        for (var i = 0; i < Squares; i++)
        {
            var source = squares + (nint)i * plan.StripSize * plan.SquarePitch;
            var gradient = (byte*)(gradients + (nint)i * plan.StripSize * plan.TileColumns);
            var target = sums + ((nint)panel * Squares + i) * channels * plan.TileColumns;
            for (var tile = 0; tile < tiles; tile++)
            {
                var from = tile * channels / tiles;
                var rows = (tile + 1) * channels / tiles - from;
                Tile<T, TVector, TLanes>.Run(
                    rows, plan.TileColumns, walk, (byte*)(source + from), gradient,
                    target + (nint)from * plan.TileColumns, plan.TileColumns, null, TileEnd.Accumulate);
            }
        }
    }

    static void Combine(in FilterReduction<T> plan, int panel)
    {
        var channels = plan.Shape.InChannels;
        var position = (nint)channels * plan.TileColumns;
        var tap = (nint)channels * plan.Shape.OutChannels;
        for (var channel = 0; channel < channels; channel++)
        {
            var source = plan.Partials + panel * Squares * position + (nint)channel * plan.TileColumns;
            var target = plan.Target + (nint)channel * plan.Shape.OutChannels + panel * plan.TileColumns;
            for (var lane = 0; lane < plan.TileColumns; lane += TLanes.Count)
            {
                WinogradTransform<T, TVector, TLanes>.Taps(
                    source + lane, position, plan.Parts, (nint)plan.PartialLength, target + lane, tap);
            }
        }
    }
}
