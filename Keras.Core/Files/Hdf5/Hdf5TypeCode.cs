using System.Buffers.Binary;

namespace Keras;

/// <summary>Element types as bytes of a message: those that h5py writes for the same NumPy types.</summary>
static class Hdf5TypeCode
{
    /// <summary>Text of variable length in UTF-8, ended by zero.</summary>
    internal static ReadOnlySpan<byte> Text => [0x19, 1, 1, 0, 16, 0, 0, 0, 0x10, 0, 0, 0, 1, 0, 0, 0, 0, 0, 8, 0];

    /// <summary>The type of a dtype's elements.</summary>
    internal static byte[] Of(DType dtype) => dtype switch
    {
        DType.Bool => [0x18, 2, 0, 0, 1, 0, 0, 0, .. Of(DType.Int8), .. "FALSE\0\0\0TRUE\0\0\0\0"u8, 0, 1],
        _ when RawArray.IsOpaque(dtype) => [0x15, 0, 0, 0, (byte)dtype.Size(), 0, 0, 0],
        _ when dtype.IsFloating() => Float(dtype.Size(), ExponentBits(dtype)),
        _ when dtype.IsComplex() => Complex(dtype),
        _ => Integer(dtype.Size(), !dtype.IsUnsigned()),
    };

    /// <summary>How many bits of a float are its exponent; the others but one are its mantissa.</summary>
    internal static int ExponentBits(DType dtype) => dtype switch
    {
        DType.Float8E4M3FN => 4,
        DType.Float8E5M2 or DType.Float16 => 5,
        DType.BFloat16 or DType.Float32 => 8,
        DType.Float64 => 11,
        _ => 0,
    };

    static byte[] Integer(int size, bool isSigned) => [0x10, (byte)(isSigned ? 8 : 0), 0, 0, (byte)size, 0, 0, 0, 0, 0, (byte)(8 * size), 0];

    static byte[] Float(int size, int exponent)
    {
        var mantissa = 8 * size - 1 - exponent;
        var code = new byte[20];
        ReadOnlySpan<byte> start = [0x11, 0x20, (byte)(8 * size - 1), 0, (byte)size, 0, 0, 0, 0, 0, (byte)(8 * size), 0, (byte)mantissa, (byte)exponent, 0, (byte)mantissa];
        start.CopyTo(code);
        BinaryPrimitives.WriteInt32LittleEndian(code.AsSpan(start.Length), (1 << exponent - 1) - 1);
        return code;
    }

    static byte[] Complex(DType dtype)
    {
        var part = Of(dtype.ToReal());
        var half = (byte)(dtype.Size() / 2);
        return [0x16, 2, 0, 0, (byte)dtype.Size(), 0, 0, 0, .. Member((byte)'r', 0, part), .. Member((byte)'i', half, part)];
    }

    static byte[] Member(byte name, byte offset, byte[] type) => [name, .. new byte[7], offset, .. new byte[31], .. type];
}
