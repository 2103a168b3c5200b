namespace Keras.Layers;

/// <summary>Spectra of overlapping windows of signals, by convolution with filters that can be trained, as <c>keras.layers.STFTSpectrogram</c>.</summary>
public sealed class STFTSpectrogram : Layer
{
    readonly int _step, _frequencies;
    Variable? _real, _imaginary;

    /// <summary>Chooses the windows and what is given of their spectra.</summary>
    /// <param name="mode">"log" (of the magnitude), "magnitude", "psd" (power), "real", "imag", "angle", or "stft" (real, then imaginary parts).</param>
    /// <param name="frameLength">Samples in a window.</param>
    /// <param name="frameStep">Samples from one window to the next. Default half a window.</param>
    /// <param name="fftLength">Samples of the transform, not fewer than in a window. Default the next power of two.</param>
    /// <param name="window">"hann", "hamming", a vector of frameLength, or <see cref="SignalWindow.None"/>. Default "hann".</param>
    /// <param name="periodic">Whether the window is one sample short of its symmetric form.</param>
    /// <param name="scaling">What the window is divided by. Default density.</param>
    /// <param name="padding">"valid" or "same".</param>
    /// <param name="expandDims">Whether frequencies have an axis of their own, instead of lying side by side with the channels.</param>
    /// <param name="dataFormat">(batch, time, channels), or channels first. Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">The mode is unknown, or a length does not fit.</exception>
    public STFTSpectrogram(string mode = "log", int frameLength = 256, int? frameStep = null, int? fftLength = null, SignalWindow window = default,
        bool periodic = false, WindowScaling scaling = default, Padding padding = default, bool expandDims = false, DataFormat dataFormat = default,
        string? name = null, DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(name, dtype, trainable, activityRegularizer)
    {
        Mode = Choice.Check("mode", mode, "log", "magnitude", "psd", "real", "imag", "angle", "stft");
        _step = frameStep ?? frameLength / 2;
        if (_step < 1 || _step > frameLength)
            throw Errors.Argument(Who, "frame_step does not fit", $"1 to frame_length, {frameLength}", _step);
        if (fftLength < frameLength) throw Errors.Argument(Who, "fft_length is shorter than a window", $"{frameLength} or more", fftLength);
        (FrameLength, FrameStep, FftLength, Window, Periodic) = (frameLength, frameStep, fftLength, window, periodic);
        (Scaling, Padding, ExpandDims, DataFormat) = (scaling, padding.NotCausal(Who), expandDims, dataFormat.Resolved);
        _frequencies = ((fftLength ?? (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)frameLength)) / 2) + 1;
        InputSpec = [new InputSpec(Ndim: 3)];
    }

    /// <summary>What is given.</summary>
    public string Mode { get; }

    /// <summary>Samples in a window.</summary>
    public int FrameLength { get; }

    /// <summary>Samples from one window to the next, if not half a window.</summary>
    public int? FrameStep { get; }

    /// <summary>Samples of the transform, if not the next power of two.</summary>
    public int? FftLength { get; }

    /// <summary>How the samples of a window count.</summary>
    public SignalWindow Window { get; }

    /// <summary>Whether the window is one sample short of its symmetric form.</summary>
    public bool Periodic { get; }

    /// <summary>What the window is divided by.</summary>
    public WindowScaling Scaling { get; }

    /// <summary>What happens at the ends.</summary>
    public Padding Padding { get; }

    /// <summary>Whether frequencies have an axis of their own.</summary>
    public bool ExpandDims { get; }

    /// <summary>Where the channels stand.</summary>
    public DataFormat DataFormat { get; }

    /// <inheritdoc/>
    protected override void BuildWeights(Shape inputShape)
    {
        Variable Filters(string side) => AddWeight([FrameLength, 1, _frequencies], new Initializers.STFT(side, Window, Scaling, Periodic), name: $"{side}_kernel");
        if (Mode != "imag") _real = Filters("real");
        if (Mode != "real") _imaginary = Filters("imag");
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        if (!x.DType.IsFloating()) throw Errors.Argument(Who, "the signal is not floating", "a floating dtype", x.DType.Name());
        if (Mode is "real" or "imag") return Arranged(Filtered(x, _real ?? _imaginary!));
        var (real, imaginary) = (Filtered(x, _real!), Filtered(x, _imaginary!));
        if (Mode == "angle") return Arranged(Ops.Arctan2(imaginary, real));
        if (Mode == "stft") return Arranged(Ops.Concatenate([real, imaginary], -1));
        var power = Ops.Square(real) + Ops.Square(imaginary);
        if (Mode == "psd") return Arranged(power * Sides(power.DType));
        var magnitude = Arranged(Ops.Sqrt(Ops.Maximum(power, Config.Epsilon)));
        return Mode == "magnitude" ? magnitude : Ops.Log(Ops.Maximum(magnitude, Config.Epsilon));
    }

    // All but the first and the last frequency stand for a negative one too.
    Tensor Sides(DType dtype) =>
        Ops.Cast(Tensor.Of<double>([.. Enumerable.Range(0, _frequencies).Select(k => k == 0 || k == _frequencies - 1 ? 1.0 : 2.0)], [_frequencies]), dtype);

    /// <summary>(batch, channels, windows, frequencies): each channel by itself.</summary>
    Tensor Filtered(Tensor x, Variable filters)
    {
        if (!DataFormat.IsFirst) x = Ops.Transpose(x, [0, 2, 1]);
        var (channels, time) = (x.Shape[1], x.Shape[2]);
        var y = Ops.Conv(Ops.Reshape(x, [Shape.Unknown, time, 1]), filters.Value, _step, Padding, DataFormat.ChannelsLast);
        return Ops.Reshape(y, [Shape.Unknown, channels, y.Shape[1], y.Shape[2]]);
    }

    Tensor Arranged(Tensor x)
    {
        var (channels, windows, frequencies) = (x.Shape[1], x.Shape[2], x.Shape[3]);
        return (ExpandDims, DataFormat.IsFirst) switch
        {
            (true, true) => x,
            (true, false) => Ops.Transpose(x, [0, 2, 3, 1]),
            (false, true) => Ops.Reshape(Ops.Transpose(x, [0, 1, 3, 2]), [Shape.Unknown, channels * frequencies, windows]),
            _ => Ops.Reshape(Ops.Transpose(x, [0, 2, 1, 3]), [Shape.Unknown, windows, channels * frequencies]),
        };
    }
}
