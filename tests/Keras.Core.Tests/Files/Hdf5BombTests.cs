using System.IO.Compression;
using Keras.Tests;
using static Keras.Core.Tests.Files.Hdf5Builder;
using static Keras.Core.Tests.Files.Hdf5Hostile;

namespace Keras.Core.Tests.Files;

/// <summary>Small files that ask for much.</summary>
sealed class Hdf5BombTests
{
    const string FarLarger = "the dataset is far larger than the file";

    static readonly byte[] OwnFloat = Hdf5TypeCode.Of(DType.Float32);

    static IEnumerable<TestCaseData> Cases()
    {
        yield return Case("10 PB in chunks of which none is stored", One(Space(50_000_000, 50_000_000), Type(OwnFloat), Chunks(Undefined, 1000, 1000), Filters((1, [9]))), "the dataset is too large");
        yield return Case("4 TiB that are allocated late", One(Space(1L << 40), Type(OwnFloat), Contiguous(Undefined, 1L << 42)), "the dataset is ");
        yield return Case("256 MiB in chunks of which none is stored", One(Space(8192, 8192), Type(OwnFloat), Chunks(Undefined, 64, 64)), FarLarger);
        yield return Case("1 MiB of which nothing is stored", One(Space(512, 512), Type(OwnFloat), Chunks(Undefined, 64, 64)), null);
        yield return Case("1 GiB of zeros, deflated", Zeros(1 << 30, 1 << 30), FarLarger);
        yield return Case("1 GiB of zeros, deflated eight times", Zeros(1 << 30, 1 << 30, times: 8), FarLarger);
        yield return Case("1 GiB of zeros, deflated eight times, that says it is 1 MiB", Zeros(1 << 30, 1 << 20, times: 8), "the data are filtered twice in one way");
        yield return Case("1 MiB of zeros, deflated", Zeros(1 << 20, 1 << 20), null);
        yield return Case("a chunk that unpacks to more than it should", Zeros(1 << 28, 1 << 20), "a chunk unpacks to more than it should");
        yield return Case("deflated eight times", One(Space(4), Type(OwnFloat), Chunks(96, 4), Filters([.. Enumerable.Repeat((1, new uint[] { 9 }), 8)])), "the data are filtered twice in one way");
        yield return Case("dimensions that overflow to little", One(Space(1L << 32, 1L << 32, 4), Type(OwnFloat), Contiguous(96, 16)), "there are more elements than any memory holds");
        yield return Case("bytes that overflow to little", One(Space(1L << 62, 1), Type(OwnFloat), Contiguous(96, 16)), "the dataset is ");
        yield return Case("32 dimensions", One(Space([.. Enumerable.Repeat(1L, 32)]), Type(OwnFloat), Compact(1, 2, 3, 4)), null);
        yield return Case("33 dimensions", One(Space([.. Enumerable.Repeat(1L, 33)]), Type(OwnFloat), Compact(1, 2, 3, 4)), "a rank of at most 32");
        yield return Case("10 million chunks of one element, none stored", One(Space(10_000_000), Type(OwnFloat), Chunks(Undefined, 1)), null);
        yield return Case("100 million chunks of one element, none stored", One(Space(100_000_000), Type(OwnFloat), Chunks(Undefined, 1)), FarLarger);
        yield return Case("500,000 chunks of one element, all stored", Tiny(500_000), null);
        yield return Case("a million chunks of one element, all deflated", Tiny(1_000_000, isDeflated: true), "there are too many tiny chunks that are filtered");
        yield return Case("100,000 chunks of one element, all deflated", Tiny(100_000, isDeflated: true), null);
        yield return Case("10 million chunks of one element in a row", One(Space(10_000_000), Type(OwnFloat), NewChunks(2, [1], U64(96))), "the structure points outside the file");
        yield return Case("chunks of more than 4 GiB", One(Space(10), Type(OwnFloat), NewChunks(1, [1L << 40], U64(96))), "a chunk is too large for its dataset");
        yield return Case("chunks that overflow to little", One(Space(1, 1, 1), Type(OwnFloat), NewChunks(1, [1L << 40, 1L << 40, 4], U64(96))), "a chunk is too large for its dataset");
        yield return Case("60 nested groups", Nested(60), null);
        yield return Case("2,000 nested groups", Nested(2_000), "groups are nested too deep");
        yield return Case("100,000 nested groups", Nested(100_000), "groups are nested too deep");
        yield return Case("20,000 groups side by side", Wide(20_000), null);
        yield return Case("groups that hold each other over and over", Doubling(), "a group is in two places");
        yield return Case("an object header that continues over itself", Overlapping(3 << 20, 15), "the structure leads to itself or is written over and over");
        yield return Case("an object header that continues", Overlapping(3 << 20, 1), null);
        yield return Case("a dataset of a large header over and over", Often(40), "the structure leads to itself or is written over and over");
        yield return Case("a dataset of a large header", Often(1), null);
        yield return Case("an attribute of 2 GB", new Hdf5Builder().File(Attribute("a", Hdf5TypeCode.Text.ToArray(), [1L << 27], new byte[16])), "attribute \"a\" is cut short");
        yield return Case("60,000 attributes", Attributes(60_000), null);
        yield return Case("300,000 attributes", Attributes(300_000), "the object header has too many messages");
        yield return Case("a million attributes", Attributes(1_000_000), "a block of the structure is too large");
        yield return Case("a text of 4 GiB", new Hdf5Builder().File(Attribute("a", Hdf5TypeCode.Text.ToArray(), [1], [.. U32(uint.MaxValue), .. U64(96), .. U32(1)])), "a text is too long");
        yield return Case("a text that is longer than its place", WithHeap(40, 1), "a text is longer than its place in the heap");
        yield return Case("a text in a heap", WithHeap(5, 1), null);
        yield return Case("a heap whose objects have one number", WithHeap(5, 2), "two objects of a heap have one number");
        yield return Case("a text behind another", Heap(U64(5), U64(5)), null);
        yield return Case("a heap whose object leads back to it", Heap(U64(-16), U64(5)), "the object of a global heap has a size that no file has");
        yield return Case("a heap whose object is longer than it", Heap(U64(4096), U64(5)), "an object is larger than its heap");
        yield return Case("a heap of no size", Heap(U64(5), U64(5), size: 0), "a text is not in its heap");
        yield return Case("a heap larger than the file", Heap(U64(5), U64(5), size: 1 << 20), "the structure points outside the file");
        yield return Case("a heap whose size no file has", Heap(U64(5), U64(5), size: -1), "the global heap has a size that no file has");
        yield return Case("a heap that is no heap", new Hdf5Builder().File(Attribute("a", Hdf5TypeCode.Text.ToArray(), [1], [.. U32(5), .. U64(0), .. U32(1)])), "the global heap does not begin with its signature");
        yield return Case("lists of lists that hold each other", Lists(), "attribute \"a\" is not text");
        yield return Case("texts of the same 4 MiB over and over", Repeated(), "attribute \"a\" is too long");
        yield return Case("a fill value of 1 GB", One(Space(2), Type(OwnFloat), Contiguous(Undefined, 8), Message(Hdf5Message.Fill, [2, 2, 2, 1, .. U32(1 << 30)])), "the fill value is cut short");
        yield return Case("a fill value", One(Space(2), Type(OwnFloat), Contiguous(Undefined, 8), Message(Hdf5Message.Fill, [2, 2, 2, 1, .. U32(4), 1, 2, 3, 4])), null);
        yield return Case("elements of 2 GiB", One(Space(1), Type([0x15, 0, 0, 0, .. U32(1L << 31)]), Contiguous(Undefined, 1L << 31)), "the type is none");
        yield return Case("elements of no size", One(Space(1), Type([0x15, 0, 0, 0, .. U32(0)]), Contiguous(Undefined, 0)), "the type is none");
        yield return Case("elements of 1 GiB", One(Space(1), Type([0x15, 0, 0, 0, .. U32(1L << 30)]), Contiguous(Undefined, 1L << 30)), FarLarger);
    }

