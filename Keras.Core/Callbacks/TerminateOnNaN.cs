namespace Keras.Callbacks;

/// <summary>Stops training when the loss of a batch is no finite number.</summary>
/// <param name="raiseError">Whether to throw instead. Default false.</param>
public sealed class TerminateOnNaN(bool raiseError = false) : Callback
{
    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The loss is no finite number and an error was asked for.</exception>
    public override void OnTrainBatchEnd(int batch, Logs logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        if (!logs.TryGetValue("loss", out var loss) || double.IsFinite(loss)) return;
        if (raiseError) throw Errors.Invalid("TerminateOnNaN", $"the loss of batch {batch} is no finite number", "a finite number", loss);
        Messages.Print($"Batch {batch}: Invalid loss, terminating training");
        Model.StopTraining = true;
    }
}
