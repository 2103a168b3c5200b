using System.Text.Json.Nodes;
using Keras.Core.Tests.Files;
using Keras.Layers;

namespace Keras.Core.Tests.Saving;

using Encoding = System.Text.Encoding;
using Saving = Keras.Saving;

public class ModelFileTests
{
    static byte[] Saved(Model model)
    {
        using var stream = new MemoryStream();
        model.Save(stream);
        return stream.ToArray();
    }

    static double[][] Values(Model model) => WeightsFileTests.Values(model);

    /// <summary>A file with other parts; those that are <c>null</c> are gone.</summary>
    static byte[] Changed(byte[] file, params (string Name, byte[]? Content)[] parts)
    {
        var zip = new ZipArchiveReader(new MemoryStream(file));
        using var stream = new MemoryStream();
        var archive = new ZipArchiveWriter(stream);
        foreach (var member in zip.Members.Where(m => !parts.Any(p => p.Name == m.Name))) archive.Add(member.Name, zip.ReadAll(member));
        foreach (var (name, content) in parts)
            if (content is not null) archive.Add(name, content);
        archive.Finish();
        return stream.ToArray();
    }

    static byte[] WithConfig(byte[] file, Action<JsonObject> change)
    {
        var zip = new ZipArchiveReader(new MemoryStream(file));
        var config = JsonNode.Parse(zip.ReadAll(zip.Find("config.json")!))!.AsObject();
        change(config);
        return Changed(file, ("config.json", Encoding.UTF8.GetBytes(config.ToJsonString())));
    }

    [Test]
    public void A_model_comes_back_with_its_training([Values] bool zipped)
    {
        using var folder = new TemporaryFolder();
        var first = WeightsFileTests.Trained();
        first.Save(folder["m.keras"], zipped: zipped);
        var second = Saving.LoadModel(folder["m.keras"]);
        Assert.That(second, Is.TypeOf<Sequential>());
        Assert.That(second.Layers.Select(l => l.Name), Is.EqualTo(first.Layers.Select(l => l.Name)));
        Assert.That(Values(second), Is.EqualTo(Values(first)));
        WeightsFileTests.Train(first);
        WeightsFileTests.Train(second);
        Assert.That(Values(second), Is.EqualTo(Values(first)));
        Assert.That(Directory.EnumerateFileSystemEntries(folder.Path).Count(), Is.EqualTo(1));
    }

    [Test]
    public void Streams_and_bytes_are_read_too()
    {
        var first = WeightsFileTests.Small();
        var file = Saved(first);
        Assert.That(Values(Saving.LoadModel(file)), Is.EqualTo(Values(first)));
        using var within = new MemoryStream([1, 2, 3, .. file]) { Position = 3 };
        Assert.That(Values(Saving.LoadModel(within)), Is.EqualTo(Values(first)));
    }

    [Test]
    public void The_file_has_the_parts_of_Keras()
    {
        var zip = new ZipArchiveReader(new MemoryStream(Saved(WeightsFileTests.Trained())));
        Assert.That(zip.Members.Select(m => m.Name), Is.EqualTo(new[] { "metadata.json", "config.json", "model.weights.h5" }));
        Assert.That(Encoding.UTF8.GetString(zip.ReadAll(zip.Members[0])), Does.Match("""^\{"keras_version": "3\.\d+\.\d+", "date_saved": "\d{4}-\d\d-\d\d@\d\d:\d\d:\d\d"\}$"""));
        Assert.That(Encoding.UTF8.GetString(zip.ReadAll(zip.Members[1])), Does.StartWith("""{"module": "keras", "class_name": "Sequential", "config": {""").And.Not.Contain("\n"));
    }

