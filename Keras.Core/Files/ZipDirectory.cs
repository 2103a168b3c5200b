using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Keras;

/// <summary>Reads the headers of a zip archive. A file has one meaning: members lie end to end from the file's first byte to the directory, the
/// directory reaches to the end record, nothing follows, and both headers of a member say the same.</summary>
sealed class ZipDirectory
{
    const int LongestDirectory = 16 << 20;
    const int HostUnix = 3, TypeMask = 0xF000, RegularFile = 0x8000, Folder = 0x4000;

    readonly Stream _stream;
    readonly LoadLimits _limits;
    readonly List<Header> _headers = [];
    readonly Dictionary<string, bool> _names = new(StringComparer.OrdinalIgnoreCase);
    long _start, _bytes, _count;

    ZipDirectory(Stream stream, LoadLimits limits) => (_stream, _limits) = (stream, limits);

    /// <summary>The members of an archive, in the directory's order.</summary>
    /// <exception cref="ModelFileException">The file is no zip archive, is broken or ambiguous, or holds too many members.</exception>
    internal static List<ZipMember> Read(Stream stream, LoadLimits limits)
    {
        var directory = new ZipDirectory(stream, limits);
        directory.ReadEnd();
        directory.ReadCentral();
        return directory.Check();
    }

    void ReadEnd()
    {
        var length = _stream.Length;
        if (length < ZipFormat.EndBytes) throw Bad(null, "this is no zip archive", $"at least {ZipFormat.EndBytes} bytes", $"{length} bytes");
        Span<byte> end = stackalloc byte[ZipFormat.EndBytes];
        ReadAt(length - end.Length, end);
        if (U32(end, 0) != ZipFormat.End) throw NoEnd();
        var (disk, diskOfDirectory, here, comment) = (U16(end, 4), U16(end, 6), U16(end, 8), U16(end, 20));
        (_count, _bytes, _start) = (U16(end, 10), U32(end, 12), U32(end, 16));
        if (comment != 0) throw Bad(null, "bytes are missing behind the end record", $"{comment} bytes of comment", "the end of the file");
        if (disk != 0 || diskOfDirectory != 0 || here != _count) throw Bad(null, "the archive is split in several files", "one file", $"disk {disk}");

        var tail = length - ZipFormat.EndBytes;
        Span<byte> locator = stackalloc byte[ZipFormat.Locator64Bytes];
        if (tail >= locator.Length) ReadAt(tail - locator.Length, locator);
        if (tail >= locator.Length && U32(locator, 0) == ZipFormat.Locator64) tail = ReadEnd64(locator, tail - locator.Length);
        // Without the 64-bit record a saturated field says what it says.
        if (_count > _limits.MaxMembers) throw Bad(null, "there are too many members", $"at most {_limits.MaxMembers}", _count, "LoadLimits.MaxMembers allows more.");
        if (_bytes > LongestDirectory) throw Bad(null, "the directory is too long", $"at most {LongestDirectory} bytes", _bytes);
        if (_start < 0 || _bytes < 0 || _start > tail || tail - _start != _bytes)
            throw Bad(null, "the directory does not reach to the end record", $"its end at byte {tail}", $"{_bytes} bytes from byte {_start}");
    }

    ModelFileException NoEnd()
    {
        Span<byte> first = stackalloc byte[8];
        ReadAt(0, first);
        return Bad(null, "this is no zip archive, or something follows it", "an end record in the last 22 bytes", Kind(first));
    }

