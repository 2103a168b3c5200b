using System.Text;
using Keras.Tests;
using static Keras.Core.Tests.Files.Hdf5Builder;
using static Keras.Core.Tests.Files.Hdf5Hostile;
using static Keras.Core.Tests.Files.Hdf5LinkTests;

namespace Keras.Core.Tests.Files;

/// <summary>Files whose structure is wrong in one place, each beside one that is right.</summary>
sealed class Hdf5StructureTests
{
    const string Sound = "h5py-3.7-latest-small.h5", Chunked = "h5py-3.7-chunks.h5";

    static readonly byte[] Int32 = Hdf5TypeCode.Of(DType.Int32);

    static IEnumerable<TestCaseData> Superblocks()
    {
        var file = One(Space(1), Type(Int32), Compact(1, 2, 3, 4));
        yield return Case("version 0", file, null);
        yield return Case("version 1", New(1), null);
        yield return Case("version 2", New(2), null);
        yield return Case("version 3", New(3), null);
        yield return Case("version 4", New(4), "the superblock has a version that is not supported. Expected: 0 to 3. Received: 4");
        yield return Case("version 255", New(255), "Received: 255");
        yield return Case("version 2 with a wrong checksum", Patch(New(2), 44, 0), "the checksum of the superblock does not fit");
        yield return Case("addresses of 3 bytes", Patch([.. file], 13, 3), "the file's addresses have an unknown width");
        yield return Case("lengths of 16 bytes", Patch([.. file], 14, 16), "the file's addresses have an unknown width");
        yield return Case("another base", Patch([.. file], 24, U64(8)), "the file begins elsewhere than it says");
        yield return Case("a block of the user's", [.. new byte[512], .. Patch([.. file], 24, U64(512))], null);
        yield return Case("a block of the user's that is no power of two", [.. new byte[520], .. Patch([.. file], 24, U64(520))], "the file is not an HDF5 file");
        yield return Case("an end behind the stream's", Patch([.. file], 40, U64(file.Length + 1)), "the file is cut short");
        yield return Case("no root", Patch([.. file], 64, U64(Undefined)), "the structure points outside the file");
        yield return Case("nothing", [], "the file is not an HDF5 file");
        yield return Case("something else", "PK\u0003\u0004 and more"u8.ToArray(), "the file is not an HDF5 file");
    }

    /// <summary>A file with another superblock.</summary>
    static byte[] New(int version)
    {
        var builder = new Hdf5Builder();
        var root = builder.Header(Empty, Link("x", builder.Header(Space(1), Type(Int32), Compact(1, 2, 3, 4))));
        var file = builder.File();
        return version == 1
            ? Patch(file, 8, [1, 0, 0, 0, 0, 8, 8, 0, .. U16(4), .. U16(16), .. U32(0), .. U16(32), 0, 0, .. U64(0), .. U64(Undefined), .. U64(file.Length), .. U64(Undefined), .. U64(0), .. U64(root)])
            : Patch(file, 0, Checked([.. file[..8], (byte)version, 8, 8, 0, .. U64(0), .. U64(Undefined), .. U64(file.Length), .. U64(root)]));
    }

