using System.Text.Json.Nodes;
using Keras.Layers;

namespace Keras.Core.Tests.Saving;

/// <summary>Functional models that their configs make again compute the same, and are written the same.</summary>
sealed class FunctionalConfigTests
{
    /// <summary>The model that the JSON of a model makes, with its weights.</summary>
    static Model Again(Model model)
    {
        var again = Keras.Models.ModelFromJson(model.ToJson());
        again.SetWeights(model.GetWeights());
        Assert.That(again.ToJson(), Is.EqualTo(model.ToJson()));
        Assert.That(again.Layers.Select(l => l.Name), Is.EqualTo(model.Layers.Select(l => l.Name)));
        return again;
    }

    static void CheckSame(Model model, Nest x)
    {
        var again = Again(model);
        var (expected, received) = (model.Apply(x).Flatten(), again.Apply(x).Flatten());
        Assert.That(received, Has.Count.EqualTo(expected.Count));
        // What has no function in Keras is computed by simpler ones.
        for (var i = 0; i < expected.Count; i++) Assert.That(received[i].ToDoubles(), Is.EqualTo(expected[i].ToDoubles()).Within(2e-6));
    }

    static Tensor Numbers(params int[] dims) => Random.Normal(dims, seed: 7);

    [Test]
    public void Shared_layers_stay_one()
    {
        Tensor a = Layer.Input(4), b = Layer.Input(4);
        var shared = new Dense(4, activation: "tanh");
        var first = shared.Apply(a);
        var model = new Model(new[] { a, b }, new Keras.Layers.Concatenate().Apply([first, shared.Apply(b), shared.Apply(first)]));
        CheckSame(model, new[] { Numbers(3, 4), Numbers(3, 4) * 2 });
        Assert.That(Again(model).CountParams(), Is.EqualTo(20));
    }

    [Test]
    public void A_layer_within_a_model_and_beside_it_stays_one()
    {
        var dense = new Dense(10);
        var inner = new Model(Layer.Input(10) is var i ? i : null!, dense.Apply(i));
        var x = Layer.Input(10);
        var model = new Model(x, dense.Apply(inner.Apply(x)));
        Assert.That(Again(model).CountParams(), Is.EqualTo(110));
        CheckSame(model, Numbers(2, 10));
    }

    [Test]
    public void Models_within_are_called_several_times_and_counted_as_Keras_counts()
    {
        var i = Layer.Input(4);
        var inner = new Model(i, new Dense(4).Apply(i), "inner");
        var x = Layer.Input(4);
        var model = new Model(x, inner.Apply(inner.Apply(x)));
        CheckSame(model, Numbers(2, 4));
        Assert.That(model.GetConfig()["output_layers"]!.ToJsonString(), Is.EqualTo("""["inner",2,0]"""));
        Assert.That(model.GetConfig()["layers"]![1]!["inbound_nodes"]![1]!["args"]![0]!["config"]!["keras_history"]!.ToJsonString(), Is.EqualTo("""["inner",0,0]"""));
    }

    [Test]
    public void Dictionaries_keep_their_names()
    {
        var (a, b) = (Layer.Input(2), Layer.Input(3));
        var model = new Model(new Dictionary<string, Tensor> { ["b"] = b, ["a"] = a },
            new Dictionary<string, Nest> { ["left"] = new Dense(2).Apply(a), ["right"] = Nest.List(new Dense(2).Apply(b), a) });
        CheckSame(model, new Dictionary<string, Tensor> { ["a"] = Numbers(2, 2), ["b"] = Numbers(2, 3) });
    }

    [Test]
    public void Masks_are_operations_of_their_own()
    {
        var x = Layer.Input(5);
        var steps = new Embedding(10, 4, maskZero: true).Apply(Ops.Cast(x, DType.Int32));
        var (lstm, pooled) = (new LSTM(3).Apply(steps), new GlobalAveragePooling1D().Apply(new BatchNormalization().Apply(steps)));
        var model = new Model(x, new Keras.Layers.Concatenate().Apply([lstm, pooled]));
        var config = model.GetConfig();
        var entry = config["layers"]!.AsArray().Single(l => (string)l!["class_name"]! == "LSTM")!;
        Assert.That(entry["inbound_nodes"]![0]!["kwargs"]!["mask"]!["config"]!["keras_history"]!.ToJsonString(), Is.EqualTo("""["not_equal",0,0]"""));
        CheckSame(model, Tensor.Of(new float[,] { { 1, 2, 0, 0, 0 }, { 3, 0, 4, 5, 0 } }));
    }

