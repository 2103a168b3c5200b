using System.Numerics;

namespace Keras;

/// <summary>Walks the index of a chunked dataset, whichever of the format's six it has.</summary>
sealed class Hdf5ChunkIndex(Hdf5Source source, Hdf5Layout layout, Hdf5Space space, int chunkBytes, bool isFiltered, Hdf5ChunkIndex.Found found)
{
    /// <summary>Takes a chunk: which it is along each dimension, and where and how it is stored.</summary>
    internal delegate void Found(ReadOnlySpan<long> chunk, long address, long size, uint mask);

    // Places in the largest growing array, and those behind it, are no more than a number of 63 bits.
    const int MaxPageBits = 32, MaxBits = 60;

    readonly long[] _chunk = new long[space.Dims.Length];
    int _entrySize, _pageBits;

    /// <summary>The dimension that grows without bound counts slowest in arrays, the others in their order.</summary>
    readonly int[] _order = [.. Enumerable.Range(0, space.Dims.Length).OrderBy(d => space.MaxDims[d] == Hdf5Space.Unlimited ? 0 : 1)];

    internal void Read()
    {
        switch (layout.Storage)
        {
            case Hdf5Storage.Tree1: ReadTree1(layout.Address, -1); break;
            case Hdf5Storage.Single: found(_chunk, layout.Address, layout.Size ?? chunkBytes, layout.FilterMask); break;
            case Hdf5Storage.Implicit: ReadImplicit(); break;
            case Hdf5Storage.FixedArray: ReadFixedArray(); break;
            case Hdf5Storage.ExtensibleArray: ReadExtensibleArray(); break;
            default: ReadTree2(); break;
        }
    }

    void ReadTree1(long address, int expected)
    {
        var (level, count) = Hdf5Links.TreeNode(source, address, 1, expected);
        var pair = 8 + 8 * (_chunk.Length + 1) + source.AddressSize;
        var cursor = new Hdf5Cursor(source, source.Block(address + 8 + 2 * source.AddressSize, (long)count * pair), "B-tree of chunks");
        for (var i = 0; i < count; i++)
        {
            var (size, mask) = (cursor.U32(), cursor.U32());
            for (var d = 0; d < _chunk.Length; d++)
            {
                var (at, rest) = Math.DivRem(cursor.Count(8), layout.ChunkDims[d]);
                if (rest != 0) throw source.Bad("a chunk is not at a multiple of its size", $"a multiple of {layout.ChunkDims[d]}", at * layout.ChunkDims[d] + rest);
                _chunk[d] = at;
            }
            cursor.Skip(8);
            var child = cursor.Address();
            if (level > 0) ReadTree1(child, level - 1);
            else found(_chunk, child, size, mask);
        }
    }

    void ReadTree2()
    {
        foreach (var record in Hdf5BTree2.Read(source, layout.Address, isFiltered ? Hdf5BTree2.FilteredChunks : Hdf5BTree2.Chunks))
        {
            var cursor = new Hdf5Cursor(source, record.Span, "record of a chunk");
            var (address, size, mask) = ReadEntry(ref cursor, record.Length - 8 * _chunk.Length);
            for (var d = 0; d < _chunk.Length; d++) _chunk[d] = cursor.Count(8);
            found(_chunk, address, size, mask);
        }
    }

    void ReadImplicit()
    {
        var count = (UInt128)1;
        for (var d = 0; d < _chunk.Length; d++) count = UInt128.Min(count * (UInt128)Most(d), ulong.MaxValue);
        source.Check(layout.Address, (long)UInt128.Min(count * (UInt128)chunkBytes, long.MaxValue));
        for (long i = 0; i < (long)count; i++) Put(i, layout.Address + i * chunkBytes, chunkBytes, 0);
    }

    /// <summary>How many chunks there may once be along a dimension: what arrays count by.</summary>
    long Most(int dim) => (space.MaxDims[dim] - 1) / layout.ChunkDims[dim] + 1;

    /// <summary>Hands out the chunk at a place in an array.</summary>
    void Put(long at, long address, long size, uint mask)
    {
        for (var i = _order.Length - 1; i > 0; i--) (at, _chunk[_order[i]]) = Math.DivRem(at, Most(_order[i]));
        _chunk[_order[0]] = at;
        found(_chunk, address, size, mask);
    }

    /// <summary>Reads a block, and checks its beginning and its checksum.</summary>
    Hdf5Cursor Open(long address, long size, ReadOnlySpan<byte> signature, string what)
    {
        var block = source.Block(address, size + sizeof(uint));
        Hdf5Checksum.Verify(source, block, what);
        var cursor = new Hdf5Cursor(source, block.AsSpan(..^sizeof(uint)), what);
        if (signature.IsEmpty) return cursor;
        cursor.Signature(signature);
        cursor.Version(0, 0);
        if (cursor.U8() is var client && client != (isFiltered ? 1 : 0)) throw source.Bad($"the {what} is for other chunks", isFiltered ? "filtered chunks" : "chunks without filters", client);
        return cursor;
    }

    int Prefix => 6 + source.AddressSize;

    void ReadFixedArray()
    {
        const string what = "array of chunks";
        var head = Open(layout.Address, 8 + source.LengthSize + source.AddressSize, "FAHD"u8, what);
        ReadSizes(head.U8(), head.U8());
        var (count, data) = (head.Length(), head.Address());
        if (data == Hdf5Source.Undefined) return;
        if (!HasPages(count))
        {
            var all = Open(data, Prefix + Total(count, _entrySize), "FADB"u8, what);
            all.Skip(source.AddressSize);
            ReadEntries(ref all, count, 0);
            return;
        }
        var bitmap = BitmapSize(count);
        var pages = Open(data, Prefix + bitmap, "FADB"u8, what);
        pages.Skip(source.AddressSize);
        ReadPages(data + Prefix + bitmap + sizeof(uint), count, 0, pages.Take(bitmap), 0);
    }

