namespace Keras;

/// <summary>Reads a chunked dataset: undoes the filters of each chunk that the index leads to, and puts its part in its place.</summary>
sealed unsafe class Hdf5Chunks
{
    const long FreeChunk = 4L << 20, MostChunk = 1L << 30;

    // Unpacking takes its time and memory for each chunk, however small.
    const int TinyChunk = 64, MostTiny = 100_000;

    readonly Hdf5Source _source;
    readonly Hdf5Layout _layout;
    readonly Hdf5Space _space;
    readonly long[] _dims, _chunk, _start, _extent, _index;
    readonly int _elementSize, _chunkBytes;
    readonly Hdf5Filter[] _filters;
    readonly byte* _to;
    byte[] _stored = [], _spare = [];
    int _tiny;

    /// <summary>A bit for each chunk that there may be: never more than the data have bytes.</summary>
    ulong[] _seen = [];

    internal Hdf5Chunks(Hdf5Source source, Hdf5Layout layout, Hdf5Space space, int elementSize, Hdf5Filter[] filters, byte* to)
    {
        (_source, _layout, _space, _elementSize, _filters) = (source, layout, space, elementSize, filters);
        _to = to;
        (_dims, _chunk) = (space.Dims, layout.ChunkDims);
        (_start, _extent, _index) = (new long[_dims.Length], new long[_dims.Length], new long[_dims.Length]);
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
            if (chunk[d] >= Count(d)) return;
            _start[d] = chunk[d] * _chunk[d];
            isCut |= _start[d] > _dims[d] - _chunk[d];
            number = number * Count(d) + chunk[d];
        }
        if (!IsFirst(number)) throw _source.Bad("two chunks are for one place", "one", $"another at {address}");
        if (_layout.HasPlainEdges && isCut) mask = uint.MaxValue;
        if (_filters.Length == 0 && size != _chunkBytes) throw _source.Bad("a chunk has another size than it should", _chunkBytes, size);
        if (_filters.Length > 0 && _chunkBytes < TinyChunk && ++_tiny > MostTiny)
            throw _source.Bad("there are too many tiny chunks that are filtered", $"at most {MostTiny} of less than {TinyChunk} bytes", "more");
        var most = _chunkBytes + _chunkBytes / 256 + 1024;
        if (size > most) throw _source.Bad("a chunk is larger stored than unpacked", $"at most {most} bytes", size);
        _source.Check(address, size);
        if (_stored.Length < size) _stored = new byte[size];
        _source.Read(address, _stored.AsSpan(0, (int)size));
        Copy(Hdf5Filter.Undo(_source, _filters, mask, ref _stored, ref _spare, (int)size, _chunkBytes, _elementSize));
    }

    /// <summary>How many chunks there are along a dimension.</summary>
    long Count(int dim) => (_dims[dim] - 1) / _chunk[dim] + 1;

    bool IsFirst(long number)
    {
        if (_seen.Length == 0)
        {
            var all = 1L;
            for (var d = 0; d < _dims.Length; d++) all *= Count(d);
            _seen = new ulong[(all + 63) / 64];
        }
        ref var seen = ref _seen[number / 64];
        var bit = 1UL << (int)(number % 64);
        if ((seen & bit) != 0) return false;
        seen |= bit;
        return true;
    }

    /// <summary>Copies what of a chunk lies in the dataset, run by run along the last dimension.</summary>
    void Copy(ReadOnlySpan<byte> chunk)
    {
        var rank = _start.Length;
        for (var d = 0; d < rank; d++) (_extent[d], _index[d]) = (Math.Min(_chunk[d], _dims[d] - _start[d]), 0);
        var run = (int)_extent[rank - 1] * _elementSize;
        while (true)
        {
            long from = 0, to = 0;
            for (var d = 0; d < rank; d++) (from, to) = (from * _chunk[d] + _index[d], to * _dims[d] + _start[d] + _index[d]);
            chunk.Slice((int)(from * _elementSize), run).CopyTo(new Span<byte>(_to + to * _elementSize, run));
            var dim = rank - 2;
            while (dim >= 0 && ++_index[dim] == _extent[dim]) _index[dim--] = 0;
            if (dim < 0) return;
        }
    }
}