    [Test]
    public void Weights_come_out_of_files_of_models()
    {
        using var folder = new TemporaryFolder();
        var (first, second, third) = (WeightsFileTests.Trained(), WeightsFileTests.Trained(), WeightsFileTests.Trained());
        first.Save(folder["m.keras"]);
        first.Save(folder["folder"], zipped: false);
        second.LoadWeights(folder["m.keras"]);
        third.LoadWeights(folder["folder"]);
        Assert.That(Values(second), Is.EqualTo(Values(first)));
        Assert.That(Values(third), Is.EqualTo(Values(first)));
    }

    [Test]
    public void The_optimizer_can_be_left_out_and_left_alone()
    {
        using var folder = new TemporaryFolder();
        var model = WeightsFileTests.Trained();
        model.Save(folder["m.keras"], includeOptimizer: false);
        Assert.That(Saving.LoadModel(folder["m.keras"]).Optimizer, Is.Null);
        Assert.That(Saving.LoadModel(Saved(model), compile: false).Optimizer, Is.Null);
    }

    [Test]
    public void What_the_program_does_not_know_of_training_is_kept_and_saved_again()
    {
        var file = WithConfig(Saved(WeightsFileTests.Trained()), c =>
        {
            c["compile_config"]!["optimizer"]!["class_name"] = "Lookahead";
            c["compile_config"]!["optimizer"]!["module"] = "elsewhere";
            c["compile_config"]!["optimizer"]!["registered_name"] = "elsewhere>Lookahead";
        });
        var model = Saving.LoadModel(file);
        Assert.That(model.Optimizer, Is.Null);
        var again = Saved(model);
        var (before, after) = (new ZipArchiveReader(new MemoryStream(file)), new ZipArchiveReader(new MemoryStream(again)));
        JsonNode? Compiled(ZipArchiveReader zip) => JsonNode.Parse(zip.ReadAll(zip.Find("config.json")!))!["compile_config"];
        Assert.That(JsonNode.DeepEquals(Compiled(after), Compiled(before)));
        Hdf5Group Optimizer(ZipArchiveReader zip) => Hdf5Files.Open(zip.ReadAll(zip.Find("model.weights.h5")!)).Root.TryGroup("optimizer/vars")!;
        Assert.That(Optimizer(after).Datasets.Select(d => (d.Path, Convert.ToBase64String(Hdf5Files.Read(d)))), Is.EqualTo(Optimizer(before).Datasets.Select(d => (d.Path, Convert.ToBase64String(Hdf5Files.Read(d))))));
        Assert.That(Optimizer(after).Datasets.Count(), Is.GreaterThan(10));
        model.Compile("sgd", "mse");
        Assert.That(Optimizer(new ZipArchiveReader(new MemoryStream(Saved(model)))).Datasets.Count(), Is.LessThan(3));
    }

    [Test, NonParallelizable]
    public void What_is_wrong_in_how_a_model_was_compiled_is_told([Values] bool ofFile)
    {
        var config = WeightsFileTests.Trained().Serialize();
        config["compile_config"]!["loss"] = 5;
        var file = WithConfig(Saved(WeightsFileTests.Trained()), c => c["compile_config"]!["loss"] = 5);
        var (errors, before) = (new StringWriter(), Console.Error);
        Console.SetError(errors);
        try
        {
            Assert.That((ofFile ? Saving.LoadModel(file) : (Model)Layer.Deserialize(config)).Optimizer, Is.Null);
        }
        finally
        {
            Console.SetError(before);
        }
        Assert.That(errors.ToString(), Does.Match("not compiled.*\\[config\\] the config does not fit together\\. Expected: what Keras writes\\. Received: a value of another kind\\.\r?\n$"));
    }

    sealed class Words : Model
    {
        public StringLookup Lookup { get; } = new();

        public TextVectorization Text { get; } = new(outputMode: "tf_idf");

        readonly Dense _dense = new(2);

        public Words(string? name = null, DTypePolicy? dtype = null, bool trainable = true) : base(name, dtype, trainable)
        {
        }

        protected override Tensor Call(Tensor x, CallContext context) => _dense.Apply(x);
    }

