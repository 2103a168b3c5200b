using System.Globalization;
using System.Text.Json.Nodes;
using Keras.Core.Tests.Files;
using Keras.Layers;
using Keras.Tests;

namespace Keras.Core.Tests.Saving;

using Saving = Keras.Saving;

/// <summary>Old <c>.h5</c> files.</summary>
public class LegacyFileTests
{
    static double[][] Values(Model model) => WeightsFileTests.Values(model);

    static double[][] Weights(Model model) => [.. model.Weights.Select(w => w.Value.ToDoubles())];

    static byte[] Saved(Model model, bool includeOptimizer = true)
    {
        using var folder = new TemporaryFolder();
        model.Save(folder["m.h5"], includeOptimizer: includeOptimizer);
        return File.ReadAllBytes(folder["m.h5"]);
    }

    static void LoadWeights(Model model, byte[] file, bool skipMismatch = false, bool byName = false) => model.LoadWeights(new MemoryStream(file), skipMismatch, byName);

    [Test]
    public void A_model_comes_back_with_its_training()
    {
        var first = WeightsFileTests.Trained();
        var second = Saving.LoadModel(Saved(first));
        Assert.That(Values(second), Is.EqualTo(Values(first)));
        WeightsFileTests.Train(first);
        WeightsFileTests.Train(second);
        Assert.That(Values(second), Is.EqualTo(Values(first)));
        Assert.That(Saving.LoadModel(Saved(first, includeOptimizer: false)).Optimizer, Is.Null);
        Assert.That(Saving.LoadModel(Saved(first), compile: false).Optimizer, Is.Null);
    }

    [Test]
    public void A_file_has_the_groups_and_attributes_of_Keras()
    {
        var root = Hdf5Files.Open(Saved(WeightsFileTests.Trained())).Root;
        Assert.That(root.AttributeNames, Is.EquivalentTo(new[] { "keras_version", "backend", "model_config", "training_config" }));
        Assert.That(root.Names, Is.EqualTo(new[] { "model_weights", "optimizer_weights" }));
        var layers = root.TryGroup("model_weights")!.TryTexts("layer_names")!;
        Assert.That(layers, Has.Length.EqualTo(5));
        var dense = root.TryGroup($"model_weights/{layers[0]}")!;
        Assert.That(dense.TryTexts("weight_names")!.Select(n => dense.TryDataset(n)!.Shape), Is.EqualTo(new Shape[] { [4, 3], [3] }));
        Assert.That(root.TryGroup("model_weights/top_level_model_weights")!.TryTexts("weight_names"), Is.Empty);
        var config = JsonNode.Parse(root.TryText("model_config")!)!;
        Assert.That(config.AsObject().Select(c => c.Key), Is.EqualTo(new[] { "class_name", "config" }));
        Assert.That(config["config"]!["layers"]![1]!.AsObject().Select(c => c.Key), Is.EqualTo(new[] { "class_name", "config" }));
        var training = JsonNode.Parse(root.TryText("training_config")!)!;
        Assert.That((string?)training["optimizer_config"]!["class_name"], Is.EqualTo("Adam"));
        Assert.That((string?)training["loss"], Is.EqualTo("mse"));
    }

    [Test]
    public void Ops_between_layers_are_no_layers_of_the_same_name()
    {
        var x = Layer.Input(3);
        var first = new Model(x, new Dense(2).Apply(x) * 2 + 1);
        var data = Keras.Random.Normal([4, 3], seed: 1);
        Assert.That(Saving.LoadModel(Saved(first)).Predict(data).ToDoubles(), Is.EqualTo(first.Predict(data).ToDoubles()));
    }

    [Test]
    public void Frozen_parts_keep_their_order()
    {
        var inner = new Sequential([new Input(3), new Dense(3), new BatchNormalization(), new Dense(3), new BatchNormalization()]) { Trainable = false };
        var first = new Sequential([new Input(3), inner, new Dense(2)]);
        foreach (var weight in first.Weights) weight.Assign(Keras.Random.Uniform(weight.Shape, seed: 3));
        Assert.That(Weights(Saving.LoadModel(Saved(first))), Is.EqualTo(Weights(first)));
        inner.Trainable = true;
        Assert.That(Weights(Saving.LoadModel(Saved(first))), Is.EqualTo(Weights(first)));
    }

