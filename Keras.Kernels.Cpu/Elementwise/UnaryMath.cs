using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Vd = System.Runtime.Intrinsics.Vector512<double>;
using Vf = System.Runtime.Intrinsics.Vector512<float>;

namespace Keras.Kernels.Cpu.Elementwise;

internal readonly struct Exp : IUnary, IReal
{
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Lanes.Real<Exp, T>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vf OnSingle(Vf x) => SingleMath.Exp(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vd OnDouble(Vd x) => DoubleMath.Exp(x);
}

internal readonly struct Expm1 : IUnary, IReal
{
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Lanes.Real<Expm1, T>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vf OnSingle(Vf x) => SingleMath.Expm1(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vd OnDouble(Vd x) => DoubleMath.Expm1(x);
}

internal readonly struct Log : IUnary, IReal
{
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Lanes.Real<Log, T>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vf OnSingle(Vf x) => SingleMath.Log(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vd OnDouble(Vd x) => DoubleMath.Log(x);
}

internal readonly struct Log1p : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged
    {
        var u = Vector512<T>.One + x;
        // What rounding of 1 + x lost, taken from the larger of the two terms.
        var lost = Vector512.ConditionalSelect(
            Vector512.LessThan(x, Vector512<T>.One), x - (u - Vector512<T>.One), Vector512<T>.One - (u - x));
        var log = Log.Apply(u);
        var special = Vector512.ConditionalSelect(Vector512.Equals(x, Vector512<T>.Zero), x, log);
        var ordinary = Vector512.GreaterThan(u, Vector512<T>.Zero)
            & Vector512.Equals(u - u, Vector512<T>.Zero) & ~Vector512.Equals(x, Vector512<T>.Zero);
        return Vector512.ConditionalSelect(ordinary, log + (lost / u), special);
    }
}

internal readonly struct Tanh : IUnary, IReal
{
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Lanes.Real<Tanh, T>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vf OnSingle(Vf x) => SingleMath.Tanh(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vd OnDouble(Vd x) => DoubleMath.Tanh(x);
}

internal readonly struct Erf : IUnary, IReal
{
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Lanes.Real<Erf, T>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vf OnSingle(Vf x) => SingleMath.Erf(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vd OnDouble(Vd x) => DoubleMath.Erf(x);
}

internal readonly struct Erfc : IUnary, IDoubleFunction
{
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Lanes.ByDouble<Erfc, T>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vd OnDouble(Vd x) => DoubleMath.Erfc(x);
}

internal readonly struct Sin : IUnary, IDoubleFunction
{
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Lanes.ByDouble<Sin, T>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vd OnDouble(Vd x) => Trigonometry.Sin(x);
}

internal readonly struct Cos : IUnary, IDoubleFunction
{
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Lanes.ByDouble<Cos, T>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vd OnDouble(Vd x) => Trigonometry.Cos(x);
}

internal readonly struct Tan : IUnary, IDoubleFunction
{
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Lanes.ByDouble<Tan, T>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vd OnDouble(Vd x) => Trigonometry.Tan(x);
}

internal readonly struct Sigmoid : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged
    {
        var e = Exp.Apply(-Vector512.Abs(x));
        var numerator = Vector512.ConditionalSelect(
            Vector512.LessThan(x, Vector512<T>.Zero), e, Vector512<T>.One);
        return numerator / (Vector512<T>.One + e);
    }
}

internal readonly struct Softplus : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged =>
        Relu.Apply(x) + Log1p.Apply(Exp.Apply(-Vector512.Abs(x)));
}

internal readonly struct LogSigmoid : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => -Softplus.Apply(-x);
}

internal readonly struct Erfinv : IUnary, IDoubleFunction
{
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Lanes.ByDouble<Erfinv, T>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vd OnDouble(Vd x)
    {
        var a = Vector512.Abs(x);
        var y = Guess(a);
        for (var step = 0; step < 3; step++)
        {
            var error = Vector512.ConditionalSelect(
                Vector512.LessThan(a, Vector512.Create(0.5)),
                DoubleMath.Erf(y) - a,
                Vector512<double>.One - a - Erfc(y));
            // Halley's step on erf(y) = a, with the slope 2/sqrt(pi) exp(-y^2).
            var u = error / (DoubleMath.Exp(-(y * y)) * 1.1283791670955126);
            y -= u / (Vector512<double>.One + (y * u));
        }

        y = Vector512.ConditionalSelect(
            Vector512.LessThan(a, Vector512<double>.One), y,
            Vector512.ConditionalSelect(
                Vector512.Equals(a, Vector512<double>.One),
                Vector512.Create(double.PositiveInfinity), Vector512.Create(double.NaN)));
        return Vector512.CopySign(y, x);
    }

    static Vd Erfc(Vd y) => Vector512.ConditionalSelect(
        Vector512.LessThan(y, Vector512<double>.One),
        Vector512<double>.One - DoubleMath.ErfBelowOne(y), DoubleMath.ErfcAboveOne(y));

    // Winitzki's closed form, good to 2e-3; three steps of third order follow.
    static Vd Guess(Vd a)
    {
        var log = DoubleMath.Log((Vector512<double>.One - a) * (Vector512<double>.One + a));
        var b = (log * 0.5) + Vector512.Create(4.3307467508);
        var root = Vector512.Sqrt(Vector512.Max((b * b) - (log * 6.8027210884), Vector512<double>.Zero));
        var y = Vector512.Sqrt(Vector512.Max(root - b, Vector512<double>.Zero));
        // The difference of roots cancels near zero, where the function is nearly linear.
        y = Vector512.ConditionalSelect(
            Vector512.LessThan(a, Vector512.Create(0.1)), a * 0.8862269254527580, y);
        return DoubleMath.Clamp(y, 0, 6);
    }
}
