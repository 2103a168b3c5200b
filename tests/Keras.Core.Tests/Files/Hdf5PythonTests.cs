using System.Globalization;

namespace Keras.Core.Tests.Files;

/// <summary>The format's own library reads what we write, and we what it writes, through h5py where that is installed.</summary>
sealed class Hdf5PythonTests
{
    const string Dump = """
        import h5py, numpy as np, sys
        def show(path, item):
            for name in item.attrs:
                value = item.attrs[name]
                print(path, '@' + name, value if isinstance(value, str) else '|'.join(value), value.shape if hasattr(value, 'shape') else '')
            if isinstance(item, h5py.Dataset):
                value = item[()]
                print(path, 'bool' if value.dtype == bool else value.dtype.str, item.shape, item.id.get_create_plist().get_layout(), np.asarray(value).tobytes().hex())
        with h5py.File(sys.argv[1], 'r') as file:
            show('/', file)
            file.visititems(lambda name, item: show('/' + name, item))
        """;

    const string Make = """
        import h5py, numpy as np, sys
        for libver in ('earliest', 'latest'):
            with h5py.File(sys.argv[1] + libver, 'w', libver=libver) as file:
                # Enough chunks for trees of three levels, for growing arrays of pages, and for groups whose heaps have indirect blocks.
                count = 140000 if libver == 'latest' else 20000
                file.create_dataset('grow', data=np.arange(count, dtype='<i4'), chunks=(1,), maxshape=(None,))
                file.create_dataset('tree', data=np.arange(20000, dtype='<i4').reshape(200, 100), chunks=(1, 1), maxshape=(None, None))
                file.create_dataset('packed', data=np.arange(20000, dtype='<i4').reshape(200, 100), chunks=(7, 3), maxshape=(None, 300), compression='gzip', shuffle=True, fletcher32=True)
                sparse = file.create_dataset('sparse', (count,), '<i4', chunks=(1,), maxshape=(None,), fillvalue=-1)
                sparse[count - 1] = count - 1
                many = file.create_group('many', track_order=libver == 'latest')
                for i in range(5000): many.create_dataset(f'a dataset with a name that takes some room {4999 - i}', data=np.int32(i))
                for i in range(2000 if libver == 'latest' else 40): many.attrs[f'attribute {i}'] = f'text {i}'
        """;

    [Test]
    public void H5pyReadsWhatIsWritten()
    {
        var writer = new Hdf5Writer();
        var root = writer.Root;
        List<string> expected = [];
        void Text(Hdf5ObjectWriter item, string path, string name, string text)
        {
            item.Attribute(name, text);
            expected.Add($"{path} @{name} {text} ");
        }
        void Data(string path, DType dtype, Shape shape, string type)
        {
            var data = Hdf5Files.Bytes((int)shape.Size * dtype.Size());
            if (dtype == DType.Bool) for (var i = 0; i < data.Length; i++) data[i] &= 1;
            root.Dataset(path, dtype, shape, data);
            // One number has one comma in Python's tuples.
            var dims = shape.Rank == 1 ? $"({shape[0]},)" : $"({string.Join(", ", shape.Dims.ToArray())})";
            expected.Add($"/{path} {type} {dims} 1 {Convert.ToHexStringLower(data)}");
            if (type.StartsWith("|V", StringComparison.Ordinal)) expected.Add($"/{path} @dtype {dtype.Name()} ");
        }
        Text(root, "/", "keras_version", "3.16.0");
        Text(root, "/", "model_config", new string('ß', 100_000));
        Text(root, "/", "nothing", "");
        root.Attribute("layer_names", ["dense", "", "größe ∂"]);
        expected.Add("/ @layer_names dense||größe ∂ (3,)");
        root.Attribute("empty", []);
        expected.Add("/ @empty  (0,)");
        Text(root.Group("layers/dense/vars"), "/layers/dense/vars", "name", "dense");
        foreach (var dtype in Enum.GetValues<DType>())
        {
            var letter = dtype.IsUnsigned() ? 'u' : dtype.IsInteger() ? 'i' : dtype.IsComplex() ? 'c' : 'f';
            var type = dtype == DType.Bool ? "bool" : RawArray.IsOpaque(dtype) ? $"|V{dtype.Size()}" : $"{(dtype.Size() == 1 ? '|' : '<')}{letter}{dtype.Size()}";
            Data($"types/{dtype.Name()}", dtype, [2, 3], type);
        }
        Data("shapes/one", DType.Float32, [], "<f4");
        Data("shapes/list", DType.Int64, [5], "<i8");
        Data("shapes/none", DType.Float32, [0, 4], "<f4");
        for (var i = 0; i < 1000; i++) Data(string.Create(CultureInfo.InvariantCulture, $"many/ü{i * 7919 % 1009}"), DType.Int32, [], "<i4");
        using var folder = Samples.Folder();
        using (var file = File.Create(folder["x.h5"])) writer.WriteTo(file);
        Assert.That(Python.Run("h5py", Dump, folder["x.h5"]).Split('\n', StringSplitOptions.RemoveEmptyEntries), Is.EquivalentTo(expected));
    }

    [Test]
    public void WhatH5pyWritesIsRead()
    {
        using var folder = Samples.Folder();
        Python.Run("h5py", Make, folder["x"]);
        foreach (var version in (string[])["earliest", "latest"])
        {
            using var file = File.OpenRead(folder["x" + version]);
            var (root, count) = (Hdf5File.Open(file).Root, version == "latest" ? 140_000 : 20_000);
            foreach (var name in (string[])["grow", "tree", "packed"]) Assert.That(Hdf5Files.Read<int>(root, name), Is.EqualTo(Enumerable.Range(0, name == "grow" ? count : 20_000)), name);
            Assert.That(Hdf5Files.Read<int>(root, "sparse"), Is.EqualTo(Enumerable.Repeat(-1, count - 1).Append(count - 1)));
            var many = root.TryGroup("many")!;
            var names = Enumerable.Range(0, 5000).Select(i => $"a dataset with a name that takes some room {4999 - i}").ToList();
            Assert.That(many.Names, Is.EqualTo(version == "latest" ? names : names.Order(StringComparer.Ordinal)));
            for (var i = 0; i < names.Count; i++) Assert.That(Hdf5Files.Read<int>(many, names[i]), Is.EqualTo([i]));
            foreach (var name in many.AttributeNames) Assert.That(many.TryText(name), Is.EqualTo(name.Replace("attribute", "text", StringComparison.Ordinal)));
            Assert.That(many.AttributeNames, Has.Count.EqualTo(version == "latest" ? 2000 : 40));
        }
    }
}
