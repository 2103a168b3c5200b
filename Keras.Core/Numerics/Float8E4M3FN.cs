using System.Globalization;

namespace Keras;

/// <summary>An 8-bit floating-point number of 4 exponent and 3 mantissa bits without infinities: what is scaled weights and activations. Arithmetic goes by way of <see cref="float"/>.</summary>
public readonly struct Float8E4M3FN : IEquatable<Float8E4M3FN>, IFormattable
{
    Float8E4M3FN(byte bits) => Bits = bits;

    /// <summary>The 8 bits of the number: sign, exponent, mantissa, from the most significant bit down.</summary>
    public byte Bits { get; }

    /// <summary>The largest finite value, 448.</summary>
    public static Float8E4M3FN MaxValue => new(0x7E);

    /// <summary>Makes a number from its bits.</summary>
    /// <param name="bits">Sign, exponent and mantissa, from the most significant bit down.</param>
    public static Float8E4M3FN FromBits(byte bits) => new(bits);

    /// <summary>Rounds to the nearest value, ties to even.</summary>
    /// <param name="value">The number to round; beyond the finite range it becomes NaN, NaN stays NaN.</param>
    public static explicit operator Float8E4M3FN(double value) => new(Float8.Encode(value, 3, 7, 0x7F));

    /// <summary>Widens to <see cref="float"/>, exactly.</summary>
    /// <param name="value">The number to widen.</param>
    public static implicit operator float(Float8E4M3FN value) => Float8.Decode(value.Bits, 3, 7, 0x7F);

    /// <summary>Tells whether two numbers are equal; NaN equals nothing, and zeros of either sign are equal.</summary>
    /// <param name="left">The first number.</param>
    /// <param name="right">The second number.</param>
    public static bool operator ==(Float8E4M3FN left, Float8E4M3FN right) => (float)left == right;

    /// <summary>Tells whether two numbers differ.</summary>
    /// <param name="left">The first number.</param>
    /// <param name="right">The second number.</param>
    public static bool operator !=(Float8E4M3FN left, Float8E4M3FN right) => !(left == right);

    /// <inheritdoc/>
    public bool Equals(Float8E4M3FN other) => ((float)this).Equals(other);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Float8E4M3FN other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => ((float)this).GetHashCode();

    /// <summary>Formats the number as its <see cref="float"/> value, in the invariant culture.</summary>
    public override string ToString() => ToString(null, CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ((float)this).ToString(format, formatProvider);
}
