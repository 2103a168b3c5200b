using System.Text.Json.Nodes;
using Keras.Core.Tests.Files;
using Keras.Layers;

namespace Keras.Core.Tests.Saving;

/// <summary>Python reads the files that are written here, where it is there with h5py.</summary>
public class H5pyTests
{
    const string Script = """
        import sys, json, h5py, numpy, zipfile, io
        def text(v): return [text(i) for i in v.tolist()] if isinstance(v, numpy.ndarray) else v.decode() if isinstance(v, bytes) else str(v)
        def show(file):
            found = {}
            def visit(name, item):
                found[name] = {"attributes": {k: text(v) for k, v in item.attrs.items()}}
                if isinstance(item, h5py.Dataset): found[name].update(dtype=str(item.dtype), shape=list(item.shape), data=item[()].tobytes().hex())
            visit("", file)
            file.visititems(visit)
            return found
        path = sys.argv[1]
        if zipfile.is_zipfile(path):
            archive = zipfile.ZipFile(path)
            assert archive.testzip() is None
            assert all(i.compress_type == zipfile.ZIP_STORED for i in archive.infolist())
            json.loads(archive.read("config.json"))
            path = io.BytesIO(archive.read("model.weights.h5"))
        print(json.dumps(show(h5py.File(path, "r"))))
        """;

    static Sequential Trained()
    {
        var model = new Sequential([new Input(4), new Dense(3, activation: "relu"), new BatchNormalization(), new Dense(2, dtype: "bfloat16")]);
        model.Compile("adam", "mse");
        model.Fit(Keras.Random.Normal([8, 4], seed: 1), Keras.Random.Normal([8, 2], seed: 2), verbose: 0);
        return model;
    }

    static JsonObject Read(string file, Action<Model, string> save, Model model)
    {
        using var folder = new TemporaryFolder();
        save(model, folder[file]);
        return JsonNode.Parse(Python.Run("h5py", Script, folder[file]))!.AsObject();
    }

    [TestCase("m.weights.h5")]
    [TestCase("m.keras")]
    public void Weights_are_what_Python_reads(string file)
    {
        var model = Trained();
        var found = Read(file, (m, path) =>
        {
            if (file.EndsWith(".h5", StringComparison.Ordinal)) m.SaveWeights(path);
            else m.Save(path);
        }, model);
        foreach (var (path, saved) in SavedObjects.Of(model))
        {
            var group = path.Length == 0 ? "vars" : $"{path}/vars";
            Assert.That((string?)found[group]!["attributes"]!["name"], Is.EqualTo(SavedObjects.NameOf(saved)));
            foreach (var (i, variable) in SavedObjects.VariablesOf(saved).Index()) Same(found[$"{group}/{i}"]!, variable);
        }
        Assert.That((string?)found["layers/dense_1/vars/0"]!["attributes"]!["dtype"], Is.EqualTo("bfloat16"));
    }

    [Test]
    public void Old_files_are_what_Python_reads()
    {
        var model = Trained();
        var found = Read("m.h5", (m, path) => m.Save(path), model);
        var names = found["model_weights"]!["attributes"]!["layer_names"]!.AsArray().Select(n => (string)n!);
        Assert.That(names, Is.EqualTo(model.Layers.Select(l => l.Name)));
        foreach (var layer in model.Layers)
            foreach (var (name, variable) in found[$"model_weights/{layer.Name}"]!["attributes"]!["weight_names"]!.AsArray().Zip(LegacyWeights.Ordered(layer)))
                Same(found[$"model_weights/{layer.Name}/{name}"]!, variable);
        foreach (var variable in model.Optimizer!.Variables) Same(found[$"optimizer_weights/{variable.Path}"]!, variable);
        Assert.That(JsonNode.Parse((string)found[""]!["attributes"]!["model_config"]!)!["class_name"]!.ToString(), Is.EqualTo("Sequential"));
    }

    static void Same(JsonNode found, Variable variable)
    {
        Assert.That(found["shape"]!.AsArray().Select(d => (int)d!), Is.EqualTo(variable.Shape.Dims.ToArray()), variable.Path);
        Assert.That((string?)found["dtype"], Is.EqualTo(variable.DType == DType.BFloat16 ? "|V2" : variable.DType.Name()), variable.Path);
        Assert.That((string?)found["data"], Is.EqualTo(Convert.ToHexStringLower(variable.Read().Evaluate().Span)), variable.Path);
    }
}
