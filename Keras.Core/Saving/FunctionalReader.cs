using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keras;

/// <summary>Makes what a functional model is of out of its config: all layers, then their calls, each as soon as what it needs is there.</summary>
sealed class FunctionalReader
{
    readonly List<Part> _parts = [];
    readonly Dictionary<string, Part> _byName = new(StringComparer.Ordinal);
    readonly string _who;
    HashSet<string> _names = [];

    /// <summary>A layer or function with its calls.</summary>
    sealed record Part(int Place, string Name, Layer Layer, List<Call> Calls)
    {
        internal string Shown => ModelFileException.Show(Name);

        internal List<IReadOnlyList<Tensor>> Results { get; } = [];

        internal Queue<Call> Waiting { get; } = new(Calls);

        // Files of before Keras 3 count the making of a model within as its first call.
        internal int First { get; set; }
    }

    /// <summary>One call: its arguments, and the tensors that they name.</summary>
    sealed record Call(GivenArguments Given, List<(string Name, int Node, int Result)> Tensors)
    {
        internal int Missing { get; set; }
    }

    FunctionalReader(string who) => _who = who;

    internal static bool IsFunctional(object operation) => operation is Model { Graph: not null } and not Sequential;

    /// <summary>The symbolic inputs and outputs that a config describes, and whether it lists a single one.</summary>
    /// <exception cref="ArgumentException">The config does not fit together.</exception>
    internal static (Nest Inputs, Nest Outputs, (bool Inputs, bool Outputs) Listed) Read(JsonObject config)
    {
        var reader = new FunctionalReader($"Functional {JsonRead.Short(config["name"])}");
        var layers = reader.Required(config, "layers") as JsonArray ?? throw reader.Wrong("layers", config["layers"]);
        reader._names = LegacyNodes.Names(layers);
        foreach (var entry in layers) reader.Add(entry);
        reader.CallAll();
        var (inputs, outputs) = (reader.Required(config, "input_layers"), reader.Required(config, "output_layers"));
        var ends = reader.Ends(outputs);
        return ends.Flatten().Count > 0 ? (reader.Ends(inputs), ends, (IsListed(inputs), IsListed(outputs))) : throw reader.Wrong("output_layers", outputs);
    }

    JsonNode Required(JsonObject config, string key) => config[key] ?? throw Errors.Argument(_who, $"{key} is missing", "a functional model's config", "none");

    ArgumentException Wrong(string key, JsonNode? node) => Errors.Argument(_who, $"\"{key}\" has a wrong form", "what Keras writes", JsonRead.Short(node));

    void Add(JsonNode? node)
    {
        var entry = node as JsonObject ?? throw Wrong("layers", node);
        var name = LegacyNodes.NameOf(entry) ?? throw Wrong("name", entry["name"]);
        var calls = (entry["inbound_nodes"] as JsonArray ?? []).Select(Read).ToList();
        var layer = KerasFunctions.IsFunction(entry) ? new Operation(entry, name) : Serialization.Read<Layer>(entry);
        var part = new Part(_parts.Count, name, layer, calls);
        if (!_byName.TryAdd(name, part)) throw Errors.Argument(_who, "two layers have the same name", "different names", $"\"{part.Shown}\" twice");
        _parts.Add(part);
        if (layer is Layers.Input input) part.Results.Add([input.Output]);
    }

    Call Read(JsonNode? node)
    {
        var tensors = new List<(string, int, int)>();
        var call = node is JsonArray old ? LegacyNodes.Call(old, _names) : node as JsonObject ?? throw Wrong("inbound_nodes", node);
        return new Call(new GivenArguments((JsonArray)Marked(JsonRead.List(call["args"]), tensors)!, (JsonObject)Marked(call["kwargs"] as JsonObject ?? [], tensors)!), tensors);
    }

    static int Added(JsonArray entry, List<(string, int, int)> tensors)
    {
        tensors.Add((JsonRead.Text(entry[0]), JsonRead.Int(entry[1] ?? throw new FormatException()), JsonRead.Int(entry[2] ?? throw new FormatException())));
        return tensors.Count - 1;
    }

    /// <summary>Arguments with numbers in place of tensors.</summary>
    JsonNode? Marked(JsonNode? node, List<(string, int, int)> tensors)
    {
        if (node is not JsonObject o) return JsonRead.WithParts(node, n => Marked(n, tensors));
        if (JsonRead.TextOrNull(o["class_name"]) == "__keras_tensor__")
            return CallForm.Place(Added((o["config"] as JsonObject)?["keras_history"] is JsonArray { Count: 3 } history ? history : throw Wrong("keras_history", o["config"]), tensors));
        if (o.ContainsKey(CallForm.TensorKey)) throw Wrong("args", o);
        return JsonRead.WithParts(o, n => Marked(n, tensors));
    }