    [Test]
    public void A_mask_of_ones_own_stays()
    {
        Tensor x = Layer.Input(3, 2), mask = new Input([3], dtype: DType.Bool).Output;
        var model = new Model(new[] { x, mask }, new GRU(2).Apply(x, mask: mask));
        CheckSame(model, new[] { Numbers(2, 3, 2), Tensor.Of(new[,] { { true, false, true }, { true, true, false } }) });
    }

    [Test]
    public void Calls_keep_what_they_are_told()
    {
        Tensor x = Layer.Input(4, 6), state = Layer.Input(5);
        var attention = new MultiHeadAttention(2, 3);
        var (attended, scores) = attention.ApplyWithScores(x, x, useCausalMask: true);
        var recurrent = new GRU(5, returnState: true).Apply(new Dropout(0.5).Apply(attended, training: true), (Nest)state);
        var scored = new Attention().Apply(x, x);
        var model = new Model(new[] { x, state }, Nest.List(recurrent.Items[0], recurrent.Items[1], scores, scored));
        var again = Again(model);
        Assert.That(again.Outputs.Structure, Is.EqualTo(model.Outputs.Structure));
        Assert.That(again.PredictAll(new[] { Numbers(2, 4, 6), Numbers(2, 5) }).Flatten()[2].ToDoubles(), Is.EqualTo(model.PredictAll(new[] { Numbers(2, 4, 6), Numbers(2, 5) }).Flatten()[2].ToDoubles()));
    }

    static IEnumerable<TestCaseData> Compositions()
    {
        TestCaseData Row(string name, Func<Tensor, Tensor> function) => new TestCaseData(function).SetName($"op {name}");
        yield return Row("arithmetic", x => ((x * 2.0) + 1 - (x / 3.0)) % 2.0);
        yield return Row("powers", x => Ops.Power(Ops.Abs(x), 1.5) + Ops.Square(x) + Ops.Sqrt(Ops.Abs(x)) + Ops.Rsqrt(Ops.Abs(x) + 1));
        yield return Row("choices", x => Ops.Where(x > 0, x, Ops.Minimum(x, -1)));
        yield return Row("reductions", x => Ops.Mean(x, -1, keepdims: true) + Ops.Max(x, 1, keepdims: true) - Ops.Sum(x, 2, keepdims: true) + Ops.Std(x, -1, keepdims: true));
        yield return Row("places", x => Ops.Cast(Ops.Argmax(x, -1), DType.Float32));
        yield return Row("shapes", x => Ops.Reshape(Ops.Transpose(x, new[] { 0, 2, 1 }), [Shape.Unknown, 12]));
        yield return Row("slices", x => Ops.GetItem(x, TensorIndex.Ellipsis, TensorIndex.Slice(1, 3)));
        yield return Row("new axes", x => Ops.GetItem(x, TensorIndex.Slice(), 1, TensorIndex.NewAxis, TensorIndex.Slice(null, null, -1)));
        yield return Row("splits", x => Ops.Concatenate([.. Ops.Split(x, 2, axis: 2).Reverse()], axis: 2));
        yield return Row("stacks", x => Ops.Stack([x, x * 2], axis: 1));
        yield return Row("products", x => Ops.Matmul(x, Ops.Swapaxes(x, 1, 2)));
        yield return Row("einsum", x => Ops.Einsum("bij,bkj->bik", x, x));
        yield return Row("activations", x => Ops.Relu(x) + Ops.Gelu(x) + Ops.Silu(x) + Ops.Elu(x) + Ops.LeakyRelu(x) + Ops.Softplus(x) + Ops.Tanh(x));
        yield return Row("softmax", x => Ops.Softmax(x) + Ops.LogSoftmax(x) + Ops.Softmax(x, axis: 1));
        yield return Row("normalizations", x => Ops.LayerNormalization(x) + Ops.Normalize(x, axis: -1));
        yield return Row("sums", x => Ops.Cumsum(x, 1) + Ops.Flip(x, 1) + Ops.Cumprod(x, 1));
        yield return Row("orders", x => Ops.Sort(x, -1) + Ops.TopK(x, 3).Values[TensorIndex.Ellipsis, 0..1]);
        yield return Row("constants", x => x + Tensor.Of([1f, 2, 3], [3, 1]));
        yield return Row("logarithms", x => Ops.Logsumexp(x, -1, keepdims: true) + Ops.Log1p(Ops.Abs(x)) + Ops.Erf(x) + Ops.Expm1(x));
        yield return Row("borders", x => Ops.Pad(x, [(0, 0), (1, 2), (0, 1)]));
        yield return Row("indices", x => Ops.Take(x, Tensor.Of([2, 0], [2]), axis: 1));
        yield return Row("broadcast", x => Ops.Clip(x, -0.5, 0.5) * Ops.Ones([3, 4]));
        yield return Row("windows", x => Ops.Conv(Ops.MaxPool(Ops.ExpandDims(x, -1), 2, 1), Ops.Ones([2, 2, 1, 3]), 1, "same"));
        yield return Row("truth", x => Ops.Cast(Ops.LogicalAnd(x > 0, Ops.LogicalNot(x > 1)), DType.Float32));
    }

