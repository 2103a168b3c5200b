using System.Diagnostics;
using System.Text;
using Keras.Tests;
using static Keras.Core.Tests.Files.Hdf5Builder;

namespace Keras.Core.Tests.Files;

/// <summary>Files of weights one of which lies elsewhere, as the format's own library would find it: it is refused through every door, and
/// nothing but the file itself is opened.</summary>
sealed class Hdf5OutsideTests
{
    /// <summary>As many bytes as the weight has that lies elsewhere.</summary>
    const string Foreign = "BYTES WHICH ARE OF ANOTHER FILE!";

    const string NotFollowed = "links to somewhere else are not followed. Expected: a hard link. Received: ";

    static readonly byte[] Single = Hdf5TypeCode.Of(DType.Float32), Own = Hdf5Files.Bytes(32);

    static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    /// <summary>What makes a file's kernel be elsewhere: the link of that name, with whatever it leads to.</summary>
    /// <param name="file">The file.</param>
    /// <param name="name">What the kernel is called.</param>
    /// <param name="text">Another file, of <see cref="Foreign"/> alone.</param>
    /// <param name="other">Another file in the same folder, in whose dataset "x" this is.</param>
    internal delegate byte[] Kernel(Hdf5Builder file, string name, string text, string other);

    static TestCaseData Case(string name, Kernel kernel, string refused) => new TestCaseData(kernel, refused).SetArgDisplayNames(name);

    static IEnumerable<TestCaseData> Elsewhere()
    {
        yield return Case("external link", (_, name, _, other) => External(name, other), $"{NotFollowed}an external link");
        yield return Case("external link by a name alone", (_, name, _, other) => External(name, Path.GetFileName(other)), $"{NotFollowed}an external link");
        yield return Case("external storage", Storage, "external storage is refused");
        yield return Case("virtual dataset", Virtual, "virtual datasets are refused");
        yield return Case("virtual dataset by a name alone", (file, name, text, other) => Virtual(file, name, text, Path.GetFileName(other)), "virtual datasets are refused");
    }

    static IEnumerable<TestCaseData> InTheFile()
    {
        yield return Case("soft link to another group", (_, name, _, _) => SoftLink(name, "/spare/x"), $"{NotFollowed}a soft link");
        yield return Case("soft link upwards", (_, name, _, _) => SoftLink(name, "../../../spare/x"), $"{NotFollowed}a soft link");
        yield return Case("soft link to itself", (_, name, _, _) => SoftLink(name, name), $"{NotFollowed}a soft link");
        yield return Case("two soft links at each other", (_, name, _, _) => [.. SoftLink(name, "c"), .. SoftLink("c", name)], $"{NotFollowed}a soft link");
        yield return Case("user-defined link", (_, name, _, other) => Link(name, 200, [.. U16(other.Length), .. Encoding.UTF8.GetBytes(other)]), $"{NotFollowed}a link of kind 200");
        yield return Case("object references", (file, name, _, _) => Refer(file, name, 0, 8), "Received: reference of 8 bytes");
        yield return Case("region references", (file, name, _, _) => Refer(file, name, 1, 12), "Received: reference of 12 bytes");
        yield return Case("chain of committed types", Committed, "a shared type is shared again");
    }

    static byte[] External(string name, string file)
    {
        byte[] value = [0, .. Encoding.UTF8.GetBytes(file), 0, .. "/x\0"u8];
        return Link(name, 64, [.. U16(value.Length), .. value]);
    }

    static byte[] Storage(Hdf5Builder file, string name, string text, string other)
    {
        var names = file.Names(text);
        byte[] list = [1, 0, 0, 0, .. U16(1), .. U16(1), .. U64(names), .. U64(8), .. U64(0), .. U64(Foreign.Length)];
        return Link(name, file.Header(Space(4, 2), Type(Single), Contiguous(Undefined, Foreign.Length), Message(Hdf5Message.ExternalFiles, list)));
    }

