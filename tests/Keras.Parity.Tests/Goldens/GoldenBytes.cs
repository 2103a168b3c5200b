using System.Buffers.Binary;

namespace Keras.Parity.Tests.Goldens;

/// <summary>Raw bytes of a recorded array as doubles.</summary>
static class GoldenBytes
{
    delegate double Reader(ReadOnlySpan<byte> element);

    public static double[] ToDoubles(string dtype, ReadOnlySpan<byte> data)
    {
        var (size, read) = Element(dtype);
        if (data.Length % size != 0)
            throw new FormatException($"{data.Length} bytes are not a whole number of {dtype} elements.");
        var values = new double[data.Length / size];
        for (var i = 0; i < values.Length; i++)
            values[i] = read(data.Slice(i * size, size));
        return values;
    }

    static (int Size, Reader Read) Element(string dtype) => dtype switch
    {
        "bool" => (1, b => b[0] != 0 ? 1 : 0),
        "int8" => (1, b => (sbyte)b[0]),
        "uint8" => (1, b => b[0]),
        "int16" => (2, b => BinaryPrimitives.ReadInt16LittleEndian(b)),
        "uint16" => (2, b => BinaryPrimitives.ReadUInt16LittleEndian(b)),
        "int32" => (4, b => BinaryPrimitives.ReadInt32LittleEndian(b)),
        "uint32" => (4, b => BinaryPrimitives.ReadUInt32LittleEndian(b)),
        "int64" => (8, b => BinaryPrimitives.ReadInt64LittleEndian(b)),
        "uint64" => (8, b => BinaryPrimitives.ReadUInt64LittleEndian(b)),
        "float16" => (2, b => (double)BinaryPrimitives.ReadHalfLittleEndian(b)),
        // The upper half of a float32.
        "bfloat16" => (2, b => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(b) << 16)),
        "float32" or "complex64" => (4, b => BinaryPrimitives.ReadSingleLittleEndian(b)),
        "float64" or "complex128" => (8, BinaryPrimitives.ReadDoubleLittleEndian),
        _ => throw new FormatException($"Unknown dtype '{dtype}' in a golden."),
    };
}
