namespace Keras;

/// <summary>Tells several callbacks of each event, in their order.</summary>
sealed class CallbackList
{
    readonly Callback[] _callbacks;

    /// <param name="callbacks">The user's.</param>
    /// <param name="model">The model that is run.</param>
    /// <param name="parameters">What the run was asked for.</param>
    /// <param name="history">Comes behind the user's callbacks where given.</param>
    /// <param name="progress">Comes last where given.</param>
    internal CallbackList(IEnumerable<Callback>? callbacks, Model model, FitParameters parameters, History? history = null, Callback? progress = null)
    {
        _callbacks = [.. callbacks ?? [], .. new Callback?[] { history, progress }.OfType<Callback>()];
        foreach (var callback in _callbacks) (callback.Model, callback.Parameters) = (model, parameters);
    }

    internal void OnTrainBegin(Logs? logs = null)
    {
        foreach (var callback in _callbacks) callback.OnTrainBegin(logs);
    }

    internal void OnTrainEnd(Logs? logs = null)
    {
        foreach (var callback in _callbacks) callback.OnTrainEnd(logs);
    }

    internal void OnEpochBegin(int epoch, Logs logs)
    {
        foreach (var callback in _callbacks) callback.OnEpochBegin(epoch, logs);
    }

    internal void OnEpochEnd(int epoch, Logs logs)
    {
        foreach (var callback in _callbacks) callback.OnEpochEnd(epoch, logs);
    }

    internal void OnTrainBatchBegin(int batch, Logs logs)
    {
        foreach (var callback in _callbacks) callback.OnTrainBatchBegin(batch, logs);
    }

    internal void OnTrainBatchEnd(int batch, Logs logs)
    {
        foreach (var callback in _callbacks) callback.OnTrainBatchEnd(batch, logs);
    }

    internal void OnTestBegin(Logs? logs = null)
    {
        foreach (var callback in _callbacks) callback.OnTestBegin(logs);
    }

    internal void OnTestEnd(Logs? logs = null)
    {
        foreach (var callback in _callbacks) callback.OnTestEnd(logs);
    }

    internal void OnTestBatchBegin(int batch, Logs logs)
    {
        foreach (var callback in _callbacks) callback.OnTestBatchBegin(batch, logs);
    }

    internal void OnTestBatchEnd(int batch, Logs logs)
    {
        foreach (var callback in _callbacks) callback.OnTestBatchEnd(batch, logs);
    }

    internal void OnPredictBegin(Logs? logs = null)
    {
        foreach (var callback in _callbacks) callback.OnPredictBegin(logs);
    }

    internal void OnPredictEnd(Logs? logs = null)
    {
        foreach (var callback in _callbacks) callback.OnPredictEnd(logs);
    }

    internal void OnPredictBatchBegin(int batch, Logs logs)
    {
        foreach (var callback in _callbacks) callback.OnPredictBatchBegin(batch, logs);
    }

    internal void OnPredictBatchEnd(int batch, Logs logs)
    {
        foreach (var callback in _callbacks) callback.OnPredictBatchEnd(batch, logs);
    }
}
