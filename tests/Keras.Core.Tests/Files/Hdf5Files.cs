namespace Keras.Core.Tests.Files;

/// <summary>Files for the tests of HDF5: small ones made here, and those that h5py and Keras wrote.</summary>
static class Hdf5Files
{
    /// <summary>A file that h5py or Keras wrote.</summary>
    internal static byte[] Sample(string name) => File.ReadAllBytes(Path.Combine(TestContext.CurrentContext.TestDirectory, "Files", "data", name));

    internal static Hdf5File Open(byte[] bytes, LoadLimits? limits = null) => Hdf5File.Open(new MemoryStream(bytes, writable: false), limits);

    /// <summary>The bytes of a file with what <paramref name="fill"/> puts into it.</summary>
    internal static byte[] Write(Action<Hdf5GroupWriter> fill)
    {
        var writer = new Hdf5Writer();
        fill(writer.Root);
        using var stream = new MemoryStream();
        writer.WriteTo(stream);
        return stream.ToArray();
    }

    internal static byte[] Read(Hdf5Dataset dataset)
    {
        var bytes = new byte[dataset.Bytes];
        dataset.ReadInto(bytes);
        return bytes;
    }

    internal static T[] Read<T>(Hdf5Group group, string path) where T : unmanaged
    {
        var dataset = group.TryDataset(path)!;
        Assert.That(dataset.DType, Is.EqualTo(DTypes.Of<T>()), path);
        return System.Runtime.InteropServices.MemoryMarshal.Cast<byte, T>(Read(dataset)).ToArray();
    }

    /// <summary>A little of everything that a weights file holds.</summary>
    internal static byte[] Small() => Write(root =>
    {
        root.Attribute("keras_version", "3.16.0");
        root.Attribute("layer_names", ["dense", "", "größe"]);
        root.Attribute("empty", []);
        root.Group("layers/dense/vars").Attribute("name", "dense");
        root.Dataset("layers/dense/vars/0", DType.Float32, [2, 3], Bytes(24));
        root.Dataset("layers/dense/vars/1", DType.BFloat16, [3], Bytes(6));
        root.Dataset("optimizer/vars/0", DType.Int64, [], Bytes(8));
        root.Dataset("optimizer/vars/1", DType.Bool, [2], new byte[] { 1, 0 });
    });

    internal static byte[] Bytes(int count) => [.. Enumerable.Range(1, count).Select(i => (byte)(37 * i))];

    /// <summary>Reads all that is in a file, which is what any use of it would touch; tells what is there.</summary>
    internal static List<string> ReadAll(Hdf5File file)
    {
        List<string> found = [];
        var groups = new Stack<Hdf5Group>([file.Root]);
        while (groups.TryPop(out var group))
        {
            ReadAttributes(group);
            foreach (var name in group.Names)
            {
                if (group.TryGroup(name) is { } inner) groups.Push(inner);
                if (group.TryDataset(name) is not { } dataset)
                {
                    found.Add($"{group.Path} {name}");
                    continue;
                }
                ReadAttributes(dataset);
                if (dataset.IsText) dataset.ReadTexts();
                else Read(dataset);
                found.Add($"{dataset.Path} {(dataset.IsText ? "text" : dataset.DType)} {dataset.Shape}");
            }
        }
        return found;
    }

    static void ReadAttributes(Hdf5Object item)
    {
        foreach (var name in item.AttributeNames) item.TryTexts(name);
    }

    /// <summary>Reads all that can be read, and what comes behind what cannot; gives the first refusal, if there is one.</summary>
    internal static ModelFileException? ReadEach(Stream file, LoadLimits? limits = null, byte[]? buffer = null)
    {
        ModelFileException? first = null;
        void Try(Action read)
        {
            try
            {
                read();
            }
            catch (ModelFileException e)
            {
                first ??= e;
            }
        }
        void Attributes(Hdf5Object item) => Try(() =>
        {
            foreach (var name in item.AttributeNames) Try(() => item.TryTexts(name));
        });
        var groups = new Stack<Hdf5Group>();
        Try(() => groups.Push(Hdf5File.Open(file, limits).Root));
        while (groups.TryPop(out var group))
        {
            Attributes(group);
            foreach (var name in group.Names)
                Try(() =>
                {
                    if (group.TryGroup(name) is { } inner) groups.Push(inner);
                    if (group.TryDataset(name) is not { } dataset) return;
                    Attributes(dataset);
                    if (dataset.IsText) dataset.ReadTexts();
                    else dataset.ReadInto((buffer ?? new byte[dataset.Bytes]).AsSpan(0, (int)dataset.Bytes));
                });
        }
        return first;
    }
}
