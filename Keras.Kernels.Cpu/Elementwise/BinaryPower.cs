using System.Numerics;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu.Elementwise;

internal readonly struct Atan2 : IBinary, IRealScalarBinary
{
    public static Vector512<T> Apply<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged =>
        Lanes.EachReal<Atan2, T>(x, y);

    static T IRealScalarBinary.Apply<T>(T x, T y) => T.Atan2(x, y);
}

internal readonly struct Hypot : IBinary, IRealScalarBinary
{
    public static Vector512<T> Apply<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged =>
        Lanes.EachReal<Hypot, T>(x, y);

    static T IRealScalarBinary.Apply<T>(T x, T y) => T.Hypot(x, y);
}

internal readonly struct Power : IBinary, IRealScalarBinary, IIntegerScalarBinary
{
    public static Vector512<T> Apply<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged
    {
        if (typeof(T) == typeof(float))
            return PowerOfSingles.Apply(x.As<T, float>(), y.As<T, float>()).As<float, T>();
        return typeof(T) == typeof(double) ? Lanes.EachReal<Power, T>(x, y) : Lanes.EachInteger<Power, T>(x, y);
    }

    static T IRealScalarBinary.Apply<T>(T x, T y) => T.Pow(x, y);

    // Negative exponents: 0 but for bases 1 and -1, as truncation of the true value gives.
    static T IIntegerScalarBinary.Apply<T>(T x, T y)
    {
        if (T.IsNegative(y))
        {
            if (x == T.One) return T.One;
            return T.IsNegative(x) && T.IsZero(x + T.One) ? (T.IsOddInteger(y) ? x : T.One) : T.Zero;
        }

        var result = T.One;
        for (; !T.IsZero(y); y >>= 1)
        {
            if (T.IsOddInteger(y)) result *= x;
            x *= x;
        }

        return result;
    }
}

internal static unsafe class PowerOfSingles
{
    // exp(y log x) in double loses about 1e-14, far below single precision.
    internal static Vector512<float> Apply(Vector512<float> x, Vector512<float> y)
    {
        var (lowerX, upperX) = Vector512.Widen(Vector512.Abs(x));
        var (lowerY, upperY) = Vector512.Widen(y);
        var z = Vector512.Narrow(Positive(lowerX, lowerY), Positive(upperX, upperY));
        // A negative base: odd powers are negative, powers that are no integer do not exist.
        var negative = Vector512.LessThan(x, Vector512<float>.Zero);
        var whole = Vector512.Equals(Vector512.Truncate(y), y);
        var half = y * 0.5f;
        var odd = whole & ~Vector512.Equals(Vector512.Truncate(half), half);
        z = Vector512.ConditionalSelect(negative & odd, -z, z);
        z = Vector512.ConditionalSelect(negative & ~whole, Vector512.Create(float.NaN), z);
        var ordinary = ~Vector512.Equals(x, Vector512<float>.Zero)
            & Vector512.Equals(x - x, Vector512<float>.Zero) & Vector512.Equals(y - y, Vector512<float>.Zero);
        for (var lanes = ~ordinary.ExtractMostSignificantBits() & 0xFFFF; lanes != 0; lanes &= lanes - 1)
        {
            var lane = BitOperations.TrailingZeroCount(lanes);
            ((float*)&z)[lane] = (float)Math.Pow(((float*)&x)[lane], ((float*)&y)[lane]);
        }

        return z;
    }

    static Vector512<double> Positive(Vector512<double> x, Vector512<double> y) =>
        DoubleMath.Exp(y * DoubleMath.Log(x));
}
