using System.Text.Json.Nodes;

namespace Keras;

/// <summary>The layers in a model's configuration, of whatever age.</summary>
static class ModelFileLayers
{
    const int MostShown = 32;

    static readonly string[] Inner = ["layers", "layer", "backward_layer", "cell", "cells"];

    internal static List<ModelFileLayer> Of(JsonNode? config)
    {
        var layers = new List<ModelFileLayer>();
        Add(layers, config, 0);
        return layers;
    }

    static void Add(List<ModelFileLayer> layers, JsonNode? node, int depth)
    {
        if (node is not JsonObject layer || KnownTypes.NameIn(layer) is not { } className) return;
        var config = layer["config"] as JsonObject;
        layers.Add(new ModelFileLayer(depth, className, JsonRead.TextOrNull(config?["name"]) ?? JsonRead.TextOrNull(layer["name"]) ?? "", Input(layer, config)));
        // Before 2.2 the layers of a stack were its whole configuration.
        JsonNode?[] parts = layer["config"] is JsonArray list ? [list] : Array.ConvertAll(Inner, key => config?[key]);
        foreach (var part in parts)
            foreach (var inner in part as JsonArray ?? (IEnumerable<JsonNode?>)[part]) Add(layers, inner, depth + 1);
    }

    static string? Input(JsonObject layer, JsonObject? config) =>
        ((layer["build_config"] as JsonObject)?["input_shape"] ?? config?["batch_shape"] ?? config?["batch_input_shape"]) is { } shape ? Shown(shape) : null;

    static string Shown(JsonNode? shape) => shape switch
    {
        null => "None",
        JsonArray { Count: 1 } one => $"({Shown(one[0])},)",
        JsonArray { Count: <= MostShown } dims => $"({string.Join(", ", dims.Select(Shown))})",
        JsonObject { Count: <= MostShown } named => $"{{{string.Join(", ", named.Select(n => $"{n.Key}: {Shown(n.Value)}"))}}}",
        _ => JsonRead.Short(shape),
    };
}
