using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu.Elementwise;

internal readonly struct GammaCdf : IBinary, IRealScalarBinary
{
    public static Vector512<T> Apply<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged => Lanes.EachReal<GammaCdf, T>(x, y);

    static T IRealScalarBinary.Apply<T>(T x, T y) => T.CreateTruncating(GammaFunctions.Cdf(double.CreateTruncating(x), double.CreateTruncating(y)));
}

internal readonly struct GammaCdfByShape : IBinary, IRealScalarBinary
{
    public static Vector512<T> Apply<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged => Lanes.EachReal<GammaCdfByShape, T>(x, y);

    static T IRealScalarBinary.Apply<T>(T x, T y) => T.CreateTruncating(GammaFunctions.CdfByShape(double.CreateTruncating(x), double.CreateTruncating(y)));
}

internal readonly struct GammaDensity : IBinary, IRealScalarBinary
{
    public static Vector512<T> Apply<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged => Lanes.EachReal<GammaDensity, T>(x, y);

    static T IRealScalarBinary.Apply<T>(T x, T y) => T.CreateTruncating(GammaFunctions.Density(double.CreateTruncating(x), double.CreateTruncating(y)));
}

internal readonly struct Digamma : IUnary, IRealScalar
{
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Lanes.Each<Digamma, T>(x);

    static T IRealScalar.Apply<T>(T x) => T.CreateTruncating(GammaFunctions.Digamma(double.CreateTruncating(x)));
}

// The incomplete gamma function of a shape a and a bound x: a series below x = a + 1, a continued fraction above (Abramowitz and Stegun, 6.5),
// and for large shapes, where both are long, Temme's uniform expansion (DLMF 8.12).
internal static class GammaFunctions
{
    const double LargeShape = 1e5;

    // From here on x^a is taken together with Γ(a + 1).
    const double Together = 20;

    static readonly double[] Order0 = [-1.0 / 3, 1.0 / 12, -2.0 / 135, 1.0 / 864, 1.0 / 2835, -139.0 / 777600];

    static readonly double[] Order1 = [-1.0 / 540, -1.0 / 288, 1.0 / 378, -77.0 / 77760];

    internal static double Cdf(double a, double x)
    {
        if (!(a >= 0 && x >= 0) || (a == 0 && x == 0) || (double.IsInfinity(a) && double.IsInfinity(x))) return double.NaN;
        if (x == 0 || double.IsInfinity(a)) return 0;
        if (a == 0 || double.IsInfinity(x)) return 1;
        if (a >= LargeShape) return Uniform(a, x);
        return x < a + 1 ? Weight(a, x) * Series(a, x).Sum : 1 - (Weight(a, x) * a / Fraction(a, x).Value);
    }

    internal static double Density(double a, double x)
    {
        if (!(a >= 0 && x >= 0)) return double.NaN;
        if (a == 0 || double.IsInfinity(a) || double.IsInfinity(x)) return 0;
        return x == 0 ? (a < 1 ? double.PositiveInfinity : a == 1 ? 1 : 0) : Weight(a, x) * a / x;
    }

    internal static double CdfByShape(double a, double x)
    {
        if (!(a > 0 && x >= 0)) return double.NaN;
        if (x == 0 || double.IsInfinity(a) || double.IsInfinity(x)) return 0;
        var exponent = a * Excess(x, a);
        // So far out the probability is that of the limit to every digit.
        if (exponent > (x > a ? 60 : 750)) return 0;
        if (a >= LargeShape) return UniformByShape(a, x, exponent);
        if (x < a + 1)
        {
            var (sum, sumByShape) = Series(a, x);
            return Weight(a, x) * (((Math.Log(x) - Digamma(a + 1)) * sum) + sumByShape);
        }
        var (value, byShape) = Fraction(a, x);
        return Weight(a, x) * a / value * ((byShape / value) + Digamma(a) - Math.Log(x));
    }

    internal static double Digamma(double x)
    {
        if (!(x > 0)) return double.NaN;
        var less = 0.0;
        for (; x < 10; x++) less += 1 / x;
        var z = 1 / (x * x);
        var series = z * ((1.0 / 12) - (z * ((1.0 / 120) - (z * ((1.0 / 252) - (z * ((1.0 / 240) - (z * ((1.0 / 132) - (z * 691 / 32760))))))))));
        return Math.Log(x) - (0.5 / x) - series - less;
    }

    // 1 + x / (a + 1) + x² / ((a + 1)(a + 2)) + … and its derivative for a.
    static (double Sum, double ByShape) Series(double a, double x)
    {
        double sum = 1, term = 1, byShape = 0, termByShape = 0;
        for (var k = 1; term > sum * 1e-17 || Math.Abs(termByShape) > Math.Abs(byShape) * 1e-17; k++)
        {
            var ratio = x / (a + k);
            termByShape = ratio * (termByShape - (term / (a + k)));
            term *= ratio;
            sum += term;
            byShape += termByShape;
        }
        return (sum, byShape);
    }

