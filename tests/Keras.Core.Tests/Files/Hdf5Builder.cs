using System.Buffers.Binary;
using System.Text;

namespace Keras.Core.Tests.Files;

/// <summary>Builds HDF5 files piece by piece, also such as no writer writes. Addresses are those that the pieces get.</summary>
sealed class Hdf5Builder
{
    internal const long Undefined = -1;

    readonly List<byte> _bytes = [.. new byte[96]];

    /// <summary>Where the next piece will lie.</summary>
    internal long Next => _bytes.Count;

    /// <summary>Adds bytes at a multiple of 8.</summary>
    internal long Add(params byte[] bytes)
    {
        var at = Next;
        _bytes.AddRange(bytes);
        _bytes.AddRange(new byte[(8 - bytes.Length % 8) % 8]);
        return at;
    }

    /// <summary>Adds bytes and their checksum.</summary>
    internal long AddChecked(params byte[] bytes) => Add(Checked(bytes));

    internal static byte[] Checked(byte[] bytes) => [.. bytes, .. U32(Hdf5Checksum.Lookup3(bytes))];

    /// <summary>Adds an object header of version 1.</summary>
    internal long Header(params byte[][] messages) =>
        Add([1, 0, .. U16(messages.Length), .. U32(1), .. U32(messages.Sum(m => m.Length)), .. U32(0), .. messages.SelectMany(m => m)]);

    /// <summary>Adds a dataset of int32 of a shape, with a layout and whatever else.</summary>
    internal long Dataset(long[] dims, byte[] layout, params byte[][] more) => Header([Space(dims), Type(Hdf5TypeCode.Of(DType.Int32)), layout, .. more]);

    /// <summary>The file with a root group that has these messages.</summary>
    internal byte[] File(params byte[][] rootMessages)
    {
        var root = Header([Empty, .. rootMessages]);
        byte[] superblock =
        [
            0x89, (byte)'H', (byte)'D', (byte)'F', (byte)'\r', (byte)'\n', 0x1a, (byte)'\n', 0, 0, 0, 0, 0, 8, 8, 0, .. U16(4), .. U16(16), .. U32(0),
            .. U64(0), .. U64(Undefined), .. U64(Next), .. U64(Undefined), .. U64(0), .. U64(root), .. new byte[24],
        ];
        var bytes = _bytes.ToArray();
        superblock.CopyTo(bytes, 0);
        return bytes;
    }

    /// <summary>What makes a header one of a group, even if it holds nothing.</summary>
    internal static byte[] Empty => Message(Hdf5Message.LinkInfo, [0, 0, .. U64(Undefined), .. U64(Undefined)]);

    /// <summary>A file with one dataset, named x.</summary>
    internal static byte[] One(params byte[][] messages)
    {
        var builder = new Hdf5Builder();
        return builder.File(Link("x", builder.Header(messages)));
    }

    internal static byte[] U16(long value) => Take(value, 2);

    internal static byte[] U32(long value) => Take(value, 4);

    internal static byte[] U64(long value) => Take(value, 8);

