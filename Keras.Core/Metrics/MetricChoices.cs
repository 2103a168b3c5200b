namespace Keras.Metrics;

/// <summary>Which curve <see cref="AUC"/> takes the area under. Converts from Keras's strings; the default is ROC.</summary>
public readonly record struct AUCCurve
{
    readonly string? _name;

    AUCCurve(string name) => _name = name;

    /// <summary>Recall over the rate of false positives.</summary>
    public static AUCCurve ROC { get; }

    /// <summary>Precision over recall.</summary>
    public static AUCCurve PR { get; } = new("PR");

    /// <summary>The gain of precision over the gain of recall (Flach and Kull, 2015).</summary>
    public static AUCCurve PRGain { get; } = new("PRGAIN");

    /// <summary>Reads Keras's name.</summary>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static implicit operator AUCCurve(string name) =>
        Choice.Check("curve", name, "roc", "pr", "prgain") switch { "roc" => ROC, "pr" => PR, _ => PRGain };

    /// <summary>Keras's name.</summary>
    public override string ToString() => _name ?? "ROC";
}

/// <summary>How high a curve is between two thresholds. Converts from Keras's strings; the default is interpolation.</summary>
public readonly record struct AUCSummation
{
    readonly string? _name;

    AUCSummation(string name) => _name = name;

    /// <summary>Half way between both ends; for precision over recall by the rule of Davis and Goadrich.</summary>
    public static AUCSummation Interpolation { get; }

    /// <summary>As high as the lower end.</summary>
    public static AUCSummation Minoring { get; } = new("minoring");

    /// <summary>As high as the higher end.</summary>
    public static AUCSummation Majoring { get; } = new("majoring");

    /// <summary>Reads Keras's name.</summary>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static implicit operator AUCSummation(string name) =>
        Choice.Check("summation_method", name, "interpolation", "minoring", "majoring") is var known && known == "interpolation" ? Interpolation : new(known);

    /// <summary>Keras's name.</summary>
    public override string ToString() => _name ?? "interpolation";
}

/// <summary>How the F scores of the classes become one. Converts from Keras's strings; the default is none: one for each class.</summary>
public readonly record struct FScoreAverage
{
    readonly string? _name;

    FScoreAverage(string name) => _name = name;

    /// <summary>One score for each class.</summary>
    public static FScoreAverage None { get; }

    /// <summary>The score of the counts over all classes.</summary>
    public static FScoreAverage Micro { get; } = new("micro");

    /// <summary>The mean of the scores of the classes.</summary>
    public static FScoreAverage Macro { get; } = new("macro");

    /// <summary>The mean weighted by how often each class is a target.</summary>
    public static FScoreAverage Weighted { get; } = new("weighted");

    /// <summary>Reads Keras's name.</summary>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static implicit operator FScoreAverage(string name) => new(Choice.Check("average", name, "micro", "macro", "weighted"));

    /// <summary>Keras's name, or <c>none</c>.</summary>
    public override string ToString() => _name ?? "none";
}

/// <summary>How the scores of several outputs become one. Converts from Keras's strings; the default is their mean.</summary>
public readonly record struct ClassAggregation
{
    readonly string? _name;

    ClassAggregation(string name) => _name = name;

    /// <summary>The mean.</summary>
    public static ClassAggregation UniformAverage { get; }

    /// <summary>The mean weighted by how much each output varies.</summary>
    public static ClassAggregation VarianceWeightedAverage { get; } = new("variance_weighted_average");

    /// <summary>One score for each output.</summary>
    public static ClassAggregation None { get; } = new("none");

    /// <summary>Reads Keras's name.</summary>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static implicit operator ClassAggregation(string name) =>
        Choice.Check("class_aggregation", name, "uniform_average", "variance_weighted_average", "none") is var known && known == "uniform_average"
            ? UniformAverage : new(known);

    /// <summary>Keras's name, or <c>none</c>.</summary>
    public override string ToString() => _name ?? "uniform_average";
}