    static byte[] Virtual(Hdf5Builder file, string name, string text, string other)
    {
        byte[] everything = [.. U32(3), .. U32(1), .. U64(0)];
        var map = Checked([0, .. U64(1), .. Encoding.UTF8.GetBytes(other), 0, .. "x\0"u8, .. everything, .. everything]);
        const int collection = 4096, prefix = 16;
        byte[] item = [1, 0, 1, 0, 0, 0, 0, 0, .. U64(map.Length), .. map, .. new byte[(8 - map.Length % 8) % 8]];
        var free = collection - prefix - item.Length;
        var heap = file.Add([.. "GCOL"u8, 1, 0, 0, 0, .. U64(collection), .. item, .. new byte[8], .. U64(free), .. new byte[free - prefix]]);
        return Link(name, file.Header(Space(4, 2), Type(Single), Message(Hdf5Message.Layout, [4, 3, .. U64(heap), .. U32(1)])));
    }

    static byte[] Refer(Hdf5Builder file, string name, byte kind, byte size) =>
        Link(name, file.Header(Space(4, 2), Type([0x17, kind, 0, 0, size, 0, 0, 0]), Compact(new byte[8 * size])));

    static byte[] Committed(Hdf5Builder file, string name, string text, string other)
    {
        static byte[] Shared(long address) => Message(Hdf5Message.DataType, [3, 2, .. U64(address)], flags: 2);
        var type = file.Header(Type(Single));
        for (var i = 0; i < 3; i++) type = file.Header(Shared(type));
        return Link(name, file.Header(Space(4, 2), Shared(type), Compact(Own)));
    }

    static byte[] Beside(Hdf5Builder file, string name, string text, string other) => Link(name, file.Header(Space(4, 2), Type(Single), Compact(Own)));

    static byte[] Texts(string name, params string[] texts)
    {
        var size = texts.Max(t => t.Length) + 1;
        return Attribute(name, [0x13, 0, 0, 0, .. U32(size)], [texts.Length], Encoding.ASCII.GetBytes(string.Concat(texts.Select(t => t.PadRight(size, '\0')))));
    }

    static byte[] Weights(Kernel kernel, string text, string other)
    {
        var file = new Hdf5Builder();
        var bias = Link("1", file.Header(Space(2), Type(Single), Compact(new byte[8])));
        var layers = Link("layers", file.Header(Empty, Link("dense", file.Header(Empty, Link("vars", file.Header(Empty, kernel(file, "0", text, other), bias))))));
        return file.File(layers, Link("spare", file.Header(Empty, Beside(file, "x", text, other))));
    }

    static byte[] OldModel(Kernel kernel, string text, string other)
    {
        const string config = """{"class_name": "Sequential", "config": [{"class_name": "Dense", "config": {"name": "d", "units": 2, "batch_input_shape": [null, 4]}}]}""";
        var file = new Hdf5Builder();
        var bias = Link("b", file.Header(Space(2), Type(Single), Compact(new byte[8])));
        var layer = Link("d", file.Header(Empty, Texts("weight_names", "k", "b"), kernel(file, "k", text, other), bias));
        return file.File(Texts("model_config", config), Link("model_weights", file.Header(Empty, Texts("layer_names", "d"), layer)), Link("spare", file.Header(Empty, Beside(file, "x", text, other))));
    }

    static Sequential Model() => new([new Keras.Layers.Input(4), new Keras.Layers.Dense(2)]);

    static byte[] Archive(byte[] weights)
    {
        using var saved = new MemoryStream();
        Model().Save(saved);
        var zip = new ZipArchiveReader(saved);
        return Samples.Zip([.. zip.Members.Select(m => (m.Name, m.Name == "model.weights.h5" ? weights : zip.ReadAll(m)))]);
    }

    /// <summary>All ways for weights to come in, each giving the kernel.</summary>
    static IEnumerable<Func<double[]>> Doors(string folder, Kernel kernel, string text, string other)
    {
        string Written(string name, byte[] content)
        {
            File.WriteAllBytes(Path.Combine(folder, name), content);
            return Path.Combine(folder, name);
        }
        static double[] Of(Model model, Action<Model>? load = null)
        {
            load?.Invoke(model);
            return model.Weights[0].Value.ToDoubles();
        }
        var weights = Weights(kernel, text, other);
        var (own, old, archive) = (Written("own.weights.h5", weights), Written("old.h5", OldModel(kernel, text, other)), Written("m.keras", Archive(weights)));
        yield return () => Of(Model(), m => m.LoadWeights(own));
        yield return () => Of(Model(), m => m.LoadWeights(old));
        yield return () => Of(Model(), m => m.LoadWeights(archive));
        yield return () => Of(Keras.Saving.LoadModel(old));
        yield return () => Of(Keras.Saving.LoadModel(archive));
        yield return () => Of(Keras.Saving.LoadModel(archive, compile: false));
    }

