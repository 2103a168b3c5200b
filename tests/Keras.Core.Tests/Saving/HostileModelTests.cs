using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Keras.Tests;

namespace Keras.Core.Tests.Saving;

/// <summary>The config of a model may hold anything: what does not fit is an error, at once, through every door.</summary>
sealed class HostileModelTests
{
    const string Code = """{"module": "os", "class_name": "function", "config": "system", "registered_name": "function"}""";

    const string Enable = """{"module": "keras.config", "class_name": "enable_unsafe_deserialization", "config": {}, "registered_name": null}""";

    internal static string Layers(string layer) => $$$"""{"name": "s", "layers": [{"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 4], "name": "x"}}, {{{layer}}}]}""";

    internal static string Dense(string more = "", string outside = "") => $$"""{"module": "keras.layers", "class_name": "Dense", "config": {"name": "d", "units": 2{{more}}}{{outside}}}""";

    internal static string Model(string sequential) => $$"""{"module": "keras", "class_name": "Sequential", "config": {{sequential}}, "registered_name": null}""";

    internal static string Functional(string layers, string outputs = """["d", 0, 0]""", string inputs = """["x", 0, 0]""") =>
        $$$"""{"module": "keras.src.models.functional", "class_name": "Functional", "config": {"name": "f", "layers": [{{{Input}}}, {{{layers}}}], "input_layers": {{{inputs}}}, "output_layers": {{{outputs}}}}}""";

    const string Input = """{"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 4], "dtype": "float32", "name": "x"}, "name": "x", "inbound_nodes": []}""";

    internal static string Called(string name, string history, string kwargs = "{}") => $$$"""
        {"module": "keras.layers", "class_name": "Dense", "config": {"name": "{{{name}}}", "units": 4}, "name": "{{{name}}}", "inbound_nodes": [{"args": [{{{Tensor(history)}}}], "kwargs": {{{kwargs}}}}]}
        """;

    static string Tensor(string history) => $$$"""{"class_name": "__keras_tensor__", "config": {"shape": [null, 4], "dtype": "float32", "keras_history": {{{history}}}}}""";

    internal static void Refused(string json)
    {
        foreach (var open in Doors(json))
        {
            var error = Soon.Does(() => Assert.Catch(() => open())!, TimeSpan.FromSeconds(1));
            Assert.That(error, Is.InstanceOf<ArgumentException>().Or.InstanceOf<NotSupportedException>().Or.InstanceOf<ModelFileException>(), json.Length < 2000 ? json : "");
            Assert.That(error.Message, Has.Length.LessThan(4000));
        }
    }

    /// <summary>All ways for a config to come in.</summary>
    static IEnumerable<Action> Doors(string json)
    {
        yield return () => Keras.Models.ModelFromJson(json);
        yield return () => Layer.Deserialize(JsonNode.Parse(json, documentOptions: new() { MaxDepth = 5000 })!);
        var archive = Archive(json);
        yield return () => OfFile("config.json", () => Keras.Saving.LoadModel(archive));
        yield return () => OfFile("config.json", () => Keras.Saving.LoadModel(archive, compile: false));
        // An attribute of the old format holds no more.
        if (json.Length >= 60_000) yield break;
        foreach (var version in (string[])["1.2.2", "2.15.0", "3.16.0"])
        {
            var old = Old(json, version);
            yield return () => OfFile("model_config", () => Keras.Saving.LoadModel(old));
        }
    }

    /// <summary>Of a file every refusal is of one type, and here for its config, not for the weights that it lacks.</summary>
    static void OfFile(string part, Action load)
    {
        try
        {
            load();
        }
        catch (ModelFileException e)
        {
            Assert.That(e.Path, Does.StartWith(part), e.Message);
            throw;
        }
        catch (Exception e)
        {
            Assert.Fail($"{e.GetType().Name}: {e.Message}");
        }
    }

