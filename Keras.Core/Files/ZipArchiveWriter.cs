using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Keras;

/// <summary>Writes a zip archive of stored members, as Keras does. The same content gives the same bytes, whatever stream they go to.</summary>
sealed class ZipArchiveWriter
{
    const ushort MadeBy = 3 << 8 | ZipFormat.Version;
    const uint OwnersFile = 0x180u << 16;

    /// <summary>The first day that a zip archive knows, which Keras gives what shall not depend on the time.</summary>
    internal static readonly DateTime NoTime = new(1980, 1, 1);

    readonly Stream _target;
    readonly long _start;
    readonly bool _isDirect;
    readonly List<Member> _members = [];
    readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);
    long _length;

    /// <summary>Starts an archive at the stream's position. A stream that cannot be moved and read in gets each member by way of a
    /// temporary file.</summary>
    internal ZipArchiveWriter(Stream target)
    {
        _target = target;
        _isDirect = target is { CanSeek: true, CanRead: true };
        _start = _isDirect ? target.Position : 0;
    }

    /// <summary>Adds a member that is whole in memory.</summary>
    internal void Add(string name, ReadOnlySpan<byte> content)
    {
        var member = Begin(name, NoTime, content.Length) with { Bytes = content.Length, Crc = System.IO.Hashing.Crc32.HashToUInt32(content) };
        Write(LocalHeader(member));
        Write(content);
        _members.Add(member);
    }

    /// <summary>Adds a member that <paramref name="write"/> writes to a stream, which it may read and move in.</summary>
    /// <param name="name">The member's name, with <c>/</c> between its parts.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="time">The time that the archive shows.</param>
    /// <param name="about">About how many bytes there will be: a member of 4 GiB and more must be announced.</param>
    /// <exception cref="InvalidOperationException">There were 4 GiB and more, unannounced.</exception>
    internal void Add(string name, Action<Stream> write, DateTime time, long about = 0)
    {
        var member = Begin(name, time, about);
        if (_isDirect) AddDirect(member, write);
        else AddSpooled(member, write);
    }

    void AddDirect(Member member, Action<Stream> write)
    {
        Write(LocalHeader(member));
        var content = new ZipPartStream(_target, _start + _length);
        write(content);
        member = Done(member, content);
        var end = _start + _length + member.Bytes;
        _target.Position = _start + member.Start;
        _target.Write(LocalHeader(member));
        _target.Position = end;
        _length = end - _start;
        _members.Add(member);
    }

    void AddSpooled(Member member, Action<Stream> write)
    {
        using var file = AtomicFile.Nameless();
        var content = new ZipPartStream(file, 0);
        write(content);
        member = Done(member, content);
        Write(LocalHeader(member));
        file.SetLength(member.Bytes);
        file.Position = 0;
        file.CopyTo(_target, 1 << 20);
        _length += member.Bytes;
        _members.Add(member);
    }

    static Member Done(Member member, ZipPartStream content)
    {
        if (content.Length >= ZipFormat.Saturated && !member.IsWide)
            throw Errors.Invalid(member.Name, "a member of this size must be announced", $"less than {ZipFormat.Saturated} bytes", content.Length);
        return member with { Bytes = content.Length, Crc = content.Crc() };
    }

    Member Begin(string name, DateTime time, long about)
    {
        if (!ZipFormat.IsPlain(name) || Encoding.UTF8.GetByteCount(name) > ZipFormat.LongestName)
            throw Errors.Argument("zip", "a name is no plain relative path", $"at most {ZipFormat.LongestName} bytes, with / between parts", ModelFileException.Quoted(name));
        if (!_names.Add(name)) throw Errors.Argument(name, "the archive has a member of this name", "a new name", name);
        // What is near the limit gets the room for large sizes: a container is a little larger than what it holds.
        const long wide = ZipFormat.Saturated - (256L << 20);
        return new Member(name, Encoding.UTF8.GetBytes(name), Date(time), about >= wide, _length);
    }

    /// <summary>Writes the directory; the archive is complete then, and the stream ends with it.</summary>
    internal void Finish()
    {
        var start = _length;
        foreach (var member in _members) Write(CentralHeader(member));
        var size = _length - start;
        if (_members.Count >= ZipFormat.Saturated16 || size >= ZipFormat.Saturated || start >= ZipFormat.Saturated) WriteEnd64(start, size);
        var end = new FieldWriter(ZipFormat.EndBytes);
        var count = (ushort)Math.Min(_members.Count, ZipFormat.Saturated16);
        end.U32(ZipFormat.End).U16(0).U16(0).U16(count).U16(count).U32(Narrow(size)).U32(Narrow(start)).U16(0);
        Write(end.Bytes);
        // A member may have been longer for a while.
        if (_isDirect && _target.Length > _target.Position) _target.SetLength(_target.Position);
        _target.Flush();
    }

    void WriteEnd64(long start, long size)
    {
        var record = new FieldWriter(ZipFormat.End64Bytes + ZipFormat.Locator64Bytes);
        record.U32(ZipFormat.End64).U64(ZipFormat.End64Bytes - 12).U16(ZipFormat.Version64).U16(ZipFormat.Version64).U32(0).U32(0)
            .U64(_members.Count).U64(_members.Count).U64(size).U64(start);
        record.U32(ZipFormat.Locator64).U32(0).U64(_length).U32(1);
        Write(record.Bytes);
    }

    void Write(ReadOnlySpan<byte> bytes)
    {
        _target.Write(bytes);
        _length += bytes.Length;
    }

    static byte[] LocalHeader(Member member)
    {
        var extra = member.IsWide ? 20 : 0;
        var size = member.IsWide ? ZipFormat.Saturated : (uint)member.Bytes;
        var header = new FieldWriter(ZipFormat.LocalBytes + member.RawName.Length + extra);
        header.U32(ZipFormat.Local).U16(member.IsWide ? ZipFormat.Version64 : ZipFormat.Version).U16(member.Flags).U16(ZipFormat.Stored).U32(member.Date)
            .U32(member.Crc).U32(size).U32(size).U16(member.RawName.Length).U16(extra).Raw(member.RawName);
        if (member.IsWide) header.U16(ZipFormat.Extra64).U16(16).U64(member.Bytes).U64(member.Bytes);
        return header.Bytes;
    }

    static byte[] CentralHeader(Member member)
    {
        var (wideSize, wideStart) = (member.Bytes >= ZipFormat.Saturated, member.Start >= ZipFormat.Saturated);
        var wide = (wideSize ? 16 : 0) + (wideStart ? 8 : 0);
        var extra = wide == 0 ? 0 : 4 + wide;
        var version = member.IsWide || wide > 0 ? ZipFormat.Version64 : ZipFormat.Version;
        var header = new FieldWriter(ZipFormat.CentralBytes + member.RawName.Length + extra);
        header.U32(ZipFormat.Central).U16(MadeBy - ZipFormat.Version + version).U16(version).U16(member.Flags).U16(ZipFormat.Stored).U32(member.Date).U32(member.Crc)
            .U32(Narrow(member.Bytes)).U32(Narrow(member.Bytes)).U16(member.RawName.Length).U16(extra).U16(0).U16(0).U16(0).U32(OwnersFile)
            .U32(Narrow(member.Start)).Raw(member.RawName);
        if (wide > 0) header.U16(ZipFormat.Extra64).U16(wide);
        if (wideSize) header.U64(member.Bytes).U64(member.Bytes);
        if (wideStart) header.U64(member.Start);
        return header.Bytes;
    }

    static uint Narrow(long value) => (uint)Math.Min(value, ZipFormat.Saturated);

    /// <summary>MS-DOS date above time, in steps of two seconds.</summary>
    static uint Date(DateTime time) => (uint)((time.Year - 1980) << 25 | time.Month << 21 | time.Day << 16 | time.Hour << 11 | time.Minute << 5 | time.Second / 2);

    sealed record Member(string Name, byte[] RawName, uint Date, bool IsWide, long Start)
    {
        internal long Bytes { get; init; }

        internal uint Crc { get; init; }

        internal ushort Flags => Ascii.IsValid(RawName) ? (ushort)0 : ZipFormat.FlagUtf8;
    }

    /// <summary>Little-endian fields, one behind the other.</summary>
    sealed class FieldWriter(int length)
    {
        int _at;

        internal byte[] Bytes { get; } = new byte[length];

        internal FieldWriter U16(int value)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(Bytes.AsSpan(_at), checked((ushort)value));
            _at += 2;
            return this;
        }

        internal FieldWriter U32(uint value)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(Bytes.AsSpan(_at), value);
            _at += 4;
            return this;
        }

        internal FieldWriter U64(long value)
        {
            BinaryPrimitives.WriteInt64LittleEndian(Bytes.AsSpan(_at), value);
            _at += 8;
            return this;
        }

        internal FieldWriter Raw(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(Bytes.AsSpan(_at));
            _at += bytes.Length;
            return this;
        }
    }
}
