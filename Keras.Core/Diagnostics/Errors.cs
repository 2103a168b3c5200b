namespace Keras;

/// <summary>The one shape of every message: who, what is wrong, what was expected, what was received, and a hint.</summary>
static class Errors
{
    internal static ArgumentException Argument(string who, string what, object? expected, object? received, string? hint = null) =>
        new(Message(who, what, expected, received, hint));

    internal static InvalidOperationException Invalid(string who, string what, object? expected, object? received,
        string? hint = null) => new(Message(who, what, expected, received, hint));

    internal static NotSupportedException Unsupported(string who, string what, object? expected, object? received,
        string? hint = null) => new(Message(who, what, expected, received, hint));

    internal static string Message(string who, string what, object? expected, object? received, string? hint = null) =>
        $"[{who}] {what}. Expected: {expected}. Received: {received}." + (hint is null ? "" : " " + hint);
}
