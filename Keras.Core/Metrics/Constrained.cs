namespace Keras.Metrics;

/// <summary>The base of metrics that look for the threshold where one rate is best while another one is good enough.</summary>
public abstract class ConstrainedMetric : ConfusionMetric
{
    readonly Func<Outcomes> _counts;
    readonly double _least;

    private protected ConstrainedMetric(double least, int numThresholds, int? classId, string? name, DType? dtype) : base(name, dtype, numThresholds, classId)
    {
        if (!(least >= 0 && least <= 1)) throw Errors.Argument(Name, "the rate is out of range", "a number in [0, 1]", least);
        (_least, NumThresholds) = (least, numThresholds);
        _counts = CountAll();
    }

    /// <summary>How many thresholds are tried. Default 200.</summary>
    public int NumThresholds { get; }

    /// <summary>The class that alone counts. Default all.</summary>
    public int? ClassId => Class;

    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;

    Outcomes Counts => _counts();

    private protected Tensor Sensitivities => Share(Counts.TruePositives, Counts.FalseNegatives);

    private protected Tensor Specificities => Share(Counts.TrueNegatives, Counts.FalsePositives);

    private protected Tensor Precisions => Share(Counts.TruePositives, Counts.FalsePositives);

    private protected Tensor Best(Tensor rates, Tensor constrained) =>
        Ops.Max(Ops.Where(Ops.GreaterEqual(constrained, Tensor.Scalar(_least, Dtype)), rates, 0));
}

/// <summary>The best sensitivity (recall) among the thresholds with a specificity that is high enough; 0 where there is none.</summary>
/// <param name="specificity">What is high enough, in [0, 1].</param>
/// <param name="numThresholds">How many thresholds are tried. Default 200.</param>
/// <param name="classId">The class, along the last axis, that alone counts. Default all.</param>
/// <param name="name">The name in logs. Default the snake case of the class, made unique.</param>
/// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
/// <exception cref="ArgumentException">The rate is not in [0, 1], or there are no thresholds.</exception>
public sealed class SensitivityAtSpecificity(double specificity, int numThresholds = 200, int? classId = null, string? name = null, DType? dtype = null)
    : ConstrainedMetric(specificity, numThresholds, classId, name, dtype)
{
    /// <summary>What is high enough.</summary>
    public double Specificity { get; } = specificity;

    /// <inheritdoc/>
    public override Tensor Result() => Best(Sensitivities, Specificities);
}

/// <summary>The best specificity among the thresholds with a sensitivity (recall) that is high enough; 0 where there is none.</summary>
/// <param name="sensitivity">What is high enough, in [0, 1].</param>
/// <param name="numThresholds">How many thresholds are tried. Default 200.</param>
/// <param name="classId">The class, along the last axis, that alone counts. Default all.</param>
/// <param name="name">The name in logs. Default the snake case of the class, made unique.</param>
/// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
/// <exception cref="ArgumentException">The rate is not in [0, 1], or there are no thresholds.</exception>
public sealed class SpecificityAtSensitivity(double sensitivity, int numThresholds = 200, int? classId = null, string? name = null, DType? dtype = null)
    : ConstrainedMetric(sensitivity, numThresholds, classId, name, dtype)
{
    /// <summary>What is high enough.</summary>
    public double Sensitivity { get; } = sensitivity;

    /// <inheritdoc/>
    public override Tensor Result() => Best(Specificities, Sensitivities);
}

/// <summary>The best precision among the thresholds with a recall that is high enough; 0 where there is none.</summary>
/// <param name="recall">What is high enough, in [0, 1].</param>
/// <param name="numThresholds">How many thresholds are tried. Default 200.</param>
/// <param name="classId">The class, along the last axis, that alone counts. Default all.</param>
/// <param name="name">The name in logs. Default the snake case of the class, made unique.</param>
/// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
/// <exception cref="ArgumentException">The rate is not in [0, 1], or there are no thresholds.</exception>
public sealed class PrecisionAtRecall(double recall, int numThresholds = 200, int? classId = null, string? name = null, DType? dtype = null)
    : ConstrainedMetric(recall, numThresholds, classId, name, dtype)
{
    /// <summary>What is high enough.</summary>
    public double Recall { get; } = recall;

    /// <inheritdoc/>
    public override Tensor Result() => Best(Precisions, Sensitivities);
}

/// <summary>The best recall among the thresholds with a precision that is high enough; 0 where there is none.</summary>
/// <param name="precision">What is high enough, in [0, 1].</param>
/// <param name="numThresholds">How many thresholds are tried. Default 200.</param>
/// <param name="classId">The class, along the last axis, that alone counts. Default all.</param>
/// <param name="name">The name in logs. Default the snake case of the class, made unique.</param>
/// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
/// <exception cref="ArgumentException">The rate is not in [0, 1], or there are no thresholds.</exception>
public sealed class RecallAtPrecision(double precision, int numThresholds = 200, int? classId = null, string? name = null, DType? dtype = null)
    : ConstrainedMetric(precision, numThresholds, classId, name, dtype)
{
    /// <summary>What is high enough.</summary>
    public double Precision { get; } = precision;

    /// <inheritdoc/>
    public override Tensor Result() => Best(Sensitivities, Precisions);
}
