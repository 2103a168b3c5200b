namespace Keras.Kernels.Cpu.Transforms;

/// <summary>Roots of unity, to the last digit of double precision.</summary>
internal static class Roots
{
    /// <summary>e^(-2πi·part/whole), with the angle brought into the first eighth by whole numbers.</summary>
    internal static (double Re, double Im) Of(long part, long whole)
    {
        part %= whole;
        var eighth = 8 * part / whole;
        // Sine and cosine within 45 degrees of the nearest axis.
        var quarter = (eighth + 1) / 2;
        var (sin, cos) = Math.SinCos(Math.PI * ((4 * part) - (quarter * whole)) / (2.0 * whole));
        return (quarter % 4) switch
        {
            0 => (cos, -sin),
            1 => (-sin, -cos),
            2 => (-cos, sin),
            _ => (sin, cos),
        };
    }
}
