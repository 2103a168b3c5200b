namespace Keras;

/// <summary>Windows along the last axis: (…, length) to (…, windows, window).</summary>
sealed record Frames(int Length, int Stride) : Fused
{
    internal int Count(int length) => length == Shape.Unknown ? Shape.Unknown : length < Length ? 0 : ((length - Length) / Stride) + 1;

    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var shape = inputs[0].Shape;
        return inputs[0].As(Shape.Of([.. shape.Dims[..^1], Count(shape[-1]), Length]));
    }

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var x = inputs[0];
        return new Spans(Count(x.Shape[-1]), Length, Stride, 1).Spread(x, x.Rank - 1);
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient)
    {
        var sum = new Overlapped(Stride).On(gradient);
        var unseen = result.Inputs[0].Shape[-1] - sum.Shape[-1];
        return [unseen == 0 ? sum : Ops.Pad(sum, [.. Enumerable.Repeat((0, 0), sum.Rank - 1), (0, unseen)])];
    }
}

/// <summary>Windows added where they lie: the adjoint of <see cref="Frames"/>.</summary>
sealed record Overlapped(int Stride) : Fused
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var shape = inputs[0].Shape;
        var whole = shape[-2] == Shape.Unknown || shape[-1] == Shape.Unknown ? Shape.Unknown
            : shape[-2] == 0 ? 0 : Shape.Dim(((shape[-2] - 1L) * Stride) + shape[-1]);
        return inputs[0].As(Shape.Of([.. shape.Dims[..^2], whole]));
    }

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var x = inputs[0];
        return new Spans(x.Shape[-2], x.Shape[-1], Stride, 1).Collect(x, x.Rank - 2, Infer([x.Type]).Shape[-1]);
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) => [new Frames(result.Inputs[0].Shape[-1], Stride).On(gradient)];
}

public static partial class Ops
{
    /// <summary>Windows of a length along the last axis, as far as whole ones fit.</summary>
    /// <param name="x">(…, length).</param>
    /// <param name="sequenceLength">The length of a window.</param>
    /// <param name="sequenceStride">From the start of one to the start of the next.</param>
    /// <returns>(…, windows, sequenceLength).</returns>
    /// <exception cref="ArgumentException">A length is below 1, or x is a scalar.</exception>
    public static Tensor ExtractSequences(Tensor x, int sequenceLength, int sequenceStride)
    {
        const string Who = "extract_sequences";
        if (x.Rank == 0) throw Errors.Argument(Who, "there is no axis", "1 dimension or more", x.Shape);
        return new Frames(Positive(sequenceLength, Who, "sequence_length"), Positive(sequenceStride, Who, "sequence_stride")).On(x);
    }

    /// <summary>The short-time Fourier transform: <see cref="Rfft"/> of overlapping windows along the last axis.</summary>
    /// <param name="x">(…, samples), floating.</param>
    /// <param name="sequenceLength">The length of the window function.</param>
    /// <param name="sequenceStride">From one window to the next.</param>
    /// <param name="fftLength">The length of the transform, at least sequenceLength: the window function stands in its middle.</param>
    /// <param name="window">How the samples of a window count: "hann", "hamming", a vector of sequenceLength, or <see cref="SignalWindow.None"/>. Default "hann".</param>
    /// <param name="center">Whether windows stand around their places; the ends are then mirrored. Default <c>true</c>.</param>
    /// <returns>Real and imaginary part: (…, windows, fftLength / 2 + 1).</returns>
    /// <exception cref="ArgumentException">x is not floating, a length does not fit, or the window is unknown or of another length.</exception>
    public static (Tensor Real, Tensor Imaginary) Stft(Tensor x, int sequenceLength, int sequenceStride, int fftLength, SignalWindow window = default, bool center = true)
    {
        const string Who = "stft";
        if (!x.DType.IsFloating() || x.Rank == 0) throw Errors.Argument(Who, "the samples must be floating", "(…, samples) of a floating dtype", x.Type);
        CheckLengths(sequenceLength, sequenceStride, fftLength, Who);
        var weights = window.Weights(sequenceLength, fftLength, x.DType, Who);
        if (center) x = Pad(x, [.. Enumerable.Repeat((0, 0), x.Rank - 1), (fftLength / 2, fftLength / 2)], "reflect");
        var windows = ExtractSequences(x, fftLength, sequenceStride);
        return Rfft(weights is null ? windows : windows * weights);
    }

    /// <summary>The samples that a short-time Fourier transform came from: its least-squares inverse.</summary>
    /// <param name="x">Real and imaginary part: (…, windows, fftLength / 2 + 1).</param>
    /// <param name="sequenceLength">The length of the window function.</param>
    /// <param name="sequenceStride">From one window to the next.</param>
    /// <param name="fftLength">The length of the transform, at least sequenceLength.</param>
    /// <param name="length">How many samples to give. Default all.</param>
    /// <param name="window">How the samples of a window count: "hann", "hamming", a vector of sequenceLength, or <see cref="SignalWindow.None"/>. Default "hann".</param>
    /// <param name="center">Whether windows stand around their places. Default <c>true</c>.</param>
    /// <returns>(…, samples); NaN where no window sees one.</returns>
    /// <exception cref="ArgumentException">A length does not fit, or the window is unknown or of another length.</exception>
    public static Tensor Istft((Tensor Real, Tensor Imaginary) x, int sequenceLength, int sequenceStride, int fftLength, int? length = null,
        SignalWindow window = default, bool center = true)
    {
        const string Who = "istft";
        x = Complex(x, 2, Who);
        CheckLengths(sequenceLength, sequenceStride, fftLength, Who);
        var weights = window.Weights(sequenceLength, fftLength, x.Real.DType, Who) ?? Ones([fftLength], x.Real.DType);
        var windows = Irfft(x, fftLength);
        var together = new Overlapped(sequenceStride);
        // One row counts for all, where its length is known.
        var row = windows.Shape.Slice(windows.Rank - 2, 2);
        var count = together.On(row[0] == Shape.Unknown ? OnesLike(windows) * Square(weights) : BroadcastTo(Square(weights), row));
        var sum = together.On(windows * weights) / count;
        var start = center ? fftLength / 2 : 0;
        var all = sum.Shape[-1] == Shape.Unknown ? Shape.Unknown : Math.Max(0, sum.Shape[-1] - (2 * start));
        return Narrow(sum, sum.Rank - 1, start, length ?? all);
    }

    static int Positive(int value, string who, string name) => value >= 1 ? value
        : throw Errors.Argument(who, $"{name} is too small", "1 or more", value);

    static void CheckLengths(int sequenceLength, int sequenceStride, int fftLength, string who)
    {
        Positive(sequenceLength, who, "sequence_length");
        Positive(sequenceStride, who, "sequence_stride");
        if (fftLength < sequenceLength)
            throw Errors.Argument(who, "the transform is shorter than the window", $"fft_length of {sequenceLength} or more", fftLength);
        Fourier.Check(fftLength, who);
    }
}
