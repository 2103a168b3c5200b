namespace Keras.Kernels.Cpu;

/// <summary>
/// A strided correlation with its work plan: what forward and each phase of the input gradient have in common.
/// The plan depends on the sizes alone, never on the threads.
/// </summary>
internal unsafe struct Correlation<T> where T : unmanaged
{
    // Rows of a tile whose step is a multiple of this fall into too few sets of the first-level cache.
    const int AliasBytes = 2048;
    const int PatchPadding = 16;
    const int MaxPatchTiles = 16;

    // Winograd pays where a transformed element is used by enough products, and the transformed kernel by enough
    // squares.
    const int WinogradChannels = 32;
    const int WinogradSquares = 128;
    const long WinogradBytes = 64 * 1024;

    /// <summary>Elements of a transformed square of input: 4 by 4 for 2 by 2 outputs.</summary>
    public const int Squares = 16;

    public T* Input;
    public T* Output;
    public Axis Y;
    public Axis X;
    public int Batch;
    public int Channels;
    public int Groups;
    public int GroupIn;
    public int GroupOut;
    public long OutPixel;
    public long OutRow;
    public long OutImage;
    public bool Relu;

    /// <summary>Element steps in the kernel: per tap, depth, column and group.</summary>
    public T* Kernel;
    public int KernelWidth;
    public long TapStep;
    public long DepthStep;
    public long ColumnStep;
    public long GroupStep;
    public T* Bias;

    public T* Packed;
    public T* PackedBias;
    public nint* Offsets;
    public T* Buffers;

    public T* Transformed;

    public int TileRows;
    public int TileColumns;
    public int Panels;
    public int TapSegments;
    public int SegmentLength;
    public bool Winograd;
    public bool Flat;
    public bool Patches;
    public bool Copies;
    public int StripSize;
    public int StripsPerImage;
    public int Strips;
    public int ColumnSplits;
    public int Blocks;
    public long BufferLength;

    public readonly int Depth => Y.Taps * X.Taps * GroupIn;

    public readonly int PatchPitch => (Depth + PatchPadding - 1) / PatchPadding * PatchPadding + PatchPadding;

    public readonly long InputRow => (Copies ? X.Reach : X.In) * (long)Channels;

    public readonly long Pixels => (long)Batch * Y.Out * X.Out;

    public readonly int SquareRows => (Y.Out + 1) / 2;

    public readonly int SquareColumns => (X.Out + 1) / 2;

    public readonly int SquarePitch => PitchFor(GroupIn);

    public readonly bool OutputIsFlat => OutRow == X.Out * OutPixel && OutImage == Y.Out * OutRow;

    /// <summary>Decides the walk and takes the scratch.</summary>
    public void Plan(int tileRows, int tileColumns, ref Deal deal)
    {
        TileRows = tileRows;
        TileColumns = tileColumns;
        Panels = Strip.Divide(GroupOut, tileColumns);
        Packed = deal.Take<T>((long)Groups * Panels * Depth * tileColumns);
        PackedBias = deal.Take<T>((long)Groups * Panels * tileColumns);
        Winograd = SuitsWinograd();
        if (Winograd)
            PlanWinograd(ref deal);
        else
            PlanWalk(ref deal);
        Buffers = deal.Take<T>(Blocks * BufferLength);
    }

    void PlanWalk(ref Deal deal)
    {
        var merged = Groups == 1 && (X.Taps == 1 || X.Step == 1);
        TapSegments = merged ? 1 : X.Taps;
        SegmentLength = merged ? X.Taps * GroupIn : GroupIn;
        var widest = Strip.Divide(Math.Max(1, X.Out), Strip.Divide(Math.Max(1, X.Out), TileRows));
        var aliased = (long)X.Stride * Channels * sizeof(T) % AliasBytes == 0 && GroupOut >= 2 * TileColumns;
        Flat = IsPointwise() && !aliased;
        Patches = !Flat && (aliased || 2 * widest <= TileRows) && Depth > 0;
        Copies = !Flat && !Patches && X.NeedsPadding;
        PlanStrips();
        var splits = Strip.Divide(Strip.FewBlocks, Math.Max(1, Strips));
        ColumnSplits = Math.Clamp(splits, 1, Panels * Groups);
        Blocks = Math.Min(Strip.MaxBlocks, Strips * ColumnSplits);
        Offsets = deal.Take<nint>(Math.Max(1, Y.Taps * TapSegments));
    }

    readonly bool SuitsWinograd() =>
        Groups == 1 && Y is { Taps: 3, Stride: 1, Step: 1 } && X is { Taps: 3, Stride: 1, Step: 1 }
        && GroupIn >= WinogradChannels && GroupOut >= WinogradChannels
        && GroupIn % TileColumns == 0 && GroupOut % TileColumns == 0
        && Batch * (long)SquareRows * SquareColumns >= WinogradSquares;

