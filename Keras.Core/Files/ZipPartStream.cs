using System.IO.Hashing;

namespace Keras;

/// <summary>Where the content of one zip member is written: position 0 is its first byte. The CRC-32 is taken on the way while bytes come in
/// order, and from what was written where they did not.</summary>
sealed class ZipPartStream(Stream target, long start) : WindowStream(target, start, 0)
{
    const int Block = 1 << 20;

    readonly Crc32 _crc = new();
    long _hashed;
    bool _isRewritten;

    public override bool CanWrite => true;

    /// <summary>The CRC-32 of all that was written.</summary>
    internal uint Crc()
    {
        if (_isRewritten || _hashed != Extent)
        {
            _crc.Reset();
            Position = 0;
            _crc.Append(this);
            (_hashed, _isRewritten) = (Extent, false);
        }
        return _crc.GetCurrentHashAsUInt32();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (Position > Extent) Extend(Position);
        if (Whole.Position != Start + Position) Whole.Position = Start + Position;
        Whole.Write(buffer);
        if (Position == _hashed)
        {
            _crc.Append(buffer);
            _hashed += buffer.Length;
        }
        else if (Position < _hashed) _isRewritten = true;
        Position += buffer.Length;
        Extent = Math.Max(Extent, Position);
    }

    /// <summary>Zeros up to a length, also where the target holds other bytes there.</summary>
    void Extend(long length)
    {
        var zeros = new byte[(int)Math.Min(length - Extent, Block)];
        Whole.Position = Start + Extent;
        while (Extent < length)
        {
            var count = (int)Math.Min(length - Extent, zeros.Length);
            Whole.Write(zeros, 0, count);
            Extent += count;
        }
    }

    public override void SetLength(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        if (value > Extent) Extend(value);
        if (value < _hashed) _isRewritten = true;
        Extent = value;
        Position = Math.Min(Position, value);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
}
