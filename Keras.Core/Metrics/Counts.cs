namespace Keras.Metrics;

/// <summary>Counts how many yeses are right, weighted.</summary>
public sealed class TruePositives : ConfusionMetric
{
    readonly Variable _accumulator;

    /// <summary>Makes the metric.</summary>
    /// <param name="thresholds">Above one a prediction is a yes. Default 0.5.</param>
    /// <param name="name">The name in logs. Default the snake case of the class, made unique.</param>
    /// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
    /// <exception cref="ArgumentException">A threshold is not in [0, 1].</exception>
    public TruePositives(Thresholds? thresholds = null, string? name = null, DType? dtype = null) : base(name, dtype, thresholds) =>
        (Thresholds, _accumulator) = (thresholds, Counter("accumulator", o => o.TruePositives));

    /// <summary>Above one a prediction is a yes. Default 0.5.</summary>
    public Thresholds? Thresholds { get; }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;

    /// <summary>The count so far: a scalar for one threshold, else a vector.</summary>
    public override Tensor Result() => Shown(_accumulator.Read());
}

/// <summary>Counts how many noes are right, weighted.</summary>
public sealed class TrueNegatives : ConfusionMetric
{
    readonly Variable _accumulator;

    /// <summary>Makes the metric.</summary>
    /// <param name="thresholds">Above one a prediction is a yes. Default 0.5.</param>
    /// <param name="name">The name in logs. Default the snake case of the class, made unique.</param>
    /// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
    /// <exception cref="ArgumentException">A threshold is not in [0, 1].</exception>
    public TrueNegatives(Thresholds? thresholds = null, string? name = null, DType? dtype = null) : base(name, dtype, thresholds) =>
        (Thresholds, _accumulator) = (thresholds, Counter("accumulator", o => o.TrueNegatives));

    /// <summary>Above one a prediction is a yes. Default 0.5.</summary>
    public Thresholds? Thresholds { get; }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;

    /// <summary>The count so far: a scalar for one threshold, else a vector.</summary>
    public override Tensor Result() => Shown(_accumulator.Read());
}

/// <summary>Counts how many yeses are wrong, weighted.</summary>
public sealed class FalsePositives : ConfusionMetric
{
    readonly Variable _accumulator;

    /// <summary>Makes the metric.</summary>
    /// <param name="thresholds">Above one a prediction is a yes. Default 0.5.</param>
    /// <param name="name">The name in logs. Default the snake case of the class, made unique.</param>
    /// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
    /// <exception cref="ArgumentException">A threshold is not in [0, 1].</exception>
    public FalsePositives(Thresholds? thresholds = null, string? name = null, DType? dtype = null) : base(name, dtype, thresholds) =>
        (Thresholds, _accumulator) = (thresholds, Counter("accumulator", o => o.FalsePositives));

    /// <summary>Above one a prediction is a yes. Default 0.5.</summary>
    public Thresholds? Thresholds { get; }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => false;

    /// <summary>The count so far: a scalar for one threshold, else a vector.</summary>
    public override Tensor Result() => Shown(_accumulator.Read());
}

/// <summary>Counts how many noes are wrong, weighted.</summary>
public sealed class FalseNegatives : ConfusionMetric
{
    readonly Variable _accumulator;

    /// <summary>Makes the metric.</summary>
    /// <param name="thresholds">Above one a prediction is a yes. Default 0.5.</param>
    /// <param name="name">The name in logs. Default the snake case of the class, made unique.</param>
    /// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
    /// <exception cref="ArgumentException">A threshold is not in [0, 1].</exception>
    public FalseNegatives(Thresholds? thresholds = null, string? name = null, DType? dtype = null) : base(name, dtype, thresholds) =>
        (Thresholds, _accumulator) = (thresholds, Counter("accumulator", o => o.FalseNegatives));

    /// <summary>Above one a prediction is a yes. Default 0.5.</summary>
    public Thresholds? Thresholds { get; }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => false;

    /// <summary>The count so far: a scalar for one threshold, else a vector.</summary>
    public override Tensor Result() => Shown(_accumulator.Read());
}
