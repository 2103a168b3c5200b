using System.Buffers.Binary;
using System.Numerics;

namespace Keras;

/// <summary>The checksums of HDF5: Jenkins's lookup3 of its structure, and Fletcher's of chunks.</summary>
static class Hdf5Checksum
{
    /// <summary>Refuses a block whose last four bytes are not the checksum of those before them.</summary>
    internal static void Verify(Hdf5Source source, ReadOnlySpan<byte> block, string what) => Verify(source, block, what, Lookup3);

    internal static void Verify(Hdf5Source source, ReadOnlySpan<byte> block, string what, Func<ReadOnlySpan<byte>, uint> sum)
    {
        if (block.Length < sizeof(uint)) throw source.Bad($"the {what} is cut short", "a checksum", $"{block.Length} bytes");
        Match(source, BinaryPrimitives.ReadUInt32LittleEndian(block[^sizeof(uint)..]), sum(block[..^sizeof(uint)]), what);
    }

    internal static void Match(Hdf5Source source, uint stored, uint computed, string what)
    {
        if (stored != computed) throw source.Bad($"the checksum of the {what} does not fit", $"{computed:x8}", $"{stored:x8}", "The file is damaged.");
    }

    /// <summary>Bob Jenkins's lookup3 with the initial value 0.</summary>
    internal static uint Lookup3(ReadOnlySpan<byte> data)
    {
        uint a, b, c;
        a = b = c = 0xdeadbeef + (uint)data.Length;
        while (data.Length > 12)
        {
            a += Word(data);
            b += Word(data[4..]);
            c += Word(data[8..]);
            Mix(ref a, ref b, ref c);
            data = data[12..];
        }
        if (data.IsEmpty) return c;
        Span<byte> last = stackalloc byte[12];
        last.Clear();
        data.CopyTo(last);
        a += Word(last);
        b += Word(last[4..]);
        c += Word(last[8..]);
        Finish(ref a, ref b, ref c);
        return c;
    }

    static uint Word(ReadOnlySpan<byte> data) => BinaryPrimitives.ReadUInt32LittleEndian(data);

    static void Mix(ref uint a, ref uint b, ref uint c)
    {
        a -= c; a ^= BitOperations.RotateLeft(c, 4); c += b;
        b -= a; b ^= BitOperations.RotateLeft(a, 6); a += c;
        c -= b; c ^= BitOperations.RotateLeft(b, 8); b += a;
        a -= c; a ^= BitOperations.RotateLeft(c, 16); c += b;
        b -= a; b ^= BitOperations.RotateLeft(a, 19); a += c;
        c -= b; c ^= BitOperations.RotateLeft(b, 4); b += a;
    }

    static void Finish(ref uint a, ref uint b, ref uint c)
    {
        c ^= b; c -= BitOperations.RotateLeft(b, 14);
        a ^= c; a -= BitOperations.RotateLeft(c, 11);
        b ^= a; b -= BitOperations.RotateLeft(a, 25);
        c ^= b; c -= BitOperations.RotateLeft(b, 16);
        a ^= c; a -= BitOperations.RotateLeft(c, 4);
        b ^= a; b -= BitOperations.RotateLeft(a, 14);
        c ^= b; c -= BitOperations.RotateLeft(b, 24);
    }

    /// <summary>Fletcher's sum over big-endian 16-bit words, as the filter of chunks takes it.</summary>
    internal static uint Fletcher32(ReadOnlySpan<byte> data)
    {
        ulong low = 0, high = 0;
        while (data.Length > 1)
        {
            // 65535 is 0 for both sums, which the remainder alone would not tell from the format's folding.
            low = Fold(low + BinaryPrimitives.ReadUInt16BigEndian(data));
            high = Fold(high + low);
            data = data[2..];
        }
        if (data.Length == 1)
        {
            low = Fold(low + ((ulong)data[0] << 8));
            high = Fold(high + low);
        }
        return (uint)(high << 16 | low);
    }

    static ulong Fold(ulong sum) => (sum & 0xffff) + (sum >> 16);
}
