using System.Text.Json.Nodes;

namespace Keras;

/// <summary>A number that says how well a model does, gathered batch by batch. Converts from Keras's names. Authors override
/// <see cref="UpdateState"/> and <see cref="Result"/>. See https://keras.io/api/metrics/.</summary>
public abstract class Metric
{
    readonly List<(Variable Variable, Tensor Initial)> _state = [];

    /// <summary>What all metrics have.</summary>
    /// <param name="name">The name in logs. Default the snake case of the class, made unique.</param>
    /// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
    protected Metric(string? name = null, DType? dtype = null) =>
        (Name, Dtype) = (name ?? Naming.Automatic(GetType().Name), dtype ?? Config.Floatx);

    /// <summary>The name in logs.</summary>
    public string Name { get; set; }

    /// <summary>The dtype of the state.</summary>
    public DType Dtype { get; }

    /// <summary>The state.</summary>
    public IReadOnlyList<Variable> Variables => [.. _state.Select(s => s.Variable)];

    /// <summary>Whether a larger result is a better one; <c>null</c> where neither can be said. Callbacks that watch the metric go by it.</summary>
    public virtual bool? HigherIsBetter => null;

    /// <summary>Makes a variable of the state.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="name">The last part of its path.</param>
    /// <param name="initializer">Its value at the start and after <see cref="ResetState"/>. Default zeros.</param>
    protected Variable AddVariable(Shape shape, string name, Initializer? initializer = null)
    {
        LoadScope.Current?.Charge(Name, name, new TensorType(Dtype, shape));
        var initial = initializer?.Apply(shape, Dtype) ?? Ops.Zeros(shape, Dtype);
        var variable = new Variable(initial, trainable: false, name) { Path = $"{Name}/{name}", Autocast = false };
        _state.Add((variable, Trace.Suspend(variable.Read).Detach()));
        return variable;
    }

    /// <summary>Brings the state back to its start.</summary>
    public virtual void ResetState()
    {
        foreach (var (variable, initial) in _state) variable.Assign(initial);
    }

    /// <summary>Takes in a batch.</summary>
    /// <param name="yTrue">The targets, (batch, …).</param>
    /// <param name="yPred">The predictions, (batch, …). Their mask, where they have one, leaves steps out.</param>
    /// <param name="sampleWeight">A factor for each sample or step. Default 1.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public abstract void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null);

    /// <summary>The result for all batches since the last reset.</summary>
    public abstract Tensor Result();

    /// <summary>The metric of one batch alone: a reset, an update, the result.</summary>
    /// <inheritdoc cref="UpdateState"/>
    public Tensor Apply(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null)
    {
        ResetState();
        UpdateState(yTrue, yPred, sampleWeight);
        return Result();
    }

    /// <summary>The arguments that make the same metric again, by Keras's keys.</summary>
    public virtual JsonObject GetConfig() => ObjectConfig.Of(this);

    /// <summary>The metric as Keras writes it: <c>{"module", "class_name", "config", "registered_name"}</c>.</summary>
    public JsonObject Serialize() => Serialization.Write(this);

    /// <summary>Makes a metric of what <see cref="Serialize"/> gives, of a name, or of the object that Keras writes for a function.</summary>
    /// <param name="config">As Keras writes it, or a name.</param>
    /// <param name="customObjects">Classes and functions of one's own by name. Default the registered ones.</param>
    /// <exception cref="ArgumentException">The class is unknown, or its config does not fit.</exception>
    public static Metric Deserialize(JsonNode config, CustomObjects? customObjects = null) => Serialization.Open<Metric>(config, customObjects);

    /// <summary>The mean of a function of targets and predictions.</summary>
    /// <param name="function">From (targets, predictions) to one value for each sample.</param>
    /// <param name="name">The name in logs.</param>
    public static Metric Of(Func<Tensor, Tensor, Tensor> function, string name) => new Metrics.MeanMetricWrapper(function, name);

    /// <summary>Reads Keras's name, such as <c>"mae"</c> or <c>"binary_accuracy"</c>; the metric gets that name in logs.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the known ones are listed.</exception>
    public static implicit operator Metric(string name)
    {
        var metric = Metrics.ByOutput.IsName(name) ? new Metrics.ByOutput(name) : KnownTypes.Create<Metric>(name);
        metric.GivenName = name;
        // Keras's short names stay: "mse" is logged as mse.
        if (!string.Equals(name, metric.GetType().Name, StringComparison.Ordinal)) metric.Name = name;
        return metric;
    }

    /// <summary>The name that it was made of, which files hold in place of it; <c>null</c> for an object.</summary>
    internal string? GivenName { get; private set; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