    void ReadExtensibleArray()
    {
        const string what = "growing array of chunks";
        var head = Open(layout.Address, 12 + 6 * source.LengthSize + source.AddressSize, "EAHD"u8, what);
        var entrySize = head.U8();
        var (bits, own, least, pointers) = (head.U8(), head.U8(), head.U8(), head.U8());
        ReadSizes(entrySize, head.U8());
        if (bits > MaxBits || !BitOperations.IsPow2((int)least) || !BitOperations.IsPow2((int)pointers) || BitOperations.Log2(least) > bits)
            throw source.Bad("the growing array of chunks has impossible sizes", "powers of two", $"{bits} bits, blocks of {least}, {pointers} pointers");
        head.Skip(6 * source.LengthSize);
        var address = head.Address();
        if (address == Hdf5Source.Undefined) return;
        var (direct, groups) = (2 * BitOperations.Log2(pointers), 1 + bits - BitOperations.Log2(least));
        var indirect = Math.Max(0, groups - direct);
        var index = Open(address, Prefix + own * _entrySize + (2 * (pointers - 1) + indirect) * source.AddressSize, "EAIB"u8, what);
        index.Skip(source.AddressSize);
        ReadEntries(ref index, own, 0);
        // Blocks come in groups: the number of blocks and their size double in turns from group to group.
        var (at, offsetWidth) = ((long)own, (bits + 7) / 8);
        for (var group = 0; group < direct + indirect; group++)
        {
            var (blocks, size) = (1L << group / 2, (long)least << (group + 1) / 2);
            if (group < direct) ReadBlocks(ref index, blocks, size, ref at, offsetWidth, default);
            else if (index.Address() is var child && child == Hdf5Source.Undefined) at += blocks * size;
            else
            {
                var bitmaps = HasPages(size) ? Total(blocks, BitmapSize(size)) : 0;
                var inner = Open(child, Prefix + offsetWidth + bitmaps + Total(blocks, source.AddressSize), "EASB"u8, what);
                inner.Skip(source.AddressSize + offsetWidth);
                ReadBlocks(ref inner, blocks, size, ref at, offsetWidth, inner.Take(bitmaps));
            }
        }
    }

    void ReadBlocks(ref Hdf5Cursor pointers, long count, long size, ref long at, int offsetWidth, ReadOnlySpan<byte> bitmaps)
    {
        for (var i = 0; i < count; i++, at += size)
        {
            var address = pointers.Address();
            if (address == Hdf5Source.Undefined) continue;
            var isPaged = !bitmaps.IsEmpty;
            var bytes = Prefix + offsetWidth + (isPaged ? 0 : Total(size, _entrySize));
            var block = Open(address, bytes, "EADB"u8, "block of an array of chunks");
            block.Skip(source.AddressSize + offsetWidth);
            if (!isPaged) ReadEntries(ref block, size, at);
            else ReadPages(address + bytes + sizeof(uint), size, at, bitmaps, i * (size >> _pageBits));
        }
    }

    void ReadSizes(int entrySize, int pageBits)
    {
        var (least, most) = isFiltered ? (source.AddressSize + 5, source.AddressSize + 12) : (source.AddressSize, source.AddressSize);
        if (entrySize < least || entrySize > most || pageBits > MaxPageBits)
            throw source.Bad("the array of chunks has impossible sizes", $"entries of {least} to {most} bytes", $"entries of {entrySize}, {pageBits} bits for a page");
        (_entrySize, _pageBits) = (entrySize, pageBits);
    }

    bool HasPages(long count) => count > 1L << _pageBits;

    /// <summary>The size of a bit for each page.</summary>
    long BitmapSize(long count) => ((count - 1 >> _pageBits) + 8) / 8;

    // What overflows is far outside of any file, as the largest number is.
    static long Total(long count, long size) => count > (1L << 40) / size ? 1L << 40 : count * size;

    /// <summary>Reads pages, of which a bit each tells whether there is something in it.</summary>
    void ReadPages(long address, long count, long at, ReadOnlySpan<byte> bitmap, long bit)
    {
        for (; count > 0; bit++)
        {
            var size = Math.Min(count, 1L << _pageBits);
            if ((bitmap[(int)(bit / 8)] >> (int)(7 - bit % 8) & 1) != 0)
            {
                var entries = Open(address, Total(size, _entrySize), default, "page of an array of chunks");
                ReadEntries(ref entries, size, at);
            }
            (address, count, at) = (address + size * _entrySize + sizeof(uint), count - size, at + size);
        }
    }

    void ReadEntries(ref Hdf5Cursor cursor, long count, long at)
    {
        for (long i = 0; i < count; i++)
        {
            var (address, size, mask) = ReadEntry(ref cursor, _entrySize);
            Put(at + i, address, size, mask);
        }
    }

    (long Address, long Size, uint Mask) ReadEntry(ref Hdf5Cursor cursor, int width)
    {
        var address = cursor.Address();
        return isFiltered ? (address, cursor.Count(width - source.AddressSize - sizeof(uint)), cursor.U32()) : (address, chunkBytes, 0);
    }
}
