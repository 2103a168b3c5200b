using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu.Elementwise;

// Rarely used functions run lane by lane through the runtime's own mathematics.
internal readonly struct Log2 : IUnary, IRealScalar
{
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Lanes.Each<Log2, T>(x);

    static T IRealScalar.Apply<T>(T x) => T.Log2(x);
}

internal readonly struct Log10 : IUnary, IRealScalar
{
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Lanes.Each<Log10, T>(x);

    static T IRealScalar.Apply<T>(T x) => T.Log10(x);
}

internal readonly struct Cbrt : IUnary, IRealScalar
{
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Lanes.Each<Cbrt, T>(x);

    static T IRealScalar.Apply<T>(T x) => T.Cbrt(x);
}

internal readonly struct Asin : IUnary, IRealScalar
{
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Lanes.Each<Asin, T>(x);

    static T IRealScalar.Apply<T>(T x) => T.Asin(x);
}

internal readonly struct Acos : IUnary, IRealScalar
{
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Lanes.Each<Acos, T>(x);

    static T IRealScalar.Apply<T>(T x) => T.Acos(x);
}

internal readonly struct Atan : IUnary, IRealScalar
{
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Lanes.Each<Atan, T>(x);

    static T IRealScalar.Apply<T>(T x) => T.Atan(x);
}

internal readonly struct Sinh : IUnary, IRealScalar
{
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Lanes.Each<Sinh, T>(x);

    static T IRealScalar.Apply<T>(T x) => T.Sinh(x);
}

internal readonly struct Cosh : IUnary, IRealScalar
{
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Lanes.Each<Cosh, T>(x);

    static T IRealScalar.Apply<T>(T x) => T.Cosh(x);
}

internal readonly struct Asinh : IUnary, IRealScalar
{
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Lanes.Each<Asinh, T>(x);

    static T IRealScalar.Apply<T>(T x) => T.Asinh(x);
}

internal readonly struct Acosh : IUnary, IRealScalar
{
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Lanes.Each<Acosh, T>(x);

    static T IRealScalar.Apply<T>(T x) => T.Acosh(x);
}

internal readonly struct Atanh : IUnary, IRealScalar
{
    public static Vector512<T> Apply<T>(Vector512<T> x) where T : unmanaged => Lanes.Each<Atanh, T>(x);

    static T IRealScalar.Apply<T>(T x) => T.Atanh(x);
}
