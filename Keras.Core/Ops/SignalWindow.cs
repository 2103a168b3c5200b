namespace Keras;

/// <summary>How the samples of a window count. Converts from Keras's names, "hann" (the default) and "hamming", and from a vector.</summary>
public readonly record struct SignalWindow
{
    readonly string? _name;
    readonly Tensor? _values;

    SignalWindow(string? name, Tensor? values) => (_name, _values) = (name, values);

    /// <summary>All samples alike.</summary>
    public static SignalWindow None { get; } = new("none", null);

    /// <summary>Reads Keras's name.</summary>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static implicit operator SignalWindow(string name) => new(Choice.Check("window", name, "hann", "hamming"), null);

    /// <summary>Takes a vector.</summary>
    public static implicit operator SignalWindow(Tensor values) => new(null, values);

    /// <summary>The form in a config: a name, a vector, or nothing.</summary>
    internal object? Config => this == None ? null : _values is { } values ? values : _name ?? "hann";

    /// <summary>The name; "none", or "values" for a vector.</summary>
    public override string ToString() => Config switch
    {
        null => "none",
        string name => name,
        _ => "values",
    };

    /// <summary>The weights, with zeros on both sides up to the length of the transform; <c>null</c> where all are alike.</summary>
    internal Tensor? Weights(int length, int fftLength, DType dtype, string who)
    {
        if (Values(length, periodic: true, who) is not { } values) return null;
        var low = (fftLength - length) / 2;
        values = Ops.Cast(values, dtype);
        return fftLength == length ? values : Ops.Pad(values, [(low, fftLength - length - low)]);
    }

    /// <summary>The weights; <c>null</c> where all are alike. A periodic window is one sample short of its symmetric form.</summary>
    internal Tensor? Values(int length, bool periodic, string who)
    {
        if (this == None) return null;
        if (_values is { } given)
            return given.Shape == Shape.Of(length) ? given : throw Errors.Argument(who, "the window has another length", Shape.Of(length), given.Shape);
        var (peak, whole) = (_name == "hamming" ? 0.54 : 0.5, periodic ? length : length - 1);
        return Tensor.Of<double>([.. Enumerable.Range(0, length).Select(i => length == 1 ? 1 : peak - ((1 - peak) * Math.Cos(2 * Math.PI * i / whole)))], [length]);
    }
}

/// <summary>What a window is divided by. Converts from Keras's names; the default is density.</summary>
public readonly record struct WindowScaling
{
    readonly string? _name;

    WindowScaling(string name) => _name = name;

    /// <summary>The root of the sum of its squares.</summary>
    public static WindowScaling Density { get; }

    /// <summary>The sum of its magnitudes.</summary>
    public static WindowScaling Spectrum { get; } = new("spectrum");

    /// <summary>Nothing.</summary>
    public static WindowScaling None { get; } = new("none");

    /// <summary>Reads Keras's name.</summary>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static implicit operator WindowScaling(string name) => Choice.Check("scaling", name, "density", "spectrum") == "density" ? Density : Spectrum;

    /// <summary>The form in a config.</summary>
    internal string? Config => this == None ? null : _name ?? "density";

    /// <summary>The divisor of a window.</summary>
    internal double Of(double[] window) => this == None ? 1 : this == Spectrum ? window.Sum(Math.Abs) : Math.Sqrt(window.Sum(w => w * w));
}