    internal static byte[] Archive(string json)
    {
        var (file, weights) = (new MemoryStream(), new MemoryStream());
        new Hdf5Writer().WriteTo(weights);
        var zip = new ZipArchiveWriter(file);
        zip.Add("metadata.json", """{"keras_version": "3.16.0", "date_saved": "2026-01-01@00:00:00"}"""u8.ToArray());
        zip.Add("config.json", Encoding.UTF8.GetBytes(json));
        zip.Add("model.weights.h5", weights.ToArray());
        zip.Finish();
        return file.ToArray();
    }

    static byte[] Old(string json, string version)
    {
        var (file, writer) = (new MemoryStream(), new Hdf5Writer());
        writer.Root.Attribute("model_config", json);
        writer.Root.Attribute("keras_version", version);
        writer.Root.Group("model_weights").Attribute("layer_names", []);
        writer.WriteTo(file);
        return file.ToArray();
    }

    static IEnumerable<string> Hidden()
    {
        foreach (var code in (string[])[Code, Enable, """{"class_name": "__lambda__", "config": {"value": ["4wAA", null, null]}}"""])
        {
            foreach (var key in (string[])["kernel_regularizer", "kernel_initializer", "bias_constraint", "activation", "dtype"]) yield return Model(Layers(Dense($", \"{key}\": {code}")));
            yield return Model(Layers(code));
            yield return Model(Layers(Model(Layers(Dense($$$""", "kernel_regularizer": {"module": "keras.regularizers", "class_name": "L2", "config": {"l2": {{{code}}}}}""")))));
            yield return Model(Layers(Dense("", $$""", "build_config": {"input_shape": {{code}}}""")));
            yield return Functional(Called("d", """["x", 0, 0]""", $$"""{"training": {{code}}}"""));
            yield return Functional(Called("d", """["x", 0, 0]""", $$"""{"mask": {{code}}}"""));
            yield return Functional(Called("d", code));
        }
        yield return Functional("""{"module": "keras.src.ops.core", "class_name": "Map", "config": {"name": "d"}, "name": "d", "inbound_nodes": []}""");
        yield return Functional("""{"module": "keras.src.ops.numpy", "class_name": "SetRandomSeed", "config": {"name": "d"}, "name": "d", "inbound_nodes": []}""");
        yield return Functional("""{"module": "keras.src.ops.numpy", "class_name": "System.IO.File", "config": {"name": "d"}, "name": "d", "inbound_nodes": []}""");
        foreach (var vocabulary in (string[])["/etc/passwd", "file:///etc/passwd", "http://127.0.0.1/", @"\\\\host\\share"])
            foreach (var name in (string[])["StringLookup", "IntegerLookup", "TextVectorization"])
            {
                yield return Model(Layers($$$"""{"module": "keras.layers", "class_name": "{{{name}}}", "config": {"name": "v", "vocabulary": "{{{vocabulary}}}"}}"""));
                yield return Model(Layers($$$"""{"module": "keras.layers", "class_name": "{{{name}}}", "config": {"name": "v", "output_mode": "tf_idf", "idf_weights": "{{{vocabulary}}}"}}"""));
            }
    }

    [TestCaseSource(nameof(Hidden)), Hostile("A02", "A03", "A05", "A09")]
    public void What_is_hidden_deep_is_not_run(string json) => Refused(json);

    [TestCase(Code), TestCase(Enable), TestCase("""{"class_name": "__lambda__", "config": {"value": ["4wAA", null, null]}}"""), Hostile("A03")]
    public void What_is_hidden_in_how_a_model_was_compiled_is_not_run_and_kept(string code)
    {
        foreach (var compiled in (string[])[$$"""{"optimizer": {{code}}, "loss": "mse"}""", $$"""{"optimizer": "sgd", "loss": {{code}}}""", $$"""{"optimizer": "sgd", "loss": "mse", "metrics": [{{code}}]}"""])
        {
            var node = JsonNode.Parse(Model(Layers(Dense())))!.AsObject();
            node["compile_config"] = JsonNode.Parse(compiled);
            var model = (Model)Layer.Deserialize(node);
            Assert.That(model.Optimizer, Is.Null);
            Assert.That(JsonNode.DeepEquals(model.Serialize()["compile_config"], node["compile_config"]), Is.True);
        }
    }

