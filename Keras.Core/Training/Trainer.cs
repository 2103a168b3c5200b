namespace Keras;

/// <summary>Trains and evaluates a compiled model: one traced step for each signature of a batch, replayed.</summary>
sealed class Trainer
{
    readonly Model _model;
    readonly PerOutput<Loss>? _loss;
    readonly IReadOnlyList<double>? _lossWeights;
    readonly MetricLists? _metrics, _weightedMetrics;
    readonly Metrics.Mean _tracker = new("loss");
    readonly Logs _trainLogs = new(), _testLogs = new();
    Objective? _objective;
    StepFunction? _train, _test;
    (string Name, Metric Metric)[] _shown = [];
    (string X, int Y) _layout;
    Nest? _structure;

    internal Trainer(Model model, Optimizer optimizer, PerOutput<Loss>? loss, IReadOnlyList<double>? lossWeights, MetricLists? metrics, MetricLists? weightedMetrics,
        Execution execution)
    {
        (_model, Optimizer, _loss, _lossWeights, _metrics, _weightedMetrics, Execution) = (model, optimizer, loss, lossWeights, metrics, weightedMetrics, execution);
    }

    internal Optimizer Optimizer { get; }

    internal Execution Execution { get; }

    internal IReadOnlyList<Metric> Metrics => [_tracker, .. _objective?.Named.Select(n => n.Metric) ?? []];

    /// <summary>Drops the traced steps, as after a change of the model's layers.</summary>
    internal void Forget() => (_objective, _train, _test) = (null, null, null);

    internal History Fit(ArrayData data, ArrayData? validation, FitParameters parameters, IEnumerable<Callback>? callbacks, bool shuffle,
        int initialEpoch, int validationFreq, CancellationToken cancellation)
    {
        Prepare(data);
        if (validation is not null) Prepare(validation);
        WarnOfNaN(data);
        var history = new History();
        var list = new CallbackList(callbacks, _model, parameters, history, parameters.Verbose == 0 ? null : new Callbacks.ProgbarLogger());
        _model.StopTraining = false;
        list.OnTrainBegin();
        var logs = new Logs();
        for (var epoch = initialEpoch; epoch < parameters.Epochs && !_model.StopTraining; epoch++)
        {
            list.OnEpochBegin(epoch, new Logs());
            if (shuffle) data.Shuffle(epoch);
            logs = Copied(RunEpoch(data, list, cancellation));
            if (validation is not null && (epoch + 1) % validationFreq == 0)
                foreach (var (name, value) in Copied(RunTest(validation, list, cancellation))) logs.Set($"val_{name}", value);
            list.OnEpochEnd(epoch, logs);
        }
        Optimizer.FinalizeVariableValues();
        list.OnTrainEnd(logs);
        return history;
    }

    Logs RunEpoch(ArrayData data, CallbackList callbacks, CancellationToken cancellation)
    {
        ResetMetrics();
        for (var step = 0; step < data.Steps && !_model.StopTraining; step = Execution.Next(step, data.Steps))
        {
            callbacks.OnTrainBatchBegin(step, _trainLogs);
            Run(_train!, data, step, cancellation);
            callbacks.OnTrainBatchEnd(Execution.Last(step), _trainLogs);
        }
        return _trainLogs;
    }

    Logs RunTest(ArrayData data, CallbackList callbacks, CancellationToken cancellation)
    {
        ResetMetrics();
        callbacks.OnTestBegin();
        for (var step = 0; step < data.Steps; step = Execution.Next(step, data.Steps))
        {
            callbacks.OnTestBatchBegin(step, _testLogs);
            Run(_test!, data, step, cancellation);
            callbacks.OnTestBatchEnd(Execution.Last(step), _testLogs);
        }
        callbacks.OnTestEnd(_testLogs);
        return _testLogs;
    }

    /// <summary>Runs the steps of one execution.</summary>
    void Run(StepFunction function, ArrayData data, int first, CancellationToken cancellation)
    {
        var end = Execution.Next(first, data.Steps);
        for (var step = first; step < end; step++) function.Run(data.Batch(step), Execution.Eagerly, cancellation);
    }

    internal Logs Evaluate(ArrayData data, int verbose, IEnumerable<Callback>? callbacks, CancellationToken cancellation)
    {
        Prepare(data);
        var list = new CallbackList(callbacks, _model, new FitParameters(verbose, 1, data.Steps), progress: verbose == 0 ? null : new Callbacks.ProgbarLogger());
        return Copied(RunTest(data, list, cancellation));
    }

    internal Logs OnBatch(ArrayData data, bool train)
    {
        Prepare(data);
        ResetMetrics();
        (train ? _train : _test)!.Run(data.Whole, Execution.Eagerly, default);
        return Copied(train ? _trainLogs : _testLogs);
    }

    static Logs Copied(Logs logs)
    {
        var copy = new Logs();
        foreach (var (name, value) in logs) copy.Set(name, value);
        return copy;
    }

    void ResetMetrics()
    {
        foreach (var metric in Metrics) metric.ResetState();
    }

