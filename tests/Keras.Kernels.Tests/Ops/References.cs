namespace Keras.Kernels.Tests.Table;

/// <summary>Functions that <see cref="Math"/> has not, to about the last digit of a double.</summary>
static class References
{
    // Kahan: the rounding of 1 + x is undone by the quotient.
    internal static double Log1p(double x)
    {
        var u = 1 + x;
        return u == 1 ? x : double.IsPositiveInfinity(u) ? u : Math.Log(u) * (x / (u - 1));
    }

    // The series serves where exp(x) - 1 would cancel.
    internal static double Expm1(double x)
    {
        if (Math.Abs(x) > 0.5 || double.IsNaN(x)) return Math.Exp(x) - 1;
        var terms = new List<double>();
        var term = x;
        for (var n = 2; n < 25; term *= x / n++) terms.Add(term);
        terms.Reverse();
        return x == 0 ? x : Nd.Sum(terms);
    }

    internal static double LogAddExp(double a, double b) => Math.Max(a, b) + Log1p(Math.Exp(-Math.Abs(a - b)));

    internal static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    /// <summary>Remainder with the sign of the divisor.</summary>
    internal static double Mod(double a, double b)
    {
        if (b == 0) return double.NaN;
        var rest = a % b;
        return rest != 0 && rest < 0 != b < 0 ? rest + b : rest;
    }

    // A series of positive terms: exp(-x²) 2x/√π Σ (2x²)ⁿ / (1·3·5…(2n+1)).
    internal static double Erf(double x)
    {
        if (double.IsNaN(x) || x == 0) return x;
        if (Math.Abs(x) > 6) return Math.Sign(x);
        var terms = new List<double>();
        double term = 1;
        for (var n = 1; n == 1 || term > terms[0] * 1e-25; n++)
        {
            terms.Add(term);
            term *= 2 * x * x / ((2 * n) + 1);
        }
        return 2 / Math.Sqrt(Math.PI) * x * Math.Exp(-x * x) * Nd.Sum(terms);
    }

    /// <summary>1 - erf(x) for x of 0.4 or more, by its continued fraction from the far end.</summary>
    internal static double Erfc(double x)
    {
        var fraction = x;
        for (var n = 40 + (int)(250 / (x * x)); n > 0; n--) fraction = x + (n / 2.0 / fraction);
        // The rounding of x² would weigh as much as x² is large.
        var square = x * x;
        var exponential = square > 1000 ? 0 : Math.Exp(-square) * (1 - Math.FusedMultiplyAdd(x, x, -square));
        return exponential / (fraction * Math.Sqrt(Math.PI));
    }

    /// <summary>Halley's method on <see cref="Erf"/>, and near 1 on <see cref="Erfc"/>, where it is the better conditioned one.</summary>
    internal static double ErfInv(double y)
    {
        if (double.IsNaN(y) || Math.Abs(y) > 1) return double.NaN;
        if (Math.Abs(y) == 1) return y / 0;
        if (Math.Abs(y) < 1e-12) return y * (Math.Sqrt(Math.PI) / 2);
        var z = Math.Abs(y);
        // Winitzki's closed form is near enough to start from.
        var w = -Math.Log((1 - z) * (1 + z));
        var t = (2 / (Math.PI * 0.147)) - (w / 2);
        var x = Math.Sqrt(Math.Sqrt((t * t) + (w / 0.147)) - t);
        for (var i = 0; i < 3; i++)
        {
            var error = (z < 0.5 ? Erf(x) - z : 1 - z - Erfc(x)) * (Math.Sqrt(Math.PI) / 2) * Math.Exp(x * x);
            x -= error / (1 + (x * error));
        }
        return y < 0 ? -x : x;
    }

    /// <summary>log Γ(x) by Stirling's series, from 20 on, where its terms vanish.</summary>
    internal static double LogGamma(double x)
    {
        var less = 0.0;
        for (; x < 20; x++) less += Math.Log(x);
        double[] series = [1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360360];
        return ((x - 0.5) * Math.Log(x)) - x + (Math.Log(2 * Math.PI) / 2) + series.Select((c, i) => c / Math.Pow(x, (2 * i) + 1)).Sum() - less;
    }

