namespace Keras.Core.Tests.Layers;

using Keras.Layers;

/// <summary>Spectra by layers against those by the transform.</summary>
sealed class SpectrogramTests
{
    static readonly Tensor Signal = Tensor.Of([.. Enumerable.Range(0, 80).Select(i => Math.Sin(0.7 * i) + (0.3 * Math.Cos(2.1 * i)))], [2, 40, 1]);

    static readonly (Tensor Real, Tensor Imaginary) Spectra = Ops.Stft(Ops.Squeeze(Signal, -1), 12, 4, 16, "hann", center: false);

    static Tensor Power => Ops.Square(Spectra.Real) + Ops.Square(Spectra.Imaginary);

    static IEnumerable<TestCaseData> Modes =>
    [
        new("real", Spectra.Real),
        new("imag", Spectra.Imaginary),
        new("magnitude", Ops.Sqrt(Ops.Maximum(Power, 1e-7))),
        new("log", Ops.Log(Ops.Sqrt(Ops.Maximum(Power, 1e-7)))),
        new("angle", Ops.Arctan2(Spectra.Imaginary, Spectra.Real)),
    ];

    [TestCaseSource(nameof(Modes))]
    public void Filters_compute_the_transform(string mode, Tensor expected)
    {
        // The transform's window stands in the middle of its zeros.
        var window = Ops.Pad(Tensor.Of([.. Enumerable.Range(0, 12).Select(i => 0.5 - (0.5 * Math.Cos(Math.PI * i / 6)))], [12]), [(2, 2)]);
        var layer = new STFTSpectrogram(mode, 16, 4, window: window, scaling: WindowScaling.None, dtype: "float64");
        // A phase of nearly nothing is noise, and π is -π.
        var difference = layer.Apply(Signal) - expected;
        var error = mode == "angle" ? Ops.Abs(Ops.Sin(difference / 2)) * Ops.Sqrt(Power) : Ops.Abs(difference);
        Assert.That(Ops.Max(error).Item(), Is.LessThan(mode == "log" ? 1e-6 : 1e-7));
    }

    [TestCase("density"), TestCase("spectrum")]
    public void A_scaled_window_has_the_norm_1(string scaling)
    {
        var filters = new Keras.Initializers.STFT("real", "hamming", scaling, periodic: true).Apply([10, 1, 9], DType.Float64).ToDoubles();
        // The frequency 0 shows the window itself.
        var window = Enumerable.Range(0, 10).Select(i => filters[i * 9]).ToArray();
        Assert.That(scaling == "density" ? window.Sum(w => w * w) : window.Sum(), Is.EqualTo(1).Within(1e-12));
        Assert.That(window[3], Is.EqualTo(window[7]).Within(1e-12), "a periodic window is symmetric around half its period");
    }

    [Test]
    public void A_tone_stands_in_its_bin()
    {
        var tone = Tensor.Of([.. Enumerable.Range(0, 4000).Select(i => Math.Sin(2 * Math.PI * 1000 * i / 8000))], [4000]);
        var mel = new MelSpectrogram(512, 256, samplingRate: 8000, numMelBins: 20, dtype: "float64").Apply(tone);
        Assert.That(mel.Shape, Is.EqualTo(Shape.Of(20, 16)));
        // 1000 of 4000 hertz stand at 980 of 2115 mel, which begin at 32.
        Assert.That(Ops.Argmax(Ops.Mean(mel, 1)).Item(), Is.EqualTo(9).Within(1));
    }

    [Test]
    public void What_does_not_fit_is_refused()
    {
        Assert.That(() => new MelSpectrogram(16, sequenceLength: 17), Throws.ArgumentException.With.Message.Contains("longer than the transform"));
        Assert.That(() => new STFTSpectrogram("loud"), Throws.ArgumentException.With.Message.Contains("\"angle\""));
        Assert.That(() => new STFTSpectrogram(frameLength: 8, frameStep: 9), Throws.ArgumentException.With.Message.Contains("frame_step"));
        Assert.That(() => new STFTSpectrogram(frameLength: 8, fftLength: 4), Throws.ArgumentException.With.Message.Contains("fft_length"));
        Assert.That(() => new STFTSpectrogram(window: "square"), Throws.ArgumentException.With.Message.Contains("\"hamming\""));
        Assert.That(() => new STFTSpectrogram().Apply(Ops.Ones([1, 300, 1], DType.Int32)), Throws.ArgumentException.With.Message.Contains("floating"));
    }
}