    static string Kind(ReadOnlySpan<byte> first) => first switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "a PNG image",
        _ when Hdf5File.IsHdf5(first) => "an HDF5 file",
        _ when first.StartsWith(NpyHeader.Magic) => "a NumPy array",
        _ when U32(first, 0) == ZipFormat.Local => "the start of a zip archive without its end",
        [_, _, _, _, _, _, 0, 0] => "perhaps a safetensors file",
        _ => $"a file that starts with {Hex(first)}",
    };

    /// <summary>Reads the 64-bit record, whose numbers take the place of those that did not fit, and gives where it starts.</summary>
    long ReadEnd64(ReadOnlySpan<byte> locator, long at)
    {
        var start = (long)U64(locator, 8);
        if (U32(locator, 4) != 0 || U32(locator, 16) != 1) throw Bad(null, "the archive is split in several files", "one file", $"{U32(locator, 16)} files");
        if (start < 0 || at - start != ZipFormat.End64Bytes)
            throw Bad(null, "the 64-bit end record is misplaced", $"byte {at - ZipFormat.End64Bytes}", $"byte {start}");
        Span<byte> end = stackalloc byte[ZipFormat.End64Bytes];
        ReadAt(start, end);
        if (U32(end, 0) != ZipFormat.End64 || U64(end, 4) != ZipFormat.End64Bytes - 12)
            throw Bad(null, "the 64-bit end record is broken", $"a record of {ZipFormat.End64Bytes} bytes", Hex(end[..12]));
        if (U32(end, 16) != 0 || U32(end, 20) != 0 || U64(end, 24) != U64(end, 32))
            throw Bad(null, "the archive is split in several files", "one file", $"disk {U32(end, 16)}");
        (_count, _bytes, _start) = (Wide(_count, ZipFormat.Saturated16, U64(end, 32), "the number of members"),
            Wide(_bytes, ZipFormat.Saturated, U64(end, 40), "the directory's length"), Wide(_start, ZipFormat.Saturated, U64(end, 48), "the directory's start"));
        return start;
    }

    static long Wide(long narrow, uint saturated, ulong wide, string what) => wide > long.MaxValue || (narrow != saturated && narrow != (long)wide)
        ? throw Bad(null, $"the two end records disagree about {what}", narrow, wide) : (long)wide;

    void ReadCentral()
    {
        var bytes = new byte[_bytes];
        ReadAt(_start, bytes);
        var rest = (ReadOnlySpan<byte>)bytes;
        for (var i = 0L; i < _count; i++) rest = rest[ReadHeader(rest)..];
        if (!rest.IsEmpty) throw Bad(null, "the directory does not end with its last member", $"{_count} members", $"{rest.Length} more bytes");
    }

    /// <summary>Reads one member's entry of the directory and gives its length.</summary>
    int ReadHeader(ReadOnlySpan<byte> at)
    {
        if (at.Length < ZipFormat.CentralBytes || U32(at, 0) != ZipFormat.Central)
            throw Bad(null, "the directory is broken", $"the entry of member {_headers.Count + 1} of {_count}", $"{at.Length} other bytes");
        var (nameLength, extraLength, commentLength) = (U16(at, 28), U16(at, 30), U16(at, 32));
        var length = ZipFormat.CentralBytes + nameLength + extraLength + commentLength;
        if (at.Length < length) throw Bad(null, "the directory is broken", $"an entry of {length} bytes", $"{at.Length} bytes");
        var flags = U16(at, 8);
        var raw = at.Slice(ZipFormat.CentralBytes, nameLength);
        var header = new Header(Name(raw, flags), raw.ToArray(), flags, U16(at, 10), U32(at, 16), U32(at, 20), U32(at, 24), U32(at, 42));
        header = Widen(header, at.Slice(ZipFormat.CentralBytes + nameLength, extraLength), U16(at, 34));
        CheckKind(header, U16(at, 4) >> 8, (int)(U32(at, 38) >> 16));
        CheckName(header);
        _headers.Add(header);
        return length;
    }

    static string Name(ReadOnlySpan<byte> raw, ushort flags)
    {
        if (raw.Length is 0 or > ZipFormat.LongestName) throw Bad(null, "a member's name is empty or too long", $"1 to {ZipFormat.LongestName} bytes", raw.Length);
        if ((flags & ZipFormat.FlagUtf8) == 0 && !Ascii.IsValid(raw))
            throw Bad(null, "a member's name is in an unknown encoding", "ASCII, or UTF-8 with its flag", Hex(raw));
        return Utf8.IsValid(raw) ? Encoding.UTF8.GetString(raw) : throw Bad(null, "a member's name is not UTF-8", "UTF-8", Hex(raw));
    }

    /// <summary>Takes what did not fit the directory's fields from the extra data. No field may be there twice or needlessly.</summary>
    static Header Widen(Header header, ReadOnlySpan<byte> extra, ushort disk)
    {
        var wide = Extra(header.Name, extra);
        var at = 0;
        if (header.Bytes == ZipFormat.Saturated) header = header with { Bytes = Next(wide) };
        if (header.StoredBytes == ZipFormat.Saturated) header = header with { StoredBytes = Next(wide) };
        if (header.Start == ZipFormat.Saturated) header = header with { Start = Next(wide) };
        if (at != wide.Length) throw Bad(header.Name, "the 64-bit sizes are not those that are missing", $"{at} bytes", $"{wide.Length} bytes");
        return disk == 0 ? header : throw Bad(header.Name, "the archive is split in several files", "one file", $"disk {disk}");

        long Next(ReadOnlySpan<byte> wide)
        {
            if (wide.Length < at + 8) throw Bad(header.Name, "64-bit sizes are missing", $"{at + 8} bytes", $"{wide.Length} bytes");
            var value = U64(wide, at);
            at += 8;
            return value <= long.MaxValue ? (long)value : throw Bad(header.Name, "a size or place is too large", $"at most {long.MaxValue}", value);
        }
    }

    /// <summary>The 64-bit part of extra data, empty where there is none.</summary>
    static ReadOnlySpan<byte> Extra(string name, ReadOnlySpan<byte> extra)
    {
        ReadOnlySpan<byte> found = default;
        var seen = false;
        while (!extra.IsEmpty)
        {
            if (extra.Length < 4 || extra.Length - 4 < U16(extra, 2)) throw Bad(name, "the extra data are broken", "parts with an id and a length", Hex(extra));
            var id = U16(extra, 0);
            var part = extra.Slice(4, U16(extra, 2));
            if (id == ZipFormat.ExtraUnicodeName) throw Bad(name, "the member has a second name", "one name", "a Unicode name in the extra data");
            if (id == ZipFormat.Extra64)
            {
                if (seen) throw Bad(name, "the 64-bit sizes are there twice", "once", "twice");
                found = part;
                seen = true;
            }
            extra = extra[(4 + part.Length)..];
        }
        return found;
    }

    static void CheckKind(Header header, int host, int mode)
    {
        if ((header.Flags & ZipFormat.FlagEncrypted) != 0) throw Bad(header.Name, "the member is encrypted", "a member without a password", "encryption");
        if (header.Method is not (ZipFormat.Stored or ZipFormat.Deflated))
            throw Bad(header.Name, "the compression is not supported", "stored (0) or deflated (8)", ZipFormat.Method(header.Method));
        const int known = ZipFormat.FlagDescriptor | ZipFormat.FlagUtf8 | ZipFormat.FlagsOfDeflate;
        if ((header.Flags & ~known) != 0) throw Bad(header.Name, "the member uses an unknown feature", "no flags but UTF-8 and data descriptor", $"flags 0x{header.Flags:x4}");
        if (header.Method == ZipFormat.Stored && header.StoredBytes != header.Bytes)
            throw Bad(header.Name, "the sizes of a stored member differ", header.Bytes, header.StoredBytes);
        var type = host == HostUnix ? mode & TypeMask : 0;
        if (type != 0 && type != RegularFile && type != Folder) throw Bad(header.Name, "the member is a link or a device", "a file", $"mode 0{Convert.ToString(mode, 8)}");
        if (header.IsFolder && header.Bytes != 0) throw Bad(header.Name, "a folder has content", "0 bytes", header.Bytes);
        if (!header.IsFolder && type == Folder) throw Bad(header.Name, "a folder is named as a file", "a name that ends with /", header.Name);
    }

    /// <summary>A name is a relative path with / between its parts, and no other member's, on systems too that take no notice of case.</summary>
    void CheckName(Header header)
    {
        var name = header.IsFolder ? header.Name[..^1] : header.Name;
        if (!ZipFormat.IsPlain(name)) throw Bad(null, "a member's name is no plain relative path", $"at most {ZipFormat.DeepestName} parts with / between", ModelFileException.Quoted(header.Name));
        if (!_names.TryAdd(name, header.IsFolder)) throw Bad(null, "two members have one name", "names that differ by more than case", ModelFileException.Quoted(header.Name));
    }

    /// <summary>Compares the headers before the data with the directory, and where members begin and end.</summary>
    List<ZipMember> Check()
    {
        foreach (var header in _headers) CheckFolders(header.Name);
        if (_headers.Find(h => h.Start > _start) is { } outside)
            throw Bad(outside.Name, "members overlap the directory or lie outside the archive", $"a member before byte {_start}", $"at byte {outside.Start}");
        var members = new ZipMember[_headers.Count];
        var order = Enumerable.Range(0, members.Length).ToArray();
        Array.Sort([.. _headers.Select(h => h.Start)], order);
        var end = 0L;
        for (var i = 0; i < order.Length; i++)
        {
            var header = _headers[order[i]];
            if (header.Start != end) throw Bad(header.Name, "members overlap, or something lies between them", $"the member at byte {end}", $"at byte {header.Start}");
            end = i + 1 < order.Length ? _headers[order[i + 1]].Start : _start;
            members[order[i]] = CheckLocal(header, end);
        }
        if (end != _start) throw Bad(null, "something lies before the directory", $"the directory at byte {end}", $"at byte {_start}");
        return [.. members.Where((_, i) => !_headers[i].IsFolder)];
    }

    void CheckFolders(string name)
    {
        var files = _names.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var i = name.IndexOf('/', StringComparison.Ordinal); i > 0 && i < name.Length - 1; i = name.IndexOf('/', i + 1))
            if (files.TryGetValue(name.AsSpan(0, i), out var isFolder) && !isFolder)
                throw Bad(null, "one name is a file and a folder", "either", $"{ModelFileException.Quoted(name[..i])} and {ModelFileException.Quoted(name)}");
    }

    ZipMember CheckLocal(Header header, long end)
    {
        if (end - header.Start < ZipFormat.LocalBytes) throw Bad(header.Name, "members overlap", $"a header of {ZipFormat.LocalBytes} bytes", $"{end - header.Start} bytes");
        Span<byte> local = stackalloc byte[ZipFormat.LocalBytes];
        ReadAt(header.Start, local);
        if (U32(local, 0) != ZipFormat.Local) throw Bad(header.Name, "there is no member where the directory says", "a header", Hex(local[..4]));
        var (nameLength, extraLength) = (U16(local, 26), U16(local, 28));
        var start = header.Start + ZipFormat.LocalBytes + nameLength + extraLength;
        if (start > end || end - start < header.StoredBytes)
            throw Bad(header.Name, "members overlap", $"{header.StoredBytes} bytes from byte {start}", $"the next member at byte {end}");
        var more = new byte[nameLength + extraLength];
        ReadAt(header.Start + ZipFormat.LocalBytes, more);
        if (!more.AsSpan(0, nameLength).SequenceEqual(header.RawName)) throw Differ(header, "name", header.Name, Hex(more.AsSpan(0, nameLength)));
        if (U16(local, 6) != header.Flags) throw Differ(header, "flags", header.Flags, U16(local, 6));
        if (U16(local, 8) != header.Method) throw Differ(header, "method", header.Method, U16(local, 8));
        CheckSizes(header, local, Extra(header.Name, more.AsSpan(nameLength)));
        CheckDescriptor(header, start + header.StoredBytes, end);
        return new ZipMember(header.Name, header.Method == ZipFormat.Deflated, header.Crc, header.StoredBytes, header.Bytes, start);
    }

    static void CheckSizes(Header header, ReadOnlySpan<byte> local, ReadOnlySpan<byte> wide)
    {
        var (crc, stored, bytes) = (U32(local, 14), (long)U32(local, 18), (long)U32(local, 22));
        var isSaturated = stored == ZipFormat.Saturated || bytes == ZipFormat.Saturated;
        if (wide.Length is not (0 or 16)) throw Differ(header, "64-bit sizes", "16 bytes", $"{wide.Length} bytes");
        if (wide.Length == 16)
        {
            var (wideBytes, wideStored) = ((long)U64(wide, 0), (long)U64(wide, 8));
            // A writer that did not know sizes yet may have reserved the room.
            if (!isSaturated && (header.Flags & ZipFormat.FlagDescriptor) == 0 && (wideBytes, wideStored) != (bytes, stored)) throw Differ(header, "sizes", bytes, wideBytes);
            if (bytes == ZipFormat.Saturated) bytes = wideBytes;
            if (stored == ZipFormat.Saturated) stored = wideStored;
        }
        // With a descriptor behind the data, a zero here means "see there".
        var later = (header.Flags & ZipFormat.FlagDescriptor) != 0;
        if (crc != header.Crc && !(later && crc == 0)) throw Differ(header, "CRC-32", $"{header.Crc:x8}", $"{crc:x8}");
        if (stored != header.StoredBytes && !(later && stored is 0 or ZipFormat.Saturated)) throw Differ(header, "stored size", header.StoredBytes, stored);
        if (bytes != header.Bytes && !(later && bytes is 0 or ZipFormat.Saturated)) throw Differ(header, "size", header.Bytes, bytes);
    }

    /// <summary>What lies between a member's data and the next member: nothing, or its descriptor, which says its sizes once more.</summary>
    void CheckDescriptor(Header header, long start, long end)
    {
        var gap = end - start;
        if ((header.Flags & ZipFormat.FlagDescriptor) == 0)
        {
            if (gap != 0) throw Bad(header.Name, "something lies between members", "nothing", $"{gap} bytes");
            return;
        }
        if (gap is not (12 or 16 or 20 or 24)) throw Bad(header.Name, "there is no data descriptor behind the member", "12, 16, 20 or 24 bytes", $"{gap} bytes");
        Span<byte> bytes = stackalloc byte[(int)gap];
        ReadAt(start, bytes);
        if (gap is 16 or 24)
        {
            if (U32(bytes, 0) != ZipFormat.Descriptor) throw Bad(header.Name, "the data descriptor is broken", "its signature", Hex(bytes[..4]));
            bytes = bytes[4..];
        }
        var isWide = bytes.Length == 20;
        var (stored, size) = isWide ? (U64(bytes, 4), U64(bytes, 12)) : (U32(bytes, 4), U32(bytes, 8));
        if (U32(bytes, 0) != header.Crc) throw Differ(header, "CRC-32", $"{header.Crc:x8}", $"{U32(bytes, 0):x8}");
        if (stored != (ulong)header.StoredBytes) throw Differ(header, "stored size", header.StoredBytes, stored);
        if (size != (ulong)header.Bytes) throw Differ(header, "size", header.Bytes, size);
    }

    void ReadAt(long position, Span<byte> bytes)
    {
        _stream.Position = position;
        var read = _stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (read < bytes.Length) throw Bad(null, "the file became shorter while it was read", $"{bytes.Length} bytes at byte {position}", $"{read} bytes");
    }

    static ModelFileException Differ(Header header, string what, object central, object local) =>
        Bad(header.Name, $"the {what} in the directory and before or behind the data differ", central, local);

    static ModelFileException Bad(string? path, string what, object expected, object received, string? hint = null) =>
        new("zip", path, what, expected, received, hint);

    static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes[..Math.Min(bytes.Length, 16)]);

    static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    static ulong U64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);

    sealed record Header(string Name, byte[] RawName, ushort Flags, ushort Method, uint Crc, long StoredBytes, long Bytes, long Start)
    {
        internal bool IsFolder => Name.EndsWith('/');
    }
}
