using System.Text.Json.Nodes;

namespace Keras;

/// <summary>The calls of a graph's layers as Keras 1 and 2 wrote them: lists of <c>[layer, call, output, {arguments}]</c>. Today a call has <c>args</c> and
/// <c>kwargs</c>, in which tensors are objects.</summary>
static class LegacyNodes
{
    internal static void Upgrade(JsonArray layers, JsonObject config)
    {
        var names = Names(layers);
        foreach (var layer in layers.OfType<JsonObject>())
            if (layer["inbound_nodes"] is JsonArray nodes)
                for (var i = 0; i < nodes.Count; i++)
                    if (nodes[i] is JsonArray node) nodes[i] = Call(node, names);
        // One input or output stood in a list of its own; a list with one in it means the same.
        foreach (var key in (string[])["input_layers", "output_layers"])
            if (config[key] is JsonArray { Count: 1 } ends && ends[0] is JsonArray only) config[key] = only.DeepClone();
    }

    /// <summary>The names of all layers: by them tensors are known among arguments.</summary>
    internal static HashSet<string> Names(JsonArray layers) => layers.OfType<JsonObject>().Select(NameOf).OfType<string>().ToHashSet();

    /// <summary>The name of a layer in a graph; <c>null</c> where there is none.</summary>
    internal static string? NameOf(JsonObject layer) => JsonRead.TextOrNull(layer["name"]) ?? JsonRead.TextOrNull((layer["config"] as JsonObject)?["name"]);

    /// <summary>A call in the form of today.</summary>
    internal static JsonObject Call(JsonArray node, HashSet<string> names)
    {
        // A single tensor may stand without a list around it.
        JsonArray[] tensors = JsonRead.TextOrNull(node.ElementAtOrDefault(0)) is not null ? [node] : [.. node.OfType<JsonArray>()];
        var kwargs = new JsonObject();
        if (tensors.LastOrDefault() is { Count: > 3 } last && last[3] is JsonObject arguments)
            foreach (var (key, value) in arguments) kwargs[key] = Argument(value, names);
        JsonNode? first = tensors.Length == 1 ? First(tensors[0]) : new JsonArray([.. tensors.Select(First)]);
        return new JsonObject { ["args"] = new JsonArray(first), ["kwargs"] = kwargs };
    }

    static JsonNode? Argument(JsonNode? value, HashSet<string> names) => value switch
    {
        JsonArray { Count: 3 or 4 } list when IsTensor(list, names) => Tensor(list),
        _ => JsonRead.WithParts(value, v => Argument(v, names)),
    };

    static bool IsTensor(JsonArray list, HashSet<string> names) => JsonRead.TextOrNull(list[0]) is { } name && names.Contains(name)
        && list[1] is JsonValue call && call.TryGetValue<int>(out _) && list[2] is JsonValue output && output.TryGetValue<int>(out _);

    /// <summary>The class that stands for a tensor of the graph among arguments.</summary>
    internal const string TensorClass = "__keras_tensor__";

    /// <summary>What tf.keras wrote in a layer's place for a first argument that is no tensor of the graph.</summary>
    const string ConstantValue = "_CONSTANT_VALUE";

    static JsonNode? First(JsonArray at) => JsonRead.TextOrNull(at.ElementAtOrDefault(0)) == ConstantValue ? at.ElementAtOrDefault(2)?.DeepClone() : Tensor(at);

    internal static JsonObject Tensor(JsonArray at) => new()
    {
        ["class_name"] = TensorClass,
        ["config"] = new JsonObject { ["shape"] = null, ["dtype"] = null, ["keras_history"] = new JsonArray(at.ElementAtOrDefault(0)?.DeepClone(), at.ElementAtOrDefault(1)?.DeepClone(), at.ElementAtOrDefault(2)?.DeepClone()) },
    };
}
