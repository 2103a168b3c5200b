namespace Keras.Metrics;

/// <summary>The mean of squared differences.</summary>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
public sealed class MeanSquaredError(string? name = "mean_squared_error", DType? dtype = null)
    : MeanMetricWrapper(LossFunctions.MeanSquaredError, name, dtype)
{
    /// <inheritdoc/>
    public override bool? HigherIsBetter => false;
}

/// <summary>The root of the mean of squared differences.</summary>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
public sealed class RootMeanSquaredError(string? name = "root_mean_squared_error", DType? dtype = null)
    : RunningMean(name, dtype)
{
    /// <inheritdoc/>
    public override bool? HigherIsBetter => false;

    /// <inheritdoc/>
    public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null)
    {
        ArgumentNullException.ThrowIfNull(yPred);
        var (t, p) = Weighting.Align(Name, yTrue, Ops.Cast(yPred, Dtype));
        Accumulate(Ops.Square(p - t), Weighting.WithMask(sampleWeight, yPred.Mask, Dtype));
    }

    /// <inheritdoc/>
    public override Tensor Result() => Ops.Sqrt(base.Result());
}

/// <summary>The mean of absolute differences.</summary>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
public sealed class MeanAbsoluteError(string? name = "mean_absolute_error", DType? dtype = null)
    : MeanMetricWrapper(LossFunctions.MeanAbsoluteError, name, dtype)
{
    /// <inheritdoc/>
    public override bool? HigherIsBetter => false;
}

/// <summary>The mean of relative differences, in percent.</summary>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
public sealed class MeanAbsolutePercentageError(string? name = "mean_absolute_percentage_error", DType? dtype = null)
    : MeanMetricWrapper(LossFunctions.MeanAbsolutePercentageError, name, dtype)
{
    /// <inheritdoc/>
    public override bool? HigherIsBetter => false;
}

/// <summary>The mean of squared differences of logarithms.</summary>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
public sealed class MeanSquaredLogarithmicError(string? name = "mean_squared_logarithmic_error", DType? dtype = null)
    : MeanMetricWrapper(LossFunctions.MeanSquaredLogarithmicError, name, dtype)
{
    /// <inheritdoc/>
    public override bool? HigherIsBetter => false;
}

/// <summary>The cosine between targets and predictions; positive for the same direction, unlike the loss of this name.</summary>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
/// <param name="axis">The axis of the vectors. Default the last.</param>
public sealed class CosineSimilarity(string? name = "cosine_similarity", DType? dtype = null, int axis = -1)
    : MeanMetricWrapper((t, p) => MetricFunctions.CosineSimilarity(t, p, axis), name, dtype)
{
    /// <summary>The axis of the vectors. Default the last.</summary>
    public int Axis { get; } = axis;

    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;
}

/// <summary>The logarithm of the hyperbolic cosine of the differences.</summary>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
public sealed class LogCoshError(string? name = "logcosh", DType? dtype = null)
    : MeanMetricWrapper(LossFunctions.LogCosh, name, dtype)
{
    /// <inheritdoc/>
    public override bool? HigherIsBetter => false;
}

/// <summary>Pearson's correlation between targets and predictions of each sample.</summary>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
/// <param name="axis">The axis of the vectors. Default the last.</param>
public sealed class PearsonCorrelation(string? name = "pearson_correlation", DType? dtype = null, int axis = -1)
    : MeanMetricWrapper((t, p) => MetricFunctions.PearsonCorrelation(t, p, axis), name, dtype)
{
    /// <summary>The axis of the vectors. Default the last.</summary>
    public int Axis { get; } = axis;

    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;
}

/// <summary>Lin's concordance correlation between targets and predictions of each sample.</summary>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
/// <param name="axis">The axis of the vectors. Default the last.</param>
public sealed class ConcordanceCorrelation(string? name = "concordance_correlation", DType? dtype = null, int axis = -1)
    : MeanMetricWrapper((t, p) => MetricFunctions.ConcordanceCorrelation(t, p, axis), name, dtype)
{
    /// <summary>The axis of the vectors. Default the last.</summary>
    public int Axis { get; } = axis;

    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;
}
