using System.Collections;
using System.Runtime.CompilerServices;

namespace Keras.Metrics;

/// <summary>Where predictions are cut: one above a threshold is a yes. Converts from a number and from a list of numbers.</summary>
[CollectionBuilder(typeof(Thresholds), nameof(Create))]
public sealed class Thresholds : IReadOnlyList<double>
{
    readonly double[] _values;

    Thresholds(double[] values, bool isNumber)
    {
        if (values.Length == 0) throw Errors.Argument("thresholds", "there are none", "one or more", "an empty list");
        foreach (var value in values)
            if (!(value >= 0 && value <= 1)) throw Errors.Argument("thresholds", "a threshold is out of range", "numbers in [0, 1]", value);
        (_values, IsNumber) = (values, isNumber);
    }

    /// <summary>Whether a number was given, not a list.</summary>
    public bool IsNumber { get; }

    /// <inheritdoc/>
    public int Count => _values.Length;

    /// <inheritdoc/>
    public double this[int index] => _values[index];

    /// <summary>Makes a list.</summary>
    /// <exception cref="ArgumentException">There are none, or one is not in [0, 1].</exception>
    public static Thresholds Create(ReadOnlySpan<double> values) => new(values.ToArray(), isNumber: false);

#pragma warning disable CA2225 // Arguments are written as what they are; the class is never named.
    /// <summary>A single one.</summary>
    public static implicit operator Thresholds(double value) => new([value], isNumber: true);

    /// <summary>A list.</summary>
    public static implicit operator Thresholds(double[] values) => Create(values);
#pragma warning restore CA2225

    /// <inheritdoc/>
    public IEnumerator<double> GetEnumerator() => ((IEnumerable<double>)_values).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
