using System.Buffers.Binary;
using System.Numerics;

namespace Keras;

/// <summary>The heap that keeps links and attributes of large groups.</summary>
sealed class Hdf5FractalHeap
{
    readonly Hdf5Source _source;
    readonly long _address, _hugeTree, _root;
    readonly int _width, _offsetWidth, _lengthWidth, _rows;
    readonly long _startSize, _maxDirect, _heapSize;
    readonly bool _hasChecksums;
    readonly Dictionary<long, byte[]> _blocks = [];
    Dictionary<long, (long Address, long Size)>? _huge;

    internal Hdf5FractalHeap(Hdf5Source source, long address)
    {
        (_source, _address) = (source, address);
        var size = 4 + 1 + 2 + 2 + 1 + 4 + 12 * source.LengthSize + 3 * source.AddressSize + 2 + 2 + 2 + 2 + 4;
        var block = source.Block(address, size);
        var cursor = new Hdf5Cursor(source, block, "fractal heap");
        cursor.Signature("FRHP"u8);
        cursor.Version(0, 0);
        cursor.Skip(2);
        if (cursor.U16() > 0) throw source.Bad("the heap of a group is filtered", "no filter", "a filter");
        Hdf5Checksum.Verify(source, block, "fractal heap");
        _hasChecksums = (cursor.U8() & 2) != 0;
        var maxManaged = cursor.U32();
        cursor.Length();
        _hugeTree = cursor.Address();
        cursor.Length();
        cursor.Address();
        for (var i = 0; i < 8; i++) cursor.Length();
        _width = cursor.U16();
        (_startSize, _maxDirect) = (cursor.Length(), cursor.Length());
        var bits = cursor.U16();
        cursor.U16();
        (_root, _rows) = (cursor.Address(), cursor.U16());
        if (_width == 0 || !BitOperations.IsPow2(_width) || bits is 0 or > 63 || !BitOperations.IsPow2(_startSize) || !BitOperations.IsPow2(_maxDirect) || _startSize > _maxDirect
            || _maxDirect > int.MaxValue || _rows > 64)
            throw source.Bad("the fractal heap has impossible sizes", "powers of two", $"width {_width}, blocks of {_startSize} to {_maxDirect}, {bits} bits, {_rows} rows");
        _heapSize = 1L << bits;
        _offsetWidth = (bits + 7) / 8;
        _lengthWidth = Math.Min((BitOperations.Log2((ulong)_maxDirect) + 7) / 8, BitOperations.Log2(Math.Max(1, maxManaged)) / 8 + 1);
    }

    /// <summary>The object that an identifier of the heap stands for.</summary>
    internal ReadOnlyMemory<byte> Get(ReadOnlyMemory<byte> id)
    {
        var cursor = new Hdf5Cursor(_source, id.Span, "identifier in a heap");
        var flags = cursor.U8();
        if (flags >> 6 != 0) throw _source.Bad("the identifier in a heap has an unknown version", 0, flags >> 6);
        switch (flags >> 4 & 3)
        {
            case 0: return Managed(cursor.Count(_offsetWidth), cursor.Count(_lengthWidth));
            case 1: return Huge(cursor.Count(Math.Min(cursor.Left, sizeof(long))));
            case 2: return id.Slice(1, cursor.Take((flags & 15) + 1).Length);
            default: throw _source.Bad("the identifier in a heap is of an unknown kind", "managed, huge or tiny", flags >> 4 & 3);
        }
    }

