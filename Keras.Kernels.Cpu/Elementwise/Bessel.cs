using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Vd = System.Runtime.Intrinsics.Vector512<double>;

namespace Keras.Kernels.Cpu.Elementwise;

// Below 8 a polynomial in x², whose terms are all positive; above, exp(a) / √a times one in u = 16 / a - 1. Coefficients are Chebyshev interpolants,
// computed with 60 digits.
internal readonly struct BesselI0 : IUnary, IDoubleFunction
{
    static readonly double[] Small =
    [
        1.0, 0.25, 0.015625, 0.0004340277777777778, 6.781684027777758e-06, 6.781684027778203e-08, 4.7095027970619e-10, 2.402807549583671e-12,
        9.385966986098854e-15, 2.896903414473123e-17, 7.242257588753194e-20, 1.4963370838452556e-22, 2.5977414368153943e-25, 3.8439551522008304e-28,
        4.888364886932104e-31, 5.566132785039442e-34, 4.596006867582227e-37, 7.1563841038704715e-40,
    ];

    static readonly double[] Large =
    [
        0.4021765094450081, 0.0033605519836678913, 0.00013621607438951463, 1.114303378845176e-05, 1.4838476780922646e-06, 2.9735992084667734e-07,
        8.872014585661555e-08, 3.932512321137824e-08, 2.156780676115673e-08, 7.559364098665437e-09, -6.856484545962442e-09, -1.3427511481900905e-08,
        -5.0175940345046716e-09, 7.600254486433509e-09, 6.522264862032271e-09, -3.5862834111582305e-09, -4.5305710768621196e-09, 1.6084886155781772e-09,
        2.163681278413876e-09, -6.327909921997027e-10, -6.494591114401118e-10, 1.7698085539456536e-10, 9.114760157514253e-11, -2.4421972688131832e-11,
    ];

    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Lanes.ByDouble<BesselI0, T>(x);

    public static Vd OnDouble(Vd x)
    {
        var a = Vector512.Abs(x);
        return Vector512.ConditionalSelect(Vector512.LessThan(a, Vector512.Create(8.0)), Bessel.Polynomial(Small, a * a), Bessel.Far(Large, a));
    }
}

internal readonly struct BesselI1 : IUnary, IDoubleFunction
{
    static readonly double[] Small =
    [
        0.5, 0.06250000000000001, 0.0026041666666666574, 5.42534722222271e-05, 6.781684027764357e-07, 5.651403356704746e-09, 3.3639305668982475e-11,
        1.5017547367976848e-13, 5.214425120919993e-16, 1.448455537254395e-18, 3.2918259018287706e-21, 6.2370206832638684e-24, 9.956969230500738e-27,
        1.408926251589232e-29, 1.3808181584914298e-32, 2.716505589516919e-35,
    ];

    static readonly double[] Large =
    [
        0.38939845902587233, -0.009749577193235765, -0.00021923576383137776, -1.5038547198221758e-05, -1.8349102493990178e-06, -3.4838563464253135e-07,
        -1.0001075046243961e-07, -4.3128498031006734e-08, -2.3394122958362557e-08, -8.432168972932417e-09, 6.84757829926934e-09, 1.4051746928735543e-08,
        5.5720183980930355e-09, -7.687251308765992e-09, -6.9444186339873875e-09, 3.501765193290176e-09, 4.763780078020254e-09, -1.5218214060680734e-09,
        -2.2624401109204446e-09, 5.870664618471487e-10, 6.7727478454462e-10, -1.6283264322621244e-10, -9.491890392992048e-11, 2.2421768596847442e-11,
    ];

    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Lanes.ByDouble<BesselI1, T>(x);

    public static Vd OnDouble(Vd x)
    {
        var a = Vector512.Abs(x);
        return Vector512.ConditionalSelect(Vector512.LessThan(a, Vector512.Create(8.0)),
            x * Bessel.Polynomial(Small, a * a), Vector512.CopySign(Bessel.Far(Large, a), x));
    }
}

internal static class Bessel
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vd Polynomial(double[] coefficients, Vd x)
    {
        var p = Vector512.Create(coefficients[^1]);
        for (var i = coefficients.Length - 2; i >= 0; i--) p = DoubleMath.Fma(p, x, coefficients[i]);
        return p;
    }

    // exp(a / 2) twice: the function is finite a little beyond where exp(a) is.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vd Far(double[] coefficients, Vd a)
    {
        a = DoubleMath.Clamp(a, 8, 1500);
        var e = DoubleMath.Exp(a * 0.5);
        return Polynomial(coefficients, (Vector512.Create(16.0) / a) - Vector512<double>.One) * e / Vector512.Sqrt(a) * e;
    }
}
