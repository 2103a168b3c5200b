namespace Keras;

enum Hdf5Storage
{
    Compact,
    Contiguous,
    Chunked,
}

enum Hdf5Index
{
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
    internal long Size { get; init; }

    internal ReadOnlyMemory<byte> Data { get; init; }

    internal long[] ChunkDims { get; init; } = [];

    internal Hdf5Index Index { get; init; }

    /// <summary>Of a single chunk that is filtered.</summary>
    internal uint FilterMask { get; init; }

    internal int PageBits { get; init; }

    internal static Hdf5Layout Read(Hdf5Source source, ReadOnlyMemory<byte> data, int rank)
    {
        var cursor = new Hdf5Cursor(source, data.Span, "layout");
        var version = cursor.Version(3, 4);
        var kind = cursor.U8();
        return kind switch
        {
            0 => new Hdf5Layout(Hdf5Storage.Compact) { Data = Rest(ref cursor, data) },
            1 => new Hdf5Layout(Hdf5Storage.Contiguous) { Address = cursor.Address(), Size = cursor.Length() },
            2 when version == 3 => ReadTree(source, ref cursor, rank),
            2 => ReadChunks(source, ref cursor, rank),
            3 => throw source.Bad("virtual datasets are refused: they read other files", "data in the file", "a virtual dataset"),
            _ => throw source.Bad("the layout is unknown", "compact, contiguous or chunked", kind),
        };
    }

    static ReadOnlyMemory<byte> Rest(ref Hdf5Cursor cursor, ReadOnlyMemory<byte> data)
    {
        var size = cursor.U16();
        return data.Slice(cursor.Position, cursor.Take(size).Length);
    }

    static Hdf5Layout ReadTree(Hdf5Source source, ref Hdf5Cursor cursor, int rank)
    {
        CheckRank(source, cursor.U8(), rank);
        var address = cursor.Address();
        return new Hdf5Layout(Hdf5Storage.Chunked) { Address = address, ChunkDims = Dims(source, ref cursor, rank, sizeof(uint)), Index = Hdf5Index.Tree1 };
    }

    static Hdf5Layout ReadChunks(Hdf5Source source, ref Hdf5Cursor cursor, int rank)
    {
        var flags = cursor.U8();
        CheckRank(source, cursor.U8(), rank);
        var dims = Dims(source, ref cursor, rank, cursor.U8());
        cursor.Skip(0);
        var index = cursor.U8();
        if (index is < 1 or > 5) throw source.Bad("the index of chunks is of an unknown kind", "1 to 5", index);
        var layout = new Hdf5Layout(Hdf5Storage.Chunked) { ChunkDims = dims, Index = (Hdf5Index)index };
        switch (layout.Index)
        {
            case Hdf5Index.Single when (flags & 2) != 0:
                layout = layout with { Size = cursor.Length(), FilterMask = cursor.U32() };
                break;
            case Hdf5Index.FixedArray:
                layout = layout with { PageBits = cursor.U8() };
                break;
            case Hdf5Index.ExtensibleArray:
                cursor.Skip(5);
                break;
            case Hdf5Index.Tree2:
                cursor.Skip(6);
                break;
        }
        return layout with { Address = cursor.Address() };
    }

    static void CheckRank(Hdf5Source source, int found, int rank)
    {
        // The size of an element counts as the last dimension.
        if (found != rank + 1) throw source.Bad("chunks have another rank than the data", rank, found - 1);
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
