namespace Keras;

/// <summary>How a dataset's bytes are stored: in its header, in one piece, or in chunks that one of six indexes leads to.</summary>
enum Hdf5Storage
{
    Compact,
    Contiguous,
    Tree1,
    Single,
    Implicit,
    FixedArray,
    ExtensibleArray,
    Tree2,
}

/// <summary>Where a dataset's bytes lie.</summary>
sealed record Hdf5Layout(Hdf5Storage Storage)
{
    internal long Address { get; init; } = Hdf5Source.Undefined;

    /// <summary>The bytes that are stored, where the layout tells.</summary>
    internal long? Size { get; init; }

    internal ReadOnlyMemory<byte> Data { get; init; }

    internal long[] ChunkDims { get; init; } = [];

    /// <summary>Of a single chunk that is filtered.</summary>
    internal uint FilterMask { get; init; }

    /// <summary>Whether chunks that reach over the data's edge are stored without filters.</summary>
    internal bool HasPlainEdges { get; init; }

    internal static Hdf5Layout Read(Hdf5Source source, ReadOnlyMemory<byte> data, int rank)
    {
        var cursor = new Hdf5Cursor(source, data.Span, "layout");
        return cursor.Version(1, 4) is var version && version < 3 ? ReadOld(source, ref cursor, data, rank) : cursor.U8() switch
        {
            0 => Compact(ref cursor, data, cursor.U16()),
            1 => new Hdf5Layout(Hdf5Storage.Contiguous) { Address = cursor.Address(), Size = cursor.Length() },
            2 when version == 3 => ReadTree(source, ref cursor, rank),
            2 => ReadChunks(source, ref cursor, rank),
            3 => throw source.Bad("virtual datasets are refused: they read other files", "data in the file", "a virtual dataset"),
            var kind => throw Unknown(source, kind),
        };
    }

    /// <summary>Versions 1 and 2, of the format's first years.</summary>
    static Hdf5Layout ReadOld(Hdf5Source source, ref Hdf5Cursor cursor, ReadOnlyMemory<byte> data, int rank)
    {
        var (dims, kind) = (cursor.U8(), cursor.U8());
        cursor.Skip(5);
        if (kind > 2) throw Unknown(source, kind);
        var address = kind == 0 ? Hdf5Source.Undefined : cursor.Address();
        if (kind == 2)
        {
            CheckRank(source, dims, rank);
            return new Hdf5Layout(Hdf5Storage.Tree1) { Address = address, ChunkDims = Dims(source, ref cursor, rank, sizeof(uint)) };
        }
        // The dimensions are those of the data space, cut to 32 bits.
        cursor.Skip(4 * dims);
        return kind == 0 ? Compact(ref cursor, data, cursor.U32()) : new Hdf5Layout(Hdf5Storage.Contiguous) { Address = address };
    }

    static ModelFileException Unknown(Hdf5Source source, int kind) => source.Bad("the layout is unknown", "compact, contiguous or chunked", kind);

    static Hdf5Layout Compact(ref Hdf5Cursor cursor, ReadOnlyMemory<byte> data, long size) =>
        new(Hdf5Storage.Compact) { Data = data.Slice(cursor.Position, cursor.Take(size).Length), Size = size };

    static Hdf5Layout ReadTree(Hdf5Source source, ref Hdf5Cursor cursor, int rank)
    {
        CheckRank(source, cursor.U8(), rank);
        var address = cursor.Address();
        return new Hdf5Layout(Hdf5Storage.Tree1) { Address = address, ChunkDims = Dims(source, ref cursor, rank, sizeof(uint)) };
    }

    static Hdf5Layout ReadChunks(Hdf5Source source, ref Hdf5Cursor cursor, int rank)
    {
        var flags = cursor.U8();
        CheckRank(source, cursor.U8(), rank);
        var dims = Dims(source, ref cursor, rank, cursor.U8());
        var index = cursor.U8();
        if (index is < 1 or > 5) throw source.Bad("the index of chunks is of an unknown kind", "1 to 5", index);
        var layout = new Hdf5Layout(Hdf5Storage.Tree1 + index) { ChunkDims = dims, HasPlainEdges = (flags & 1) != 0 };
        if (layout.Storage == Hdf5Storage.Single && (flags & 2) != 0) layout = layout with { Size = cursor.Length(), FilterMask = cursor.U32() };
        // What the indexes say of themselves again.
        cursor.Skip(layout.Storage switch { Hdf5Storage.FixedArray => 1, Hdf5Storage.ExtensibleArray => 5, Hdf5Storage.Tree2 => 6, _ => 0 });
        return layout with { Address = cursor.Address() };
    }

    static void CheckRank(Hdf5Source source, int found, int rank)
    {
        // The size of an element counts as the last dimension.
        if (rank == 0 || found != rank + 1) throw source.Bad("chunks have another rank than the data", Math.Max(1, rank), found - 1);
    }

    static long[] Dims(Hdf5Source source, ref Hdf5Cursor cursor, int rank, int width)
    {
        var dims = new long[rank];
        for (var i = 0; i < rank; i++)
            if ((dims[i] = cursor.Count(width)) == 0) throw source.Bad("a chunk has no size", "1 or more", 0);
        cursor.Skip(width);
        return dims;
    }
}
