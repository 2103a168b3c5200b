namespace Keras;

public static partial class Ops
{
    /// <summary>Bartlett's window: a triangle from 0 to 1 to 0.</summary>
    /// <param name="x">How many points.</param>
    /// <returns>A vector in <see cref="Config.Floatx"/>.</returns>
    /// <exception cref="ArgumentException">There are fewer than 0 points.</exception>
    public static Tensor Bartlett(int x) => Window(x, "bartlett", t => 1 - Math.Abs((2 * t) - 1));

    /// <summary>Blackman's window: three terms of cosines.</summary>
    /// <inheritdoc cref="Bartlett(int)"/>
    public static Tensor Blackman(int x) =>
        Window(x, "blackman", t => 0.42 - (0.5 * Math.Cos(2 * Math.PI * t)) + (0.08 * Math.Cos(4 * Math.PI * t)));

    /// <summary>Hamming's window: a raised cosine that ends above 0.</summary>
    /// <inheritdoc cref="Bartlett(int)"/>
    public static Tensor Hamming(int x) => Window(x, "hamming", t => 0.54 - (0.46 * Math.Cos(2 * Math.PI * t)));

    /// <summary>Hann's window: a raised cosine that ends at 0.</summary>
    /// <inheritdoc cref="Bartlett(int)"/>
    public static Tensor Hanning(int x) => Window(x, "hanning", t => 0.5 - (0.5 * Math.Cos(2 * Math.PI * t)));

    /// <summary>Kaiser's window, of Bessel functions.</summary>
    /// <inheritdoc cref="Bartlett(int)"/>
    /// <param name="x">How many points.</param>
    /// <param name="beta">The form: 0 a rectangle, the higher the narrower.</param>
    public static Tensor Kaiser(int x, double beta) =>
        Window(x, "kaiser", t => BesselI0(beta * Math.Sqrt(Math.Max(0, 4 * t * (1 - t)))) / BesselI0(beta));

    /// <inheritdoc cref="Bartlett(int)"/>
    public static Tensor Bartlett(Tensor x) => Bartlett(LengthOf(x, "bartlett"));

    /// <inheritdoc cref="Blackman(int)"/>
    public static Tensor Blackman(Tensor x) => Blackman(LengthOf(x, "blackman"));

    /// <inheritdoc cref="Hamming(int)"/>
    public static Tensor Hamming(Tensor x) => Hamming(LengthOf(x, "hamming"));

    /// <inheritdoc cref="Hanning(int)"/>
    public static Tensor Hanning(Tensor x) => Hanning(LengthOf(x, "hanning"));

    /// <inheritdoc cref="Kaiser(int, double)"/>
    public static Tensor Kaiser(Tensor x, Tensor beta)
    {
        ArgumentNullException.ThrowIfNull(beta);
        return Kaiser(LengthOf(x, "kaiser"), beta.Item());
    }

    static int LengthOf(Tensor x, string who)
    {
        var points = x.Item();
        return points == Math.Floor(points) && points <= int.MaxValue ? (int)points : throw Errors.Argument(who, "the number of points is not whole", "an integer", points);
    }

    /// <summary>A function of the way from 0 to 1 in equal steps; a single point is 1.</summary>
    static Tensor Window(int points, string who, Func<double, double> at)
    {
        if (points < 0) throw Errors.Argument(who, "there are too few points", "0 or more", points);
        HostData.Check(who, (long)points * sizeof(double));
        var values = new double[points];
        for (var i = 0; i < points; i++) values[i] = points == 1 ? 1 : at((double)i / (points - 1));
        return Cast(Tensor.Of(values, [points]), Config.Floatx);
    }

    // The power series, until a term no longer counts; all terms are positive.
    static double BesselI0(double x)
    {
        var (sum, term) = (1.0, 1.0);
        for (var k = 1; term > sum * 1e-17; k++)
        {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }
        return sum;
    }
}