    void CallAll()
    {
        foreach (var part in _parts) CountFrom(part);
        var waiting = new Dictionary<(Part, int), List<(Part, Call)>>();
        var ready = new PriorityQueue<Part, (int, int)>();
        var left = 0;
        foreach (var part in _parts)
            foreach (var call in part.Calls)
            {
                left++;
                foreach (var (source, node) in call.Tensors.Select(Source).Distinct().Where(s => s.Part.Results.Count <= s.Node))
                {
                    if (!waiting.TryGetValue((source, node), out var list)) waiting[(source, node)] = list = [];
                    list.Add((part, call));
                    call.Missing++;
                }
            }
        foreach (var part in _parts) Ready(part);
        while (ready.TryDequeue(out var part, out _))
        {
            var call = part.Waiting.Dequeue();
            part.Results.Add(Invoke(part, call));
            left--;
            foreach (var (dependent, needs) in waiting.GetValueOrDefault((part, part.Results.Count - 1)) ?? [])
                if (--needs.Missing == 0 && ReferenceEquals(dependent.Waiting.Peek(), needs) && dependent != part) Ready(dependent);
            Ready(part);
        }
        if (left > 0) throw Errors.Argument(_who, "calls of layers need each other", "a graph without cycles", $"{left} calls that cannot be made, one of \"{_parts.First(p => p.Waiting.Count > 0).Shown}\"");

        void Ready(Part part)
        {
            if (part.Waiting.TryPeek(out var next) && next.Missing == 0) ready.Enqueue(part, (part.Results.Count, part.Place));
        }
    }

    /// <summary>Finds out whether the calls of a model within are counted from 1.</summary>
    void CountFrom(Part part)
    {
        if (part.Layer is not Model || part.Calls.Count == 0) return;
        var nodes = _parts.SelectMany(p => p.Calls).SelectMany(c => c.Tensors).Where(t => t.Name == part.Name).Select(t => t.Node).ToArray();
        if (nodes.Length > 0 && nodes.Max() == part.Calls.Count && nodes.Min() > 0) part.First = 1;
    }

    (Part Part, int Node) Source((string Name, int Node, int Result) tensor)
    {
        if (!_byName.TryGetValue(tensor.Name, out var part)) throw Errors.Argument(_who, "a call needs a layer that is not there", string.Join(", ", _parts.Take(8).Select(p => p.Shown)), JsonRead.Short(tensor.Name));
        var count = part.Layer is Layers.Input ? 1 : part.Calls.Count;
        var node = tensor.Node - part.First;
        return node >= 0 && node < count ? (part, node)
            : throw Errors.Argument(_who, $"layer \"{part.Shown}\" has no such call", $"0 to {count - 1}", tensor.Node);
    }

    Tensor Find((string Name, int Node, int Result) tensor)
    {
        var (part, node) = Source(tensor);
        if (node >= part.Results.Count) throw Errors.Argument(_who, $"layer \"{part.Shown}\" is not called so often", $"fewer than {part.Results.Count} calls before", tensor.Node);
        var results = part.Results[node];
        return tensor.Result >= 0 && tensor.Result < results.Count ? results[tensor.Result]
            : throw Errors.Argument(_who, $"layer \"{part.Shown}\" has no such output", $"0 to {results.Count - 1}", tensor.Result);
    }

    IReadOnlyList<Tensor> Invoke(Part part, Call call) => CallForm.Invoke(part.Layer, call.Given, [.. call.Tensors.Select(Find)]);

    // A single tensor stood in a list before Keras 3.11.
    static bool IsListed(JsonNode node) => node is JsonArray { Count: 1 } list && IsEnd(list[0]);

    static bool IsEnd(JsonNode? node) => node is JsonArray { Count: >= 3 } list && list[0] is JsonValue name && name.GetValueKind() == JsonValueKind.String;

    Nest Ends(JsonNode? node)
    {
        if (node is not null && IsListed(node)) return Ends(node[0]);
        if (IsEnd(node))
        {
            var name = JsonRead.Text(node![0]);
            var place = JsonRead.Int(node[1]!);
            // A functional model within counts the making of its own graph as its first call, here alone.
            var shifted = _byName.TryGetValue(name, out var part) && IsFunctional(part.Layer) && place > 0 ? place - 1 + part.First : place;
            return Find((name, shifted, JsonRead.Int(node[2]!)));
        }
        return node switch
        {
            JsonArray list => Nest.List(list.Select(Ends).ToArray()),
            JsonObject o => Nest.Dictionary(o.Select(p => KeyValuePair.Create(p.Key, Ends(p.Value))).ToArray()),
            _ => throw Wrong("input_layers or output_layers", node),
        };
    }
}
