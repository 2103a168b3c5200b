using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Vd = System.Runtime.Intrinsics.Vector512<double>;
using Vf = System.Runtime.Intrinsics.Vector512<float>;

namespace Keras.Kernels.Cpu.Elementwise;

// Polynomial coefficients are Chebyshev interpolants of the named function, computed with 70 digits.
internal static class SingleMath
{
    const float Log2E = 1.442695041f;
    // The high part has 14 bits, so its product with an exponent is exact.
    const float Ln2High = 0.693115234375f;
    const float Ln2Low = 3.1946184945e-05f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vf Exp(Vf x)
    {
        x = Clamp(x, -105f, 89f);
        var n = Vector512.Round(x * Log2E);
        var r = Reduce(x, n);
        return Scale(Vector512<float>.One + ExpTail(r), n);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vf Expm1(Vf x)
    {
        var c = Clamp(x, -20f, 89f);
        var n = Vector512.Round(c * Log2E);
        // Half the scale keeps 2^128 representable; doubling at the end is exact.
        var half = PowerOfTwo(Vector512.ConvertToInt32Native(n) - Vector512<int>.One);
        var y = Vector512.FusedMultiplyAdd(ExpTail(Reduce(c, n)), half, half - Vector512.Create(0.5f));
        return Vector512.ConditionalSelect(
            Vector512.LessThan(Vector512.Abs(x), Vector512.Create(5.9604645e-8f)), x, y + y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vf Log(Vf x)
    {
        var subnormal = Vector512.LessThan(x, Vector512.Create(1.17549435e-38f));
        var scaled = Vector512.ConditionalSelect(subnormal, x * 8388608f, x);
        var bits = scaled.AsInt32();
        var e = Vector512.ShiftRightArithmetic(bits - Vector512.Create(0x3F3504F3), 23);
        var f = (bits - Vector512.ShiftLeft(e, 23)).AsSingle() - Vector512<float>.One;
        var k = Vector512.ConvertToSingle(e) - (subnormal & Vector512.Create(23f));
        var square = f * f;
        var y = square * f * LogTail(f);
        y = Fma(k, Ln2Low, y);
        y = Fma(square, -0.5f, y);
        y = Fma(k, Ln2High, f + y);
        var ordinary = Vector512.GreaterThan(x, Vector512<float>.Zero)
            & Vector512.LessThan(x, Vector512.Create(float.PositiveInfinity));
        return Vector512.ConditionalSelect(ordinary, y, LogSpecial(x));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vf Tanh(Vf x)
    {
        var a = Vector512.Abs(x);
        a = Vector512.ConditionalSelect(Vector512.GreaterThan(a, Vector512.Create(10f)), Vector512.Create(10f), a);
        var e = Expm1(a + a);
        return Vector512.CopySign(e / (e + Vector512.Create(2f)), x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vf Erf(Vf x)
    {
        var a = Vector512.Abs(x);
        var z = x * x;
        var p = Fma(z, -9.66704465e-06f, 0.000112659589f);
        p = Fma(z, p, -0.000848408032f);
        p = Fma(z, p, 0.00522103161f);
        p = Fma(z, p, -0.0268654302f);
        p = Fma(z, p, 0.112837821f);
        p = Fma(z, p, -0.376126379f);
        // The leading coefficient 2/sqrt(pi) is 1 + 0.128..., so that the product with x rounds once.
        p = Fma(z, p, 0.128379167f);
        var small = Vector512.FusedMultiplyAdd(x, p, x);
        var large = Vector512<float>.One - Exp(LogErfc(
            Vector512.ConditionalSelect(Vector512.GreaterThan(a, Vector512.Create(4f)), Vector512.Create(4f), a)));
        return Vector512.ConditionalSelect(
            Vector512.LessThan(a, Vector512<float>.One), small, Vector512.CopySign(large, x));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (Vd Lower, Vd Upper) Widen(Vf x) => Vector512.Widen(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vf Narrow(Vd lower, Vd upper) => Vector512.Narrow(lower, upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vf Clamp(Vf x, float low, float high)
    {
        x = Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512.Create(low)), Vector512.Create(low), x);
        return Vector512.ConditionalSelect(
            Vector512.GreaterThan(x, Vector512.Create(high)), Vector512.Create(high), x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vf Reduce(Vf x, Vf n) => Fma(n, -Ln2Low, Fma(n, -Ln2High, x));

    // exp(r) - 1 for |r| <= ln(2) / 2
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vf ExpTail(Vf r)
    {
        var p = Fma(r, 0.000198919806f, 0.00139345415f);
        p = Fma(r, p, 0.00833331048f);
        p = Fma(r, p, 0.0416664556f);
        p = Fma(r, p, 0.166666672f);
        p = Fma(r, p, 0.5f);
        return Vector512.FusedMultiplyAdd(r * r, p, r);
    }

    // (log(1 + f) - f + f^2 / 2) / f^3 for 1 + f in [sqrt(1/2), sqrt(2))
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vf LogTail(Vf f)
    {
        var p = Fma(f, 0.0697161183f, -0.114797339f);
        p = Fma(f, p, 0.116854198f);
        p = Fma(f, p, -0.124256872f);
        p = Fma(f, p, 0.142490581f);
        p = Fma(f, p, -0.166678026f);
        p = Fma(f, p, 0.200007156f);
        p = Fma(f, p, -0.24999997f);
        return Fma(f, p, 0.333333313f);
    }

    // log(erfc(a)) for a in [1, 4]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vf LogErfc(Vf a)
    {
        var p = Fma(a, 1.6371514e-06f, -4.60580413e-05f);
        p = Fma(a, p, 0.00059680565f);
        p = Fma(a, p, -0.0047595962f);
        p = Fma(a, p, 0.0264211353f);
        p = Fma(a, p, -0.110080086f);
        p = Fma(a, p, -0.631826043f);
        p = Fma(a, p, -1.13023341f);
        return Fma(a, p, 0.00032013806f);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vf LogSpecial(Vf x) => Vector512.ConditionalSelect(
        Vector512.Equals(x, Vector512<float>.Zero),
        Vector512.Create(float.NegativeInfinity),
        Vector512.ConditionalSelect(
            Vector512.GreaterThan(x, Vector512<float>.Zero), x, Vector512.Create(float.NaN)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vf Scale(Vf x, Vf n)
    {
        if (Avx512F.IsSupported) return Avx512F.Scale(x, n);
        var i = Vector512.ConvertToInt32Native(n);
        var first = Vector512.ShiftRightArithmetic(i, 1);
        return x * PowerOfTwo(first) * PowerOfTwo(i - first);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vf PowerOfTwo(Vector512<int> n) => Vector512.ShiftLeft(n + Vector512.Create(127), 23).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vf Fma(Vf a, Vf b, float c) => Vector512.FusedMultiplyAdd(a, b, Vector512.Create(c));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vf Fma(Vf a, float b, float c) =>
        Vector512.FusedMultiplyAdd(a, Vector512.Create(b), Vector512.Create(c));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vf Fma(Vf a, float b, Vf c) => Vector512.FusedMultiplyAdd(a, Vector512.Create(b), c);
}
