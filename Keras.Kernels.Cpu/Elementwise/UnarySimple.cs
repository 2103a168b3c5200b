using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Vd = System.Runtime.Intrinsics.Vector512<double>;
using Vf = System.Runtime.Intrinsics.Vector512<float>;

namespace Keras.Kernels.Cpu.Elementwise;

internal readonly struct Negate : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => -x;
}

internal readonly struct Abs : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Vector512.Abs(x);
}

internal readonly struct Sign : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged =>
        Vector512.ConditionalSelect(
            Vector512.GreaterThan(x, Vector512<T>.Zero),
            Vector512<T>.One,
            // Zero of either sign and NaN stay themselves.
            Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<T>.Zero), -Vector512<T>.One, x));
}

internal readonly struct Square : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => x * x;
}

internal readonly struct Sqrt : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Vector512.Sqrt(x);
}

internal readonly struct Rsqrt : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Vector512<T>.One / Vector512.Sqrt(x);
}

internal readonly struct Reciprocal : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Vector512<T>.One / x;
}

internal readonly struct BitwiseNot : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => ~x;
}

internal readonly struct Relu : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged =>
        Vector512.ConditionalSelect(Vector512.LessThanOrEqual(x, Vector512<T>.Zero), Vector512<T>.Zero, x);
}

internal readonly struct Floor : IUnary, IReal
{
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Lanes.Real<Floor, T>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vf OnSingle(Vf x) => Vector512.Floor(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vd OnDouble(Vd x) => Vector512.Floor(x);
}

internal readonly struct Ceil : IUnary, IReal
{
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Lanes.Real<Ceil, T>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vf OnSingle(Vf x) => Vector512.Ceiling(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vd OnDouble(Vd x) => Vector512.Ceiling(x);
}

internal readonly struct Trunc : IUnary, IReal
{
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Lanes.Real<Trunc, T>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vf OnSingle(Vf x) => Vector512.Truncate(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vd OnDouble(Vd x) => Vector512.Truncate(x);
}

internal readonly struct Round : IUnary, IReal
{
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Lanes.Real<Round, T>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vf OnSingle(Vf x) => Vector512.Round(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vd OnDouble(Vd x) => Vector512.Round(x);
}

// Predicates yield lanes of all ones or all zeros; Map.Predicate packs them into bytes.
internal readonly struct IsNan : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => ~Vector512.Equals(x, x);
}

internal readonly struct IsInf : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged =>
        Vector512.Equals(x - x, x - x) ^ Vector512.Equals(x, x);
}

internal readonly struct IsFinite : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Vector512.Equals(x - x, x - x);
}

internal readonly struct LogicalNot : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Vector512.Equals(x, Vector512<T>.Zero);
}

internal readonly struct IsNonZero : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => ~Vector512.Equals(x, Vector512<T>.Zero);
}