    [TestCaseSource(nameof(Compositions))]
    public void Ops_outside_of_layers_are_written_as_functions_of_Keras(Func<Tensor, Tensor> function)
    {
        var x = Layer.Input(3, 4);
        var model = new Model(x, new Activation("linear").Apply(function(new Dense(4).Apply(x))));
        CheckSame(model, Numbers(2, 3, 4));
        Assert.That(model.GetConfig()["layers"]!.AsArray().Select(l => (string)l!["name"]!), Is.Unique);
    }

    [Test]
    public void An_op_without_a_function_in_Keras_is_named()
    {
        var x = Layer.Input(3);
        var model = new Model(x, x + new Variable(Tensor.Of([1f, 2, 3], [3])).Value);
        Assert.That(() => model.ToJson(), Throws.InstanceOf<NotSupportedException>().With.Message.Contains("a variable outside of layers"));
    }

    static JsonObject Function(string name, string className, string config, string args, string module = "numpy") => JsonNode.Parse(
        $$$"""{"module": "keras.src.ops.{{{module}}}", "class_name": "{{{className}}}", "config": {"name": "{{{name}}}"{{{config}}}}, "registered_name": "{{{className}}}", "name": "{{{name}}}", "inbound_nodes": [{"args": {{{args}}}, "kwargs": {}}]}""")!.AsObject();

    const string X = """{"class_name": "__keras_tensor__", "config": {"shape": [null, 3, 4], "dtype": "float32", "keras_history": ["x", 0, 0]}}""";

    static Model WithFunction(JsonObject function, string result = "[\"f\", 0, 0]") => Model.FromConfig(new JsonObject
    {
        ["name"] = "m",
        ["trainable"] = true,
        ["layers"] = new JsonArray(JsonNode.Parse("""{"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 3, 4], "dtype": "float32", "name": "x"}, "name": "x", "inbound_nodes": []}"""), function),
        ["input_layers"] = new JsonArray("x", 0, 0),
        ["output_layers"] = JsonNode.Parse(result),
    });

    static IEnumerable<TestCaseData> Functions()
    {
        TestCaseData Row(string className, string config, string args, Func<Tensor, Tensor> expected, string module = "numpy") =>
            new TestCaseData(Function("f", className, config, args, module), expected).SetName($"function {className} {config}");
        yield return Row("Add", "", $"[{X}, 2.0]", x => x + 2.0);
        yield return Row("GetItem", "", $$$"""[{{{X}}}, [{"class_name": "__slice__", "config": {"start": null, "stop": null, "step": null}}, {"class_name": "__slice__", "config": {"start": 0, "stop": 1, "step": null}}]]""", x => Ops.GetItem(x, .., 0..1));
        yield return Row("GetItem", "", $"[{X}, 1]", x => Ops.GetItem(x, 1));
        yield return Row("Mean", """, "axis": [1], "keepdims": true""", $"[{X}]", x => Ops.Mean(x, 1, true));
        yield return Row("Mean", """, "axis": null, "keepdims": false""", $"[{X}]", x => Ops.Mean(x));
        yield return Row("Reshape", """, "newshape": [-1, 12]""", $"[{X}]", x => Ops.Reshape(x, [-1, 12]));
        yield return Row("Transpose", """, "axes": [0, 2, 1]""", $"[{X}]", x => Ops.Transpose(x, new[] { 0, 2, 1 }));
        yield return Row("Concatenate", """, "axis": 1""", $"[[{X}, {X}]]", x => Ops.Concatenate([x, x], 1));
        yield return Row("Einsum", """, "subscripts": "bij,bkj->bik" """, $"[{X}, {X}]", x => Ops.Einsum("bij,bkj->bik", x, x));
        yield return Row("Clip", """, "x_min": -0.5, "x_max": 0.5""", $"[{X}]", x => Ops.Clip(x, -0.5, 0.5));
        yield return Row("LeakyRelu", """, "negative_slope": 0.3""", $"[{X}]", x => Ops.LeakyRelu(x, 0.3), "nn");
        yield return Row("Softmax", """, "axis": 1""", $"[{X}]", x => Ops.Softmax(x, axis: 1), "nn");
        yield return Row("Logsumexp", """, "axis": [-1], "keepdims": true""", $"[{X}]", x => Ops.Logsumexp(x, -1, true), "math");
        yield return Row("Cast", """, "dtype": "float64" """, $"[{X}]", x => Ops.Cast(x, DType.Float64), "core");
        yield return Row("Where", "", $"[true, {X}, 0.0]", x => Ops.Where(true, x, 0.0));
        yield return Row("Matmul", "", $$$"""[{{{X}}}, {"class_name": "__tensor__", "config": {"value": [[1.0], [2.0], [3.0], [4.0]], "dtype": "float32"}}]""", x => Ops.Matmul(x, Tensor.Of([1f, 2, 3, 4], [4, 1])));
        yield return Row("Pad", """, "pad_width": [[0, 0], [1, 1], [0, 0]], "mode": "constant" """, $"[{X}, null]", x => Ops.Pad(x, [(0, 0), (1, 1), (0, 0)]));
        yield return Row("ExpandDims", """, "axis": 1""", $"[{X}]", x => Ops.ExpandDims(x, 1));
        yield return Row("OneHot", """, "num_classes": 3, "axis": -1, "dtype": "float32", "sparse": false""", $"[{X}]", x => Ops.OneHot(x, 3), "nn");
    }

