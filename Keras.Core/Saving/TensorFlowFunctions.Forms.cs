using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keras;

/// <summary>Functions whose arguments have another form in keras.ops, or that are made of several.</summary>
static partial class TensorFlowFunctions
{
    /// <summary>Takes an argument that has no equal: it must be what Keras does without.</summary>
    static TensorFlowCall Only(TensorFlowCall c, string name, JsonNode value) => c.Plain(name) is { } given
        && !(given.GetValueKind() == JsonValueKind.Number && value.GetValueKind() == JsonValueKind.Number ? JsonRead.Number(given) == JsonRead.Number(value) : JsonNode.DeepEquals(given, value))
        ? throw c.Refused($"the argument \"{name}\" has no equal", JsonRead.Short(value), given) : c;

    /// <summary>Takes the order of axes, of which the channels are the last.</summary>
    static TensorFlowCall Last(TensorFlowCall c) =>
        c.Text("data_format") is { } format && (format.StartsWith("NC", StringComparison.Ordinal) || !format.EndsWith('C')) ? throw c.Refused("the channels are not the last axis", "data_format \"NHWC\"", format) : c;

    static JsonNode Sum(TensorFlowCall c, JsonArray terms)
    {
        var sum = terms.Count > 1 ? terms[0]!.DeepClone() : c.Op("numpy", "Copy", [terms[0]?.DeepClone() ?? throw new FormatException()]);
        foreach (var term in terms.Skip(1)) sum = c.Op("numpy", "Add", [sum, term!.DeepClone()]);
        return sum;
    }

    static void Clipped(TensorFlowCall c)
    {
        var (low, high) = (c.Second("clip_value_min"), c.Second("clip_value_max"));
        if (low is JsonValue && high is JsonValue) c.Op("numpy", "Clip", [c.First], ("x_min", low), ("x_max", high));
        else c.Op("numpy", "Maximum", [c.Op("numpy", "Minimum", [c.First, high]), low]);
    }

    static void Like(TensorFlowCall c, string className)
    {
        // How it is computed.
        c.Plain("optimize");
        var made = c.Op("numpy", className, [c.First]);
        if (c.Text("dtype") is { } dtype) c.Op("core", "Cast", [made], ("dtype", dtype));
    }

    static void Silu(TensorFlowCall c)
    {
        var beta = c.Plain("beta") is { } given ? JsonRead.Number(given) : 1;
        if (beta == 1) c.Op("nn", "Silu", [c.First]);
        else c.Op("numpy", "Multiply", [c.First, c.Op("nn", "Sigmoid", [c.Op("numpy", "Multiply", [c.First, beta])])]);
    }

    static void Norm(TensorFlowCall c) =>
        c.Op("numpy", "Sqrt", [c.Op("numpy", "Sum", [c.Op("numpy", "Square", [c.First])], ("axis", c.Whole("axis")), ("keepdims", c.Flag("keepdims", "keep_dims")))]);

    static void Normalized(TensorFlowCall c)
    {
        var (epsilon, deviation) = (c.Plain("variance_epsilon", "epsilon") ?? throw new FormatException(), c.Op("numpy", "Subtract", [c.First, c.Second("mean")]));
        var factor = c.Op("math", "Rsqrt", [c.Op("numpy", "Add", [c.Second("variance"), epsilon])]);
        if (c.Raw("scale") is not null) factor = c.Op("numpy", "Multiply", [factor, c.Second("scale")]);
        var result = c.Op("numpy", "Multiply", [deviation, factor]);
        if (c.Raw("offset") is not null) c.Op("numpy", "Add", [result, c.Second("offset")]);
    }

    // TensorFlow counts along the first axis where none is given, and in 64 bits.
    static void Place(TensorFlowCall c, string className) =>
        c.Op("core", "Cast", [c.Op("numpy", className, [c.First], ("axis", c.Whole("axis", "dimension") ?? 0), ("keepdims", false))], ("dtype", c.Text("output_type") ?? "int64"));

    static void Cumulative(TensorFlowCall c, string className)
    {
        if (c.Flag("exclusive")) throw c.Refused("the argument \"exclusive\" has no equal", "false", true);
        var (axis, x) = (c.Whole("axis") ?? 0, c.First);
        if (!c.Flag("reverse")) c.Op("numpy", className, [x], ("axis", axis), ("dtype", null));
        else c.Op("numpy", "Flip", [c.Op("numpy", className, [c.Op("numpy", "Flip", [x], ("axis", axis))], ("axis", axis.DeepClone()), ("dtype", null))], ("axis", axis.DeepClone()));
    }

    static void Ordered(TensorFlowCall c, JsonNode axis)
    {
        var down = c.Text("direction") switch
        {
            null or "ASCENDING" => false,
            "DESCENDING" => true,
            var other => throw c.Refused("there is no such order", "ASCENDING or DESCENDING", other),
        };
        var sorted = c.Op("numpy", "Sort", [c.First], ("axis", axis));
        if (down) c.Op("numpy", "Flip", [sorted], ("axis", axis.DeepClone()));
    }

