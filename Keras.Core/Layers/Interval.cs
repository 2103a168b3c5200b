namespace Keras;

/// <summary>Two bounds, between which a number is drawn; or a number alone, from which an argument makes bounds. Numbers and pairs convert implicitly.</summary>
public readonly record struct Interval
{
    Interval(double low, double high, bool isNumber) => (Low, High, IsNumber) = (low, high, isNumber);

    /// <summary>The lower bound, or the number.</summary>
    public double Low { get; }

    /// <summary>The upper bound, or the number.</summary>
    public double High { get; }

    /// <summary>Whether this was given as a number, whose meaning is the argument's.</summary>
    internal bool IsNumber { get; }

#pragma warning disable CA2225 // A conversion needs no named twin where a literal is meant.
    /// <summary>A number alone.</summary>
    public static implicit operator Interval(double value) => new(value, value, true);

    /// <summary>Both bounds.</summary>
    public static implicit operator Interval((double Low, double High) bounds) => new(bounds.Low, bounds.High, false);
#pragma warning restore CA2225

    /// <summary>Both bounds, from a list of two.</summary>
    internal static Interval Of(ReadOnlySpan<double> bounds) => bounds.Length == 2 ? (bounds[0], bounds[1])
        : throw Errors.Argument("config", "an interval has two bounds", 2, bounds.Length);

    /// <summary>Bounds within limits; a number f means −f to f.</summary>
    internal Interval Around(string who, string what, double least, double most) =>
        Within(who, what, least, most, IsNumber ? (Math.Max(-Math.Abs(High), least), Math.Abs(High)) : this);

    /// <summary>Bounds within limits; a number means those from the least one on.</summary>
    internal Interval Upto(string who, string what, double most = 1, double least = 0) => Within(who, what, least, most, IsNumber ? (least, High) : this);

    /// <summary>Bounds within limits; a number means itself.</summary>
    internal Interval Alone(string who, string what, double least, double most) => Within(who, what, least, most, (Low, High));

    /// <summary>The lowest and the highest value of pixels.</summary>
    internal Interval Range(string who) => !IsNumber && Low < High ? this
        : throw Errors.Argument(who, "value_range is no range", "the lowest and the highest value", this);

    static Interval Within(string who, string what, double least, double most, Interval bounds) =>
        bounds.Low >= least && bounds.High <= most && bounds.Low <= bounds.High ? bounds
            : throw Errors.Argument(who, $"{what} is out of range", $"a number or two rising ones within [{least}, {most}]", bounds);

    /// <summary>The number or both.</summary>
    public override string ToString() => IsNumber ? $"{High}" : $"({Low}, {High})";
}
