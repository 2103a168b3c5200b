namespace Keras;

/// <summary>What a feature holds for each sample: strings, or numbers. Arrays of strings or numbers, tensors and <see cref="StringArray"/> convert
/// implicitly.</summary>
public sealed class Column
{
    Column(StringArray? strings, Tensor? numbers) => (Strings, Numbers) = (strings, numbers);

    /// <summary>The strings, where it holds those.</summary>
    public StringArray? Strings { get; }

    /// <summary>The numbers, where it holds those.</summary>
    public Tensor? Numbers { get; }

    /// <summary>The shape.</summary>
    public Shape Shape => Strings?.Shape ?? Numbers!.Shape;

    /// <summary>Strings.</summary>
    public static Column Of(StringArray strings) => new(strings ?? throw new ArgumentNullException(nameof(strings)), null);

    /// <summary>Numbers.</summary>
    public static Column Of(Tensor numbers) => new(null, numbers ?? throw new ArgumentNullException(nameof(numbers)));

#pragma warning disable CA2225 // The named twin is Of.
    /// <summary>Strings.</summary>
    public static implicit operator Column(StringArray strings) => Of(strings);

    /// <summary>Numbers.</summary>
    public static implicit operator Column(Tensor numbers) => Of(numbers);

    /// <summary>One string.</summary>
    public static implicit operator Column(string value) => Of((StringArray)value);

    /// <summary>One integer.</summary>
    public static implicit operator Column(long value) => Of(Tensor.Of([value], Shape.Scalar));

    /// <summary>One number.</summary>
    public static implicit operator Column(double value) => Of(Tensor.Of([value], Shape.Scalar));

    /// <summary>A .NET array of strings or of numbers.</summary>
    public static implicit operator Column(Array values) =>
        values is string[] or string[,] or string[,,] or string[][]? Of(StringArray.Of(values)) : Of(Tensor.Of(values));
#pragma warning restore CA2225

    /// <summary>What it holds.</summary>
    public override string ToString() => Strings?.ToString() ?? Numbers!.ToString();
}
