using System.IO.Hashing;

namespace Keras;

/// <summary>Where the content of one zip member is written: position 0 is its first byte. The CRC-32 is taken on the way while bytes come in
/// order, and from what was written where they did not.</summary>
sealed class ZipPartStream(Stream target, long start) : Stream
{
    const int Block = 1 << 20;

    readonly Crc32 _crc = new();
    long _length, _position, _hashed;
    bool _isRewritten;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => _length;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    /// <summary>The CRC-32 of all that was written.</summary>
    internal uint Crc()
    {
        if (_isRewritten || _hashed != _length)
        {
            _crc.Reset();
            var block = new byte[(int)Math.Clamp(_length, 1, Block)];
            _position = 0;
            while (Read(block) is > 0 and var read) _crc.Append(block.AsSpan(0, read));
            (_hashed, _isRewritten) = (_length, false);
        }
        return _crc.GetCurrentHashAsUInt32();
    }

    public override int Read(Span<byte> buffer)
    {
        var left = _length - _position;
        if (left <= 0) return 0;
        target.Position = start + _position;
        var read = target.Read(buffer.Length > left ? buffer[..(int)left] : buffer);
        _position += read;
        return read;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_position > _length) Extend(_position);
        if (target.Position != start + _position) target.Position = start + _position;
        target.Write(buffer);
        if (_position == _hashed)
        {
            _crc.Append(buffer);
            _hashed += buffer.Length;
        }
        else if (_position < _hashed) _isRewritten = true;
        _position += buffer.Length;
        _length = Math.Max(_length, _position);
    }

    /// <summary>Zeros up to a length, also where the target holds other bytes there.</summary>
    void Extend(long length)
    {
        var zeros = new byte[(int)Math.Min(length - _length, Block)];
        target.Position = start + _length;
        while (_length < length)
        {
            var count = (int)Math.Min(length - _length, zeros.Length);
            target.Write(zeros, 0, count);
            _length += count;
        }
    }

    public override void SetLength(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        if (value > _length) Extend(value);
        if (value < _hashed) _isRewritten = true;
        _length = value;
        _position = Math.Min(_position, value);
    }

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => _position,
        _ => _length,
    };

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }
}