    static IEnumerable<TestCaseData> OldTrees()
    {
        yield return Case("a group", Group((b, leaf) => GroupNode(0, leaf)), null);
        yield return Case("a group of two levels", Group((b, leaf) => GroupNode(1, b.Add(GroupNode(0, leaf)))), null);
        yield return Case("keys out of order", Two("b", "a"), null);
        yield return Case("keys in order", Two("a", "b"), null);
        yield return Case("a node that leads to itself", Group((b, _) => GroupNode(1, b.Next)), "a node of the B-tree is at the wrong level. Expected: 0. Received: 1");
        yield return Case("a node twice", Group((b, leaf) => GroupNode(0, leaf, leaf)), "two links of a group have one name");
        yield return Case("a node at the wrong level", Group((b, leaf) => GroupNode(2, b.Add(GroupNode(0, leaf)))), "a node of the B-tree is at the wrong level");
        yield return Case("a depth of 255", Group((b, leaf) => GroupNode(255, leaf)), "a node of the B-tree is at the wrong level");
        yield return Case("a node of another tree", Group((b, leaf) => ChunkNode(0)), "the B-tree is of another kind");
        yield return Case("a node outside the file", Group((b, _) => GroupNode(0, 1L << 40)), "the structure points outside the file");
        yield return Case("an address past any file", Group((b, _) => GroupNode(0, long.MinValue)), "the B-tree of a group has an address that no file has");
        yield return Case("more children than the file has", Patch(Group((b, leaf) => GroupNode(0, leaf), out var node), node + 6, U16(65535)), "the structure points outside the file");
        yield return Case("a name outside its heap", Group((b, leaf) => GroupNode(0, b.Add(Symbols((9999, leaf, 0))))), "a name lies outside the heap of its group");
        yield return Case("an empty name", Group((b, leaf) => GroupNode(0, b.Add(Symbols((0, leaf, 0))))), "a link's name is none");
        yield return Case("a name with a slash", Group((b, leaf) => GroupNode(0, leaf), "a/b"), "a link's name is none");
        yield return Case("a name that is no text", Patch(Group((b, leaf) => GroupNode(0, leaf), out _, out var heap), heap + 40, 0xff), "the name is not text");
        yield return Case("chunks", Chunk((b, data) => ChunkNode(0, (16, 0, 0, data), (16, 0, 4, data))), null);
        yield return Case("chunks out of order", Chunk((b, data) => ChunkNode(0, (16, 0, 4, data), (16, 0, 0, data))), null);
        yield return Case("chunks of a depth of 255", Chunk((b, data) => ChunkNode(255, (16, 0, 0, data))), "a node of the B-tree is at the wrong level");
        yield return Case("chunks at the wrong level", Chunk((b, data) => ChunkNode(2, (16, 0, 0, b.Add(ChunkNode(0, (16, 0, 0, data)))))), "a node of the B-tree is at the wrong level");
        yield return Case("a node of chunks outside the file", Chunk((b, _) => ChunkNode(1, (16, 0, 0, 1 << 20))), "the structure points outside the file");
        yield return Case("chunks of which one is missing", Chunk((b, data) => ChunkNode(0, (16, 0, 4, data))), null);
        yield return Case("a chunk outside the data", Chunk((b, data) => ChunkNode(0, (16, 0, 400, data))), null);
        yield return Case("chunks of two levels", Chunk((b, data) => ChunkNode(1, (16, 0, 0, b.Add(ChunkNode(0, (16, 0, 0, data)))))), null);
        yield return Case("a tree of chunks that leads to itself", Chunk((b, _) => ChunkNode(1, (16, 0, 0, b.Next))), "a node of the B-tree is at the wrong level");
        yield return Case("two chunks for one place", Chunk((b, data) => ChunkNode(0, (16, 0, 0, data), (16, 0, 0, data))), "two chunks are for one place");
        yield return Case("a chunk beside its grid", Chunk((b, data) => ChunkNode(0, (16, 0, 3, data))), "a chunk is not at a multiple of its size");
        yield return Case("a chunk too short", Chunk((b, data) => ChunkNode(0, (15, 0, 0, data))), "a chunk has another size than it should");
        yield return Case("a chunk outside the file", Chunk((b, data) => ChunkNode(0, (16, 0, 0, 1 << 20))), "the structure points outside the file");
    }

    static byte[] Group(Func<Hdf5Builder, long, byte[]> tree, string name = "x") => Group(tree, out _, out _, name);

    static byte[] Group(Func<Hdf5Builder, long, byte[]> tree, out int node) => Group(tree, out node, out _);

    static byte[] Group(Func<Hdf5Builder, long, byte[]> tree, out int node, out int heap, string name = "x")
    {
        var builder = new Hdf5Builder();
        var names = builder.Names(name);
        var leaf = builder.Add(Symbols((8, builder.Header(Space(1), Type(Int32), Compact(1, 2, 3, 4)), 0)));
        (node, heap) = ((int)builder.Add(tree(builder, leaf)), (int)names);
        return builder.File(SymbolTable(node, names));
    }

    static byte[] Chunk(Func<Hdf5Builder, long, byte[]> tree)
    {
        var builder = new Hdf5Builder();
        var data = builder.Add(Hdf5Files.Bytes(16));
        return builder.File(Link("x", builder.Dataset([6], Chunks(builder.Add(tree(builder, data)), 4))));
    }

