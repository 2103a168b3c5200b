namespace Keras.Core.Tests.Files;

/// <summary>Files that h5py and Keras wrote.</summary>
sealed class Hdf5ReaderTests
{
    static readonly float[] Ramp = [.. Enumerable.Range(0, 1000).Select(i => (float)i)];

    [TestCase("h5py-3.7-default.h5")]
    [TestCase("h5py-3.7-latest.h5")]
    public void NumbersOfEveryKind(string name)
    {
        var vars = Hdf5Files.Open(Hdf5Files.Sample(name)).Root.TryGroup("layers/dense/vars")!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(vars.TryText("name"), Is.EqualTo("dense"));
            Assert.That(vars.TryDataset("0")!.Shape, Is.EqualTo(Shape.Create([3, 4])));
            Assert.That(Hdf5Files.Read<float>(vars, "0"), Is.EqualTo(Ramp[..12]));
            Assert.That(Hdf5Files.Read<float>(vars, "1"), Is.EqualTo([3.5f]));
            Assert.That(Hdf5Files.Read<float>(vars, "be"), Is.EqualTo(Ramp[..4]));
            Assert.That(Hdf5Files.Read<BFloat16>(vars, "bf16").Select(v => (float)v), Is.EqualTo([0, 1, 2, 3f]));
            Assert.That(Hdf5Files.Read<bool>(vars, "bool"), Is.EqualTo([true, false]));
            Assert.That(Hdf5Files.Read<Complex64>(vars, "c64"), Is.EqualTo([new Complex64(1, 2)]));
            Assert.That(Hdf5Files.Read<Half>(vars, "f16").Select(v => (float)v), Is.EqualTo(Ramp[..4]));
            Assert.That(Hdf5Files.Read<double>(vars, "f64"), Is.EqualTo([0, 1, 2, 3.0]));
            Assert.That(Hdf5Files.Read<long>(vars, "i64"), Is.EqualTo([0L, 1, 2, 3]));
            Assert.That(Hdf5Files.Read<byte>(vars, "u8"), Is.EqualTo([0, 1, 2, 3]));
            Assert.That(vars.TryDataset("zero")!.Shape, Is.EqualTo(Shape.Create([0, 4])));
            Assert.That(vars.TryDataset("emptyds")!.Bytes, Is.Zero);
        }
    }

    [TestCase("h5py-3.7-default.h5")]
    [TestCase("h5py-3.7-latest.h5")]
    public void TextsOfFixedAndVariableLength(string name)
    {
        var root = Hdf5Files.Open(Hdf5Files.Sample(name)).Root;
        var vars = root.TryGroup("layers/dense/vars")!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(root.TryText("keras_version"), Is.EqualTo("3.16.0"));
            Assert.That(root.TryText("fixed"), Is.EqualTo("hello"));
            Assert.That(root.TryTexts("layer_names"), Is.EqualTo(["dense", "conv2d_1"]));
            Assert.That(root.TryTexts("vlen_names"), Is.EqualTo(["a", "bcd", "ünïcode"]));
            Assert.That(root.TryTexts("empty"), Is.Empty);
            Assert.That(vars.TryDataset("strscalar")!.ReadTexts(), Is.EqualTo(["a json string"]));
            Assert.That(vars.TryDataset("vs")!.ReadTexts(), Is.EqualTo(["x", "yy"]));
        }
    }

    [TestCase("h5py-3.7-default.h5")]
    [TestCase("h5py-3.7-latest.h5")]
    public void GroupsOfManyAreWhole(string name)
    {
        var many = Hdf5Files.Open(Hdf5Files.Sample(name)).Root.TryGroup("many")!;
        Assert.That(many.Names, Is.EqualTo(Enumerable.Range(0, 300).Select(i => $"d{i}").Order(StringComparer.Ordinal)));
        for (var i = 0; i < 300; i++) Assert.That(Hdf5Files.Read<float>(many, $"d{i}"), Is.EqualTo([(float)i]));
    }

    [TestCase("h5py-3.7-default.h5")]
    [TestCase("h5py-3.7-latest.h5")]
    public void ChunksAreUnpacked(string name)
    {
        var vars = Hdf5Files.Open(Hdf5Files.Sample(name)).Root.TryGroup("layers/dense/vars")!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Hdf5Files.Read<float>(vars, "gz"), Is.EqualTo(Ramp));
            Assert.That(Hdf5Files.Read<int>(vars, "resz"), Is.EqualTo(Enumerable.Range(0, 10)));
        }
    }

    [TestCase("k_bfloat16.weights.h5", DType.BFloat16)]
    [TestCase("k_float16.weights.h5", DType.Float16)]
    public void WeightsOfKerasAreThere(string name, DType dtype)
    {
        var file = Hdf5Files.Open(Hdf5Files.Sample(name));
        var kernel = file.Root.TryDataset("layers/dense/vars/0")!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(kernel.DType, Is.EqualTo(dtype));
            Assert.That(kernel.Shape, Is.EqualTo(Shape.Create([4, 3])));
            Assert.That(file.Root.TryGroup("optimizer/vars")!.Names, Has.Count.EqualTo(10));
            Assert.That(Hdf5Files.ReadAll(file), Has.Count.EqualTo(22));
        }
    }

    [TestCase("h5py-3.7-default.h5")]
    [TestCase("h5py-3.7-latest.h5")]
    public void WhatIsNotSupportedSaysSo(string name)
    {
        var root = Hdf5Files.Open(Hdf5Files.Sample(name)).Root;
        var link = Assert.Throws<ModelFileException>(() => root.TryGroup("soft"))!;
        var lzf = Assert.Throws<ModelFileException>(() => Hdf5Files.Read(root.TryDataset("layers/dense/vars/lzf")!))!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(link.Message, Does.StartWith("[HDF5 \"/soft\"] links to somewhere else are not followed. Expected: a hard link. Received: a soft link."));
            Assert.That(link.Path, Is.EqualTo("/soft"));
            Assert.That(lzf.Path, Is.EqualTo("/layers/dense/vars/lzf"));
            Assert.That(lzf.Message, Does.Contain("LZF"));
            Assert.That(() => root.TryTexts("ints"), Throws.TypeOf<ModelFileException>());
            Assert.That(() => root.TryText("f"), Throws.TypeOf<ModelFileException>());
            Assert.That(() => root.TryDataset("layers/dense/vars/vs")!.DType, Throws.TypeOf<ModelFileException>());
            Assert.That(() => root.TryDataset("layers/dense/vars/0")!.ReadInto(new byte[4]), Throws.ArgumentException);
        }
    }
}
