using System.Text.Json.Nodes;
using Keras.Core.Tests.Files;

namespace Keras.Core.Tests.Saving;

using static TensorFlowFiles;
using Saving = Keras.Saving;

/// <summary>Functions of TensorFlow between the layers of models that tf.keras saved.</summary>
sealed class TensorFlowOpsTests
{
    static Model Again(Model model)
    {
        using var folder = new TemporaryFolder();
        model.Save(folder["m.keras"]);
        return Saving.LoadModel(folder["m.keras"]);
    }

    static void Check(string config, bool hasDense, params double[][] expected)
    {
        foreach (var file in (byte[][])[OldFile(config, hasDense), Archive(config, hasDense)])
        {
            var model = Saving.LoadModel(file);
            var computed = Computed(model);
            Assert.That(computed, Has.Length.EqualTo(expected.Length));
            for (var i = 0; i < computed.Length; i++) Assert.That(computed[i], Is.EqualTo(expected[i]).Within(1e-6));
            var layers = model.GetConfig()["layers"]!.AsArray();
            Assert.That(layers.Select(l => (string?)l!["module"]), Is.All.StartsWith("keras.src.ops.").Or.EqualTo("keras.layers"));
            var again = Again(model);
            Assert.That(Computed(again), Is.EqualTo(computed));
            Assert.That(JsonNode.DeepEquals(again.GetConfig(), model.GetConfig()));
        }
    }

