using System.Numerics;
using Keras.Tests;
using static Keras.Core.Tests.Files.Hdf5Builder;
using static Keras.Core.Tests.Files.Hdf5Hostile;
using static Keras.Core.Tests.Files.Hdf5NewPieces;

namespace Keras.Core.Tests.Files;

/// <summary>Structure of the format's newer versions that is wrong in one place while its checksums are right.</summary>
sealed class Hdf5NewStructureTests
{
    const string Outside = "the structure points outside the file", Sizes = "has impossible sizes";

    static readonly byte[] Int32 = Hdf5TypeCode.Of(DType.Int32);

    static readonly byte[][] Data = [Space(1), Type(Int32), Compact(1, 2, 3, 4)];

    static IEnumerable<TestCaseData> Headers()
    {
        yield return Case("a header", Header(b => b.NewHeader(Data)), null);
        yield return Case("a header with a wrong checksum", Header(b => b.Add([.. "OHDR"u8, 2, 2, .. U32(0), .. U32(1)])), "the checksum of the object header does not fit");
        yield return Case("an unknown header", Header(b => b.AddChecked([.. "OHDR"u8, 3, 2, .. U32(0)])), "the object header has a version that is not supported");
        yield return Case("a header longer than the file", Header(b => b.NewHeader(1 << 20, Data)), Outside);
        yield return Case("a message longer than its header", Header(b => b.AddChecked([.. "OHDR"u8, 2, 2, .. U32(8), 1, .. U16(500), 0, 0, 0, 0, 0])), "the object header is cut short");
        yield return Case("an unknown message", Header(b => b.NewHeader([.. Data, Message(99, [1])])), null);
        yield return Case("an unknown message that must be known", Header(b => b.NewHeader([.. Data, Message(99, [1], flags: 0x80)])), "the object has a message that a reader must know");
        yield return Case("a continuation", Header(b => More(b, Hdf5NewPieces.Continued(Data[2]))), null);
        yield return Case("a continuation without a signature", Header(b => More(b, Checked([.. "OHDR"u8, .. New(Data[2])]))), "the continued object header does not begin with its signature");
        yield return Case("a continuation with a wrong checksum", Header(b => More(b, [.. "OCHK"u8, .. New(Data[2]), 1, 2, 3, 4])), "the checksum of the continued object header does not fit");
        yield return Case("a continuation that leads to itself", Header(b => More(b, Hdf5NewPieces.Continued(Continuation(b.Next, 28)))), "the object header continues in itself");
        yield return Case("two continuations that lead to each other", Header(b => More(b, [.. Hdf5NewPieces.Continued(Continuation(b.Next + 32, 28)), .. new byte[4], .. Hdf5NewPieces.Continued(Continuation(b.Next, 28))], 28)),
            "the object header continues in itself");
        yield return Case("a continuation outside the file", Header(b => b.NewHeader(Continuation(1 << 20, 100))), Outside);
    }

    static byte[] Header(Func<Hdf5Builder, long> header)
    {
        var builder = new Hdf5Builder();
        return builder.File(Link("x", header(builder)));
    }

    static long More(Hdf5Builder builder, byte[] more, int? size = null) => builder.NewHeader([.. Data[..2], Continuation(builder.Add(more), size ?? more.Length)]);

    /// <summary>A group of two links in a heap, whose head stands behind the links and so many bytes, found through a tree.</summary>
    static byte[] Group(Func<Hdf5Builder, byte[][], long> tree, Func<Hdf5Builder, long, long>? heap = null, int before = 0)
    {
        var builder = new Hdf5Builder();
        var target = builder.Header(Data);
        // One link behind the other in the block, as they stand in a message.
        byte[][] links = [.. "ab".Select(c => (byte[])[1, 0, 1, (byte)c, .. U64(target)])];
        var block = builder.Next;
        builder.Add(Block(block + 512 + before, [.. links.SelectMany(l => l)]));
        var at = heap is null ? builder.Heap(block) : heap(builder, block);
        var records = links.Select((l, i) => LinkRecord(Id(BlockPrefix + i * l.Length, l.Length))).ToArray();
        return builder.File(Link("g", builder.Header(InHeap(at, tree(builder, records)))));
    }

    const int RecordSize = 4 + IdSize;

