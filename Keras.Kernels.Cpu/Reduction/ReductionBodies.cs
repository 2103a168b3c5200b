using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu.Reduction;

using Keras.Kernels.Cpu.Elementwise;

// An associative combination of elements with the value that leaves them unchanged.
internal interface IReduction
{
    // Elements count as true or false, not as numbers.
    static abstract bool IsLogical { get; }

    static abstract T Identity<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T>;

    static abstract Vector512<T> Combine<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged;
}

internal readonly struct Sum : IReduction
{
    public static bool IsLogical => false;

    public static T Identity<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => T.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Combine<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged => x + y;
}

internal readonly struct Product : IReduction
{
    public static bool IsLogical => false;

    public static T Identity<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => T.One;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Combine<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged => x * y;
}

internal readonly struct Max : IReduction
{
    public static bool IsLogical => false;

    public static T Identity<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => Limits.Lowest<T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Combine<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged =>
        Elementwise.Maximum.Apply(x, y);
}

internal readonly struct Min : IReduction
{
    public static bool IsLogical => false;

    public static T Identity<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => Limits.Highest<T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Combine<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged =>
        Elementwise.Minimum.Apply(x, y);
}

internal readonly struct Any : IReduction
{
    public static bool IsLogical => true;

    public static T Identity<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => T.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Combine<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged => x | y;
}

internal readonly struct All : IReduction
{
    public static bool IsLogical => true;

    public static T Identity<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => T.One;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Combine<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged => x & y;
}

internal static class Limits
{
    internal static T Lowest<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> =>
        typeof(T) == typeof(float) || typeof(T) == typeof(double)
            ? T.CreateChecked(double.NegativeInfinity)
            : T.MinValue;

    internal static T Highest<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> =>
        typeof(T) == typeof(float) || typeof(T) == typeof(double)
            ? T.CreateChecked(double.PositiveInfinity)
            : T.MaxValue;
}
