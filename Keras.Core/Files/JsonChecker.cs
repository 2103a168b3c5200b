using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Keras;

/// <summary>Reads through a JSON text without keeping it, and refuses what a reader of nodes would stumble over later, with the place.</summary>
sealed class JsonChecker(string file, LoadLimits limits)
{
    const int LongestNumber = 300;
    const int ShownName = 40;

    readonly List<Frame> _open = [];
    int _depth, _tokens;

    /// <summary>Checks the whole text.</summary>
    /// <exception cref="ModelFileException">Something is wrong with it.</exception>
    internal void Check(ReadOnlySpan<byte> utf8, JsonReaderOptions options)
    {
        var reader = new Utf8JsonReader(utf8, options);
        try
        {
            while (reader.Read()) Check(ref reader);
        }
        catch (JsonException e)
        {
            throw Bad("this is no JSON", "JSON as Python's json.dumps writes it", PythonJson.Reason(e), inner: e);
        }
    }

    void Check(ref Utf8JsonReader reader)
    {
        if (++_tokens > limits.MaxJsonTokens)
            throw Bad("there are too many values", $"at most {limits.MaxJsonTokens} names, values and brackets", "more", "LoadLimits.MaxJsonTokens allows more.");
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                CheckText(ref reader);
                _open[_depth - 1].Enter(reader.GetString()!, this);
                return;
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                if (_depth > 0) _open[_depth - 1].Next();
                if (_depth == _open.Count) _open.Add(new Frame());
                _open[_depth++].Open(isArray: reader.TokenType == JsonTokenType.StartArray);
                return;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                _depth--;
                return;
        }
        if (_depth > 0) _open[_depth - 1].Next();
        if (reader.TokenType == JsonTokenType.String) CheckText(ref reader);
        else if (reader.TokenType == JsonTokenType.Number) CheckNumber(ref reader);
    }

    void CheckNumber(ref Utf8JsonReader reader)
    {
        if (reader.ValueSpan.Length > LongestNumber) throw Bad("a number is too long", $"at most {LongestNumber} characters", $"{reader.ValueSpan.Length} characters");
        if (!double.IsFinite(reader.GetDouble())) throw Bad("a number is too large for float64", "a finite number, or Infinity", Encoding.UTF8.GetString(reader.ValueSpan));
    }

    /// <summary>Text must be Unicode: valid UTF-8, and escaped surrogates in pairs.</summary>
    void CheckText(ref Utf8JsonReader reader)
    {
        var text = reader.ValueSpan;
        if (!Utf8.IsValid(text)) throw Bad("text is not valid UTF-8", "UTF-8", "other bytes");
        if (!reader.ValueIsEscaped) return;
        for (var i = text.IndexOf((byte)'\\'); i >= 0 && i < text.Length; i++)
        {
            if (text[i] != '\\') continue;
            if (text[++i] != 'u') continue;
            var unit = Unit(text[(i + 1)..]);
            i += 4;
            if (!char.IsSurrogate(unit)) continue;
            var isPair = char.IsHighSurrogate(unit) && text[(i + 1)..].StartsWith(@"\u"u8) && char.IsLowSurrogate(Unit(text[(i + 3)..]));
            if (!isPair) throw Bad("text holds half of a surrogate pair", "Unicode", $"\\u{(int)unit:x4}");
            i += 6;
        }
    }

    // The reader has made sure of four hexadecimal digits.
    static char Unit(ReadOnlySpan<byte> digits) => (char)ushort.Parse(digits[..4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    ModelFileException Bad(string what, object expected, object received, string? hint = null, Exception? inner = null) =>
        new("JSON", $"{file}: {Place()}", what, expected, received, hint, inner);

    string Place()
    {
        var text = new StringBuilder("$");
        foreach (var frame in _open.Take(_depth)) frame.Append(text);
        return text.ToString();
    }

    /// <summary>An open array or object: where in it the reader is. Reused for the next one of its depth.</summary>
    sealed class Frame
    {
        readonly HashSet<string> _names = [];
        bool _isArray;
        int _index;
        string? _name;

        internal void Open(bool isArray)
        {
            (_isArray, _index, _name) = (isArray, -1, null);
            _names.Clear();
        }

        internal void Next() => _index++;

        internal void Enter(string name, JsonChecker checker)
        {
            _name = name;
            if (!_names.Add(name)) throw checker.Bad("an object has one name twice", "each name once", $"\"{Shown(name)}\"");
        }

        internal void Append(StringBuilder text)
        {
            if (_isArray && _index >= 0) text.Append('[').Append(_index).Append(']');
            else if (_name is not null) text.Append('.').Append(Shown(_name));
        }

        static string Shown(string name) => name.Length <= ShownName ? name : name[..ShownName] + "…";
    }
}
