using System.Text.Json.Nodes;

namespace Keras;

/// <summary>Configs of models as Keras 1, Keras 2 and tf.keras wrote them, and Keras 3 in old files, made into those of today: JSON to JSON.</summary>
/// <remarks>Nothing is guessed: what has no equal today stays as it is, and the reader refuses it by its name.</remarks>
sealed class LegacyConfig
{
    /// <summary>What Keras 1 and 2 called hard_sigmoid: its slope is 1/5, today's 1/6.</summary>
    internal const string OldHardSigmoid = "Keras2>hard_sigmoid";

    internal static readonly Func<Tensor, Tensor> HardSigmoid = x => Ops.Clip((x * 0.2) + 0.5, 0, 1);

    readonly int _major;

    LegacyConfig(string? version) => _major = Major(version);

    bool IsFirst => _major <= 1;

    /// <summary>The first number of a version. Keras 1 did not say it yet.</summary>
    internal static int Major(string? version) => version is null or "" ? 1 : char.IsAsciiDigit(version[0]) ? version[0] - '0' : 3;

    /// <summary>The config of a model.</summary>
    /// <param name="config">As it was written.</param>
    /// <param name="version">The version of Keras that wrote it; <c>null</c> for one of before they said it.</param>
    /// <exception cref="ModelFileException">A function between layers has no equal.</exception>
    internal static JsonObject Upgrade(JsonObject config, string? version)
    {
        try
        {
            return new LegacyConfig(version).Layer(PlainOf(config));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new ModelFileException(e.Message, null, e);
        }
    }

    /// <summary>The <c>compile_config</c> for a <c>training_config</c>, or for one of before.</summary>
    internal static JsonObject UpgradeTraining(JsonObject config, string? version) => new LegacyTraining(isOld: Major(version) < 3).Compile(PlainOf(config));

    static JsonObject PlainOf(JsonObject config) => Plain(config) as JsonObject ?? throw new ModelFileException("JSON", null, "this is no config", "an object", "a tuple");

    /// <summary>Tuples and shapes as lists.</summary>
    static JsonNode? Plain(JsonNode? node) => node switch
    {
        JsonObject o when JsonRead.TextOrNull(o["class_name"]) is "__tuple__" or "TensorShape" && o["items"] is JsonArray items => Plain(items),
        _ => JsonRead.WithParts(node, Plain),
    };

    /// <summary>A layer or a model.</summary>
    JsonObject Layer(JsonObject node)
    {
        if (JsonRead.TextOrNull(node["class_name"]) is not { } name || IsOperation(node)) return node;
        if (node["config"] is JsonArray list && name is "Sequential") node["config"] = new JsonObject { ["name"] = Naming.Automatic(name), ["layers"] = Taken(list) };
        if (node["config"] is not JsonObject config) return node;
        if (IsFirst) (node, name, config) = FirstKeras.Layer(node, name, config);
        var written = name;
        name = ClassOf(name, config);
        node["class_name"] = name;
        if (JsonRead.TextOrNull(node["module"]) is { } module && (module.StartsWith("keras.", StringComparison.Ordinal) || module == "keras")) node.Remove("module");
        if (JsonRead.TextOrNull(node["registered_name"]) is { } registered && (registered == written || registered == name)) node.Remove("registered_name");
        if (config["layers"] is JsonArray layers && name is "Sequential" or "Functional") Model(name, config, layers);
        else Keys(name, config);
        return node;
    }

    /// <summary>Whether a node is an op outside of layers: their classes bear the names of layers, and only the module tells them apart.</summary>
    internal static bool IsOperation(JsonObject node) => JsonRead.TextOrNull(node["module"])?.StartsWith("keras.src.ops", StringComparison.Ordinal) == true;

    static JsonNode Taken(JsonNode node)
    {
        node.Parent?.AsObject().Remove(node.GetPropertyName());
        return node;
    }

    static string ClassOf(string name, JsonObject config)
    {
        switch (name)
        {
            case "Model": return "Functional";
            case "BatchNormalizationV1" or "BatchNormalizationV2": return "BatchNormalization";
            case "LSTMV2" or "UnifiedLSTM": return "LSTM";
            case "GRUV2" or "UnifiedGRU": return "GRU";
            case "CuDNNLSTM": return "LSTM";
            case "CuDNNGRU":
                config["reset_after"] = true;
                return "GRU";
            case "ThresholdedReLU":
                config["threshold"] = config["theta"]?.DeepClone() ?? 1.0;
                config.Remove("theta");
                return "ReLU";
            default: return name;
        }
    }

    void Model(string name, JsonObject config, JsonArray layers)
    {
        if (name == "Functional") TensorFlowOps.Upgrade(layers);
        All(layers);
        if (name == "Sequential") InsertInput(layers);
        else LegacyNodes.Upgrade(layers, config);
        foreach (var layer in layers.OfType<JsonObject>()) (layer["config"] as JsonObject)?.Remove(BatchShape);
        if (name == "Functional") config.Remove("dtype");
        else if (config["dtype"] is { } dtype) config["dtype"] = PolicyOf(dtype);
    }

