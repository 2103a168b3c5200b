namespace Keras.Metrics;

/// <summary>The weighted mean of values.</summary>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
public sealed class Mean(string? name = "mean", DType? dtype = null) : RunningMean(name, dtype)
{
    /// <summary>Takes in values.</summary>
    /// <param name="values">(batch, …); each sample counts once, as the mean of its values.</param>
    /// <param name="sampleWeight">A factor for each value or sample. Default 1.</param>
    public void UpdateState(Tensor values, Tensor? sampleWeight = null)
    {
        ArgumentNullException.ThrowIfNull(values);
        Accumulate(values, sampleWeight);
    }

    /// <summary>Not for this metric: it knows no targets.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight) => throw Reduction.NoTargets(Name);
}

/// <summary>The weighted sum of values.</summary>
public sealed class Sum : Metric
{
    readonly Variable _total;

    /// <summary>A sum of 0.</summary>
    /// <param name="name">The name in logs.</param>
    /// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
    public Sum(string? name = "sum", DType? dtype = null) : base(name, dtype) => _total = AddVariable(Shape.Scalar, "total");

    /// <summary>Takes in values.</summary>
    /// <param name="values">(batch, …).</param>
    /// <param name="sampleWeight">A factor for each value or sample. Default 1.</param>
    public void UpdateState(Tensor values, Tensor? sampleWeight = null)
    {
        ArgumentNullException.ThrowIfNull(values);
        var (samples, _) = Samples.Reduce(values, sampleWeight, Dtype, (x, axes) => Ops.Sum(x, axes));
        _total.Assign(_total.Read() + Ops.Sum(samples));
    }

    /// <summary>Not for this metric: it knows no targets.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight) => throw Reduction.NoTargets(Name);

    /// <summary>The sum so far, a scalar.</summary>
    public override Tensor Result() => _total.Read();
}

static class Reduction
{
    internal static NotSupportedException NoTargets(string name) => Errors.Unsupported(name, "the metric takes values, not targets and predictions",
        "UpdateState(values, sampleWeight)", "UpdateState(yTrue, yPred, sampleWeight)", "Metric.Of makes a metric of a function of targets and predictions.");
}

/// <summary>The mean of a function of targets and predictions.</summary>
public class MeanMetricWrapper : RunningMean
{
    /// <summary>Wraps a function.</summary>
    /// <param name="fn">From (targets, predictions) to one value for each sample (and step).</param>
    /// <param name="name">The name in logs. Default the snake case of the class, made unique.</param>
    /// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
    public MeanMetricWrapper(Func<Tensor, Tensor, Tensor> fn, string? name = null, DType? dtype = null) : base(name, dtype)
    {
        ArgumentNullException.ThrowIfNull(fn);
        Fn = fn;
    }

    /// <summary>The function.</summary>
    public Func<Tensor, Tensor, Tensor> Fn { get; }

    /// <inheritdoc/>
    public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        Accumulate(Fn(yTrue, yPred), Weighting.WithMask(sampleWeight, yPred.Mask, Dtype));
    }
}
