using System.Text.Json.Nodes;

namespace Keras.Metrics;

/// <summary>The area under a curve of two rates, from its points at many thresholds. Predictions are probabilities.</summary>
[ConfigKeys(Presence.WhereGiven, "thresholds")]
public sealed class AUC : ConfusionMetric
{
    Func<Outcomes>? _counts;

    /// <summary>Makes the metric.</summary>
    /// <param name="numThresholds">How many thresholds there are: evenly spaced, with one just below 0 and one just above 1. Default 200.</param>
    /// <param name="curve">Which curve. Default ROC.</param>
    /// <param name="summationMethod">How high the curve is between two thresholds. Default interpolated.</param>
    /// <param name="name">The name in logs. Default <c>auc</c>, made unique.</param>
    /// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
    /// <param name="thresholds">Thresholds of one's own instead; those below 0 and above 1 are added.</param>
    /// <param name="multiLabel">Whether each label, along the last axis of (batch, labels), has an area of its own, of which the mean is
    /// taken. Default false: all predictions are taken together.</param>
    /// <param name="numLabels">How many labels there are. Default seen at the first update. For multiLabel alone.</param>
    /// <param name="labelWeights">Weights of the labels: of their areas with multiLabel, else of their predictions.</param>
    /// <param name="fromLogits">Whether the predictions are logits. Default false.</param>
    /// <exception cref="ArgumentException">There are fewer than 2 thresholds, one is not in [0, 1], or numLabels comes without multiLabel.</exception>
    public AUC(int numThresholds = 200, AUCCurve curve = default, AUCSummation summationMethod = default, string? name = null, DType? dtype = null,
        Thresholds? thresholds = null, bool multiLabel = false, int? numLabels = null, Tensor? labelWeights = null, bool fromLogits = false)
        : base(name, dtype, thresholds is null ? Between(numThresholds) : [.. thresholds])
    {
        if (numLabels is not null && !multiLabel) throw Errors.Argument(Name, "num_labels is for multi_label alone", "none", numLabels);
        (Curve, SummationMethod, Thresholds, MultiLabel, NumLabels, FromLogits) = (curve, summationMethod, thresholds, multiLabel, numLabels, fromLogits);
        LabelWeights = labelWeights is null ? null : Ops.Cast(labelWeights, Dtype);
        Labels = numLabels;
        if (!multiLabel || numLabels is not null) _counts = CountAll();
    }

    /// <summary>How many thresholds there are.</summary>
    public int NumThresholds => Cuts.Count;

    /// <summary>Which curve.</summary>
    public AUCCurve Curve { get; }

    /// <summary>How high the curve is between two thresholds.</summary>
    public AUCSummation SummationMethod { get; }

    /// <summary>The thresholds that were given, without those that were added. Default none.</summary>
    public Thresholds? Thresholds { get; }

    /// <summary>Whether each label has an area of its own.</summary>
    public bool MultiLabel { get; }

    /// <summary>How many labels were said to be there.</summary>
    public int? NumLabels { get; }

    /// <summary>Weights of the labels.</summary>
    public Tensor? LabelWeights { get; }

    /// <summary>Whether the predictions are logits.</summary>
    public bool FromLogits { get; }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;

    /// <inheritdoc/>
    public override JsonObject GetConfig()
    {
        var config = base.GetConfig();
        config["label_weights"] = ValueKinds.Typed(LabelWeights, "__tensor__");
        return config;
    }

    static double[] Between(int count) => count > 1 ? CutPoints.Between(count)
        : throw Errors.Argument("AUC", "there are too few thresholds", "num_thresholds > 1", count);

    /// <inheritdoc/>
    public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        var weight = Weighting.WithMask(sampleWeight, yPred.Mask, Dtype);
        yPred = Ops.Cast(yPred, Dtype);
        if (FromLogits) yPred = Ops.Sigmoid(yPred);
        if (MultiLabel) CheckLabels(yPred.Shape);
        Add(yTrue, yPred, weight, MultiLabel ? null : LabelWeights);
    }

    void CheckLabels(Shape shape)
    {
        if (shape.Rank != 2 || (Labels is { } n && shape[1] != n))
            throw Errors.Argument(Name, "predictions for several labels have a wrong shape", $"(batch, {(Labels is { } l ? l : "labels")})", shape);
        if (_counts is not null) return;
        Labels = shape[1];
        _counts = CountAll();
    }

    /// <summary>The area so far, a scalar; 0 before the first update.</summary>
    public override Tensor Result()
    {
        if (_counts is null) return Tensor.Scalar(0.0, Dtype);
        var (tp, fp, tn, fn) = _counts();
        return Total(Curve == AUCCurve.PR && SummationMethod == AUCSummation.Interpolation ? Interpolated(tp, fp, fn)
            : Curve == AUCCurve.ROC ? Areas(Share(fp, tn), Share(tp, fn))
            : Curve == AUCCurve.PR ? Areas(Share(tp, fn), Share(tp, fp))
            : GainAreas(tp, fp, tn, fn));
    }

    Tensor Total(Tensor areas)
    {
        if (!MultiLabel) return Ops.Sum(areas);
        var byLabel = Ops.Sum(areas, 0);
        return LabelWeights is null ? Ops.Mean(byLabel) : Weighting.DivideNoNan(Ops.Sum(byLabel * LabelWeights), Ops.Sum(LabelWeights));
    }

    Tensor Upper(Tensor x) => Ops.Narrow(x, 0, 0, Cuts.Count - 1);

    Tensor Lower(Tensor x) => Ops.Narrow(x, 0, 1, Cuts.Count - 1);

    Tensor Areas(Tensor x, Tensor y)
    {
        var heights = SummationMethod == AUCSummation.Minoring ? Ops.Minimum(Upper(y), Lower(y))
            : SummationMethod == AUCSummation.Majoring ? Ops.Maximum(Upper(y), Lower(y))
            : (Upper(y) + Lower(y)) / 2;
        return (Upper(x) - Lower(x)) * heights;
    }

    /// <summary>Without true positives the gain of recall is 0 and that of precision 1; a recall worse than chance gains 0.</summary>
    Tensor GainAreas(Tensor tp, Tensor fp, Tensor tn, Tensor fn)
    {
        var odds = Weighting.DivideNoNan(tp + fn, tn + fp);
        var none = Ops.Equal(tp, 0);
        var recall = Ops.Where(none, 0, 1 - (odds * Weighting.DivideNoNan(fn, tp)));
        var precision = Ops.Where(none, 1, 1 - (odds * Weighting.DivideNoNan(fp, tp)));
        return Areas(Ops.Maximum(recall, 0), precision);
    }

    /// <summary>Between two thresholds true positives rise evenly with all positives, so precision follows a hyperbola: its area is an
    /// integral in closed form (Davis and Goadrich, 2006).</summary>
    Tensor Interpolated(Tensor tp, Tensor fp, Tensor fn)
    {
        var rise = Upper(tp) - Lower(tp);
        var all = tp + fp;
        var slope = Weighting.DivideNoNan(rise, Ops.Maximum(Upper(all) - Lower(all), 0));
        var intercept = Lower(tp) - (slope * Lower(all));
        var both = Ops.LogicalAnd(Ops.Greater(Upper(all), 0), Ops.Greater(Lower(all), 0));
        var ratio = Ops.Where(both, Weighting.DivideNoNan(Upper(all), Ops.Maximum(Lower(all), 0)), 1);
        return Weighting.DivideNoNan(slope * (rise + (intercept * Ops.Log(ratio))), Ops.Maximum(Lower(tp) + Lower(fn), 0));
    }
}
