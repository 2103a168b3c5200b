using System.IO.Compression;
using System.IO.Hashing;

namespace Keras;

/// <summary>The content of a zip member, from its start to its end. The read that gives the last byte fails where the content is not what the
/// headers say.</summary>
sealed class ZipMemberStream : Stream
{
    /// <summary>Room for the dictionary and the ends of blocks that compress to nothing; deflate itself cannot go beyond 1032 to 1.</summary>
    const long Ratio = 1100, Slack = 1 << 10;

    readonly ZipMember _member;
    readonly Stream _content;
    readonly ZipTailStream? _tail;
    readonly Action<ZipMember, int>? _inflated;
    readonly Crc32 _crc = new();
    long _left;

    internal ZipMemberStream(ZipMember member, Stream stored)
    {
        (_member, _content, _left) = (member, stored, member.Bytes);
        if (_left == 0) Finish();
    }

    internal ZipMemberStream(ZipMember member, ZipTailStream deflated, Action<ZipMember, int> inflated)
    {
        (_member, _tail, _content, _left, _inflated) = (member, deflated, new DeflateStream(deflated, CompressionMode.Decompress), member.Bytes, inflated);
        if (member.Bytes / Ratio > member.StoredBytes + Slack)
            throw Bad("deflate cannot have made so little of so much", $"at most {Ratio} to 1", $"{member.Bytes} bytes from {member.StoredBytes}");
        if (_left == 0) Finish();
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => _member.Bytes;

    public override long Position
    {
        get => _member.Bytes - _left;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || _left == 0) return 0;
        var read = Fill(buffer.Length > _left ? buffer[..(int)_left] : buffer);
        if (read == 0) throw Bad("the content ends too early", $"{_member.Bytes} bytes", $"{Position} bytes");
        _crc.Append(buffer[..read]);
        _left -= read;
        _inflated?.Invoke(_member, read);
        if (_left == 0) Finish();
        return read;
    }

    int Fill(Span<byte> buffer)
    {
        try
        {
            return _content.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw new ModelFileException("zip", _member.Name, "the compressed data are broken", "deflate", e.Message, inner: e);
        }
    }

    void Finish()
    {
        Span<byte> more = stackalloc byte[1];
        if (_tail is not null && (Fill(more) > 0 || !_tail.IsAtEnd))
            throw Bad("there is more compressed data than the headers say", $"{_member.Bytes} bytes of content", "more");
        if (_crc.GetCurrentHashAsUInt32() is var crc && crc != _member.Crc)
            throw Bad("the content is damaged", $"CRC-32 {_member.Crc:x8}", $"{crc:x8}");
    }

    ModelFileException Bad(string what, object expected, object received) => new ModelFileException("zip", _member.Name, what, expected, received);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _content.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>Gives the last byte of its part by itself, so that one can tell whether a decoder that reads in blocks needed it.</summary>
sealed class ZipTailStream(Stream whole, long start, long length) : WindowStream(whole, start, length)
{
    internal bool IsAtEnd => Position == Length;

    // A decoder that can move goes back to where it needed no more.
    public override bool CanSeek => false;

    public override int Read(Span<byte> buffer)
    {
        var left = Length - Position;
        return base.Read(left > 1 && buffer.Length >= left ? buffer[..(int)(left - 1)] : buffer);
    }
}