    [Test]
    public void Vocabularies_lie_beside_the_weights()
    {
        var custom = new CustomObjects { { "Words", typeof(Words) } };
        var first = new Words();
        first.Lookup.Adapt(["a", "b", "b", "größe"]);
        first.Text.Adapt(["one two", "two three three"]);
        first.Build([null, 3]);
        var file = Saved(first);
        var zip = new ZipArchiveReader(new MemoryStream(file));
        Assert.That(zip.Members.Select(m => m.Name).Where(n => n.StartsWith("assets/", StringComparison.Ordinal)), Is.EquivalentTo(new[]
        {
            "assets/layers/string_lookup/vocabulary.txt", "assets/layers/text_vectorization/vocabulary.txt", "assets/layers/text_vectorization/_lookup_layer/vocabulary.txt",
        }));
        Assert.That(Encoding.UTF8.GetString(zip.ReadAll(zip.Find("assets/layers/string_lookup/vocabulary.txt")!)), Is.EqualTo("[UNK]\nb\ngröße\na"));
        var second = (Words)Saving.LoadModel(file, custom);
        Assert.That(second.Lookup.GetVocabulary(), Is.EqualTo(first.Lookup.GetVocabulary()));
        Assert.That(second.Text.GetVocabulary(), Is.EqualTo(first.Text.GetVocabulary()));
        Assert.That(second.Text.Apply(["two three"]).ToDoubles(), Is.EqualTo(first.Text.Apply(["two three"]).ToDoubles()));
        Assert.That(() => Saving.LoadModel(Changed(file, ("assets/layers/string_lookup/vocabulary.txt", null)), custom), Throws.TypeOf<ModelFileException>().With.Message.Contains("vocabulary"));
        Assert.That(() => Saving.LoadModel(Changed(file, ("assets/layers/string_lookup/vocabulary.txt", "[UNK]\na\na"u8.ToArray())), custom), Throws.TypeOf<ModelFileException>());
    }

    [Test]
    public void A_token_may_hold_what_ends_lines_elsewhere_than_in_Python()
    {
        var lookup = new StringLookup();
        lookup.Adapt(["a\u2028b", "c\u0085", "d\fe"]);
        var files = new Dictionary<string, byte[]>();
        lookup.SaveAssets(files);
        var again = new StringLookup();
        again.LoadAssets(files);
        Assert.That(again.GetVocabulary(), Is.EqualTo(lookup.GetVocabulary()));
    }

