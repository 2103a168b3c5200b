namespace Keras.Callbacks;

/// <summary>Stops training when a watched value no longer gets better.</summary>
/// <param name="monitor">The name of the value. Default <c>val_loss</c>.</param>
/// <param name="minDelta">By how much it must change to count as better. Default 0.</param>
/// <param name="patience">How many epochs without a better value are allowed. Default 0.</param>
/// <param name="verbose">Whether to say so: 0 or 1. Default 0.</param>
/// <param name="mode"><c>min</c>, <c>max</c>, or <c>auto</c> to go by the metric. Default auto.</param>
/// <param name="baseline">A value that must be beaten within the patience. Default none.</param>
/// <param name="restoreBestWeights">Whether the model gets the weights of the best epoch at the end. Default false.</param>
/// <param name="startFromEpoch">How many epochs pass before the value is watched. Default 0.</param>
public sealed class EarlyStopping(string monitor = "val_loss", double minDelta = 0, int patience = 0, int verbose = 0, string mode = "auto",
    double? baseline = null, bool restoreBestWeights = false, int startFromEpoch = 0) : MonitorCallback(monitor, mode, minDelta)
{
    IReadOnlyList<Tensor>? _bestWeights;
    int _wait;

    /// <summary>The epoch, from 0, that was the last; 0 if training was not stopped.</summary>
    public int StoppedEpoch { get; private set; }

    /// <summary>The epoch, from 0, of the best value.</summary>
    public int BestEpoch { get; private set; }

    /// <inheritdoc/>
    public override void OnTrainBegin(Logs? logs = null)
    {
        (_wait, StoppedEpoch, BestEpoch, Best, _bestWeights) = (0, 0, 0, null, null);
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        if (Current(logs) is not { } current || epoch < startFromEpoch) return;
        // A first value that is NaN is no better than anything, yet the weights are the best there are.
        if (restoreBestWeights && _bestWeights is null) (_bestWeights, BestEpoch) = (Model.GetWeights(), epoch);
        _wait++;
        if (Improves(current, Best))
        {
            (Best, BestEpoch) = (current, epoch);
            if (restoreBestWeights) _bestWeights = Model.GetWeights();
            if (Improves(current, baseline)) _wait = 0;
        }
        else if (_wait >= patience && epoch > 0)
        {
            StoppedEpoch = epoch;
            Model.StopTraining = true;
        }
    }

    /// <inheritdoc/>
    public override void OnTrainEnd(Logs? logs = null)
    {
        if (StoppedEpoch > 0 && verbose > 0) Messages.Print($"Epoch {StoppedEpoch + 1}: early stopping");
        if (_bestWeights is null) return;
        if (verbose > 0) Messages.Print($"Restoring model weights from the end of the best epoch: {BestEpoch + 1}.");
        Model.SetWeights(_bestWeights);
    }
}
