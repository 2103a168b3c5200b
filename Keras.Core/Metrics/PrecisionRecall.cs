namespace Keras.Metrics;

/// <summary>The share of yeses that are right.</summary>
public sealed class Precision : ConfusionMetric
{
    readonly Variable _truePositives, _falsePositives;

    /// <summary>Makes the metric.</summary>
    /// <param name="thresholds">Above one a prediction is a yes. Default 0.5; all of the <paramref name="topK"/> largest where it is given.</param>
    /// <param name="topK">Only so many of the largest predictions of each sample can be a yes. Default all.</param>
    /// <param name="classId">The class, along the last axis, that alone counts. Default all.</param>
    /// <param name="name">The name in logs. Default the snake case of the class, made unique.</param>
    /// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
    /// <exception cref="ArgumentException">A threshold is not in [0, 1], or topK is less than 1.</exception>
    public Precision(Thresholds? thresholds = null, int? topK = null, int? classId = null, string? name = null, DType? dtype = null)
        : base(name, dtype, thresholds, topK, classId)
    {
        Thresholds = thresholds;
        _truePositives = Counter("true_positives", o => o.TruePositives);
        _falsePositives = Counter("false_positives", o => o.FalsePositives);
    }

    /// <summary>Above one a prediction is a yes. Default 0.5.</summary>
    public Thresholds? Thresholds { get; }

    /// <summary>Only so many of the largest predictions of each sample can be a yes. Default all.</summary>
    public int? TopK => Largest;

    /// <summary>The class that alone counts. Default all.</summary>
    public int? ClassId => Class;

    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;

    /// <summary>The share so far: a scalar for one threshold, else a vector; 0 where there is nothing to share.</summary>
    public override Tensor Result() => Shown(Share(_truePositives.Read(), _falsePositives.Read()));
}

/// <summary>The share of positive targets that are found.</summary>
public sealed class Recall : ConfusionMetric
{
    readonly Variable _truePositives, _falseNegatives;

    /// <summary>Makes the metric.</summary>
    /// <param name="thresholds">Above one a prediction is a yes. Default 0.5; all of the <paramref name="topK"/> largest where it is given.</param>
    /// <param name="topK">Only so many of the largest predictions of each sample can be a yes. Default all.</param>
    /// <param name="classId">The class, along the last axis, that alone counts. Default all.</param>
    /// <param name="name">The name in logs. Default the snake case of the class, made unique.</param>
    /// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
    /// <exception cref="ArgumentException">A threshold is not in [0, 1], or topK is less than 1.</exception>
    public Recall(Thresholds? thresholds = null, int? topK = null, int? classId = null, string? name = null, DType? dtype = null)
        : base(name, dtype, thresholds, topK, classId)
    {
        Thresholds = thresholds;
        _truePositives = Counter("true_positives", o => o.TruePositives);
        _falseNegatives = Counter("false_negatives", o => o.FalseNegatives);
    }

    /// <summary>Above one a prediction is a yes. Default 0.5.</summary>
    public Thresholds? Thresholds { get; }

    /// <summary>Only so many of the largest predictions of each sample can be a yes. Default all.</summary>
    public int? TopK => Largest;

    /// <summary>The class that alone counts. Default all.</summary>
    public int? ClassId => Class;

    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;

    /// <summary>The share so far: a scalar for one threshold, else a vector; 0 where there is nothing to share.</summary>
    public override Tensor Result() => Shown(Share(_truePositives.Read(), _falseNegatives.Read()));
}
