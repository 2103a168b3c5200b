namespace Keras;

/// <summary>The one shape of every message: who, what is wrong, what was expected, what was received, and a hint.</summary>
static class Errors
{
    const int Longest = 1000;

    internal static ArgumentException Argument(string who, string what, object? expected, object? received, string? hint = null) =>
        new(Message(who, what, expected, received, hint));

    internal static InvalidOperationException Invalid(string who, string what, object? expected, object? received,
        string? hint = null) => new(Message(who, what, expected, received, hint));

    internal static NotSupportedException Unsupported(string who, string what, object? expected, object? received,
        string? hint = null) => new(Message(who, what, expected, received, hint));

    internal static string Message(string who, string what, object? expected, object? received, string? hint = null) =>
        $"[{who}] {what}. Expected: {expected}. Received: {Short(received?.ToString())}." + (hint is null ? "" : " " + hint);

    // What is received may be of any length.
    static string? Short(string? text) => text is { Length: > Longest } ? $"{text.AsSpan(0, Longest)}…" : text;
}