    static IEnumerable<TestCaseData> Functions()
    {
        TestCaseData Row(string function, string kwargs, Func<Tensor, Tensor> expected, string? before = null) =>
            new TestCaseData((before is null ? "" : before + ", ") + Layer(function, $"""["x", 0, 0, {kwargs}]"""), expected).SetName($"tf.{function} {kwargs}");
        TestCaseData Node(string function, string node, Func<Tensor, Tensor> expected) => new TestCaseData(Layer(function, node), expected).SetName($"tf.{function} of {node}");
        TestCaseData Index(string spec, Func<Tensor, Tensor> expected) => new TestCaseData(Slice(spec), expected).SetName($"x[{spec}]");

        yield return Row("__operators__.add", """{"y": 0.5, "name": null}""", x => x + 0.5);
        yield return Row("__operators__.add", """{"y": ["x", 0, 0], "name": null}""", x => x + x);
        yield return Row("math.subtract", """{"y": 1, "name": null}""", x => x - 1);
        yield return Node("math.subtract", """["_CONSTANT_VALUE", -1, 1.0, {"y": ["x", 0, 0], "name": null}]""", x => 1.0 - x);
        yield return Row("math.multiply", """{"y": [1.0, 2.5, 3.0, -4.0], "name": null}""", x => x * Tensor.Of([1f, 2.5f, 3f, -4f], [4]));
        yield return Row("math.multiply", """{"y": [[1, 2, 3, 4]]}""", x => x * Tensor.Of([1f, 2, 3, 4], [1, 4]));
        yield return Node("math.truediv", """["_CONSTANT_VALUE", -1, [2.0, 3.0, 4.0, 5.0], {"y": ["x", 0, 0], "name": null}]""", x => Tensor.Of([2f, 3, 4, 5], [4]) / x);
        yield return Row("math.divide", """{"y": 4.0}""", x => x / 4.0);
        yield return Row("math.floordiv", """{"y": 0.5}""", x => Ops.FloorDivide(x, 0.5));
        yield return Row("math.floormod", """{"y": 0.5}""", x => Ops.Mod(x, 0.5));
        yield return Row("math.pow", """{"y": 2.0}""", x => Ops.Power(x, 2.0));
        yield return Row("math.maximum", """{"y": 0.0}""", x => Ops.Maximum(x, 0.0));
        yield return Row("math.minimum", """{"y": ["x", 0, 0]}""", x => x);
        yield return Row("math.divide_no_nan", """{"y": 0.0}""", x => x * 0.0);
        yield return Row("math.squared_difference", """{"y": 0.25}""", x => Ops.Square(x - 0.25));
        yield return Row("math.atan2", """{"x": 2.0}""", x => Ops.Arctan2(x, 2.0));
        yield return Row("math.greater", """{"y": 0}""", x => x > 0);
        yield return Row("__operators__.ne", """{"other": 0.0}""", x => Ops.NotEqual(x, 0.0));
        foreach (var (name, function) in ((string, Func<Tensor, Tensor>)[])[("math.abs", Ops.Abs), ("math.negative", Ops.Negative), ("math.square", Ops.Square), ("math.exp", Ops.Exp), ("math.tanh", Ops.Tanh),
            ("math.sigmoid", Ops.Sigmoid), ("math.sin", Ops.Sin), ("math.floor", Ops.Floor), ("math.sign", Ops.Sign), ("math.erf", Ops.Erf), ("math.softplus", Ops.Softplus), ("nn.softsign", Ops.Softsign),
            ("nn.relu", x => Ops.Relu(x)), ("nn.relu6", Ops.Relu6), ("nn.selu", Ops.Selu), ("nn.elu", x => Ops.Elu(x)), ("math.log_sigmoid", Ops.LogSigmoid), ("identity", x => x), ("stop_gradient", x => x),
            ("math.is_nan", Ops.Isnan), ("math.round", x => Ops.Round(x)), ("compat.v1.nn.silu", Ops.Silu)])
            yield return Row(name, """{"name": null}""", function);
        yield return Row("nn.leaky_relu", "{}", x => Ops.LeakyRelu(x, 0.2));
        yield return Row("nn.leaky_relu", """{"alpha": 0.3}""", x => Ops.LeakyRelu(x, 0.3));
        yield return Row("nn.gelu", "{}", x => Ops.Gelu(x, false));
        yield return Row("nn.gelu", """{"approximate": true}""", x => Ops.Gelu(x, true));
        yield return Row("nn.silu", """{"beta": 1.0}""", Ops.Silu);
        yield return Row("nn.swish", """{"beta": 2.0}""", x => x * Ops.Sigmoid(x * 2.0));
        yield return Row("nn.softmax", """{"axis": null}""", x => Ops.Softmax(x));
        yield return Row("nn.softmax", """{"axis": 1}""", x => Ops.Softmax(x, 1));
        yield return Row("nn.log_softmax", "{}", x => Ops.LogSoftmax(x));
        yield return Row("math.l2_normalize", """{"axis": 2, "epsilon": 1e-12, "name": null}""", x => x / Ops.Sqrt(Ops.Sum(x * x, 2, true)));
        yield return Row("math.l2_normalize", """{"axis": -1, "epsilon": 100.0}""", x => x / 10.0);
        yield return Row("math.reduce_mean", """{"axis": 1, "keepdims": true}""", x => Ops.Mean(x, 1, true));
        yield return Row("math.reduce_mean", """{"axis": [1, 2]}""", x => Ops.Mean(x, new[] { 1, 2 }));
        yield return Row("math.reduce_sum", """{"axis": -1}""", x => Ops.Sum(x, -1));
        yield return Row("math.reduce_max", """{"axis": [-1], "keepdims": false, "name": null}""", x => Ops.Max(x, -1));
        yield return Row("math.reduce_min", """{"axis": 2}""", x => Ops.Min(x, 2));
        yield return Row("math.reduce_prod", """{"axis": 2}""", x => Ops.Prod(x, 2));
        yield return Row("math.reduce_std", """{"axis": 2}""", x => Ops.Std(x, 2));
        yield return Row("math.reduce_variance", """{"axis": 2}""", x => Ops.Var(x, 2));
        yield return Row("math.reduce_logsumexp", """{"axis": 1}""", x => Ops.Logsumexp(x, 1));
        yield return Row("math.reduce_euclidean_norm", """{"axis": 1}""", x => Ops.Sqrt(Ops.Sum(x * x, 1)));
        yield return Row("norm", """{"ord": "euclidean", "axis": -1, "keepdims": true}""", x => Ops.Sqrt(Ops.Sum(x * x, -1, true)));
        yield return Row("compat.v1.reduce_sum", """{"axis": null, "keepdims": null, "name": null, "reduction_indices": [1], "keep_dims": true}""", x => Ops.Sum(x, 1, true));
        yield return Row("math.argmax", """{"axis": -1, "output_type": "int32"}""", x => Ops.Argmax(x, -1));
        yield return Row("math.cumsum", """{"axis": 1, "exclusive": false, "reverse": false}""", x => Ops.Cumsum(x, 1));
        yield return Row("math.cumsum", """{"axis": 1, "reverse": true}""", x => Ops.Flip(Ops.Cumsum(Ops.Flip(x, 1), 1), 1));
        yield return Row("sort", """{"axis": -1, "direction": "DESCENDING"}""", x => Ops.Flip(Ops.Sort(x, -1), -1));
        yield return Row("reverse", """{"axis": [1]}""", x => Ops.Flip(x, 1));
        yield return Row("roll", """{"shift": 1, "axis": 1}""", x => Ops.Roll(x, 1, 1));
        yield return Row("clip_by_value", """{"clip_value_min": -0.5, "clip_value_max": 0.5}""", x => Ops.Clip(x, -0.5, 0.5));
        yield return Row("clip_by_value", """{"clip_value_min": ["x", 0, 0], "clip_value_max": 0.5}""", x => Ops.Maximum(Ops.Minimum(x, 0.5), x));
        yield return Row("cast", """{"dtype": "int32", "name": null}""", x => Ops.Cast(x, DType.Int32));
        yield return Row("zeros_like", """{"dtype": null}""", x => x * 0.0);
        yield return Row("ones_like", """{"dtype": "int32"}""", x => Ops.Cast((x * 0.0) + 1.0, DType.Int32));
        yield return Row("expand_dims", """{"axis": 1}""", x => Ops.ExpandDims(x, 1));
        yield return Row("reshape", """{"shape": [-1, 12]}""", x => Ops.Reshape(x, [2, 12]));
        yield return Row("compat.v1.transpose", """{"perm": [0, 2, 1], "name": "transpose", "conjugate": false}""", x => Ops.Transpose(x, new[] { 0, 2, 1 }));
        yield return Row("tile", """{"multiples": [1, 2, 1]}""", x => Ops.Tile(x, new[] { 1, 2, 1 }));
        yield return Row("repeat", """{"repeats": 2, "axis": 1}""", x => Ops.Repeat(x, 2, 1));
        yield return Row("compat.v1.pad", """{"paddings": [[0, 0], [1, 2], [0, 1]], "mode": "CONSTANT", "constant_values": 7.0}""", x => Ops.Pad(x, [(0, 0), (1, 2), (0, 1)], 7.0));
        yield return Row("pad", """{"paddings": [[0, 0], [1, 1], [0, 0]], "mode": "REFLECT", "constant_values": 0}""", x => Ops.Pad(x, [(0, 0), (1, 1), (0, 0)], "reflect"));
        yield return Row("compat.v1.gather", """{"indices": [2, 0], "validate_indices": null, "name": null, "axis": 1, "batch_dims": 0}""", x => Ops.Take(x, Tensor.Of([2, 0], [2]), 1));
        yield return Row("linalg.matmul", """{"b": ["x", 0, 0], "transpose_a": false, "transpose_b": true, "adjoint_a": false, "adjoint_b": false, "a_is_sparse": false, "b_is_sparse": false, "output_type": null}""",
            x => Ops.Matmul(x, Ops.Swapaxes(x, 1, 2)));
        yield return Row("linalg.matvec", """{"b": ["m", 0, 0], "transpose_a": false, "transpose_b": false}""", x => Ops.Squeeze(Ops.Matmul(x, Ops.ExpandDims(Ops.Max(x, 1), -1)), -1), Layer("math.reduce_max", """["x", 0, 0, {"axis": 1}]""", "m"));
        yield return Row("nn.batch_normalization", """{"mean": ["p", 0, 0], "variance": ["p", 0, 1], "offset": 1.0, "scale": [2.0, 1.0, 1.0, 3.0], "variance_epsilon": 0.001}""",
            x => (x - Ops.Mean(x, 1, true)) / Ops.Sqrt(Ops.Var(x, 1, true) + 0.001) * Tensor.Of([2f, 1, 1, 3], [4]) + 1.0, Layer("nn.moments", """["x", 0, 0, {"axes": [1], "keepdims": true}]""", "p"));
        yield return Row("tensordot", """{"b": [[1.0], [2.0], [3.0], [4.0]], "axes": [[2], [0]]}""", x => Ops.Matmul(x, Tensor.Of([1f, 2, 3, 4], [4, 1])));
        yield return Row("nn.bias_add", """{"bias": [1.0, 2.0, 3.0, 4.0], "data_format": null}""", x => x + Tensor.Of([1f, 2, 3, 4], [4]));
        yield return Row("strided_slice", """{"begin": [0, 1, 0], "end": [0, 3, 2], "strides": null, "begin_mask": 1, "end_mask": 1, "ellipsis_mask": 0, "new_axis_mask": 0, "shrink_axis_mask": 0}""", x => x[.., 1..3, 0..2]);
        yield return Row("slice", """{"begin": [0, 1, 0], "size": [-1, 2, -1]}""", x => x[.., 1..3, ..]);
        yield return Node("where", """["x", 0, 0, {"x": ["x", 0, 0], "y": -1.0}]""", x => Ops.Where(Ops.Cast(x, DType.Bool), x, -1.0));
        yield return Node("concat", """[["x", 0, 0, {"axis": 1}], ["x", 0, 0, {"axis": 1}]]""", x => Ops.Concatenate([x, x], 1));
        yield return Node("concat", """[["x", 0, 0, {"axis": -1, "name": "concat"}]]""", x => x);
        yield return Node("stack", """[["x", 0, 0, {"axis": 1}], ["x", 0, 0, {"axis": 1}]]""", x => Ops.Stack([x, x], 1));
        yield return Node("math.add_n", """[["x", 0, 0, {}], ["x", 0, 0, {}], ["x", 0, 0, {}]]""", x => x * 3.0);
        yield return Index("0", x => x[0..1]);
        yield return Index("""[{"start": null, "stop": null, "step": null}, 0]""", x => Ops.GetItem(x, TensorIndex.Slice(), 0));
        yield return Index("""[{"class_name": "__ellipsis__"}, null]""", x => Ops.GetItem(x, TensorIndex.Ellipsis, TensorIndex.NewAxis));
        yield return Index("""[{"class_name": "__ellipsis__", "config": {}}, {"start": -1, "stop": null, "step": -2}]""", x => Ops.GetItem(x, TensorIndex.Ellipsis, TensorIndex.Slice(-1, null, -2)));
    }

