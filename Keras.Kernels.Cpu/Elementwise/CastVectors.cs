using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu.Elementwise;

// The conversions that training and inference spend time in; each rounds exactly as the scalar conversion does.
internal static unsafe class CastVectors
{
    internal static bool TryRow<TFrom, TTo>(TFrom* x, TTo* y, long n) where TFrom : unmanaged where TTo : unmanaged
    {
        if (typeof(TFrom) == typeof(float) && typeof(TTo) == typeof(double)) SingleToDouble((float*)x, (double*)y, n);
        else if (typeof(TFrom) == typeof(double) && typeof(TTo) == typeof(float))
            DoubleToSingle((double*)x, (float*)y, n);
        else if (typeof(TFrom) == typeof(int) && typeof(TTo) == typeof(float)) IntToSingle((int*)x, (float*)y, n);
        else if (typeof(TFrom) == typeof(float) && typeof(TTo) == typeof(int)) SingleToInt((float*)x, (int*)y, n);
        else if (typeof(TFrom) == typeof(byte) && typeof(TTo) == typeof(float)) ByteToSingle((byte*)x, (float*)y, n);
        else if (typeof(TFrom) == typeof(float) && typeof(TTo) == typeof(byte)) SingleToByte((float*)x, (byte*)y, n);
        else return false;
        return true;
    }

    internal static void FromHalf(ushort* x, float* y, long n)
    {
        long i = 0;
        for (; i <= n - 16; i += 16)
            HalfBits(Vector512.WidenLower(Vector256.Load(x + i).ToVector512Unsafe())).Store(y + i);
        for (; i < n; i++) y[i] = (float)((Half*)x)[i];
    }

    internal static void ToHalf(float* x, ushort* y, long n)
    {
        long i = 0;
        for (; i <= n - 32; i += 32)
            Vector512.Narrow(HalfOf(Vector512.Load(x + i)), HalfOf(Vector512.Load(x + i + 16))).Store(y + i);
        for (; i < n; i++) ((Half*)y)[i] = (Half)x[i];
    }

    internal static void FromBFloat16(ushort* x, float* y, long n)
    {
        long i = 0;
        for (; i <= n - 16; i += 16)
        {
            var bits = Vector512.WidenLower(Vector256.Load(x + i).ToVector512Unsafe());
            Vector512.ShiftLeft(bits, 16).AsSingle().Store(y + i);
        }

        for (; i < n; i++) y[i] = ((BFloat16*)x)[i];
    }

    internal static void ToBFloat16(float* x, ushort* y, long n)
    {
        long i = 0;
        for (; i <= n - 32; i += 32)
            Vector512.Narrow(BFloat16Of(Vector512.Load(x + i)), BFloat16Of(Vector512.Load(x + i + 16))).Store(y + i);
        for (; i < n; i++) ((BFloat16*)y)[i] = (BFloat16)x[i];
    }

    static void SingleToDouble(float* x, double* y, long n)
    {
        long i = 0;
        for (; i <= n - 16; i += 16)
        {
            var (lower, upper) = Vector512.Widen(Vector512.Load(x + i));
            lower.Store(y + i);
            upper.Store(y + i + 8);
        }

        for (; i < n; i++) y[i] = x[i];
    }

    static void DoubleToSingle(double* x, float* y, long n)
    {
        long i = 0;
        for (; i <= n - 16; i += 16) Vector512.Narrow(Vector512.Load(x + i), Vector512.Load(x + i + 8)).Store(y + i);
        for (; i < n; i++) y[i] = (float)x[i];
    }

    static void IntToSingle(int* x, float* y, long n)
    {
        long i = 0;
        for (; i <= n - 16; i += 16) Vector512.ConvertToSingle(Vector512.Load(x + i)).Store(y + i);
        for (; i < n; i++) y[i] = x[i];
    }

    static void SingleToInt(float* x, int* y, long n)
    {
        long i = 0;
        for (; i <= n - 16; i += 16) Vector512.ConvertToInt32(Vector512.Load(x + i)).Store(y + i);
        for (; i < n; i++) y[i] = (int)x[i];
    }

