namespace Keras.Core.Tests.Files;

/// <summary>What the writer writes, the reader reads.</summary>
sealed class Hdf5WriterTests
{
    [Test]
    public void EveryDTypeComesBackBitByBit([Values] DType dtype, [Values(0, 1, 2, 3)] int rank)
    {
        Shape shape = rank switch { 0 => [], 1 => [5], 2 => [2, 3], _ => [4, 0, 2] };
        var data = Hdf5Files.Bytes((int)shape.Size * dtype.Size());
        if (dtype == DType.Bool) for (var i = 0; i < data.Length; i++) data[i] &= 1;
        var dataset = Hdf5Files.Open(Hdf5Files.Write(root => root.Dataset("a/b", dtype, shape, data))).Root.TryDataset("a/b")!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(dataset.DType, Is.EqualTo(dtype));
            Assert.That(dataset.Shape, Is.EqualTo(shape));
            Assert.That(dataset.Bytes, Is.EqualTo(data.Length));
            Assert.That(Hdf5Files.Read(dataset), Is.EqualTo(data));
            Assert.That(dataset.Path, Is.EqualTo("/a/b"));
        }
    }

    [Test]
    public void AttributesComeBack()
    {
        string[] names = [.. Enumerable.Range(0, 3000).Select(i => i % 7 == 0 ? "" : $"layer {i} größe")];
        var root = Hdf5Files.Open(Hdf5Files.Write(to =>
        {
            to.Attribute("text", "{\"a\": \"ß∂\"}");
            to.Attribute("long", new string('x', 300_000));
            to.Attribute("names", names);
            to.Attribute("none", []);
            to.Group("inner").Attribute("name", "inner");
        })).Root;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(root.AttributeNames, Is.EqualTo(["text", "long", "names", "none"]));
            Assert.That(root.TryText("text"), Is.EqualTo("{\"a\": \"ß∂\"}"));
            Assert.That(root.TryText("long"), Has.Length.EqualTo(300_000));
            Assert.That(root.TryTexts("names"), Is.EqualTo(names));
            Assert.That(root.TryTexts("none"), Is.Empty);
            Assert.That(root.TryText("missing"), Is.Null);
            Assert.That(root.TryGroup("inner")!.TryText("name"), Is.EqualTo("inner"));
        }
    }

    // 8 entries a node and 32 nodes above each: the borders of one, two and three levels.
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(8)]
    [TestCase(9)]
    [TestCase(256)]
    [TestCase(257)]
    [TestCase(8193)]
    public void GroupsOfAnySizeComeBackByName(int count)
    {
        string[] names = [.. Enumerable.Range(0, count).Select(i => $"ü{i * 7919 % 10007}")];
        var group = Hdf5Files.Open(Hdf5Files.Write(root =>
        {
            foreach (var name in names) root.Group("all").Dataset(name, DType.Int32, [], BitConverter.GetBytes(name.GetHashCode(StringComparison.Ordinal)));
            root.Group("all");
        })).Root.TryGroup("all")!;
        Assert.That(group.Names, Is.EqualTo(names.Order(StringComparer.Ordinal)));
        foreach (var name in names) Assert.That(Hdf5Files.Read<int>(group, name), Is.EqualTo([name.GetHashCode(StringComparison.Ordinal)]));
    }

    [Test]
    public void GroupsMayBeEmptyAndAreFoundByPath()
    {
        var root = Hdf5Files.Open(Hdf5Files.Write(to => to.Group("a/b/c"))).Root;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(root.TryGroup("/a/b/c/")!.Path, Is.EqualTo("/a/b/c"));
            Assert.That(root.TryGroup("a/b/c")!.Names, Is.Empty);
            Assert.That(root.TryGroup("a/x/c"), Is.Null);
            Assert.That(root.TryDataset("a/b"), Is.Null);
            Assert.That(root.TryGroup(""), Is.SameAs(root));
            Assert.That(root.TryGroup("a")!.Path, Is.EqualTo("/a"));
        }
    }

    [Test]
    public void ASourceIsAskedOnceAndHeldToItsSize()
    {
        var asked = 0;
        Hdf5Files.Write(root => root.Dataset("x", DType.UInt8, [3], to =>
        {
            asked++;
            to.Write([1, 2]);
            to.WriteByte(3);
        }));
        var message = Assert.Throws<InvalidOperationException>(() => Hdf5Files.Write(root => root.Dataset("x", DType.UInt8, [3], to => to.WriteByte(1))))!.Message;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(asked, Is.EqualTo(1));
            Assert.That(message, Is.EqualTo("[HDF5 \"x\"] the source gave another number of bytes than the shape says. Expected: 3. Received: 1."));
        }
    }

    /// <summary>Files of any size are written, and nothing but structure is held.</summary>
    [Test]
    public void DataAreWrittenThroughAndPassTheSizeOfAnArray()
    {
        const long size = 5L << 30;
        var (writer, stream, zeros) = (new Hdf5Writer(), new HoleStream(), new byte[1 << 20]);
        writer.Root.Dataset("first", DType.Int8, Shape.Of(1 << 10, (int)(size >> 10)), to =>
        {
            for (long at = 0; at < size; at += zeros.Length) to.Write(zeros);
        });
        writer.Root.Dataset("second", DType.UInt8, [3], new byte[] { 1, 2, 3 });
        var before = GC.GetAllocatedBytesForCurrentThread();
        writer.WriteTo(stream);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        var root = Hdf5File.Open(stream, new LoadLimits { MaxBytes = long.MaxValue }).Root;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(stream.Length, Is.GreaterThan(size));
            Assert.That(allocated, Is.LessThan(1 << 20));
            Assert.That(root.TryDataset("first")!.Bytes, Is.EqualTo(size));
            Assert.That(Hdf5Files.Read<byte>(root, "second"), Is.EqualTo([1, 2, 3]));
        }
    }

    [Test]
    public void WhatTheFormatCannotHoldIsRefused()
    {
        var root = new Hdf5Writer().Root;
        root.Dataset("x", DType.UInt8, [], new byte[1]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => root.Attribute("names", [.. Enumerable.Repeat("n", 4096)]), Throws.ArgumentException.With.Message.Contains("Split the list."));
            Assert.That(() => root.Dataset("x", DType.UInt8, [], new byte[1]), Throws.ArgumentException);
            Assert.That(() => root.Group("x/y"), Throws.ArgumentException);
            Assert.That(() => root.Dataset("", DType.UInt8, [], new byte[1]), Throws.ArgumentException);
        }
    }

    /// <summary>The structure that h5py 3.7 wrote for the same model has the same bytes where the format leaves no choice.</summary>
    [Test]
    public void TypesAndAttributesHaveTheBytesOfH5py()
    {
        var written = Hdf5Files.Write(root => root.Dataset("x", DType.BFloat16, [3], new byte[6]));
        var sample = Hdf5Files.Sample("k_bfloat16.weights.h5");
        byte[] opaque = [0x15, 0, 0, 0, 2, 0, 0, 0];
        byte[] dtypeName = [1, 0, 6, 0, 0x14, 0, 8, 0, .. "dtype\0\0\0"u8, 0x19, 1, 1, 0, 16, 0, 0, 0, 0x10, 0, 0, 0, 1, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(sample.AsSpan().IndexOf(opaque), Is.Positive);
            Assert.That(written.AsSpan().IndexOf(opaque), Is.Positive);
            Assert.That(sample.AsSpan().IndexOf(dtypeName), Is.Positive);
            Assert.That(written.AsSpan().IndexOf(dtypeName), Is.Positive);
        }
    }
}