    static IEnumerable<string> Graphs()
    {
        yield return Functional(Called("d", """["missing", 0, 0]"""));
        yield return Functional(Called("d", """["d", 0, 0]"""));
        yield return Functional(string.Join(", ", Called("d", """["e", 0, 0]"""), Called("e", """["g", 0, 0]"""), Called("g", """["d", 0, 0]""")));
        yield return Functional(Called("d", """["x", 1000000000, 0]"""));
        yield return Functional(Called("d", """["x", -1, 0]"""));
        yield return Functional(Called("d", """["x", 0, -1]"""));
        yield return Functional(Called("d", """["x", 0, 5]"""));
        yield return Functional(Called("d", """["x", 0.5, 0]"""));
        yield return Functional(Called("d", """["x", 0, 0]"""), outputs: """["nothing", 0, 0]""");
        yield return Functional(Called("d", """["x", 0, 0]"""), outputs: """["d", 1, 0]""");
        yield return Functional(Called("d", """["x", 0, 0]"""), outputs: "{}");
        yield return Functional(Called("d", """["x", 0, 0]"""), outputs: "3");
        yield return Functional(Called("d", """["x", 0, 0]"""), outputs: "null");
        yield return Functional(Called("d", """["x", 0, 0]"""), inputs: """["d", 5, 0]""");
        yield return Functional(Called("d", """["x", 0, 0]"""), inputs: "[]");
        yield return Functional(string.Join(", ", Called("d", """["x", 0, 0]"""), Called("d", """["x", 0, 0]""")));
        yield return Functional($$$"""{"module": "keras.layers", "class_name": "Dense", "config": {"name": "d", "units": 4}, "name": "d", "inbound_nodes": [{"args": [[{{{Tensor("""["x", 0, 0]""")}}}, {{{Tensor("""["x", 0, 0]""")}}}]], "kwargs": {}}]}""");
        yield return Functional($$$"""{"module": "keras.layers", "class_name": "Dense", "config": {"name": "d", "units": 4}, "name": "d", "inbound_nodes": [{"args": [{"\u0000tensor": 7}], "kwargs": {}}]}""");
        yield return Functional($$$"""{"module": "keras.layers", "class_name": "Dense", "config": {"name": "d", "units": 4}, "name": "d", "inbound_nodes": [{"args": [], "kwargs": {}}]}""");
        yield return Functional($$$"""{"module": "keras.layers", "class_name": "Dense", "config": {"name": "d", "units": 4}, "name": "d", "inbound_nodes": ["x", 3]}""");
        yield return Functional($$$"""{"module": "keras.src.ops.numpy", "class_name": "Add", "config": {"name": "d"}, "name": "d", "inbound_nodes": [{"args": [{{{Tensor("""["x", 0, 0]""")}}}], "kwargs": {}}]}""");
        yield return """{"class_name": "Functional", "config": {}}""";
        yield return """{"class_name": "Sequential", "config": {}}""";
        yield return """{"class_name": "Sequential", "config": {"layers": {}}}""";
        yield return """{"class_name": "Sequential", "config": [1]}""";
        yield return """{"class_name": "Dense", "config": {"units": 2}}"""[..20];
    }

    [TestCaseSource(nameof(Graphs)), Hostile("B08")]
    public void Graphs_that_do_not_fit_together_are_refused(string json) => Refused(json.EndsWith('}') ? json : "{}");

    [Test]
    public void A_graph_that_fits_together_is_read() => Assert.That(Keras.Models.ModelFromJson(Functional(Called("d", """["x", 0, 0]"""))).CountParams(), Is.EqualTo(20));

