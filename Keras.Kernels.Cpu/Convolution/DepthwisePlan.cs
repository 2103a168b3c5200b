namespace Keras.Kernels.Cpu;

/// <summary>
/// Work plan of a convolution with one input channel per group. Wide means after each input channel is repeated
/// once per output channel it feeds; kernel and output gradient have that many channels. A strip of input rows is
/// copied so that the pixels of a few channels, as many as a vector has lanes, lie side by side with their padding:
/// such a slab stays in the first-level cache and needs no edges.
/// </summary>
internal unsafe struct DepthwisePlan<T> where T : unmanaged
{
    // A strip of some slabs shares the second-level cache with what is read and written; pieces of a few lines are read fast.
    const long StripBytes = 160 * 1024;
    const int FewSlabs = 4;
    // Rows of the input that a row of results reads share the second-level cache with what is written.
    const long WindowBytes = 384 * 1024;

    public Axis Y;
    public Axis X;
    public int Batch;
    public int Wide;
    public int Multiplier;
    public int KernelWidth;
    public long OutPixel;
    public long OutRow;
    public long OutImage;
    public T* Input;
    public T* Kernel;
    public T* Bias;
    public bool Relu;
    public T* Output;

    /// <summary>The input must be repeated (forward, filter gradient), or sums folded (input gradient).</summary>
    public bool Folds;

    /// <summary>The input is read where it is, without slabs.</summary>
    public bool Direct;

    public int Lanes;
    public int Slabs;
    public int SlabsAtOnce;
    public int Chunks;
    public int StripSize;
    public int StripsPerImage;
    public int Strips;
    public int Blocks;

    /// <summary>Elements from a slab of the input to the next, and of the output gradient.</summary>
    public long SlabLength;
    public long GradientSlab;

    public long BufferLength;
    public T* Buffers;
    public T* Packed;
    public T* PackedBias;
    public T* Partials;

    /// <summary>Elements of a row of the input.</summary>
    public readonly long InRow => (long)X.In * InputChannels;

    public readonly int Taps => Y.Taps * X.Taps;

    /// <summary>Elements of a row of a slab.</summary>
    public readonly long SlabRow => (long)X.Reach * Lanes;

    public readonly int InputChannels => Folds ? Wide : Wide / Multiplier;

    /// <summary>Elements of a vector for each tap and slab: a packed kernel, or a partial sum of the filter gradient.</summary>
    public readonly long KernelLength => (long)Slabs * Taps * Lanes;

    /// <summary>Where a block keeps, after its slabs, what else it needs: the output gradient, or sums to fold.</summary>
    public readonly long MoreAt => SlabsAtOnce * SlabLength + Slabs * Lanes;

    /// <summary>
    /// Decides the cut and takes the scratch; a filter gradient has few blocks, each with a partial sum.
    /// </summary>
    public void Plan(bool reduces, int lanes, ref Deal deal)
    {
        Lanes = lanes;
        Slabs = Strip.Divide(Wide, lanes);
        Direct = Multiplier == 1 && Wide >= lanes;
        if (Direct) PlanDirect(reduces);
        else PlanSlabs(reduces);
        Buffers = deal.Take<T>(Blocks * BufferLength);
        Packed = deal.Take<T>(reduces ? 0 : KernelLength);
        PackedBias = deal.Take<T>(Slabs * lanes);
        Partials = deal.Take<T>(reduces ? Blocks * KernelLength : 0);
    }

    void PlanDirect(bool reduces)
    {
        var window = Math.Max(1, Y.Span(1) * (long)X.In * Lanes * sizeof(T));
        SlabsAtOnce = (int)Math.Clamp(WindowBytes / window, Math.Min(FewSlabs, Slabs), Slabs);
        Chunks = Strip.Divide(Slabs, SlabsAtOnce);
        SlabsAtOnce = Strip.Divide(Slabs, Chunks);
        StripsPerImage = (int)Math.Clamp(Strip.FewBlocks / Math.Max(1, (long)Batch * Chunks), 1, Math.Max(1, Y.Out));
        StripSize = Strip.Divide(Y.Out, StripsPerImage);
        Strips = Batch * StripsPerImage;
        Blocks = Math.Min(reduces ? Strip.FewBlocks : Strip.MaxBlocks, Strips * Chunks);
    }

