namespace Keras.Initializers;

/// <summary>Filters (window, 1, frequencies) that compute one side of a short-time Fourier transform by a convolution, as <c>keras.initializers.STFT</c>.</summary>
public sealed class STFT : Initializer
{
    /// <summary>Chooses the side and the window.</summary>
    /// <param name="side">"real" or "imag".</param>
    /// <param name="window">"hann", "hamming", a vector of the window's length, or <see cref="SignalWindow.None"/>. Default "hann".</param>
    /// <param name="scaling">What the window is divided by. Default density.</param>
    /// <param name="periodic">Whether the window is one sample short of its symmetric form.</param>
    /// <exception cref="ArgumentException">The side is another one.</exception>
    public STFT(string side = "real", SignalWindow window = default, WindowScaling scaling = default, bool periodic = false) =>
        (Side, Window, Scaling, Periodic) = (Choice.Check("side", side, "real", "imag"), window, scaling, periodic);

    /// <summary>"real" or "imag".</summary>
    public string Side { get; }

    /// <summary>How the samples of a window count.</summary>
    public SignalWindow Window { get; }

    /// <summary>What the window is divided by.</summary>
    public WindowScaling Scaling { get; }

    /// <summary>Whether the window is one sample short of its symmetric form.</summary>
    public bool Periodic { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The shape is no (window, 1, frequencies), or the window has another length.</exception>
    public override Tensor Apply(Shape shape, DType? dtype = null)
    {
        if (shape.Rank != 3 || shape[1] != 1) throw Errors.Argument(nameof(STFT), "the shape is not that of such filters", "(window, 1, frequencies)", shape);
        var (length, frequencies) = (shape[0], shape[2]);
        HostData.Check(nameof(STFT), (long)length * frequencies * sizeof(double));
        var window = Window.Values(length, Periodic, nameof(STFT))?.ToDoubles();
        var scale = window is null ? 1 : Scaling.Of(window);
        var values = new double[Shape.Dim((long)length * frequencies)];
        for (var i = 0; i < values.Length; i++)
        {
            var (time, frequency) = Math.DivRem(i, frequencies);
            var (sin, cos) = frequencies == 1 ? (0, 1) : Math.SinCos(2 * Math.PI * ((long)time * frequency % (2 * (frequencies - 1))) / (2 * (frequencies - 1)));
            values[i] = (Side == "real" ? cos : -sin) * (window is null ? 1 : window[time] / scale);
        }
        return Ops.Cast(Tensor.Of(values, shape), dtype ?? Config.Floatx);
    }
}
