using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu.Elementwise;

internal readonly struct BitwiseAnd : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged => x & y;
}

internal readonly struct BitwiseOr : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged => x | y;
}

internal readonly struct BitwiseXor : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged => x ^ y;
}

internal readonly struct ShiftLeft : IBinary, IIntegerScalarBinary
{
    public static Vector512<T> Apply<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged =>
        Lanes.EachInteger<ShiftLeft, T>(x, y);

    static T IIntegerScalarBinary.Apply<T>(T x, T y) => Shift.Count(y) is { } count ? x << count : T.Zero;
}

internal readonly struct ShiftRight : IBinary, IIntegerScalarBinary
{
    public static Vector512<T> Apply<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged =>
        Lanes.EachInteger<ShiftRight, T>(x, y);

    static T IIntegerScalarBinary.Apply<T>(T x, T y) =>
        Shift.Count(y) is { } count ? x >> count : T.IsNegative(x) ? T.Zero - T.One : T.Zero;
}

internal static class Shift
{
    // A usable shift count, or null where every bit is shifted out.
    internal static int? Count<T>(T y) where T : unmanaged, IBinaryInteger<T>
    {
        var bits = y.GetByteCount() * 8;
        return T.IsNegative(y) || y >= T.CreateSaturating(bits) ? null : int.CreateTruncating(y);
    }
}

// Comparisons yield lanes of all ones or all zeros; Binary.Compare packs them into bytes.
internal readonly struct Equal : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged => Vector512.Equals(x, y);
}

internal readonly struct NotEqual : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged => ~Vector512.Equals(x, y);
}

internal readonly struct Less : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged => Vector512.LessThan(x, y);
}

internal readonly struct LessEqual : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged =>
        Vector512.LessThanOrEqual(x, y);
}

internal readonly struct Greater : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged =>
        Vector512.GreaterThan(x, y);
}

internal readonly struct GreaterEqual : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged =>
        Vector512.GreaterThanOrEqual(x, y);
}