    [TestCaseSource(nameof(Functions))]
    public void Functions_are_those_of_Keras(string layer, Func<Tensor, Tensor> expected)
    {
        // A single index takes the samples apart, of which Predict gives one a row.
        if (layer.Contains("\"slice_spec\": 0}", StringComparison.Ordinal))
        {
            Assert.That(Saving.LoadModel(OldFile(Graph(layer))).Apply(Numbers).ToDoubles(), Is.EqualTo(expected(Numbers).ToDoubles()));
            return;
        }
        Check(Graph(layer), false, expected(Numbers).ToDoubles());
    }

    static IEnumerable<TestCaseData> SeveralResults()
    {
        TestCaseData Row(string function, string kwargs, int count, Func<Tensor, IEnumerable<Tensor>> expected) => new TestCaseData(Graph(Layer(function, $"""["x", 0, 0, {kwargs}]"""),
            string.Join(", ", Enumerable.Range(0, count).Select(i => $"""["f", 0, {i}]"""))), expected).SetName($"results of tf.{function} {kwargs}");
        yield return Row("split", """{"num_or_size_splits": 2, "axis": 2, "num": null, "name": "split"}""", 2, x => Ops.Split(x, 2, 2));
        yield return Row("split", """{"num_or_size_splits": [1, 2, -1], "axis": -1}""", 3, x => Ops.Split(x, new[] { 1, 3 }, -1));
        yield return Row("unstack", """{"num": null, "axis": 1}""", 3, x => Ops.Unstack(x, null, 1));
        yield return Row("math.top_k", """{"k": 2, "sorted": true}""", 2, x => [Ops.TopK(x, 2).Values, Ops.TopK(x, 2).Indices]);
        yield return Row("nn.moments", """{"axes": [1, 2], "shift": null, "keepdims": true}""", 2, x => [Ops.Moments(x, new[] { 1, 2 }, true).Mean, Ops.Moments(x, new[] { 1, 2 }, true).Variance]);
    }