    [Hostile("E01", "E02", "E03", "E04", "E05", "E06", "E07", "E08", "E09", "F08")]
    [TestCaseSource(nameof(Cases))]
    public void LittleComesOfLittle(byte[] file, string? refused) => Hold(file, refused);

    /// <summary>Blocks of structure larger than any array, in a file that is large enough.</summary>
    [Test]
    public void HeadersOfGigabytesAreRefused()
    {
        var builder = new Hdf5Builder();
        var header = builder.Header(Space(1), Type(OwnFloat), Compact(1, 2, 3, 4));
        var file = Hdf5LinkTests.Patch(builder.File(Link("x", header)), (int)header + 8, U32(uint.MaxValue));
        var stream = new HoleStream();
        stream.Write(file);
        stream.SetLength(5L << 30);
        Assert.That(Try(stream, out _)?.Message, Does.Contain("a block of the structure is too large"));
    }

    /// <summary>A layout of version 4, with sizes of 8 bytes.</summary>
    static byte[] NewChunks(int index, long[] dims, byte[] rest) => Message(Hdf5Message.Layout, [4, 2, 0, (byte)(dims.Length + 1), 8, .. dims.SelectMany(U64), .. U64(4), (byte)index, .. rest]);

    static byte[] Zeros(int stored, int declared, int times = 1)
    {
        var packed = Packed(stored);
        for (var i = 1; i < times; i++) packed = Deflated(to => to.Write(packed));
        var builder = new Hdf5Builder();
        var tree = builder.Add(ChunkNode(0, ((uint)packed.Length, 0, 0, builder.Add(packed))));
        return builder.File(Link("x", builder.Dataset([declared / 4], Chunks(tree, declared / 4), Filters([.. Enumerable.Repeat((1, new uint[] { 9 }), times)]))));
    }

