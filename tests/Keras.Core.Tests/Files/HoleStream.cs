namespace Keras.Core.Tests.Files;

/// <summary>A stream of any length that keeps the blocks alone that are not zero.</summary>
sealed class HoleStream : Stream
{
    const int Block = 1 << 16;

    readonly Dictionary<long, byte[]> _blocks = [];
    long _length;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => _length;

    public override long Position { get; set; }

    public override int Read(Span<byte> buffer)
    {
        var count = (int)Math.Min(buffer.Length, Math.Max(0, _length - Position));
        for (var done = 0; done < count;)
        {
            var part = buffer[done..Math.Min(count, done + Block - (int)(Position % Block))];
            if (_blocks.TryGetValue(Position / Block, out var block)) block.AsSpan((int)(Position % Block), part.Length).CopyTo(part);
            else part.Clear();
            Position += part.Length;
            done += part.Length;
        }
        return count;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var part = buffer[..Math.Min(buffer.Length, Block - (int)(Position % Block))];
            if (!_blocks.TryGetValue(Position / Block, out var block) && part.IndexOfAnyExcept((byte)0) >= 0) _blocks.Add(Position / Block, block = new byte[Block]);
            if (block is not null) part.CopyTo(block.AsSpan((int)(Position % Block)));
            Position += part.Length;
            _length = Math.Max(_length, Position);
            buffer = buffer[part.Length..];
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + (origin == SeekOrigin.Begin ? 0 : origin == SeekOrigin.Current ? Position : _length);

    public override void SetLength(long value) => _length = value;

    public override void Flush()
    {
    }
}