    [TestCaseSource(nameof(SeveralResults))]
    public void Results_keep_their_places(string config, Func<Tensor, IEnumerable<Tensor>> expected) => Check(config, false, [.. expected(Numbers).Select(t => t.ToDoubles())]);

    static IEnumerable<TestCaseData> Images()
    {
        TestCaseData Row(string function, string kwargs, Func<Tensor, Tensor> expected) => new TestCaseData($"{Layer("expand_dims", """["x", 0, 0, {"axis": 3}]""", "e")}, {Layer(function, $"""["e", 0, 0, {kwargs}]""")}", expected)
            .SetName($"image tf.{function} {kwargs}");
        const string kernel = "[[[[1.0]], [[2.0]]], [[[3.0]], [[-1.0]]]]";
        var values = Tensor.Of([1f, 2, 3, -1], [2, 2, 1, 1]);
        yield return Row("nn.conv2d", $$$"""{"filters": {{{kernel}}}, "strides": [1, 1, 1, 1], "padding": "SAME", "data_format": "NHWC", "dilations": null}""", x => Ops.Conv(x, values, 1, "same"));
        yield return Row("nn.depthwise_conv2d", $$$"""{"filter": {{{kernel}}}, "strides": [1, 2, 2, 1], "padding": "VALID"}""", x => Ops.DepthwiseConv(x, values, 2, "valid"));
        yield return Row("nn.max_pool2d", """{"ksize": 2, "strides": [1], "padding": "VALID"}""", x => Ops.MaxPool(x, 2, 1));
        yield return Row("nn.avg_pool2d", """{"ksize": [1, 2, 2, 1], "strides": [1, 1, 1, 1], "padding": "SAME"}""", x => Ops.AveragePool(x, 2, 1, "same"));
        yield return Row("image.resize", """{"size": [6, 8], "method": "bilinear", "preserve_aspect_ratio": false, "antialias": false}""", x => Ops.Resize(x, (6, 8)));
        yield return Row("image.resize", """{"size": [6, 8], "method": "nearest"}""", x => Ops.Resize(x, (6, 8), "nearest"));
        yield return Row("compat.v1.squeeze", """{"axis": [3], "name": null}""", x => Ops.Squeeze(x, 3));
        yield return Row("tile", """{"multiples": [1, 1, 1, 3]}""", x => Ops.Tile(x, new[] { 1, 1, 1, 3 }));
        yield return Row("image.flip_left_right", "{}", x => Ops.Flip(x, 2));
    }

    [TestCaseSource(nameof(Images))]
    public void Images_have_their_channels_last(string layers, Func<Tensor, Tensor> expected) => Check(Graph(layers), false, expected(Ops.ExpandDims(Numbers, 3)).ToDoubles());

    static IEnumerable<TestCaseData> Shapes()
    {
        const string shape = """["x", 0, 0, {"out_type": "int32", "name": null}]""";
        var batch = $"{Layer("compat.v1.shape", shape, "s")}, {Part("0")}";
        TestCaseData Row(string name, string layers, Func<Tensor, Tensor> expected) => new TestCaseData(layers, expected).SetName($"shape: {name}");
        yield return Row("the samples", $$"""{{batch}}, {{Layer("reshape", """["x", 0, 0, {"shape": [["b", 0, 0], 12]}]""")}}""", x => Ops.Reshape(x, [2, 12]));
        yield return Row("the samples, and one that follows", $$"""{{batch}}, {{Layer("reshape", """["x", 0, 0, {"shape": [["b", 0, 0], -1, 2]}]""")}}""", x => Ops.Reshape(x, [2, 6, 2]));
        yield return Row("through layers and functions", $$"""{{batch}}, {{Dense("x")}}, {{Layer("nn.relu", """["d", 0, 0, {}]""", "r")}}, {{Layer("reshape", """["r", 0, 0, {"shape": [["b", 0, 0], -1, 2]}]""")}}""",
            x => Ops.Reshape(Ops.Relu(Ops.Matmul(x, Tensor.Of(Kernel, [4, 4]))), [2, 6, 2]));
        yield return Row("stacked", $$"""{{batch}}, {{Layer("stack", """[["b", 0, 0, {"axis": 0}], ["_CONSTANT_VALUE", -1, 4, {"axis": 0}], ["_CONSTANT_VALUE", -1, 3, {"axis": 0}]]""", "t")}}, {{Layer("reshape", """["x", 0, 0, {"shape": ["t", 0, 0]}]""")}}""",
            x => Ops.Reshape(x, [2, 4, 3]));
        yield return Row("joined", $$"""{{Layer("compat.v1.shape", shape, "s")}}, {{Part("""[{"start": null, "stop": 1, "step": null}]""")}}, {{Layer("concat", """[["b", 0, 0, {"axis": 0}], ["_CONSTANT_VALUE", -1, [12], {"axis": 0}]]""", "t")}}, {{Layer("reshape", """["x", 0, 0, {"shape": ["t", 0, 0]}]""")}}""",
            x => Ops.Reshape(x, [2, 12]));
        yield return Row("of what the model takes", $$"""{{batch}}, {{Part("-1", name: "c")}}, {{Layer("reshape", """["x", 0, 0, {"shape": [["b", 0, 0], ["c", 0, 0], -1]}]""")}}""", x => Ops.Reshape(x, [2, 4, 3]));
        yield return Row("products", $$"""{{Layer("compat.v1.shape", shape, "s")}}, {{Part("0", name: "b")}}, {{Part("1", name: "h")}}, {{Layer("math.multiply", """["h", 0, 0, {"y": 2}]""", "p")}}, {{Layer("reshape", """["x", 0, 0, {"shape": [["b", 0, 0], ["p", 0, 0], 2]}]""")}}""",
            x => Ops.Reshape(x, [2, 6, 2]));
        yield return Row("of a shape that was computed before", $$"""{{batch}}, {{Layer("reshape", """["x", 0, 0, {"shape": [["b", 0, 0], 4, 3]}]""", "r")}}, {{Layer("reshape", """["r", 0, 0, {"shape": [["b", 0, 0], -1, 6]}]""")}}""",
            x => Ops.Reshape(x, [2, 2, 6]));
    }

    [TestCaseSource(nameof(Shapes))]
    public void Shapes_that_are_computed_become_sizes(string layers, Func<Tensor, Tensor> expected) =>
        Check(Graph(layers), layers.Contains("\"Dense\"", StringComparison.Ordinal), expected(Numbers).ToDoubles());

    static IEnumerable<TestCaseData> Nodes()
    {
        TestCaseData Row(string op, string attributes, string constants, Func<Tensor, Tensor> expected, string inputs = """["x", 0, 0, {}]""", string before = "") =>
            new TestCaseData(before + Node(op, attributes, constants, inputs), expected).SetName($"op {op} {attributes} {constants}");
        const string both = """["x", 0, 0, {}], ["x", 0, 0, {}]""";
        yield return Row("AddV2", "", """{"1": 0.5}""", x => x + 0.5);
        yield return Row("AddV2", "", "{}", x => x + x, both);
        yield return Row("Sub", "", """{"0": 1.0}""", x => 1.0 - x);
        yield return Row("Mul", "", """{"1": [1.0, 2.0, 3.0, 4.0]}""", x => x * Tensor.Of([1f, 2, 3, 4], [4]));
        yield return Row("RealDiv", "", """{"1": 3.0}""", x => x / 3.0);
        yield return Row("Maximum", "", """{"1": 0.0}""", x => Ops.Maximum(x, 0.0));
        yield return Row("SquaredDifference", "", "{}", x => x * 0.0, both);
        yield return Row("Square", "", "{}", Ops.Square);
        yield return Row("LeakyRelu", """, "alpha": {"f": 0.25}""", "{}", x => Ops.LeakyRelu(x, 0.25));
        yield return Row("Softmax", "", "{}", x => Ops.Softmax(x));
        yield return Row("Mean", """, "keep_dims": {"b": true}, "Tidx": {"type": "DT_INT32"}""", """{"1": [1, 2]}""", x => Ops.Mean(x, new[] { 1, 2 }, true));
        yield return Row("Sum", """, "keep_dims": {"b": false}, "Tidx": {"type": "DT_INT32"}""", """{"1": -1}""", x => Ops.Sum(x, -1));
        yield return Row("ArgMax", """, "output_type": {"type": "DT_INT64"}, "Tidx": {"type": "DT_INT32"}""", """{"1": 2}""", x => Ops.Argmax(x, 2));
        yield return Row("Reshape", """, "Tshape": {"type": "DT_INT32"}""", """{"1": [-1, 12]}""", x => Ops.Reshape(x, [2, 12]));
        yield return Row("Transpose", """, "Tperm": {"type": "DT_INT32"}""", """{"1": [0, 2, 1]}""", x => Ops.Transpose(x, new[] { 0, 2, 1 }));
        yield return Row("ExpandDims", "", """{"1": 1}""", x => Ops.ExpandDims(x, 1));
        yield return Row("Squeeze", """, "squeeze_dims": {"list": {"i": ["1"]}}""", "{}", x => Ops.Mean(x, 1), """["m", 0, 0, {}]""", Node("Mean", """, "keep_dims": {"b": true}""", """{"1": 1}""", """["x", 0, 0, {}]""", "m") + ", ");
        yield return Row("ConcatV2", """, "N": {"i": "2"}, "Tidx": {"type": "DT_INT32"}""", """{"2": 1}""", x => Ops.Concatenate([x, x], 1), both);
        yield return Row("Pack", """, "N": {"i": "2"}, "axis": {"i": "1"}""", "{}", x => Ops.Stack([x, x], 1), both);
        yield return Row("StridedSlice", """, "Index": {"type": "DT_INT32"}, "begin_mask": {"i": "1"}, "end_mask": {"i": "1"}, "ellipsis_mask": {"i": "0"}, "new_axis_mask": {"i": "0"}, "shrink_axis_mask": {"i": "2"}""",
            """{"1": [0, 1], "2": [0, 2], "3": [1, 1]}""", x => Ops.GetItem(x, TensorIndex.Slice(), 1));
        yield return Row("Cast", """, "SrcT": {"type": "DT_FLOAT"}, "DstT": {"type": "DT_INT32"}, "Truncate": {"b": false}""", "{}", x => Ops.Cast(x, DType.Int32));
        yield return Row("MatMul", """, "transpose_a": {"b": false}, "transpose_b": {"b": true}""", """{"1": [[1.0, 2.0, 3.0, 4.0]]}""", x => Ops.Matmul(x, Tensor.Of([1f, 2, 3, 4], [4, 1])));
        yield return Row("BatchMatMulV2", """, "adj_x": {"b": false}, "adj_y": {"b": true}""", "{}", x => Ops.Matmul(x, Ops.Swapaxes(x, 1, 2)), both);
        yield return Row("MirrorPad", """, "mode": {"s": "UkVGTEVDVA=="}""", """{"1": [[0, 0], [1, 1], [0, 0]]}""", x => Ops.Pad(x, [(0, 0), (1, 1), (0, 0)], "reflect"));
        yield return Row("GatherV2", """, "batch_dims": {"i": "0"}""", """{"1": [2, 0], "2": 1}""", x => Ops.Take(x, Tensor.Of([2, 0], [2]), 1));
        yield return Row("Einsum", """, "N": {"i": "2"}, "equation": {"s": "YmlqLGJrai0+Ymlr"}""", "{}", x => Ops.Matmul(x, Ops.Swapaxes(x, 1, 2)), both);
        yield return Row("Reshape", "", "{}", x => Ops.Reshape(x, [2, 12]), """["x", 0, 0, {}], ["t", 0, 0, {}]""",
            $"""{Node("Shape", "", "{}", """["x", 0, 0, {}]""", "s")}, {Node("StridedSlice", """, "shrink_axis_mask": {"i": "1"}""", """{"1": [0], "2": [1], "3": [1]}""", """["s", 0, 0, {}]""", "b")}, {Node("Pack", """, "axis": {"i": "0"}""", """{"1": 12}""", """["b", 0, 0, {}]""", "t")}, """);
    }

    [TestCaseSource(nameof(Nodes))]
    public void Nodes_of_graphs_are_functions_of_Keras(string layers, Func<Tensor, Tensor> expected)
    {
        var model = Saving.LoadModel(OldFile(Graph(layers, className: "Model"), version: "2.2.4-tf"));
        Assert.That(Computed(model)[0], Is.EqualTo(expected(Numbers).ToDoubles()).Within(1e-6));
        Assert.That(Computed(Again(model)), Is.EqualTo(Computed(model)));
    }

    [Test]
    public void Several_places_of_a_split_node_are_one_function()
    {
        var config = Graph(Node("Split", """, "num_split": {"i": "2"}""", """{"0": 2}""", """["x", 0, 0, {}]"""), """["f", 0, 1], ["f", 0, 0]""");
        var parts = Ops.Split(Numbers, 2, 2);
        Assert.That(Computed(Saving.LoadModel(OldFile(config))), Is.EqualTo(new[] { parts[1].ToDoubles(), parts[0].ToDoubles() }));
    }

    static string Block => $$"""
        {{Dense("x")}}, {{Layer("nn.gelu", """["d", 0, 0, {"approximate": false}]""", "g")}}, {{Layer("math.squared_difference", """["g", 0, 0, {"y": ["x", 0, 0]}]""", "q")}},
        {{Layer("math.reduce_mean", """["q", 0, 0, {"axis": 1}]""", "m")}}, {{Layer("concat", """[["m", 0, 0, {"axis": -1}], ["m", 0, 0, {"axis": -1}]]""")}}
        """;

    [TestCase(false), TestCase(true)]
    public void Models_with_functions_are_trained_and_saved(bool isArchive)
    {
        var config = Graph(Block);
        var model = Saving.LoadModel(isArchive ? Archive(config, true) : OldFile(config, true));
        var hidden = Ops.Matmul(Numbers, Tensor.Of(Kernel, [4, 4]));
        var mean = Ops.Mean(Ops.Square(Ops.Gelu(hidden, false) - Numbers), 1);
        Assert.That(Computed(model)[0], Is.EqualTo(Ops.Concatenate([mean, mean], -1).ToDoubles()).Within(1e-5));
        Assert.That(model.Layers.Select(l => l.Name), Is.EqualTo(new[] { "x", "d" }));
        model.Compile("sgd", "mse");
        var (before, y) = (model.Evaluate(Numbers, Ops.Ones([2, 8]), verbose: 0)["loss"], Ops.Ones([2, 8]));
        for (var i = 0; i < 5; i++) model.Fit(Numbers, y, verbose: 0);
        Assert.That(model.Evaluate(Numbers, y, verbose: 0)["loss"], Is.LessThan(before));
        Assert.That(Computed(Again(model)), Is.EqualTo(Computed(model)));
        using var folder = new TemporaryFolder();
        model.Save(folder["m.h5"]);
        Assert.That(Computed(Saving.LoadModel(folder["m.h5"])), Is.EqualTo(Computed(model)));
        Assert.That(Computed(Keras.Models.CloneModel(model))[0], Has.Length.EqualTo(16));
    }

    [Test]
    public void Functions_are_written_as_Keras_writes_them()
    {
        var layers = Saving.LoadModel(OldFile(Graph(Block), true)).GetConfig()["layers"]!.AsArray();
        var mean = layers.Single(l => (string?)l!["name"] == "m")!;
        Assert.That(mean["module"]!.ToString(), Is.EqualTo("keras.src.ops.numpy"));
        Assert.That(mean["registered_name"]!.ToString(), Is.EqualTo("Mean"));
        Assert.That(mean["config"]!.ToJsonString(), Is.EqualTo("""{"name":"m","axis":1,"keepdims":false}"""));
        Assert.That(mean["inbound_nodes"]![0]!["args"]![0]!["config"]!["keras_history"]!.ToJsonString(), Is.EqualTo("""["q",0,0]"""));
        Assert.That(mean["inbound_nodes"]![0]!["kwargs"]!.ToJsonString(), Is.EqualTo("{}"));
    }

    [Test]
    public void Numbers_of_lists_are_arrays_of_a_dtype()
    {
        JsonNode Argument(string y) => Saving.LoadModel(OldFile(Graph(Layer("math.multiply", $$$"""["x", 0, 0, {"y": {{{y}}}}]""")))).GetConfig()["layers"]![1]!["inbound_nodes"]![0]!["args"]![1]!["config"]!;
        Assert.That(Argument("[1.0, 2.0, 3.0, 4.0]")["dtype"]!.ToString(), Is.EqualTo("float32"));
        Assert.That(Argument("[1, 2, 3, 4]")["dtype"]!.ToString(), Is.EqualTo("int32"));
        Assert.That(Argument("[[true, false, true, true]]")["dtype"]!.ToString(), Is.EqualTo("bool"));
    }

    [Test]
    public void Long_chains_of_functions_are_read()
    {
        var layers = string.Join(", ", Enumerable.Range(0, 3000).Select(i => Layer("__operators__.add", $$$"""["{{{(i == 0 ? "x" : $"n{i - 1}")}}}", 0, 0, {"y": 1.0}]""", i == 2999 ? "f" : $"n{i}")));
        Assert.That(Saving.LoadModel(OldFile(Graph(layers))).Layers, Has.Count.EqualTo(1));
    }

    [Test]
    public void What_tf_keras_writes_as_JSON_is_read()
    {
        var config = JsonNode.Parse(Graph(Block))!.AsObject();
        (config["keras_version"], config["backend"]) = ("2.11.0", "tensorflow");
        var model = Keras.Models.ModelFromJson(config.ToJsonString());
        model.SetWeights([Tensor.Of(Kernel, [4, 4])]);
        Assert.That(Computed(model), Is.EqualTo(Computed(Saving.LoadModel(OldFile(Graph(Block), true)))));
    }
}
