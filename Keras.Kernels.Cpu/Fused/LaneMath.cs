using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Keras.Kernels.Cpu;

/// <summary>Elementary functions on vectors of float or double, and reductions in a fixed order.</summary>
internal static class LaneMath
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<T> MulAdd<T>(Vector512<T> a, Vector512<T> b, Vector512<T> c) =>
        typeof(T) == typeof(float)
            ? Vector512.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
            : Vector512.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<T> SameBits<T>(Vector512<T> a, Vector512<T> b) =>
        typeof(T) == typeof(float)
            ? Vector512.Equals(a.AsInt32(), b.AsInt32()).As<int, T>()
            : Vector512.Equals(a.AsInt64(), b.AsInt64()).As<long, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<T> Exp<T>(Vector512<T> x) =>
        typeof(T) == typeof(float)
            ? ExpSingle(x.AsSingle()).As<float, T>()
            : Vector512.Exp(x.AsDouble()).As<double, T>();

    /// <summary>The logarithm of normal, positive, finite numbers; others give no error and no meaning.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<T> LogNormal<T>(Vector512<T> x) =>
        typeof(T) == typeof(float)
            ? LogSingle(x.AsSingle()).As<float, T>()
            : Vector512.Log(x.AsDouble()).As<double, T>();

    /// <summary>log(1 + x) for x in [0, 1].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<T> Log1p<T>(Vector512<T> x)
    {
        var u = x + Vector512<T>.One;
        return LogNormal(u) + ((x - (u - Vector512<T>.One)) / u);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<T> ErfInv<T>(Vector512<T> x) =>
        typeof(T) == typeof(float)
            ? ErfInvSingle(x.AsSingle()).As<float, T>()
            : ErfInvDouble(x.AsDouble()).As<double, T>();

    /// <summary>erf by the series exp(-x^2) sum of 2^n x^(2n+1) / (2n+1)!!, whose terms have one sign.</summary>
    internal static double Erf(double x)
    {
        if (!(Math.Abs(x) < 6))
            return double.IsNaN(x) ? x : Math.Sign(x);
        var (term, sum) = (x, x);
        for (var n = 1; Math.Abs(term) > Math.Abs(sum) * 1e-17; n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Sum<T>(Vector512<T> v)
        where T : unmanaged, INumber<T>
    {
        var half = v.GetLower() + v.GetUpper();
        var quarter = half.GetLower() + half.GetUpper();
        return typeof(T) == typeof(float)
            ? quarter[0] + quarter[2] + (quarter[1] + quarter[3])
            : quarter[0] + quarter[1];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Max<T>(Vector512<T> v)
        where T : unmanaged, INumber<T>
    {
        var half = Vector256.MaxNative(v.GetLower(), v.GetUpper());
        var quarter = Vector128.MaxNative(half.GetLower(), half.GetUpper());
        var opposite = Vector128.Shuffle(quarter.AsInt64(), Vector128.Create(1L, 0L)).As<long, T>();
        var pair = Vector128.MaxNative(quarter, opposite);
        if (typeof(T) == typeof(double))
            return pair[0];
        var swapped = Vector128.Shuffle(pair.AsInt32(), Vector128.Create(1, 0, 3, 2)).As<int, T>();
        return Vector128.MaxNative(pair, swapped)[0];
    }

    // Cody-Waite reduction by ln 2; minimax polynomial of Cephes' expf.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> ExpSingle(Vector512<float> x)
    {
        // The bound comes first: the native maximum of (bound, NaN) is NaN.
        x = Vector512.MinNative(Vector512.Create(89f), Vector512.MaxNative(Vector512.Create(-104f), x));
        var n = Vector512.Round(x * 1.44269504f);
        var r = MulAdd(n, Vector512.Create(-0.693359375f), x);
        r = MulAdd(n, Vector512.Create(2.12194440e-4f), r);
        var p = MulAdd(Vector512.Create(1.9875691500e-4f), r, Vector512.Create(1.3981999507e-3f));
        p = MulAdd(p, r, Vector512.Create(8.3334519073e-3f));
        p = MulAdd(p, r, Vector512.Create(4.1665795894e-2f));
        p = MulAdd(p, r, Vector512.Create(1.6666665459e-1f));
        p = MulAdd(p, r, Vector512.Create(5.0000001201e-1f));
        p = MulAdd(p, r * r, r) + Vector512<float>.One;
        if (Avx512F.IsSupported) return Avx512F.Scale(p, n);
        // 2^n in two factors, so that results below the normal range are rounded once.
        var whole = Vector512.ConvertToInt32Native(n);
        var first = whole >> 1;
        return p * PowerOfTwo(first) * PowerOfTwo(whole - first);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> PowerOfTwo(Vector512<int> n) => ((n + Vector512.Create(127)) << 23).AsSingle();

    // Mantissa in [sqrt(1/2), sqrt(2)); minimax polynomial of Cephes' logf.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> LogSingle(Vector512<float> x)
    {
        var bits = x.AsInt32();
        var exponent = (bits - Vector512.Create(0x3F3504F3)) >> 23;
        var f = (bits - (exponent << 23)).AsSingle() - Vector512<float>.One;
        var e = Vector512.ConvertToSingle(exponent);
        var p = MulAdd(Vector512.Create(7.0376836292e-2f), f, Vector512.Create(-1.1514610310e-1f));
        p = MulAdd(p, f, Vector512.Create(1.1676998740e-1f));
        p = MulAdd(p, f, Vector512.Create(-1.2420140846e-1f));
        p = MulAdd(p, f, Vector512.Create(1.4249322787e-1f));
        p = MulAdd(p, f, Vector512.Create(-1.6668057665e-1f));
        p = MulAdd(p, f, Vector512.Create(2.0000714765e-1f));
        p = MulAdd(p, f, Vector512.Create(-2.4999993993e-1f));
        p = MulAdd(p, f, Vector512.Create(3.3333331174e-1f));
        var square = f * f;
        var low = MulAdd(e, Vector512.Create(-2.12194440e-4f), p * f * square);
        low = MulAdd(square, Vector512.Create(-0.5f), low);
        return MulAdd(e, Vector512.Create(0.693359375f), f + low);
    }

    // M. Giles, "Approximating the erfinv function", single precision.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> ErfInvSingle(Vector512<float> x)
    {
        var w = -LogSingle(MulAdd(-x, x, Vector512<float>.One));
        var near = w - Vector512.Create(2.5f);
        var p = MulAdd(Vector512.Create(2.81022636e-08f), near, Vector512.Create(3.43273939e-07f));
        p = MulAdd(p, near, Vector512.Create(-3.5233877e-06f));
        p = MulAdd(p, near, Vector512.Create(-4.39150654e-06f));
        p = MulAdd(p, near, Vector512.Create(0.00021858087f));
        p = MulAdd(p, near, Vector512.Create(-0.00125372503f));
        p = MulAdd(p, near, Vector512.Create(-0.00417768164f));
        p = MulAdd(p, near, Vector512.Create(0.246640727f));
        p = MulAdd(p, near, Vector512.Create(1.50140941f));
        var far = Vector512.GreaterThanOrEqual(w, Vector512.Create(5f));
        if (far != Vector512<float>.Zero)
            p = Vector512.ConditionalSelect(far, ErfInvSingleFar(w), p);
        var edge = Vector512.Equals(Vector512.Abs(x), Vector512<float>.One);
        return Vector512.ConditionalSelect(edge, x * float.PositiveInfinity, p * x);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector512<float> ErfInvSingleFar(Vector512<float> w) =>
        Horner(Vector512.Sqrt(w) - Vector512.Create(3f), ErfInvTables.SingleTail);

    // M. Giles, "Approximating the erfinv function", double precision.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> ErfInvDouble(Vector512<double> x)
    {
        var w = -Vector512.Log(MulAdd(-x, x, Vector512<double>.One));
        var p = Horner(w - Vector512.Create(3.125), ErfInvTables.DoubleCentre);
        var far = Vector512.GreaterThanOrEqual(w, Vector512.Create(6.25));
        if (far != Vector512<double>.Zero)
            p = Vector512.ConditionalSelect(far, ErfInvFar(w), p);
        var edge = Vector512.Equals(Vector512.Abs(x), Vector512<double>.One);
        return Vector512.ConditionalSelect(edge, x * double.PositiveInfinity, p * x);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector512<double> ErfInvFar(Vector512<double> w)
    {
        var root = Vector512.Sqrt(w);
        var middle = Horner(root - Vector512.Create(3.25), ErfInvTables.DoubleMiddle);
        var tail = Horner(root - Vector512.Create(5.0), ErfInvTables.DoubleTail);
        return Vector512.ConditionalSelect(Vector512.LessThan(w, Vector512.Create(16.0)), middle, tail);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Horner<T>(Vector512<T> w, ReadOnlySpan<T> coefficients)
    {
        var p = Vector512.Create(coefficients[0]);
        for (var i = 1; i < coefficients.Length; i++)
            p = MulAdd(p, w, Vector512.Create(coefficients[i]));
        return p;
    }
}
