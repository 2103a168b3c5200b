using System.Globalization;

namespace Keras;

/// <summary>An 8-bit floating-point number of 5 exponent and 2 mantissa bits, the upper half of a <see cref="Half"/>: what is scaled gradients. Arithmetic goes by way of <see cref="float"/>.</summary>
public readonly struct Float8E5M2 : IEquatable<Float8E5M2>, IFormattable
{
    Float8E5M2(byte bits) => Bits = bits;

    /// <summary>The 8 bits of the number: sign, exponent, mantissa, from the most significant bit down.</summary>
    public byte Bits { get; }

    /// <summary>The largest finite value, 57344.</summary>
    public static Float8E5M2 MaxValue => new(0x7B);

    /// <summary>Makes a number from its bits.</summary>
    /// <param name="bits">Sign, exponent and mantissa, from the most significant bit down.</param>
    public static Float8E5M2 FromBits(byte bits) => new(bits);

    /// <summary>Rounds to the nearest value, ties to even.</summary>
    /// <param name="value">The number to round; beyond the finite range it becomes an infinity, NaN stays NaN.</param>
    public static explicit operator Float8E5M2(double value) => new(Float8.Encode(value, 2, 15, 0x7C));

    /// <summary>Widens to <see cref="float"/>, exactly.</summary>
    /// <param name="value">The number to widen.</param>
    public static implicit operator float(Float8E5M2 value) => Float8.Decode(value.Bits, 2, 15, 0x7C);

    /// <summary>Tells whether two numbers are equal; NaN equals nothing, and zeros of either sign are equal.</summary>
    /// <param name="left">The first number.</param>
    /// <param name="right">The second number.</param>
    public static bool operator ==(Float8E5M2 left, Float8E5M2 right) => (float)left == right;

    /// <summary>Tells whether two numbers differ.</summary>
    /// <param name="left">The first number.</param>
    /// <param name="right">The second number.</param>
    public static bool operator !=(Float8E5M2 left, Float8E5M2 right) => !(left == right);

    /// <inheritdoc/>
    public bool Equals(Float8E5M2 other) => ((float)this).Equals(other);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Float8E5M2 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => ((float)this).GetHashCode();

    /// <summary>Formats the number as its <see cref="float"/> value, in the invariant culture.</summary>
    public override string ToString() => ToString(null, CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ((float)this).ToString(format, formatProvider);
}