    static IEnumerable<TestCaseData> Headers()
    {
        yield return Case("a continuation", Continued((b, more) => b.Add(more)), null);
        yield return Case("a continuation that leads to itself", Continued((b, _) => b.Add(Message(Hdf5Message.Continuation, [.. U64(b.Next), .. U64(24)])), 24), "the object header continues in itself");
        yield return Case("a continuation outside the file", Continued((b, _) => 1 << 20), "the structure points outside the file");
        yield return Case("a message longer than its header", Patch(One(Space(1)), 16 + 96 + 2, U16(5000)), "the object header is cut short");
        yield return Case("a header longer than the file", Patch(One(Space(1)), 8 + 96, U32(5000)), "the structure points outside the file");
        yield return Case("an unknown message", One(Space(1), Type(Int32), Compact(1, 2, 3, 4), Message(99, [1, 2, 3], flags: 0)), null);
        yield return Case("an unknown message that must be known", One(Space(1), Type(Int32), Compact(1, 2, 3, 4), Message(99, [1, 2, 3], flags: 0x80)), "the object has a message that a reader must know");
        yield return Case("two types", One(Space(1), Type(Int32), Type(Int32), Compact(1, 2, 3, 4)), "the object says one thing twice");
        yield return Case("two spaces", One(Space(1), Space(1), Type(Int32), Compact(1, 2, 3, 4)), "the object says one thing twice");
        yield return Case("no type", One(Space(1), Compact(1, 2, 3, 4)), "the dataset has no type");
        yield return Case("no space", One(Type(Int32), Compact(1, 2, 3, 4)), "the dataset has no data space of its own");
        yield return Case("neither a group nor a dataset", One(Type(Int32)), null);
        yield return Case("two links of one name", new Hdf5Builder().File(SoftLink("a", "b"), SoftLink("a", "c")), "two links of a group have one name");
        yield return Case("two attributes of one name", new Hdf5Builder().File(Attribute("a", Int32, [0], []), Attribute("a", Int32, [0], [])), "two attributes have one name");
        yield return Case("less data than the shape says", One(Space(2), Type(Int32), Compact(1, 2, 3, 4)), "the data have another size than the shape");
        yield return Case("more data than the shape says", One(Space(1), Type(Int32), Contiguous(96, 8)), "the data have another size than the shape");
        yield return Case("data outside the file", One(Space(1), Type(Int32), Contiguous(1 << 20, 4)), "the structure points outside the file");
        yield return Case("a dimension that may not be so large", One(Growing([4], 3), Type(Int32), Contiguous(96, 16)), "a dimension is larger than it may grow");
        yield return Case("chunks of another rank", One(Space(4), Type(Int32), Chunks(Undefined, 2, 2)), "chunks have another rank than the data");
        yield return Case("chunks of one number", One(Space(), Type(Int32), Chunks(Undefined)), "chunks have another rank than the data");
        yield return Case("chunks of no size", One(Space(4), Type(Int32), Chunks(Undefined, 0)), "a chunk has no size");
        yield return Case("shuffled by no size", One(Space(4), Type(Int32), Chunks(96, 4), Filters((2, [0]))), "the data are shuffled by another size than an element's. Expected: 4. Received: 0");
        yield return Case("shuffled by an element's size", Filtered((2, [4])), null);
        yield return Case("shuffled by no size that is told", Filtered((2, [])), "the data are shuffled by another size than an element's");
        yield return Case("shuffled by more than a chunk", Filtered((2, [uint.MaxValue])), "the data are shuffled by another size than an element's");
        yield return Case("33 filters", Filtered([.. Enumerable.Repeat((2, new uint[] { 4 }), 33)]), "there are too many filters");
        yield return Case("LZF", Filtered((32000, [4, 261, 16])), "Received: LZF");
        yield return Case("scale-offset", Filtered((6, [2, 0])), "Received: scale-offset");
        yield return Case("szip", Filtered((4, [141, 4])), "Received: szip");
        yield return Case("n-bit", One(Space(4), Type(Int32), Chunks(96, 4), Filters((5, [1, 2]))), "Received: n-bit");
        yield return Case("an unknown filter", One(Space(4), Type(Int32), Chunks(96, 4), Filters((777, [1]))), "Received: filter 777");
    }

    /// <summary>A group of two links of these names, one after the other.</summary>
    static byte[] Two(string first, string second)
    {
        var builder = new Hdf5Builder();
        var names = builder.Names(first, second);
        var target = builder.Header(Space(1), Type(Int32), Compact(1, 2, 3, 4));
        return builder.File(SymbolTable(builder.Add(GroupNode(0, builder.Add(Symbols((8, target, 0), (10, target, 0))))), names));
    }

