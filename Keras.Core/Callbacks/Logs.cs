using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Keras;

/// <summary>The names and values of losses and metrics after a batch or an epoch, in the order in which they were first set.</summary>
#pragma warning disable CA1710 // Keras's name.
public sealed class Logs : IReadOnlyDictionary<string, double>
#pragma warning restore CA1710
{
    readonly List<string> _names = [];
    readonly List<double> _values = [];
    readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);

    /// <summary>The value of a name.</summary>
    /// <exception cref="KeyNotFoundException">There is no such name.</exception>
    public double this[string key] => TryGetValue(key, out var value) ? value
        : throw new KeyNotFoundException(Errors.Message("Logs", "unknown name", string.Join(", ", _names), $"\"{key}\""));

    /// <summary>How many values there are.</summary>
    public int Count => _names.Count;

    /// <summary>The names, in order.</summary>
    public IEnumerable<string> Keys => _names;

    /// <summary>The values, in order.</summary>
    public IEnumerable<double> Values => _values;

    /// <summary>Sets the value of a name; a new name comes last.</summary>
    public void Set(string name, double value)
    {
        if (_indices.TryGetValue(name, out var index))
        {
            _values[index] = value;
            return;
        }
        _indices[name] = _names.Count;
        _names.Add(name);
        _values.Add(value);
    }

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _indices.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out double value)
    {
        var found = _indices.TryGetValue(key, out var index);
        value = found ? _values[index] : 0;
        return found;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, double>> GetEnumerator()
    {
        for (var i = 0; i < _names.Count; i++) yield return new(_names[i], _values[i]);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Names and values.</summary>
    public override string ToString() => string.Join(", ", this.Select(l => $"{l.Key}: {l.Value:G6}"));
}
