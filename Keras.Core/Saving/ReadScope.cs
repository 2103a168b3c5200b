using System.Text.Json.Nodes;

namespace Keras;

/// <summary>What holds while a config is read: how deep it is nested, and which layers it shares.</summary>
sealed class ReadScope
{
    [ThreadStatic] static ReadScope? _current;

    readonly Dictionary<long, (object? Made, JsonObject Node)> _shared = [];
    readonly Dictionary<(string ClassName, string Name), Layer> _layers = [];
    readonly List<(Layer Layer, JsonObject Shapes)> _unbuilt = [];
    readonly List<Action> _whenBuilt = [];
    int _depth, _within;

    internal static ReadScope? Current => _current;

    /// <summary>Runs a reader, in the scope that is open or in a new one, in which any failure is an <see cref="ArgumentException"/>.</summary>
    internal static T Run<T>(JsonNode config, Func<T> read)
    {
        if (_current is not null) return read();
        CheckDepth(config);
        _current = new ReadScope();
        try
        {
            return read();
        }
        // What readers of JSON throw, and layers that are called in a wrong order. Anything else is a fault of the program.
        catch (Exception e) when (e is FormatException or OverflowException or InvalidOperationException)
        {
            throw Misfit(e);
        }
        finally
        {
            _current = null;
        }
    }

    /// <summary>The error of a config in which a value is of another kind, or things are in a wrong order.</summary>
    internal static ArgumentException Misfit(Exception e) =>
        new(Errors.Message("config", "the config does not fit together", "what Keras writes", e is FormatException ? "a value of another kind" : e.Message), e);

    // No recursion: this is what keeps recursive readers from running out of stack.
    internal static void CheckDepth(JsonNode config)
    {
        var stack = new Stack<(JsonNode Node, int Depth)>([(config, 1)]);
        while (stack.TryPop(out var top))
        {
            if (top.Depth > Serialization.MaxDepth) throw Errors.Argument("config", "the config is nested too deeply", $"at most {Serialization.MaxDepth} levels", "more");
            var children = top.Node is JsonObject o ? Checked(o).Select(p => p.Value) : top.Node is JsonArray a ? a : [];
            foreach (var child in children)
                if (child is JsonObject or JsonArray) stack.Push((child, top.Depth + 1));
        }
    }

    // Nodes of a text look for names that are there twice when they are first looked into.
    static JsonObject Checked(JsonObject node)
    {
        try
        {
            return node.Count >= 0 ? node : [];
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException(Errors.Message("config", "an object has one name twice", "names that differ", "two that are alike"), e);
        }
    }

    /// <summary>Makes an object within others; a layer that the config shares is made once.</summary>
    internal object Nested(JsonObject node, Func<object> make)
    {
        if (_depth >= Serialization.MaxNested) throw Errors.Argument("config", "objects are nested too deeply", $"at most {Serialization.MaxNested} levels", "more");
        _depth++;
        try
        {
            return node["shared_object_id"] is { } id ? Shared(JsonRead.Long(id), node, make) : Remembered(node, make());
        }
        finally
        {
            _depth--;
        }
    }

    /// <summary>Makes a layer, and builds it for the shapes that its config names. A layer within a layer or model waits for that to build it, so that
    /// its weights get their paths.</summary>
    internal static Layer Within(JsonObject node, Func<Layer> make)
    {
        var scope = _current ?? new ReadScope();
        var outer = scope._within;
        scope._within++;
        try
        {
            var layer = make();
            if (node["build_config"] is JsonObject { Count: > 0 } shapes) scope._unbuilt.Add((layer, shapes));
            if (outer == 0) scope.BuildAll();
            return layer;
        }
        finally
        {
            scope._within = outer;
        }
    }

    void BuildAll()
    {
        // Outer layers stand behind those within them.
        var waiting = Enumerable.Reverse(_unbuilt).ToArray();
        _unbuilt.Clear();
        foreach (var (layer, shapes) in waiting) layer.RecordBuild(shapes);
        foreach (var action in _whenBuilt) action();
        _whenBuilt.Clear();
    }

    /// <summary>Runs an action when all layers that are being read are built.</summary>
    internal static void WhenBuilt(Action action)
    {
        if (_current is { _within: > 0 } scope) scope._whenBuilt.Add(action);
        else action();
    }

    object Shared(long id, JsonObject node, Func<object> make)
    {
        if (_shared.TryGetValue(id, out var known))
        {
            if (known.Made is null) throw Errors.Argument("config", "an object is a part of itself", "a shared_object_id of its own", id);
            if (known.Made is not Layer || Same(known.Node, node)) return known.Made is Layer ? known.Made : make();
            throw Errors.Argument("config", "two layers have one shared_object_id", "one layer", id);
        }
        // Keras often writes the id at the second place alone: the first layer of this name is the one.
        if (NamesOf(node) is { } names && _layers.TryGetValue(names, out var first)) return Keep(id, node, first);
        _shared[id] = (null, node);
        return Keep(id, node, Remembered(node, make()));
    }

    object Keep(long id, JsonObject node, object made)
    {
        _shared[id] = (made, node);
        return made;
    }

    object Remembered(JsonObject node, object made)
    {
        if (made is Layer layer && NamesOf(node) is { } names) _layers.TryAdd(names, layer);
        return made;
    }

    static bool Same(JsonObject a, JsonObject b) => NamesOf(a) is { } names && names == NamesOf(b);

    static (string ClassName, string Name)? NamesOf(JsonObject node) =>
        JsonRead.TextOrNull((node["config"] as JsonObject)?["name"]) is { } name ? (JsonRead.TextOrNull(node["class_name"]) ?? "", name) : null;
}
