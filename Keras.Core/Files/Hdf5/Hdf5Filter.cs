using System.IO.Compression;

namespace Keras;

/// <summary>A step that chunks went through when they were written, undone here.</summary>
readonly record struct Hdf5Filter(int Id)
{
    const int Deflate = 1, Shuffle = 2, Fletcher32 = 3;
    const int MaxFilters = 32;

    static readonly Dictionary<int, string> Names = new() { [Deflate] = "deflate", [Shuffle] = "shuffle", [Fletcher32] = "Fletcher's checksum", [4] = "szip", [5] = "n-bit", [6] = "scale-offset", [32000] = "LZF", [32001] = "Blosc", [32004] = "LZ4", [32015] = "Zstandard" };

    string Name => Names.GetValueOrDefault(Id, $"filter {Id}");

    /// <summary>The filters in the order in which they were applied.</summary>
    internal static Hdf5Filter[] ReadAll(Hdf5Source source, Hdf5Message? message, int elementSize)
    {
        if (message is not { } found) return [];
        if (found.IsShared) throw source.Bad("shared filters are not supported", "filters in their place", "a shared message");
        var cursor = new Hdf5Cursor(source, found.Data.Span, "filter pipeline");
        var version = cursor.Version(1, 2);
        var count = cursor.U8();
        if (count > MaxFilters) throw source.Bad("there are too many filters", $"at most {MaxFilters}", count);
        if (version == 1) cursor.Skip(6);
        var filters = new Hdf5Filter[count];
        for (var i = 0; i < count; i++)
        {
            var id = cursor.U16();
            var name = version == 1 || id >= 256 ? cursor.U16() : 0;
            cursor.Skip(2);
            var values = cursor.U16();
            cursor.Skip(version == 1 ? Hdf5Bytes.Pad8(name) : name);
            var first = values > 0 ? cursor.U32() : default(uint?);
            cursor.Skip(4L * Math.Max(0, values - 1) + (version == 1 && values % 2 != 0 ? 4 : 0));
            filters[i] = new Hdf5Filter(id);
            if (id is not (Deflate or Shuffle or Fletcher32))
                throw source.Bad("the data are filtered in a way that is not supported", "deflate, shuffle or Fletcher's checksum", filters[i].Name,
                    "Save the file again without it.");
            if (id == Shuffle && first != elementSize) throw source.Bad("the data are shuffled by another size than an element's", elementSize, first);
            if (Array.FindIndex(filters, f => f.Id == id) < i) throw source.Bad("the data are filtered twice in one way", "each filter once", filters[i].Name);
        }
        return filters;
    }

    /// <summary>Undoes the filters: from the bytes in the file to those of one chunk. No step gives more than a chunk and a checksum.</summary>
    internal static ReadOnlySpan<byte> Undo(Hdf5Source source, Hdf5Filter[] filters, uint mask, ref byte[] stored, ref byte[] spare, int count, int chunkBytes, int elementSize)
    {
        for (var i = filters.Length - 1; i >= 0; i--)
        {
            if ((mask >> i & 1) != 0) continue;
            if (filters[i].Id == Fletcher32)
            {
                Hdf5Checksum.Verify(source, stored.AsSpan(0, count), "chunk", Hdf5Checksum.Fletcher32);
                count -= sizeof(uint);
                continue;
            }
            // A checksum may have been put behind the chunk before it was compressed.
            var most = Math.Max(chunkBytes + sizeof(uint), count);
            if (spare.Length < most) spare = new byte[most];
            if (filters[i].Id == Deflate) count = Inflate(source, new MemoryStream(stored, 0, count), spare.AsSpan(0, chunkBytes + sizeof(uint)));
            else Unshuffle(stored.AsSpan(0, count), spare, elementSize);
            (stored, spare) = (spare, stored);
        }
        return count == chunkBytes ? stored.AsSpan(0, count) : throw source.Bad("a chunk has another size than it should", chunkBytes, count);
    }

    static int Inflate(Hdf5Source source, MemoryStream stored, Span<byte> to)
    {
        try
        {
            using var inflater = new ZLibStream(stored, CompressionMode.Decompress);
            var count = inflater.ReadAtLeast(to, to.Length, throwOnEndOfStream: false);
            return count < to.Length || inflater.ReadByte() < 0 ? count : throw source.Bad("a chunk unpacks to more than it should", $"at most {to.Length} bytes", "more");
        }
        catch (InvalidDataException e)
        {
            throw source.Bad("a chunk cannot be unpacked", "deflated data", "something else", "The file is damaged.", e);
        }
    }

    static void Unshuffle(ReadOnlySpan<byte> stored, Span<byte> to, int elementSize)
    {
        var count = stored.Length / elementSize;
        for (var b = 0; b < elementSize; b++)
        {
            var plane = stored.Slice(b * count, count);
            for (var i = 0; i < plane.Length; i++) to[i * elementSize + b] = plane[i];
        }
        stored[(count * elementSize)..].CopyTo(to[(count * elementSize)..]);
    }
}
