using System.Buffers.Binary;
using System.Text;

namespace Keras;

/// <summary>Structure of a file in the making: it grows, and fields are put at places that are known.</summary>
sealed class Hdf5Bytes
{
    byte[] _bytes = new byte[4096];

    internal int Count { get; private set; }

    internal ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Count);

    /// <summary>Room for a structure, all zeros, at a multiple of 8.</summary>
    internal int Reserve(int size)
    {
        var at = Count;
        Count = checked(at + Pad8(size));
        if (Count > _bytes.Length) Array.Resize(ref _bytes, Math.Max(Count, 2 * _bytes.Length));
        return at;
    }

    internal static int Pad8(int size) => checked((int)Pad8((long)size));

    internal static long Pad8(long size) => (size + 7) / 8 * 8;

    internal Hdf5Bytes Put(ref int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_bytes.AsSpan(at));
        at += bytes.Length;
        return this;
    }

    internal Hdf5Bytes U8(ref int at, int value)
    {
        _bytes[at++] = (byte)value;
        return this;
    }

    internal Hdf5Bytes U16(ref int at, int value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(at), checked((ushort)value));
        at += sizeof(ushort);
        return this;
    }

    internal Hdf5Bytes U32(ref int at, long value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(at), checked((uint)value));
        at += sizeof(uint);
        return this;
    }

    internal Hdf5Bytes U64(ref int at, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.AsSpan(at), value);
        at += sizeof(long);
        return this;
    }

    /// <summary>Text and the zero that ends it.</summary>
    internal Hdf5Bytes Text(ref int at, string text)
    {
        at += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(at)) + 1;
        return this;
    }
}