    // x + 1 - a + 1 (a - 1) / (x + 3 - a + 2 (a - 2) / (x + 5 - a + …)) and its derivative for a, from the far end.
    static (double Value, double ByShape) Fraction(double a, double x)
    {
        // At a whole number the fraction ends, but its derivative does not.
        var parts = Parts(Math.Floor(a) + 0.5, x);
        double value = x + 1 - a + (2.0 * parts), byShape = -1;
        for (var i = parts; i > 0; i--)
        {
            var numerator = i * (a - i);
            byShape = ((i - (numerator * byShape / value)) / value) - 1;
            value = x - 1 - a + (2.0 * i) + (numerator / value);
        }
        return (value, byShape);
    }

    // How many parts it takes until none counts any more, by Lentz's method.
    static int Parts(double a, double x)
    {
        var b = x + 1 - a;
        double c = b, d = 0;
        for (var i = 1; i < 10_000; i++)
        {
            var numerator = i * (a - i);
            b += 2;
            d = 1 / ((numerator * d) + b);
            c = b + (numerator / c);
            // The derivative takes a few more.
            if (Math.Abs((c * d) - 1) < 3e-16) return i + (i / 4) + 5;
        }
        return 10_000;
    }

    /// <summary>x^a exp(-x) / Γ(a + 1).</summary>
    static double Weight(double a, double x)
    {
        if (a >= Together) return Math.Exp(-(a * Excess(x, a)) - Stirling(a)) / Math.Sqrt(2 * Math.PI * a);
        return x > 1000 ? 0 : Math.Pow(x, a) * Math.Exp(-x) / Factorial(a);
    }

    /// <summary>x / a - 1 - log(x / a), without loss where x is near a.</summary>
    static double Excess(double x, double a)
    {
        var difference = (x - a) / a;
        if (Math.Abs(difference) > 0.5) return difference - Math.Log(x / a);
        var r = difference / (2 + difference);
        double power = r * r, sum = 0;
        for (var k = 3; k < 40; k += 2, power *= r * r) sum += power / k;
        return (2 * r * r / (1 - r)) - (2 * r * sum);
    }

    /// <summary>Γ(a + 1) for a below <see cref="Together"/>.</summary>
    static double Factorial(double a)
    {
        var product = 1.0;
        while (a < 10) product *= ++a;
        return Math.Sqrt(2 * Math.PI * a) * Math.Pow(a, a) * Math.Exp(-a) * Math.Exp(Stirling(a)) / product;
    }

    // What log Γ(a + 1) is above the leading terms of its expansion, from 10 on.
    static double Stirling(double a)
    {
        var z = 1 / (a * a);
        return ((1.0 / 12) - (z * ((1.0 / 360) - (z * ((1.0 / 1260) - (z * ((1.0 / 1680) - (z * ((1.0 / 1188) - (z * 691 / 360360)))))))))) / a;
    }

    static double Uniform(double a, double x)
    {
        var exponent = a * Excess(x, a);
        var y = Math.CopySign(Math.Sqrt(2 * exponent), x - a);
        var normal = 0.5 * DoubleMath.Erfc(Vector512.Create(-y / Math.Sqrt(2))).ToScalar();
        if (exponent > 750) return normal;
        var eta = y / Math.Sqrt(a);
        return normal - (Math.Exp(-exponent) / Math.Sqrt(2 * Math.PI * a) * (Value(Order0, eta) + (Value(Order1, eta) / a)));
    }

    static double UniformByShape(double a, double x, double exponent)
    {
        var (difference, root) = ((x - a) / a, Math.Sqrt(a));
        var y = Math.CopySign(Math.Sqrt(2 * exponent), x - a);
        var (eta, middle) = (y / root, Math.Abs(y) < 1e-7);
        var yByShape = middle ? -1 / root : -(difference - (exponent / a)) / y;
        var etaByShape = middle ? -1 / a : -difference / (a * eta);
        var (c, cByShape) = (Value(Order0, eta), Slope(Order0, eta) * etaByShape);
        return Math.Exp(-exponent) / Math.Sqrt(2 * Math.PI) * (yByShape + (((y * yByShape * c) + (c / (2 * a)) - cByShape) / root));
    }

    static double Value(double[] coefficients, double x)
    {
        var sum = 0.0;
        for (var i = coefficients.Length - 1; i >= 0; i--) sum = (sum * x) + coefficients[i];
        return sum;
    }

    static double Slope(double[] coefficients, double x)
    {
        var sum = 0.0;
        for (var i = coefficients.Length - 1; i > 0; i--) sum = (sum * x) + (i * coefficients[i]);
        return sum;
    }
}
