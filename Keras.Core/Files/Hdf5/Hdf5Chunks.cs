namespace Keras;

/// <summary>Reads a chunked dataset: walks the index, undoes filters, and puts each chunk's part in its place.</summary>
sealed unsafe class Hdf5Chunks
{
    const long FreeChunk = 4L << 20;

    readonly Hdf5Source _source;
    readonly Hdf5Layout _layout;
    readonly long[] _dims, _chunk;
    readonly int _elementSize, _chunkBytes;
    readonly Hdf5Filter[] _filters;
    readonly HashSet<long> _visited = [];
    byte* _to;

    internal Hdf5Chunks(Hdf5Source source, Hdf5Layout layout, Hdf5Space space, int elementSize, Hdf5Filter[] filters)
    {
        (_source, _layout, _dims, _chunk, _elementSize, _filters) = (source, layout, space.Dims, layout.ChunkDims, elementSize, filters);
        UInt128 bytes = (UInt128)elementSize;
        foreach (var dim in _chunk) bytes = UInt128.Min(bytes * (UInt128)dim, ulong.MaxValue);
        // A chunk may be larger than data that can grow, but not by much more than a writer's usual size.
        var most = Math.Min(Math.Max(FreeChunk, 2 * space.Count * elementSize), 1 << 30);
        if (bytes > (UInt128)most) throw source.Bad("a chunk is too large for its dataset", $"at most {most} bytes", $"{bytes} bytes");
        _chunkBytes = (int)bytes;
    }

    internal void Read(byte* to)
    {
        _to = to;
        switch (_layout.Index)
        {
            case Hdf5Index.Tree1: ReadTree(_layout.Address, -1); break;
            case Hdf5Index.Single: Put(new long[_dims.Length], _layout.Address, _filters.Length == 0 ? _chunkBytes : _layout.Size, _layout.FilterMask); break;
            case Hdf5Index.Implicit: ReadImplicit(); break;
            default:
                throw _source.Bad("the index of chunks is of a kind that is not supported", "a version 1 B-tree, one chunk, or all in a row", _layout.Index,
                "Save the file again without chunks.");
        }
    }

    void ReadTree(long address, int expected)
    {
        if (!_visited.Add(address)) throw _source.Bad("the B-tree of chunks leads to itself", "each node once", $"address {address} again");
        var (level, count) = Hdf5Links.TreeNode(_source, address, 1, expected);
        var pair = 8 + 8 * (_dims.Length + 1) + _source.AddressSize;
        var cursor = new Hdf5Cursor(_source, _source.Block(address + 8 + 2 * _source.AddressSize, (long)count * pair), "B-tree of chunks");
        for (var i = 0; i < count; i++)
        {
            var (size, mask) = (cursor.U32(), cursor.U32());
            var start = new long[_dims.Length];
            for (var d = 0; d < start.Length; d++) start[d] = cursor.Count(8);
            cursor.Skip(8);
            var child = cursor.Address();
            if (level > 0) ReadTree(child, level - 1);
            else Put(start, child, size, mask);
        }
    }

    void ReadImplicit()
    {
        var start = new long[_dims.Length];
        for (var at = _layout.Address; ; at += _chunkBytes)
        {
            Put(start, at, _chunkBytes, 0);
            if (!Next(start)) return;
        }
    }

    /// <summary>The chunk behind this one, the last dimension fastest.</summary>
    bool Next(long[] start)
    {
        for (var d = start.Length - 1; d >= 0; d--)
        {
            start[d] += _chunk[d];
            if (start[d] < _dims[d]) return true;
            start[d] = 0;
        }
        return false;
    }

    void Put(long[] start, long address, long size, uint mask)
    {
        if (address == Hdf5Source.Undefined) return;
        for (var d = 0; d < start.Length; d++)
        {
            if (start[d] % _chunk[d] != 0) throw _source.Bad("a chunk is not at a multiple of its size", $"a multiple of {_chunk[d]}", start[d]);
            if (start[d] >= _dims[d]) return;
        }
        if (!_visited.Add(address)) throw _source.Bad("two chunks lie at one place", "different places", $"address {address} again");
        if (_filters.Length == 0 && size != _chunkBytes) throw _source.Bad("a chunk has another size than it should", _chunkBytes, size);
        _source.Check(address, size);
        if (size > 2L * _chunkBytes + 1024) throw _source.Bad("a chunk is larger stored than unpacked", $"at most {2L * _chunkBytes + 1024} bytes", size);
        var stored = new byte[size];
        _source.Read(address, stored);
        Copy(Hdf5Filter.Undo(_source, _filters, mask, stored, _chunkBytes, _elementSize), start);
    }

    /// <summary>Copies what of a chunk lies in the dataset, run by run along the last dimension.</summary>
    void Copy(byte[] chunk, long[] start)
    {
        var rank = start.Length;
        var extent = new long[rank];
        for (var d = 0; d < rank; d++) extent[d] = Math.Min(_chunk[d], _dims[d] - start[d]);
        var run = (int)(rank == 0 ? 1 : extent[rank - 1]) * _elementSize;
        var index = new long[rank];
        while (true)
        {
            long from = 0, to = 0;
            for (var d = 0; d < rank; d++) (from, to) = (from * _chunk[d] + index[d], to * _dims[d] + start[d] + index[d]);
            chunk.AsSpan((int)(from * _elementSize), run).CopyTo(new Span<byte>(_to + to * _elementSize, run));
            var dim = rank - 2;
            while (dim >= 0 && ++index[dim] == extent[dim]) index[dim--] = 0;
            if (dim < 0) return;
        }
    }
}
