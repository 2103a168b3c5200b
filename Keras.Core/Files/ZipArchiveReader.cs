using System.IO.Compression;

namespace Keras;

/// <summary>A zip archive to read, from a stream that can be moved in. Headers are checked when it is opened, content while it is read:
/// what a member gives is what its CRC-32 says. Members that nobody asks for are never touched. Not for several threads at once.</summary>
sealed class ZipArchiveReader
{
    const int FirstBlock = 1 << 20;

    readonly Stream _stream;
    readonly Dictionary<string, ZipMember> _byName = [];
    long _inflatable;

    /// <summary>Reads and checks the headers. The stream stays the caller's.</summary>
    /// <param name="stream">The archive, from its first byte on.</param>
    /// <param name="limits">What it may ask for.</param>
    /// <exception cref="ModelFileException">It is no zip archive, broken, ambiguous or too large.</exception>
    internal ZipArchiveReader(Stream stream, LoadLimits? limits = null)
    {
        limits ??= LoadLimits.Default;
        _stream = stream;
        Members = ZipDirectory.Read(stream, limits);
        foreach (var member in Members) _byName.Add(member.Name, member);
        _inflatable = Math.Max(limits.MaxInflatedBytes, stream.Length <= long.MaxValue / 4 ? 4 * stream.Length : long.MaxValue);
    }

    /// <summary>The files in it, in its directory's order.</summary>
    internal IReadOnlyList<ZipMember> Members { get; }

    /// <summary>The member of this name, if there is one.</summary>
    internal ZipMember? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>A member's content, to read once from its start to its end.</summary>
    /// <exception cref="ModelFileException">It says that it is larger than may be; while reading: the content is not what the headers say.</exception>
    internal Stream Open(ZipMember member)
    {
        if (member.IsDeflated) CheckBudget(member, member.Bytes);
        return member.IsDeflated ? new ZipMemberStream(member, new ZipTailStream(_stream, member.Start, member.StoredBytes), Inflate)
            : new ZipMemberStream(member, new WindowStream(_stream, member.Start, member.StoredBytes));
    }

    /// <summary>A member's whole content.</summary>
    /// <exception cref="ModelFileException">It has more than <paramref name="most"/> bytes, or is broken.</exception>
    internal byte[] ReadAll(ZipMember member, long most = int.MaxValue)
    {
        most = Math.Min(most, Array.MaxLength);
        if (member.Bytes > most) throw new ModelFileException("zip", member.Name, "the member is too large", $"at most {most} bytes", $"{member.Bytes} bytes");
        using var content = Open(member);
        // Memory follows what is really there, not what a header says.
        var bytes = new byte[member.IsDeflated ? Math.Min(member.Bytes, FirstBlock) : member.Bytes];
        for (var count = 0; ;)
        {
            count += content.ReadAtLeast(bytes.AsSpan(count), bytes.Length - count, throwOnEndOfStream: false);
            if (count == member.Bytes) return bytes;
            Array.Resize(ref bytes, (int)Math.Min(2L * bytes.Length, member.Bytes));
        }
    }

    /// <summary>A member's content to read and move in. Stored bytes are read through once, so that they are what their CRC-32 says, and are then
    /// a window of the archive; compressed ones are inflated to memory.</summary>
    /// <exception cref="ModelFileException">The content is broken, or larger than may be.</exception>
    internal Stream OpenSeekable(ZipMember member)
    {
        if (member.IsDeflated) return new MemoryStream(ReadAll(member), writable: false);
        using (var content = Open(member)) content.CopyTo(Stream.Null, FirstBlock);
        return new WindowStream(_stream, member.Start, member.Bytes);
    }

    void CheckBudget(ZipMember member, long bytes)
    {
        if (bytes > _inflatable)
            throw new ModelFileException("zip", member.Name, "compressed members become too large", $"at most {_inflatable} more bytes", $"{bytes} bytes",
                "LoadLimits.MaxInflatedBytes allows more.");
    }

    void Inflate(ZipMember member, int bytes)
    {
        CheckBudget(member, bytes);
        _inflatable -= bytes;
    }
}