    ReadOnlyMemory<byte> Managed(long offset, long length)
    {
        if (offset > _heapSize || _root == Hdf5Source.Undefined) throw _source.Bad("the heap is smaller than its identifiers say", $"less than {_heapSize}", offset);
        var (address, size) = (_root, _startSize);
        if (_rows == 0)
        {
            if (offset >= size) throw _source.Bad("an object lies outside the heap", $"less than {size}", offset);
            return Slice(address, size, offset, length);
        }
        var rows = _rows;
        // Each step goes into a smaller block, so this ends.
        while (true)
        {
            var (row, rowStart, blockSize) = Row(offset);
            if (row >= rows) throw _source.Bad("an object lies outside the heap", $"{rows} rows", $"row {row}");
            var column = (offset - rowStart) / blockSize;
            address = Child(address, rows, row, (int)column);
            offset -= rowStart + column * blockSize;
            if (blockSize <= _maxDirect) return Slice(address, blockSize, offset, length);
            rows = BitOperations.Log2((ulong)blockSize) - BitOperations.Log2((ulong)(_startSize * _width)) + 1;
        }
    }

    /// <summary>The row of the doubling table that holds an offset.</summary>
    (int Row, long Start, long BlockSize) Row(long offset)
    {
        var first = _startSize * _width;
        if (offset < first) return (0, 0, _startSize);
        var row = BitOperations.Log2((ulong)(offset / first)) + 1;
        return (row, first << row - 1, _startSize << row - 1);
    }

    long Child(long address, int rows, int row, int column)
    {
        var cursor = Open(address, Prefix + (long)rows * _width * _source.AddressSize + sizeof(uint), isDirect: false);
        cursor.Skip(((long)row * _width + column) * _source.AddressSize);
        return cursor.Address() is var child and not Hdf5Source.Undefined ? child : throw _source.Bad("an object lies in a part of the heap that is not there", "a block", "none");
    }

    int Prefix => 5 + _source.AddressSize + _offsetWidth;

    /// <summary>A block behind its prefix; each is read and checked once.</summary>
    Hdf5Cursor Open(long address, long size, bool isDirect)
    {
        const string what = "block of a heap";
        var isNew = !_blocks.TryGetValue(address, out var block);
        if (isNew) _blocks[address] = block = _source.Block(address, size);
        var cursor = new Hdf5Cursor(_source, block, what);
        cursor.Signature(isDirect ? "FHDB"u8 : "FHIB"u8);
        cursor.Version(0, 0);
        if (cursor.Address() != _address) throw _source.Bad("the block of a heap belongs to another heap", _address, "another");
        cursor.Skip(_offsetWidth);
        if (isNew && !isDirect) Hdf5Checksum.Verify(_source, block, what);
        if (isNew && isDirect && _hasChecksums) Verify(block!, cursor.Position);
        return cursor;
    }

    ReadOnlyMemory<byte> Slice(long address, long size, long offset, long length)
    {
        Open(address, size, isDirect: true);
        var block = _blocks[address];
        if (offset > block.Length || length > block.Length - offset) throw _source.Bad("an object lies outside its block of the heap", $"within {block.Length} bytes", $"{length} at {offset}");
        return block.AsMemory((int)offset, (int)length);
    }

    /// <summary>The checksum of a block stands in its middle and is taken with zeros in its own place.</summary>
    void Verify(byte[] block, int at)
    {
        var stored = BinaryPrimitives.ReadUInt32LittleEndian(block.AsSpan(at));
        block.AsSpan(at, sizeof(uint)).Clear();
        Hdf5Checksum.Match(_source, stored, Hdf5Checksum.Lookup3(block), "block of a heap");
    }

    ReadOnlyMemory<byte> Huge(long id)
    {
        if (_huge is null)
        {
            _huge = [];
            foreach (var record in Hdf5BTree2.Read(_source, _hugeTree, Hdf5BTree2.HugeObjects))
            {
                var cursor = new Hdf5Cursor(_source, record.Span, "huge object of a heap");
                var place = (cursor.Address(), cursor.Length());
                _huge[cursor.Length()] = place;
            }
        }
        return _huge.TryGetValue(id, out var found) ? _source.Block(found.Address, found.Size)
            : throw _source.Bad("a huge object of a heap is not there", "an object", id);
    }
}
