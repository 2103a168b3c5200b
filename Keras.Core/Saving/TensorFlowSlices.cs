using System.Text.Json.Nodes;

namespace Keras;

/// <summary>Indices of TensorFlow in the form that Keras writes for the key of <c>x[key]</c>.</summary>
static class TensorFlowSlices
{
    /// <summary>The key of <c>getitem</c>, <c>strided_slice</c> or <c>slice</c>.</summary>
    internal static JsonArray Of(TensorFlowCall call) => call.Function switch
    {
        "strided_slice" => Strided(call),
        "slice" => Block(call),
        // An index alone is no list.
        _ => call.Plain("slice_spec") is var spec && spec is JsonArray list ? [.. list.Select(i => Index(call, i))] : [Index(call, spec)],
    };

    static JsonNode? Index(TensorFlowCall call, JsonNode? index) => index switch
    {
        null => null,
        JsonObject o when JsonRead.TextOrNull(o["class_name"]) == "__ellipsis__" => Ellipsis(),
        JsonObject o when JsonRead.TextOrNull(o["class_name"]) == "__slice__" => Index(call, JsonRead.Object(o["config"])),
        JsonObject { Count: 3 } o when o.ContainsKey("start") && o.ContainsKey("stop") && o.ContainsKey("step") => Slice(Number(o["start"]), Number(o["stop"]), Number(o["step"])),
        JsonValue => JsonRead.Int(index),
        _ => throw call.Refused("an index has no equal", "whole numbers, slices of them, an ellipsis or a new axis", index),
    };

    static int? Number(JsonNode? node) => node is null ? null : JsonRead.Int(node);

    static JsonArray Block(TensorFlowCall call)
    {
        var (begin, size) = (call.Wholes("begin") ?? throw new FormatException(), call.Wholes("size") ?? throw new FormatException());
        if (begin.Length != size.Length || begin.Any(b => b < 0) || size.Any(s => s < -1)) throw new FormatException();
        return [.. begin.Zip(size, (b, s) => (JsonNode)Slice(b, s == -1 ? null : checked(b + s), null))];
    }

    static readonly string[] Masks = ["ellipsis_mask", "new_axis_mask", "shrink_axis_mask", "begin_mask", "end_mask"];

    static JsonArray Strided(TensorFlowCall call)
    {
        var (begin, end) = (call.Wholes("begin") ?? throw new FormatException(), call.Wholes("end") ?? throw new FormatException());
        var steps = call.Wholes("strides") ?? [.. begin.Select(b => 1)];
        if (end.Length != begin.Length || steps.Length != begin.Length || begin.Length > 32) throw new FormatException();
        // For each place a bit in every mask.
        var masks = Masks.Select(m => call.Plain(m) is { } mask ? JsonRead.Int(mask) : 0).ToArray();
        return [.. begin.Select((b, i) => Is(0, i) ? Ellipsis() : Is(1, i) ? null : Is(2, i) ? (JsonNode)b
            : Slice(Is(3, i) ? null : b, Is(4, i) ? null : end[i], steps[i] == 1 ? null : steps[i]))];

        bool Is(int mask, int place) => (masks[mask] >> place & 1) != 0;
    }

    static JsonObject Ellipsis() => new() { ["class_name"] = "__ellipsis__", ["config"] = new JsonObject() };

    static JsonObject Slice(int? start, int? stop, int? step) =>
        new() { ["class_name"] = "__slice__", ["config"] = new JsonObject { ["start"] = start, ["stop"] = stop, ["step"] = step } };

    /// <summary>Start, end and step of a slice in Keras's form; <c>null</c> for an end that is not given.</summary>
    internal static (int Start, int? Stop, int Step) Range(JsonObject slice) => slice["config"] is JsonObject config && JsonRead.TextOrNull(slice["class_name"]) == "__slice__"
        ? (Number(config["start"]) ?? 0, Number(config["stop"]), Number(config["step"]) ?? 1) : (0, null, 0);
}
