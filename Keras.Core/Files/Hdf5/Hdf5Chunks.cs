namespace Keras;

/// <summary>Reads a chunked dataset: undoes the filters of each chunk that the index leads to, and puts its part in its place.</summary>
sealed unsafe class Hdf5Chunks
{
    const long FreeChunk = 4L << 20, MostChunk = 1L << 30;

    readonly Hdf5Source _source;
    readonly Hdf5Layout _layout;
    readonly Hdf5Space _space;
    readonly long[] _dims, _chunk, _start;
    readonly int _elementSize, _chunkBytes;
    readonly Hdf5Filter[] _filters;
    readonly HashSet<long> _seen = [];
    readonly byte* _to;
    byte[] _stored = [], _spare = [];

    internal Hdf5Chunks(Hdf5Source source, Hdf5Layout layout, Hdf5Space space, int elementSize, Hdf5Filter[] filters, byte* to)
    {
        (_source, _layout, _space, _elementSize, _filters) = (source, layout, space, elementSize, filters);
        _to = to;
        (_dims, _chunk, _start) = (space.Dims, layout.ChunkDims, new long[space.Dims.Length]);
        var bytes = (UInt128)elementSize;
        foreach (var dim in _chunk) bytes = UInt128.Min(bytes * (UInt128)dim, ulong.MaxValue);
        // Data that can grow may be smaller than a chunk of a writer's usual size.
        var most = Math.Min(Math.Max(FreeChunk, space.Count * elementSize), MostChunk);
        if (bytes > (UInt128)most) throw source.Bad("a chunk is too large for its dataset", $"at most {most} bytes", $"{bytes} bytes");
        _chunkBytes = (int)bytes;
    }

    internal void Read() => new Hdf5ChunkIndex(_source, _layout, _space, _chunkBytes, _filters.Length > 0, Put).Read();

    void Put(ReadOnlySpan<long> chunk, long address, long size, uint mask)
    {
        if (address == Hdf5Source.Undefined) return;
        var (rank, number, isCut) = (chunk.Length, 0L, false);
        for (var d = 0; d < rank; d++)
        {
            if (chunk[d] > (_dims[d] - 1) / _chunk[d]) return;
            _start[d] = chunk[d] * _chunk[d];
            isCut |= _start[d] > _dims[d] - _chunk[d];
            number = number * ((_dims[d] - 1) / _chunk[d] + 1) + chunk[d];
        }
        if (!_seen.Add(number)) throw _source.Bad("two chunks are for one place", "one", $"another at {address}");
        if (_layout.HasPlainEdges && isCut) mask = uint.MaxValue;
        if (_filters.Length == 0 && size != _chunkBytes) throw _source.Bad("a chunk has another size than it should", _chunkBytes, size);
        var most = _chunkBytes + _chunkBytes / 256 + 1024;
        if (size > most) throw _source.Bad("a chunk is larger stored than unpacked", $"at most {most} bytes", size);
        _source.Check(address, size);
        if (_stored.Length < size) _stored = new byte[size];
        _source.Read(address, _stored.AsSpan(0, (int)size));
        Copy(Hdf5Filter.Undo(_source, _filters, mask, ref _stored, ref _spare, (int)size, _chunkBytes, _elementSize));
    }

    /// <summary>Copies what of a chunk lies in the dataset, run by run along the last dimension.</summary>
    void Copy(ReadOnlySpan<byte> chunk)
    {
        var rank = _start.Length;
        var (extent, index) = (new long[rank], new long[rank]);
        for (var d = 0; d < rank; d++) extent[d] = Math.Min(_chunk[d], _dims[d] - _start[d]);
        var run = (int)extent[rank - 1] * _elementSize;
        while (true)
        {
            long from = 0, to = 0;
            for (var d = 0; d < rank; d++) (from, to) = (from * _chunk[d] + index[d], to * _dims[d] + _start[d] + index[d]);
            chunk.Slice((int)(from * _elementSize), run).CopyTo(new Span<byte>(_to + to * _elementSize, run));
            var dim = rank - 2;
            while (dim >= 0 && ++index[dim] == extent[dim]) index[dim--] = 0;
            if (dim < 0) return;
        }
    }
}
