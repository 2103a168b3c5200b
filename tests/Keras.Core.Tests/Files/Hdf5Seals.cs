using System.Buffers.Binary;

namespace Keras.Core.Tests.Files;

/// <summary>The blocks of a file that carry checksums: after a change within one, <see cref="Renew"/> makes it look sound, so that what is
/// behind the checksum is tested too.</summary>
sealed class Hdf5Seals
{
    const int Longest = 4096, HeapSumAt = 17;

    static readonly string[] Signatures = ["OHDR", "OCHK", "BTHD", "BTLF", "BTIN", "FRHP", "FHDB", "FHIB", "FAHD", "FADB", "EAHD", "EAIB", "EADB", "EASB"];

    readonly List<(int Start, int End, int Sum)> _blocks = [];

    internal Hdf5Seals(byte[] file)
    {
        for (var start = 0; start < file.Length - 4; start++)
            if (start == 0 || Array.Exists(Signatures, s => file.AsSpan(start, 4).SequenceEqual(System.Text.Encoding.ASCII.GetBytes(s)))) Find(file, start);
    }

    internal int Count => _blocks.Count;

    void Find(byte[] file, int start)
    {
        // The blocks of heaps have the checksum in their middle.
        var isHeap = file.AsSpan(start, 4).SequenceEqual("FHDB"u8);
        for (var end = start + 8; end + 4 <= file.Length && end < start + Longest; end++)
        {
            var block = isHeap ? (start, end, start + HeapSumAt) : (start, end + 4, end);
            if (isHeap && end < start + 64 || !Sum(file, block).SequenceEqual(file.AsSpan(block.Item3, 4))) continue;
            _blocks.Add(block);
            return;
        }
    }

    static Span<byte> Sum(byte[] file, (int Start, int End, int Sum) block)
    {
        var bytes = file[block.Start..block.End];
        if (block.Sum + 4 == block.End) bytes = bytes[..^4];
        else bytes.AsSpan(block.Sum - block.Start, 4).Clear();
        var sum = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(sum, Hdf5Checksum.Lookup3(bytes));
        return sum;
    }

    /// <summary>Sets the checksum of the block around a byte.</summary>
    internal void Renew(byte[] file, int at)
    {
        foreach (var block in _blocks)
            if (at >= block.Start && at < block.End) Sum(file, block).CopyTo(file.AsSpan(block.Sum));
    }
}
