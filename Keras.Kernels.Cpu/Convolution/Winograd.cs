namespace Keras.Kernels.Cpu;

/// <summary>
/// Winograd's F(2x2, 3x3) for a planned correlation: 16 products in place of 36 for a square of four outputs. A
/// strip of squares is transformed, multiplied position by position with the transformed kernel, and transformed
/// back.
/// </summary>
internal readonly unsafe struct Winograd<T, TVector, TLanes>(Correlation<T>* plan, bool packing) : IBlocks
    where T : unmanaged
    where TVector : unmanaged
    where TLanes : struct, ILanes<T, TVector>
{
    const int Squares = Correlation<T>.Squares;
    readonly Correlation<T>* _plan = plan;
    readonly bool _packing = packing;

    public static void Execute(ref Correlation<T> plan)
    {
        fixed (Correlation<T>* pinned = &plan)
        {
            Parallel.For(plan.Panels, new Winograd<T, TVector, TLanes>(pinned, true));
            Parallel.For(plan.Blocks, new Winograd<T, TVector, TLanes>(pinned, false));
        }
    }

    public void Run(int block)
    {
        ref readonly var plan = ref *_plan;
        if (_packing)
        {
            plan.Pack(block);
            var length = (long)plan.GroupIn * plan.TileColumns;
            WinogradTransform<T, TVector, TLanes>.Kernel(
                plan.Packed + block * 9 * length, plan.Transformed + block * Squares * length, (nint)length);
            return;
        }
        var buffer = plan.Buffers + block * plan.BufferLength;
        var end = (int)((block + 1L) * plan.Strips / plan.Blocks);
        for (var strip = (int)((long)block * plan.Strips / plan.Blocks); strip < end; strip++)
            RunStrip(plan, strip, buffer);
    }

    static void RunStrip(in Correlation<T> plan, int strip, T* buffer)
    {
        var first = (long)strip * plan.StripSize;
        var all = plan.Batch * (long)plan.SquareRows * plan.SquareColumns;
        var count = (int)Math.Min(plan.StripSize, all - first);
        var position = (nint)plan.StripSize * plan.SquarePitch;
        var products = buffer + Squares * position;
        var zeros = stackalloc T[TLanes.Count];
        Bulk.Clear(zeros, TLanes.Count);
        for (var square = 0; square < count; square++)
            Gather(plan, first + square, buffer + (nint)square * plan.SquarePitch, position, zeros);
        for (var panel = 0; panel < plan.Panels; panel++)
        {
            Multiply(plan, panel, buffer, position, count, products);
            for (var square = 0; square < count; square++)
                Finish(plan, first + square, panel, products + (nint)square * plan.TileColumns);
        }
    }

    /// <summary>Transforms the 4 by 4 input pixels of a square, zeros beyond the edges.</summary>
    static void Gather(in Correlation<T> plan, long square, T* target, nint position, T* zeros)
    {
        var (image, row, column) = Place(plan, square);
        var window = new WinogradWindow<T>(plan.Input, zeros, image, plan.Y.In, plan.X.In, plan.Channels);
        var pixels = stackalloc T*[Squares];
        var steps = stackalloc nint[Squares];
        window.Read(row + plan.Y.First, column + plan.X.First, 4, pixels, steps);
        WinogradTransform<T, TVector, TLanes>.Input(pixels, steps, plan.GroupIn, target, position);
    }

    static (long Image, int Row, int Column) Place(in Correlation<T> plan, long square)
    {
        var row = square / plan.SquareColumns;
        return (row / plan.SquareRows, (int)(row % plan.SquareRows) * 2, (int)(square % plan.SquareColumns) * 2);
    }

    static void Multiply(in Correlation<T> plan, int panel, T* squares, nint position, int count, T* products)
    {
        nint offset = 0;
        var walk = new TileWalk
        {
            RowStep = (nint)plan.SquarePitch * sizeof(T),
            DepthStep = sizeof(T),
            PanelStep = plan.TileColumns * sizeof(T),
            Length = plan.GroupIn,
            Offsets = &offset,
            Segments = 1,
        };
        var length = (nint)plan.GroupIn * plan.TileColumns;
        var weights = plan.Transformed + (long)panel * Squares * length;
        var tiles = Strip.Divide(count, plan.TileRows);
        for (var i = 0; i < Squares; i++)
        {
            for (var tile = 0; tile < tiles; tile++)
            {
                var from = tile * count / tiles;
                var rows = (tile + 1) * count / tiles - from;
                var source = (byte*)(squares + i * position) + from * walk.RowStep;
                var target = products + ((nint)i * plan.StripSize + from) * plan.TileColumns;
                Tile<T, TVector, TLanes>.Run(
                    rows, plan.TileColumns, walk, source, (byte*)(weights + i * length),
                    target, plan.TileColumns, null, TileEnd.None);
            }
        }
    }

    static void Finish(in Correlation<T> plan, long square, int panel, T* products)
    {
        var (image, row, column) = Place(plan, square);
        var first = panel * plan.TileColumns;
        var target = plan.Output + image * plan.OutImage + row * plan.OutRow + column * plan.OutPixel + first;
        var right = column + 1 < plan.X.Out ? (nint)plan.OutPixel : 0;
        var down = row + 1 < plan.Y.Out ? (nint)plan.OutRow : 0;
        var position = (nint)plan.StripSize * plan.TileColumns;
        for (var lane = 0; lane < plan.TileColumns; lane += TLanes.Count)
        {
            WinogradTransform<T, TVector, TLanes>.Output(
                products + lane, position, plan.PackedBias + first + lane, plan.Relu, target + lane, right, down);
        }
    }
}
