using Keras.Core.Tests.Files;

namespace Keras.Core.Tests.Saving;

using static TensorFlowFiles;
using Saving = Keras.Saving;

/// <summary>Functions of TensorFlow that have no equal, and what files may hold in their places.</summary>
sealed class TensorFlowRefusalTests
{
    /// <summary>A layer in place of a function that Keras has not.</summary>
    public sealed class Scaled(double factor = 1, string? name = null) : Layer(name)
    {
        public double Factor => factor;

        protected override Nest Call(Nest inputs, CallContext context) => inputs.IsTensor ? inputs.Tensor * factor : inputs.Items[0].Tensor * inputs.Items[1].Tensor * factor;
    }

    [Test]
    public void Functions_without_an_equal_are_layers_of_the_program()
    {
        var file = OldFile(Graph(Layer("math.bessel_i0e", """["x", 0, 0, {"factor": 3.0, "name": null}]""")));
        var refused = Assert.Throws<ModelFileException>(() => Saving.LoadModel(file))!;
        Assert.That(refused.Message, Does.Contain("TFOpLambda \"f\"").And.Contain("math.bessel_i0e").And.Contain("customObjects"));
        var model = Saving.LoadModel(file, new CustomObjects { { "math.bessel_i0e", typeof(Scaled) } });
        Assert.That(Computed(model)[0], Is.EqualTo((Numbers * 3.0).ToDoubles()));
        var two = OldFile(Graph(Layer("math.zeta", """["x", 0, 0, {"q": ["x", 0, 0], "factor": 2.0}]""")));
        Assert.That(Computed(Saving.LoadModel(two, new CustomObjects { { "math.zeta", typeof(Scaled) } }))[0], Is.EqualTo((Numbers * Numbers * 2.0).ToDoubles()).Within(1e-6));
        var function = OldFile(Graph(Layer("math.lgamma", """["x", 0, 0, {"name": null}]""")));
        Assert.That(Computed(Saving.LoadModel(function, new CustomObjects { { "math.lgamma", (Func<Tensor, Tensor>)(x => x + 1.0) } }))[0], Is.EqualTo((Numbers + 1.0).ToDoubles()));
    }