    [TestCaseSource(nameof(Functions))]
    public void Functions_of_Keras_are_called(JsonObject function, Func<Tensor, Tensor> expected)
    {
        var model = WithFunction(function);
        var x = Numbers(2, 3, 4);
        Assert.That(model.Apply(x).ToDoubles(), Is.EqualTo(expected(x).ToDoubles()));
        Assert.That(JsonNode.DeepEquals(model.GetConfig()["layers"]![1], function), model.GetConfig().ToJsonString());
        Assert.That(model.Layers.Select(l => l.Name), Is.EqualTo(new[] { "x" }));
    }

    [Test]
    public void Results_of_a_function_are_counted()
    {
        var model = WithFunction(Function("f", "Split", """, "indices_or_sections": 2, "axis": 2""", $"[{X}]"), """[["f", 0, 1], ["f", 0, 0]]""");
        var x = Numbers(2, 3, 4);
        Assert.That(model.Apply((Nest)x).Flatten()[0].ToDoubles(), Is.EqualTo(Ops.GetItem(x, TensorIndex.Ellipsis, 2..).ToDoubles()));
        CheckSame(model, x);
    }

    [Test]
    public void Calls_as_before_Keras_3_are_read()
    {
        var config = JsonNode.Parse("""
            {"name": "old", "layers": [
              {"class_name": "InputLayer", "config": {"batch_shape": [null, 4], "dtype": "float32", "name": "a"}, "name": "a", "inbound_nodes": []},
              {"class_name": "Dense", "config": {"name": "d", "units": 4}, "name": "d", "inbound_nodes": [[["a", 0, 0, {}]], [["d", 0, 0, {}]]]},
              {"class_name": "Add", "config": {"name": "s"}, "name": "s", "inbound_nodes": [[["d", 0, 0, {}], ["d", 1, 0, {}]]]}],
             "input_layers": [["a", 0, 0]], "output_layers": [["s", 0, 0]]}
            """)!.AsObject();
        var model = Model.FromConfig(config);
        Assert.That(model.CountParams(), Is.EqualTo(20));
        Assert.That(model.Predict(Numbers(2, 4)).Shape, Is.EqualTo((Shape)new[] { 2, 4 }));
        Assert.That(model.GetConfig()["output_layers"]!.ToJsonString(), Is.EqualTo("""[["s",0,0]]"""));
    }

    [Test]
    public void Inputs_that_nothing_needs_have_their_place()
    {
        Tensor j = new Input([2], name: "j").Output, k = new Input([2], name: "k").Output;
        var model = new Model(new[] { j, k }, Nest.List(new Dense(2, name: "y").Apply(j), new Dense(2, name: "z").Apply(j)));
        Assert.That(model.Layers.Select(l => l.Name), Is.EqualTo(new[] { "j", "k", "y", "z" }));
        CheckSame(model, new[] { Numbers(2, 2), Numbers(2, 2) });
    }

    [Test]
    public void Names_are_unique_within_a_model()
    {
        var x = Layer.Input(2);
        var y = new Dense(2, name: "same").Apply(new Dense(2, name: "same").Apply(x));
        Assert.That(() => new Model(x, y), Throws.ArgumentException.With.Message.Contains("\"same\" 2 times"));
    }

