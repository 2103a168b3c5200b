using System.Text.Json.Nodes;
using Keras.Core.Tests.Files;
using Keras.Layers;
using Keras.Tests;

namespace Keras.Core.Tests.Saving;

/// <summary>Every hostile config through every door by which a config can come in; what differs from it in one thing comes in by all of them.</summary>
sealed class HostileGridTests
{
    [OneTimeSetUp]
    public static void Register()
    {
        LambdaFunction.Register("grid_double", (Tensor x) => x * 2);
        Keras.Saving.RegisterKerasSerializable<Scaled>();
    }

    /// <summary>A class of the program's.</summary>
    [RegisterKerasSerializable("grid")]
    public sealed class Scaled(int units, string? name = null) : Layer(name)
    {
        public int Units { get; } = units;

        protected override Tensor Call(Tensor x, CallContext context) => x * Units;
    }

    static IEnumerable<TestCaseData> Refused() => HostileConfigs.All.Select(c => new TestCaseData(c.Text).SetArgDisplayNames(c.Name));

    // A model of lookups alone is never built, and takes no weights.
    static IEnumerable<TestCaseData> WithWeights() => Refused().Where(c => !((string)c.Arguments[0]!).Contains("idf_weights", StringComparison.Ordinal));

    static IEnumerable<TestCaseData> Benign() => HostileConfigs.All.Select(c => c.Twin).Distinct().Index().Select(t => new TestCaseData(t.Item).SetArgDisplayNames($"{t.Index}"));

    static IEnumerable<TestCaseData> Compiled() => HostileConfigs.Compiled().Index().Select(t => new TestCaseData(t.Item).SetArgDisplayNames($"{t.Index}"));

    [TestCaseSource(nameof(Refused)), Hostile("A01", "A02", "A03", "A04", "A05", "A06", "A07", "A08", "A09", "A11", "A12", "A13", "A14", "A15")]
    public void It_is_refused_at_every_door(string text)
    {
        using var files = new HostileFiles(text);
        foreach (var (name, file, open) in files.Doors())
        {
            if (file is not null)
            {
                var error = Samples.Refused(() => open());
                Assert.That(error.Path, Does.StartWith(file), $"{name}: {error.Message}");
                continue;
            }
            var thrown = Soon.Does(() => Assert.Catch(() => open())!, Samples.TimeAllowed);
            Assert.Multiple(() =>
            {
                Assert.That(thrown, Is.InstanceOf<ArgumentException>().Or.InstanceOf<NotSupportedException>().Or.InstanceOf<ModelFileException>(), name);
                Assert.That(thrown.Message, Does.Contain("Expected: ").And.Contain("Received: "), name);
                Assert.That(thrown.Message.Any(char.IsControl), Is.False, name);
                Assert.That(thrown.Message, Has.Length.LessThan(4000), name);
            });
        }
        foreach (var path in files.Paths())
        {
            var info = ModelFileInfo.Read(path, tryLoad: true);
            Assert.That(info.CanBeLoaded, Is.False, path);
            Assert.That(info.Problems, Is.Not.Empty, path);
        }
        files.CheckNothingElse();
    }

    [TestCaseSource(nameof(Benign)), Hostile("A11")]
    public void What_differs_in_one_thing_comes_in_at_every_door(string text)
    {
        using var files = new HostileFiles(text, twin: text);
        foreach (var (name, _, open) in files.Doors())
        {
            var model = open();
            Assert.That(model.Layers, Has.Count.EqualTo(files.Model.Layers.Count), name);
            Assert.That(Keras.Models.CloneModel(model).ToJson(), Is.EqualTo(model.ToJson()), name);
        }
        foreach (var path in files.Paths()) Assert.That(ModelFileInfo.Read(path, tryLoad: true).CanBeLoaded, Is.True, path);
        files.CheckNothingElse();
    }

    /// <summary>How a model was compiled is data, which is kept: the model comes in, and is not compiled.</summary>
    [TestCaseSource(nameof(Compiled)), Hostile("A03", "A11")]
    public void What_a_model_was_compiled_with_is_not_run(string text)
    {
        using var files = new HostileFiles(text);
        foreach (var (name, _, open) in files.Doors())
        {
            var model = Soon.Does(open, Samples.TimeAllowed);
            Assert.That(model.Optimizer, Is.Null, name);
            Assert.That(Keras.Models.CloneModel(model).Optimizer, Is.Null, name);
        }
        var other = files.Model;
        other.CompileFromConfig(JsonNode.Parse(text)!["compile_config"]!.AsObject());
        Assert.That(other.Optimizer, Is.Null);
        files.CheckNothingElse();
    }

    static IEnumerable<TestCaseData> Codes() => HostileConfigs.Codes.Select(c => new TestCaseData(c.Node).SetArgDisplayNames(c.Name));

