using System.Buffers.Binary;

namespace Keras;

/// <summary>The bytes of an HDF5 file at addresses: every read is held to the file's length, and reads of its structure to a
/// budget, so that no file makes us read or keep more than a few times itself.</summary>
sealed class Hdf5Source(Stream stream, LoadLimits limits)
{
    internal const long Undefined = -1;

    const int Window = 8192;
    const int SmallestCost = 16;
    const long LargestBlock = 64L << 20;

    readonly byte[] _window = new byte[Window];
    long _windowStart;
    int _windowCount;
    long _spent;

    internal LoadLimits Limits { get; } = limits;

    internal long Length { get; } = stream.Length;

    /// <summary>Where the file begins in the stream: addresses count from here.</summary>
    internal long Base { get; set; }

    internal int AddressSize { get; set; } = sizeof(long);

    internal int LengthSize { get; set; } = sizeof(long);

    /// <summary>The object being read: what errors name.</summary>
    internal Hdf5Place Place { get; set; } = new(null, "");

    internal Hdf5GlobalHeap Heap => field ??= new Hdf5GlobalHeap(this);

    internal ModelFileException Bad(string what, object? expected, object? received, string? hint = null, Exception? inner = null) =>
        new("HDF5", Place.Path, what, expected, received, hint, inner);

    /// <summary>Goes on with another budget, a new one for data that the caller asks for by themselves; gives what was spent of the one
    /// before.</summary>
    internal long Budget(long spent = 0)
    {
        (spent, _spent) = (_spent, spent);
        return spent;
    }

    /// <summary>A few bytes of structure, valid until the next read.</summary>
    internal ReadOnlySpan<byte> Peek(long address, int count)
    {
        var position = Check(address, count);
        Spend(count);
        if (position < _windowStart || position + count > _windowStart + _windowCount)
        {
            var window = _window.AsSpan(0, (int)Math.Min(Window, Length - position));
            // Nothing is there if this fails.
            (_windowStart, _windowCount) = (position, 0);
            Fill(position, window);
            _windowCount = window.Length;
        }
        return _window.AsSpan((int)(position - _windowStart), count);
    }

    /// <summary>A block of structure, to keep.</summary>
    internal byte[] Block(long address, long count)
    {
        var position = Check(address, count);
        if (count <= Window) return Peek(address, (int)count).ToArray();
        Spend(count);
        var most = Math.Clamp(Limits.MaxTextBytes, LargestBlock, Array.MaxLength);
        if (count > most) throw Bad("a block of the structure is too large", $"at most {most} bytes", count);
        var block = new byte[count];
        Fill(position, block);
        return block;
    }

    /// <summary>Data, straight into the caller's memory.</summary>
    internal void Read(long address, Span<byte> to) => Fill(Check(address, to.Length), to);

    /// <summary>How many bytes there are from an address to the end of the file.</summary>
    internal long Left(long address) => Length - Check(address, 0);

    internal long Check(long address, long count)
    {
        if (address < 0 || count < 0 || address > Length - Base || count > Length - Base - address)
            throw Bad("the structure points outside the file", $"addresses within {Length - Base} bytes", $"{count} bytes at {address}",
                "The file is damaged or incomplete.");
        return Base + address;
    }

    void Spend(long count)
    {
        // A sound file is read once and so stays far below: this ends files that lead round in circles, before much of them is held.
        _spent += Math.Max(count, SmallestCost);
        if (_spent > (16L << 20) + 4 * Length)
            throw Bad("the structure leads to itself or is written over and over", "structure of at most the file's size", $"{_spent} bytes read");
    }

    void Fill(long position, Span<byte> to)
    {
        stream.Position = position;
        if (stream.ReadAtLeast(to, to.Length, throwOnEndOfStream: false) < to.Length)
            throw Bad("the file ends too early", $"{Length} bytes", "fewer");
    }
}

/// <summary>Reads fields one after the other, and refuses to read behind the end.</summary>
ref struct Hdf5Cursor(Hdf5Source source, ReadOnlySpan<byte> data, string what)
{
    readonly ReadOnlySpan<byte> _data = data;

    internal int Position { get; private set; }

    internal readonly int Left => _data.Length - Position;

    internal ReadOnlySpan<byte> Take(long count)
    {
        if (count < 0 || count > Left) throw source.Bad($"the {what} is cut short", $"{count} more bytes", Left);
        Position += (int)count;
        return _data.Slice(Position - (int)count, (int)count);
    }

    internal void Skip(long count) => Take(count);

    internal byte U8() => Take(1)[0];

    internal int U16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    internal uint U32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    /// <summary>A number of any width up to 8 bytes.</summary>
    internal ulong UInt(int width)
    {
        ulong value = 0;
        var bytes = Take(width);
        if (width > sizeof(ulong)) throw source.Bad($"the {what} has a field too wide", "at most 8 bytes", width);
        for (var i = width - 1; i >= 0; i--) value = value << 8 | bytes[i];
        return value;
    }

    /// <summary>A number of any width that counts or measures something in memory.</summary>
    internal long Count(int width) => UInt(width) is var value && value <= long.MaxValue
        ? (long)value : throw source.Bad($"the {what} has a size that no file has", $"at most {long.MaxValue}", value);

    internal long Length() => Count(source.LengthSize);

    /// <summary>An address, or <see cref="Hdf5Source.Undefined"/>.</summary>
    internal long Address()
    {
        var value = UInt(source.AddressSize);
        if (value == ulong.MaxValue >> 64 - 8 * source.AddressSize) return Hdf5Source.Undefined;
        return value <= long.MaxValue ? (long)value : throw source.Bad($"the {what} has an address that no file has", $"at most {long.MaxValue}", value);
    }

    internal void Signature(ReadOnlySpan<byte> signature)
    {
        var found = Take(signature.Length);
        if (!found.SequenceEqual(signature))
            throw source.Bad($"the {what} does not begin with its signature", System.Text.Encoding.ASCII.GetString(signature), Convert.ToHexString(found));
    }

    internal int Version(int least, int most)
    {
        var version = U8();
        return version >= least && version <= most ? version
            : throw source.Bad($"the {what} has a version that is not supported", least == most ? $"{least}" : $"{least} to {most}", version);
    }
}
