using System.Globalization;

namespace Keras;

/// <summary>
/// A 16-bit brain floating-point number: the upper half of a <see cref="float"/>, with 8 exponent bits and 7 stored
/// mantissa bits.
/// </summary>
/// <remarks>
/// It has the range of <see cref="float"/> at two to three significant decimal digits. Arithmetic goes by way of
/// <see cref="float"/>.
/// </remarks>
public readonly struct BFloat16 : IEquatable<BFloat16>, IComparable<BFloat16>, IComparable, IFormattable
{
    const ushort QuietNaN = 0x7FC0;

    readonly ushort _bits;

    BFloat16(ushort bits) => _bits = bits;

    /// <summary>The 16 bits of the number: sign, exponent, mantissa, from the most significant bit down.</summary>
    public ushort Bits => _bits;

    /// <summary>The smallest finite value, about -3.39e38.</summary>
    public static BFloat16 MinValue => new(0xFF7F);

    /// <summary>The largest finite value, about 3.39e38.</summary>
    public static BFloat16 MaxValue => new(0x7F7F);

    /// <summary>The smallest positive (subnormal) value, about 9.18e-41.</summary>
    public static BFloat16 Epsilon => new(1);

    /// <summary>Not a number.</summary>
    public static BFloat16 NaN => new(QuietNaN);

    /// <summary>Positive infinity.</summary>
    public static BFloat16 PositiveInfinity => new(0x7F80);

    /// <summary>Negative infinity.</summary>
    public static BFloat16 NegativeInfinity => new(0xFF80);

    /// <summary>Makes a number from its bits.</summary>
    /// <param name="bits">Sign, exponent and mantissa, from the most significant bit down.</param>
    /// <returns>The number with these bits.</returns>
    public static BFloat16 FromBits(ushort bits) => new(bits);

    /// <summary>Tells whether a value is not a number.</summary>
    /// <param name="value">The value to test.</param>
    /// <returns><see langword="true"/> if <paramref name="value"/> is not a number.</returns>
    public static bool IsNaN(BFloat16 value) => (value._bits & 0x7FFF) > 0x7F80;

    /// <summary>Rounds a <see cref="float"/> to the nearest value, ties to even.</summary>
    /// <param name="value">The number to round; beyond the finite range it becomes an infinity, NaN stays NaN.</param>
    public static explicit operator BFloat16(float value) => new(Round(BitConverter.SingleToUInt32Bits(value)));

    /// <summary>Rounds a <see cref="double"/> to the nearest value, ties to even, in one rounding.</summary>
    /// <param name="value">The number to round; beyond the finite range it becomes an infinity, NaN stays NaN.</param>
    public static explicit operator BFloat16(double value)
    {
        var single = (float)value;
        var bits = BitConverter.SingleToUInt32Bits(single);
        if (single != value && !double.IsNaN(value))
        {
            // Rounding to odd first keeps the second rounding from seeing a false tie.
            if (Math.Abs((double)single) > Math.Abs(value)) bits--;
            bits |= 1;
        }

        return new(Round(bits));
    }

    /// <summary>Widens to <see cref="float"/>, exactly.</summary>
    /// <param name="value">The number to widen.</param>
    public static implicit operator float(BFloat16 value) => BitConverter.UInt32BitsToSingle((uint)value._bits << 16);

    /// <summary>Tells whether two numbers are equal; NaN equals nothing, and zeros of either sign are equal.</summary>
    /// <param name="left">The first number.</param>
    /// <param name="right">The second number.</param>
    /// <returns><see langword="true"/> if they are equal.</returns>
    public static bool operator ==(BFloat16 left, BFloat16 right) => (float)left == right;

    /// <summary>Tells whether two numbers differ.</summary>
    /// <param name="left">The first number.</param>
    /// <param name="right">The second number.</param>
    /// <returns><see langword="true"/> if they differ or one is NaN.</returns>
    public static bool operator !=(BFloat16 left, BFloat16 right) => !(left == right);

    /// <summary>Tells whether the first number is less than the second.</summary>
    /// <param name="left">The first number.</param>
    /// <param name="right">The second number.</param>
    /// <returns><see langword="true"/> if <paramref name="left"/> is less.</returns>
    public static bool operator <(BFloat16 left, BFloat16 right) => (float)left < right;

    /// <summary>Tells whether the first number is greater than the second.</summary>
    /// <param name="left">The first number.</param>
    /// <param name="right">The second number.</param>
    /// <returns><see langword="true"/> if <paramref name="left"/> is greater.</returns>
    public static bool operator >(BFloat16 left, BFloat16 right) => (float)left > right;

    /// <summary>Tells whether the first number is less than or equal to the second.</summary>
    /// <param name="left">The first number.</param>
    /// <param name="right">The second number.</param>
    /// <returns><see langword="true"/> if <paramref name="left"/> is less or equal.</returns>
    public static bool operator <=(BFloat16 left, BFloat16 right) => (float)left <= right;

    /// <summary>Tells whether the first number is greater than or equal to the second.</summary>
    /// <param name="left">The first number.</param>
    /// <param name="right">The second number.</param>
    /// <returns><see langword="true"/> if <paramref name="left"/> is greater or equal.</returns>
    public static bool operator >=(BFloat16 left, BFloat16 right) => (float)left >= right;

    /// <inheritdoc/>
    public bool Equals(BFloat16 other) => ((float)this).Equals(other);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is BFloat16 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => ((float)this).GetHashCode();

    /// <inheritdoc/>
    public int CompareTo(BFloat16 other) => ((float)this).CompareTo(other);

    /// <inheritdoc/>
    public int CompareTo(object? obj) => obj switch
    {
        null => 1,
        BFloat16 other => CompareTo(other),
        _ => throw new ArgumentException($"Expected: BFloat16. Received: {obj.GetType().Name}.", nameof(obj)),
    };

    /// <summary>Formats the number as its <see cref="float"/> value, in the invariant culture.</summary>
    /// <returns>The number as text.</returns>
    public override string ToString() => ToString(null, CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) =>
        ((float)this).ToString(format, formatProvider);

    static ushort Round(uint bits) => (bits & 0x7FFFFFFF) > 0x7F800000
        ? (ushort)((bits >> 16) | 0x0040)
        : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}
