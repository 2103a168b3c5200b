using static Keras.Core.Tests.Files.Hdf5Builder;

namespace Keras.Core.Tests.Files;

/// <summary>Pieces that the format's newer versions have, each with the checksum that belongs to it.</summary>
static class Hdf5NewPieces
{
    internal const int Links = 5, Attributes = 8, Huge = 1;

    /// <summary>An identifier of an object in a heap has as many bytes, and a checksum of the name stands before or behind it.</summary>
    internal const int IdSize = 7;

    /// <summary>What stands before the objects in a block of a heap.</summary>
    internal const int BlockPrefix = 15;

    /// <summary>A message of a header of version 2 from one of version 1.</summary>
    internal static byte[] New(byte[] message) => [message[0], .. message[2..5], .. message[8..]];

    /// <summary>Adds an object header of version 2, of messages of version 1.</summary>
    internal static long NewHeader(this Hdf5Builder file, params byte[][] messages) => file.NewHeader(messages.Sum(m => New(m).Length), messages);

    internal static long NewHeader(this Hdf5Builder file, long size, params byte[][] messages) =>
        file.AddChecked([.. "OHDR"u8, 2, 2, .. U32(size), .. messages.SelectMany(New)]);

    internal static byte[] Continued(params byte[][] messages) => Checked([.. "OCHK"u8, .. messages.SelectMany(New)]);

    internal static byte[] Continuation(long address, long size) => Message(Hdf5Message.Continuation, [.. U64(address), .. U64(size)]);

    /// <summary>Adds the head of a tree of version 2.</summary>
    internal static long Tree2(this Hdf5Builder file, int type, int recordSize, int depth, long root, int count, long nodeSize = 512) =>
        file.AddChecked([.. "BTHD"u8, 0, (byte)type, .. U32(nodeSize), .. U16(recordSize), .. U16(depth), 85, 40, .. U64(root), .. U16(count), .. U64(count)]);

    internal static byte[] Leaf2(int type, params byte[][] records) => Checked([.. "BTLF"u8, 0, (byte)type, .. records.SelectMany(r => r)]);

    /// <summary>A node whose children are nodes with counts of one byte each, and of totals where it is not the lowest of its kind.</summary>
    internal static byte[] Inner2(int type, byte[][] records, byte[] total, params (long Child, int Count)[] children) =>
        Checked([.. "BTIN"u8, 0, (byte)type, .. records.SelectMany(r => r), .. children.SelectMany(c => (byte[])[.. U64(c.Child), (byte)c.Count, .. total])]);

    /// <summary>Adds a heap of blocks of 512 bytes and more.</summary>
    internal static long Heap(this Hdf5Builder file, long root, int rows = 0, long hugeTree = Undefined, int width = 4, int start = 512, int most = 4096, int bits = 16) =>
        file.AddChecked([.. "FRHP"u8, 0, .. U16(IdSize), .. U16(0), 0, .. U32(400), .. U64(0), .. U64(hugeTree), .. U64(0), .. U64(Undefined), .. new byte[64],
            .. U16(width), .. U64(start), .. U64(most), .. U16(bits), .. U16(1), .. U64(root), .. U16(rows)]);

    /// <summary>A block of a heap: objects behind its prefix.</summary>
    internal static byte[] Block(long heap, byte[] objects, int size = 512) =>
        [.. "FHDB"u8, 0, .. U64(heap), .. U16(0), .. objects, .. new byte[size - BlockPrefix - objects.Length]];

    /// <summary>A block of a heap that leads to others.</summary>
    internal static byte[] Indirect(long heap, params long[] children) => Checked([.. "FHIB"u8, 0, .. U64(heap), .. U16(0), .. children.SelectMany(U64)]);

    internal static byte[] Id(int offset, int length) => [0, .. U16(offset), .. U16(length), 0, 0];

    internal static byte[] HugeId(int number) => [0x10, .. U32(number), 0, 0];

    internal static byte[] LinkRecord(byte[] id) => [.. U32(0), .. id];

    internal static byte[] AttributeRecord(byte[] id, int number = 0) => [.. id, .. new byte[8 - IdSize], 0, .. U32(number), .. U32(0)];

    /// <summary>Message that says that links are in a heap.</summary>
    internal static byte[] InHeap(long heap, long tree) => Message(Hdf5Message.LinkInfo, [0, 0, .. U64(heap), .. U64(tree)]);

    internal static byte[] AttributesInHeap(long heap, long tree) => Message(Hdf5Message.AttributeInfo, [0, 0, .. U64(heap), .. U64(tree)]);

    /// <summary>Chunks of int32 behind an index of a newer kind.</summary>
    internal static byte[] NewChunks(int index, byte[] about, long address, params long[] dims) =>
        Message(Hdf5Message.Layout, [4, 2, 0, (byte)(dims.Length + 1), 8, .. dims.SelectMany(U64), .. U64(4), (byte)index, .. about, .. U64(address)]);

    internal static byte[] FixedArray(long address, params long[] dims) => NewChunks(3, [10], address, dims);

    internal static byte[] GrowingArray(long address, params long[] dims) => NewChunks(4, [5, 4, 4, 4, 10], address, dims);

    internal static long FixedHead(this Hdf5Builder file, long data, long count, int entry = 8, int pageBits = 10, int client = 0) =>
        file.AddChecked([.. "FAHD"u8, 0, (byte)client, (byte)entry, (byte)pageBits, .. U64(count), .. U64(data)]);

    internal static byte[] FixedData(byte[] bitmap, params long[] entries) => Checked([.. "FADB"u8, 0, 0, .. U64(0), .. bitmap, .. entries.SelectMany(U64)]);

    internal static long GrowingHead(this Hdf5Builder file, long index, int entry = 8, int bits = 5, int own = 4, int least = 4, int pointers = 4, int pageBits = 10) =>
        file.AddChecked([.. "EAHD"u8, 0, 0, (byte)entry, (byte)bits, (byte)own, (byte)least, (byte)pointers, (byte)pageBits, .. new byte[48], .. U64(index)]);

    internal static byte[] GrowingIndex(params long[] entries) => Checked([.. "EAIB"u8, 0, 0, .. U64(0), .. entries.SelectMany(U64)]);

    internal static byte[] GrowingData(params long[] entries) => Checked([.. "EADB"u8, 0, 0, .. U64(0), 0, .. entries.SelectMany(U64)]);
}
