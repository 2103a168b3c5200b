using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Keras;

/// <summary>A kind of value that constructors take, and its form in a config.</summary>
/// <param name="type">The type; those that derive from it are of the same kind.</param>
/// <param name="read">From the form to the value, given the type that is wanted.</param>
/// <param name="write">From the value to the form.</param>
/// <param name="none">What <c>null</c> in a config means.</param>
sealed class ValueKind(Type type, Func<JsonNode, Type, object?> read, Func<object, JsonNode?> write, object? none = null)
{
    static readonly ConcurrentDictionary<Type, ValueKind?> Known = new();

    internal Type Type => type;

    internal object? None => none;

    internal object? Read(JsonNode node, Type wanted) => read(node, wanted);

    internal JsonNode? Write(object value) => write(value);

    /// <summary>The kind of a type, if it has one.</summary>
    internal static ValueKind? Of(Type type) => Known.GetOrAdd(Nullable.GetUnderlyingType(type) ?? type,
        t => Array.Find(ValueKinds.All, k => k.Type == t) ?? Array.Find(ValueKinds.All, k => k.Type.IsAssignableFrom(t)));

    /// <summary>The form of any value.</summary>
    /// <exception cref="NotSupportedException">Values of this type have none.</exception>
    internal static JsonNode? WriteAny(object? value) => value is null ? null : Of(value.GetType()) is { } kind ? kind.Write(value)
        : throw Errors.Unsupported("config", "this kind of value cannot be written", "a known kind of argument", value.GetType().Name);
}
