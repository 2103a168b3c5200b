using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Keras.Core.Tests.Files;

/// <summary>A zip archive field by field, so that a test can say one thing wrong.</summary>
sealed class RawZip
{
    internal List<RawMember> Members { get; } = [];

    internal byte[] Before { get; init; } = [];

    internal byte[] Between { get; init; } = [];

    internal byte[] Comment { get; init; } = [];

    internal byte[] After { get; init; } = [];

    internal int? Count { get; init; }

    internal RawZip(params RawMember[] members) => Members.AddRange(members);

    internal byte[] Build()
    {
        var bytes = new MemoryStream();
        bytes.Write(Before);
        var starts = new List<long>();
        foreach (var member in Members)
        {
            starts.Add(bytes.Position);
            if (member.IsLocal) member.WriteLocal(bytes);
        }
        bytes.Write(Between);
        var directory = bytes.Position;
        for (var i = 0; i < Members.Count; i++) Members[i].WriteCentral(bytes, Members[i].Start ?? starts[i]);
        var size = bytes.Position - directory;
        var count = Count ?? Members.Count;
        Write(bytes, 0x06054b50u, (ushort)0, (ushort)0, (ushort)count, (ushort)count, (uint)size, (uint)directory, (ushort)Comment.Length);
        bytes.Write(Comment);
        bytes.Write(After);
        return bytes.ToArray();
    }

    /// <summary>Writes numbers, each as wide as its type.</summary>
    internal static void Write(Stream to, params object[] fields)
    {
        Span<byte> bytes = stackalloc byte[8];
        foreach (var field in fields)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, field is ulong u ? u : (ulong)Convert.ToInt64(field, null));
            to.Write(bytes[..(field switch { ushort => 2, uint => 4, _ => 8 })]);
        }
    }
}

/// <summary>A member; what is not said is right.</summary>
sealed class RawMember
{
    readonly byte[] _name, _stored;
    readonly uint _crc;
    readonly long _size;

    internal RawMember(string name, byte[] content, bool deflate = false) : this(name, deflate ? Deflated(content) : content, content.Length, Crc32.HashToUInt32(content)) =>
        Method = (ushort)(deflate ? 8 : 0);

    internal RawMember(string name, byte[] stored, long size, uint crc) => (_name, _stored, _size, _crc, Method) = (Samples.Text(name), stored, size, crc, 8);

    internal ushort Method { get; init; }

    internal ushort Flags { get; init; }

    internal ushort? LocalFlags { get; init; }

    internal ushort? LocalMethod { get; init; }

    internal byte[]? LocalName { get; init; }

    internal uint? Crc { get; init; }

    internal uint? LocalCrc { get; init; }

    internal uint? Size { get; init; }

    internal uint? LocalSize { get; init; }

    internal uint? StoredSize { get; init; }

    internal byte[] Extra { get; init; } = [];

    internal byte[] LocalExtra { get; init; } = [];

    internal byte[] Descriptor { get; init; } = [];

    internal uint Mode { get; init; }

    internal long? Start { get; init; }

    /// <summary>Whether there is more of it than its entry in the directory.</summary>
    internal bool IsLocal { get; init; } = true;

    internal int StoredBytes => _stored.Length;

    internal uint RightCrc => _crc;

    internal void WriteLocal(Stream to)
    {
        var name = LocalName ?? _name;
        var later = ((LocalFlags ?? Flags) & 8) != 0;
        RawZip.Write(to, 0x04034b50u, (ushort)20, LocalFlags ?? Flags, LocalMethod ?? Method, 0x00210000u, LocalCrc ?? (later ? 0 : Crc ?? _crc),
            later ? 0 : StoredSize ?? (uint)_stored.Length, later ? 0 : LocalSize ?? Size ?? (uint)_size, (ushort)name.Length, (ushort)LocalExtra.Length);
        to.Write(name);
        to.Write(LocalExtra);
        to.Write(_stored);
        to.Write(Descriptor);
    }

    internal void WriteCentral(Stream to, long start)
    {
        RawZip.Write(to, 0x02014b50u, (ushort)(3 << 8 | 20), (ushort)20, Flags, Method, 0x00210000u, Crc ?? _crc, StoredSize ?? (uint)_stored.Length, Size ?? (uint)_size,
            (ushort)_name.Length, (ushort)Extra.Length, (ushort)0, (ushort)0, (ushort)0, Mode << 16, (uint)start);
        to.Write(_name);
        to.Write(Extra);
    }

    static byte[] Deflated(byte[] content)
    {
        var bytes = new MemoryStream();
        using (var deflate = new DeflateStream(bytes, CompressionLevel.SmallestSize)) deflate.Write(content);
        return bytes.ToArray();
    }

    /// <summary>A member of many equal bytes, made without deflating them all.</summary>
    internal static RawMember Bomb(string name, byte value, int mebibytes)
    {
        var block = new byte[1 << 20];
        block.AsSpan().Fill(value);
        var bytes = new MemoryStream();
        var crc = new Crc32();
        using (var deflate = new DeflateStream(bytes, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            // A flush ends on a whole byte, and from the second block on all are alike.
            deflate.Write(block);
            deflate.Flush();
            var first = bytes.Length;
            deflate.Write(block);
            deflate.Flush();
            var again = bytes.ToArray().AsSpan((int)first);
            for (var i = 2; i < mebibytes; i++) bytes.Write(again);
        }
        for (var i = 0; i < mebibytes; i++) crc.Append(block);
        return new RawMember(name, bytes.ToArray(), (long)mebibytes << 20, crc.GetCurrentHashAsUInt32());
    }
}