    static byte[] Take(long value, int count)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes[..count];
    }

    /// <summary>A message of a header of version 1, padded as these are.</summary>
    internal static byte[] Message(int type, byte[] data, int flags = 0)
    {
        var padding = (8 - data.Length % 8) % 8;
        return [.. U16(type), .. U16(data.Length + padding), (byte)flags, 0, 0, 0, .. data, .. new byte[padding]];
    }

    internal static byte[] Space(params long[] dims) => Message(Hdf5Message.Space, [1, (byte)dims.Length, 0, 0, 0, 0, 0, 0, .. dims.SelectMany(U64)]);

    internal static byte[] Growing(long[] dims, params long[] most) =>
        Message(Hdf5Message.Space, [1, (byte)dims.Length, 1, 0, 0, 0, 0, 0, .. dims.SelectMany(U64), .. most.SelectMany(U64)]);

    internal static byte[] Type(byte[] code) => Message(Hdf5Message.DataType, code);

    internal static byte[] Contiguous(long address, long size) => Message(Hdf5Message.Layout, [3, 1, .. U64(address), .. U64(size)]);

    internal static byte[] Compact(params byte[] data) => Message(Hdf5Message.Layout, [3, 0, .. U16(data.Length), .. data]);

    /// <summary>Chunks of int32 with a version 1 B-tree.</summary>
    internal static byte[] Chunks(long address, params int[] dims) =>
        Message(Hdf5Message.Layout, [3, 2, (byte)(dims.Length + 1), .. U64(address), .. dims.SelectMany(d => U32(d)), .. U32(4)]);

    internal static byte[] Filters(params (int Id, uint[] Values)[] filters) =>
        Message(Hdf5Message.Filters, [2, (byte)filters.Length, .. filters.SelectMany(f => (byte[])
            [.. U16(f.Id), .. f.Id >= 256 ? U16(0) : [], .. U16(0), .. U16(f.Values.Length), .. f.Values.SelectMany(v => U32(v))])]);

    internal static byte[] Link(string name, long address) => Link(name, 0, U64(address));

    internal static byte[] Link(string name, int kind, byte[] data)
    {
        var text = Encoding.UTF8.GetBytes(name);
        return Message(Hdf5Message.Link, [1, 8 + 1, (byte)kind, .. U16(text.Length), .. text, .. data]);
    }

    internal static byte[] SoftLink(string name, string target) => Link(name, 1, [.. U16(target.Length), .. Encoding.UTF8.GetBytes(target)]);

    /// <summary>A node of a version 1 B-tree of chunks of rank 1.</summary>
    internal static byte[] ChunkNode(int level, params (uint Size, uint Mask, long Start, long Child)[] entries) =>
    [
        .. "TREE"u8, 1, (byte)level, .. U16(entries.Length), .. U64(Undefined), .. U64(Undefined),
        .. entries.SelectMany(e => (byte[])[.. U32(e.Size), .. U32(e.Mask), .. U64(e.Start), .. U64(0), .. U64(e.Child)]), .. new byte[24],
    ];

    /// <summary>A node of a version 1 B-tree of a group.</summary>
    internal static byte[] GroupNode(int level, params long[] children) =>
        [.. "TREE"u8, 0, (byte)level, .. U16(children.Length), .. U64(Undefined), .. U64(Undefined), .. U64(0), .. children.SelectMany(c => (byte[])[.. U64(c), .. U64(8)])];

    internal static byte[] Symbols(params (long Name, long Header, int Kind)[] entries) =>
        [.. "SNOD"u8, 1, 0, .. U16(entries.Length), .. entries.SelectMany(e => (byte[])[.. U64(e.Name), .. U64(e.Header), .. U32(e.Kind), .. new byte[20]])];

    /// <summary>Adds a local heap of names, the first of which stands at 8.</summary>
    internal long Names(params string[] names)
    {
        byte[] data = [.. new byte[8], .. names.SelectMany(n => (byte[])[.. Encoding.UTF8.GetBytes(n), 0])];
        return Add([.. "HEAP"u8, 0, 0, 0, 0, .. U64(data.Length), .. U64(1), .. U64(Next + 32), .. data]);
    }

    internal static byte[] SymbolTable(long tree, long names) => Message(Hdf5Message.SymbolTable, [.. U64(tree), .. U64(names)]);

    /// <summary>An attribute of version 1.</summary>
    internal static byte[] Attribute(string name, byte[] type, long[] dims, byte[] data)
    {
        byte[] space = [1, (byte)dims.Length, 0, 0, 0, 0, 0, 0, .. dims.SelectMany(U64)];
        byte[] text = [.. Encoding.UTF8.GetBytes(name), 0];
        return Message(Hdf5Message.Attribute, [1, 0, .. U16(text.Length), .. U16(type.Length), .. U16(space.Length), .. Padded(text), .. Padded(type), .. space, .. data]);
    }

    static byte[] Padded(byte[] bytes) => [.. bytes, .. new byte[(8 - bytes.Length % 8) % 8]];
}