    static long Leaf(Hdf5Builder b, params byte[][] records) => b.Tree2(Links, RecordSize, 0, b.Add(Leaf2(Links, records)), records.Length);

    static IEnumerable<TestCaseData> Trees()
    {
        yield return Case("a tree", Group((b, r) => Leaf(b, r)), null);
        yield return Case("a tree of two levels", Group((b, r) => b.Tree2(Links, RecordSize, 1, b.Add(Inner2(Links, [r[0]], [], (b.Add(Leaf2(Links, r[1])), 1), (b.Add(Leaf2(Links)), 0))), 1)), null);
        yield return Case("keys out of order", Group((b, r) => Leaf(b, r[1], r[0])), null);
        yield return Case("a key twice", Group((b, r) => Leaf(b, r[0], r[0])), "two links of a group have one name");
        yield return Case("no tree", Group((b, _) => Undefined), Outside);
        yield return Case("an empty tree", Group((b, _) => b.Tree2(Links, RecordSize, 0, Undefined, 0)), null);
        yield return Case("a tree of attributes", Group((b, r) => b.Tree2(Attributes, RecordSize, 0, b.Add(Leaf2(Attributes, r)), 2)), "the B-tree holds other records");
        yield return Case("a node of attributes", Group((b, r) => b.Tree2(Links, RecordSize, 0, b.Add(Leaf2(Attributes, r)), 2)), "the node of the B-tree holds other records");
        yield return Case("a root at the wrong level", Group((b, r) => b.Tree2(Links, RecordSize, 1, b.Add(Leaf2(Links, r)), 2)), "does not fit");
        yield return Case("an empty root", Group((b, _) => b.Tree2(Links, RecordSize, 1, b.Add(Inner2(Links, [], [], (b.Next, 0))), 0)), null);
        yield return Case("a node that leads to itself", Group((b, r) => b.Tree2(Links, RecordSize, 1, b.Add(Inner2(Links, [r[0]], [], (b.Next, 0), (b.Next, 0))), 1)), "a node of the B-tree is in two places");
        yield return Case("a child outside the file", Group((b, r) => b.Tree2(Links, RecordSize, 1, b.Add(Inner2(Links, [r[0]], [], (1 << 20, 1), (1 << 20, 1))), 1)), Outside);
        yield return Case("an address past any file", Group((b, r) => b.Tree2(Links, RecordSize, 1, b.Add(Inner2(Links, [r[0]], [], (long.MinValue, 1), (1 << 20, 1))), 1)), "has an address that no file has");
        yield return Case("a depth of 255", Group((b, r) => b.Tree2(Links, RecordSize, 255, b.Add(Leaf2(Links, r)), 2)), Sizes);
        yield return Case("a depth of 65535", Group((b, r) => b.Tree2(Links, RecordSize, 65535, b.Add(Leaf2(Links, r)), 2)), Sizes);
        yield return Case("nodes of no size", Group((b, r) => b.Tree2(Links, RecordSize, 0, b.Add(Leaf2(Links, r)), 2, nodeSize: 0)), Sizes);
        yield return Case("nodes larger than the file", Group((b, r) => b.Tree2(Links, RecordSize, 0, b.Add(Leaf2(Links, r)), 2, nodeSize: uint.MaxValue)), Sizes);
        yield return Case("records of no size", Group((b, r) => b.Tree2(Links, 0, 0, b.Add(Leaf2(Links, r)), 2)), Sizes);
        yield return Case("records too short", Group((b, r) => b.Tree2(Links, 3, 0, b.Add(Leaf2(Links, [1, 2, 3])), 1)), "the identifier in a heap is cut short");
        yield return Case("more records than fit", Group((b, r) => b.Tree2(Links, RecordSize, 0, b.Add(Leaf2(Links, r)), 100)), "a node of the B-tree holds more records than fit");
        yield return Case("two to the thirtieth nodes", Group(Doubling), "a node of the B-tree is in two places");
    }

    /// <summary>Each node leads to the next twice.</summary>
    static long Doubling(Hdf5Builder b, byte[][] _)
    {
        const int depth = 30, nodeSize = 64, overhead = 10;
        // The width of a total follows from what the nodes below can hold.
        var (node, width, most) = (b.Add(Leaf2(Links, [0])), 0, (UInt128)(nodeSize - overhead));
        for (var level = 1; level <= depth; level++)
        {
            node = b.Add(Inner2(Links, [[0]], new byte[width], (node, 1), (node, 1)));
            var pointer = 9 + width;
            var fit = (UInt128)((nodeSize - overhead - pointer) / (1 + pointer));
            most = UInt128.Min((fit + 1) * most + fit, ulong.MaxValue);
            width = BitOperations.Log2((ulong)most) / 8 + 1;
        }
        return b.Tree2(Links, 1, depth, node, 1, nodeSize);
    }

