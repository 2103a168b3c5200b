using System.Globalization;
using System.Text;

namespace Keras;

/// <summary>A model file cannot be loaded: it is damaged, of an unknown kind, larger than the limits allow, or asks for
/// something that is refused. Nothing was changed when this is thrown.</summary>
public sealed class ModelFileException : Exception
{
    const int Shown = 200;

    internal ModelFileException(string format, string? path, string what, object? expected, object? received, string? hint = null,
        Exception? inner = null)
        : base(Clean(Errors.Message(path is null ? format : $"{format} {Quoted(path)}", what, expected, received, hint)), inner) => Path = path;

    /// <summary>A failure that has been described already, of something at a path; the description may quote the file at any length.</summary>
    internal ModelFileException(string message, string? path, Exception? inner) : base(Shortened(message), inner) => Path = path;

    /// <summary>Where inside the file it is wrong, such as <c>/layers/dense/vars/0</c>; <c>null</c> where it is the file as a whole.</summary>
    public string? Path { get; }

    /// <summary>Text out of a file as a message may hold it: not long, and nothing that moves a terminal's cursor.</summary>
    internal static string Show(string text) => text.Length > Shown ? Clean(text.AsSpan(0, Shown)) + "…" : Clean(text);

    /// <summary>A name out of a file as a message quotes it.</summary>
    internal static string Quoted(string name) => $"\"{Show(name)}\"";

    static string Shortened(string message)
    {
        const string received = ". Received: ";
        const int Long = 1000;
        if (message.Length > Long && message.LastIndexOf(received, StringComparison.Ordinal) is >= 0 and var at)
            message = message[..(at + received.Length)] + Show(message[(at + received.Length)..]);
        // What closes a word, such as a quotation mark and the full stop, stays.
        return string.Join(' ', message.Split(' ').Select(w => w.Length > Shown ? Show(w) + Clean(w.AsSpan(w.Length - 2)) : Clean(w)));
    }

    static string Clean(ReadOnlySpan<char> text)
    {
        var clean = new StringBuilder();
        foreach (var c in text) clean.Append(char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format ? '?' : c);
        return clean.ToString();
    }
}