    /// <summary>Where a split cuts: a number of equal parts, or places.</summary>
    static JsonNode Places(TensorFlowCall c)
    {
        var sizes = c.Whole("num_or_size_splits") ?? throw new FormatException();
        c.Whole("num");
        if (sizes is not JsonArray list) return sizes;
        var (places, at) = (new JsonArray(), 0);
        foreach (var size in list.SkipLast(1).Select(s => (int)s!))
        {
            at = size >= 0 ? checked(at + size) : throw c.Refused("the size of a part is left open", "at most the last one", list);
            places.Add((JsonNode)at);
        }
        return places;
    }

    static void Padded(TensorFlowCall c)
    {
        var widths = c.Plain("paddings") ?? throw new FormatException();
        var mode = (c.Text("mode") ?? "CONSTANT").ToLowerInvariant();
        if (mode is not ("constant" or "reflect" or "symmetric")) throw c.Refused("there is no such mode", "CONSTANT, REFLECT or SYMMETRIC", mode);
        // Keras takes a value for constant borders alone.
        var value = c.Raw("constant_values") is null || mode != "constant" ? null : c.Second("constant_values");
        c.Op("numpy", "Pad", value is null ? [c.First] : [c.First, value], ("pad_width", widths), ("mode", mode));
    }

    static void Reshaped(TensorFlowCall c)
    {
        var sizes = c.Sizes("shape");
        if (sizes.Count(IsOpen) <= 1) c.Op("numpy", "Reshape", [c.First], ("newshape", Dims(sizes)));
        // Keras's layer keeps the samples apart, and so may leave one more open.
        else if (sizes[0].IsBatch && c.HasBatch && sizes.Skip(1).Count(IsOpen) == 1) c.Layer("Reshape", [c.First], ("target_shape", Dims(sizes[1..])));
        else throw c.Refused("more than one size is known only when the model runs", "one, besides the number of samples");
    }

    static bool IsOpen(Size size) => size.Known is null or -1;

    static JsonArray Dims(Size[] sizes) => [.. sizes.Select(s => (JsonNode)(s.Known ?? -1))];

    static JsonNode Swapped(TensorFlowCall c, JsonNode x) => c.Op("numpy", "Swapaxes", [x], ("axis1", -2), ("axis2", -1));

    static JsonNode Side(TensorFlowCall c, JsonNode x, string transposed, string adjoint)
    {
        var (turns, conjugates) = (c.Flag(transposed), c.Flag(adjoint));
        if ((turns || conjugates) && !TensorFlowCall.IsTensor(x)) return Turned(c, x);
        if (conjugates) x = c.Op("numpy", "Conj", [x]);
        return turns || conjugates ? Swapped(c, x) : x;
    }

    /// <summary>A matrix of numbers that the file holds, with rows for columns.</summary>
    static JsonNode Turned(TensorFlowCall c, JsonNode x)
    {
        if (x["config"]?["value"] is not JsonArray { Count: > 0 } rows || !rows.All(r => r is JsonArray row && row.Count == (rows[0] as JsonArray)?.Count && !row.Any(v => v is JsonArray)))
            throw c.Refused("what is to be transposed is no matrix", "a matrix, or a tensor of the model", x);
        x["config"]!["value"] = new JsonArray([.. Enumerable.Range(0, ((JsonArray)rows[0]!).Count).Select(i => new JsonArray([.. rows.Select(r => r![i]?.DeepClone())]))]);
        return x;
    }

    /// <summary>Numbers of height and width: TensorFlow may name samples and channels too, which must be 1.</summary>
    static JsonNode Window(TensorFlowCall c, string name) => c.Whole(name) switch
    {
        null => 1,
        JsonArray { Count: 1 } one => one[0]!.DeepClone(),
        JsonArray { Count: 4 } four when (int)four[0]! == 1 && (int)four[3]! == 1 => new JsonArray(four[1]!.DeepClone(), four[2]!.DeepClone()),
        JsonArray list when list.Count != 2 => throw c.Refused($"the argument \"{name}\" has no equal", "height and width", list),
        { } value => value,
    };

    static JsonNode Padding(TensorFlowCall c) => c.Plain("padding") is { } padding && JsonRead.TextOrNull(padding) is "SAME" or "VALID" ? JsonRead.Text(padding).ToLowerInvariant()
        : throw c.Refused("the borders have no equal", "SAME or VALID");

    static void Pooled(TensorFlowCall c, string className) =>
        c.Op("nn", className, [Last(c).First], ("pool_size", Window(c, "ksize")), ("strides", Window(c, "strides")), ("padding", Padding(c)), ("data_format", "channels_last"));

    static TensorFlowCall HalfPixels(TensorFlowCall c) =>
        c.Flag("half_pixel_centers") && !c.Flag("align_corners") ? c : throw c.Refused("pixels are taken from other places", "half_pixel_centers without align_corners");

    static void Resized(TensorFlowCall c, string method, bool antialias)
    {
        if (method is not ("bilinear" or "nearest" or "bicubic" or "lanczos3" or "lanczos5")) throw c.Refused("there is no such interpolation", "bilinear, nearest, bicubic, lanczos3 or lanczos5", method);
        var size = c.Whole("size") ?? throw new FormatException();
        // TensorFlow gives float32 for anything but nearest pixels, Keras what it is given.
        var x = method == "nearest" ? c.First : c.Op("core", "Cast", [c.First], ("dtype", "float32"));
        c.Op("image", "Resize", [x], ("size", size), ("interpolation", method), ("antialias", antialias), ("data_format", "channels_last"));
    }
}