    /// <summary>The heap of a group, where the block with the links lies at an address.</summary>
    static byte[] Of(Func<Hdf5Builder, long, long> heap, int before = 0) => Group((b, r) => Leaf(b, r), heap, before);

    /// <summary>One link, by whatever identifier.</summary>
    static byte[] By(byte[] id) => Group((b, _) => Leaf(b, LinkRecord(id)));

    static IEnumerable<TestCaseData> Heaps()
    {
        yield return Case("a heap of one block", Of((b, block) => b.Heap(block)), null);
        yield return Case("a heap of rows", Of((b, block) => b.Heap(b.Add(Indirect(b.Next + 56, block, Undefined, Undefined, Undefined)), rows: 1), before: 56), null);
        yield return Case("a heap that leads to itself", Of((b, _) => b.Heap(b.Add(Indirect(b.Next + 56, b.Next, Undefined, Undefined, Undefined)), rows: 1), before: 56), "the block of a heap does not begin with its signature");
        yield return Case("a heap without a block", Of((b, _) => b.Heap(Undefined)), "the heap is smaller than its identifiers say");
        yield return Case("a row without a block", Of((b, _) => b.Heap(b.Add(Indirect(b.Next + 56, Undefined, Undefined, Undefined, Undefined)), rows: 1), before: 56), "an object lies in a part of the heap that is not there");
        yield return Case("a block outside the file", Of((b, _) => b.Heap(1 << 20)), Outside);
        yield return Case("a block of another heap", Of((b, block) => b.Heap(b.Add(Block(8, [])))), "the block of a heap belongs to another heap");
        yield return Case("more rows than the file has", Of((b, block) => b.Heap(b.Add(Indirect(b.Next + 56, block)), rows: 64)), Outside);
        yield return Case("65 rows", Of((b, block) => b.Heap(block, rows: 65)), Sizes);
        yield return Case("three blocks in a row", Of((b, block) => b.Heap(block, width: 3)), Sizes);
        yield return Case("no blocks in a row", Of((b, block) => b.Heap(block, width: 0)), Sizes);
        yield return Case("blocks of no size", Of((b, block) => b.Heap(block, start: 0)), Sizes);
        yield return Case("offsets of no bits", Of((b, block) => b.Heap(block, bits: 0)), Sizes);
        yield return Case("offsets of 64 bits", Of((b, block) => b.Heap(block, bits: 64)), Sizes);
        yield return Case("a tiny object", By([0x25, 1, 0, 1, (byte)'a', 0, 0]), "the link is cut short");
        yield return Case("a tiny object longer than its identifier", By([0x2f, 1, 0, 1, (byte)'a', 0, 0]), "the identifier in a heap is cut short");
        yield return Case("an identifier of an unknown kind", By([0x30, 0, 0, 0, 0, 0, 0]), "the identifier in a heap is of an unknown kind");
        yield return Case("an identifier of an unknown version", By([0x40, 0, 0, 0, 0, 0, 0]), "the identifier in a heap has an unknown version");
        yield return Case("an object outside its heap", By(Id(60_000, 12)), "an object lies outside the heap");
        yield return Case("an object outside its block", By(Id(505, 12)), "an object lies outside its block of the heap");
        yield return Case("an object longer than its block", By(Id(BlockPrefix, 5000)), "an object lies outside its block of the heap");
        yield return Case("an object in the prefix of its block", By(Id(0, 12)), "the link has a version that is not supported");
        yield return Case("a huge object without a tree", By(HugeId(1)), Outside);
        yield return Case("a huge object", Large(b => b.Add(OfText("a", 8)), OfText("a", 8).Length), null);
        yield return Case("a huge object that is not there", Large(b => b.Add(OfText("a", 8)), OfText("a", 8).Length, number: 2), "a huge object of a heap is not there");
        yield return Case("a huge object outside the file", Large(_ => 1 << 20, 100), Outside);
    }