    void PlanWinograd(ref Deal deal)
    {
        var squares = Batch * (long)SquareRows * SquareColumns;
        var pitch = (long)SquarePitch * Squares * sizeof(T);
        var tiles = Math.Clamp(WinogradBytes / (pitch * TileRows), 1, MaxPatchTiles);
        tiles = Math.Clamp(squares / ((long)Strip.FewBlocks * TileRows), 1, tiles);
        StripSize = (int)tiles * TileRows;
        Strips = Strip.Divide(squares, StripSize);
        Blocks = Math.Min(Strip.MaxBlocks, Strips);
        BufferLength = (long)Squares * StripSize * (SquarePitch + TileColumns);
        Transformed = deal.Take<T>((long)Squares * GroupIn * Panels * TileColumns);
    }

    readonly bool IsPointwise() =>
        Y.IsPointwise && X.IsPointwise && OutputIsFlat;

    void PlanStrips()
    {
        BufferLength = 0;
        if (Flat || Patches)
        {
            var pixelBytes = (Flat ? Channels : PatchPitch) * (long)sizeof(T);
            var tiles = Math.Clamp(Strip.Bytes / (pixelBytes * TileRows), 1, MaxPatchTiles);
            tiles = Math.Clamp(Pixels / ((long)Strip.FewBlocks * TileRows), 1, tiles);
            StripSize = (int)tiles * TileRows;
            Strips = Strip.Divide(Pixels, StripSize);
            if (Patches) BufferLength = (long)StripSize * PatchPitch;
            return;
        }
        var rowBytes = Math.Max(1, InputRow * sizeof(T));
        var rows = 1;
        var most = Math.Min(Y.Out, Math.Max(1, (long)Batch * Y.Out / Strip.FewBlocks));
        while (rows < most && Y.Span(rows + 1) * rowBytes <= Strip.Bytes)
            rows++;
        StripsPerImage = Strip.Divide(Y.Out, rows);
        StripSize = Strip.Divide(Y.Out, Math.Max(1, StripsPerImage));
        Strips = Batch * StripsPerImage;
        if (Copies) BufferLength = Y.Span(StripSize) * InputRow;
    }

    /// <summary>
    /// Elements from one transformed square to the next: its channels, moved off the aliasing steps.
    /// </summary>
    public static int PitchFor(int channels) =>
        channels * sizeof(T) % AliasBytes == 0 ? channels + PatchPadding : channels;

    /// <summary>Fills the table of segment starts, in bytes from the first position that an output reads.</summary>
    public readonly void FillOffsets()
    {
        if (Patches || Flat)
        {
            Offsets[0] = 0;
            return;
        }
        for (var y = 0; y < Y.Taps; y++)
        {
            for (var x = 0; x < TapSegments; x++)
            {
                var at = y * Y.Step * InputRow + (long)x * X.Step * Channels;
                Offsets[y * TapSegments + x] = (nint)(at * sizeof(T));
            }
        }
    }

    /// <summary>
    /// Writes the kernel's panel of a group as depth rows of TileColumns, zero beyond the last column.
    /// </summary>
    public readonly void Pack(int panel)
    {
        var group = panel / Panels;
        var column = panel % Panels * TileColumns;
        var columns = Math.Min(TileColumns, GroupOut - column);
        var target = Packed + (long)panel * Depth * TileColumns;
        for (var y = 0; y < Y.Taps; y++)
        {
            for (var x = 0; x < X.Taps; x++)
            {
                var tap = (Y.Kernel + y * Y.KernelStep) * KernelWidth + X.Kernel + x * X.KernelStep;
                var source = Kernel + tap * TapStep + group * GroupStep + column * ColumnStep;
                PackTap(source, columns, target);
                target += (long)GroupIn * TileColumns;
            }
        }
        var bias = PackedBias + (long)panel * TileColumns;
        Bulk.Clear(bias, TileColumns);
        if (Bias != null) Bulk.Move(Bias + group * GroupOut + column, bias, columns);
    }

    readonly void PackTap(T* source, int columns, T* target)
    {
        if (columns < TileColumns) Bulk.Clear(target, (long)GroupIn * TileColumns);
        if (ColumnStep == 1)
        {
            for (var depth = 0; depth < GroupIn; depth++)
                Bulk.Move(source + depth * DepthStep, target + (long)depth * TileColumns, columns);
            return;
        }
        // Eight columns at a time: their lines stay in the first-level cache while all depths are read.
        for (var from = 0; from < columns; from += 8)
        {
            var to = Math.Min(from + 8, columns);
            for (var depth = 0; depth < GroupIn; depth++)
            {
                for (var column = from; column < to; column++)
                    target[(long)depth * TileColumns + column] = source[depth * DepthStep + column * ColumnStep];
            }
        }
    }

    /// <summary>Where a pixel of the output starts, all images counted on.</summary>
    public readonly T* OutputAt(long pixel)
    {
        var row = pixel / X.Out;
        return Output + row / Y.Out * OutImage + row % Y.Out * OutRow + pixel % X.Out * OutPixel;
    }
}