    static readonly Dictionary<int, byte[]> PackedZeros = [];

    static byte[] Packed(int zeros)
    {
        if (!PackedZeros.TryGetValue(zeros, out var packed))
            PackedZeros[zeros] = packed = Deflated(to =>
            {
                var block = new byte[1 << 20];
                for (var i = 0; i < zeros; i += block.Length) to.Write(block);
            });
        return packed;
    }

    static byte[] Deflated(Action<Stream> write)
    {
        using var packed = new MemoryStream();
        using (var deflater = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true)) write(deflater);
        return packed.ToArray();
    }

    /// <summary>Chunks of one element, which all lie in one place.</summary>
    static byte[] Tiny(int count, bool isDeflated = false)
    {
        var builder = new Hdf5Builder();
        byte[] stored = isDeflated ? Deflated(to => to.Write([1, 2, 3, 4])) : [1, 2, 3, 4];
        byte[] entry = [.. U64(builder.Add(stored)), .. isDeflated ? (byte[])[(byte)stored.Length, .. U32(0)] : []];
        var client = (byte)(isDeflated ? 1 : 0);
        var data = builder.AddChecked([.. "FADB"u8, 0, client, .. U64(0), .. Enumerable.Repeat(entry, count).SelectMany(e => e)]);
        // Without pages.
        var layout = Hdf5NewPieces.FixedArray(builder.FixedHead(data, count, entry.Length, pageBits: 30, client), 1);
        return builder.File(Link("x", isDeflated ? builder.Dataset([count], layout, Filters((1, [9]))) : builder.Dataset([count], layout)));
    }

    static byte[] Nested(int depth)
    {
        var builder = new Hdf5Builder();
        var group = builder.Header(Empty);
        for (var i = 1; i < depth; i++) group = builder.Header(Link("g", group));
        return builder.File(Link("g", group));
    }

    static byte[] Wide(int count)
    {
        var builder = new Hdf5Builder();
        return builder.File([.. Enumerable.Range(0, count).Select(i => Link($"g{i}", builder.Header(Empty)))]);
    }

    /// <summary>Each group holds the next twice: 2^50 paths.</summary>
    static byte[] Doubling()
    {
        var builder = new Hdf5Builder();
        var group = builder.Header(Empty);
        for (var i = 0; i < 50; i++) group = builder.Header(Link("a", group), Link("b", group));
        return builder.File(Link("g", group));
    }

    static byte[] Attributes(int count) => new Hdf5Builder().File([.. Enumerable.Range(0, count).Select(i => Attribute($"a{i}", Hdf5TypeCode.Text.ToArray(), [0], []))]);

    /// <summary>A header that goes on in blocks that lie over each other.</summary>
    static byte[] Overlapping(int size, int times)
    {
        var builder = new Hdf5Builder();
        const int each = 1 << 15;
        var at = builder.Add([.. Enumerable.Repeat(Message(0, new byte[each - 8]), size / each).SelectMany(m => m)]);
        return builder.File([.. Enumerable.Range(0, times).Select(i => Hdf5NewPieces.Continuation(at + i * each, size - i * each))]);
    }

    /// <summary>Links to one dataset, whose header has room for 4 MiB.</summary>
    static byte[] Often(int links)
    {
        var builder = new Hdf5Builder();
        var header = builder.Header([Space(1), Type(OwnFloat), Compact(1, 2, 3, 4), .. Enumerable.Repeat(Message(0, new byte[32760]), 128)]);
        return builder.File([.. Enumerable.Range(0, links).Select(i => Link($"x{i}", header))]);
    }

    static byte[] WithHeap(int length, int objects)
    {
        var builder = new Hdf5Builder();
        var heap = builder.Add([.. "GCOL"u8, 1, 0, 0, 0, .. U64(16 + 24 * objects), .. Enumerable.Repeat((byte[])[1, 0, 1, 0, 0, 0, 0, 0, .. U64(5), .. "hello\0\0\0"u8], objects).SelectMany(o => o)]);
        return builder.File(Attribute("a", Hdf5TypeCode.Text.ToArray(), [1], [.. U32(length), .. U64(heap), .. U32(1)]));
    }

    /// <summary>A text in a heap of two objects of these lengths.</summary>
    static byte[] Heap(byte[] first, byte[] second, long size = 16 + 2 * 24)
    {
        var builder = new Hdf5Builder();
        byte[] Object(byte number, byte[] length) => [number, 0, 1, 0, 0, 0, 0, 0, .. length, .. "hello\0\0\0"u8];
        var heap = builder.Add([.. "GCOL"u8, 1, 0, 0, 0, .. U64(size), .. Object(1, first), .. Object(2, second)]);
        return builder.File(Attribute("a", Hdf5TypeCode.Text.ToArray(), [1], [.. U32(5), .. U64(heap), .. U32(2)]));
    }

    /// <summary>Lists of lists of numbers, of which the first holds itself.</summary>
    static byte[] Lists()
    {
        var builder = new Hdf5Builder();
        byte[] list = [.. U32(1), .. U64(builder.Next), .. U32(1)];
        var heap = builder.Add([.. "GCOL"u8, 1, 0, 0, 0, .. U64(16 + 32), 1, 0, 1, 0, 0, 0, 0, 0, .. U64(16), .. list]);
        byte[] numbers = [0x19, 0, 0, 0, .. U32(16), .. Hdf5TypeCode.Of(DType.Int32)], lists = [0x19, 0, 0, 0, .. U32(16), .. numbers];
        return builder.File(Attribute("a", lists, [1], [.. U32(1), .. U64(heap), .. U32(1)]));
    }

    static byte[] Repeated()
    {
        var builder = new Hdf5Builder();
        const int size = 4 << 20, count = 1000;
        var heap = builder.Add([.. "GCOL"u8, 1, 0, 0, 0, .. U64(32 + size), 1, 0, 1, 0, 0, 0, 0, 0, .. U64(size), .. Enumerable.Repeat((byte)'x', size)]);
        return builder.File(Attribute("a", Hdf5TypeCode.Text.ToArray(), [count], [.. Enumerable.Repeat((byte[])[.. U32(size), .. U64(heap), .. U32(1)], count).SelectMany(t => t)]));
    }
}