    static void Refuse(TemporaryFolder folder, Kernel kernel, string refused, string text, string other)
    {
        foreach (var load in Doors(folder.Path, kernel, text, other))
        {
            var names = folder.Names.ToArray();
            var error = Samples.Refused(() => load(), refused);
            using (Assert.EnterMultipleScope())
            {
                Assert.That(error.Path, Does.EndWith("/0").Or.EndWith("/k").Or.EndWith("/d"));
                Assert.That(error.ToString(), Does.Not.Contain(Foreign[..8]));
                Assert.That(folder.Names, Is.EqualTo(names));
            }
        }
        Hdf5Hostile.Hold(Weights(kernel, text, other), refused);
    }

    [Hostile("D01", "D02", "D03")]
    [TestCaseSource(nameof(Elsewhere))]
    public void WeightsOfAnotherFileAreRefused(Kernel kernel, string refused)
    {
        using var folder = Samples.Folder();
        File.WriteAllText(folder["text"], Foreign);
        File.WriteAllBytes(folder["other.h5"], One(Space(4, 2), Type(Single), Compact(Encoding.ASCII.GetBytes(Foreign))));
        Refuse(folder, kernel, refused, folder["text"], folder["other.h5"]);
        Assert.That(File.ReadAllText(folder["text"]), Is.EqualTo(Foreign));
    }

    [TestCaseSource(nameof(Elsewhere))]
    public void WeightsOfAFileThatIsNotThereAreRefused(Kernel kernel, string refused)
    {
        using var folder = Samples.Folder();
        Refuse(folder, kernel, refused, folder["text"], folder["other.h5"]);
    }

    /// <summary>Whoever opens a pipe waits for another to write to it.</summary>
    [TestCaseSource(nameof(Elsewhere)), Platform(Exclude = "Win")]
    public void TheOtherFileIsNotOpened(Kernel kernel, string refused)
    {
        using var folder = Samples.Folder();
        using (var process = Process.Start("mkfifo", [folder["text"], folder["other.h5"]])) process.WaitForExit();
        var loading = Task.Factory.StartNew(() => Refuse(folder, kernel, refused, folder["text"], folder["other.h5"]), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Assert.That(loading.Wait(LongestWait), "another file was opened");
    }

    [Hostile("D04", "D05", "D07")]
    [TestCaseSource(nameof(InTheFile))]
    public void WeightsThatAreNotInTheirPlaceAreRefused(Kernel kernel, string refused)
    {
        using var folder = Samples.Folder();
        Refuse(folder, kernel, refused, folder["text"], folder["other.h5"]);
    }

    [Test]
    public void WeightsInTheirPlaceAreLoaded()
    {
        using var folder = Samples.Folder();
        var expected = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(Own).ToArray().Select(v => (double)v);
        foreach (var load in Doors(folder.Path, Beside, "", "")) Assert.That(load(), Is.EqualTo(expected));
        Hdf5Hostile.Hold(Weights(Beside, "", ""), null);
    }

    /// <summary>The files would work if they were followed: the format's own library finds the bytes.</summary>
    [TestCaseSource(nameof(Elsewhere))]
    public void H5pyFollows(Kernel kernel, string refused)
    {
        using var folder = Samples.Folder();
        File.WriteAllText(folder["text"], Foreign);
        File.WriteAllBytes(folder["other.h5"], One(Space(4, 2), Type(Single), Compact(Encoding.ASCII.GetBytes(Foreign))));
        File.WriteAllBytes(folder["own.h5"], Weights(kernel, folder["text"], folder["other.h5"]));
        Assert.That(Python.Run("h5py", "import h5py, sys; print(h5py.File(sys.argv[1], 'r')['layers/dense/vars/0'][()].tobytes().decode())", folder["own.h5"]).Trim(), Is.EqualTo(Foreign));
    }
}
