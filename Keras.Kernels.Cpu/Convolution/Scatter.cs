using System.Numerics;

namespace Keras.Kernels.Cpu;

/// <summary>
/// Correlation with few result channels, seen from its source: one product of source pixels with all taps of the
/// kernel side by side fills the vectors, then each tap's part is added where it belongs. Source i meets, at tap
/// t, the target i * Stride + First + t * Step.
/// </summary>
internal unsafe struct ScatterPlan<T> where T : unmanaged
{
    public Axis Y;
    public Axis X;
    public int Batch;
    public int Depth;
    public int Columns;
    public int KernelWidth;
    public long TapStep;
    public long DepthStep;
    public long ColumnStep;
    public T* Source;
    public T* Kernel;
    public T* Bias;
    public bool Relu;
    public T* Target;

    public int TileRows;
    public int TileColumns;
    public int Panels;
    public int StripSize;
    public int StripsPerImage;
    public int Blocks;
    public T* Packed;
    public T* Buffers;

    public readonly int AllColumns => Y.Taps * X.Taps * Columns;

    public readonly int Pitch => Panels * TileColumns;

    public readonly int Strips => Batch * StripsPerImage;

    public void Plan(int tileRows, int tileColumns, ref Deal deal)
    {
        TileRows = tileRows;
        TileColumns = tileColumns;
        Panels = Strip.Divide(AllColumns, tileColumns);
        var cuts = Math.Clamp(Strip.Divide(Strip.FewBlocks, Math.Max(1, Batch)), 1, Math.Max(1, Y.In / (4 * Y.Taps)));
        StripSize = Strip.Divide(Y.In, cuts);
        StripsPerImage = Strip.Divide(Y.In, Math.Max(1, StripSize));
        Blocks = Math.Min(Strip.MaxBlocks, Strips);
        Packed = deal.Take<T>((long)Depth * Pitch);
        Buffers = deal.Take<T>((long)Blocks * X.Out * Pitch);
    }

    public readonly void Pack()
    {
        Bulk.Clear(Packed, (long)Depth * Pitch);
        for (var column = 0; column < AllColumns; column++)
        {
            var at = column / Columns;
            var tap = (Y.Kernel + at / X.Taps * Y.KernelStep) * KernelWidth + X.Kernel + at % X.Taps * X.KernelStep;
            var source = Kernel + tap * TapStep + column % Columns * ColumnStep;
            var target = Packed + (long)(column / TileColumns) * Depth * TileColumns + column % TileColumns;
            for (var depth = 0; depth < Depth; depth++)
                target[(long)depth * TileColumns] = source[depth * DepthStep];
        }
    }
}

/// <summary>Runs a planned scatter; a block owns rows of the target, so nothing is added from two sides.</summary>
internal readonly unsafe struct Scatter<T, TVector, TLanes>(ScatterPlan<T>* plan) : IBlocks
    where T : unmanaged, INumber<T>
    where TVector : unmanaged
    where TLanes : struct, ILanes<T, TVector>
{
    readonly ScatterPlan<T>* _plan = plan;

    public static void Execute(ref ScatterPlan<T> plan)
    {
        plan.Pack();
        fixed (ScatterPlan<T>* pinned = &plan)
            Parallel.For(plan.Blocks, new Scatter<T, TVector, TLanes>(pinned));
    }

    public void Run(int block)
    {
        ref readonly var plan = ref *_plan;
        var buffer = plan.Buffers + (long)block * plan.X.Out * plan.Pitch;
        var end = (int)((block + 1L) * plan.Strips / plan.Blocks);
        for (var strip = (int)((long)block * plan.Strips / plan.Blocks); strip < end; strip++)
        {
            var image = strip / plan.StripsPerImage;
            var fromRow = strip % plan.StripsPerImage * plan.StripSize;
            var toRow = Math.Min(fromRow + plan.StripSize, plan.Y.In);
            if (fromRow < toRow) RunStrip(plan, image, fromRow, toRow, buffer);
        }
    }

    static void RunStrip(in ScatterPlan<T> plan, int image, int fromRow, int toRow, T* buffer)
    {
        var rowLength = (long)plan.X.In * plan.Columns;
        var target = plan.Target + image * plan.Y.In * rowLength;
        Start(plan, target + fromRow * rowLength, (toRow - fromRow) * rowLength);
        for (var row = 0; row < plan.Y.Out; row++)
        {
            var top = row * plan.Y.Stride + plan.Y.First;
            if (top >= toRow || top + (plan.Y.Taps - 1) * plan.Y.Step < fromRow) continue;
            Multiply(plan, plan.Source + ((long)image * plan.Y.Out + row) * plan.X.Out * plan.Depth, buffer);
            for (var y = 0; y < plan.Y.Taps; y++)
            {
                var at = top + y * plan.Y.Step;
                if (at >= fromRow && at < toRow)
                    AddRow(plan, buffer + y * plan.X.Taps * plan.Columns, target + at * rowLength);
            }
        }
        if (!plan.Relu) return;
        for (var i = fromRow * rowLength; i < toRow * rowLength; i++)
            target[i] = T.Max(target[i], T.Zero);
    }

    static void Start(in ScatterPlan<T> plan, T* target, long length)
    {
        Bulk.Clear(target, length);
        if (plan.Bias == null) return;
        for (long i = 0; i < length; i += plan.Columns)
            Bulk.Move(plan.Bias, target + i, plan.Columns);
    }

    static void Multiply(in ScatterPlan<T> plan, T* source, T* buffer)
    {
        nint offset = 0;
        var walk = new TileWalk
        {
            RowStep = plan.Depth * sizeof(T),
            DepthStep = sizeof(T),
            PanelStep = plan.TileColumns * sizeof(T),
            Length = plan.Depth,
            Offsets = &offset,
            Segments = 1,
        };
        for (var panel = 0; panel < plan.Panels; panel++)
        {
            var columns = Math.Min(plan.TileColumns, plan.AllColumns - panel * plan.TileColumns);
            var weights = (byte*)(plan.Packed + (long)panel * plan.Depth * plan.TileColumns);
            var tiles = Strip.Divide(plan.X.Out, plan.TileRows);
            for (var tile = 0; tile < tiles; tile++)
            {
                var from = tile * plan.X.Out / tiles;
                var rows = (tile + 1) * plan.X.Out / tiles - from;
                var target = buffer + (long)from * plan.Pitch + panel * plan.TileColumns;
                Tile<T, TVector, TLanes>.Run(
                    rows, columns, walk, (byte*)source + from * walk.RowStep, weights,
                    target, plan.Pitch, null, TileEnd.None);
            }
        }
    }

    static void AddRow(in ScatterPlan<T> plan, T* products, T* target)
    {
        nint pitch = plan.Pitch, columns = plan.Columns, step = plan.X.Stride * columns;
        for (var x = 0; x < plan.X.Taps; x++)
        {
            var (begin, end) = plan.X.Outputs(x, 0, plan.X.Out);
            var from = products + x * columns + begin * pitch;
            var to = target + (begin * plan.X.Stride + plan.X.First + x * plan.X.Step) * columns;
            for (var pixel = begin; pixel < end; pixel++)
            {
                for (nint column = 0; column < columns; column++)
                    to[column] += from[column];
                from += pitch;
                to += step;
            }
        }
    }
}
