using System.Text.Json.Nodes;

namespace Keras;

/// <summary>One size of a shape that a graph computes.</summary>
/// <param name="Known">The size, -1 for one that follows from the others; <c>null</c> where it is known only when the model runs.</param>
/// <param name="IsBatch">Whether it is the number of samples that the model is given.</param>
readonly record struct Size(int? Known, bool IsBatch = false);

/// <summary>Shapes that graphs of TensorFlow compute: parts of shapes of tensors, stacked and joined. No function of Keras gives a shape as a tensor; what takes
/// one is told the sizes instead.</summary>
/// <param name="graph">The calls.</param>
sealed class TensorFlowShapes(TensorFlowOps graph)
{
    // Deeper ones are cycles, or made to take long.
    const int MaxDepth = 1000;

    static readonly Size Unknown = new(null);

    readonly Dictionary<string, bool> _batches = new(StringComparer.Ordinal);
    readonly Dictionary<string, Size?> _scalars = new(StringComparer.Ordinal);
    readonly Dictionary<string, Size[]?> _lists = new(StringComparer.Ordinal);

    /// <summary>Whether a call gives a shape, or a part of one.</summary>
    internal bool IsShape(TensorFlowCall call) => call.Function == "shape" || Scalar(Output(call)) is not null || List(Output(call)) is not null;

    static JsonObject Output(TensorFlowCall call) => LegacyNodes.Tensor(new JsonArray(call.Name, 0, 0));

    (TensorFlowCall? Call, string Name, int Place) Source(JsonNode? node) => (node as JsonObject)?["config"]?["keras_history"] is JsonArray { Count: 3 } at && TensorFlowCall.IsTensor(node)
        && JsonRead.TextOrNull(at[0]) is { } name ? (graph.CallOf(name), name, at[2] is JsonValue v && v.TryGetValue<int>(out var place) ? place : -1) : (null, "", 0);

    /// <summary>The sizes that a list holds; <c>null</c> where it is something else.</summary>
    internal Size[]? List(JsonNode? node, int depth = 0)
    {
        if (node is JsonArray list)
        {
            var sizes = list.Select(i => Scalar(i, depth + 1)).ToArray();
            return sizes.All(s => s is not null) ? [.. sizes.Select(s => s!.Value)] : null;
        }
        if (Source(node) is not ({ } call, var name, 0) || depth > MaxDepth) return null;
        if (_lists.TryGetValue(name, out var known)) return known;
        _lists[name] = null;
        return _lists[name] = ListOf(call, depth + 1);
    }

    Size[]? ListOf(TensorFlowCall call, int depth) => call.Function switch
    {
        "cast" or "identity" or "convert_to_tensor" => List(call.Given, depth),
        "stack" when call.Given is JsonArray => List(call.Given, depth),
        "concat" when call.Given is JsonArray parts && parts.Select(p => List(p, depth)).ToArray() is var lists && lists.All(l => l is not null) => [.. lists.SelectMany(l => l!)],
        "getitem" or "strided_slice" or "slice" => Sliced(call, depth),
        _ => null,
    };

    Size[]? Sliced(TensorFlowCall call, int depth)
    {
        if (Slice(call) is not [JsonObject slice] || TensorFlowSlices.Range(slice) is not (var start, { } stop, 1) || start < 0 || stop < start || stop - start > 32) return null;
        var from = ShapeOf(call.Given);
        var sizes = from is null ? List(call.Given, depth) : null;
        if (from is null && (sizes is null || stop > sizes.Length)) return null;
        return [.. Enumerable.Range(start, stop - start).Select(i => sizes is null ? At(from, i) : sizes[i])];
    }