    void WarnOfNaN(ArrayData data)
    {
        if (data.CountNaN() is var count and > 0)
            Callbacks.Messages.Warn(_model.Who, $"the inputs hold {count} values that are not numbers (NaN); the loss may become NaN too.");
    }

    /// <summary>Builds the model, the losses and the optimizer for data of these shapes, and the steps. Errors in the data come up here.</summary>
    void Prepare(ArrayData data)
    {
        _model.Graph?.CheckBatches(data);
        var y = data.Y;
        var layout = (data.X.Structure, y?.Flatten().Count ?? 0);
        if (_train is not null && layout == _layout) return;
        // The structure is kept without the data.
        var x = data.X.Map(Symbol);
        var outputs = _model.Apply(x);
        var targets = y?.Flatten() ?? [];
        var names = OutputNames(outputs);
        if (_objective is null)
        {
            var objective = new Objective(_model.Who, names, outputs.Flatten(), targets, _loss, _lossWeights, _metrics, _weightedMetrics);
            objective.CheckTargets(targets);
            _objective = objective;
        }
        _objective.CheckTargets(targets);
        // Keras builds all of an optimizer's slots before the first step.
        if (!Optimizer.Built) Optimizer.Build(_model.TrainableWeights);
        (_layout, _structure) = (layout, x);
        // Keras shows and records them in alphabetical order.
        _shown = [.. _objective.Named.Append(("loss", _tracker)).OrderBy(n => n.Item1, StringComparer.Ordinal)];
        string[] logs = [.. _shown.Select(s => s.Name)];
        _train = new StepFunction(batch => Step(batch, train: true), logs, _trainLogs);
        _test = new StepFunction(batch => Step(batch, train: false), logs, _testLogs);
    }

    /// <summary>A tensor of the same type but for the batch size, which is left open, and without a value.</summary>
    static Tensor Symbol(Tensor x) => new Placeholder(x.Type.As(x.Shape.With(0, Shape.Unknown)), "x").On();

    IReadOnlyList<string> OutputNames(Nest outputs) =>
        _model.Graph?.OutputNames ?? outputs.Keys ?? [.. outputs.Flatten().Select((_, i) => $"output_{i + 1}")];

    /// <summary>What a step computes, traced once for each signature.</summary>
    IReadOnlyList<Tensor> Step(IReadOnlyList<Tensor> batch, bool train)
    {
        var x = _structure!.Pack(batch);
        var inputs = x.Flatten().Count;
        Tensor[] y = [.. batch.Skip(inputs).Take(_layout.Y)], weights = [.. batch.Skip(inputs + _layout.Y)];
        return CallScope.Run((scope, _) =>
        {
            var outputs = _model.Apply(x, training: train).Flatten();
            var loss = Total(_objective!.Loss(y, outputs, weights), [.. scope.Losses, .. _model.Penalties()]);
            _tracker.UpdateState(loss, Objective.Samples(batch[0]));
            if (train) Update(loss);
            _objective.UpdateMetrics(y, outputs, weights);
            return (IReadOnlyList<Tensor>)[.. _shown.Select(s => Ops.Cast(Ops.Mean(s.Metric.Result()), DType.Float64))];
        });
    }

    Tensor Total(Tensor? loss, IReadOnlyList<Tensor> added)
    {
        foreach (var more in added) loss = loss is null ? more : loss + Ops.Cast(more, loss.DType);
        return loss ?? throw Errors.Invalid(_model.Who, "there is nothing to minimize", "a loss in Compile, or layers that add one", "none");
    }

    void Update(Tensor loss)
    {
        var variables = _model.TrainableWeights;
        var gradients = Gradients.OrNull(Optimizer.ScaleLoss(loss), [.. variables.Select(v => v.Read())]);
        Optimizer.Apply(gradients, variables);
    }
}

/// <summary>A step whose results are scalars that go to logs.</summary>
sealed class StepFunction
{
    readonly Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> _step;
    readonly CompiledFunction _function;
    readonly string[] _names;
    readonly HostData[] _results;
    readonly Logs _logs;

    internal StepFunction(Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> step, string[] names, Logs logs)
    {
        (_step, _function, _names, _logs) = (step, new CompiledFunction(step), names, logs);
        _results = [.. names.Select(_ => new HostData(sizeof(double)))];
    }

    /// <summary>Replays the plan for batches of this signature, or calls the step itself.</summary>
    internal void Run(ReadOnlySpan<Tensor> batch, bool eagerly, CancellationToken cancellation)
    {
        if (eagerly)
        {
            cancellation.ThrowIfCancellationRequested();
            var results = _step(ArrayData.Kept(batch));
            for (var i = 0; i < _names.Length; i++) _logs.Set(_names[i], results[i].Item());
            return;
        }
        CompiledFunction.Invoke(_function.PlanFor(batch), batch, _results, cancellation);
        for (var i = 0; i < _names.Length; i++) _logs.Set(_names[i], _results[i].As<double>()[0]);
    }
}
