namespace Keras.Kernels.Cpu;

/// <summary>
/// A filter gradient with its work plan. Pixels are cut into parts with partial sums of their own, which are
/// added up in the order of the parts; a part may be cut further by panels of output channels. All cuts depend on
/// the sizes alone.
/// </summary>
internal unsafe struct FilterReduction<T> where T : unmanaged
{
    // Long enough to pay for loading and storing a tile, short enough for the first-level cache.
    const int StripPixels = 192;
    const int PartPixels = 512;
    const long PartialBytes = 8L << 20;

    // Winograd pays where there are squares enough to outweigh the larger sums.
    const int WinogradChannels = 64;
    const int WinogradSquares = 512;
    const int WinogradLeast = 32;
    const int WinogradMost = 128;
    const long WinogradProducts = 256 * 256;
    const long WinogradBytes = 128 * 1024;

    // Rows of a panel's sums: those of the kernel, or its channels for each of Winograd's positions.
    int _sumRows;

    public ConvShape Shape;
    public Axis Y;
    public Axis X;
    public T* Input;
    public T* OutGradient;
    public T* Target;

    public T* Partials;
    public T* Buffers;
    public nint* Offsets;

    public int TileRows;
    public int TileColumns;
    public int Panels;
    public int TapSegments;
    public int SegmentLength;
    public bool Winograd;
    public bool Flat;
    public bool Copies;
    public bool PacksGradient;
    public int StripSize;
    public int StripsPerImage;
    public int Strips;
    public int Parts;
    public int PanelSplits;
    public long CopyLength;
    public long BufferLength;

    public readonly int Rows => Shape.Taps * Shape.GroupIn;

    /// <summary>
    /// A partial sum: for each panel of each group all rows of the kernel, padded to the tile's width.
    /// </summary>
    public readonly long PartialLength => (long)Shape.Groups * Panels * _sumRows * TileColumns;

    public readonly long InputRow => (Copies ? X.Reach : X.In) * (long)Shape.InChannels;

    public readonly long Pixels => (long)Shape.Batch * Y.Out * X.Out;

    public readonly int SquareRows => (Y.Out + 1) / 2;

    public readonly int SquareColumns => (X.Out + 1) / 2;

    public readonly long Squares => Shape.Batch * (long)SquareRows * SquareColumns;

    public readonly int SquarePitch => Correlation<T>.PitchFor(Shape.InChannels);

    public readonly int Blocks => Parts * PanelSplits;

    /// <summary>Decides the walk and takes the scratch.</summary>
    public void Plan(int tileRows, int tileColumns, int lanes, ref Deal deal)
    {
        TileRows = tileRows;
        TileColumns = tileColumns;
        Panels = Strip.Divide(Shape.GroupOut, tileColumns);
        Winograd = SuitsWinograd();
        if (Winograd)
            PlanWinograd();
        else
            PlanWalk(lanes);

        var partialBytes = Math.Max(1, PartialLength * sizeof(T));
        var most = Math.Clamp((Winograd ? 2 : 1) * PartialBytes / partialBytes, 1, Strip.FewBlocks);
        Parts = (int)Math.Clamp(Math.Min(Pixels / PartPixels, Strips), 1, most);
        PanelSplits = Math.Clamp(Strip.Divide(Strip.FewBlocks, Parts), 1, Math.Max(1, Panels * Shape.Groups));

        Partials = deal.Take<T>(Parts * PartialLength);
        Buffers = deal.Take<T>(Blocks * BufferLength);
        Offsets = deal.Take<nint>(Blocks * (long)StripSize);
    }

    readonly bool SuitsWinograd() =>
        Shape.Groups == 1 && Y is { Taps: 3, Stride: 1, Step: 1 } && X is { Taps: 3, Stride: 1, Step: 1 }
        && Shape.InChannels >= WinogradChannels && Shape.OutChannels >= WinogradChannels
        && Shape.InChannels % TileColumns == 0 && Shape.OutChannels % TileColumns == 0
        && (long)Shape.InChannels * Shape.OutChannels <= WinogradProducts && Squares >= WinogradSquares;

    void PlanWinograd()
    {
        var pitch = (long)SquarePitch * Correlation<T>.Squares * sizeof(T);
        StripSize = (int)Math.Clamp(WinogradBytes / pitch, WinogradLeast, WinogradMost);
        Strips = Strip.Divide(Squares, StripSize);
        BufferLength = (long)Correlation<T>.Squares * StripSize * (SquarePitch + TileColumns);
        _sumRows = Correlation<T>.Squares * Shape.InChannels;
    }

    void PlanWalk(int lanes)
    {
        _sumRows = Rows;
        var merged = Shape.Groups == 1 && (X.Taps == 1 || X.Step == 1);
        TapSegments = merged ? 1 : X.Taps;
        SegmentLength = merged ? X.Taps * Shape.GroupIn : Shape.GroupIn;
        Flat = Y.IsPointwise && X.IsPointwise;
        Copies = !Flat && X.NeedsPadding;
        PacksGradient = Rows > 4 * TileRows || Shape.GroupOut % lanes != 0;
        PlanStrips();
    }

    void PlanStrips()
    {
        if (Flat)
        {
            StripSize = StripPixels;
            Strips = Strip.Divide(Pixels, StripSize);
            BufferLength = PacksGradient ? (long)StripSize * TileColumns : 0;
            return;
        }
        var rows = Math.Clamp(StripPixels / Math.Max(1, X.Out), 1, Math.Max(1, Y.Out));
        StripsPerImage = Strip.Divide(Y.Out, rows);
        StripSize = Strip.Divide(Y.Out, Math.Max(1, StripsPerImage));
        Strips = Shape.Batch * StripsPerImage;
        CopyLength = Copies ? Y.Span(StripSize) * InputRow : 0;
        // Rounded so that the packed gradient behind it starts on a cache line.
        CopyLength = (CopyLength + 15) / 16 * 16;
        BufferLength = CopyLength + (PacksGradient ? (long)StripSize * X.Out * TileColumns : 0);
    }
}
