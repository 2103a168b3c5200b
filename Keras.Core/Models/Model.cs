namespace Keras;

/// <summary>A layer that can be trained. Made of symbolic tensors (functional), or subclassed: then layers in fields are found by themselves, and
/// <see cref="Layer.Call(Nest, CallContext)"/> says what is computed.</summary>
public partial class Model : Layer
{
    Trainer? _trainer;
    Predictor? _predictor;

    /// <summary>A functional model: everything between the inputs and the outputs.</summary>
    /// <param name="inputs">Symbolic tensors from <see cref="Layer.Input"/>: one, a list or a dictionary.</param>
    /// <param name="outputs">What layers made of them: one tensor, a list or a dictionary.</param>
    /// <param name="name">Default <c>functional</c>, of a subclass the class name in snake case, and a number.</param>
    /// <param name="trainable">Default true.</param>
    /// <exception cref="ArgumentException">An output needs an input that is not named.</exception>
    public Model(Nest inputs, Nest outputs, string? name = null, bool trainable = true)
        : base(name ?? "functional", trainable: trainable)
    {
        if (name is null) Name = Naming.Automatic(GetType() == typeof(Model) ? "Functional" : GetType().Name);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(outputs);
        SetGraph(inputs, outputs);
        foreach (var layer in Graph!.Layers) Track(layer);
        EnsureBuilt(inputs);
    }

    /// <summary>For subclasses.</summary>
    /// <param name="name">Default the class name in snake case and a number.</param>
    /// <param name="dtype">Default <see cref="DTypePolicy.Global"/>.</param>
    /// <param name="trainable">Default true.</param>
    protected Model(string? name = null, DTypePolicy? dtype = null, bool trainable = true) : base(name, dtype, trainable)
    {
    }

    /// <summary>The layers of the graph, where there is one.</summary>
    internal FunctionalGraph? Graph { get; private set; }

    /// <summary>The layers of the model, those furthest from the outputs first; of a subclassed model those in its fields.</summary>
    public virtual IReadOnlyList<Layer> Layers => Graph?.Layers ?? Sublayers;

    /// <summary>How files call the list of layers, and the optimizer.</summary>
    internal const string LayersAttribute = "layers", OptimizerAttribute = "optimizer";

    internal override IEnumerable<(string Name, object Value)> SavedAttributes
    {
        get
        {
            // The optimizer's place is after all that is called before it.
            var known = base.SavedAttributes.Append((LayersAttribute, Layers));
            return Optimizer is { } optimizer ? known.Append((OptimizerAttribute, optimizer)) : known;
        }
    }

    /// <summary>The symbolic inputs.</summary>
    /// <exception cref="InvalidOperationException">The model is not functional, or not built yet.</exception>
    public Nest Inputs => RequireGraph().Inputs;

    /// <summary>The symbolic outputs.</summary>
    /// <exception cref="InvalidOperationException">The model is not functional, or not built yet.</exception>
    public Nest Outputs => RequireGraph().Outputs;

    // Graphs cast to the dtypes of their inputs instead.
    /// <inheritdoc/>
    protected override bool CastsInputs => Graph is null;

    /// <summary>The optimizer that <see cref="Compile"/> was given, or what scales the loss for it.</summary>
    public Optimizer? Optimizer => _trainer?.Optimizer;

    /// <summary>How steps are run.</summary>
    internal Execution Execution => _trainer?.Execution ?? Execution.Default;

    /// <summary>Set by callbacks: training ends after the batch or epoch that is under way.</summary>
    public bool StopTraining { get; set; }

    /// <summary>The tracker of the loss, and the metrics that <see cref="Compile"/> was given.</summary>
    public IReadOnlyList<Metric> Metrics => _trainer?.Metrics ?? [];

    Trainer Trainer => _trainer ?? throw Errors.Invalid(Who, "the model is not compiled", "a call of Compile before", "none");

    FunctionalGraph RequireGraph() => Graph
        ?? throw Errors.Invalid(Who, "the model has no graph of layers", "a functional model, or a Sequential that knows its input", "none");

    private protected void SetGraph(Nest inputs, Nest outputs)
    {
        Graph = new FunctionalGraph(Who, inputs, outputs);
        Forget();
    }

    private protected void ClearGraph()
    {
        Graph = null;
        Forget();
    }

    /// <summary>Drops the traced steps: the layers are others now.</summary>
    void Forget()
    {
        _trainer?.Forget();
        _predictor = null;
    }

    /// <summary>The layer of a name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public Layer GetLayer(string name) => Layers.FirstOrDefault(l => l.Name == name)
        ?? throw Errors.Argument(Who, "there is no such layer", string.Join(", ", Layers.Select(l => l.Name)), $"\"{name}\"");

    /// <inheritdoc/>
    protected override void Build(Nest inputs)
    {
        if (Graph is not null) return;
        base.Build(inputs);
    }

    /// <inheritdoc/>
    protected override Nest Call(Nest inputs, CallContext context) => Graph is null ? base.Call(inputs, context) : Graph.Run(inputs);

