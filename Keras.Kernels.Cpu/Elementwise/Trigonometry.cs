using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Vd = System.Runtime.Intrinsics.Vector512<double>;

namespace Keras.Kernels.Cpu.Elementwise;

internal static unsafe class Trigonometry
{
    // Up to here a quadrant number has 20 bits and three parts of pi/2 reduce to full precision.
    const double Limit = 1e6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vd Sin(Vd x)
    {
        var (sin, cos, quadrant) = Parts(x);
        var y = Pick(sin, cos, quadrant);
        return InRange(x) ? y : Repair<ScalarSin>(x, y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vd Cos(Vd x)
    {
        var (sin, cos, quadrant) = Parts(x);
        var y = Pick(sin, cos, quadrant + Vector512<long>.One);
        return InRange(x) ? y : Repair<ScalarCos>(x, y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vd Tan(Vd x)
    {
        var (sin, cos, quadrant) = Parts(x);
        var y = Pick(sin, cos, quadrant) / Pick(sin, cos, quadrant + Vector512<long>.One);
        return InRange(x) ? y : Repair<ScalarTan>(x, y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vd Sin, Vd Cos, Vector512<long> Quadrant) Parts(Vd x)
    {
        var inside = Vector512.LessThanOrEqual(Vector512.Abs(x), Vector512.Create(Limit));
        var k = Vector512.Round((x & inside) * 0.63661977236758134);
        var r = Vector512.FusedMultiplyAdd(k, Vector512.Create(-1.5707963267948966), x);
        var high = Vector512.FusedMultiplyAdd(k, Vector512.Create(-6.123233995736766e-17), r);
        var low = Vector512.FusedMultiplyAdd(k, Vector512.Create(-6.123233995736766e-17), r - high);
        low = Vector512.FusedMultiplyAdd(k, Vector512.Create(1.4973849048591698e-33), low);
        var z = high * high;
        var tiny = Vector512.LessThan(Vector512.Abs(x), Vector512.Create(7e-9));
        return (Vector512.ConditionalSelect(tiny, x, SinNearZero(high, low, z)), CosNearZero(high, low, z),
            Vector512.ConvertToInt64Native(k));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vd SinNearZero(Vd r, Vd low, Vd z)
    {
        var p = DoubleMath.Fma(z, 1.5917848524808034e-10, -2.5051127944014184e-08);
        p = DoubleMath.Fma(z, p, 2.755731608381636e-06);
        p = DoubleMath.Fma(z, p, -0.00019841269836722418);
        p = DoubleMath.Fma(z, p, 0.008333333333330925);
        p = DoubleMath.Fma(z, p, -0.16666666666666666);
        var slope = DoubleMath.Fma(z, -0.5, 1);
        return r + Vector512.FusedMultiplyAdd(z * r, p, low * slope);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vd CosNearZero(Vd r, Vd low, Vd z)
    {
        var p = DoubleMath.Fma(z, -1.1382456778047061e-11, 2.087614382799289e-09);
        p = DoubleMath.Fma(z, p, -2.7557317260008837e-07);
        p = DoubleMath.Fma(z, p, 2.480158729874307e-05);
        p = DoubleMath.Fma(z, p, -0.0013888888888887382);
        p = DoubleMath.Fma(z, p, 0.041666666666666664);
        var half = z * 0.5;
        var w = Vector512<double>.One - half;
        var rest = Vector512<double>.One - w - half;
        return w + (rest + Vector512.FusedMultiplyAdd(z * z, p, -(r * low)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vd Pick(Vd sin, Vd cos, Vector512<long> quadrant)
    {
        var odd = ~Vector512.Equals(quadrant & Vector512<long>.One, Vector512<long>.Zero);
        var sign = Vector512.ShiftLeft(quadrant & Vector512.Create(2L), 62);
        return (Vector512.ConditionalSelect(odd, cos.AsInt64(), sin.AsInt64()) ^ sign).AsDouble();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool InRange(Vd x) => Vector512.LessThanOrEqualAll(Vector512.Abs(x), Vector512.Create(Limit));

    // Lane by lane, so that what a lane yields does not depend on its neighbours.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static Vd Repair<TScalar>(Vd x, Vd y) where TScalar : IRealScalar
    {
        for (var lanes = ~Vector512.LessThanOrEqual(Vector512.Abs(x), Vector512.Create(Limit))
            .ExtractMostSignificantBits() & 0xFF; lanes != 0; lanes &= lanes - 1)
        {
            var lane = BitOperations.TrailingZeroCount(lanes);
            ((double*)&y)[lane] = TScalar.Apply(((double*)&x)[lane]);
        }

        return y;
    }

    readonly struct ScalarSin : IRealScalar
    {
        public static T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.Sin(x);
    }

    readonly struct ScalarCos : IRealScalar
    {
        public static T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.Cos(x);
    }

    readonly struct ScalarTan : IRealScalar
    {
        public static T Apply<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> => T.Tan(x);
    }
}
