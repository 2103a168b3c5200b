using System.Text.Json;

namespace Keras.Parity.Tests.Goldens;

/// <summary>Decodes the JSON encoding that goldens/README.md describes.</summary>
static class GoldenReader
{
    public static GoldenValue Parse(string json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 512 });
        return Decode(document.RootElement);
    }

    static GoldenValue Decode(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Null => new GoldenValue.Null(),
        JsonValueKind.True => new GoldenValue.Bool(true),
        JsonValueKind.False => new GoldenValue.Bool(false),
        JsonValueKind.String => new GoldenValue.Text(json.GetString()!),
        JsonValueKind.Number => Number(json),
        JsonValueKind.Array => new GoldenValue.List(List(json)),
        JsonValueKind.Object => Tagged(json) ?? Dict(json),
        var kind => throw new FormatException($"Unexpected {kind} in a golden."),
    };

    // "1.0" and "1e3" are Python floats, "1" is an int: the difference decides weak dtypes.
    static GoldenValue Number(JsonElement json) =>
        json.GetRawText().AsSpan().IndexOfAny('.', 'e', 'E') < 0 && json.TryGetInt64(out var value)
        ? new GoldenValue.Integer(value)
        : new GoldenValue.Real(json.GetDouble());

    /// <summary>An object of exactly one key is an encoded value where the key and the kind below it fit.</summary>
    static GoldenValue? Tagged(JsonElement json)
    {
        if (json.GetPropertyCount() != 1)
            return null;
        var tag = json.EnumerateObject().First();
        var body = tag.Value;
        return (tag.Name, body.ValueKind) switch
        {
            ("tensor", JsonValueKind.Object) => new GoldenValue.Tensor(
                DType(body), Shape(body), body.GetProperty("data").GetBytesFromBase64()),
            ("strings", JsonValueKind.Object) => new GoldenValue.Strings(
                Shape(body), [.. body.GetProperty("data").EnumerateArray().Select(text => text.GetString()!)]),
            ("symbolic", JsonValueKind.Object) => new GoldenValue.Symbolic(
                DType(body), [.. body.GetProperty("shape").EnumerateArray().Select(Optional)]),
            ("scalar", JsonValueKind.Object) => new GoldenValue.Scalar(DType(body), Decode(body.GetProperty("value"))),
            ("dict", JsonValueKind.Object) => Dict(body),
            ("tuple", JsonValueKind.Array) => new GoldenValue.Tuple(List(body)),
            ("slice", JsonValueKind.Array) => new GoldenValue.Slice(Optional(body[0]), Optional(body[1]), Optional(body[2])),
            ("complex", JsonValueKind.Array) => new GoldenValue.Complex(body[0].GetDouble(), body[1].GetDouble()),
            ("ellipsis", JsonValueKind.True) => new GoldenValue.Ellipsis(),
            ("float", JsonValueKind.String) => new GoldenValue.Real(SpecialFloat(body.GetString()!)),
            _ => null,
        };
    }

    static GoldenValue.Dict Dict(JsonElement json) =>
        new(json.EnumerateObject().ToDictionary(entry => entry.Name, entry => Decode(entry.Value), StringComparer.Ordinal));

    static GoldenValue[] List(JsonElement json) => [.. json.EnumerateArray().Select(Decode)];

    static string DType(JsonElement json) => json.GetProperty("dtype").GetString()!;

    static long[] Shape(JsonElement json) => [.. json.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];

    static long? Optional(JsonElement json) => json.ValueKind == JsonValueKind.Null ? null : json.GetInt64();

    static double SpecialFloat(string name) => name switch
    {
        "nan" => double.NaN,
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        _ => throw new FormatException($"Unknown special float '{name}' in a golden."),
    };
}
