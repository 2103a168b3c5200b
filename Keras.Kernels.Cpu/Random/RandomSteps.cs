using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Keras.Kernels.Cpu;

/// <summary>A distribution as a function of uniform numbers in [0, 1).</summary>
internal interface IUnitMap<T>
    where T : unmanaged
{
    Vector512<T> Invoke(Vector512<T> unit);
}

internal static class UnitNumbers
{
    /// <summary>23 random mantissa bits under the exponent of 1, less 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Single(Vector512<uint> bits) =>
        ((bits >>> 9) | Vector512.Create(0x3F800000u)).AsSingle() - Vector512<float>.One;

    /// <summary>52 random mantissa bits under the exponent of 1, less 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<double> Double(Vector512<ulong> hi, Vector512<ulong> lo) =>
        ((((hi << 32) | lo) >>> 12) | Vector512.Create(0x3FF0000000000000ul)).AsDouble() - Vector512<double>.One;
}

internal readonly unsafe struct BitsStep(ThreefryVector key) : ICounterStep<byte, uint>
{
    private readonly ThreefryVector _key = key;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step(Vector512<uint> hi, Vector512<uint> lo, byte* x, uint* y) => _key.Bits(hi, lo).Store(y);
}

internal readonly unsafe struct UnitStep<T, TMap>(ThreefryVector key, TMap map) : ICounterStep<byte, T>
    where T : unmanaged
    where TMap : struct, IUnitMap<T>
{
    private readonly ThreefryVector _key = key;
    private readonly TMap _map = map;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step(Vector512<uint> hi, Vector512<uint> lo, byte* x, T* y)
    {
        _key.Words(ref hi, ref lo);
        if (typeof(T) == typeof(float))
        {
            _map.Invoke(UnitNumbers.Single(hi ^ lo).As<float, T>()).Store(y);
            return;
        }
        var (hi0, hi1) = Vector512.Widen(hi);
        var (lo0, lo1) = Vector512.Widen(lo);
        _map.Invoke(UnitNumbers.Double(hi0, lo0).As<double, T>()).Store(y);
        _map.Invoke(UnitNumbers.Double(hi1, lo1).As<double, T>()).Store(y + Vector512<T>.Count);
    }
}

internal readonly struct UniformMap<T>(T low, T high) : IUnitMap<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T _low = low;
    private readonly T _width = high - low;

    // Two roundings, as the reference: a fused multiply-add would change the last bit.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Invoke(Vector512<T> unit)
    {
        var low = Vector512.Create(_low);
        return Vector512.MaxNative(low, (unit * _width) + low);
    }
}

/// <summary>sqrt(2) erfinv(u) with u uniform between two limits, clipped, scaled and shifted.</summary>
internal readonly struct NormalMap<T>(UniformMap<T> uniform, T least, T most, T mean, T deviation) : IUnitMap<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly UniformMap<T> _uniform = uniform;
    private readonly T _least = least;
    private readonly T _most = most;
    private readonly T _mean = mean;
    private readonly T _deviation = deviation;
    private readonly T _root = T.CreateTruncating(Math.Sqrt(2));

    internal static NormalMap<T> Plain(T mean, T deviation) =>
        new(new(T.BitIncrement(-T.One), T.One), T.NegativeInfinity, T.PositiveInfinity, mean, deviation);

    internal static NormalMap<T> Truncated(T lower, T upper, T mean, T deviation)
    {
        var root = T.CreateTruncating(Math.Sqrt(2));
        var uniform = new UniformMap<T>(
            T.CreateTruncating(LaneMath.Erf(double.CreateTruncating(lower / root))),
            T.CreateTruncating(LaneMath.Erf(double.CreateTruncating(upper / root))));
        return new(uniform, T.BitIncrement(lower), T.BitDecrement(upper), mean, deviation);
    }

    // A call of its own: with the generator inlined too, the caller would exceed the compiler's inlining budget.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public Vector512<T> Invoke(Vector512<T> unit)
    {
        var z = LaneMath.ErfInv(_uniform.Invoke(unit)) * _root;
        z = Vector512.MinNative(Vector512.Create(_most), Vector512.MaxNative(Vector512.Create(_least), z));
        return (z * _deviation) + Vector512.Create(_mean);
    }
}

internal readonly unsafe struct BernoulliStep(ThreefryVector key, float p) : ICounterStep<byte, byte>
{
    private readonly ThreefryVector _key = key;
    private readonly float _p = p;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step(Vector512<uint> hi, Vector512<uint> lo, byte* x, byte* y)
    {
        var hit = Vector512.LessThan(UnitNumbers.Single(_key.Bits(hi, lo)), Vector512.Create(_p)).AsUInt32();
        var ones = hit & Vector512<uint>.One;
        if (Avx512F.IsSupported)
        {
            Avx512F.ConvertToVector128Byte(ones).Store(y);
            return;
        }
        var words = Vector256.Narrow(ones.GetLower(), ones.GetUpper());
        Vector128.Narrow(words.GetLower(), words.GetUpper()).Store(y);
    }
}

/// <summary>x / keep where the Bernoulli mask of <c>keep</c> is set, else 0.</summary>
internal readonly unsafe struct DropoutStep<T>(ThreefryVector key, double keep) : ICounterStep<T, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ThreefryVector _key = key;
    private readonly float _threshold = (float)keep;
    private readonly T _keep = T.CreateTruncating(keep);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step(Vector512<uint> hi, Vector512<uint> lo, T* x, T* y)
    {
        var hit = Vector512.LessThan(UnitNumbers.Single(_key.Bits(hi, lo)), Vector512.Create(_threshold));
        if (typeof(T) == typeof(float))
        {
            Apply(hit.As<float, T>(), x, y);
            return;
        }
        var (low, high) = Vector512.Widen(hit.AsInt32());
        Apply(low.As<long, T>(), x, y);
        Apply(high.As<long, T>(), x + Vector512<T>.Count, y + Vector512<T>.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Apply(Vector512<T> mask, T* x, T* y) =>
        (mask & (Vector512.Load(x) / Vector512.Create(_keep))).Store(y);
}