    /// <summary>An attribute of so many bytes.</summary>
    static byte[] OfText(string name, long bytes) =>
        [3, 0, .. U16(name.Length + 1), .. U16(8), .. U16(4), 0, .. System.Text.Encoding.ASCII.GetBytes(name), 0, 0x13, 0, 0, 0, .. U32(bytes), 2, 0, 0, 0, .. Enumerable.Repeat((byte)'x', (int)Math.Min(bytes, 8))];

    /// <summary>A root with an attribute that lies outside the blocks of its heap.</summary>
    static byte[] Large(Func<Hdf5Builder, long> place, long size, int number = 1)
    {
        var builder = new Hdf5Builder();
        byte[] record = [.. U64(place(builder)), .. U64(size), .. U64(1)];
        builder.Add(new byte[512]);
        var huge = builder.Tree2(Huge, record.Length, 0, builder.Add(Leaf2(Huge, record)), 1);
        var heap = builder.Heap(Undefined, hugeTree: huge);
        var names = AttributeRecord(HugeId(number));
        return builder.File(AttributesInHeap(heap, builder.Tree2(Attributes, names.Length, 0, builder.Add(Leaf2(Attributes, names)), 1)));
    }

    /// <summary>The attribute is really there, in a file with a hole.</summary>
    [Hostile("E08")]
    [TestCase(1 << 20, null)]
    [TestCase(1 << 30, "a block of the structure is too large")]
    [TestCase(int.MaxValue, "a block of the structure is too large")]
    public void AttributesOfGigabytesAreRefused(int bytes, string? refused)
    {
        var stream = new HoleStream();
        stream.Write(Large(b => b.Add(OfText("a", bytes)), OfText("a", 0).Length + (long)bytes));
        stream.SetLength(Math.Max(stream.Length, bytes + 1000L));
        Assert.That(Try(stream, out _)?.Message, refused is null ? Is.Null : Does.Contain(refused));
    }

    /// <summary>A million names for one attribute that lies in a heap.</summary>
    [Hostile("E08")]
    [TestCase(1, null)]
    [TestCase(900_000, "two attributes have one name")]
    [TestCase(1_000_000, "there are too many entries")]
    public void AttributesAreNotHeldByTheMillion(int count, string? refused)
    {
        const int each = 50_000, nodeSize = 1 << 21;
        var builder = new Hdf5Builder();
        var text = OfText("a", 8);
        var block = builder.Next;
        builder.Add(Block(block + 512, text));
        var heap = builder.Heap(block);
        var record = AttributeRecord(Id(BlockPrefix, text.Length));
        long Leaf(int records) => builder.Add(Leaf2(Attributes, [.. Enumerable.Repeat(record, records)]));
        byte[] Child(long leaf) => [.. U64(leaf), .. U32(each)[..3]];
        var children = Enumerable.Range(0, count / each).SelectMany(_ => Child(Leaf(each))).ToArray();
        var root = count < each ? Leaf(count) : builder.Add(Checked([.. "BTIN"u8, 0, Attributes, .. Enumerable.Repeat(record, count / each - 1).SelectMany(r => r), .. children]));
        builder.Add(new byte[nodeSize]);
        var tree = builder.Tree2(Attributes, record.Length, count < each ? 0 : 1, root, count < each ? count : count / each - 1, nodeSize);
        Hold(builder.File(AttributesInHeap(heap, tree)), refused);
    }

    // Six int32 in chunks of four.
    static byte[] Fixed(Func<Hdf5Builder, long, long> index)
    {
        var builder = new Hdf5Builder();
        var data = builder.Add(Hdf5Files.Bytes(16));
        return builder.File(Link("x", builder.Dataset([6], FixedArray(index(builder, data), 4))));
    }

    static byte[] Growing(Func<Hdf5Builder, long, long> index)
    {
        var builder = new Hdf5Builder();
        var data = builder.Add(Hdf5Files.Bytes(16));
        return builder.File(Link("x", builder.Header(Hdf5Builder.Growing([6], -1), Type(Int32), GrowingArray(index(builder, data), 4))));
    }