    [Test, Hostile("G05")]
    public void Many_and_long_names_go_over_several_attributes()
    {
        var layers = Enumerable.Range(0, 600).Select(i => (Layer)new Dense(1, name: $"dense_{i.ToString(CultureInfo.InvariantCulture)}_{new string('x', 150)}"));
        var first = new Sequential([new Input(1), .. layers]);
        var file = Saved(first);
        var group = Hdf5Files.Open(file).Root.TryGroup("model_weights")!;
        Assert.That(group.AttributeNames, Does.Contain("layer_names0").And.Contain("layer_names1").And.Not.Contain("layer_names"));
        Assert.That(Weights(Saving.LoadModel(file)), Is.EqualTo(Weights(first)));
    }

    static Sequential Named(int units = 3, string second = "b") => new([new Input(4), new Dense(3, name: "a"), new Dense(units, name: second), new Dense(2, name: "c")]);

    [Test]
    public void Weights_go_by_order_or_by_name()
    {
        var first = Named();
        var file = Saved(first);
        var other = Named(second: "other");
        var before = other.Layers[1].Weights[0].Value.ToDoubles();
        LoadWeights(other, file, byName: true);
        Assert.That(other.Layers[0].Weights[0].Value.ToDoubles(), Is.EqualTo(first.Layers[0].Weights[0].Value.ToDoubles()));
        Assert.That(other.Layers[1].Weights[0].Value.ToDoubles(), Is.EqualTo(before));
        LoadWeights(other, file);
        Assert.That(Weights(other), Is.EqualTo(Weights(first)));
    }

    [Test]
    public void What_does_not_fit_changes_nothing_unless_it_is_skipped()
    {
        var first = Named();
        var other = Named(units: 5);
        var (before, file) = (Weights(other), Saved(first));
        Assert.That(() => LoadWeights(other, file), Throws.TypeOf<ModelFileException>().With.Message.Contains("the shape of").And.Property("Path").EqualTo("/model_weights/b"));
        Assert.That(Weights(other), Is.EqualTo(before));
        LoadWeights(other, file, skipMismatch: true);
        Assert.That(other.Layers[0].Weights[0].Value.ToDoubles(), Is.EqualTo(first.Layers[0].Weights[0].Value.ToDoubles()));
        Assert.That(other.Layers[1].Weights[0].Value.ToDoubles(), Is.EqualTo(before[2]));
        Assert.That(() => LoadWeights(new Sequential([new Input(4), new Dense(3)]), file), Throws.TypeOf<ModelFileException>().With.Message.Contains("number of layers"));
    }