    [Test, Hostile("A15")]
    public void A_shared_object_is_no_part_of_itself()
    {
        Refused(Model(Layers($$$"""{"module": "keras", "class_name": "Sequential", "shared_object_id": 1, "config": {"name": "a", "layers": [{"module": "keras", "class_name": "Sequential", "shared_object_id": 1, "config": {"name": "a", "layers": []}}]}}""")));
        Refused(Model($$"""{"name": "s", "layers": [{{Dense("", ", \"shared_object_id\": 1")}}, {"module": "keras.layers", "class_name": "Flatten", "config": {"name": "f"}, "shared_object_id": 1}]}"""));
    }

    [Test, Hostile("B01", "B02", "B03")]
    public void Weights_larger_than_memory_are_refused_before_they_are_made()
    {
        foreach (var json in (string[])[Model(Layers(Dense().Replace("2}", "1000000000000}", StringComparison.Ordinal))),
            Model(Layers("""{"module": "keras.layers", "class_name": "Embedding", "config": {"name": "e", "input_dim": 2147483648, "output_dim": 2147483648}}"""))]) Refused(json);
        // They would overflow as a product: no size of theirs is too large by itself.
        Refused(Model(Layers("""{"module": "keras.layers", "class_name": "Embedding", "config": {"name": "e", "input_dim": 2147483647, "output_dim": 2147483647}}""")));
        // Files limit what their configs may ask for.
        var many = string.Join(", ", Enumerable.Range(0, 10_000).Select(i => Dense().Replace("\"d\"", $"\"d{i}\"", StringComparison.Ordinal).Replace("2}", "3000}", StringComparison.Ordinal)));
        Assert.That(() => LoadScope.Run(1 << 24, () => (Keras.Models.ModelFromJson(Model(Layers(many))), Array.Empty<Variable>())), Throws.ArgumentException.With.Message.Contains("larger than its file"));
    }

    [TestCase("units", "64", true), TestCase("units", "-1", false), TestCase("units", "0", false), TestCase("units", "1.5", false), TestCase("units", "\"64\"", false), TestCase("units", "true", false),
     TestCase("units", "null", false), TestCase("units", "NaN", false), TestCase("units", "1e400", false), TestCase("units", "9223372036854775808", false), TestCase("units", "1000000000000", false),
     TestCase("units", "2147483647", false), TestCase("config", "{}, \"config\": {}", false), Hostile("B01", "B07", "B09")]
    public void A_text_says_numbers_strictly(string key, string value, bool fits)
    {
        var json = Model(Layers(Dense().Replace(key == "config" ? "\"config\": {" : "\"units\": 2", key == "config" ? $"\"config\": {value}, \"other\": {{" : $"\"units\": {value}", StringComparison.Ordinal)));
        var archive = Archive(json);
        if (fits) Assert.That(Keras.Models.ModelFromJson(json).CountParams(), Is.EqualTo(320));
        else Assert.That(Files.Samples.Refused(() => Keras.Saving.LoadModel(archive)).Path, Does.StartWith("config.json"));
    }

    [TestCase("[null, 4]", true), TestCase("[null, 7]", false), TestCase("[3, 7]", false), TestCase("[null, 4, 4]", false), TestCase("[-1, 4]", false), TestCase("[null, -1]", false), TestCase("[]", false), Hostile("B10")]
    public void A_shape_that_a_layer_does_not_get_is_refused(string shape, bool fits)
    {
        var json = Model(Layers(Dense("", $$""", "build_config": {"input_shape": {{shape}}}""")));
        if (fits) Assert.That(Keras.Models.ModelFromJson(json).CountParams(), Is.EqualTo(10));
        else Refused(json);
    }