    static IEnumerable<TestCaseData> Refusals()
    {
        TestCaseData Row(string name, string layers, params string[] says) => new TestCaseData(layers, says).SetName($"refused: {name}");
        TestCaseData Call(string function, string kwargs, params string[] says) => Row($"{function} {kwargs}", Layer(function, $"""["x", 0, 0, {kwargs}]"""), [.. says, "TFOpLambda \"f\"", function]);
        yield return Call("io.read_file", "{}", "unknown");
        yield return Call("py_function", """{"inp": null, "Tout": "float32"}""", "unknown");
        yield return Call("numpy_function", """{"func": {"class_name": "__lambda__", "config": {"code": "4wEAAAA="}}}""", "unknown");
        yield return Call("map_fn", "{}", "unknown");
        yield return Call("nn.dropout", """{"rate": 0.5}""", "unknown");
        yield return Call("compat.v1.where", """{"x": 1.0, "y": 2.0}""", "unknown");
        yield return Call("math.add", """{"y": {"class_name": "__lambda__", "config": {"value": ["4wEAAAA=", null, null]}}}""", "no tensor");
        yield return Call("math.add", """{"y": "__import__('os')"}""", "no tensor");
        yield return Call("math.add", """{"y": 1.0, "code": "4wEAAAA="}""", "\"code\" has no equal");
        yield return Call("math.add", "{}", "no tensor");
        yield return Call("math.add", """{"y": [["x", 0, 0], 1.0]}""", "no tensor");
        yield return Call("linalg.matmul", """{"b": [1.0, 2.0], "transpose_b": true}""", "no matrix");
        yield return Row("lists of different lengths", Layer("math.multiply", """["x", 0, 0, {"y": [[1.0, 2.0], [3.0]]}]"""), "Multiply \"f\"");
        yield return Call("math.reduce_sum", """{"axis": 1.5}""", "wrong form");
        yield return Call("math.reduce_sum", """{"axis": ["x", 0, 0]}""", "is a tensor");
        yield return Call("math.reduce_sum", """{"keepdims": "yes"}""", "wrong form");
        yield return Call("math.cumsum", """{"axis": 1, "exclusive": true}""", "exclusive");
        yield return Call("nn.max_pool2d", """{"ksize": 2, "strides": 2, "padding": "VALID", "data_format": "NCHW"}""", "channels");
        yield return Call("nn.conv2d", """{"filters": [[[[1.0]]]], "strides": 1, "padding": [[0, 0], [1, 1], [1, 1], [0, 0]]}""", "borders");
        yield return Call("nn.conv2d", """{"filters": [[[[1.0]]]], "strides": [2, 1, 1, 1], "padding": "SAME"}""", "strides");
        yield return Call("image.resize", """{"size": [6, 8], "method": "area"}""", "interpolation");
        yield return Call("image.resize", """{"size": [6, 8], "preserve_aspect_ratio": true}""", "preserve_aspect_ratio");
        yield return Call("one_hot", """{"depth": 3, "on_value": 5.0}""", "on_value");
        yield return Call("gather", """{"indices": [0], "axis": 1, "batch_dims": 1}""", "batch_dims");
        yield return Call("norm", """{"ord": 3, "axis": 1}""", "norm");
        yield return Call("pad", """{"paddings": [[0, 0]], "mode": "WRAP"}""", "mode");
        yield return Row("a dtype of other things", Layer("cast", """["x", 0, 0, {"dtype": "resource"}]"""), "Cast \"f\"");
        yield return Row("so many copies", Layer("tile", """["x", 0, 0, {"multiples": [1000000000, 1000000000, 1000000000]}]"""), "\"f\"", "too many");
        yield return Call("strided_slice", """{"begin": [0], "end": [0, 1]}""", "wrong form");
        yield return Row("an index that is a tensor", Slice("""[["x", 0, 0]]"""), "tensor");
        yield return Row("an index of text", Slice("\"a\""), "wrong form");
        yield return Row("a slice up to a tensor", Slice("""[{"start": null, "stop": ["x", 0, 0], "step": null}]"""), "tensor");
        yield return Row("no function", Layer("math.abs", """["x", 0, 0, {}]""").Replace("\"function\": \"math.abs\"", "\"function\": [1]", StringComparison.Ordinal), "wrong form");
        yield return Row("no call", Layer("math.abs", ""), "wrong form");
        yield return Row("two calls", Layer("math.abs", """["x", 0, 0, {}], ["x", 0, 0, {}]"""), "wrong form");
        yield return Row("a node of nothing", Layer("math.abs", "[]"), "no argument");
        yield return Row("a cycle", $"{Layer("math.abs", """["f", 0, 0, {}]""")}", "need each other");
        yield return Row("a cycle of shapes", $"{Layer("identity", """["g", 0, 0, {}]""", "g")}, {Layer("reshape", """["x", 0, 0, {"shape": ["g", 0, 0]}]""")}", "computed");
        yield return Row("a shape as a tensor", $"{Layer("shape", """["x", 0, 0, {}]""", "s")}, {Layer("cast", """["s", 0, 0, {"dtype": "float32"}]""", "c")}, {Layer("math.add", """["x", 0, 0, {"y": ["c", 0, 0]}]""")}", "shape that is computed");
        yield return Row("a shape that is returned", $"{Layer("shape", """["x", 0, 0, {}]""")}", "not there");
        yield return Row("two sizes that are open", $"{Layer("nn.relu", """["x", 0, 0, {}]""", "r")}, {Layer("shape", """["r", 0, 0, {}]""", "s")}, {Part("1", name: "a")}, {Part("2", name: "b")}, {Layer("reshape", """["x", 0, 0, {"shape": [["b", 0, 0], ["a", 0, 0], 2]}]""")}", "more than one size");
        yield return Row("an unknown op", Node("ReadFile", "", "{}", """["x", 0, 0, {}]"""), "TensorFlowOpLayer \"f\"", "ReadFile", "customObjects");
        yield return Row("an op with an argument of its own", Node("ResizeBilinear", """, "half_pixel_centers": {"b": false}, "align_corners": {"b": true}""", """{"1": [6, 8]}""", """["x", 0, 0, {}]"""), "ResizeBilinear", "half_pixel_centers");
        yield return Row("a constant at no place", Node("AddV2", "", """{"7": 1.0}""", """["x", 0, 0, {}]"""), "wrong form");
        yield return Row("too many inputs", Node("Abs", "", """{"1": 1.0}""", """["x", 0, 0, {}]"""), "wrong form");
        yield return Row("an attribute of a wrong form", Node("Mean", """, "keep_dims": {"i": "x"}""", """{"1": 1}""", """["x", 0, 0, {}]"""), "wrong form");
        yield return Row("an unknown attribute", Node("Abs", """, "device": {"s": "YQ=="}""", "{}", """["x", 0, 0, {}]"""), "device");
    }

    [TestCaseSource(nameof(Refusals))]
    public void What_has_no_equal_is_refused_by_its_name(string layers, string[] says)
    {
        var error = Samples.Refused(() => Saving.LoadModel(OldFile(Graph(layers))));
        foreach (var part in says) Assert.That(error.Message, Does.Contain(part));
        Assert.That(() => Saving.LoadModel(Archive(Graph(layers))), Throws.TypeOf<ModelFileException>());
    }
}