    ArrayData Data(Nest x, Nest? y, Nest? weight, int batchSize, bool allowEmpty = false) => Graph is { } graph
        ? new ArrayData(Who, graph.Arrange(x), y is null ? null : graph.ArrangeTargets(y), weight is null ? null : graph.ArrangeTargets(weight), batchSize, allowEmpty)
        : new ArrayData(Who, x, y, weight, batchSize, allowEmpty);

    /// <summary>Says how the model is trained.</summary>
    /// <param name="optimizer">Default rmsprop.</param>
    /// <param name="loss">One loss, or one for each output. Default none: then only what layers add.</param>
    /// <param name="lossWeights">A factor for the loss of each output. Default 1.</param>
    /// <param name="metrics">What is shown besides the loss: a list, or one for each output.</param>
    /// <param name="weightedMetrics">Metrics that sample weights count for.</param>
    /// <param name="runEagerly">Whether each step calls the layers anew, on tensors whose values they may ask for, in place of replaying the plan of the first
    /// one: slower, to look into a model. Predictions into spans replay it all the same. Default false.</param>
    /// <param name="stepsPerExecution">How many batches are run between two calls of the callbacks, whose number is then that of the last batch of a whole
    /// execution, also behind the end of the data. Default 1.</param>
    /// <param name="jitCompile">Kept for Keras, which reads it in files; it changes nothing here, where steps are planned in any case. Default as Keras finds best.</param>
    /// <param name="autoScaleLoss">Whether a model whose policy is <c>mixed_float16</c> gets its optimizer within an <see cref="Optimizers.LossScaleOptimizer"/>,
    /// unless it is one. Default true.</param>
    /// <exception cref="ArgumentException">An execution has no step.</exception>
    public void Compile(Optimizer? optimizer = null, PerOutput<Loss>? loss = null, IReadOnlyList<double>? lossWeights = null,
        MetricLists? metrics = null, MetricLists? weightedMetrics = null, bool runEagerly = false, int stepsPerExecution = 1, bool? jitCompile = null,
        bool autoScaleLoss = true)
    {
        if (stepsPerExecution < 1) throw Errors.Argument(Who, "an execution has no step", "stepsPerExecution of 1 or more", stepsPerExecution);
        _given = (optimizer ?? "rmsprop", loss, lossWeights, metrics, weightedMetrics);
        Train(autoScaleLoss && Dtype.Name == "mixed_float16", new Execution(runEagerly, stepsPerExecution, jitCompile));
        (_compiled, UnknownOptimizer) = (null, null);
    }

    void Train(bool scalesLoss, Execution execution)
    {
        var (optimizer, loss, lossWeights, metrics, weightedMetrics) = _given;
        if (scalesLoss && optimizer is not Optimizers.LossScaleOptimizer) optimizer = new Optimizers.LossScaleOptimizer(optimizer!, name: "loss_scale_optimizer");
        _trainer = new Trainer(this, optimizer!, loss, lossWeights, metrics, weightedMetrics, execution);
    }

    /// <summary>Makes the optimizer scale the loss, as in the training that a file is from: the config of a functional model does not tell its policy.</summary>
    internal void ScaleLoss()
    {
        if (Optimizer is null or Optimizers.LossScaleOptimizer) return;
        Train(scalesLoss: true, Execution);
        if (Built) Optimizer.Build(TrainableWeights);
    }

    /// <summary>Trains the model.</summary>
    /// <param name="x">The inputs, samples along the first axis.</param>
    /// <param name="y">The targets.</param>
    /// <param name="batchSize">Samples a step. Default 32.</param>
    /// <param name="epochs">How often all samples are seen. Default 1.</param>
    /// <param name="verbose">0 silent, 1 a progress bar, 2 one line an epoch. Default 1.</param>
    /// <param name="callbacks">What is told of each event.</param>
    /// <param name="validationSplit">The share of the samples, the last ones, that is not trained on but evaluated after each epoch.</param>
    /// <param name="validationData">Inputs and targets that are evaluated after each epoch.</param>
    /// <param name="shuffle">Whether each epoch has an order of its own. Default true.</param>
    /// <param name="sampleWeight">A factor for the loss of each sample.</param>
    /// <param name="classWeight">A factor for the loss of the samples of each class; 1 for classes that are not named. Not with sample weights.</param>
    /// <param name="initialEpoch">The first epoch's number. Default 0.</param>
    /// <param name="validationBatchSize">Default <paramref name="batchSize"/>.</param>
    /// <param name="validationFreq">After how many epochs the validation is made. Default 1.</param>
    /// <param name="cancellationToken">Stops the training between two steps.</param>
    /// <returns>Losses and metrics of each epoch.</returns>
    /// <exception cref="ArgumentException">The data do not fit the model or each other; the model is unchanged.</exception>
    /// <exception cref="InvalidOperationException">The model is not compiled.</exception>
    /// <exception cref="OperationCanceledException">The token was set; the model is as after the last whole step.</exception>
    public History Fit(Nest x, Nest? y = null, int batchSize = 32, int epochs = 1, int verbose = 1, IEnumerable<Callback>? callbacks = null,
        double validationSplit = 0, (Nest X, Nest Y)? validationData = null, bool shuffle = true, Nest? sampleWeight = null,
        IReadOnlyDictionary<int, double>? classWeight = null, int initialEpoch = 0,
        int? validationBatchSize = null, int validationFreq = 1, CancellationToken cancellationToken = default)
    {
        var data = Data(x, y, sampleWeight, batchSize);
        var validation = validationData is { } given ? Data(given.X, given.Y, null, validationBatchSize ?? batchSize) : null;
        if (validationSplit != 0 && validation is null) (data, validation) = data.Split(validationSplit, validationBatchSize ?? batchSize);
        if (classWeight is { Count: > 0 }) data = data.Weighted(classWeight);
        return Trainer.Fit(data, validation, new FitParameters(verbose, epochs, data.Steps), callbacks, shuffle, initialEpoch, validationFreq, cancellationToken);
    }

