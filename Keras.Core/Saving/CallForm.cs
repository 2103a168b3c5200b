using System.Text.Json.Nodes;
using Keras.Layers;

namespace Keras;

/// <summary>The call of a layer as files hold it, by the arguments of the layer's function in Python, and back.</summary>
static class CallForm
{
    /// <summary>Layers whose function has an argument <c>mask</c>, which Keras writes with each call.</summary>
    static bool TakesMask(Layer layer) => layer is BatchNormalization or RNN or Bidirectional or TimeDistributed or Layers.Softmax or GlobalAveragePooling1D or Lambda or ScoredAttention or Pipeline
        || layer is Sequential or Model { Graph: not null };

    /// <summary>The masks that a call is told.</summary>
    internal static IEnumerable<Tensor> Masks(LayerCall call) =>
        TakesMask(call.Layer) || call.Style?.NamesMask == true ? Sequences(call).Flatten().Select(t => t.Mask).OfType<Tensor>()
        : call.Layer is ProjectedAttention ? call.Inputs.Flatten().Take(3).Select(t => t.Mask).OfType<Tensor>()
        : [];

    /// <summary>What of the inputs masks belong to: not the states that a call begins with.</summary>
    static Nest Sequences(LayerCall call) => BeginsWithStates(call) ? call.Inputs.Items[0] : call.Inputs;

    static bool BeginsWithStates(LayerCall call) => call.Layer is RNN or Bidirectional && call.Inputs is { IsTensor: false, Keys: null, Items.Count: > 1 };

    /// <summary>The arguments of a call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="write">The form of a tensor.</param>
    internal static (JsonArray Positional, JsonObject Named) Write(LayerCall call, Func<Tensor, JsonNode?> write)
    {
        if (call.Layer is Operation)
        {
            var given = (GivenArguments)call.Options!;
            return ((JsonArray)Filled(given.Positional, call.Inputs.Flatten(), write)!, (JsonObject)Filled(given.Named, call.Inputs.Flatten(), write)!);
        }
        var named = new JsonObject();
        var positional = Positional(call, named, write);
        if (TakesMask(call.Layer) || call.Style?.NamesMask == true) named["mask"] = Form(Sequences(call), t => t.Mask is { } mask ? write(mask) : null);
        if (call.Options is AttentionOptions options)
        {
            if (options.Scores) named["return_attention_scores"] = true;
            if (options.Causal) named["use_causal_mask"] = true;
        }
        if (call.Training is { } training) named["training"] = training;
        return (positional, named);
    }

    static JsonArray Positional(LayerCall call, JsonObject named, Func<Tensor, JsonNode?> write)
    {
        var inputs = call.Inputs;
        if (call.Layer is ProjectedAttention) return Projected(inputs.Flatten(), named, write);
        if (BeginsWithStates(call))
        {
            named["initial_state"] = new JsonArray([.. inputs.Items.Skip(1).Select(i => Form(i, write))]);
            return [Form(inputs.Items[0], write)];
        }
        if (call.Layer is CategoryEncoding && inputs is { IsTensor: false, Items: [var indices, var weights] })
        {
            named["count_weights"] = Form(weights, write);
            return [Form(indices, write)];
        }
        if (call.Layer is ReversibleEmbedding && inputs.Keys is [ReversibleEmbedding.ReverseKey])
        {
            named["reverse"] = true;
            return [Form(inputs.Items[0], write)];
        }
        return call.Style?.Spread == true ? [.. inputs.Items.Select(i => Form(i, write))] : [Form(inputs, write)];
    }

    static readonly string[] FirstArguments = ["inputs", "sequences", "sequence", "input", "x"];

    static readonly string[] AttentionInputs = ["query", "value", "key", "attention_mask"];

    static JsonArray Projected(IReadOnlyList<Tensor> inputs, JsonObject named, Func<Tensor, JsonNode?> write)
    {
        for (var i = 0; i < Math.Min(3, inputs.Count); i++)
            if (inputs[i].Mask is { } mask) named[$"{AttentionInputs[i]}_mask"] = write(mask);
        if (inputs.Count > 3) named["attention_mask"] = write(inputs[3]);
        return [.. inputs.Take(3).Select(write)];
    }

