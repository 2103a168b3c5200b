using System.Collections;
using System.Runtime.CompilerServices;

namespace Keras;

/// <summary>Strings in a shape, row-major: what layers for text take, and give where they go back to text. A string, an array of strings of up to
/// three dimensions and a jagged array convert implicitly. There are no tensors of strings.</summary>
[CollectionBuilder(typeof(StringArray), nameof(Create))]
public sealed class StringArray : IReadOnlyList<string>
{
    readonly string[] _values;

    StringArray(string[] values, Shape shape)
    {
        if (Array.IndexOf(values, null) is >= 0 and var at) throw Errors.Argument("StringArray", "there is a null", "strings", $"null at {at}");
        (_values, Shape) = (values, shape);
    }

    /// <summary>The shape.</summary>
    public Shape Shape { get; }

    /// <summary>The number of strings.</summary>
    public int Count => _values.Length;

    /// <summary>The string at an index, counted row by row.</summary>
    public string this[int index] => _values[index];

    /// <summary>A vector of strings.</summary>
    public static StringArray Create(ReadOnlySpan<string> values) => new(values.ToArray(), [values.Length]);

    /// <summary>Strings in a shape, row-major.</summary>
    /// <exception cref="ArgumentException">The number of strings is not that of the shape, or one is <c>null</c>.</exception>
    public static StringArray Of(IEnumerable<string> values, Shape shape)
    {
        string[] all = [.. values];
        if (!shape.IsKnown || shape.Size != all.Length)
            throw Errors.Argument("StringArray", "the number of strings does not fit the shape", shape, $"{all.Length} strings");
        return new StringArray(all, shape);
    }

    /// <summary>A .NET array of strings of any rank, or a jagged one whose parts are of one length.</summary>
    /// <exception cref="ArgumentException">The elements are not strings, one is <c>null</c>, or the parts differ in length.</exception>
    public static StringArray Of(Array values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values is Array[] { Length: > 0 } parts) return Stack([.. parts.Select(Of)]);
        if (values.GetType().GetElementType() != typeof(string))
            throw Errors.Argument("StringArray", "the elements are not strings", "strings", values.GetType().GetElementType()!.Name);
        return new StringArray([.. values.Cast<string>()], Shape.Of([.. Enumerable.Range(0, values.Rank).Select(values.GetLength)]));
    }

    static StringArray Stack(StringArray[] parts)
    {
        if (parts.FirstOrDefault(p => p.Shape != parts[0].Shape) is { } other)
            throw Errors.Argument("StringArray", "the parts of a jagged array differ", parts[0].Shape, other.Shape);
        return new StringArray([.. parts.SelectMany(p => p)], Shape.Of(parts.Length).Append(parts[0].Shape));
    }

#pragma warning disable CA2225 // The named twins are Of and Create.
    /// <summary>One string, of no dimensions.</summary>
    public static implicit operator StringArray(string value) => new([value], Shape.Scalar);

    /// <summary>A vector of strings.</summary>
    public static implicit operator StringArray(string[] values) => Of(values);

    /// <summary>A matrix of strings.</summary>
    public static implicit operator StringArray(string[,] values) => Of(values);

    /// <summary>Strings in three dimensions.</summary>
    public static implicit operator StringArray(string[,,] values) => Of(values);

    /// <summary>A matrix of strings; its rows are of one length.</summary>
    public static implicit operator StringArray(string[][] values) => Of(values);
#pragma warning restore CA2225

    /// <summary>The strings as an array, row by row.</summary>
    public string[] ToArray() => [.. _values];

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)_values).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Shape and first strings.</summary>
    public override string ToString() => $"strings {Shape} [{string.Join(", ", _values.Take(8))}{(_values.Length > 8 ? ", …" : "")}]";
}
