using System.Numerics;
using System.Runtime.InteropServices;

namespace Keras;

/// <summary>Single elements of data whose dtype is known only at run time. Not for hot paths: kernels know their type.</summary>
static class Elements
{
    internal static double Read(DType dtype, ReadOnlySpan<byte> data, int index) => dtype switch
    {
        DType.Bool or DType.UInt8 => data[index],
        DType.UInt16 => At<ushort>(data, index),
        DType.UInt32 => At<uint>(data, index),
        DType.UInt64 => At<ulong>(data, index),
        DType.Int8 => At<sbyte>(data, index),
        DType.Int16 => At<short>(data, index),
        DType.Int32 => At<int>(data, index),
        DType.Int64 => At<long>(data, index),
        DType.Float8E4M3FN => At<Float8E4M3FN>(data, index),
        DType.Float8E5M2 => At<Float8E5M2>(data, index),
        DType.Float16 => (double)At<Half>(data, index),
        DType.BFloat16 => At<BFloat16>(data, index),
        DType.Float32 => At<float>(data, index),
        DType.Float64 => At<double>(data, index),
        _ => throw Errors.Argument("Tensor", "a complex number is not one double", "a real dtype", dtype.Name(), "Ops.Real and Ops.Imag give its parts."),
    };

    internal static string Text(DType dtype, ReadOnlySpan<byte> data, int index) => dtype switch
    {
        DType.Complex64 => At<Complex64>(data, index).ToString("G6", null),
        DType.Complex128 => At<Complex>(data, index).ToString("G6"),
        _ => Read(dtype, data, index).ToString("G6"),
    };

    internal static void Write(DType dtype, Span<byte> data, int index, double value)
    {
        switch (dtype)
        {
            case DType.Bool: data[index] = value != 0 ? (byte)1 : (byte)0; break;
            case DType.UInt8: data[index] = byte.CreateTruncating(value); break;
            case DType.UInt16: Set(data, index, ushort.CreateSaturating(value)); break;
            case DType.UInt32: Set(data, index, uint.CreateSaturating(value)); break;
            case DType.UInt64: Set(data, index, ulong.CreateSaturating(value)); break;
            case DType.Int8: Set(data, index, sbyte.CreateSaturating(value)); break;
            case DType.Int16: Set(data, index, short.CreateSaturating(value)); break;
            case DType.Int32: Set(data, index, int.CreateSaturating(value)); break;
            case DType.Int64: Set(data, index, long.CreateSaturating(value)); break;
            case DType.Float8E4M3FN: Set(data, index, (Float8E4M3FN)value); break;
            case DType.Float8E5M2: Set(data, index, (Float8E5M2)value); break;
            case DType.Float16: Set(data, index, (Half)value); break;
            case DType.BFloat16: Set(data, index, (BFloat16)value); break;
            case DType.Float32: Set(data, index, (float)value); break;
            case DType.Float64: Set(data, index, value); break;
            case DType.Complex64: Set(data, index, (Complex64)value); break;
            default: Set(data, index, (Complex)value); break;
        }
    }

    static T At<T>(ReadOnlySpan<byte> data, int index) where T : unmanaged => MemoryMarshal.Cast<byte, T>(data)[index];

    static void Set<T>(Span<byte> data, int index, T value) where T : unmanaged => MemoryMarshal.Cast<byte, T>(data)[index] = value;
}
