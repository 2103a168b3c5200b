using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keras;

/// <summary>JSON as Python writes it: NaN, Infinity and -Infinity are numbers. Numbers keep their spelling, so that 1.0 stays a float.</summary>
static partial class PythonJson
{
    static readonly byte[] NotANumber = "NaN"u8.ToArray(), Infinity = "Infinity"u8.ToArray(), Minus = "-Infinity"u8.ToArray();

    /// <summary>Reads a text whole; <c>null</c> is what it says if it says <c>null</c>.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="file">What messages call it.</param>
    /// <param name="limits">What it may ask for.</param>
    /// <exception cref="ModelFileException">It is no JSON, has a name twice in an object, a number beyond float64, text that is not Unicode,
    /// or more of something than the limits allow.</exception>
    internal static JsonNode? Read(ReadOnlySpan<byte> utf8, string file, LoadLimits? limits = null)
    {
        limits ??= LoadLimits.Default;
        CheckLength(utf8.Length, file, limits);
        if (utf8 is [0xEF, 0xBB, 0xBF, ..] or [0xFE, 0xFF, ..] or [0xFF, 0xFE, ..] || utf8.Contains((byte)0))
            throw new ModelFileException("JSON", file, "the text is not plain UTF-8", "UTF-8 without a byte order mark", $"bytes {Convert.ToHexString(utf8[..Math.Min(4, utf8.Length)])}…");
        var special = Specials(utf8);
        var plain = special.Count == 0 ? utf8 : Replaced(utf8, special);
        var checker = new JsonChecker(file, limits);
        checker.Check(plain, new JsonReaderOptions { MaxDepth = limits.MaxJsonDepth });
        var root = JsonNode.Parse(plain, null, new JsonDocumentOptions { MaxDepth = limits.MaxJsonDepth });
        return special.Count == 0 ? root : Restore(root, plain, special, limits.MaxJsonDepth);
    }

    /// <inheritdoc cref="Read(ReadOnlySpan{byte}, string, LoadLimits?)"/>
    internal static JsonNode? Read(string text, string file, LoadLimits? limits = null)
    {
        // A character has a byte or more: what is too long is not copied first.
        CheckLength(text.Length, file, limits ?? LoadLimits.Default);
        return Read(Encoding.UTF8.GetBytes(text), file, limits);
    }

    static void CheckLength(int length, string file, LoadLimits limits)
    {
        if (length > limits.MaxTextBytes)
            throw new ModelFileException("JSON", file, "the text is too long", $"at most {limits.MaxTextBytes} bytes", $"{length} or more", "LoadLimits.MaxTextBytes allows more.");
    }

    /// <summary>What is wrong with a text and where; the reader of JSON quotes as much of it as there is.</summary>
    internal static string Reason(JsonException e)
    {
        var end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: {ModelFileException.Show((end < 0 ? e.Message : e.Message[..end]).TrimEnd('.'))}";
    }

    /// <summary>Where the text has a word for a number that JSON has no word for, standing alone and outside of strings.</summary>
    static List<Special> Specials(ReadOnlySpan<byte> utf8)
    {
        List<Special> found = [];
        for (var i = 0; i < utf8.Length; i++)
        {
            var next = utf8[i..].IndexOfAny("\"NI"u8);
            if (next < 0) break;
            i += next;
            if (utf8[i] == '"')
            {
                i = EndOfString(utf8, i);
                continue;
            }
            var start = i > 0 && utf8[i - 1] == '-' ? i - 1 : i;
            var length = Word(utf8[start..]);
            if (length == 0 || !(start == 0 || IsBetween(utf8[start - 1])) || !(start + length == utf8.Length || IsBetween(utf8[start + length]))) continue;
            found.Add(new Special(start, length));
            i = start + length - 1;
        }
        return found;
    }

    static int Word(ReadOnlySpan<byte> at) => at.StartsWith(NotANumber) ? NotANumber.Length
        : at.StartsWith(Infinity) ? Infinity.Length
        : at.StartsWith(Minus) ? Minus.Length : 0;

    static bool IsBetween(byte b) => b is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)',' or (byte)':' or (byte)'[' or (byte)']' or (byte)'}';

    static int EndOfString(ReadOnlySpan<byte> utf8, int quote)
    {
        for (var i = quote + 1; i < utf8.Length; i++)
        {
            var next = utf8[i..].IndexOfAny((byte)'"', (byte)'\\');
            if (next < 0) break;
            i += next;
            if (utf8[i] == '"') return i;
            i++;
        }
        return utf8.Length;
    }

    /// <summary>The text with a number of the same length in the place of each word.</summary>
    static byte[] Replaced(ReadOnlySpan<byte> utf8, List<Special> special)
    {
        var plain = utf8.ToArray();
        foreach (var (start, length) in special) plain.AsSpan(start, length).Fill((byte)'1');
        return plain;
    }

    /// <summary>Puts the numbers that JSON has no word for where the text had them.</summary>
    static JsonNode? Restore(JsonNode? root, ReadOnlySpan<byte> plain, List<Special> special, int depth)
    {
        var reader = new Utf8JsonReader(plain, new JsonReaderOptions { MaxDepth = depth });
        var open = new Stack<(JsonNode Node, int Index)>();
        string? name = null;
        var next = 0;
        while (next < special.Count && reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    name = reader.GetString();
                    continue;
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    var container = open.Count == 0 ? root! : Child(open.Peek(), name)!;
                    open.Push((container, 0));
                    continue;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    open.Pop();
                    break;
                case JsonTokenType.Number when reader.TokenStartIndex == special[next].Start:
                    var value = JsonValue.Create(special[next].Length == NotANumber.Length ? double.NaN
                        : special[next].Length == Infinity.Length ? double.PositiveInfinity : double.NegativeInfinity);
                    next++;
                    if (open.Count == 0) return value;
                    if (open.Peek() is (JsonArray array, var index)) array[index] = value;
                    else open.Peek().Node[name!] = value;
                    break;
                default:
                    break;
            }
            // A value has ended; in an array the next one follows.
            if (open.TryPop(out var top)) open.Push((top.Node, top.Index + 1));
        }
        return root;
    }

    static JsonNode? Child((JsonNode Node, int Index) parent, string? name) => parent.Node is JsonArray array ? array[parent.Index] : parent.Node[name!];

    readonly record struct Special(int Start, int Length);
}