    static void SingleToByte(float* x, byte* y, long n)
    {
        long i = 0;
        for (; i <= n - 64; i += 64)
        {
            var low = Vector512.Narrow(Saturated(x + i), Saturated(x + i + 16));
            var high = Vector512.Narrow(Saturated(x + i + 32), Saturated(x + i + 48));
            Vector512.Narrow(low, high).Store(y + i);
        }

        for (; i < n; i++) y[i] = byte.CreateSaturating(x[i]);
    }

    // Conversion to int saturates and sends NaN to 0; a second clamp fits the byte.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<uint> Saturated(float* x)
    {
        var i = Vector512.ConvertToInt32(Vector512.Load(x));
        return Vector512.Min(Vector512.Max(i, Vector512<int>.Zero), Vector512.Create(255)).AsUInt32();
    }

    static void ByteToSingle(byte* x, float* y, long n)
    {
        long i = 0;
        for (; i <= n - 16; i += 16)
        {
            var wide = Vector256.WidenLower(Vector128.Load(x + i).ToVector256Unsafe());
            Vector512.ConvertToSingle(Vector512.WidenLower(wide.ToVector512Unsafe()).AsInt32()).Store(y + i);
        }

        for (; i < n; i++) y[i] = x[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> HalfBits(Vector512<uint> half)
    {
        var magnitude = half & Vector512.Create(0x7FFFu);
        var sign = Vector512.ShiftLeft(half & Vector512.Create(0x8000u), 16);
        // 2^112 moves the exponent bias from 15 to 127, subnormal numbers included.
        var scaled = (Vector512.ShiftLeft(magnitude, 13).AsSingle() * 5.192296858534828e33f).AsUInt32();
        var special = Vector512.GreaterThanOrEqual(magnitude, Vector512.Create(0x7C00u));
        return (scaled | sign | (special & Vector512.Create(0x7F800000u))).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<uint> HalfOf(Vector512<float> x)
    {
        var bits = x.AsUInt32();
        var magnitude = bits & Vector512.Create(0x7FFFFFFFu);
        var sign = Vector512.ShiftRightLogical(bits ^ magnitude, 16);
        var tie = Vector512.ShiftRightLogical(magnitude, 13) & Vector512<uint>.One;
        // Rebias the exponent from 127 to 15, then round to nearest even on the 13 bits that go.
        var normal = Vector512.ShiftRightLogical(magnitude - Vector512.Create(0x38000000u - 0xFFFu) + tie, 13);
        // Adding 1/2 leaves the subnormal result, rounded, in the low bits.
        var subnormal = (magnitude.AsSingle() + Vector512.Create(0.5f)).AsUInt32() - Vector512.Create(0x3F000000u);
        var y = Vector512.ConditionalSelect(
            Vector512.LessThan(magnitude, Vector512.Create(0x38800000u)), subnormal, normal);
        y = Vector512.ConditionalSelect(
            Vector512.GreaterThanOrEqual(magnitude, Vector512.Create(0x477FF000u)), Vector512.Create(0x7C00u), y);
        var payload = Vector512.ShiftRightLogical(magnitude, 13) & Vector512.Create(0x3FFu);
        y = Vector512.ConditionalSelect(
            Vector512.GreaterThan(magnitude, Vector512.Create(0x7F800000u)), payload | Vector512.Create(0x7E00u), y);
        return y | sign;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<uint> BFloat16Of(Vector512<float> x)
    {
        var bits = x.AsUInt32();
        var high = Vector512.ShiftRightLogical(bits, 16);
        var rounded = Vector512.ShiftRightLogical(bits + Vector512.Create(0x7FFFu) + (high & Vector512<uint>.One), 16);
        return Vector512.ConditionalSelect(
            Vector512.Equals(x, x).AsUInt32(), rounded, high | Vector512.Create(0x0040u));
    }
}