    /// <summary>Four numbers in one chunk, filtered somehow.</summary>
    static byte[] Filtered(params (int Id, uint[] Values)[] filters)
    {
        var builder = new Hdf5Builder();
        var tree = builder.Add(ChunkNode(0, (16, 0, 0, builder.Add(Hdf5Files.Bytes(16)))));
        return builder.File(Link("x", builder.Dataset([4], Chunks(tree, 4), Filters(filters))));
    }

    static byte[] Continued(Func<Hdf5Builder, byte[], long> more, long? size = null)
    {
        var builder = new Hdf5Builder();
        var rest = Compact(1, 2, 3, 4);
        var at = more(builder, rest);
        return builder.File(Link("x", builder.Header(Space(1), Type(Int32), Message(Hdf5Message.Continuation, [.. U64(at), .. U64(size ?? rest.Length)]))));
    }

    static IEnumerable<TestCaseData> Types()
    {
        yield return Of("big-endian", [0x10, 9, 0, 0, 4, 0, 0, 0, 0, 0, 32, 0], DType.Int32);
        yield return Of("float16", Hdf5TypeCode.Of(DType.Float16), DType.Float16);
        yield return Of("bfloat16 as a float", [0x11, 0x20, 15, 0, 2, 0, 0, 0, 0, 0, 16, 0, 7, 8, 0, 7, 127, 0, 0, 0], DType.BFloat16);
        yield return Of("float8 as a float", [0x11, 0x20, 7, 0, 1, 0, 0, 0, 0, 0, 8, 0, 3, 4, 0, 3, 7, 0, 0, 0], DType.Float8E4M3FN);
        yield return Of("complex64", Hdf5TypeCode.Of(DType.Complex64), DType.Complex64);
        yield return Of("truth values", Hdf5TypeCode.Of(DType.Bool), DType.Bool);
        yield return Of("another enumeration", Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(Hdf5TypeCode.Of(DType.Bool)).Replace("TRUE", "TREE", StringComparison.Ordinal)), "enumeration of 1 bytes");
        yield return Of("enumeration of int32", [0x18, 1, 0, 0, 4, 0, 0, 0, .. Int32, (byte)'a', 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0], "enumeration of 4 bytes");
        yield return Of("big-endian float16", [0x11, 0x21, 15, 0, 2, 0, 0, 0, 0, 0, 16, 0, 10, 5, 0, 10, 15, 0, 0, 0], DType.Float16);
        yield return Of("float of a precision of 0", [0x11, 0x20, 31, 0, 4, 0, 0, 0, 0, 0, 0, 0, 23, 8, 0, 23, 127, 0, 0, 0], "float of 4 bytes");
        yield return Of("float of a bit offset", [0x11, 0x20, 31, 0, 4, 0, 0, 0, 8, 0, 24, 0, 23, 8, 0, 23, 127, 0, 0, 0], "float of 4 bytes");
        yield return Of("bit field", [0x14, 0, 0, 0, 4, 0, 0, 0, 0, 0, 32, 0], "bit field of 4 bytes");
        yield return Of("compound", [0x16, 1, 0, 0, 4, 0, 0, 0, (byte)'a', 0, 0, 0, 0, 0, 0, 0, .. new byte[32], .. Int32], "compound of 4 bytes");
        yield return Of("compounds in compounds without end", [0x36, 2, 0, 0, 8, 0, 0, 0, .. Enumerable.Repeat((byte[])[(byte)'r', 0, 0, 0x36, 2, 0, 0, 8, 0, 0, 0], 5000).SelectMany(c => c)], "compound of 8 bytes");
        yield return Of("opaque", [0x15, 0, 0, 0, 2, 0, 0, 0], "opaque of 2 bytes");
        yield return Of("array", [0x2a, 0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, .. Int32], "array of 8 bytes");
        yield return Of("bit offset", [0x10, 8, 0, 0, 4, 0, 0, 0, 8, 0, 24, 0], "integer of 4 bytes");
        yield return Of("precision of 0", [0x10, 8, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0], "integer of 4 bytes");
        yield return Of("integers of 3 bytes", [0x10, 8, 0, 0, 3, 0, 0, 0, 0, 0, 24, 0], "integer of 3 bytes");
        yield return Of("floats without an implied bit", [0x11, 0, 31, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0], "float of 4 bytes");
        yield return Of("time", [0x12, 0, 0, 0, 4, 0, 0, 0, 32, 0], "time of 4 bytes");
        yield return Of("lists of variable length", [0x19, 0, 0, 0, 16, 0, 0, 0, .. Int32], "variable-length of 16 bytes");

