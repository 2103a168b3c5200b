namespace Keras.Callbacks;

/// <summary>Shows the progress of training, evaluation and prediction, by the run's verbosity.</summary>
/// <param name="output">Where to write. Default the console.</param>
/// <param name="time">The clock. Default the system's.</param>
/// <param name="terminal">Whether the output is a terminal. Default whether the console's is not redirected.</param>
public sealed class ProgbarLogger(TextWriter? output = null, TimeProvider? time = null, bool? terminal = null) : Callback
{
    readonly TextWriter _output = output ?? Console.Out;
    readonly bool _terminal = terminal ?? (output is null && !Console.IsOutputRedirected);
    ProgressBar? _bar;
    int? _target;
    int _seen;
    bool _inFit;

    /// <inheritdoc/>
    public override void OnTrainBegin(Logs? logs = null)
    {
        _inFit = true;
        _target = Parameters.Steps;
    }

    /// <inheritdoc/>
    public override void OnTrainEnd(Logs? logs = null) => _inFit = false;

    /// <inheritdoc/>
    public override void OnEpochBegin(int epoch, Logs logs)
    {
        if (Parameters.Verbose != 0 && Parameters.Epochs > 1) _output.Write($"Epoch {epoch + 1}/{Parameters.Epochs}\n");
        Start();
    }

    /// <inheritdoc/>
    public override void OnTrainBatchEnd(int batch, Logs logs) => Show(batch, logs);

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs) => Finish(logs);

    /// <inheritdoc/>
    public override void OnTestBegin(Logs? logs = null) => StartAlone();

    /// <inheritdoc/>
    public override void OnTestBatchEnd(int batch, Logs logs)
    {
        if (!_inFit) Show(batch, logs);
    }

    /// <inheritdoc/>
    public override void OnTestEnd(Logs? logs = null)
    {
        if (!_inFit) Finish(logs);
    }

    /// <inheritdoc/>
    public override void OnPredictBegin(Logs? logs = null) => StartAlone();

    /// <inheritdoc/>
    public override void OnPredictBatchEnd(int batch, Logs logs) => Show(batch, null);

    /// <inheritdoc/>
    public override void OnPredictEnd(Logs? logs = null) => Finish(null);

    void StartAlone()
    {
        if (_inFit) return;
        _target = Parameters.Steps;
        Start();
    }

    void Start()
    {
        _seen = 0;
        _bar = new ProgressBar(_target, verbose: Parameters.Verbose, averages: false, output: _output, time: time, terminal: _terminal);
    }

    void Show(int batch, Logs? logs)
    {
        // An execution of several batches may end behind the data.
        _seen = Math.Min(batch, (_target ?? int.MaxValue) - 1) + 1;
        if (Parameters.Verbose == 1) _bar?.Update(_seen, logs, finalize: false);
    }

    void Finish(Logs? logs)
    {
        if (_bar is null) return;
        // Data of unknown length end with the first epoch; the next ones have a bar.
        _bar.Target = _target ??= _seen;
        _bar.Update(_target.Value, logs, finalize: true);
    }
}
