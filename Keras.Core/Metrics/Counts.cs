namespace Keras.Metrics;

/// <summary>The base of metrics that count one kind of answers.</summary>
public abstract class CountMetric : ConfusionMetric
{
    readonly Variable _accumulator;

    private protected CountMetric(Thresholds? thresholds, string? name, DType? dtype, Func<Outcomes, Tensor> part) : base(name, dtype, thresholds) =>
        (Thresholds, _accumulator) = (thresholds, Counter("accumulator", part));

    /// <summary>Above one a prediction is a yes. Default 0.5.</summary>
    public Thresholds? Thresholds { get; }

    /// <summary>The count so far: a scalar for one threshold, else a vector.</summary>
    public override Tensor Result() => Shown(_accumulator.Read());
}

/// <summary>Counts how many yeses are right, weighted.</summary>
/// <param name="thresholds">Above one a prediction is a yes. Default 0.5.</param>
/// <param name="name">The name in logs. Default the snake case of the class, made unique.</param>
/// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
/// <exception cref="ArgumentException">A threshold is not in [0, 1].</exception>
public sealed class TruePositives(Thresholds? thresholds = null, string? name = null, DType? dtype = null)
    : CountMetric(thresholds, name, dtype, o => o.TruePositives)
{
    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;
}

/// <summary>Counts how many noes are right, weighted.</summary>
/// <param name="thresholds">Above one a prediction is a yes. Default 0.5.</param>
/// <param name="name">The name in logs. Default the snake case of the class, made unique.</param>
/// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
/// <exception cref="ArgumentException">A threshold is not in [0, 1].</exception>
public sealed class TrueNegatives(Thresholds? thresholds = null, string? name = null, DType? dtype = null)
    : CountMetric(thresholds, name, dtype, o => o.TrueNegatives)
{
    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;
}

/// <summary>Counts how many yeses are wrong, weighted.</summary>
/// <param name="thresholds">Above one a prediction is a yes. Default 0.5.</param>
/// <param name="name">The name in logs. Default the snake case of the class, made unique.</param>
/// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
/// <exception cref="ArgumentException">A threshold is not in [0, 1].</exception>
public sealed class FalsePositives(Thresholds? thresholds = null, string? name = null, DType? dtype = null)
    : CountMetric(thresholds, name, dtype, o => o.FalsePositives)
{
    /// <inheritdoc/>
    public override bool? HigherIsBetter => false;
}

/// <summary>Counts how many noes are wrong, weighted.</summary>
/// <param name="thresholds">Above one a prediction is a yes. Default 0.5.</param>
/// <param name="name">The name in logs. Default the snake case of the class, made unique.</param>
/// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
/// <exception cref="ArgumentException">A threshold is not in [0, 1].</exception>
public sealed class FalseNegatives(Thresholds? thresholds = null, string? name = null, DType? dtype = null)
    : CountMetric(thresholds, name, dtype, o => o.FalseNegatives)
{
    /// <inheritdoc/>
    public override bool? HigherIsBetter => false;
}
