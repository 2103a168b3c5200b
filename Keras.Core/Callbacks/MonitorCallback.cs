namespace Keras.Callbacks;

/// <summary>The base of callbacks that watch a value of the logs and know whether it got better.</summary>
public abstract class MonitorCallback : Callback
{
    readonly string _monitor;
    readonly string _mode;
    readonly double _minDelta;
    bool? _up;

    private protected MonitorCallback(string monitor, string mode, double minDelta)
    {
        ArgumentNullException.ThrowIfNull(monitor);
        (_monitor, _mode, _minDelta) = (monitor, Choice.Check("mode", mode, "auto", "min", "max"), Math.Abs(minDelta));
    }

    /// <summary>The best value so far.</summary>
    public double? Best { get; private protected set; }

    /// <summary>The watched value; a warning and <c>null</c> where the logs have none.</summary>
    private protected double? Current(Logs logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        _up ??= Direction();
        if (logs.TryGetValue(_monitor, out var value)) return value;
        Messages.Warn(GetType().Name, $"\"{_monitor}\" is not among the logs, which are: {string.Join(", ", logs.Keys)}.");
        return null;
    }

    private protected bool Improves(double value, double? than) => than is not { } reference
        || (_up!.Value ? value - _minDelta > reference : value + _minDelta < reference);

    bool Direction()
    {
        if (_mode != "auto") return _mode == "max";
        var name = _monitor.StartsWith("val_", StringComparison.Ordinal) ? _monitor[4..] : _monitor;
        if (name == "loss") return false;
        var metric = Model.Metrics.FirstOrDefault(m => m.Name == name);
        return metric?.HigherIsBetter ?? throw Errors.Invalid(GetType().Name, $"it is not known whether a higher \"{_monitor}\" is better",
            "mode \"min\" or \"max\"", "\"auto\"");
    }
}