    static IEnumerable<TestCaseData> Arrays()
    {
        const long none = Undefined;
        yield return Case("a fixed array", Fixed((b, data) => b.FixedHead(b.Add(FixedData([], data, data)), 2)), null);
        yield return Case("a fixed array of which nothing is stored", Fixed((b, _) => b.FixedHead(none, 2)), null);
        yield return Case("a fixed array of pages", Fixed((b, data) => b.FixedHead(b.Add([.. FixedData([0xc0]), .. Checked(U64(data)), .. Checked(U64(data))]), 2, pageBits: 0)), null);
        yield return Case("a fixed array with a wrong checksum", Fixed((b, data) => b.FixedHead(b.Add([.. FixedData([], data, none)[..^1], 1]), 2)), "the checksum of the array of chunks does not fit");
        yield return Case("a fixed array that leads to itself", Fixed((b, _) => b.FixedHead(b.Next, 2)), "does not");
        yield return Case("a fixed array outside the file", Fixed((b, _) => b.FixedHead(1 << 20, 2)), Outside);
        yield return Case("a chunk of a fixed array outside the file", Fixed((b, data) => b.FixedHead(b.Add(FixedData([], data, 1 << 20)), 2)), Outside);
        yield return Case("a fixed array of two to the sixtieth", Fixed((b, data) => b.FixedHead(b.Add(FixedData([], data, none)), 1L << 60)), Outside);
        yield return Case("a page of two to the thirty-second", Fixed((b, data) => b.FixedHead(b.Add(FixedData([], data, none)), 1L << 32, pageBits: 32)), Outside);
        yield return Case("pages of impossible size", Fixed((b, data) => b.FixedHead(b.Add(FixedData([], data, none)), 2, pageBits: 255)), Sizes);
        yield return Case("entries of one byte", Fixed((b, data) => b.FixedHead(b.Add(FixedData([], data, none)), 2, entry: 1)), Sizes);
        yield return Case("a fixed array for filtered chunks", Fixed((b, data) => b.FixedHead(b.Add(FixedData([], data, none)), 2, client: 1)), "the array of chunks is for other chunks");
        yield return Case("a fixed array of more chunks than the data", Fixed((b, data) => b.FixedHead(b.Add(FixedData([], data, data, data)), 3)), null);
        yield return Case("a growing array", Growing((b, data) => b.GrowingHead(b.Add(GrowingIndex([data, data, none, none, .. Nowhere(6)])))), null);
        yield return Case("a growing array of which nothing is stored", Growing((b, _) => b.GrowingHead(none)), null);
        yield return Case("a growing array with blocks", Growing((b, data) => b.GrowingHead(b.Add(GrowingIndex([b.Add(GrowingData(data, none, none, none)), .. Nowhere(5)])), own: 0)), null);
        yield return Case("a growing array outside the file", Growing((b, _) => b.GrowingHead(1 << 20)), Outside);
        yield return Case("a growing array that leads to itself", Growing((b, _) => b.GrowingHead(b.Next)), "does not");
        yield return Case("a chunk of a growing array outside the file", Growing((b, data) => b.GrowingHead(b.Add(GrowingIndex([data, 1 << 20, none, none, .. Nowhere(6)])))), Outside);
        yield return Case("a block of a growing array outside the file", Growing((b, data) => b.GrowingHead(b.Add(GrowingIndex([data, data, none, none, 1 << 20, .. Nowhere(5)])))), Outside);
        yield return Case("a growing array of 255 bits", Growing((b, data) => b.GrowingHead(b.Add(GrowingIndex([data, none, none, none, .. Nowhere(6)])), bits: 255)), Sizes);
        yield return Case("blocks of three", Growing((b, data) => b.GrowingHead(b.Add(GrowingIndex([data, none, none, none, .. Nowhere(6)])), least: 3)), Sizes);
        yield return Case("no pointers", Growing((b, data) => b.GrowingHead(b.Add(GrowingIndex([data, none, none, none, .. Nowhere(6)])), pointers: 0)), Sizes);

        static IEnumerable<long> Nowhere(int count) => Enumerable.Repeat(none, count);
    }

    [Hostile("F06")]
    [TestCaseSource(nameof(Headers))]
    public void HeadersAreWrongInOneThing(byte[] file, string? refused) => Hold(file, refused);

    [Hostile("F05")]
    [TestCaseSource(nameof(Trees))]
    [TestCaseSource(nameof(Heaps))]
    [TestCaseSource(nameof(Arrays))]
    public void IndexesAreWrongInOneThing(byte[] file, string? refused) => Hold(file, refused);
}
