using System.Buffers.Binary;
using Keras.Tests;

namespace Keras.Core.Tests.Files;

/// <summary>Chunks behind every index and filter that h5py writes.</summary>
sealed class Hdf5ChunkTests
{
    static readonly Hdf5Group Root = Hdf5Files.Open(Hdf5Files.Sample("h5py-3.7-chunks.h5")).Root;

    static IEnumerable<string> Ramps => Root.Names.Where(name => !name.Contains("hole", StringComparison.Ordinal) && !name.StartsWith("unsupported", StringComparison.Ordinal));

    // Names tell the index and the filters; each holds 0, 1, 2, ….
    [TestCaseSource(nameof(Ramps))]
    public void ChunksComeTogether(string name)
    {
        var dataset = Root.TryDataset(name)!;
        var expected = Enumerable.Range(0, (int)dataset.Shape.Size);
        if (dataset.DType == DType.Int32) Assert.That(Hdf5Files.Read<int>(Root, name), Is.EqualTo(expected));
        else Assert.That(Hdf5Files.Read<byte>(Root, name), Is.EqualTo(expected.Select(i => (byte)i)));
    }

    [Test]
    public void WhatIsNotStoredIsFilled()
    {
        var (fixedArray, growing) = (Hdf5Files.Read<byte>(Root, "hole"), Hdf5Files.Read<short>(Root, "growhole"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(fixedArray, Is.EqualTo(Enumerable.Range(0, 1100).Select(i => (byte)(i == 1050 ? 5 : 7))));
            Assert.That(growing, Is.EqualTo(Enumerable.Range(0, 300).Select(i => (short)(i == 250 ? 5 : -7))));
        }
    }

    [Hostile("F07")]
    [TestCase("unsupported_lzf", "LZF")]
    [TestCase("unsupported_so", "scale-offset")]
    [TestCase("unsupported_szip", "szip")]
    public void FiltersThatAreNotSupportedAreNamed(string name, string filter) => Assert.That(() => Hdf5Files.Read(Root.TryDataset(name)!),
        Throws.TypeOf<ModelFileException>().With.Message.EqualTo(
            $"[HDF5 \"/{name}\"] the data are filtered in a way that is not supported. Expected: deflate, shuffle or Fletcher's checksum. Received: {filter}. Save the file again without it."));

    /// <summary>Layouts of versions 1 and 2, which files of the format's first years have.</summary>
    [Test]
    public void OldLayoutsAreRead([Values(1, 2)] byte version)
    {
        var data = Hdf5Files.Bytes(24);
        var builder = new Hdf5Builder();
        byte[] dims = [.. Hdf5Builder.U32(2), .. Hdf5Builder.U32(3)];
        byte[] Layout(int rank, int kind, params byte[] rest) => Hdf5Builder.Message(Hdf5Message.Layout, [version, (byte)rank, (byte)kind, 0, 0, 0, 0, 0, .. rest]);
        var contiguous = builder.Dataset([2, 3], Layout(2, 1, [.. Hdf5Builder.U64(builder.Add(data)), .. dims]));
        var compact = builder.Dataset([2, 3], Layout(2, 0, [.. dims, .. Hdf5Builder.U32(24), .. data]));
        var tree = builder.Add(Hdf5Builder.ChunkNode(0, (16, 0, 0, builder.Add(data[..16])), (16, 0, 4, builder.Add([.. data[16..], .. new byte[8]]))));
        var chunked = builder.Dataset([6], Layout(2, 2, [.. Hdf5Builder.U64(tree), .. Hdf5Builder.U32(4), .. Hdf5Builder.U32(4)]));
        var root = Hdf5Files.Open(builder.File(Hdf5Builder.Link("contiguous", contiguous), Hdf5Builder.Link("compact", compact), Hdf5Builder.Link("chunked", chunked))).Root;
        foreach (var name in root.Names) Assert.That(Hdf5Files.Read(root.TryDataset(name)!), Is.EqualTo(data), name);
    }

    [Hostile("F07")]
    [TestCase(0u)]
    [TestCase(1u)]
    public void FletchersChecksumIsHeldTo(uint difference)
    {
        var data = Hdf5Files.Bytes(16);
        var builder = new Hdf5Builder();
        var sum = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(sum, Hdf5Checksum.Fletcher32(data) + difference);
        var tree = builder.Add(Hdf5Builder.ChunkNode(0, (20, 0, 0, builder.Add([.. data, .. sum]))));
        var dataset = Hdf5Files.Open(builder.File(Hdf5Builder.Link("x", builder.Dataset([4], Hdf5Builder.Chunks(tree, 4), Hdf5Builder.Filters((3, [])))))).Root.TryDataset("x")!;
        if (difference == 0) Assert.That(Hdf5Files.Read(dataset), Is.EqualTo(data));
        else Assert.That(() => Hdf5Files.Read(dataset), Throws.TypeOf<ModelFileException>().With.Message.Contains("checksum"));
    }
}
