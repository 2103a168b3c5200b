namespace Keras;

/// <summary>The losses and metrics of each epoch of a training run.</summary>
public sealed class History : Callback
{
    readonly SortedDictionary<string, List<double>> _values = new(StringComparer.Ordinal);
    readonly List<int> _epoch = [];

    /// <summary>The epochs, from 0.</summary>
    public IReadOnlyList<int> Epoch => _epoch;

    /// <summary>The value after each epoch for each name, such as <c>loss</c> and <c>val_accuracy</c>; the names in alphabetical order.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<double>> Values =>
        new OrderedDictionary<string, IReadOnlyList<double>>(_values.Select(v => KeyValuePair.Create(v.Key, (IReadOnlyList<double>)v.Value)));

    /// <summary>What the run was asked for.</summary>
    public FitParameters Params => Parameters;

    /// <summary>The values of a name, one for each epoch.</summary>
    /// <exception cref="KeyNotFoundException">There is no such name.</exception>
    public IReadOnlyList<double> this[string name] => _values.TryGetValue(name, out var values) ? values
        : throw new KeyNotFoundException(Errors.Message("History", "unknown name", string.Join(", ", _values.Keys), $"\"{name}\""));

    /// <inheritdoc/>
    public override void OnTrainBegin(Logs? logs = null) => _epoch.Clear();

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        _epoch.Add(epoch);
        foreach (var (name, value) in logs)
        {
            if (!_values.TryGetValue(name, out var values)) _values[name] = values = [];
            values.Add(value);
        }
    }
}