    [TestCaseSource(nameof(Codes)), Hostile("A11")]
    public void It_is_no_part_of_a_model(string text)
    {
        var node = JsonNode.Parse(text)!.AsObject();
        foreach (var open in (Action[])[() => Loss.Deserialize(node), () => Metric.Deserialize(node), () => Optimizer.Deserialize(node), () => Initializer.Deserialize(node), () => Regularizer.Deserialize(node),
            () => Constraint.Deserialize(node), () => LearningRateSchedule.Deserialize(node), () => DTypePolicy.Deserialize(node), () => Activations.Deserialize(node), () => Input.FromConfig(node),
            () => new Dense(2).BuildFromConfig(new JsonObject { ["input_shape"] = node.DeepClone() }), () => Keras.Saving.DeserializeKerasObject<Loss>(node), () => Sequential.FromConfig(node), () => Model.FromConfig(node)])
        {
            var error = Assert.Catch(() => open())!;
            Assert.That(error, Is.InstanceOf<ArgumentException>().Or.InstanceOf<NotSupportedException>());
            Assert.That(error.Message, Does.Contain("Expected: ").And.Contain("Received: "));
        }
        Assert.That(HostileConfigs.Server.Pending(), Is.False);
    }

    /// <summary>Weights are taken without a look at the config beside them.</summary>
    [TestCaseSource(nameof(WithWeights)), Hostile("A11")]
    public void Weights_come_in_without_it(string text)
    {
        using var files = new HostileFiles(text);
        foreach (var load in files.WeightDoors())
        {
            var model = Keras.Models.CloneModel(files.Model);
            if (model.Weights.Count > 0) model.Weights[0].Assign(Ops.ZerosLike(model.Weights[0].Read()));
            load(model);
            Assert.That(model.GetWeights().Select(w => w.ToDoubles()), Is.EqualTo(files.Model.GetWeights().Select(w => w.ToDoubles())));
        }
        files.CheckNothingElse();
    }

    [TestCase(@"C:\x"), TestCase("con"), TestCase("größe"), Hostile("A12")]
    public void Names_are_no_paths(string name)
    {
        var model = new Sequential([new Input([3], dtype: DType.Int64), new IntegerLookup(name: name)], name: $"{name}.model");
        ((IntegerLookup)model.Layers[0]).Adapt(Ops.Cast(Tensor.Of([1, 2], [1, 2]), DType.Int64));
        using var outside = Samples.Folder();
        model.Save(outside["inside"], zipped: false);
        model.Save(outside["m.keras"]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Directory.EnumerateFileSystemEntries(outside.Path).Select(Path.GetFileName), Is.EquivalentTo(new[] { "inside", "m.keras" }));
            Assert.That(Directory.EnumerateFileSystemEntries(outside["inside"], "*", SearchOption.AllDirectories).Select(Path.GetFileName), Has.None.EqualTo(name));
            Assert.That(Keras.Saving.LoadModel(outside["inside"]).Layers[0].Name, Is.EqualTo(name));
            Assert.That(Keras.Saving.LoadModel(outside["m.keras"]).Layers[0].Name, Is.EqualTo(name));
        }
    }
}

/// <summary>A config in every kind of file, beside the weights of the model that its twin means.</summary>
sealed class HostileFiles : IDisposable
{
    /// <summary>What an attribute of the old format holds.</summary>
    const int MostOfAttribute = 60_000;

    readonly TemporaryFolder _folder = Samples.Folder();
    readonly string _text;
    readonly string[] _before;

    internal Model Model { get; }

