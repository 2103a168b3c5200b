using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keras;

static partial class PythonJson
{
    const int Deepest = 512;

    /// <summary>The text that Python's <c>json.dumps</c> gives: <c>", "</c> and <c>": "</c> between, floats as <c>repr</c> spells them, ASCII only.</summary>
    /// <param name="node">What to write.</param>
    /// <param name="indent">Spaces a level, each value on a line of its own, as <c>json.dumps(indent=…)</c>. Default 0: one line.</param>
    internal static string Write(JsonNode? node, int indent = 0)
    {
        var text = new StringBuilder();
        Write(text, node, indent, 0);
        return text.ToString();
    }

    static void Write(StringBuilder text, JsonNode? node, int indent, int depth)
    {
        if (depth > Deepest) throw Errors.Argument("JSON", "the value is nested too deeply", $"at most {Deepest} levels", "more");
        switch (node)
        {
            case null:
                text.Append("null");
                break;
            case JsonObject o:
                WriteAll(text, '{', '}', o, indent, depth, (name, value) =>
                {
                    WriteString(text, name);
                    text.Append(": ");
                    Write(text, value, indent, depth + 1);
                });
                break;
            case JsonArray array:
                WriteAll(text, '[', ']', array.Select(v => KeyValuePair.Create("", v)), indent, depth, (_, value) => Write(text, value, indent, depth + 1));
                break;
            default:
                WriteValue(text, node.AsValue());
                break;
        }
    }

    static void WriteAll(StringBuilder text, char open, char close, IEnumerable<KeyValuePair<string, JsonNode?>> items, int indent, int depth,
        Action<string, JsonNode?> write)
    {
        var any = false;
        text.Append(open);
        foreach (var (name, value) in items)
        {
            if (any) text.Append(indent > 0 ? "," : ", ");
            if (indent > 0) text.Append('\n').Append(' ', indent * (depth + 1));
            write(name, value);
            any = true;
        }
        if (any && indent > 0) text.Append('\n').Append(' ', indent * depth);
        text.Append(close);
    }

    static void WriteValue(StringBuilder text, JsonValue value)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.String:
                WriteString(text, value.GetValue<string>());
                break;
            case JsonValueKind.Number:
                text.Append(Number(value));
                break;
            case JsonValueKind.True:
                text.Append("true");
                break;
            case JsonValueKind.False:
                text.Append("false");
                break;
            default:
                text.Append("null");
                break;
        }
    }

    static string Number(JsonValue value)
    {
        if (value.TryGetValue(out JsonElement element))
        {
            var raw = element.GetRawText();
            return raw == "-0" ? "0" : raw.AsSpan().IndexOfAny('.', 'e', 'E') < 0 ? raw : Repr(element.GetDouble());
        }
        if (value.TryGetValue(out double number)) return Repr(number);
        if (value.TryGetValue(out float single)) return Repr(single);
        if (value.TryGetValue(out Half half)) return Repr((double)half);
        return value.TryGetValue(out decimal money) ? Repr((double)money) : value.ToJsonString();
    }

    /// <summary>A float as Python's <c>repr</c> spells it in JSON: the fewest digits that give it back, always with a point or an exponent.</summary>
    internal static string Repr(double value)
    {
        if (double.IsNaN(value)) return "NaN";
        if (double.IsInfinity(value)) return value > 0 ? "Infinity" : "-Infinity";
        if (value == 0) return double.IsNegative(value) ? "-0.0" : "0.0";
        var (sign, digits, point) = Digits(value);
        if (point is > 16 or <= -4)
        {
            var exponent = point - 1;
            var fraction = digits.Length == 1 ? "" : "." + digits[1..];
            return $"{sign}{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }
        if (point <= 0) return $"{sign}0.{new string('0', -point)}{digits}";
        return digits.Length <= point ? $"{sign}{digits.PadRight(point, '0')}.0" : $"{sign}{digits[..point]}.{digits[point..]}";
    }

    /// <summary>The significant digits, and where among them the decimal point stands.</summary>
    static (string Sign, string Digits, int Point) Digits(double value)
    {
        // .NET finds the same digits as Python and writes them with or without an exponent.
        var parts = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture).Split('E');
        var point = parts[0].IndexOf('.', StringComparison.Ordinal) is >= 0 and var found ? found : parts[0].Length;
        var digits = parts[0].Replace(".", "", StringComparison.Ordinal);
        var leading = digits.Length - digits.TrimStart('0').Length;
        var exponent = parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0;
        return (value < 0 ? "-" : "", digits.Trim('0'), point - leading + exponent);
    }

    static void WriteString(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var c in value)
        {
            switch (c)
            {
                case '"': text.Append("\\\""); break;
                case '\\': text.Append(@"\\"); break;
                case '\n': text.Append(@"\n"); break;
                case '\r': text.Append(@"\r"); break;
                case '\t': text.Append(@"\t"); break;
                case '\f': text.Append(@"\f"); break;
                case '\b': text.Append(@"\b"); break;
                case >= ' ' and <= '~': text.Append(c); break;
                default: text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"); break;
            }
        }
        text.Append('"');
    }
}
