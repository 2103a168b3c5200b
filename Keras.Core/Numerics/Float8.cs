namespace Keras;

/// <summary>How 8-bit floating-point numbers are written: a sign, an exponent with a bias, and the rest a mantissa.</summary>
static class Float8
{
    const byte Sign = 0x80, NaN = 0x7F;

    /// <param name="value">The number to round to the nearest, ties to even.</param>
    /// <param name="mantissa">How many bits the mantissa has.</param>
    /// <param name="bias">Of the exponent.</param>
    /// <param name="beyond">The code of all that is too large; the finite ones are below it.</param>
    internal static byte Encode(double value, int mantissa, int bias, byte beyond)
    {
        var sign = double.IsNegative(value) ? Sign : (byte)0;
        if (double.IsNaN(value)) return (byte)(sign | NaN);
        var magnitude = Math.Min(Math.Abs(value), 1e6);
        var exponent = Math.Max(Math.ILogB(magnitude), 1 - bias);
        // The first bit of the mantissa is not written; where it is missing, the exponent is the least.
        var code = ((exponent + bias - 1) << mantissa) + (int)Math.Round(Math.ScaleB(magnitude, mantissa - exponent), MidpointRounding.ToEven);
        return (byte)(sign | Math.Min(code, beyond));
    }

    internal static float Decode(byte bits, int mantissa, int bias, byte beyond)
    {
        var code = bits & ~Sign;
        var (exponent, fraction) = (code >> mantissa, code & ((1 << mantissa) - 1));
        var magnitude = code > beyond || code == NaN ? float.NaN
            : code == beyond ? float.PositiveInfinity
            : exponent == 0 ? MathF.ScaleB(fraction, 1 - bias - mantissa)
            : MathF.ScaleB(fraction + (1 << mantissa), exponent - bias - mantissa);
        return bits >= Sign ? -magnitude : magnitude;
    }
}
