using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu.Elementwise;

// Complex numbers as lanes of reals, real before imaginary. The drivers see reals with an inner axis of 2, so that a pair never lies across two
// vectors.
internal static class PairLanes
{
    // The real parts, twice each.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<T> Firsts<T>(Vector512<T> x) where T : unmanaged => typeof(T) == typeof(float)
        ? Vector512.Shuffle(x.As<T, float>(), Vector512.Create(0, 0, 2, 2, 4, 4, 6, 6, 8, 8, 10, 10, 12, 12, 14, 14)).As<float, T>()
        : Vector512.Shuffle(x.As<T, double>(), Vector512.Create(0L, 0, 2, 2, 4, 4, 6, 6)).As<double, T>();

    // The imaginary parts, twice each.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<T> Seconds<T>(Vector512<T> x) where T : unmanaged => typeof(T) == typeof(float)
        ? Vector512.Shuffle(x.As<T, float>(), Vector512.Create(1, 1, 3, 3, 5, 5, 7, 7, 9, 9, 11, 11, 13, 13, 15, 15)).As<float, T>()
        : Vector512.Shuffle(x.As<T, double>(), Vector512.Create(1L, 1, 3, 3, 5, 5, 7, 7)).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<T> Swapped<T>(Vector512<T> x) where T : unmanaged => typeof(T) == typeof(float)
        ? Vector512.Shuffle(x.As<T, float>(), Vector512.Create(1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14)).As<float, T>()
        : Vector512.Shuffle(x.As<T, double>(), Vector512.Create(1L, 0, 3, 2, 5, 4, 7, 6)).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<T> NegateFirsts<T>(Vector512<T> x) where T : unmanaged => typeof(T) == typeof(float)
        ? (x.As<T, ulong>() ^ Vector512.Create(0x8000_0000UL)).As<ulong, T>()
        : (x.As<T, double>() ^ Vector512.Create(-0.0, 0, -0.0, 0, -0.0, 0, -0.0, 0)).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<T> NegateSeconds<T>(Vector512<T> x) where T : unmanaged => typeof(T) == typeof(float)
        ? (x.As<T, ulong>() ^ Vector512.Create(0x8000_0000_0000_0000UL)).As<ulong, T>()
        : (x.As<T, double>() ^ Vector512.Create(0, -0.0, 0, -0.0, 0, -0.0, 0, -0.0)).As<double, T>();
}

internal readonly struct Conjugate : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => PairLanes.NegateSeconds(x);
}

// (a + bi)(c + di) = (ac - bd) + (ad + bc)i
internal readonly struct MultiplyPairs : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged =>
        (PairLanes.Firsts(x) * y) + PairLanes.NegateFirsts(PairLanes.Seconds(x) * PairLanes.Swapped(y));
}

// By the ratio of the divisor's smaller part to its larger one, so that no square overflows (Smith 1962).
internal readonly struct DividePairs : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged
    {
        Vector512<T> first = PairLanes.Firsts(y), second = PairLanes.Seconds(y), crossed = PairLanes.NegateSeconds(PairLanes.Swapped(x));
        var firstLeads = Vector512.GreaterThanOrEqual(Vector512.Abs(first), Vector512.Abs(second));
        var larger = Vector512.ConditionalSelect(firstLeads, first, second);
        var smaller = Vector512.ConditionalSelect(firstLeads, second, first);
        var ratio = smaller / larger;
        var sum = Vector512.ConditionalSelect(firstLeads, x + (crossed * ratio), (x * ratio) + crossed);
        // By 0: each part for itself.
        var zero = Vector512.Equals(larger, Vector512<T>.Zero);
        return Vector512.ConditionalSelect(zero, x, sum) / Vector512.ConditionalSelect(zero, Vector512.Abs(larger), larger + (smaller * ratio));
    }
}
