using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Vd = System.Runtime.Intrinsics.Vector512<double>;

namespace Keras.Kernels.Cpu.Elementwise;

// Polynomial coefficients are Chebyshev interpolants of the named function, computed with 70 digits.
internal static class DoubleMath
{
    const double Log2E = 1.4426950408889634;
    // The high part has 33 bits, so its product with an exponent is exact.
    const double Ln2High = 0.6931471804855391;
    const double Ln2Low = 7.440617110012397e-11;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vd Exp(Vd x)
    {
        x = Clamp(x, -746, 710);
        var n = Vector512.Round(x * Log2E);
        return Scale(Vector512<double>.One + ExpTail(Reduce(x, n)), n);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vd Expm1(Vd x)
    {
        var c = Clamp(x, -40, 710);
        var n = Vector512.Round(c * Log2E);
        // Half the scale keeps 2^1024 representable; doubling at the end is exact.
        var half = Scale(Vector512.Create(0.5), n);
        var y = Vector512.FusedMultiplyAdd(ExpTail(Reduce(c, n)), half, half - Vector512.Create(0.5));
        return Vector512.ConditionalSelect(
            Vector512.LessThan(Vector512.Abs(x), Vector512.Create(1.1e-16)), x, y + y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vd Log(Vd x)
    {
        var subnormal = Vector512.LessThan(x, Vector512.Create(2.2250738585072014e-308));
        var bits = Vector512.ConditionalSelect(subnormal, x * 4503599627370496.0, x).AsInt64();
        var e = Vector512.ShiftRightArithmetic(bits - Vector512.Create(0x3FE6A09E667F3BCDL), 52);
        var f = (bits - Vector512.ShiftLeft(e, 52)).AsDouble() - Vector512<double>.One;
        var k = Vector512.ConvertToDouble(e) - (subnormal & Vector512.Create(52.0));
        // log(1 + f) = f - f^2/2 + s (f^2/2 + R(s^2)), s = f / (2 + f): the rounding of s weighs little.
        var s = f / (f + Vector512.Create(2.0));
        var z = s * s;
        var p = Fma(z, 0.14616878919029822, 0.15331686868638428);
        p = Fma(z, p, 0.1818289017031397);
        p = Fma(z, p, 0.22222211120449298);
        p = Fma(z, p, 0.2857142862606338);
        p = Fma(z, p, 0.3999999999989931);
        p = Fma(z, p, 0.666666666666667);
        var half = f * f * 0.5;
        var correction = Vector512.FusedMultiplyAdd(
            s, Vector512.FusedMultiplyAdd(z, p, half), k * Ln2Low);
        var y = Vector512.FusedMultiplyAdd(k, Vector512.Create(Ln2High), f - (half - correction));
        var ordinary = Vector512.GreaterThan(x, Vector512<double>.Zero)
            & Vector512.LessThan(x, Vector512.Create(double.PositiveInfinity));
        return Vector512.ConditionalSelect(ordinary, y, LogSpecial(x));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vd Tanh(Vd x)
    {
        var a = Vector512.Abs(x);
        a = Vector512.ConditionalSelect(Vector512.GreaterThan(a, Vector512.Create(20.0)), Vector512.Create(20.0), a);
        var e = Expm1(a + a);
        return Vector512.CopySign(e / (e + Vector512.Create(2.0)), x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vd Erf(Vd x)
    {
        var a = Vector512.Abs(x);
        var large = Vector512<double>.One - ErfcAboveOne(a);
        return Vector512.ConditionalSelect(
            Vector512.LessThan(a, Vector512<double>.One), ErfBelowOne(x), Vector512.CopySign(large, x));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vd Erfc(Vd x)
    {
        var a = Clamp(Vector512.Abs(x), 1, 28);
        var middle = Vector512.LessThan(a, Vector512.Create(6.25));
        var scaled = ErfcMiddle(a);
        // Rare, so that the others need not wait for it.
        if (middle.AsInt64() != Vector512<long>.AllBitsSet) scaled = Vector512.ConditionalSelect(middle, scaled, ErfcTail(a));
        var large = TimesGauss(a, scaled);
        large = Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<double>.Zero), Vector512.Create(2.0) - large, large);
        var small = Vector512.FusedMultiplyAdd(-x, ErfExcess(x), Vector512<double>.One - x);
        return Vector512.ConditionalSelect(Vector512.LessThan(Vector512.Abs(x), Vector512<double>.One), small, large);
    }

    // For |x| <= 1.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vd ErfBelowOne(Vd x) => Vector512.FusedMultiplyAdd(x, ErfExcess(x), x);

    // erf(x) / x - 1: the leading coefficient is split as 1 + 0.128..., so that the product with x rounds once.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vd ErfExcess(Vd x)
    {
        var z = x * x;
        var p = Fma(z, 5.957176147748911e-11, -1.1372848856791674e-09);
        p = Fma(z, p, 1.4659775274047436e-08);
        p = Fma(z, p, -1.6350312701054695e-07);
        p = Fma(z, p, 1.6461000484121368e-06);
        p = Fma(z, p, -1.4925595266831182e-05);
        p = Fma(z, p, 0.0001205533111164271);
        p = Fma(z, p, -0.000854832698083379);
        p = Fma(z, p, 0.0052239776248180145);
        p = Fma(z, p, -0.026866170645076792);
        p = Fma(z, p, 0.11283791670954879);
        p = Fma(z, p, -0.3761263890318375);
        return Fma(z, p, 0.12837916709551256);
    }

    // For a in [1, 6.25], beyond which the value at 6.25 stands.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vd ErfcAboveOne(Vd a)
    {
        a = Clamp(a, 1, 6.25);
        return TimesGauss(a, ErfcMiddle(a));
    }

    // exp(a^2) erfc(a) for a in [1, 6.25], in (a - c) / (a + c).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vd ErfcMiddle(Vd a)
    {
        var t = (a - Vector512.Create(2.75)) / (a + Vector512.Create(2.75));
        var p = Fma(t, 1.739296409363995e-08, 5.773713362607289e-07);
        p = Fma(t, p, 7.205609799315522e-07);
        p = Fma(t, p, -3.1117542708310633e-06);
        p = Fma(t, p, -6.045379686369124e-06);
        p = Fma(t, p, 1.7496849231647508e-05);
        p = Fma(t, p, 4.086638388015868e-05);
        p = Fma(t, p, -0.00013218791117521883);
        p = Fma(t, p, -0.00023002361362996053);
        p = Fma(t, p, 0.001344870282732716);
        p = Fma(t, p, -0.00019182592574973922);
        p = Fma(t, p, -0.013682984893354065);
        p = Fma(t, p, 0.05683380308449407);
        p = Fma(t, p, -0.1397375984634972);
        p = Fma(t, p, 0.24989043128302432);
        p = Fma(t, p, -0.3478070065834916);
        return Fma(t, p, 0.1936620962790687);
    }

    // The same from 6.25 on, in 1 / a^2.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vd ErfcTail(Vd a)
    {
        var t = Vector512<double>.One / (a * a);
        var p = Fma(t, -12638.218807803343, 3341.5136530673217);
        p = Fma(t, p, -563.8680529425255);
        p = Fma(t, p, 91.05592466529089);
        p = Fma(t, p, -16.654308718876507);
        p = Fma(t, p, 3.7024412961982858);
        p = Fma(t, p, -1.0578552196972562);
        p = Fma(t, p, 0.42314218698441897);
        p = Fma(t, p, -0.282094791772957);
        return Fma(t, p, 0.5641895835477558) / a;
    }

    // p exp(-a^2), with the rounding of a^2 made good.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vd TimesGauss(Vd a, Vd p)
    {
        var square = a * a;
        var low = Vector512.FusedMultiplyAdd(a, a, -square);
        return Exp(-square) * (p - (p * low));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vd Clamp(Vd x, double low, double high)
    {
        x = Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512.Create(low)), Vector512.Create(low), x);
        return Vector512.ConditionalSelect(
            Vector512.GreaterThan(x, Vector512.Create(high)), Vector512.Create(high), x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vd Fma(Vd a, Vd b, double c) => Vector512.FusedMultiplyAdd(a, b, Vector512.Create(c));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vd Fma(Vd a, double b, double c) =>
        Vector512.FusedMultiplyAdd(a, Vector512.Create(b), Vector512.Create(c));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vd Reduce(Vd x, Vd n) => Vector512.FusedMultiplyAdd(
        n, Vector512.Create(-Ln2Low), Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2High), x));

    // exp(r) - 1 for |r| <= ln(2) / 2
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vd ExpTail(Vd r)
    {
        var p = Fma(r, 2.0915442297780116e-09, 2.5106274733573296e-08);
        p = Fma(r, p, 2.75572718102198e-07);
        p = Fma(r, p, 2.755725283351691e-06);
        p = Fma(r, p, 2.4801587327007187e-05);
        p = Fma(r, p, 0.00019841269876864356);
        p = Fma(r, p, 0.0013888888888883327);
        p = Fma(r, p, 0.008333333333325544);
        p = Fma(r, p, 0.04166666666666667);
        p = Fma(r, p, 0.1666666666666667);
        p = Fma(r, p, 0.5);
        return Vector512.FusedMultiplyAdd(r * r, p, r);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vd LogSpecial(Vd x) => Vector512.ConditionalSelect(
        Vector512.Equals(x, Vector512<double>.Zero),
        Vector512.Create(double.NegativeInfinity),
        Vector512.ConditionalSelect(
            Vector512.GreaterThan(x, Vector512<double>.Zero), x, Vector512.Create(double.NaN)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vd Scale(Vd x, Vd n)
    {
        if (Avx512F.IsSupported) return Avx512F.Scale(x, n);
        var i = Vector512.ConvertToInt64Native(n);
        var first = Vector512.ShiftRightArithmetic(i, 1);
        return x * PowerOfTwo(first) * PowerOfTwo(i - first);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vd PowerOfTwo(Vector512<long> n) => Vector512.ShiftLeft(n + Vector512.Create(1023L), 52).AsDouble();
}
