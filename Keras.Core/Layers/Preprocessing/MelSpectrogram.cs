namespace Keras.Layers;

/// <summary>Signals as pictures of their pitch over time, on the mel scale, as <c>keras.layers.MelSpectrogram</c>: (samples,) or (batch, samples) to
/// (…, bins, windows).</summary>
public sealed class MelSpectrogram : Layer
{
    Tensor? _triangles;

    /// <summary>Chooses the windows, the scale and the unit.</summary>
    /// <param name="fftLength">Samples of the transform.</param>
    /// <param name="sequenceStride">Samples from one window to the next.</param>
    /// <param name="sequenceLength">Samples in a window. Default fftLength.</param>
    /// <param name="window">"hann", "hamming", a vector of sequenceLength, or <see cref="SignalWindow.None"/>. Default "hann".</param>
    /// <param name="samplingRate">Samples a second.</param>
    /// <param name="numMelBins">How many bins.</param>
    /// <param name="minFreq">The lowest frequency, in hertz.</param>
    /// <param name="maxFreq">The highest frequency, in hertz. Default half the sampling rate.</param>
    /// <param name="powerToDb">Whether the result is in decibels.</param>
    /// <param name="topDb">What lies further below the loudest, in decibels, is raised to that.</param>
    /// <param name="magExp">The exponent of the magnitude: 1 magnitude, 2 power.</param>
    /// <param name="minPower">Smaller powers count as this one.</param>
    /// <param name="refPower">The power of 0 decibels.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A window is longer than the transform, or there is no bin.</exception>
    public MelSpectrogram(int fftLength = 2048, int sequenceStride = 512, int? sequenceLength = null, SignalWindow window = default, int samplingRate = 16000,
        int numMelBins = 128, double minFreq = 20, double? maxFreq = null, bool powerToDb = true, double topDb = 80, double magExp = 2, double minPower = 1e-10,
        double refPower = 1, string? name = null, DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(name, dtype, trainable, activityRegularizer)
    {
        (FftLength, SequenceStride, SequenceLength, Window) = (fftLength, sequenceStride, sequenceLength ?? fftLength, window);
        if (FftLength < SequenceLength) throw Errors.Argument(Who, "a window is longer than the transform", $"sequence_length up to {FftLength}", SequenceLength);
        if (numMelBins < 1) throw Errors.Argument(Who, "there is no bin", "num_mel_bins of 1 or more", numMelBins);
        (SamplingRate, NumMelBins, MinFreq, MaxFreq) = (samplingRate, numMelBins, minFreq, maxFreq ?? samplingRate / 2);
        (PowerToDb, TopDb, MagExp, MinPower, RefPower) = (powerToDb, topDb, magExp, minPower, refPower);
        InputSpec = [new InputSpec(MinNdim: 1, MaxNdim: 2)];
    }

    /// <summary>Samples of the transform.</summary>
    public int FftLength { get; }

    /// <summary>Samples from one window to the next.</summary>
    public int SequenceStride { get; }

    /// <summary>Samples in a window.</summary>
    public int SequenceLength { get; }

    /// <summary>How the samples of a window count.</summary>
    public SignalWindow Window { get; }

    /// <summary>Samples a second.</summary>
    public int SamplingRate { get; }

    /// <summary>How many bins.</summary>
    public int NumMelBins { get; }

    /// <summary>The lowest frequency, in hertz.</summary>
    public double MinFreq { get; }

    /// <summary>The highest frequency, in hertz.</summary>
    public double MaxFreq { get; }

    /// <summary>Whether the result is in decibels.</summary>
    public bool PowerToDb { get; }

    /// <summary>What lies further below the loudest, in decibels, is raised to that.</summary>
    public double TopDb { get; }

    /// <summary>The exponent of the magnitude.</summary>
    public double MagExp { get; }

    /// <summary>Smaller powers count as this one.</summary>
    public double MinPower { get; }

    /// <summary>The power of 0 decibels.</summary>
    public double RefPower { get; }

    // Decibels count down from the loudest of the batch.
    internal override bool IsBySample => !PowerToDb;

    // Half precision would lose the quiet frequencies: only the result is rounded to it.
    /// <inheritdoc/>
    protected override bool CastsInputs => false;

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        x = Ops.Cast(x, Dtype.ComputeDType == DType.Float64 ? DType.Float64 : DType.Float32);
        var (real, imaginary) = Ops.Stft(x, SequenceLength, SequenceStride, FftLength, Window);
        var power = Ops.Square(real) + Ops.Square(imaginary);
        var bins = Ops.Matmul(MagExp == 2 ? power : Ops.Power(power, MagExp / 2), Ops.Cast(_triangles ??= Triangles(), x.DType));
        return Ops.Cast(Ops.Swapaxes(PowerToDb ? Decibels(bins) : bins, -1, -2), Dtype.ComputeDType);
    }

    Tensor Decibels(Tensor power)
    {
        var level = (10 * Ops.Log10(Ops.Maximum(power, MinPower))) - (10 * Math.Log10(Math.Max(Math.Abs(RefPower), MinPower)));
        return Ops.Maximum(level, Ops.Max(level) - TopDb);
    }

    static float Mel(float hertz) => 1127 * (float)Math.Log(1 + (hertz / 700));

    /// <summary>How much each frequency counts for each bin: triangles on the mel scale, each from the middle of the one below to that of the one above. The frequency 0
    /// counts for none.</summary>
    // In single precision whatever the dtype, as Keras: the slopes are differences, whose digits show in the results.
    Tensor Triangles()
    {
        var frequencies = (FftLength / 2) + 1;
        var (low, high) = (Mel((float)MinFreq), Mel((float)MaxFreq));
        var edges = Enumerable.Range(0, NumMelBins + 2).Select(i => low + ((high - low) * ((float)i / (NumMelBins + 1)))).ToArray();
        var weights = new float[frequencies * NumMelBins];
        for (var frequency = 1; frequency < frequencies; frequency++)
        {
            var place = Mel(SamplingRate / 2f * ((float)frequency / (frequencies - 1)));
            for (var bin = 0; bin < NumMelBins; bin++)
            {
                var (rise, fall) = ((place - edges[bin]) / (edges[bin + 1] - edges[bin]), (edges[bin + 2] - place) / (edges[bin + 2] - edges[bin + 1]));
                weights[(frequency * NumMelBins) + bin] = Math.Max(0, Math.Min(rise, fall));
            }
        }
        return Tensor.Of(weights, [frequencies, NumMelBins]);
    }
}
