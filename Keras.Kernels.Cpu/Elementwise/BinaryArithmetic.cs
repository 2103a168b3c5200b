using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu.Elementwise;

internal readonly struct Add : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged => x + y;
}

internal readonly struct Subtract : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged => x - y;
}

internal readonly struct Multiply : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged => x * y;
}

internal readonly struct Divide : IBinary, IIntegerScalarBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged =>
        typeof(T) == typeof(float) || typeof(T) == typeof(double) ? x / y : Lanes.EachInteger<Divide, T>(x, y);

    static T IIntegerScalarBinary.Apply<T>(T x, T y) => Quotient.Of(x, y);
}

internal readonly struct Maximum : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged => Vector512.Max(x, y);
}

internal readonly struct Minimum : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged => Vector512.Min(x, y);
}

internal readonly struct LogAddExp : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged
    {
        // Equal infinities differ by NaN; their distance counts as zero.
        var distance = Vector512.ConditionalSelect(
            Vector512.Equals(x, y), Vector512<T>.Zero, Vector512.Abs(x - y));
        return Vector512.Max(x, y) + Log1p.Apply(Exp.Apply(-distance));
    }
}

internal readonly struct FloorDivide : IBinary, IRealScalarBinary, IIntegerScalarBinary
{
    public static Vector512<T> Apply<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged =>
        typeof(T) == typeof(float) || typeof(T) == typeof(double)
            ? Lanes.EachReal<FloorDivide, T>(x, y)
            : Lanes.EachInteger<FloorDivide, T>(x, y);

    static T IRealScalarBinary.Apply<T>(T x, T y)
    {
        if (T.IsZero(y)) return x / y;
        var remainder = x % y;
        var quotient = (x - remainder) / y;
        if (!T.IsZero(remainder) && T.IsNegative(remainder) != T.IsNegative(y)) quotient -= T.One;
        if (T.IsZero(quotient)) return T.CopySign(quotient, x / y);
        // The quotient is an integer but for rounding.
        var floor = T.Floor(quotient);
        return quotient - floor > T.CreateChecked(0.5) ? floor + T.One : floor;
    }

    static T IIntegerScalarBinary.Apply<T>(T x, T y)
    {
        var quotient = Quotient.Of(x, y);
        var exact = T.IsZero(y) || T.IsZero(x - (quotient * y));
        return exact || T.IsNegative(x) == T.IsNegative(y) ? quotient : quotient - T.One;
    }
}

internal readonly struct Mod : IBinary, IRealScalarBinary, IIntegerScalarBinary
{
    public static Vector512<T> Apply<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged =>
        typeof(T) == typeof(float) || typeof(T) == typeof(double)
            ? Lanes.EachReal<Mod, T>(x, y)
            : Lanes.EachInteger<Mod, T>(x, y);

    static T IRealScalarBinary.Apply<T>(T x, T y) => Modulo.Of(x, y);

    static T IIntegerScalarBinary.Apply<T>(T x, T y)
    {
        if (T.IsZero(y)) return T.Zero;
        var remainder = x - (Quotient.Of(x, y) * y);
        return T.IsZero(remainder) || T.IsNegative(remainder) == T.IsNegative(y) ? remainder : remainder + y;
    }
}

// The least common multiple follows from it. The lowest number of a signed type has no positive twin and stays.
internal readonly struct Gcd : IBinary, IIntegerScalarBinary
{
    public static Vector512<T> Apply<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged => Lanes.EachInteger<Gcd, T>(x, y);

    static T IIntegerScalarBinary.Apply<T>(T x, T y)
    {
        while (!T.IsZero(y)) (x, y) = (y, x - (Quotient.Of(x, y) * y));
        return T.IsNegative(x) ? T.Zero - x : x;
    }
}

internal static class Quotient
{
    // Towards zero, without the two faults of the division instruction: x / 0 gives 0 and MinValue / -1 wraps.
    internal static T Of<T>(T x, T y) where T : unmanaged, IBinaryInteger<T>
    {
        if (T.IsZero(y)) return T.Zero;
        return T.IsNegative(y) && T.IsZero(y + T.One) ? T.Zero - x : x / y;
    }
}

internal static class Modulo
{
    // The remainder with the divisor's sign.
    internal static T Of<T>(T x, T y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var remainder = x % y;
        if (T.IsZero(remainder)) return T.CopySign(T.Zero, y);
        return T.IsNegative(remainder) == T.IsNegative(y) ? remainder : remainder + y;
    }
}
