namespace Keras.Layers;

/// <summary>What is done to a text before it is split. Converts from Keras's strings; the default is <c>lower_and_strip_punctuation</c>.</summary>
public readonly record struct Standardization
{
    readonly string? _name;
    readonly Func<string, string>? _function;

    Standardization(string name, Func<string, string>? function = null) => (_name, _function) = (name, function);

    /// <summary>Nothing. Keras writes <c>null</c> for it.</summary>
    public static Standardization None { get; } = new("none");

    /// <summary>A function of one's own. It cannot be written to a config.</summary>
    public static Standardization Of(Func<string, string> function) => new("custom", function ?? throw new ArgumentNullException(nameof(function)));

#pragma warning disable CA2225 // The named twins are None and Of.
    /// <summary>Reads Keras's name.</summary>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static implicit operator Standardization(string name) =>
        new(Choice.Check("standardize", name, "lower_and_strip_punctuation", "lower", "strip_punctuation", "none"));
#pragma warning restore CA2225

    /// <summary>Keras's name.</summary>
    public override string ToString() => _name ?? "lower_and_strip_punctuation";

    /// <summary>Whether this is a function of one's own.</summary>
    internal bool IsCustom => _function is not null;

    // Letters and punctuation of ASCII only, as in Keras.
    internal string Apply(string text)
    {
        if (_function is not null) return _function(text);
        var name = ToString();
        if (name.StartsWith("lower", StringComparison.Ordinal)) text = string.Create(text.Length, text, (to, from) =>
        {
            for (var i = 0; i < to.Length; i++) to[i] = char.IsAsciiLetterUpper(from[i]) ? (char)(from[i] + 32) : from[i];
        });
        return name.EndsWith("strip_punctuation", StringComparison.Ordinal) ? string.Concat(text.Where(c => !IsPunctuation(c))) : text;
    }

    static bool IsPunctuation(char c) => c is (>= '!' and <= '/') or (>= ':' and <= '@') or (>= '[' and <= '`') or (>= '{' and <= '~');
}

/// <summary>How a text becomes tokens. Converts from Keras's strings; the default is <c>whitespace</c>.</summary>
public readonly record struct TextSplit
{
    static readonly char[] Whitespace = [' ', '\t', '\n', '\v', '\f', '\r'];

    readonly string? _name;
    readonly Func<string, IEnumerable<string>>? _function;

    TextSplit(string name, Func<string, IEnumerable<string>>? function = null) => (_name, _function) = (name, function);

    /// <summary>Not at all: each string is a token. Keras writes <c>null</c> for it.</summary>
    public static TextSplit None { get; } = new("none");

    /// <summary>A function of one's own. It cannot be written to a config.</summary>
    public static TextSplit Of(Func<string, IEnumerable<string>> function) => new("custom", function ?? throw new ArgumentNullException(nameof(function)));

#pragma warning disable CA2225 // The named twins are None and Of.
    /// <summary>Reads Keras's name.</summary>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static implicit operator TextSplit(string name) => new(Choice.Check("split", name, "whitespace", "character", "none"));
#pragma warning restore CA2225

    /// <summary>Keras's name.</summary>
    public override string ToString() => _name ?? "whitespace";

    /// <summary>Whether this is a function of one's own.</summary>
    internal bool IsCustom => _function is not null;

    internal string[] Apply(string text) => _function is not null ? [.. _function(text)] : ToString() switch
    {
        "whitespace" => text.Split(Whitespace, StringSplitOptions.RemoveEmptyEntries),
        "character" => [.. text.EnumerateRunes().Select(r => r.ToString())],
        _ => [text],
    };
}
