namespace Keras.Callbacks;

/// <summary>A callback made of functions.</summary>
/// <param name="onEpochBegin">Called with the epoch, from 0, and the logs.</param>
/// <param name="onEpochEnd">Called with the epoch, from 0, and the logs.</param>
/// <param name="onTrainBegin">Called with the logs.</param>
/// <param name="onTrainEnd">Called with the logs.</param>
/// <param name="onTrainBatchBegin">Called with the batch, from 0, and the logs.</param>
/// <param name="onTrainBatchEnd">Called with the batch, from 0, and the logs.</param>
public sealed class LambdaCallback(Action<int, Logs>? onEpochBegin = null, Action<int, Logs>? onEpochEnd = null, Action<Logs?>? onTrainBegin = null,
    Action<Logs?>? onTrainEnd = null, Action<int, Logs>? onTrainBatchBegin = null, Action<int, Logs>? onTrainBatchEnd = null) : Callback
{
    /// <inheritdoc/>
    public override void OnEpochBegin(int epoch, Logs logs) => onEpochBegin?.Invoke(epoch, logs);

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs) => onEpochEnd?.Invoke(epoch, logs);

    /// <inheritdoc/>
    public override void OnTrainBegin(Logs? logs = null) => onTrainBegin?.Invoke(logs);

    /// <inheritdoc/>
    public override void OnTrainEnd(Logs? logs = null) => onTrainEnd?.Invoke(logs);

    /// <inheritdoc/>
    public override void OnTrainBatchBegin(int batch, Logs logs) => onTrainBatchBegin?.Invoke(batch, logs);

    /// <inheritdoc/>
    public override void OnTrainBatchEnd(int batch, Logs logs) => onTrainBatchEnd?.Invoke(batch, logs);
}
