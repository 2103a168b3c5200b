namespace Keras.Layers;

/// <summary>The key of a hash: two unsigned integers. One number stands for twice the same.</summary>
/// <param name="First">The first half.</param>
/// <param name="Second">The second half.</param>
public readonly record struct Salt(ulong First, ulong Second)
{
#pragma warning disable CA2225 // The constructor is the named twin.
    /// <summary>The number for both halves.</summary>
    public static implicit operator Salt(ulong value) => new(value, value);

    /// <summary>Both halves.</summary>
    public static implicit operator Salt((ulong First, ulong Second) values) => new(values.First, values.Second);
#pragma warning restore CA2225

    internal (ulong First, ulong Second) Key => (First, Second);

    /// <summary>Both halves.</summary>
    public override string ToString() => $"[{First}, {Second}]";
}

/// <summary>A text or an integer: what stands for a masked place.</summary>
public readonly record struct Token
{
    Token(string? text, long number) => (Text, Number) = (text, number);

    /// <summary>The text, where it is one.</summary>
    public string? Text { get; }

    /// <summary>The integer, where it is one.</summary>
    public long Number { get; }

#pragma warning disable CA2225 // ToString tells what there is.
    /// <summary>A text.</summary>
    public static implicit operator Token(string text) => new(text ?? throw new ArgumentNullException(nameof(text)), 0);

    /// <summary>An integer.</summary>
    public static implicit operator Token(long number) => new(null, number);
#pragma warning restore CA2225

    /// <summary>The text, or the integer's digits.</summary>
    public override string ToString() => Text ?? Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