    /// <summary>Losses and metrics on data, without training.</summary>
    /// <inheritdoc cref="Fit"/>
    /// <returns>The loss and each metric by name.</returns>
    public Logs Evaluate(Nest x, Nest? y = null, int batchSize = 32, int verbose = 1, Nest? sampleWeight = null,
        IEnumerable<Callback>? callbacks = null, CancellationToken cancellationToken = default) =>
        Trainer.Evaluate(Data(x, y, sampleWeight, batchSize), verbose, callbacks, cancellationToken);

    /// <summary>One step of training on one batch.</summary>
    /// <inheritdoc cref="Fit"/>
    /// <returns>The loss and metrics of this batch, before the step.</returns>
    public Logs TrainOnBatch(Nest x, Nest? y = null, Nest? sampleWeight = null) => Trainer.OnBatch(Data(x, y, sampleWeight, int.MaxValue), train: true);

    /// <summary>Losses and metrics of one batch, without training.</summary>
    /// <inheritdoc cref="Fit"/>
    public Logs TestOnBatch(Nest x, Nest? y = null, Nest? sampleWeight = null) => Trainer.OnBatch(Data(x, y, sampleWeight, int.MaxValue), train: false);

    /// <summary>The outputs for data, batch by batch. Any number of threads may predict at once.</summary>
    /// <param name="x">The inputs, samples along the first axis; there may be none.</param>
    /// <param name="batchSize">Samples a run. Default 32.</param>
    /// <param name="verbose">0 silent, 1 a progress bar, 2 one line. Default 0.</param>
    /// <param name="callbacks">What is told of each event.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <exception cref="ArgumentException">The data do not fit the model.</exception>
    /// <exception cref="InvalidOperationException">The model has several outputs: see <see cref="PredictAll"/>.</exception>
    public Tensor Predict(Nest x, int batchSize = 32, int verbose = 0, IEnumerable<Callback>? callbacks = null, CancellationToken cancellationToken = default) =>
        PredictAll(x, batchSize, verbose, callbacks, cancellationToken) is { IsTensor: true } output ? output.Tensor
            : throw Errors.Invalid(Who, "the model has several outputs", "one output", "several", "PredictAll gives them all.");

    /// <summary>The outputs for data, in the structure of the model's outputs.</summary>
    /// <inheritdoc cref="Predict(Nest, int, int, IEnumerable{Callback}?, CancellationToken)"/>
    public Nest PredictAll(Nest x, int batchSize = 32, int verbose = 0, IEnumerable<Callback>? callbacks = null, CancellationToken cancellationToken = default) =>
        Predictor.Run(Data(x, null, null, batchSize, allowEmpty: true), verbose, callbacks, cancellationToken);

    /// <summary>The output for a batch, from the caller's memory into the caller's memory. After the first call for a batch size it allocates
    /// nothing. Any number of threads may predict at once.</summary>
    /// <param name="x">The samples, one behind the other, in the dtype of the model's one input.</param>
    /// <param name="destination">Room for the outputs of all samples, in the dtype of the model's one output.</param>
    /// <exception cref="ArgumentException">The lengths are not whole samples, do not fit each other, or the types are not the model's.</exception>
    /// <exception cref="InvalidOperationException">The model does not know its input's shape, or has several inputs or outputs.</exception>
    public void Predict<TIn, TOut>(ReadOnlySpan<TIn> x, Span<TOut> destination) where TIn : unmanaged where TOut : unmanaged =>
        Predictor.Run(x, destination);

    Predictor Predictor => _predictor ?? Interlocked.CompareExchange(ref _predictor, new Predictor(this), null) ?? _predictor;

    /// <summary>Prints layers, shapes and numbers of parameters as a table.</summary>
    /// <param name="lineLength">The width. Default that of the terminal, at most 80.</param>
    /// <param name="output">Where to. Default the console.</param>
    /// <exception cref="InvalidOperationException">The model is not built.</exception>
    public void Summary(int? lineLength = null, TextWriter? output = null) => (output ?? Console.Out).Write(ModelSummary.Of(this, lineLength));
}
