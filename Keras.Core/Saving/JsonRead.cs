using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keras;

/// <summary>Reads the values of a config, which may hold anything, strictly: a value of another kind or out of range is a
/// <see cref="FormatException"/>, which the reader of the key turns into an error that names it.</summary>
static class JsonRead
{
    internal static double Number(JsonNode node)
    {
        if (node is JsonValue value && value.GetValueKind() == JsonValueKind.Number)
        {
            // A number that was never text has the type that it was written from.
            if (!value.TryGetValue<JsonElement>(out _)) return Made(value);
            // Text without an end point, such as 1e400, is no infinity.
            if (value.TryGetValue<double>(out var read) && double.IsFinite(read)) return read;
        }
        throw new FormatException();
    }

    static double Made(JsonValue value) => value.TryGetValue<double>(out var d) ? d
        : value.TryGetValue<int>(out var i) ? i
        : value.TryGetValue<long>(out var l) ? l
        : value.TryGetValue<float>(out var f) ? f
        : double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture);

    internal static long Long(JsonNode node)
    {
        if (node is JsonValue value && value.TryGetValue<long>(out var whole)) return whole;
        var number = Number(node);
        // 3.0 is three.
        return number % 1 == 0 && Math.Abs(number) < 1L << 53 ? (long)number : throw new FormatException();
    }

    internal static int Int(JsonNode node) => Long(node) is >= int.MinValue and <= int.MaxValue and var number ? (int)number : throw new FormatException();

    internal static ulong Unsigned(JsonNode node) => node is JsonValue value && value.TryGetValue<ulong>(out var whole) ? whole : checked((ulong)Long(node));

    internal static bool Bool(JsonNode node) => node is JsonValue value && value.TryGetValue<bool>(out var read) ? read : throw new FormatException();

    internal static string Text(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : throw new FormatException();

    /// <summary>The text, or <c>null</c> where there is something else or nothing.</summary>
    internal static string? TextOrNull(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    internal static JsonArray List(JsonNode? node) => node as JsonArray ?? throw new FormatException();

    internal static JsonObject Object(JsonNode? node) => node as JsonObject ?? throw new FormatException();

    internal static IEnumerable<JsonNode> Items(JsonNode node) => List(node).Select(n => n ?? throw new FormatException());

    /// <summary>A list or an object with each of its parts changed; a copy of anything else.</summary>
    internal static JsonNode? WithParts(JsonNode? node, Func<JsonNode?, JsonNode?> change) => node switch
    {
        JsonArray list => new JsonArray([.. list.Select(change)]),
        JsonObject o => new JsonObject(o.Select(p => KeyValuePair.Create(p.Key, change(p.Value)))),
        _ => node?.DeepClone(),
    };

    /// <summary>Dimensions, <c>null</c> for an unknown one. Borders, pairs in a list, come one after the other.</summary>
    internal static int[] Integers(JsonNode? node) => node switch
    {
        null => [Shape.Unknown],
        JsonArray array => [.. array.SelectMany(Integers)],
        _ => [Int(node)],
    };

    /// <summary>A shape of at most 32 dimensions, none of them negative.</summary>
    internal static Shape Dims(JsonNode? node)
    {
        var list = List(node);
        if (list.Count > 32) throw new FormatException();
        return Shape.Of([.. list.Select(d => d is null ? Shape.Unknown : Int(d) is >= 0 and var dim ? dim : throw new FormatException())]);
    }

    /// <summary>A number, lists of numbers, or an array as Keras writes one.</summary>
    internal static Tensor Values(JsonNode node)
    {
        if (node is JsonObject o)
            return Ops.Cast(Values(Object(o["config"])["value"] ?? throw new FormatException()), DTypes.Parse(TextOrNull(o["config"]!["dtype"]) ?? "float32"));
        if (node is not JsonArray) return Number(node) is var number && number % 1 == 0 && Math.Abs(number) <= int.MaxValue ? (int)number : number;
        var dims = new List<int>();
        for (JsonNode? part = node; part is JsonArray list; part = list.Count > 0 ? list[0] : null) dims.Add(list.Count);
        var values = new List<double>();
        Fill(node, [.. dims], values);
        return Tensor.Of([.. values], Shape.Of([.. dims]));
    }

    static void Fill(JsonNode? node, ReadOnlySpan<int> dims, List<double> values)
    {
        if (dims.Length == 0)
        {
            values.Add(Number(node ?? throw new FormatException()));
            return;
        }
        var list = List(node);
        if (list.Count != dims[0]) throw new FormatException();
        foreach (var item in list) Fill(item, dims[1..], values);
    }

    /// <summary>The name of a function: a string, or the object that Keras writes for it.</summary>
    /// <exception cref="ArgumentException">It is Python's code, which is not run.</exception>
    internal static string FunctionName(JsonNode node)
    {
        if (node is not JsonObject o) return Text(node);
        return TextOrNull(o["class_name"]) switch
        {
            "__lambda__" => throw Errors.Argument("function", "the config holds code of Python, which is never run", "the name of a function", "__lambda__",
                "Write the function in C#, register it with Saving.RegisterKerasSerializable(name, function), and put its name in the lambda's place."),
            "function" => Text(o["config"]),
            var other => throw Errors.Argument("function", "this is no function", "a name, or class_name \"function\"", $"class_name \"{other}\""),
        };
    }

    const int MostShown = 100;

    static string Cut(string text) => text.Length <= MostShown ? text : $"{text[..MostShown]}…";

    /// <summary>A value for a message: never long.</summary>
    internal static string Short(JsonNode? node) => node switch
    {
        null => "null",
        JsonArray { Count: > 8 } list => $"a list of {list.Count}",
        JsonArray list => $"[{string.Join(", ", list.Select(n => n is JsonArray inner ? $"a list of {inner.Count}" : Short(n)))}]",
        JsonObject o => o.ContainsKey("class_name") ? $"an object of class {Short(o["class_name"])}" : $"an object with {o.Count} keys",
        JsonValue value when value.TryGetValue<double>(out var d) && !double.IsFinite(d) && !value.TryGetValue<JsonElement>(out _) => d.ToString(CultureInfo.InvariantCulture),
        JsonValue when TextOrNull(node) is { } text => ModelFileException.Quoted(text),
        _ => Cut(node.ToJsonString()),
    };
}
