using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Vd = System.Runtime.Intrinsics.Vector512<double>;
using Vf = System.Runtime.Intrinsics.Vector512<float>;

namespace Keras.Kernels.Cpu.Elementwise;

/// <summary>x Φ(x) and its slope Φ(x) + x Φ'(x), Φ being the distribution of normal numbers.</summary>
internal readonly struct GeluByErf : IUnary, IReal, ISloped
{
    const double RootHalf = 0.70710678118654752440, Density = 0.39894228040143267794;

    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Lanes.Real<GeluByErf, T>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vf OnSingle(Vf x) => x * Below(x, SingleMath.Exp(x * x * -0.5f));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vd OnDouble(Vd x) => x * Below(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vf SlopeOnSingle(Vf x)
    {
        var e = SingleMath.Exp(x * x * -0.5f);
        return Below(x, e) + (x * (e * (float)Density));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vd SlopeOnDouble(Vd x) => Below(x) + (x * (DoubleMath.Exp(x * x * -0.5) * Density));

    // Φ(-t) = exp(-t² / 2) r(t), and r is nearly a polynomial in 1 / (1 + 0.2316 t): the interpolant at Chebyshev's points up to t = 10, computed
    // with 40 digits. Φ is off by 1e-7 at most, divided by t beyond 1.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vf Below(Vf x, Vf exp)
    {
        var u = Vf.One / Vector512.FusedMultiplyAdd(Vector512.Abs(x), Vector512.Create(0.2316f), Vf.One);
        var p = Vector512.FusedMultiplyAdd(u, Vector512.Create(-0.120927814f), Vector512.Create(0.625406286f));
        p = Vector512.FusedMultiplyAdd(u, p, Vector512.Create(-0.811530461f));
        p = Vector512.FusedMultiplyAdd(u, p, Vector512.Create(0.806709093f));
        p = Vector512.FusedMultiplyAdd(u, p, Vector512.Create(-0.276099372f));
        p = Vector512.FusedMultiplyAdd(u, p, Vector512.Create(0.200521034f));
        p = Vector512.FusedMultiplyAdd(u, p, Vector512.Create(0.0746948837f));
        var tail = exp * Vector512.FusedMultiplyAdd(u, p, Vector512.Create(0.00122644404f));
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vf.Zero), tail, Vf.One - tail);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vd Below(Vd x) => DoubleMath.Erfc(x * -RootHalf) * 0.5;
}

/// <summary>The same with Φ(x) taken for (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2.</summary>
internal readonly struct GeluByTanh : IUnary, IReal, ISloped
{
    const double Rate = 0.79788456080286535588, Cubic = 0.044715;

    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Lanes.Real<GeluByTanh, T>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vf OnSingle(Vf x) => x * Below(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vd OnDouble(Vd x) => x * Below(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vf SlopeOnSingle(Vf x)
    {
        var below = Below(x);
        var rate = (Vf.One + (x * x * (float)(3 * Cubic))) * (float)(2 * Rate);
        return below + (x * (below * (Vf.One - below) * rate));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vd SlopeOnDouble(Vd x)
    {
        var below = Below(x);
        var rate = (Vd.One + (x * x * (3 * Cubic))) * (2 * Rate);
        return below + (x * (below * (Vd.One - below) * rate));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vf Below(Vf x) => (Vf.One + SingleMath.Tanh((x + (x * x * x * (float)Cubic)) * (float)Rate)) * 0.5f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vd Below(Vd x) => (Vd.One + DoubleMath.Tanh((x + (x * x * x * Cubic)) * Rate)) * 0.5;
}

/// <summary>A function that knows its derivative.</summary>
internal interface ISloped
{
    static abstract Vf SlopeOnSingle(Vf x);

    static abstract Vd SlopeOnDouble(Vd x);
}

/// <summary>The gradient of the input from the input and the gradient of the result.</summary>
internal readonly struct ByChainRule<TBody> : IBinary where TBody : ISloped
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged => typeof(T) == typeof(float)
        ? TBody.SlopeOnSingle(x.AsSingle()).As<float, T>() * y
        : TBody.SlopeOnDouble(x.AsDouble()).As<double, T>() * y;
}
