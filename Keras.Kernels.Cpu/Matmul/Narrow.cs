using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu;

/// <summary>
/// 2-byte floats as float32 and back, rounded to nearest even: <see cref="Half"/>, or else bfloat16, the upper half of
/// a float32's bits.
/// </summary>
internal static unsafe class Narrow
{
    const uint QuietNaN = 0x7FC0;

    public static void Widen<TMem>(TMem* source, int count, float* target) where TMem : unmanaged
    {
        if (typeof(TMem) == typeof(Half))
            TensorPrimitives.ConvertToSingle(new ReadOnlySpan<Half>(source, count), new Span<float>(target, count));
        else
            WidenUpper((ushort*)source, count, target);
    }

    public static void Round<TMem>(float* source, int count, TMem* target) where TMem : unmanaged
    {
        if (typeof(TMem) == typeof(Half))
            TensorPrimitives.ConvertToHalf(new ReadOnlySpan<float>(source, count), new Span<Half>(target, count));
        else
            RoundUpper(source, count, (ushort*)target);
    }

    static void WidenUpper(ushort* source, int count, float* target)
    {
        int i = 0;
        for (; i <= count - Vector512<ushort>.Count; i += Vector512<ushort>.Count)
        {
            (Vector512<uint> low, Vector512<uint> high) = Vector512.Widen(Vector512.Load(source + i));
            (low << 16).AsSingle().Store(target + i);
            (high << 16).AsSingle().Store(target + i + Vector512<uint>.Count);
        }
        for (; i < count; i++)
            target[i] = BitConverter.UInt32BitsToSingle((uint)source[i] << 16);
    }

    static void RoundUpper(float* source, int count, ushort* target)
    {
        int i = 0;
        for (; i <= count - Vector512<ushort>.Count; i += Vector512<ushort>.Count)
        {
            Vector512<uint> low = RoundUpper(Vector512.Load(source + i));
            Vector512<uint> high = RoundUpper(Vector512.Load(source + i + Vector512<uint>.Count));
            Vector512.Narrow(low, high).Store(target + i);
        }
        for (; i < count; i++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(source[i]);
            target[i] = float.IsNaN(source[i])
                ? (ushort)((bits >> 16) | QuietNaN)
                : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
        }
    }

    static Vector512<uint> RoundUpper(Vector512<float> values)
    {
        Vector512<uint> bits = values.AsUInt32(), upper = bits >>> 16;
        Vector512<uint> rounded = (bits + Vector512.Create(0x7FFFu) + (upper & Vector512<uint>.One)) >>> 16;
        return Vector512.ConditionalSelect(
            Vector512.IsNaN(values).AsUInt32(), upper | Vector512.Create(QuietNaN), rounded);
    }
}
