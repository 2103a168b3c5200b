using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Keras.Core.Tests.Files;

namespace Keras.Core.Tests.Saving;

/// <summary>Models with functions of TensorFlow between their layers, as tf.keras saved them.</summary>
static class TensorFlowFiles
{
    const string Input = """{"class_name": "InputLayer", "config": {"batch_input_shape": [null, 3, 4], "dtype": "float32", "sparse": false, "ragged": false, "name": "x"}, "name": "x", "inbound_nodes": []}""";

    /// <summary>A layer as tf.keras 2.4 to 2.15 writes it.</summary>
    internal static string Layer(string function, string node, string name = "f", string className = "TFOpLambda") =>
        $$$"""{"class_name": "{{{className}}}", "config": {"name": "{{{name}}}", "trainable": true, "dtype": "float32", "function": "{{{function}}}"}, "name": "{{{name}}}", "inbound_nodes": [{{{node}}}]}""";

    internal static string Slice(string spec, string of = "x", string name = "f") => Layer("__operators__.getitem", $$$"""["{{{of}}}", 0, 0, {"slice_spec": {{{spec}}}}]""", name, "SlicingOpLambda");

    internal static string Dense(string of) =>
        $$$"""{"class_name": "Dense", "config": {"name": "d", "trainable": true, "dtype": "float32", "units": 4, "activation": "linear", "use_bias": false}, "name": "d", "inbound_nodes": [[["{{{of}}}", 0, 0, {}]]]}""";

    internal static string Graph(string layers, string outputs = """["f", 0, 0]""", string className = "Functional") =>
        $$$"""{"class_name": "{{{className}}}", "config": {"name": "m", "layers": [{{{Input}}}, {{{layers}}}], "input_layers": [["x", 0, 0]], "output_layers": [{{{outputs}}}]}}""";

    internal static readonly float[] Kernel = [.. Enumerable.Range(0, 16).Select(i => (i % 5) - 1.5f)];

    internal static byte[] OldFile(string config, bool hasDense = false, string version = "2.9.0") => Hdf5Files.Write(root =>
    {
        root.Attribute("model_config", config);
        root.Attribute("keras_version", version);
        var weights = root.Group("model_weights");
        weights.Attribute("layer_names", hasDense ? ["d"] : []);
        if (!hasDense) return;
        weights.Group("d").Attribute("weight_names", ["d/kernel:0"]);
        weights.Group("d").Dataset("d/kernel:0", DType.Float32, [4, 4], MemoryMarshal.AsBytes<float>(Kernel).ToArray());
    });

    /// <summary>The archives of 2.13 to 2.15 name modules too.</summary>
    internal static byte[] Archive(string config, bool hasDense = false)
    {
        var node = JsonNode.Parse(config)!.AsObject();
        (node["module"], node["registered_name"]) = ("keras.src.engine.functional", "Functional");
        foreach (var layer in node["config"]!["layers"]!.AsArray())
        {
            var isOp = ((string)layer!["class_name"]!).Contains("Op", StringComparison.Ordinal);
            (layer["module"], layer["registered_name"]) = (isOp ? "keras.src.layers.core.tf_op_layer" : "keras.layers", isOp ? layer["class_name"]!.DeepClone() : null);
            if (isOp) layer["build_config"] = new JsonObject { ["input_shape"] = new JsonArray(null, 3, 4) };
        }
        var weights = Hdf5Files.Write(root =>
        {
            root.Group("layers");
            if (hasDense) root.Dataset("layers/dense/vars/0", DType.Float32, [4, 4], MemoryMarshal.AsBytes<float>(Kernel).ToArray());
        });
        return Samples.Zip(CompressionLevel.NoCompression, ("metadata.json", Samples.Text("""{"keras_version": "2.15.0", "date_saved": "2024-01-01@00:00:00"}""")),
            ("config.json", Samples.Text(node.ToJsonString())), ("model.weights.h5", weights));
    }

    /// <summary>A layer as tf.keras 2.1 to 2.3 writes it.</summary>
    internal static string Node(string op, string attributes, string constants, string inputs, string name = "f") =>
        $$$"""{"class_name": "TensorFlowOpLayer", "config": {"name": "{{{op}}}", "trainable": true, "dtype": "float32", "node_def": {"name": "{{{op}}}", "op": "{{{op}}}", "input": ["a", "b"], "attr": {"T": {"type": "DT_FLOAT"}{{{attributes}}}}}, "constants": {{{constants}}}}, "name": "{{{name}}}", "inbound_nodes": [[{{{inputs}}}]]}""";

    internal static string Part(string index, string of = "s", string name = "b") => Slice(index, of, name);

    internal static Tensor Numbers => Tensor.Of([.. Enumerable.Range(0, 24).Select(i => ((i * 7) % 11 / 4f) - 1.2f)], [2, 3, 4]);

    internal static double[][] Computed(Model model) => [.. model.PredictAll(Numbers).Flatten().Select(t => t.ToDoubles())];
}