    /// <summary>The derivative of <see cref="LogGamma"/>.</summary>
    internal static double Digamma(double x)
    {
        if (!(x > 0)) return double.NaN;
        var less = 0.0;
        for (; x < 20; x++) less += 1 / x;
        double[] series = [1.0 / 12, -1.0 / 120, 1.0 / 252, -1.0 / 240, 1.0 / 132, -691.0 / 32760];
        return Math.Log(x) - (0.5 / x) - series.Select((c, i) => c / Math.Pow(x, (2 * i) + 2)).Sum() - less;
    }

    /// <summary>x^a exp(-x) / Γ(a + 1). Up to 60 each factor is rounded by itself: a sum of their logarithms would carry the places of its terms.</summary>
    internal static double GammaWeight(double a, double x)
    {
        if (a > 60 || x > 600) return Math.Exp((a * Math.Log(x)) - x - LogGamma(a + 1));
        double z = a, product = 1;
        while (z < 20) product *= ++z;
        var (inverse, square) = (1 / z, 1 / (z * z));
        var tail = inverse * ((1.0 / 12) - (square * ((1.0 / 360) - (square * ((1.0 / 1260) - (square / 1680))))));
        return Math.Pow(x, a) * Math.Exp(-x) * product / (Math.Sqrt(2 * Math.PI * z) * Math.Pow(z, z) * Math.Exp(-z) * Math.Exp(tail));
    }

    /// <summary>The probability that a gamma number is at most x, by a series of positive terms.</summary>
    internal static double GammaCdf(double a, double x)
    {
        if (x <= 0) return 0;
        double sum = 1, term = 1;
        for (var n = 1; term > sum * 1e-18; n++)
        {
            term *= x / (a + n);
            sum += term;
        }
        return Math.Min(1, GammaWeight(a, x) * sum);
    }

    /// <summary>The probability that a beta number is at most x, by its continued fraction (Abramowitz and Stegun, 26.5.8).</summary>
    internal static double BetaCdf(double a, double b, double x)
    {
        if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
        if (x > (a + 1) / (a + b + 2)) return 1 - BetaCdf(b, a, 1 - x);
        double fraction = 1;
        for (var n = 400 + (int)(20 * Math.Sqrt(Math.Max(a, b))); n > 0; n--)
        {
            var m = n / 2;
            var term = n % 2 == 0 ? m * (b - m) * x / ((a + (2 * m) - 1) * (a + (2 * m))) : -(a + m) * (a + b + m) * x / ((a + (2 * m)) * (a + (2 * m) + 1));
            fraction = 1 + (term / fraction);
        }
        return Math.Exp((a * Math.Log(x)) + (b * Math.Log(1 - x)) + LogGamma(a + b) - LogGamma(a) - LogGamma(b)) / (a * fraction);
    }

    /// <summary>Threefry-2x32 with 20 rounds, from the paper.</summary>
    internal static (uint, uint) Threefry(uint key0, uint key1, ulong counter) => unchecked(Rounds([key0, key1, key0 ^ key1 ^ 0x1BD11BDA], counter));

    static (uint, uint) Rounds(uint[] keys, ulong counter)
    {
        int[] rotations = [13, 15, 26, 6, 17, 29, 16, 24];
        unchecked
        {
            var (a, b) = ((uint)(counter >> 32) + keys[0], (uint)counter + keys[1]);
            for (var round = 0; round < 20; round++)
            {
                a += b;
                b = System.Numerics.BitOperations.RotateLeft(b, rotations[round % 8]) ^ a;
                if (round % 4 != 3) continue;
                var injection = (round / 4) + 1;
                a += keys[injection % 3];
                b += keys[(injection + 1) % 3] + (uint)injection;
            }
            return (a, b);
        }
    }
}