    void PlanSlabs(bool reduces)
    {
        var slabRow = Math.Max(1, SlabRow * sizeof(T));
        // Sums that are folded must not be cut between channels.
        var least = Folds && Multiplier > 1 ? Slabs : Math.Min(FewSlabs, Slabs);
        var most = Math.Min(Y.Out, Math.Max(1, (long)Batch * Y.Out / Strip.FewBlocks));
        var rows = 1;
        while (rows < most && Y.Span(rows + 1) * slabRow * least <= StripBytes)
            rows++;
        StripsPerImage = Strip.Divide(Y.Out, rows);
        StripSize = Strip.Divide(Y.Out, Math.Max(1, StripsPerImage));
        Strips = Batch * StripsPerImage;
        SlabsAtOnce = (int)Math.Clamp(StripBytes / Math.Max(1, Y.Span(StripSize) * slabRow), least, Math.Max(least, Slabs));
        Chunks = Strip.Divide(Slabs, Math.Max(1, SlabsAtOnce));
        SlabsAtOnce = Strip.Divide(Slabs, Math.Max(1, Chunks));
        Blocks = Math.Min(reduces ? Strip.FewBlocks : Strip.MaxBlocks, Strips * Chunks);
        SlabLength = Spaced(Y.Span(StripSize) * (long)X.Reach);
        GradientSlab = reduces ? Spaced((long)StripSize * X.Out) : 0;
        var folded = Folds && Multiplier > 1 ? Strip.Divide((long)StripSize * X.Out * Wide, Lanes) * (long)Lanes : 0;
        BufferLength = MoreAt + SlabsAtOnce * GradientSlab + folded;
    }

    // An odd number of vectors: the same pixel of all slabs does not fall into the same set of the cache.
    readonly long Spaced(long pixels) => (pixels | 1) * Lanes;

    /// <summary>Writes the kernel as a vector for each tap, slab by slab, zeros beyond the last channel.</summary>
    public readonly void Pack()
    {
        Bulk.Clear(Packed, KernelLength);
        Bulk.Clear(PackedBias, (long)Slabs * Lanes);
        for (var slab = 0; slab < Slabs; slab++)
        {
            var valid = Valid(slab);
            if (Bias != null) Bulk.Move(Bias + Start(slab), PackedBias + slab * Lanes, valid);
            var target = Packed + (long)slab * Taps * Lanes;
            for (var tap = 0; tap < Taps; tap++)
            {
                var (y, x) = (tap / X.Taps, tap % X.Taps);
                var at = (Y.Kernel + y * Y.KernelStep) * KernelWidth + X.Kernel + x * X.KernelStep;
                Bulk.Move(Kernel + (long)at * Wide + Start(slab), target + (long)tap * Lanes, valid);
            }
        }
    }

    /// <summary>A piece of work: some rows of an image, some slabs.</summary>
    public readonly DepthwisePiece Piece(int unit)
    {
        var (strip, chunk) = (unit / Chunks, unit % Chunks);
        var fromRow = strip % StripsPerImage * StripSize;
        var fromSlab = chunk * SlabsAtOnce;
        return new(strip / StripsPerImage, fromRow, Math.Min(fromRow + StripSize, Y.Out), fromSlab, Math.Min(fromSlab + SlabsAtOnce, Slabs));
    }

    /// <summary>How many channels the slabs of a piece hold.</summary>
    public readonly int Width(in DepthwisePiece piece) => Math.Min(piece.ToSlab * Lanes, Wide) - piece.FromSlab * Lanes;

    /// <summary>How many lanes of a slab hold channels.</summary>
    public readonly int Valid(int slab) => Math.Min(Lanes, Wide - Start(slab));

    /// <summary>The first channel of a slab. Where slabs are not copied, the last one has as many channels as the others, some of them the one before's.</summary>
    public readonly int Start(int slab) => Direct ? Math.Min(slab * Lanes, Wide - Lanes) : slab * Lanes;
}

/// <summary>Output rows of an image and slabs of channels.</summary>
internal readonly record struct DepthwisePiece(int Image, int FromRow, int ToRow, int FromSlab, int ToSlab)
{
    public int Rows => ToRow - FromRow;

    public bool IsEmpty => ToRow <= FromRow || ToSlab <= FromSlab;
}
