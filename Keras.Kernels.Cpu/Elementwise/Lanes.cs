using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Vd = System.Runtime.Intrinsics.Vector512<double>;
using Vf = System.Runtime.Intrinsics.Vector512<float>;

namespace Keras.Kernels.Cpu.Elementwise;

internal interface IRealScalar
{
    static abstract T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T>;
}

internal interface IRealScalarBinary
{
    static abstract T Apply<T>(T x, T y) where T : unmanaged, IFloatingPointIeee754<T>;
}

internal interface IIntegerScalarBinary
{
    static abstract T Apply<T>(T x, T y) where T : unmanaged, IBinaryInteger<T>;
}

// A function with a vector form for each of the two widths that real arithmetic runs in.
internal interface IReal
{
    static abstract Vf OnSingle(Vf x);

    static abstract Vd OnDouble(Vd x);
}

internal interface IDoubleFunction
{
    static abstract Vd OnDouble(Vd x);
}

internal static unsafe class Lanes
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<T> Real<TReal, T>(Vector512<T> x) where TReal : IReal where T : unmanaged
    {
        if (typeof(T) == typeof(float)) return TReal.OnSingle(x.As<T, float>()).As<float, T>();
        if (typeof(T) == typeof(double)) return TReal.OnDouble(x.As<T, double>()).As<double, T>();
        throw NotReal<T>();
    }

    // Single precision by way of double: for functions whose double form is fast enough.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<T> ByDouble<TReal, T>(Vector512<T> x) where TReal : IDoubleFunction where T : unmanaged
    {
        if (typeof(T) == typeof(double)) return TReal.OnDouble(x.As<T, double>()).As<double, T>();
        if (typeof(T) != typeof(float)) throw NotReal<T>();
        var (lower, upper) = Vector512.Widen(x.As<T, float>());
        return Vector512.Narrow(TReal.OnDouble(lower), TReal.OnDouble(upper)).As<float, T>();
    }

    internal static Vector512<T> Each<TScalar, T>(Vector512<T> x) where TScalar : IRealScalar where T : unmanaged
    {
        if (typeof(T) == typeof(float)) return EachOf<TScalar, float>(x.As<T, float>()).As<float, T>();
        if (typeof(T) == typeof(double)) return EachOf<TScalar, double>(x.As<T, double>()).As<double, T>();
        throw NotReal<T>();
    }

    internal static Vector512<T> EachReal<TScalar, T>(Vector512<T> x, Vector512<T> y)
        where TScalar : IRealScalarBinary where T : unmanaged
    {
        if (typeof(T) == typeof(float))
            return EachRealOf<TScalar, float>(x.As<T, float>(), y.As<T, float>()).As<float, T>();
        if (typeof(T) == typeof(double))
            return EachRealOf<TScalar, double>(x.As<T, double>(), y.As<T, double>()).As<double, T>();
        throw NotReal<T>();
    }

    internal static Vector512<T> EachInteger<TScalar, T>(Vector512<T> x, Vector512<T> y)
        where TScalar : IIntegerScalarBinary where T : unmanaged
    {
        if (typeof(T) == typeof(byte)) return EachIntegerAs<TScalar, T, byte>(x, y);
        if (typeof(T) == typeof(sbyte)) return EachIntegerAs<TScalar, T, sbyte>(x, y);
        if (typeof(T) == typeof(short)) return EachIntegerAs<TScalar, T, short>(x, y);
        if (typeof(T) == typeof(ushort)) return EachIntegerAs<TScalar, T, ushort>(x, y);
        if (typeof(T) == typeof(int)) return EachIntegerAs<TScalar, T, int>(x, y);
        if (typeof(T) == typeof(uint)) return EachIntegerAs<TScalar, T, uint>(x, y);
        if (typeof(T) == typeof(long)) return EachIntegerAs<TScalar, T, long>(x, y);
        if (typeof(T) == typeof(ulong)) return EachIntegerAs<TScalar, T, ulong>(x, y);
        throw new NotSupportedException($"Expected: an integer element type. Received: {typeof(T).Name}.");
    }

    internal static NotSupportedException NotReal<T>() =>
        new($"Expected: a floating-point element type. Received: {typeof(T).Name}.");

    static Vector512<T> EachOf<TScalar, T>(Vector512<T> x)
        where TScalar : IRealScalar where T : unmanaged, IFloatingPointIeee754<T>
    {
        var p = (T*)&x;
        for (var i = 0; i < Vector512<T>.Count; i++) p[i] = TScalar.Apply(p[i]);
        return x;
    }

    static Vector512<T> EachRealOf<TScalar, T>(Vector512<T> x, Vector512<T> y)
        where TScalar : IRealScalarBinary where T : unmanaged, IFloatingPointIeee754<T>
    {
        T* p = (T*)&x, q = (T*)&y;
        for (var i = 0; i < Vector512<T>.Count; i++) p[i] = TScalar.Apply(p[i], q[i]);
        return x;
    }

    static Vector512<T> EachIntegerAs<TScalar, T, TInteger>(Vector512<T> x, Vector512<T> y)
        where TScalar : IIntegerScalarBinary
        where TInteger : unmanaged, IBinaryInteger<TInteger>
    {
        TInteger* p = (TInteger*)&x, q = (TInteger*)&y;
        for (var i = 0; i < Vector512<TInteger>.Count; i++) p[i] = TScalar.Apply(p[i], q[i]);
        return x;
    }
}
