using System.Collections;
using System.Runtime.CompilerServices;

namespace Keras;

/// <summary>One integer or a list of them, compared by value: axes, strides, sizes. A number converts implicitly.</summary>
[CollectionBuilder(typeof(Axes), nameof(Create))]
public readonly struct Axes : IEquatable<Axes>, IEnumerable<int>
{
    readonly int[]? _values;

    Axes(int[] values, bool isNumber = false) => (_values, IsNumber) = (values, isNumber);

    /// <summary>Whether this was given as a number, not as a list, and is written as one.</summary>
    internal bool IsNumber { get; }

    // Sizes and steps of windows: what is computed of them stays within an int or is checked.
    const int MaxStep = 1 << 24;

    /// <summary>How many there are.</summary>
    public int Count => _values?.Length ?? 0;

    /// <summary>The value at an index.</summary>
    public int this[int index] => _values![index];

    /// <summary>All values.</summary>
    public ReadOnlySpan<int> Span => _values;

    /// <summary>Makes a list.</summary>
    public static Axes Create(ReadOnlySpan<int> values) => new(values.ToArray());

    /// <summary>A list of one.</summary>
    public static implicit operator Axes(int value) => new([value], isNumber: true);

    /// <summary>A list of two.</summary>
    public static implicit operator Axes((int, int) values) => new([values.Item1, values.Item2]);

    /// <summary>A list of three.</summary>
    public static implicit operator Axes((int, int, int) values) => new([values.Item1, values.Item2, values.Item3]);

    /// <summary>Two pairs as a list of four.</summary>
    public static implicit operator Axes(((int, int), (int, int)) values) =>
        new([values.Item1.Item1, values.Item1.Item2, values.Item2.Item1, values.Item2.Item2]);

    /// <summary>The array as a list.</summary>
    public static implicit operator Axes(int[] values) => Create(values);

    /// <summary>The values, or the one value repeated, for a number of dimensions.</summary>
    /// <exception cref="ArgumentException">There are neither 1 nor <paramref name="count"/> values, or one is below the least.</exception>
    internal Axes Expand(int count, string who, string name, int least = 1)
    {
        if (Count != 1 && Count != count)
            throw Errors.Argument(who, $"{name} has a wrong number of values", $"1 or {count}", this);
        foreach (var value in this)
            if (value < least || value > MaxStep) throw Errors.Argument(who, $"{name} is too {(value < least ? "small" : "large")}", $"{least} or more, at most {MaxStep}", this);
        return Count == count ? new Axes(_values!) : new Axes(Enumerable.Repeat(this[0], count).ToArray());
    }

    /// <summary>The axes of a shape that these name, in rising order, each once.</summary>
    /// <exception cref="ArgumentException">An axis is out of range or named twice.</exception>
    internal Axes Of(Shape shape, string who)
    {
        var found = new SortedSet<int>();
        foreach (var axis in this)
            if (!found.Add(shape.Axis(axis, who)))
                throw Errors.Argument(who, "an axis is named twice", "each axis once", this);
        return new Axes([.. found]);
    }

    /// <summary>All axes of a shape.</summary>
    internal static Axes All(Shape shape) => new(Enumerable.Range(0, shape.Rank).ToArray());

    /// <summary>Whether the value is in the list.</summary>
    public bool Contains(int value) => Span.Contains(value);

    /// <inheritdoc/>
    public bool Equals(Axes other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Axes other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var value in Span) hash.Add(value);
        return hash.ToHashCode();
    }

    /// <summary>Whether two lists are equal.</summary>
    public static bool operator ==(Axes a, Axes b) => a.Equals(b);

    /// <summary>Whether two lists differ.</summary>
    public static bool operator !=(Axes a, Axes b) => !a.Equals(b);

    /// <inheritdoc/>
    public override string ToString() => $"({string.Join(", ", Span.ToArray())})";

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)(_values ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
