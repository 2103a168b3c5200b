namespace Keras.Callbacks;

/// <summary>Lowers the learning rate when a watched value no longer gets better.</summary>
/// <param name="monitor">The name of the value. Default <c>val_loss</c>.</param>
/// <param name="factor">What the learning rate is multiplied by, below 1. Default 0.1.</param>
/// <param name="patience">How many epochs without a better value are allowed. Default 10.</param>
/// <param name="verbose">Whether to say so: 0 or 1. Default 0.</param>
/// <param name="mode"><c>min</c>, <c>max</c>, or <c>auto</c> to go by the metric. Default auto.</param>
/// <param name="minDelta">By how much the value must change to count as better. Default 0.0001.</param>
/// <param name="cooldown">How many epochs after a change do not count. Default 0.</param>
/// <param name="minLr">The least learning rate. Default 0.</param>
/// <exception cref="ArgumentException">The factor is 1 or more.</exception>
public sealed class ReduceLROnPlateau(string monitor = "val_loss", double factor = 0.1, int patience = 10, int verbose = 0, string mode = "auto",
    double minDelta = 1e-4, int cooldown = 0, double minLr = 0) : MonitorCallback(monitor, mode, minDelta)
{
    readonly double _factor = factor < 1 ? factor : throw Errors.Argument("ReduceLROnPlateau", "the factor does not lower the rate", "below 1", factor);
    int _cooling;
    int _wait;

    /// <inheritdoc/>
    public override void OnTrainBegin(Logs? logs = null) => (Best, _cooling, _wait) = (null, 0, 0);

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        logs.Set("learning_rate", Model.Optimizer!.CurrentLearningRate.Item());
        if (Current(logs) is not { } current) return;
        if (_cooling > 0)
        {
            _cooling--;
            _wait = 0;
        }
        if (Improves(current, Best)) (Best, _wait) = (current, 0);
        else if (_cooling == 0 && ++_wait >= patience) Lower(epoch);
    }

    void Lower(int epoch)
    {
        var rate = Model.Optimizer!.LearningRate;
        var old = rate.Read().Item();
        if (old <= (float)minLr) return;
        var lower = Math.Max(old * _factor, minLr);
        rate.Assign(lower);
        if (verbose > 0) Messages.Print($"\nEpoch {epoch + 1}: ReduceLROnPlateau reducing learning rate to {Messages.Number(lower)}.");
        (_cooling, _wait) = (cooldown, 0);
    }
}

/// <summary>Sets the learning rate at the start of each epoch.</summary>
/// <param name="schedule">From the epoch, from 0, and the learning rate to the new one.</param>
/// <param name="verbose">Whether to say so: 0 or 1. Default 0.</param>
public sealed class LearningRateScheduler(Func<int, double, double> schedule, int verbose = 0) : Callback
{
    /// <summary>A schedule that goes by the epoch alone.</summary>
    /// <param name="schedule">From the epoch, from 0, to the learning rate.</param>
    /// <param name="verbose">Whether to say so: 0 or 1. Default 0.</param>
    public LearningRateScheduler(Func<int, double> schedule, int verbose = 0) : this((epoch, _) => schedule(epoch), verbose)
    {
    }

    /// <inheritdoc/>
    public override void OnEpochBegin(int epoch, Logs logs)
    {
        var variable = Model.Optimizer!.LearningRate;
        var rate = schedule(epoch, variable.Read().Item());
        variable.Assign(rate);
        if (verbose > 0) Messages.Print($"\nEpoch {epoch + 1}: LearningRateScheduler setting learning rate to {Messages.Number(rate)}.");
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        logs.Set("learning_rate", Model.Optimizer!.CurrentLearningRate.Item());
    }
}
