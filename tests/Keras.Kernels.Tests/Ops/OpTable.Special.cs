using System.Numerics;

namespace Keras.Kernels.Tests.Table;

using static Domains;

static partial class OpTable
{
    static IEnumerable<OpRow> Special() =>
    [
        Unary<Erfc>(Ops.Erfc, x => x < 0 ? 2 - Complement(-x) : Complement(x), Range(-4, 6)),
        Unary<BesselI0>(Ops.I0, x => Bessel(0, x), Range(-12, 12)),
        Unary<BesselI1>(x => new BesselI1().On(x), x => Bessel(1, x), Range(-12, 12)),
        Unary<Digamma>(x => new Digamma().On(x), References.Digamma, Range(0.2, 30)) with { Order = 0, Scale = Scale.Largest },
        Gamma<GammaCdf>(Ops.Gammainc, Cdf, Range(0.1, 30), Range(0.1, 40)) with { Order = 1 },
        Gamma<GammaDensity>((a, x) => new GammaDensity().On(a, x), Density, Range(0.1, 30), Range(0.1, 40)) with { Order = 1 },
        // Farther out the terms of the reference cancel.
        Gamma<GammaCdfByShape>((a, x) => new GammaCdfByShape().On(a, x), CdfByShape, Range(4, 30), Range(1, 12)) with { Order = 0 },
    ];

    static OpRow Gamma<T>(Func<Tensor, Tensor, Tensor> call, Func<double, double, double> reference, Domain a, Domain x) where T : Op =>
        Binary<T>(call, reference, a, x, DTypeRules.Floats, 64) with { Scale = Scale.Largest };

    static double Complement(double x) => x < 0.4 ? 1 - References.Erf(x) : References.Erfc(x);

    /// <summary>The modified Bessel function of a whole order: its series in fixed point, far out its expansion.</summary>
    static double Bessel(int order, double x)
    {
        var sign = x < 0 && order % 2 == 1 ? -1 : 1;
        if (Math.Abs(x) < 1e-20) return order == 0 ? 1 : x / 2;
        x = Math.Abs(x);
        if (!(x < 700)) return double.IsNaN(x) ? x : sign * double.PositiveInfinity;
        if (x > 60)
        {
            double sum = 1, next = 1;
            for (var k = 1; k < 30; k++) sum += next *= -((4 * order * order) - Math.Pow((2 * k) - 1, 2)) / (k * 8 * x);
            return sign * Math.Exp(x) / Math.Sqrt(2 * Math.PI * x) * sum;
        }
        const int Bits = 200;
        var half = new BigInteger(Math.ScaleB(x, 100)) << (Bits - 101);
        var term = order == 0 ? BigInteger.One << Bits : half;
        var total = term;
        for (var k = 1; !term.IsZero; total += term) term = ((term * half >> Bits) * half >> Bits) / (k * (k++ + order));
        return sign * Math.ScaleB((double)(total >> 100), 100 - Bits);
    }

    static double Cdf(double a, double x) => !(a >= 0 && x >= 0) || (a == 0 && x == 0) || (double.IsInfinity(a) && double.IsInfinity(x)) ? double.NaN
        : x == 0 || double.IsInfinity(a) ? 0 : a == 0 || double.IsInfinity(x) ? 1 : References.GammaCdf(a, x);

    static double Density(double a, double x) => !(a >= 0 && x >= 0) ? double.NaN
        : a == 0 || double.IsInfinity(a) || double.IsInfinity(x) ? 0
        : x == 0 ? a < 1 ? double.PositiveInfinity : a == 1 ? 1 : 0
        : References.GammaWeight(a, x) * a / x;

    // Each term of the series x^(a+k) exp(-x) / Γ(a+k+1) by itself.
    static double CdfByShape(double a, double x)
    {
        if (!(a > 0 && x >= 0)) return double.NaN;
        if (x == 0 || double.IsInfinity(a) || double.IsInfinity(x)) return 0;
        double sum = 0, weight = References.GammaWeight(a, x), digamma = References.Digamma(a + 1), log = Math.Log(x);
        for (var k = 1; weight > 1e-25 || k < x; k++)
        {
            sum += weight * (log - digamma);
            weight *= x / (a + k);
            digamma += 1 / (a + k);
        }
        return sum;
    }
}