    /// <summary>A file as Keras 1 or 2 wrote it.</summary>
    static byte[] Old(string? version, string config, params (string Layer, (string Name, int[] Shape, float[] Values)[] Arrays)[] layers) => Hdf5Files.Write(root =>
    {
        root.Attribute("model_config", config);
        if (version is not null) root.Attribute("keras_version", version);
        var weights = root.Group("model_weights");
        if (version is not null) weights.Attribute("keras_version", version);
        weights.Attribute("layer_names", [.. layers.Select(l => l.Layer)]);
        foreach (var (layer, arrays) in layers)
        {
            weights.Group(layer).Attribute("weight_names", [.. arrays.Select(a => a.Name)]);
            foreach (var (name, shape, values) in arrays)
                weights.Group(layer).Dataset(name, DType.Float32, Shape.Of(shape), System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values).ToArray());
        }
    });

    [Test]
    public void Keras_2_models_of_lists_load_with_their_hard_sigmoid()
    {
        var file = Old("2.1.3", """
            {"class_name": "Sequential", "config": [{"class_name": "Dense", "config": {"name": "d", "units": 1, "activation": "hard_sigmoid", "use_bias": false, "batch_input_shape": [null, 1],
             "dtype": "float32", "kernel_initializer": {"class_name": "VarianceScaling", "config": {"scale": 1.0, "mode": "fan_avg", "distribution": "normal", "seed": null}}}}]}
            """, ("d", [("d/kernel:0", [1, 1], [1f])]));
        var model = Saving.LoadModel(file);
        Assert.That(model.Predict(Tensor.Of(new[] { 1f, -9f, 9f }, [3, 1])).ToDoubles(), Is.EqualTo(new[] { 0.7, 0, 1 }).Within(1e-6));
        Assert.That(Saving.LoadModel(Saved(model)).Predict(Tensor.Of(new[] { 1f }, [1, 1])).Item(), Is.EqualTo(0.7).Within(1e-6));
    }

    [Test]
    public void Keras_1_kernels_and_gates_are_put_in_today_s_order()
    {
        var file = Old(null, """
            {"class_name": "Sequential", "config": [{"class_name": "Convolution2D", "config": {"name": "c", "nb_filter": 1, "nb_row": 1, "nb_col": 2, "border_mode": "valid", "subsample": [1, 1],
             "dim_ordering": "th", "init": "glorot_uniform", "activation": "linear", "bias": true, "batch_input_shape": [null, 2, 1, 2], "input_dtype": "float32"}}]}
            """, ("c", [("c_W", [1, 2, 1, 2], [1, 2, 3, 4]), ("c_b", [1], [10])]));
        Assert.That(Saving.LoadModel(file).Layers[0].Weights[0].Value.ToDoubles(), Is.EqualTo(new double[] { 1, 3, 2, 4 }));
        (string, int[], float[])[] gates = [.. "icfo".SelectMany((g, i) => new (string, int[], float[])[] { ($"W_{g}", [1, 1], [i]), ($"U_{g}", [1, 1], [10 + i]), ($"b_{g}", [1], [20 + i]) })];
        var lstm = Old("1.2.2", """
            {"class_name": "Sequential", "config": [{"class_name": "LSTM", "config": {"name": "l", "output_dim": 1, "inner_activation": "hard_sigmoid", "activation": "tanh", "init": "glorot_uniform",
             "inner_init": "orthogonal", "forget_bias_init": "one", "consume_less": "cpu", "dropout_W": 0.0, "dropout_U": 0.0, "input_dim": 1, "batch_input_shape": [null, 2, 1], "W_regularizer":
             {"name": "WeightRegularizer", "l1": 0.0, "l2": 0.5}}}]}
            """, ("l", gates));
        var weights = Saving.LoadModel(lstm).Weights;
        Assert.That(weights[0].Value.ToDoubles(), Is.EqualTo(new double[] { 0, 2, 1, 3 }));
        Assert.That(weights[1].Value.ToDoubles(), Is.EqualTo(new double[] { 10, 12, 11, 13 }));
        Assert.That(weights[2].Value.ToDoubles(), Is.EqualTo(new double[] { 20, 22, 21, 23 }));
    }

    [Test]
    public void Layers_for_cuDNN_become_those_of_today()
    {
        static float[] Gates(int rows) => [.. from row in Enumerable.Range(0, rows) from column in Enumerable.Range(0, 8) select (10f * (column / 2)) + (2 * row) + (column % 2)];
        var file = Old("2.1.3", """{"class_name": "Sequential", "config": [{"class_name": "CuDNNLSTM", "config": {"name": "l", "units": 2, "batch_input_shape": [null, 4, 3]}}]}""",
            ("l", [("k", [3, 8], Gates(3)), ("r", [2, 8], Gates(2)), ("b", [16], [.. Enumerable.Range(0, 16).Select(i => (float)i)])]));
        var weights = Weights(Saving.LoadModel(file));
        Assert.That(weights[0], Is.EqualTo(new double[] { 0, 3, 10, 13, 20, 23, 30, 33, 1, 4, 11, 14, 21, 24, 31, 34, 2, 5, 12, 15, 22, 25, 32, 35 }));
        Assert.That(weights[1], Is.EqualTo(new double[] { 0, 2, 10, 12, 20, 22, 30, 32, 1, 3, 11, 13, 21, 23, 31, 33 }));
        Assert.That(weights[2], Is.EqualTo(new double[] { 8, 10, 12, 14, 16, 18, 20, 22 }));
    }

    [Test]
    public void Nodes_of_lists_and_classes_of_before_become_those_of_today()
    {
        var file = Old("2.2.4-tf", """
            {"class_name": "Model", "config": {"name": "m", "layers": [
              {"name": "x", "class_name": "InputLayer", "config": {"batch_input_shape": [null, 2], "dtype": "float32", "sparse": false, "name": "x"}, "inbound_nodes": []},
              {"name": "d", "class_name": "Dense", "config": {"name": "d", "units": 2, "use_bias": false, "dtype": {"class_name": "Policy", "config": {"name": "float32"}}}, "inbound_nodes": [[["x", 0, 0, {}]]]},
              {"name": "l", "class_name": "LeakyReLU", "config": {"name": "l", "alpha": 0.5}, "inbound_nodes": [[["d", 0, 0, {}]]]},
              {"name": "a", "class_name": "Add", "config": {"name": "a"}, "inbound_nodes": [[["d", 0, 0, {}], ["l", 0, 0, {}]]]}],
             "input_layers": [["x", 0, 0]], "output_layers": [["a", 0, 0]]}}
            """, ("d", [("d/kernel:0", [2, 2], [1, 0, 0, 1])]));
        Assert.That(Saving.LoadModel(file).Predict(Tensor.Of(new[] { 2f, -2f }, [1, 2])).ToDoubles(), Is.EqualTo(new double[] { 4, -3 }));
    }

    static IEnumerable<TestCaseData> Broken()
    {
        static TestCaseData Case(string name, string message, Action<Hdf5GroupWriter> fill) => new TestCaseData((Action<object>)(r => fill((Hdf5GroupWriter)r)), message).SetName($"Broken old file: {name}");
        static string Stack(string layer) => $$"""{"class_name": "Sequential", "config": [{"class_name": "Dense", "config": {{layer}}}]}""";
        static void Fill(Hdf5GroupWriter r, string config)
        {
            r.Attribute("model_config", config);
            r.Group("model_weights").Attribute("layer_names", []);
        }
        const string config = """{"class_name": "Sequential", "config": [{"class_name": "Dense", "config": {"name": "d", "units": 1, "batch_input_shape": [null, 1]}}]}""";
        yield return Case("no config", "weights alone", r => r.Group("model_weights").Attribute("layer_names", []));
        yield return Case("no weights", "has no weights", r => r.Attribute("model_config", config));
        yield return Case("a config that is no JSON", "JSON", r =>
        {
            r.Attribute("model_config", "{");
            r.Group("model_weights").Attribute("layer_names", []);
        });
        yield return Case("a config that is a number", "one text", r =>
        {
            r.Attribute("model_config", ["a", "b"]);
            r.Group("model_weights").Attribute("layer_names", []);
        });
        yield return Case("fewer layers", "number of layers", r =>
        {
            r.Attribute("model_config", config);
            r.Group("model_weights").Attribute("layer_names", []);
        });
        yield return Case("a listed layer is missing", "listed group is missing", r =>
        {
            r.Attribute("model_config", config);
            r.Group("model_weights").Attribute("layer_names", ["d"]);
        });
        yield return Case("a listed array is missing", "listed array is missing", r =>
        {
            r.Attribute("model_config", config);
            r.Group("model_weights").Attribute("layer_names", ["d"]);
            r.Group("model_weights/d").Attribute("weight_names", ["d/kernel:0"]);
        });
        yield return Case("no list of arrays", "not listed", r =>
        {
            r.Attribute("model_config", config);
            r.Group("model_weights").Attribute("layer_names", ["d"]);
            r.Group("model_weights/d");
        });
        yield return Case("an array too few", "number of weights", r =>
        {
            r.Attribute("model_config", config);
            r.Group("model_weights").Attribute("layer_names", ["d"]);
            r.Group("model_weights/d").Attribute("weight_names", ["k"]);
            r.Dataset("model_weights/d/k", DType.Float32, [1, 1], new byte[4]);
        });
        static void Weigh(Hdf5GroupWriter r, string[] names, params (string Name, Shape Shape)[] arrays)
        {
            r.Attribute("model_config", config);
            r.Group("model_weights").Attribute("layer_names", ["d"]);
            r.Group("model_weights/d").Attribute("weight_names", names);
            foreach (var (name, shape) in arrays) r.Dataset($"model_weights/d/{name}", DType.Float32, shape, new byte[4 * shape.Size]);
        }
        yield return Case("an array too many", "Expected: 2. Received: 3", r => Weigh(r, ["k", "b", "c"], ("k", [1, 1]), ("b", [1]), ("c", [1])));
        yield return Case("an array of another name", "listed array is missing", r => Weigh(r, ["k", "b"], ("k", [1, 1]), ("c", [1])));
        yield return Case("arrays in another order", "the shape of", r => Weigh(r, ["b", "k"], ("k", [1, 1]), ("b", [1])));
        yield return Case("an array listed twice", "the shape of", r => Weigh(r, ["k", "k"], ("k", [1, 1]), ("b", [1])));
        yield return Case("a flat kernel", "the shape of", r => Weigh(r, ["k", "b"], ("k", [1]), ("b", [1])));
        yield return Case("a path for a name", "listed array is missing", r => Weigh(r, ["../../x", "b"], ("k", [1, 1]), ("b", [1])));
        yield return Case("no list of layers", "has no weights", r =>
        {
            r.Attribute("model_config", config);
            r.Dataset("model_weights/d/k", DType.Float32, [1, 1], new byte[4]);
        });
        yield return Case("a layer listed twice", "number of layers", r =>
        {
            Weigh(r, ["k", "b"], ("k", [1, 1]), ("b", [1]));
            r.Group("model_weights").Attributes.Clear();
            r.Group("model_weights").Attribute("layer_names", ["d", "d"]);
        });
        yield return Case("a list of layers with a part missing", "number of layers", r =>
        {
            Weigh(r, ["k", "b"], ("k", [1, 1]), ("b", [1]));
            r.Group("model_weights").Attributes.Clear();
            r.Group("model_weights").Attribute("layer_names0", []);
            r.Group("model_weights").Attribute("layer_names2", ["d"]);
        });
        yield return Case("complex numbers", "complex64", r =>
        {
            Weigh(r, ["c", "b"], ("b", [1]));
            r.Dataset("model_weights/d/c", DType.Complex64, [1, 1], new byte[8]);
        });
        yield return Case("a config that is a tuple", "this is no config", r => Fill(r, """{"class_name": "__tuple__", "items": []}"""));
        yield return Case("a policy without a name", "number of layers", r => Fill(r, Stack("""{"units": 1, "batch_input_shape": [null, 1], "dtype": {"class_name": "Policy", "config": 5}}""")));
        yield return Case("a call of nothing", "config", r => Fill(r, """
            {"class_name": "Model", "config": {"layers": [{"name": "x", "class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [null, 1]}, "inbound_nodes": [[[]]]}],
             "input_layers": [["x", 0, 0]], "output_layers": [["x", 0, 0]]}}
            """));
        yield return Case("code", "code", r =>
        {
            r.Attribute("model_config", """{"class_name": "Sequential", "config": [{"class_name": "Lambda", "config": {"name": "l", "function": ["4wEAAAA=", null, null], "function_type": "lambda", "batch_input_shape": [null, 1]}}]}""");
            r.Group("model_weights").Attribute("layer_names", []);
        });
    }

    [TestCaseSource(nameof(Broken)), Hostile("G01", "G05")]
    public void Broken_files_are_refused(Action<object> fill, string message)
    {
        var file = Hdf5Files.Write(root => fill(root));
        Assert.That(() => Saving.LoadModel(file), Throws.TypeOf<ModelFileException>().With.Message.Contains(message));
    }

    [TestCase(false, false), TestCase(true, false), TestCase(false, true), Hostile("G05")]
    public void Lists_of_names_that_are_no_texts_are_refused(bool numbersForLayers, bool numbersForArrays)
    {
        byte[] text = [0x13, 0, 0, 0, 1, 0, 0, 0], number = Hdf5TypeCode.Of(DType.Int32);
        byte[] Names(string attribute, bool isNumber, string name) => Hdf5Builder.Attribute(attribute, isNumber ? number : text, [1], isNumber ? new byte[8] : [(byte)name[0], 0, 0, 0, 0, 0, 0, 0]);
        var builder = new Hdf5Builder();
        var array = builder.Header(Hdf5Builder.Space(1, 1), Hdf5Builder.Type(Hdf5TypeCode.Of(DType.Float32)), Hdf5Builder.Compact(0, 0, 0x40, 0x40));
        var layer = builder.Header(Hdf5Builder.Empty, Names("weight_names", numbersForArrays, "k"), Hdf5Builder.Link("k", array));
        var file = builder.File(Names("layer_names", numbersForLayers, "d"), Hdf5Builder.Link("d", layer));
        var model = new Sequential([new Input(1), new Dense(1, useBias: false)]);
        if (numbersForLayers || numbersForArrays)
        {
            Samples.Refused(() => LoadWeights(model, file), numbersForLayers ? "layer_names" : "weight_names");
            return;
        }
        LoadWeights(model, file);
        Assert.That(model.Weights[0].Value.Item(), Is.EqualTo(3));
    }
}
