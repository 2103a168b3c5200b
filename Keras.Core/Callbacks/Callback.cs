namespace Keras;

/// <summary>What a run was asked for.</summary>
/// <param name="Verbose">0 silent, 1 a progress bar, 2 one line an epoch.</param>
/// <param name="Epochs">Up to which epoch it goes.</param>
/// <param name="Steps">How many batches an epoch has; <c>null</c> where it is not known.</param>
public sealed record FitParameters(int Verbose, int Epochs, int? Steps);

/// <summary>Is told of each event of training, evaluation and prediction. Authors override what they need. Epochs and batches count from 0.
/// See https://keras.io/api/callbacks/.</summary>
public abstract class Callback
{
    /// <summary>The model that is run; set before the first event.</summary>
    protected internal Model Model { get; set; } = null!;

    /// <summary>What the run was asked for; set before the first event.</summary>
    public FitParameters Parameters { get; internal set; } = new(0, 0, null);

    /// <summary>Training begins.</summary>
    public virtual void OnTrainBegin(Logs? logs = null)
    {
    }

    /// <summary>Training ended.</summary>
    /// <param name="logs">Those of the last epoch.</param>
    public virtual void OnTrainEnd(Logs? logs = null)
    {
    }

    /// <summary>An epoch begins.</summary>
    public virtual void OnEpochBegin(int epoch, Logs logs)
    {
    }

    /// <summary>An epoch ended, its validation included.</summary>
    /// <param name="epoch">Which one.</param>
    /// <param name="logs">Losses and metrics of the epoch, those of the validation with <c>val_</c> in front. Callbacks may add to them.</param>
    public virtual void OnEpochEnd(int epoch, Logs logs)
    {
    }

    /// <summary>A batch of training begins.</summary>
    public virtual void OnTrainBatchBegin(int batch, Logs logs)
    {
    }

    /// <summary>A batch of training ended.</summary>
    /// <param name="batch">Which one of the epoch.</param>
    /// <param name="logs">Losses and metrics since the epoch began. They change with the next batch: copy what is to be kept.</param>
    public virtual void OnTrainBatchEnd(int batch, Logs logs)
    {
    }

    /// <summary>Evaluation begins, also that of a validation.</summary>
    public virtual void OnTestBegin(Logs? logs = null)
    {
    }

    /// <summary>Evaluation ended.</summary>
    public virtual void OnTestEnd(Logs? logs = null)
    {
    }

    /// <summary>A batch of evaluation begins.</summary>
    public virtual void OnTestBatchBegin(int batch, Logs logs)
    {
    }

    /// <summary>A batch of evaluation ended.</summary>
    public virtual void OnTestBatchEnd(int batch, Logs logs)
    {
    }

    /// <summary>Prediction begins.</summary>
    public virtual void OnPredictBegin(Logs? logs = null)
    {
    }

    /// <summary>Prediction ended.</summary>
    public virtual void OnPredictEnd(Logs? logs = null)
    {
    }

    /// <summary>A batch of prediction begins.</summary>
    public virtual void OnPredictBatchBegin(int batch, Logs logs)
    {
    }

    /// <summary>A batch of prediction ended.</summary>
    public virtual void OnPredictBatchEnd(int batch, Logs logs)
    {
    }
}
