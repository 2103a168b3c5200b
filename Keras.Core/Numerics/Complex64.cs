using System.Globalization;
using System.Numerics;

namespace Keras;

/// <summary>A complex number of two <see cref="float"/>: an element of <see cref="DType.Complex64"/>, as
/// <see cref="Complex"/> is one of <see cref="DType.Complex128"/>. Arithmetic goes by way of <see cref="Complex"/>.</summary>
public readonly struct Complex64 : IEquatable<Complex64>, IFormattable
{
    /// <summary>Makes a number of its parts.</summary>
    /// <param name="real">The real part.</param>
    /// <param name="imaginary">The imaginary part. Default 0.</param>
    public Complex64(float real, float imaginary = 0) => (Real, Imaginary) = (real, imaginary);

    /// <summary>The real part.</summary>
    public float Real { get; }

    /// <summary>The imaginary part.</summary>
    public float Imaginary { get; }

    /// <summary>Widens both parts, exactly.</summary>
    /// <param name="value">The number to widen.</param>
    public static implicit operator Complex(Complex64 value) => new(value.Real, value.Imaginary);

    /// <summary>Rounds both parts to the nearest <see cref="float"/>.</summary>
    /// <param name="value">The number to round.</param>
    public static explicit operator Complex64(Complex value) => new((float)value.Real, (float)value.Imaginary);

    /// <summary>The real number, rounded to the nearest <see cref="float"/>.</summary>
    /// <param name="value">The number to round.</param>
    public static explicit operator Complex64(double value) => new((float)value);

    /// <summary>Tells whether two numbers are equal: both parts are, and none is NaN.</summary>
    /// <param name="left">The first number.</param>
    /// <param name="right">The second number.</param>
    /// <returns><see langword="true"/> if they are equal.</returns>
    public static bool operator ==(Complex64 left, Complex64 right) => left.Real == right.Real && left.Imaginary == right.Imaginary;

    /// <summary>Tells whether two numbers differ.</summary>
    /// <param name="left">The first number.</param>
    /// <param name="right">The second number.</param>
    /// <returns><see langword="true"/> if a part differs or is NaN.</returns>
    public static bool operator !=(Complex64 left, Complex64 right) => !(left == right);

    /// <inheritdoc/>
    public bool Equals(Complex64 other) => Real.Equals(other.Real) && Imaginary.Equals(other.Imaginary);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Complex64 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Real, Imaginary);

    /// <summary>Formats the number as <see cref="Complex"/> does, in the invariant culture.</summary>
    /// <returns>The number as text.</returns>
    public override string ToString() => ToString(null, CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ((Complex)this).ToString(format, formatProvider);
}
