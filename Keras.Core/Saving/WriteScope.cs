using System.Text.Json.Nodes;

namespace Keras;

/// <summary>Holds while a model is written: a layer that is met again gets an id, at both places, so that it is one when read.</summary>
sealed class WriteScope
{
    [ThreadStatic] static WriteScope? _current;

    readonly Dictionary<Layer, List<JsonObject>> _written = new(ReferenceEqualityComparer.Instance);
    int _ids;

    internal static JsonObject Run(Func<JsonObject> write)
    {
        if (_current is not null) return write();
        _current = new WriteScope();
        try
        {
            return write();
        }
        finally
        {
            _current = null;
        }
    }

    internal static void Mark(Layer layer, JsonObject node)
    {
        if (_current is not { } scope) return;
        if (!scope._written.TryGetValue(layer, out var before)) scope._written[layer] = before = [];
        before.Add(node);
        if (before.Count == 1) return;
        var id = before[0]["shared_object_id"] is { } known ? (int)known : ++scope._ids;
        foreach (var place in before) place["shared_object_id"] = id;
    }
}