    [Test]
    public async Task The_asynchronous_forms_do_the_same()
    {
        using var folder = new TemporaryFolder();
        var first = WeightsFileTests.Trained();
        var expected = Values(first);
        var saving = first.SaveAsync(folder["m.keras"]);
        WeightsFileTests.Train(first);
        await saving;
        Assert.That(Values(await Saving.LoadModelAsync(folder["m.keras"])), Is.EqualTo(expected));
        var words = new Words();
        words.Build([null, 3]);
        words.Lookup.Adapt(["a"]);
        words.Text.Adapt(["a"]);
        await words.SaveAsync(folder["w.keras"]);
        using (new CustomObjectScope(new() { { "Words", typeof(Words) } })) Assert.That(await Saving.LoadModelAsync(folder["w.keras"]), Is.TypeOf<Words>());
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();
        Assert.That(() => Saving.LoadModel(folder["m.keras"], cancellationToken: cancel.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    static IEnumerable<TestCaseData> Broken()
    {
        static TestCaseData Case(string name, Func<byte[], byte[]> change, string message) => new TestCaseData(change, message).SetName($"Broken model: {name}");
        yield return Case("no config", f => Changed(f, ("config.json", null)), "config.json");
        yield return Case("no weights", f => Changed(f, ("model.weights.h5", null)), "no weights that can be read");
        yield return Case("weights of npz", f => Changed(f, ("model.weights.h5", null), ("model.weights.npz", [1])), "Python objects");
        yield return Case("weights that are none", f => Changed(f, ("model.weights.h5", [1, 2, 3])), "HDF5");
        yield return Case("a config that is no JSON", f => Changed(f, ("config.json", "{"u8.ToArray())), "JSON");
        yield return Case("a config that is a list", f => Changed(f, ("config.json", "[]"u8.ToArray())), "this is no config");
        yield return Case("a config that is null", f => Changed(f, ("config.json", "null"u8.ToArray())), "this is no config");
        yield return Case("a layer for a model", f => Changed(f, ("config.json", """{"class_name": "Dropout", "config": {"rate": 0.5}}"""u8.ToArray())), "this is no model");
        yield return Case("an unknown class", f => WithConfig(f, c => c["class_name"] = "Nonesuch"), "Nonesuch");
        yield return Case("no class", f => WithConfig(f, c => c.Remove("class_name")), "class");
        yield return Case("another number of units", f => WithConfig(f, c => c["config"]!["layers"]![1]!["config"]!["units"] = 4), "shape");
        yield return Case("far more units", f => WithConfig(f, c => c["config"]!["layers"]![1]!["config"]!["units"] = 50_000_000), "larger than its file");
        yield return Case("more units than numbers", f => WithConfig(f, c => c["config"]!["layers"]![1]!["config"]!["units"] = 1L << 40), "units");
        yield return Case("a layer more", f => WithConfig(f, c => c["config"]!["layers"]!.AsArray().Add(JsonNode.Parse("""{"class_name": "Dense", "config": {"units": 2}}"""))), "the number of weights differs");
        yield return Case("a lambda", f => WithConfig(f, c => c["config"]!["layers"]!.AsArray().Add(JsonNode.Parse("""{"module": "keras.layers", "class_name": "Lambda", "config": {"function": {"class_name": "__lambda__", "config": {"code": "4wEAAAA="}}}}"""))), "code");
        yield return Case("two configs", f => [.. f], "");
        yield return Case("text", _ => "hello, world"u8.ToArray(), "unknown kind");
        yield return Case("JSON", _ => "{\"class_name\": \"Sequential\"}"u8.ToArray(), "holds no weights");
        yield return Case("weights alone", f => new ZipArchiveReader(new MemoryStream(f)) is var zip ? zip.ReadAll(zip.Find("model.weights.h5")!) : [], "weights alone");
        yield return Case("nothing", _ => [], "unknown kind");
    }

    [TestCaseSource(nameof(Broken))]
    public void Broken_files_are_refused_with_the_place(Func<byte[], byte[]> change, string message)
    {
        var file = change(Saved(WeightsFileTests.Trained()));
        if (message.Length == 0) Assert.That(() => Saving.LoadModel(file), Throws.Nothing);
        else Assert.That(() => Saving.LoadModel(file), Throws.TypeOf<ModelFileException>().With.Message.Contains(message));
    }

    [Test]
    public void A_file_cut_anywhere_is_refused()
    {
        var file = Saved(WeightsFileTests.Small());
        for (var length = 0; length < file.Length; length += 97) Assert.That(() => Saving.LoadModel(file[..length]), Throws.TypeOf<ModelFileException>(), $"{length} bytes");
    }

    [Test]
    public void Bytes_changed_anywhere_end_in_a_model_or_a_refusal()
    {
        var file = Saved(WeightsFileTests.Small());
        var random = new System.Random(1);
        for (var i = 0; i < 300; i++)
        {
            var broken = (byte[])file.Clone();
            broken[random.Next(broken.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                Saving.LoadModel(broken);
            }
            catch (ModelFileException)
            {
            }
        }
    }

    [Test]
    public void Files_that_are_there_and_endings_are_held_to()
    {
        using var folder = new TemporaryFolder();
        var model = WeightsFileTests.Small();
        Assert.That(() => model.Save(folder["m.zip"]), Throws.ArgumentException.With.Message.Contains(".keras"));
        Assert.That(() => model.Save(folder["m.weights.h5"]), Throws.ArgumentException);
        model.Save(folder["m.keras"]);
        Assert.That(() => model.Save(folder["m.keras"], overwrite: false), Throws.TypeOf<IOException>());
        Assert.That(() => Saving.LoadModel(folder["n.keras"]), Throws.TypeOf<FileNotFoundException>());
        Assert.That(() => Saving.LoadModel(folder.Path), Throws.TypeOf<ModelFileException>());
    }

    [Test]
    public void Links_in_folders_are_not_followed()
    {
        using var folder = new TemporaryFolder();
        WeightsFileTests.Small().Save(folder["m"], zipped: false);
        File.Move(Path.Combine(folder["m"], "config.json"), folder["config.json"]);
        File.CreateSymbolicLink(Path.Combine(folder["m"], "config.json"), folder["config.json"]);
        Assert.That(() => Saving.LoadModel(folder["m"]), Throws.TypeOf<ModelFileException>().With.Message.Contains("links are not followed"));
    }

    [Test]
    public void A_model_that_cannot_be_saved_leaves_the_old_file()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["m.keras"], "old");
        var model = new Sequential([new Input(2), new Dense(2, activation: ActivationFunction.Of(x => x * 2))]);
        Assert.That(() => model.Save(folder["m.keras"]), Throws.TypeOf<NotSupportedException>());
        Assert.That(File.ReadAllText(folder["m.keras"]), Is.EqualTo("old"));
        Assert.That(folder.Names, Is.EqualTo(new[] { "m.keras" }));
    }

    [Test]
    public void Archives_of_the_last_Keras_2_load()
    {
        var x = Layer.Input(2, 4);
        var first = new Model(x, new MultiHeadAttention(2, 2, name: "mha").Apply([x, x]));
        first.Compile("adam", "mse");
        var file = Changed(WithConfig(Saved(first), c =>
        {
            c["module"] = "keras.src.engine.functional";
            foreach (var layer in c["config"]!["layers"]!.AsArray())
                layer!["inbound_nodes"] = layer["class_name"]!.ToString() == "InputLayer" ? new JsonArray()
                    : new JsonArray(new JsonArray(new JsonArray(x.History!.Layer.Name, 0, 0, new JsonObject { ["value"] = new JsonArray(x.History.Layer.Name, 0, 0) })));
            c["config"]!["input_layers"] = new JsonArray(new JsonArray(x.History!.Layer.Name, 0, 0));
            c["config"]!["output_layers"] = new JsonArray(new JsonArray("mha", 0, 0));
            c["compile_config"]!["optimizer"]!["config"]!["jit_compile"] = true;
            c["compile_config"]!["optimizer"]!["config"]!["is_legacy_optimizer"] = false;
        }), ("metadata.json", """{"keras_version": "2.15.0", "date_saved": "2023-11-11@11:11:11"}"""u8.ToArray()));
        var second = Saving.LoadModel(file);
        Assert.That(second.Optimizer, Is.TypeOf<Optimizers.Adam>());
        var data = Keras.Random.Normal([3, 2, 4], seed: 5);
        Assert.That(second.Predict(data).ToDoubles(), Is.EqualTo(first.Predict(data).ToDoubles()));
    }

    [Test]
    public void The_limits_hold()
    {
        var file = Saved(WeightsFileTests.Small());
        Assert.That(() => Saving.LoadModel(file, limits: new LoadLimits { MaxTextBytes = 100 }), Throws.TypeOf<ModelFileException>());
        Assert.That(() => Saving.LoadModel(file, limits: new LoadLimits { MaxBytes = 16 }), Throws.TypeOf<ModelFileException>());
        Assert.That(() => Saving.LoadModel(file, limits: new LoadLimits { MaxMembers = 1 }), Throws.TypeOf<ModelFileException>());
    }
}
