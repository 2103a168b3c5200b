namespace Keras.Metrics;

/// <summary>The base of <see cref="FBetaScore"/> and <see cref="F1Score"/>.</summary>
public abstract class FScore : Metric
{
    readonly double _beta;
    Variable? _truePositives, _falsePositives, _falseNegatives, _weights;

    private protected FScore(FScoreAverage average, double beta, double? threshold, string? name, DType? dtype) : base(name, dtype)
    {
        if (!(beta > 0)) throw Errors.Argument(Name, "beta is not positive", "beta > 0", beta);
        if (threshold is { } t && !(t > 0 && t <= 1)) throw Errors.Argument(Name, "the threshold is out of range", "0 < threshold <= 1", threshold);
        (Average, _beta, Threshold) = (average, beta, threshold);
    }

    /// <summary>How the scores of the classes become one. Default one for each.</summary>
    public FScoreAverage Average { get; }

    /// <summary>Above it a prediction is a yes. Default none: the largest of each sample is.</summary>
    public double? Threshold { get; }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;

    void Build(int classes)
    {
        Shape shape = Average == FScoreAverage.Micro ? [] : [classes];
        _truePositives = AddVariable(shape, "true_positives");
        _falsePositives = AddVariable(shape, "false_positives");
        _falseNegatives = AddVariable(shape, "false_negatives");
        _weights = AddVariable(shape, "intermediate_weights");
    }

    /// <inheritdoc/>
    public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        if (yPred.Rank != 2 || !yTrue.Shape.Matches(yPred.Shape))
            throw Errors.Argument(Name, "targets and predictions have wrong shapes", "(batch, classes) for both", $"{yTrue.Shape} and {yPred.Shape}");
        if (_truePositives is null) Build(yPred.Shape[1]);
        else if (Average != FScoreAverage.Micro && _truePositives.Shape[0] != yPred.Shape[1])
            throw Errors.Argument(Name, "the number of classes changed", _truePositives.Shape[0], yPred.Shape[1]);
        var weight = Spread.Over(Name, Weighting.WithMask(sampleWeight, yPred.Mask, Dtype), Ops.Cast(yPred, Dtype));
        var (t, p) = (Ops.Cast(yTrue, Dtype), Ops.Cast(Yes(Ops.Cast(yPred, Dtype)), Dtype));
        Variable.AssignAll([Plus(_truePositives!, p * t * weight), Plus(_falsePositives!, p * (1 - t) * weight),
            Plus(_falseNegatives!, (1 - p) * t * weight), Plus(_weights!, t * weight)]);
    }

    // Where a whole row is 0, nothing in it is a yes.
    Tensor Yes(Tensor p) => Threshold is { } threshold ? Ops.Greater(p, Tensor.Scalar(threshold, Dtype))
        : Ops.LogicalAnd(Ops.GreaterEqual(p, Ops.Max(p, -1, keepdims: true)), Ops.Greater(Ops.Absolute(p), 1e-9));

    (Variable, Tensor) Plus(Variable variable, Tensor values) =>
        (variable, variable.Read() + (Average == FScoreAverage.Micro ? Ops.Sum(values) : Ops.Sum(values, 0)));

    /// <summary>The score so far: (classes) without an average, else a scalar; 0 before the first update.</summary>
    public override Tensor Result()
    {
        if (_truePositives is null) return Tensor.Scalar(0.0, Dtype);
        var tp = _truePositives.Read();
        var precision = tp / (tp + _falsePositives!.Read() + Config.Epsilon);
        var recall = tp / (tp + _falseNegatives!.Read() + Config.Epsilon);
        var square = _beta * _beta;
        var scores = precision * recall * (1 + square) / ((precision * square) + recall + Config.Epsilon);
        if (Average == FScoreAverage.None) return scores;
        if (Average != FScoreAverage.Weighted) return Ops.Mean(scores);
        var weights = _weights!.Read();
        return Ops.Sum(scores * (weights / (Ops.Sum(weights) + Config.Epsilon)));
    }
}

/// <summary>The weighted harmonic mean of precision and recall, of one-hot targets (batch, classes).</summary>
/// <param name="average">How the scores of the classes become one. Default one for each.</param>
/// <param name="beta">How much more recall weighs than precision. Default 1.</param>
/// <param name="threshold">Above it a prediction is a yes. Default none: the largest of each sample is.</param>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
/// <exception cref="ArgumentException">beta is not positive, or the threshold is not in (0, 1].</exception>
public sealed class FBetaScore(FScoreAverage average = default, double beta = 1.0, double? threshold = null, string? name = "fbeta_score", DType? dtype = null)
    : FScore(average, beta, threshold, name, dtype)
{
    /// <summary>How much more recall weighs than precision. Default 1.</summary>
    public double Beta { get; } = beta;
}

/// <summary>The harmonic mean of precision and recall, of one-hot targets (batch, classes).</summary>
/// <param name="average">How the scores of the classes become one. Default one for each.</param>
/// <param name="threshold">Above it a prediction is a yes. Default none: the largest of each sample is.</param>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
/// <exception cref="ArgumentException">The threshold is not in (0, 1].</exception>
public sealed class F1Score(FScoreAverage average = default, double? threshold = null, string? name = "f1_score", DType? dtype = null)
    : FScore(average, 1, threshold, name, dtype);
