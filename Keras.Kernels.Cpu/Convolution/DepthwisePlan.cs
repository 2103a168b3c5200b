namespace Keras.Kernels.Cpu;

/// <summary>
/// Work plan of a convolution with one input channel per group. Wide means after each input channel is repeated
/// once per output channel it feeds; kernel and output gradient have that many channels.
/// </summary>
internal unsafe struct DepthwisePlan<T> where T : unmanaged
{
    const long StripBytes = 256 * 1024;

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

    public bool Copies;
    public int StripSize;
    public int StripsPerImage;
    public int Strips;
    public int Blocks;
    public int PartialPitch;
    public long CopyLength;
    public long BufferLength;
    public T* Buffers;
    public T* Partials;

    public readonly long InputRow => (Copies ? X.Reach : X.In) * (long)Wide;

    public readonly int InputChannels => Folds ? Wide : Wide / Multiplier;

    public readonly long PartialLength => (long)Y.Taps * X.Taps * PartialPitch;

    public readonly int KernelLength => Y.Taps * X.Taps * Wide;

    /// <summary>Taps of an output pixel to visit; a copy has its padding written out.</summary>
    public readonly (int Begin, int End) TapsAt(int pixel) => Copies ? (0, X.Taps) : X.Inside(pixel);

    /// <summary>Pixels of an output row that a tap meets.</summary>
    public readonly (int Begin, int End) PixelsAt(int tap) => Copies ? (0, X.Out) : X.Outputs(tap, 0, X.Out);

    /// <summary>Pixels of an output row that all of these taps meet; empty ranges begin where they end.</summary>
    public readonly (int Begin, int End) Interior(int fromTap, int toTap)
    {
        if (toTap <= fromTap) return (0, X.Out);
        var begin = PixelsAt(fromTap).Begin;
        var end = PixelsAt(toTap - 1).End;
        return begin < end ? (begin, end) : (0, 0);
    }

    /// <summary>
    /// Decides the cut and takes the scratch; a filter gradient has few blocks, each with a partial sum.
    /// </summary>
    public void Plan(bool reduces, int lanes, ref Bump bump)
    {
        PartialPitch = Strip.Divide(Wide, lanes) * lanes;
        Copies = !Folds && Multiplier > 1;
        var rowBytes = Math.Max(1, InputRow * sizeof(T));
        var most = Math.Min(Y.Out, Math.Max(1, (long)Batch * Y.Out / Strip.FewBlocks));
        var rows = 1;
        while (rows < most && Y.Span(rows + 1) * rowBytes <= StripBytes)
            rows++;
        StripsPerImage = Strip.Divide(Y.Out, rows);
        StripSize = Strip.Divide(Y.Out, Math.Max(1, StripsPerImage));
        Strips = Batch * StripsPerImage;
        Blocks = Math.Min(reduces ? Strip.FewBlocks : Strip.MaxBlocks, Strips);
        CopyLength = Copies ? Y.Span(StripSize) * InputRow : 0;
        BufferLength = CopyLength + (Folds && Multiplier > 1 ? (long)X.Out * Wide : 0);
        Buffers = bump.Take<T>(Blocks * BufferLength);
        Partials = bump.Take<T>(reduces ? Blocks * PartialLength : 0);
    }

    /// <summary>
    /// Input rows of a strip, possibly copied: where the row would be that output row 0 reads first, at its first
    /// column.
    /// </summary>
    public readonly T* Rows(int image, int fromRow, int toRow, T* buffer)
    {
        var channels = InputChannels;
        var source = Input + (long)image * Y.In * X.In * channels;
        if (!Copies) return source + (long)X.First * channels + Y.First * InputRow;
        var (from, to) = Y.InputRange(fromRow, toRow);
        Repeat(source, from, to, buffer);
        return buffer - (from - Y.First) * InputRow;
    }

    readonly void Repeat(T* image, int from, int to, T* target)
    {
        var channels = InputChannels;
        for (var row = from; row < to; row++)
        {
            for (var column = X.First; column < X.First + X.Reach; column++)
            {
                if ((uint)column >= (uint)X.In)
                {
                    Strip.Clear(target, Wide);
                    target += Wide;
                    continue;
                }
                var source = image + ((long)row * X.In + column) * channels;
                for (var channel = 0; channel < channels; channel++)
                {
                    for (var copy = 0; copy < Multiplier; copy++)
                        *target++ = source[channel];
                }
            }
        }
    }
}