    [TestCase("Conv2D", """{"filters": 2, "kernel_size": 3}""", "[null, 8, 8, 3]"), TestCase("Conv1DTranspose", """{"filters": 2, "kernel_size": 3}""", "[null, 8, 3]"),
     TestCase("SeparableConv1D", """{"filters": 2, "kernel_size": 3}""", "[null, 8, 3]"), TestCase("Dense", """{"units": 2}""", "[null, 3]"), TestCase("LSTM", """{"units": 2}""", "[null, 8, 3]"), Hostile("B10")]
    public void A_shape_of_too_few_dimensions_builds_no_layer(string name, string config, string shape)
    {
        static JsonNode Node(string name, string config, string shape) => JsonNode.Parse($$$"""{"module": "keras.layers", "class_name": "{{{name}}}", "config": {{{config}}}, "build_config": {"input_shape": {{{shape}}}}}""")!;
        Assert.That(Layer.Deserialize(Node(name, config, shape)).Built);
        foreach (var few in (string[])["[]", name == "Dense" ? "[]" : "[null]"]) Assert.That(() => Layer.Deserialize(Node(name, config, few)), Throws.ArgumentException.With.Message.Contains("dimensions"));
    }

    /// <summary>What a metric asks for is no weight of the file's.</summary>
    [TestCase("""{"class_name": "AUC", "config": {"num_thresholds": 1000000000}}"""), TestCase("""{"class_name": "AUC", "config": {"num_thresholds": 2147483647}}"""),
     TestCase("""{"class_name": "MeanIoU", "config": {"num_classes": 40000}}"""), Hostile("B01")]
    public void Metrics_larger_than_memory_leave_a_model_that_is_not_compiled(string metric)
    {
        var saved = new MemoryStream();
        Keras.Models.ModelFromJson(Model(Layers(Dense()))).Save(saved);
        var zip = new ZipArchiveReader(saved);
        byte[] With(string one)
        {
            var config = JsonNode.Parse(Model(Layers(Dense())))!;
            config["compile_config"] = JsonNode.Parse($$"""{"optimizer": "sgd", "loss": "mse", "metrics": [{{one}}]}""");
            return Files.Samples.Zip([.. zip.Members.Select(m => (m.Name, m.Name == "config.json" ? Encoding.UTF8.GetBytes(config.ToJsonString()) : zip.ReadAll(m, 1 << 20)))]);
        }
        var (hostile, benign) = (With(metric), With("""{"class_name": "AUC", "config": {"num_thresholds": 100}}"""));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(Soon.Does(() => Keras.Saving.LoadModel(hostile), Files.Samples.TimeAllowed).Optimizer, Is.Null);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(Files.Samples.MemoryAllowed));
        Assert.That(Keras.Saving.LoadModel(benign).Optimizer, Is.Not.Null);
    }

    [TestCase('['), TestCase('{'), Hostile("B04")]
    public void Depth_is_bounded(char open)
    {
        var text = new StringBuilder();
        for (var i = 0; i < 100_000; i++) text.Append(open == '[' ? "[" : "{\"a\":");
        Assert.That(() => Keras.Models.ModelFromJson(text.ToString()), Throws.InstanceOf<Exception>().And.Not.InstanceOf<InsufficientExecutionStackException>());
    }

    static string Nested(int depth)
    {
        var json = Dense();
        for (var i = 0; i < depth; i++) json = Model(Layers(json).Replace("\"s\"", $"\"s{i}\"", StringComparison.Ordinal).Replace("\"x\"", $"\"x{i}\"", StringComparison.Ordinal));
        return json;
    }

    [Test, Hostile("B05")]
    public void A_hundred_models_within_models_load_and_five_hundred_are_refused()
    {
        var model = Keras.Models.ModelFromJson(Nested(100));
        Assert.That(model.CountParams(), Is.EqualTo(10));
        Assert.That(JsonNode.DeepEquals(Keras.Models.ModelFromJson(model.ToJson()).GetConfig(), model.GetConfig()), Is.True);
        Refused(Nested(500));
    }

    [Test]
    public void A_long_chain_in_wrong_order_is_put_in_order()
    {
        var layers = Enumerable.Range(1, 2000).Reverse().Select(i => Called($"d{i}", i == 1 ? """["x", 0, 0]""" : $"[\"d{i - 1}\", 0, 0]").Replace("\"Dense\"", "\"Activation\"", StringComparison.Ordinal).Replace("\"units\": 4", "\"activation\": \"relu\"", StringComparison.Ordinal));
        var watch = Stopwatch.StartNew();
        var model = Keras.Models.ModelFromJson(Functional(string.Join(", ", layers), """["d2000", 0, 0]"""));
        Assert.That(model.Layers, Has.Count.EqualTo(2001));
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(20)));
    }

    [TestCase("""{"module": "keras.layers", "class_name": "UpSampling2D", "config": {"name": "g", "size": [100000, 100000]}}""", "[null, 8, 8, 4]"),
     TestCase("""{"module": "keras.layers", "class_name": "ZeroPadding2D", "config": {"name": "g", "padding": [[1000000, 1000000], [1000000, 1000000]]}}""", "[null, 8, 8, 4]"),
     TestCase("""{"module": "keras.layers", "class_name": "RepeatVector", "config": {"name": "g", "n": 1000000000}}""", "[null, 400]"), Hostile("B11")]
    public void Activations_larger_than_memory_are_refused_when_they_are_wanted(string layer, string shape)
    {
        var input = $$"""{"batch_shape": {{shape}}, "name": "x"}""";
        var json = Model($$"""{"name": "s", "layers": [{"module": "keras.layers", "class_name": "InputLayer", "config": {{input}} }, {{layer}}]}""");
        var error = Soon.Does(() => Assert.Catch(() =>
        {
            var model = Keras.Models.ModelFromJson(json);
            model.Predict(Ops.Ones([1, .. model.Inputs.Tensor.Shape.Dims[1..]]));
        })!, TimeSpan.FromSeconds(1));
        Assert.That(error, Is.InstanceOf<DeviceOutOfMemoryException>().Or.InstanceOf<ArgumentException>());
        Assert.That(error.Message, Does.Contain("Expected: ").And.Contain("Received: "));
        var small = Keras.Models.ModelFromJson(System.Text.RegularExpressions.Regex.Replace(json, "10000+", "2"));
        Assert.That(small.Predict(Ops.Ones([1, .. small.Inputs.Tensor.Shape.Dims[1..]])).Shape.Size, Is.LessThan(10_000));
    }

    [TestCase(0, "-1\n1\n2", null), TestCase(10_000_000, "", "vocabulary"), TestCase(10_000_000, "1", "empty lines"), TestCase(0, "-1\n\n\n1", "empty lines"),
     TestCase(0, "a\0b\nc", "a?b"), TestCase(0, "-1\n1\n1", "repeated"), TestCase(0, "", "vocabulary"), Hostile("A10")]
    public void Vocabularies_that_are_none_are_refused(int emptyLines, string text, string? message)
    {
        var first = new Sequential([new Keras.Layers.Input(Shape.Of(3), dtype: DType.Int64), new Keras.Layers.IntegerLookup()]);
        ((Keras.Layers.IntegerLookup)first.Layers[0]).Adapt(Ops.Cast(Keras.Tensor.Of([1, 2], [1, 2]), DType.Int64));
        var (saved, changed) = (new MemoryStream(), new MemoryStream());
        first.Save(saved);
        var zip = new ZipArchiveReader(saved);
        var writer = new ZipArchiveWriter(changed);
        foreach (var member in zip.Members)
            writer.Add(member.Name, member.Name.EndsWith("vocabulary.txt", StringComparison.Ordinal) ? Encoding.UTF8.GetBytes(new string('\n', emptyLines) + text) : zip.ReadAll(member, 1 << 20));
        writer.Finish();
        Assert.That(zip.Members.Any(m => m.Name.EndsWith("vocabulary.txt", StringComparison.Ordinal)));
        if (message is null) Assert.That(Keras.Saving.LoadModel(changed.ToArray()).Predict(Ops.Cast(Keras.Tensor.Of([2, 7, 1], [1, 3]), DType.Int64)).ToDoubles(), Is.EqualTo(new[] { 2, 0, 1.0 }));
        else Files.Samples.Refused(() => Keras.Saving.LoadModel(changed.ToArray()), message);
    }
}