    static JsonArray? Slice(TensorFlowCall call)
    {
        try
        {
            return TensorFlowSlices.Of(call);
        }
        // The call itself tells what is wrong, where it is made.
        catch (Exception e) when (e is FormatException or InvalidOperationException or OverflowException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>The tensor whose shape a node is.</summary>
    JsonNode? ShapeOf(JsonNode? node) => Source(node) switch
    {
        ({ Function: "shape" } call, _, 0) => call.Given,
        ({ Function: "cast" or "identity" } call, _, 0) when Source(call.Given) is ({ Function: "shape" } inner, _, 0) => inner.Given,
        _ => null,
    };

    Size At(JsonNode? tensor, int axis)
    {
        // What a model takes is told in the file.
        if (Source(tensor) is (null, { Length: > 0 } name, 0) && graph.LayerOf(name)?["config"] is JsonObject input && (input["batch_input_shape"] ?? input["batch_shape"]) is JsonArray dims
            && dims.ElementAtOrDefault(axis < 0 ? dims.Count + axis : axis) is JsonValue dim && dim.TryGetValue<int>(out var size) && JsonRead.TextOrNull(graph.LayerOf(name)!["class_name"]) == "InputLayer")
            return new Size(size);
        return new Size(null, axis == 0 && HasBatch(tensor));
    }

    /// <summary>The size that a number is; <c>null</c> where it is something else.</summary>
    Size? Scalar(JsonNode? node, int depth = 0)
    {
        if (node is JsonValue value && value.TryGetValue<int>(out var number)) return new Size(number);
        if (Source(node) is not ({ } call, var name, var place) || place < 0 || depth > MaxDepth) return null;
        if (call.Function == "unstack" && place < 32) return ShapeOf(call.Given) is { } whole ? At(whole, place) : List(call.Given, depth) is { } sizes && place < sizes.Length ? sizes[place] : null;
        if (place != 0) return null;
        if (_scalars.TryGetValue(name, out var known)) return known;
        _scalars[name] = null;
        return _scalars[name] = ScalarOf(call, depth + 1);
    }

    Size? ScalarOf(TensorFlowCall call, int depth)
    {
        switch (call.Function)
        {
            case "cast" or "identity" or "convert_to_tensor":
                return Scalar(call.Given, depth);
            case "getitem" or "strided_slice":
                if (Slice(call) is not [JsonValue index] || !index.TryGetValue<int>(out var at)) return null;
                if (ShapeOf(call.Given) is { } tensor) return At(tensor, at);
                return List(call.Given, depth) is { } sizes && at < sizes.Length && -at <= sizes.Length ? sizes[at < 0 ? sizes.Length + at : at] : null;
            case "add" or "subtract" or "multiply" or "floordiv" or "maximum" or "minimum":
                return Scalar(call.Given, depth) is not null && Scalar(call.Raw("y", "x"), depth) is not null ? Unknown : null;
            case "reduce_prod":
                return ShapeOf(call.Given) is not null || List(call.Given, depth) is not null || (Source(call.Given).Call is { } part && ShapeOf(part.Given) is not null) ? Unknown : null;
            default:
                return null;
        }
    }

    /// <summary>Whether the first dimension of a tensor is the number of samples that the model is given: layers keep it, and so do functions that work on each
    /// element. All inputs of a model have the same.</summary>
    internal bool HasBatch(JsonNode? node, int depth = 0)
    {
        if (Source(node) is not (var call, { Length: > 0 } name, >= 0) || depth > MaxDepth) return false;
        if (_batches.TryGetValue(name, out var known)) return known;
        _batches[name] = false;
        return _batches[name] = call is not null ? Keeps(call, depth + 1) : graph.LayerOf(name) is { } layer && Keeps(layer, depth + 1);
    }

    bool Keeps(TensorFlowCall call, int depth)
    {
        if (TensorFlowFunctions.IsElementwise(call.Function)) return HasBatch(call.Given, depth) || HasBatch(call.Raw("y", "other", "x"), depth);
        return call.Function switch
        {
            "cast" or "softmax" or "log_softmax" or "leaky_relu" or "elu" or "gelu" or "silu" or "swish" or "l2_normalize" or "clip_by_value" or "matmul" or "bias_add" => HasBatch(call.Given, depth),
            "transpose" => call.Raw("perm") is JsonArray { Count: > 0 } perm && IsZero(perm[0]) && HasBatch(call.Given, depth),
            "reshape" => List(call.Raw("shape"), depth) is [{ IsBatch: true }, ..],
            "concat" => call.Given is JsonArray { Count: > 0 } parts && call.Raw("axis") is JsonValue axis && !IsZero(axis) && HasBatch(parts[0], depth),
            _ => false,
        };
    }

    static bool IsZero(JsonNode? node) => node is JsonValue value && value.TryGetValue<int>(out var number) && number == 0;

    bool Keeps(JsonObject layer, int depth)
    {
        if (JsonRead.TextOrNull(layer["class_name"]) is not { } name || name is "Functional" or "Model" or "Sequential" or "Lambda" || Saving.FindByClassName(name) is not null) return false;
        if (name == "InputLayer") return true;
        var node = (layer["inbound_nodes"] as JsonArray)?.FirstOrDefault();
        var first = node is JsonArray old ? LegacyNodes.Call(old, graph.Names)["args"]![0] : (node as JsonObject)?["args"]?[0];
        return HasBatch(first is JsonArray { Count: > 0 } list ? list[0] : first, depth);
    }
}