    internal HostileFiles(string text, string? twin = null)
    {
        _text = text;
        twin ??= HostileConfigs.TwinOf(text);
        Model = Keras.Models.ModelFromJson(twin);
        var saved = new MemoryStream();
        Model.Save(saved);
        var zip = new ZipArchiveReader(saved);
        var members = zip.Members.Select(m => (m.Name, m.Name == "config.json" ? HostileConfigs.BytesOf(text) : zip.ReadAll(m, 1 << 24))).ToArray();
        File.WriteAllBytes(_folder["m.keras"], Samples.Zip(members));
        // The last versions of Keras 2 wrote archives too.
        File.WriteAllBytes(_folder["2.15.0.keras"], Samples.Zip([.. members.Select(m => m.Name == "metadata.json" ? (m.Name, """{"keras_version": "2.15.0"}"""u8.ToArray()) : m)]));
        foreach (var (name, content) in members)
        {
            var path = _folder[$"parts/{name}"];
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, content);
        }
        foreach (var version in Versions) File.WriteAllBytes(_folder[$"{version}.h5"], Old(version));
        _before = Names();
    }

    /// <summary>The files, and the folder that is one.</summary>
    internal IEnumerable<string> Paths() => ((string[])["m.keras", "2.15.0.keras", "parts", .. Versions.Select(v => $"{v}.h5")]).Select(n => _folder[n]);

    string[] Versions => _text.Length < MostOfAttribute ? ["1.2.2", "2.15.0", "3.16.0"] : [];

    string[] Names() => [.. Directory.EnumerateFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    internal void CheckNothingElse()
    {
        Assert.That(Names(), Is.EqualTo(_before), "the folder of the file");
        Assert.That(HostileConfigs.Server.Pending(), Is.False, "a connection was made");
    }

    byte[] Old(string version)
    {
        var (file, writer) = (new MemoryStream(), new Hdf5Writer());
        writer.Root.Attribute("model_config", HostileConfigs.StringOf(_text));
        writer.Root.Attribute("keras_version", version);
        if (_text.Contains("\"compile_config\"", StringComparison.Ordinal) && JsonNodeOf(_text)!["compile_config"] is JsonObject compiled) writer.Root.Attribute("training_config", compiled.ToJsonString());
        var weights = writer.Root.Group("model_weights");
        weights.Attribute("layer_names", [.. Model.Layers.Select(l => l.Name)]);
        foreach (var layer in Model.Layers)
        {
            var group = weights.Group(layer.Name);
            group.Attribute("weight_names", [.. layer.Weights.Select(w => w.Path)]);
            foreach (var weight in layer.Weights) group.Dataset(weight.Path, weight.DType, weight.Shape, to => to.Write(weight.Read().EvaluateToKeep().Span));
        }
        writer.WriteTo(file);
        return file.ToArray();
    }

    static JsonNode? JsonNodeOf(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    /// <summary>All ways in, with the place in the file that messages name; <c>null</c> where the config is no file's.</summary>
    internal IEnumerable<(string Name, string? File, Func<Model> Open)> Doors()
    {
        yield return ("ModelFromJson", null, () => Keras.Models.ModelFromJson(HostileConfigs.StringOf(_text)));
        yield return ("ModelFromJson with objects", null, () => Keras.Models.ModelFromJson(HostileConfigs.StringOf(_text), []));
        if (JsonNodeOf(_text) is { } node)
        {
            if (_text.EndsWith('}')) yield return ("ModelFromJson of tf.keras", null, () => Keras.Models.ModelFromJson($"{_text[..^1]}, \"keras_version\": \"2.15.0\"}}"));
            yield return ("Layer.Deserialize", null, () => (Model)Layer.Deserialize(node));
            yield return ("DeserializeKerasObject<Layer>", null, () => (Model)Keras.Saving.DeserializeKerasObject<Layer>(node));
            yield return ("DeserializeKerasObject<Model>", null, () => Keras.Saving.DeserializeKerasObject<Model>(node, []));
            // One config of two is none.
            if (!_text.Contains("\"config\": {\"name\": \"t\", \"layers\": []}", StringComparison.Ordinal) && node["config"] is JsonObject config)
            {
                if (config.ContainsKey("input_layers")) yield return ("Model.FromConfig", null, () => Model.FromConfig(config));
                else if (config.ContainsKey("layers")) yield return ("Sequential.FromConfig", null, () => Sequential.FromConfig(config));
            }
        }
        foreach (var compile in (bool[])[true, false])
        {
            foreach (var archive in (string[])["m.keras", "2.15.0.keras"])
                foreach (var door in OfFile(archive, "config.json", compile)) yield return door;
            yield return ($"folder, compile {compile}", "config.json", () => Keras.Saving.LoadModel(_folder["parts"], compile: compile));
            foreach (var version in Versions)
                foreach (var door in OfFile($"{version}.h5", "model_config", compile)) yield return door;
        }
    }

    IEnumerable<(string Name, string? File, Func<Model> Open)> OfFile(string file, string part, bool compile)
    {
        var (path, bytes, what) = (_folder[file], File.ReadAllBytes(_folder[file]), $"{file}, compile {compile}");
        yield return ($"path of {what}", part, () => Keras.Saving.LoadModel(path, compile: compile));
        yield return ($"path of {what}, later", part, () => Keras.Saving.LoadModelAsync(path, compile: compile).GetAwaiter().GetResult());
        yield return ($"bytes of {what}", part, () => Keras.Saving.LoadModel(bytes, compile: compile));
        yield return ($"stream of {what}", part, () => Keras.Saving.LoadModel(new MemoryStream(bytes), [], compile));
        yield return ($"one-way stream of {what}", part, () => Keras.Saving.LoadModel(new OneWayReader(bytes), compile: compile));
    }

    /// <summary>All ways in for the weights of the same files.</summary>
    internal IEnumerable<Action<Model>> WeightDoors()
    {
        foreach (var file in Versions.Select(v => $"{v}.h5").Prepend("m.keras"))
        {
            var path = _folder[file];
            yield return m => m.LoadWeights(path);
            yield return m => m.LoadWeights(new MemoryStream(File.ReadAllBytes(path)));
            yield return m => Keras.Saving.LoadWeights(m, path);
        }
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>A stream that only goes forward.</summary>
    sealed class OneWayReader(byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        public override bool CanSeek => false;
    }
}
