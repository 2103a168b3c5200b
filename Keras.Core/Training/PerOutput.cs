using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Keras;

/// <summary>Something for the outputs of a model: one for all, a list in their order, or a dictionary by their names.</summary>
public sealed class PerOutput<T> where T : class
{
    readonly IReadOnlyList<T?> _items;
    readonly IReadOnlyDictionary<string, T>? _named;
    readonly bool _listed;

    PerOutput(IReadOnlyList<T?> items, IReadOnlyDictionary<string, T>? named = null, bool listed = false) => (_items, _named, _listed) = (items, named, listed);

#pragma warning disable CA2225 // Arguments are written as what they are; the class is never named.
    /// <summary>One for the only output.</summary>
    public static implicit operator PerOutput<T>(T item) => new([item]);

    /// <summary>Reads Keras's name.</summary>
    public static implicit operator PerOutput<T>(string name) => new([typeof(T) == typeof(Loss) ? (T)(object)(Loss)name : KnownTypes.Create<T>(name)]);

    /// <summary>One for each output, in their order; <c>null</c> for none.</summary>
    public static implicit operator PerOutput<T>(T?[] items) => new(items, listed: true);

    /// <summary>One for each output that is named.</summary>
    public static implicit operator PerOutput<T>(Dictionary<string, T> named) => new([], named);
#pragma warning restore CA2225

    /// <summary>As it was given, with each item in its form.</summary>
    internal JsonNode? Write(Func<T, JsonNode?> write) => _named is not null ? new JsonObject(_named.Select(n => KeyValuePair.Create(n.Key, write(n.Value))))
        : _items is [{ } only] && !_listed ? write(only) : new JsonArray([.. _items.Select(i => i is null ? null : write(i))]);

    /// <summary>One or none for each output.</summary>
    internal T?[] For(string who, IReadOnlyList<string> outputs)
    {
        if (_named is null)
            return _items.Count == outputs.Count ? [.. _items]
                : throw Errors.Argument(who, $"there must be one {typeof(T).Name.ToLowerInvariant()} for each output", outputs.Count, _items.Count);
        foreach (var name in _named.Keys)
            if (!outputs.Contains(name)) throw Errors.Argument(who, "there is no such output", string.Join(", ", outputs), $"\"{name}\"");
        return [.. outputs.Select(o => _named.GetValueOrDefault(o))];
    }
}

/// <summary>Metrics for the outputs of a model: a list for the only one, a list for each, or lists by the names of the outputs.</summary>
[CollectionBuilder(typeof(MetricLists), nameof(Create))]
public sealed class MetricLists : IEnumerable<Metric>
{
    readonly IReadOnlyList<IReadOnlyList<Metric>> _lists;
    readonly IReadOnlyDictionary<string, Metric[]>? _named;
    readonly bool _flat;

    MetricLists(IReadOnlyList<IReadOnlyList<Metric>> lists, IReadOnlyDictionary<string, Metric[]>? named = null, bool flat = false) => (_lists, _named, _flat) = (lists, named, flat);

    /// <summary>A list for the only output.</summary>
    public static MetricLists Create(ReadOnlySpan<Metric> metrics) => new([metrics.ToArray()], flat: true);

#pragma warning disable CA2225 // Arguments are written as what they are; the class is never named.
    /// <summary>A list for each output, in their order.</summary>
    public static implicit operator MetricLists(Metric[][] lists) => new(lists);

    /// <summary>A list for each output that is named.</summary>
    public static implicit operator MetricLists(Dictionary<string, Metric[]> named) => new([], named);
#pragma warning restore CA2225

    /// <summary>As it was given, with each metric in its form.</summary>
    internal JsonNode Write(Func<Metric, JsonNode?> write) => _named is not null ? new JsonObject(_named.Select(n => KeyValuePair.Create(n.Key, (JsonNode?)List(n.Value, write))))
        : _flat ? List(_lists[0], write) : new JsonArray([.. _lists.Select(l => List(l, write))]);

    static JsonArray List(IEnumerable<Metric> metrics, Func<Metric, JsonNode?> write) => [.. metrics.Select(write)];

    /// <summary>The list of each output.</summary>
    internal IReadOnlyList<Metric>[] For(string who, IReadOnlyList<string> outputs)
    {
        if (_named is null)
            return _lists.Count == outputs.Count ? [.. _lists]
                : throw Errors.Argument(who, "there must be one list of metrics for each output", outputs.Count, _lists.Count);
        foreach (var name in _named.Keys)
            if (!outputs.Contains(name)) throw Errors.Argument(who, "there is no such output", string.Join(", ", outputs), $"\"{name}\"");
        return [.. outputs.Select(o => (IReadOnlyList<Metric>)(_named.GetValueOrDefault(o) ?? []))];
    }

    /// <inheritdoc/>
    public IEnumerator<Metric> GetEnumerator() => _lists.SelectMany(l => l).Concat(_named?.Values.SelectMany(v => v) ?? []).GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
}