    /// <summary>A structure in which each tensor has the form that a function gives it.</summary>
    internal static JsonNode? Form(Nest nest, Func<Tensor, JsonNode?> write) => nest.IsTensor ? write(nest.Tensor) : nest.IsNone ? null
        : nest.Keys is { } keys ? new JsonObject(keys.Zip(nest.Items, (k, i) => KeyValuePair.Create(k, Form(i, write))))
        : new JsonArray([.. nest.Items.Select(i => Form(i, write))]);

    /// <summary>The number of a tensor in arguments that were read; <c>null</c> for anything else.</summary>
    internal static int? Number(JsonNode? node) => node is JsonObject { Count: 1 } o && o.TryGetPropertyValue(TensorKey, out var place) ? (int)place! : null;

    /// <summary>What stands in arguments for the tensor of a number. No file can hold it: the key is taken out of what is read.</summary>
    internal static JsonObject Place(int number) => new() { [TensorKey] = number };

    internal const string TensorKey = "\0tensor";

    static JsonNode? Filled(JsonNode? node, IReadOnlyList<Tensor> tensors, Func<Tensor, JsonNode?> write) =>
        Number(node) is { } place ? write(tensors[place]) : JsonRead.WithParts(node, n => Filled(n, tensors, write));

    /// <summary>Calls a layer as a file says.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="given">The arguments.</param>
    /// <param name="tensors">The tensors of their numbers.</param>
    /// <exception cref="ArgumentException">The layer takes no such arguments.</exception>
    internal static IReadOnlyList<Tensor> Invoke(Layer layer, GivenArguments given, IReadOnlyList<Tensor> tensors)
    {
        if (layer is Operation) return layer.ApplyWith(given, Nest.List(tensors.Select(t => (Nest)t)), null).Flatten();
        var named = given.Named.Where(p => p.Value is not null).ToDictionary(p => p.Key, p => p.Value!);
        var inputs = Inputs(layer, given.Positional, named, tensors);
        AttentionOptions? options = null;
        if (layer is AttentionLayer) options = new AttentionOptions(Flag(named, "return_attention_scores"), Flag(named, "use_causal_mask"));
        bool? training = named.Remove("training", out var flag) ? JsonRead.Bool(flag) : null;
        if (named.Remove("mask", out var mask)) inputs = Masked(inputs, mask, tensors);
        foreach (var (key, value) in named)
            if (value is not JsonValue v || v.GetValueKind() != System.Text.Json.JsonValueKind.False)
                throw Errors.Argument(layer.Who, $"a call names an unknown argument \"{key}\"", "arguments of this layer", JsonRead.Short(value));
        var outputs = layer.ApplyWith(options, inputs, training).Flatten();
        if (outputs.Count > 0 && outputs[0].History is { } call && ReferenceEquals(call.Layer, layer))
            call.Style = new CallStyle(given.Positional.Count > 1 && layer is not (ProjectedAttention or RNN or Bidirectional), given.Named.ContainsKey("mask"));
        return outputs;
    }

    static bool Flag(Dictionary<string, JsonNode> named, string key) => named.Remove(key, out var value) && JsonRead.Bool(value);

    static Nest Inputs(Layer layer, JsonArray positional, Dictionary<string, JsonNode> named, IReadOnlyList<Tensor> tensors)
    {
        if (layer is ProjectedAttention) return ReadProjected(positional, named, tensors);
        var first = positional.Count > 0 ? positional[0]
            : FirstArguments.Select(n => named.Remove(n, out var value) ? value : null).FirstOrDefault(v => v is not null);
        var inputs = first is null ? throw Errors.Argument(layer.Who, "a call has no inputs", "args", "none") : Read(first, tensors);
        if (layer is RNN or Bidirectional)
        {
            var states = positional.Count > 1 ? positional[1] : named.Remove("initial_state", out var state) ? state : null;
            return states is null ? inputs : Nest.List([inputs, .. Read(states, tensors)!.Flatten().Select(s => (Nest)s)]);
        }
        if (layer is CategoryEncoding && named.Remove("count_weights", out var weights)) return Nest.List(inputs, Read(weights, tensors));
        if (layer is ReversibleEmbedding && Flag(named, "reverse")) return Nest.Dictionary([new(ReversibleEmbedding.ReverseKey, inputs)]);
        return positional.Count == 1 || positional.Count == 0 ? inputs : Nest.List(positional.Select(p => Read(p, tensors)));
    }

