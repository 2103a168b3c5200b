using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu.Sorting;

// Elements as unsigned integers of their own width that compare as the elements do, NaN above all. TBits is the unsigned type of T's size.
internal static unsafe class Keys<T, TBits>
    where T : unmanaged where TBits : unmanaged, IBinaryInteger<TBits>, IUnsignedNumber<TBits>, IMinMaxValue<TBits>
{
    static bool IsSigned
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => typeof(T) == typeof(sbyte) || typeof(T) == typeof(short) || typeof(T) == typeof(int) || typeof(T) == typeof(long);
    }

    static bool IsReal
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => typeof(T) == typeof(float) || typeof(T) == typeof(double) || typeof(T) == typeof(Half) || typeof(T) == typeof(BFloat16);
    }

    static TBits Sign
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TBits.One << ((sizeof(TBits) * 8) - 1);
    }

    static TBits Infinity
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TBits.CreateTruncating(
            typeof(T) == typeof(float) ? 0x7F800000u : typeof(T) == typeof(double) ? 0x7FF0000000000000u : typeof(T) == typeof(Half) ? 0x7C00u : 0x7F80u);
    }

    // The two zeros stay apart, so that the elements can be had back.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<TBits> Of(Vector512<TBits> bits)
    {
        var sign = Vector512.Create(Sign);
        if (IsSigned) return bits ^ sign;
        if (!IsReal) return bits;
        var negative = Vector512.Equals(bits & sign, sign);
        var nan = Vector512.GreaterThan(Vector512.AndNot(bits, sign), Vector512.Create(Infinity));
        return (bits ^ (negative | sign)) | nan;
    }

    // The two zeros are equal.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<TBits> OfEqualZeros(Vector512<TBits> bits) =>
        Of(IsReal ? Vector512.AndNot(bits, Vector512.Equals(bits, Vector512.Create(Sign))) : bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TBits OfEqualZeros(TBits bits) => OfEqualZeros(Vector512.CreateScalar(bits)).ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<TBits> Bits(Vector512<TBits> key)
    {
        var sign = Vector512.Create(Sign);
        if (IsSigned) return key ^ sign;
        return IsReal ? key ^ (sign | ~Vector512.Equals(key & sign, sign)) : key;
    }

    internal static void Encode(TBits* x, TBits* keys, long n)
    {
        long i = 0;
        for (; i <= n - Vector512<TBits>.Count; i += Vector512<TBits>.Count) Of(Vector512.Load(x + i)).Store(keys + i);
        for (; i < n; i++) keys[i] = Of(Vector512.CreateScalar(x[i])).ToScalar();
    }

    internal static void EncodeEqualZeros(TBits* x, TBits* keys, long n)
    {
        long i = 0;
        for (; i <= n - Vector512<TBits>.Count; i += Vector512<TBits>.Count) OfEqualZeros(Vector512.Load(x + i)).Store(keys + i);
        for (; i < n; i++) keys[i] = OfEqualZeros(x[i]);
    }

    internal static void Decode(TBits* keys, TBits* y, long n)
    {
        long i = 0;
        for (; i <= n - Vector512<TBits>.Count; i += Vector512<TBits>.Count) Bits(Vector512.Load(keys + i)).Store(y + i);
        for (; i < n; i++) y[i] = Bits(Vector512.CreateScalar(keys[i])).ToScalar();
    }
}