    void All(JsonArray layers)
    {
        for (var i = 0; i < layers.Count; i++)
            if (layers[i] is JsonObject layer && Layer(layer) is var made && made != layer) layers[i] = made;
    }

    const string BatchShape = "batch_input_shape";

    /// <summary>The first layer of a stack told its input's shape itself.</summary>
    static void InsertInput(JsonArray layers)
    {
        if (layers.Count == 0 || layers[0] is not JsonObject first || JsonRead.TextOrNull(first["class_name"]) == "InputLayer" || first["config"] is not JsonObject config) return;
        // A model within a model says it by its own first layer.
        if (config[BatchShape] is not JsonArray shape) return;
        var dtype = JsonRead.TextOrNull(config["input_dtype"]) ?? JsonRead.TextOrNull(config["dtype"]) ?? "float32";
        layers.Insert(0, new JsonObject
        {
            ["class_name"] = "InputLayer",
            ["config"] = new JsonObject { ["batch_shape"] = shape.DeepClone(), ["dtype"] = dtype, ["name"] = $"{JsonRead.TextOrNull(config["name"]) ?? "first"}_input" },
        });
    }

    static readonly string[] Dropped = ["input_dtype", "time_major", "query_shape", "key_shape", "value_shape", "virtual_batch_size", "fused", "adjustment",
        "experimental_autocast", "implementation", "ragged", "sparse", "input_length", "type_spec", "function_type", "output_shape_type", "output_shape_module", "rms_scaling"];

    void Keys(string name, JsonObject config)
    {
        foreach (var key in Dropped) config.Remove(key);
        if (name == "InputLayer" && config[BatchShape] is { } batch) Move(config, BatchShape, "batch_shape", batch);
        if (_major < 3 && config["axis"] is JsonArray { Count: 1 } axis) config["axis"] = axis[0]?.DeepClone();
        if (name == "LeakyReLU" && config["alpha"] is { } alpha) Move(config, "alpha", "negative_slope", alpha);
        if (name.Contains("Depthwise", StringComparison.Ordinal) || name.Contains("Separable", StringComparison.Ordinal) || name.EndsWith("Transpose", StringComparison.Ordinal))
            Ones(config, "groups");
        if (name.StartsWith("Depthwise", StringComparison.Ordinal)) foreach (var key in (string[])["filters", "kernel_initializer", "kernel_regularizer", "kernel_constraint"]) config.Remove(key);
        if (name.EndsWith("Transpose", StringComparison.Ordinal) && config["output_padding"] is null) config.Remove("output_padding");
        if (name == "Lambda" && config["function"] is JsonArray { Count: > 0 } code)
            config["function"] = new JsonObject { ["class_name"] = "__lambda__", ["config"] = new JsonObject { ["code"] = code[0]?.DeepClone() } };
        if (name is "GRU" or "GRUCell" && !config.ContainsKey("reset_after")) config["reset_after"] = false;
        if (name is "Attention" or "AdditiveAttention" && config["causal"] is JsonValue causal && causal.ToString() == "false") config.Remove("causal");
        config["dtype"] = PolicyOf(config["dtype"]);
        if (config["dtype"] is null) config.Remove("dtype");
        foreach (var (key, value) in config.ToArray()) if (value is not null) Value(config, key, value);
    }

    static void Ones(JsonObject config, string key)
    {
        if (config[key] is JsonValue value && value.ToString() == "1") config.Remove(key);
    }

    internal static void Move(JsonObject config, string from, string to, JsonNode value)
    {
        config.Remove(from);
        config[to] = value.DeepClone();
    }

    /// <summary>A dtype policy of tf.keras was an object of another class.</summary>
    static JsonNode? PolicyOf(JsonNode? dtype) => dtype is JsonObject policy && JsonRead.TextOrNull(policy["class_name"]) is "Policy" or "PolicyV1"
        ? (policy["config"] as JsonObject)?["name"]?.DeepClone() : dtype?.DeepClone();

    void Value(JsonObject config, string key, JsonNode value)
    {
        if (key.EndsWith("activation", StringComparison.Ordinal) && _major < 3 && JsonRead.TextOrNull(value) == "hard_sigmoid") config[key] = Saving.WriteFunction(OldHardSigmoid);
        else if (key is "layer" or "backward_layer" or "cell" && value is JsonObject inner)
        {
            if (Layer(inner) is var made && made != inner) config[key] = made;
        }
        else if (key is "cells" or "layers" && value is JsonArray list) All(list);
        else if (value is JsonObject part) Part(part);
    }

    /// <summary>An initializer, a regularizer, a constraint.</summary>
    static void Part(JsonObject part)
    {
        if (JsonRead.TextOrNull(part["class_name"]) is not { } name || part["config"] is not JsonObject config) return;
        if (name.EndsWith("V2", StringComparison.Ordinal) || name.EndsWith("V1", StringComparison.Ordinal)) part["class_name"] = name[..^2];
        if (part["module"] is null) config.Remove("dtype");
        if (JsonRead.TextOrNull(part["class_name"]) == "VarianceScaling" && JsonRead.TextOrNull(config["distribution"]) == "normal") config["distribution"] = "truncated_normal";
    }
}