    static Nest ReadProjected(JsonArray positional, Dictionary<string, JsonNode> named, IReadOnlyList<Tensor> tensors)
    {
        var given = new Tensor?[4];
        for (var i = 0; i < given.Length; i++)
        {
            var node = i < positional.Count ? positional[i] : null;
            if (named.Remove(AttentionInputs[i], out var byName)) node ??= byName;
            if (node is not null) given[i] = Read(node, tensors).Tensor;
            if (named.Remove($"{AttentionInputs[i]}_mask", out var mask)) given[i] = given[i] is { } x ? Masked(x, mask, tensors).Tensor : null;
        }
        if (given[0] is null || given[1] is null) throw Errors.Argument("attention", "a call lacks query or value", "both", positional.Count);
        if (given[3] is not null) given[2] ??= given[1];
        return Nest.List(given.OfType<Tensor>().Select(t => (Nest)t));
    }

    /// <summary>A structure of tensors among arguments; numbers become constants.</summary>
    internal static Nest Read(JsonNode? node, IReadOnlyList<Tensor> tensors) => Number(node) is { } place ? tensors[place] : node switch
    {
        JsonArray list => Nest.List(list.Select(i => Read(i, tensors)).ToArray()),
        JsonObject o when !o.ContainsKey("class_name") => Nest.Dictionary(o.Select(p => KeyValuePair.Create(p.Key, Read(p.Value, tensors))).ToArray()),
        null => Nest.None,
        JsonValue value when value.TryGetValue<bool>(out var truth) => (Tensor)truth,
        _ => JsonRead.Values(node),
    };

    /// <summary>The inputs with the masks that a file names. Those that the layers before give anyway become the same objects, so that both are one operation.</summary>
    static Nest Masked(Nest inputs, JsonNode mask, IReadOnlyList<Tensor> tensors)
    {
        var given = Leaves(mask).ToArray();
        var next = 0;
        return inputs.Map(x =>
        {
            if (next >= given.Length || given[next++] is not { } place) return x;
            var read = tensors[place];
            if (x.Mask is not { } own || !Same(own, read)) return Layer.Masked(x, read);
            x.Mask = read;
            return x;
        });
    }

    static IEnumerable<int?> Leaves(JsonNode? node) => Number(node) is { } place ? [place] : node switch
    {
        null => [null],
        JsonArray list => list.SelectMany(Leaves),
        JsonObject o => o.OrderBy(p => p.Key, StringComparer.Ordinal).SelectMany(p => Leaves(p.Value)),
        _ => throw new FormatException(),
    };

    /// <summary>Whether two tensors are the same ops on the same tensors.</summary>
    static bool Same(Tensor a, Tensor b)
    {
        var stack = new Stack<(Tensor, Tensor)>([(a, b)]);
        for (var steps = 0; stack.TryPop(out var pair); steps++)
        {
            var (x, y) = pair;
            if (ReferenceEquals(x, y)) continue;
            if (steps > 100 || x.Inputs.Length != y.Inputs.Length || !x.Op.Equals(y.Op)) return false;
            for (var i = 0; i < x.Inputs.Length; i++) stack.Push((x.Inputs[i], y.Inputs[i]));
        }
        return true;
    }
}

/// <summary>How a file names the inputs of a call.</summary>
/// <param name="Spread">Whether each is an argument of its own.</param>
/// <param name="NamesMask">Whether the mask is an argument, be it none.</param>
sealed record CallStyle(bool Spread, bool NamesMask);