        static TestCaseData Of(string name, byte[] code, object expected) => new TestCaseData(code, expected).SetArgDisplayNames(name);
    }

    [Hostile("F04", "F05", "F06", "F07")]
    [TestCaseSource(nameof(Superblocks))]
    [TestCaseSource(nameof(OldTrees))]
    [TestCaseSource(nameof(Headers))]
    public void OneThingIsWrong(byte[] file, string? refused) => Hold(file, refused);

    [Hostile("F08")]
    [TestCaseSource(nameof(Types))]
    public void TypesAreThoseOfKerasOrNamed(byte[] code, object expected)
    {
        var size = BitConverter.ToInt32(code, 4);
        var dataset = Hdf5Files.Open(One(Space(1), Type(code), Compact(new byte[size]))).Root.TryDataset("x")!;
        if (expected is DType dtype) Assert.That((dataset.DType, Hdf5Files.Read(dataset).Length), Is.EqualTo((dtype, dtype.Size())));
        else
            Assert.That(() => dataset.DType, Throws.TypeOf<ModelFileException>().With.Message.EqualTo(
                $"[HDF5 \"/x\"] the elements are not numbers that Keras has. Expected: integers, floats, complex or truth values. Received: {expected}."));
    }

    [Hostile("F08")]
    [Test]
    public void BytesComeInTheMachinesOrder()
    {
        var dataset = Hdf5Files.Open(One(Space(2), Type([0x10, 9, 0, 0, 4, 0, 0, 0, 0, 0, 32, 0]), Compact(1, 2, 3, 4, 5, 6, 7, 8))).Root.TryDataset("x")!;
        Assert.That(Hdf5Files.Read(dataset), Is.EqualTo([4, 3, 2, 1, 8, 7, 6, 5]));
    }

    [Hostile("F08")]
    [Test]
    public void SpacesMayBeEmptyOrOneNumber()
    {
        var builder = new Hdf5Builder();
        var none = builder.Header(Message(Hdf5Message.Space, [2, 0, 0, 2]), Type(Int32), Contiguous(Undefined, 0));
        var one = builder.Header(Space(), Type(Int32), Compact(1, 2, 3, 4));
        var empty = builder.Header(Space(3, 0), Type(Int32), Contiguous(Undefined, 0));
        var root = Hdf5Files.Open(builder.File(Link("none", none), Link("one", one), Link("empty", empty))).Root;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(root.TryDataset("none")!.Shape, Is.EqualTo(Shape.Create([0])));
            Assert.That(Hdf5Files.Read(root.TryDataset("one")!), Is.EqualTo([1, 2, 3, 4]));
            Assert.That(root.TryDataset("empty")!.Shape, Is.EqualTo(Shape.Create([3, 0])));
            Assert.That(root.Names.Select(name => Hdf5Files.Read(root.TryDataset(name)!).Length), Is.EqualTo([0, 0, 4]));
        }
    }

    // Blocks that carry a checksum: any change in one is seen.
    [Hostile("F06")]
    [TestCase(Sound, "BTHD")]
    [TestCase(Sound, "BTLF")]
    [TestCase(Sound, "FRHP")]
    [TestCase(Sound, "FHDB")]
    [TestCase(Sound, "OHDR")]
    [TestCase(Chunked, "FAHD")]
    [TestCase(Chunked, "FADB")]
    [TestCase(Chunked, "EAHD")]
    [TestCase(Chunked, "EAIB")]
    [TestCase(Chunked, "EADB")]
    public void ChecksumsAreHeldTo(string sample, string signature)
    {
        var file = Hdf5Files.Sample(sample);
        var at = file.AsSpan().IndexOf(Encoding.ASCII.GetBytes(signature));
        Assert.That(at, Is.Positive);
        file[at + 6] ^= 0x10;
        Assert.That(() => ReadWhatIsSupported(file), Throws.TypeOf<ModelFileException>());
    }

    static void ReadWhatIsSupported(byte[] file)
    {
        var root = Hdf5Files.Open(file).Root;
        if (root.TryGroup("many") is { } many) foreach (var name in many.AttributeNames) many.TryText(name);
        foreach (var name in root.Names)
            if (!name.StartsWith("unsupported", StringComparison.Ordinal) && root.TryDataset(name) is { } dataset) Hdf5Files.Read(dataset);
    }
}
