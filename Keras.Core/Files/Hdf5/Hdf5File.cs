namespace Keras;

/// <summary>An HDF5 file, read as far as Keras's weights need it. Everything in it is taken for hostile: no link out of the
/// tree is followed, sizes are checked before anything is allocated, and every failure is a <see cref="ModelFileException"/>.</summary>
/// <remarks>One thread at a time. The stream is left open.</remarks>
sealed class Hdf5File
{
    internal static ReadOnlySpan<byte> Signature => [0x89, (byte)'H', (byte)'D', (byte)'F', (byte)'\r', (byte)'\n', 0x1a, (byte)'\n'];

    readonly HashSet<long> _groups = [];
    int _opened;

    Hdf5File(Hdf5Source source)
    {
        Source = source;
        Root = Open(source.Place, ReadSuperblock()) as Hdf5Group ?? throw source.Bad("the file has no root", "a group", "something else");
    }

    /// <summary>Opens a file in a seekable stream.</summary>
    /// <exception cref="ModelFileException">It is not an HDF5 file, or a damaged one.</exception>
    internal static Hdf5File Open(Stream stream, LoadLimits? limits = null) => new(new Hdf5Source(stream, limits ?? LoadLimits.Default));

    /// <summary>Whether the bytes are those that an HDF5 file begins with.</summary>
    internal static bool IsHdf5(ReadOnlySpan<byte> start) => start.StartsWith(Signature);

    /// <summary>The group that holds all.</summary>
    internal Hdf5Group Root { get; }

    internal Hdf5Source Source { get; }

    internal Hdf5Object? Open(Hdf5Place place, long address)
    {
        if (_opened++ >= Source.Limits.MaxEntries) throw Source.Bad("the file has too many objects", $"at most {Source.Limits.MaxEntries}", "more");
        var messages = Hdf5Header.Read(Source, address);
        if (!messages.Exists(m => m.Type is Hdf5Message.SymbolTable or Hdf5Message.LinkInfo or Hdf5Message.Link))
            return messages.Exists(m => m.Type == Hdf5Message.Layout) ? new Hdf5Dataset(this, place, messages) : null;
        // Groups that hold each other have paths without end, or more than any file has objects.
        if (!_groups.Add(address)) throw Source.Bad("a group is in two places", "groups in a tree", "a second link to one");
        return new Hdf5Group(this, place, messages);
    }

    long ReadSuperblock()
    {
        Source.Base = FindSignature();
        const int most = 100;
        var cursor = new Hdf5Cursor(Source, Source.Peek(0, (int)Math.Min(most, Source.Left(0))), "superblock");
        cursor.Signature(Signature);
        return cursor.Version(0, 3) is var version and < 2 ? ReadOld(ref cursor, version) : ReadNew(ref cursor);
    }

    /// <summary>The file may begin behind a block of the user's, at a power of two.</summary>
    long FindSignature()
    {
        for (long at = 0; at <= Source.Length - Signature.Length; at = at == 0 ? 512 : 2 * at)
            if (Source.Peek(at, Signature.Length).SequenceEqual(Signature)) return at;
        throw new ModelFileException("HDF5", null, "the file is not an HDF5 file", "its signature", "none");
    }

    long ReadOld(ref Hdf5Cursor cursor, int version)
    {
        cursor.Skip(4);
        ReadSizes(ref cursor);
        cursor.Skip(version == 1 ? 13 : 9);
        CheckBase(cursor.Address());
        cursor.Address();
        CheckEnd(cursor.Address());
        if (cursor.Address() != Hdf5Source.Undefined) throw Source.Bad("the file is one of several", "a file by itself", "a driver that spreads it");
        cursor.Address();
        return cursor.Address();
    }

    long ReadNew(ref Hdf5Cursor cursor)
    {
        ReadSizes(ref cursor);
        cursor.Skip(1);
        CheckBase(cursor.Address());
        var more = cursor.Address();
        CheckEnd(cursor.Address());
        var root = cursor.Address();
        Hdf5Checksum.Verify(Source, Source.Peek(0, cursor.Position + sizeof(uint)), "superblock");
        if (more != Hdf5Source.Undefined && Hdf5Header.Read(Source, more).Exists(m => m.Type == Hdf5Message.Driver))
            throw Source.Bad("the file is one of several", "a file by itself", "a driver that spreads it");
        return root;
    }

    void ReadSizes(ref Hdf5Cursor cursor)
    {
        var (address, length) = (cursor.U8(), cursor.U8());
        if (address is not (2 or 4 or 8) || length is not (2 or 4 or 8))
            throw Source.Bad("the file's addresses have an unknown width", "2, 4 or 8 bytes", $"{address} and {length}");
        (Source.AddressSize, Source.LengthSize) = (address, length);
    }

    void CheckBase(long address)
    {
        if (address != Source.Base) throw Source.Bad("the file begins elsewhere than it says", Source.Base, address);
    }

    void CheckEnd(long address)
    {
        // Some writers count from the stream's begin and some from the file's.
        if (address == Hdf5Source.Undefined || address > Source.Length) throw Source.Bad("the file is cut short", $"{address} bytes", Source.Length);
    }
}
