using System.Text.Json.Nodes;

namespace Keras;

/// <summary>Names of Keras 1 for classes and arguments, and what became of them in Keras 2.</summary>
static class FirstKeras
{
    static readonly Dictionary<string, string> Classes = new()
    {
        ["Convolution1D"] = "Conv1D",
        ["AtrousConvolution1D"] = "Conv1D",
        ["Convolution2D"] = "Conv2D",
        ["AtrousConvolution2D"] = "Conv2D",
        ["Convolution3D"] = "Conv3D",
        ["Deconvolution2D"] = "Conv2DTranspose",
        ["SeparableConvolution2D"] = "SeparableConv2D",
    };

    static readonly Dictionary<string, string> Keys = new()
    {
        ["nb_filter"] = "filters",
        ["filter_length"] = "kernel_size",
        ["subsample"] = "strides",
        ["subsample_length"] = "strides",
        ["stride"] = "strides",
        ["pool_length"] = "pool_size",
        ["length"] = "size",
        ["atrous_rate"] = "dilation_rate",
        ["border_mode"] = "padding",
        ["bias"] = "use_bias",
        ["init"] = "kernel_initializer",
        ["inner_init"] = "recurrent_initializer",
        ["inner_activation"] = "recurrent_activation",
        ["W_regularizer"] = "kernel_regularizer",
        ["U_regularizer"] = "recurrent_regularizer",
        ["b_regularizer"] = "bias_regularizer",
        ["W_constraint"] = "kernel_constraint",
        ["b_constraint"] = "bias_constraint",
        ["dropout_W"] = "dropout",
        ["dropout_U"] = "recurrent_dropout",
        ["p"] = "rate",
        ["sigma"] = "stddev",
    };

    static readonly string[] Dropped = ["consume_less", "mode", "gamma_init", "beta_init"];

    static readonly Dictionary<string, string> Merges = new()
    {
        ["sum"] = "Add",
        ["mul"] = "Multiply",
        ["concat"] = "Concatenate",
        ["ave"] = "Average",
        ["max"] = "Maximum",
    };

    /// <summary>A layer in the words of Keras 2.</summary>
    internal static (JsonObject Node, string Name, JsonObject Config) Layer(JsonObject node, string name, JsonObject config)
    {
        if (name == "Merge" && JsonRead.TextOrNull(config["mode"]) is { } mode && Merges.TryGetValue(mode, out var merge)) return Merge(node, merge, config);
        if (name == "TimeDistributedDense") return Layer(TimeDistributed(config), "TimeDistributed");
        if (name is "Sequential" or "Model") return (node, name, config);
        Rename(name, config);
        foreach (var key in Dropped) config.Remove(key);
        if (name != "Embedding") config.Remove("input_dim");
        else config.Remove("dropout");
        return (node, Classes.GetValueOrDefault(name, name), config);
    }

    static (JsonObject Node, string Name, JsonObject Config) Layer(JsonObject node, string name) => (node, name, (JsonObject)node["config"]!);

    static void Rename(string name, JsonObject config)
    {
        foreach (var (key, value) in config.ToArray())
        {
            if (Keys.TryGetValue(key, out var to)) Set(config, key, name is "Embedding" ? to.Replace("kernel_", "embeddings_", StringComparison.Ordinal) : name is "PReLU" ? to.Replace("kernel_", "alpha_", StringComparison.Ordinal) : to, value);
            else if (key == "output_dim" && name != "Embedding") Set(config, key, "units", value);
            else if (key == "dim_ordering") Set(config, key, "data_format", JsonRead.TextOrNull(value) switch
            {
                "tf" => "channels_last",
                "th" => "channels_first",
                _ => value,
            });
            else if (key == "forget_bias_init") Set(config, key, "unit_forget_bias", JsonRead.TextOrNull(value) == "one");
        }
        foreach (var sides in (string[][])[["nb_row", "nb_col"], ["kernel_dim1", "kernel_dim2", "kernel_dim3"]])
            if (config.ContainsKey(sides[0]))
            {
                config["kernel_size"] = new JsonArray([.. sides.Select(s => config[s]?.DeepClone())]);
                foreach (var side in sides) config.Remove(side);
            }
        foreach (var (key, value) in config.ToArray())
            if (value is JsonObject part && part["class_name"] is null && JsonRead.TextOrNull(part["name"]) is { } kind) config[key] = Part(kind, part);
    }

    static void Set(JsonObject config, string from, string to, JsonNode? value)
    {
        config.Remove(from);
        config[to] = value?.Parent is null ? value : value.DeepClone();
    }

    /// <summary>A regularizer or constraint was one object with its name among its arguments.</summary>
    static JsonObject Part(string kind, JsonObject part)
    {
        var config = (JsonObject)part.DeepClone();
        config.Remove("name");
        if (config["m"] is { } most) LegacyConfig.Move(config, "m", "max_value", most);
        return new JsonObject { ["class_name"] = kind is "WeightRegularizer" or "ActivityRegularizer" ? "L1L2" : kind, ["config"] = config };
    }

    static (JsonObject Node, string Name, JsonObject Config) Merge(JsonObject node, string merge, JsonObject config)
    {
        var made = new JsonObject { ["name"] = config["name"]?.DeepClone() };
        if (merge == "Concatenate") made["axis"] = config["concat_axis"]?.DeepClone() ?? -1;
        node["config"] = made;
        return (node, merge, made);
    }

    static JsonObject TimeDistributed(JsonObject config)
    {
        var inner = (JsonObject)config.DeepClone();
        var (_, _, dense) = Layer([], "Dense", inner);
        var outer = new JsonObject { ["name"] = config["name"]?.DeepClone(), ["trainable"] = config["trainable"]?.DeepClone() ?? true };
        inner.Remove("batch_input_shape");
        if (config["batch_input_shape"] is { } batch) outer["batch_input_shape"] = batch.DeepClone();
        dense["name"] = $"{JsonRead.TextOrNull(config["name"]) ?? "dense"}_dense";
        outer["layer"] = new JsonObject { ["class_name"] = "Dense", ["config"] = dense };
        return new JsonObject { ["class_name"] = "TimeDistributed", ["config"] = outer };
    }
}
