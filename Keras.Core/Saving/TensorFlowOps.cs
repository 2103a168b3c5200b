using System.Text.Json.Nodes;

namespace Keras;

/// <summary>The layers that tf.keras made of functions of TensorFlow between layers, made into the functions of keras.ops that Keras 3 writes in their place:
/// <c>TFOpLambda</c> and <c>SlicingOpLambda</c> (2.4 to 2.15) name a function, <c>TensorFlowOpLayer</c> (2.1 to 2.3) holds a node of a graph.</summary>
sealed class TensorFlowOps
{
    readonly Dictionary<string, JsonObject> _layers = new(StringComparer.Ordinal);
    readonly Dictionary<string, TensorFlowCall> _calls = new(StringComparer.Ordinal);
    readonly HashSet<string> _names;

    TensorFlowOps(JsonArray layers)
    {
        _names = LegacyNodes.Names(layers);
        Shapes = new TensorFlowShapes(this);
        foreach (var layer in layers.OfType<JsonObject>())
        {
            if (LegacyNodes.NameOf(layer) is not { } name || !_layers.TryAdd(name, layer)) continue;
            if (IsOp(layer)) _calls[name] = TensorFlowCall.Read(this, layer, name, _names);
        }
    }

    /// <summary>What is known of shapes that the graph computes.</summary>
    internal TensorFlowShapes Shapes { get; }

    /// <summary>A call of a function; <c>null</c> where a name is that of another layer or none.</summary>
    internal TensorFlowCall? CallOf(string name) => _calls.GetValueOrDefault(name);

    internal JsonObject? LayerOf(string name) => _layers.GetValueOrDefault(name);

    internal HashSet<string> Names => _names;

    static bool IsOp(JsonObject layer) => JsonRead.TextOrNull(layer["class_name"]) is "TFOpLambda" or "SlicingOpLambda" or "TensorFlowOpLayer";

    /// <summary>A name that no layer has.</summary>
    internal string Unique(string name)
    {
        var unique = name;
        for (var n = 1; !_names.Add(unique); n++) unique = $"{name}_{n}";
        return unique;
    }

    /// <summary>Puts functions of Keras in the places of functions of TensorFlow among the layers of a graph.</summary>
    /// <exception cref="NotSupportedException">One has no equal, and no class is registered for it.</exception>
    internal static void Upgrade(JsonArray layers)
    {
        if (!layers.OfType<JsonObject>().Any(IsOp)) return;
        var ops = new TensorFlowOps(layers);
        var made = new List<JsonNode?>();
        var shapes = new List<TensorFlowCall>();
        foreach (var layer in layers)
            if (layer is not JsonObject o || !IsOp(o) || LegacyNodes.NameOf(o) is not { } name || ops.CallOf(name) is not { } call || ops.LayerOf(name) != o) made.Add(layer);
            else if (ops.Shapes.IsShape(call)) shapes.Add(call);
            else made.AddRange(call.Upgraded());
        layers.Clear();
        foreach (var layer in made) layers.Add(layer);
        CheckUnused(shapes, layers);
    }

    /// <summary>Shapes that are computed have become parts of what uses them, or there is no equal.</summary>
    static void CheckUnused(List<TensorFlowCall> shapes, JsonArray layers)
    {
        if (shapes.Count == 0) return;
        var used = new HashSet<string>(StringComparer.Ordinal);
        var nodes = new Stack<JsonNode>(layers.OfType<JsonObject>().Select(l => l["inbound_nodes"]).OfType<JsonNode>());
        while (nodes.TryPop(out var node))
        {
            if (node is JsonArray { Count: 3 or 4 } list && JsonRead.TextOrNull(list[0]) is { } name) used.Add(name);
            foreach (var part in node is JsonArray array ? array : node is JsonObject o ? o.Select(p => p.Value) : [])
                if (part is JsonArray or JsonObject) nodes.Push(part);
        }
        if (shapes.Find(s => used.Contains(s.Name)) is { } one) throw one.Refused("a shape that is computed is used as a tensor", "shapes as the sizes of a reshape");
    }
}