    [Test]
    public void A_frozen_model_stays_frozen()
    {
        var x = Layer.Input(2);
        var inner = new Sequential([new Input(2), new Dense(2)]) { Trainable = false };
        var again = Again(new Model(x, new Dense(2).Apply(inner.Apply(x))));
        Assert.That(again.TrainableWeights, Has.Count.EqualTo(2));
    }

    [Test]
    public void Sequential_models_without_an_input_are_built_for_the_shape_of_the_file()
    {
        var model = new Sequential([new Flatten(), new Dense(3)]);
        Assert.That(((Model)Layer.Deserialize(model.Serialize())).Built, Is.False);
        model.Apply(Numbers(2, 4));
        CheckSame(model, Numbers(2, 4));
    }

    [TestCase("Functional", "keras.src.engine.functional"), TestCase("Functional", "keras.src.models.functional"), TestCase("Model", "keras.models"), TestCase("Functional", null)]
    public void Functional_models_have_several_names(string name, string? module)
    {
        var x = Layer.Input(2);
        var node = new Model(x, new Dense(2).Apply(x)).Serialize();
        (node["class_name"], node["module"], node["registered_name"]) = (name, module, name);
        var again = Layer.Deserialize(node);
        Assert.That(again.Serialize()["class_name"]!.ToString(), Is.EqualTo("Functional"));
    }

    [Test]
    public void Sequential_models_within_others_need_no_input_of_the_outer_one()
    {
        var model = new Sequential([new Sequential([new Input(16), new Dense(3)]), new Dense(2)]);
        Assert.That(model.Built, Is.True);
        CheckSame(model, Numbers(2, 16));
        Assert.That(() => Keras.Models.ModelFromJson(new Sequential([new Flatten(), new Dense(60)]).ToJson()).CountParams(), Throws.InvalidOperationException.With.Message.Contains("no weights yet"));
    }

    sealed class Doubled(int units, string? name = null) : Model(name)
    {
        readonly Dense _dense = new(units);

        public int Units => units;

        protected override Tensor Call(Tensor x, CallContext context) => _dense.Apply(x) * 2;
    }

    [Test]
    public void A_model_of_ones_own_is_built_for_the_shape_of_the_file()
    {
        var model = new Doubled(3, "own");
        model.Apply(Numbers(2, 4));
        var custom = new CustomObjects { { "Doubled", typeof(Doubled) } };
        var again = Keras.Models.ModelFromJson(model.ToJson(), custom);
        again.SetWeights(model.GetWeights());
        Assert.That(again.Apply(Numbers(2, 4)).ToDoubles(), Is.EqualTo(model.Apply(Numbers(2, 4)).ToDoubles()));
    }

    [Test]
    public void What_a_model_was_compiled_with_is_kept_as_it_was_given()
    {
        var x = Layer.Input(2);
        var model = new Model(x, new Dictionary<string, Nest> { ["a"] = new Dense(2).Apply(x), ["b"] = new Dense(1).Apply(x) });
        model.Compile(new Optimizers.Adam(0.5), new Dictionary<string, Loss> { ["a"] = "mse", ["b"] = new Losses.Huber(0.7) }, [1, 0.5],
            new Dictionary<string, Metric[]> { ["a"] = ["mae", new Metrics.RootMeanSquaredError()] });
        var again = Again(model);
        Assert.That(again.GetCompileConfig()!["loss"]!["a"]!.ToString(), Is.EqualTo("mse"));
        Assert.That(again.GetCompileConfig()!["metrics"]!["a"]![0]!.ToString(), Is.EqualTo("mae"));
        Assert.That((double)again.Optimizer!.GetConfig()["learning_rate"]!, Is.EqualTo(0.5));
        Assert.That(again.Optimizer!.Built, Is.True);
        var y = new Dictionary<string, Tensor> { ["a"] = Numbers(4, 2), ["b"] = Numbers(4, 1) };
        Assert.That(again.Evaluate(Numbers(4, 2), y, verbose: 0)["loss"], Is.EqualTo(model.Evaluate(Numbers(4, 2), y, verbose: 0)["loss"]));
    }

    [Test]
    public void Two_models_with_the_same_names_live_side_by_side()
    {
        var json = new Sequential([new Input(2), new Dense(2)]).ToJson();
        var (a, b) = (Keras.Models.ModelFromJson(json), Keras.Models.ModelFromJson(json));
        b.SetWeights(a.GetWeights());
        Assert.That(a.Predict(Numbers(2, 2)).ToDoubles(), Is.EqualTo(b.Predict(Numbers(2, 2)).ToDoubles()));
    }
}
