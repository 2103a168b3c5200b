namespace Keras.Metrics;

/// <summary>The base of metrics that count right and wrong answers at one or more thresholds. Predictions are probabilities.</summary>
public abstract class ConfusionMetric : Metric
{
    // Below all thresholds: what is not among the largest.
    const double Never = -1e10;

    readonly List<(Variable Variable, Func<Outcomes, Tensor> Part)> _counters = [];

    private protected ConfusionMetric(string? name, DType? dtype, Thresholds? thresholds, int? topK = null, int? classId = null)
        : this(name, dtype, topK, classId) =>
        Cuts = CutPoints.At(thresholds ?? (IReadOnlyList<double>)[topK is null ? 0.5 : Never], Dtype);

    private protected ConfusionMetric(string? name, DType? dtype, int numThresholds, int? classId) : this(name, dtype, null, classId)
    {
        if (numThresholds <= 0) throw Errors.Argument(Name, "there must be thresholds", "numThresholds > 0", numThresholds);
        Cuts = numThresholds == 1 ? CutPoints.At([0.5], Dtype) : CutPoints.Even(numThresholds, Dtype);
    }

    private protected ConfusionMetric(string? name, DType? dtype, double[] inner) : this(name, dtype, null, null) => Cuts = CutPoints.Around(inner, Dtype);

    ConfusionMetric(string? name, DType? dtype, int? topK, int? classId) : base(name, dtype)
    {
        if (topK is <= 0) throw Errors.Argument(Name, "top_k is too small", "1 or more", topK);
        (Largest, Class, Cuts) = (topK, classId, null!);
    }

    private protected CutPoints Cuts { get; }

    /// <summary>The labels of the last axis that are counted apart.</summary>
    private protected int? Labels { get; set; }

    /// <summary>Only so many of the largest predictions of each sample can be a yes. Default all.</summary>
    private protected int? Largest { get; }

    /// <summary>The class that alone counts. Default all.</summary>
    private protected int? Class { get; }

    private protected Variable Counter(string name, Func<Outcomes, Tensor> part)
    {
        var variable = AddVariable(Labels is { } n ? [Cuts.Count, n] : [Cuts.Count], name);
        _counters.Add((variable, part));
        return variable;
    }

    /// <summary>Counters of all four outcomes, to be read.</summary>
    private protected Func<Outcomes> CountAll()
    {
        var (tp, fp) = (Counter("true_positives", o => o.TruePositives), Counter("false_positives", o => o.FalsePositives));
        var (tn, fn) = (Counter("true_negatives", o => o.TrueNegatives), Counter("false_negatives", o => o.FalseNegatives));
        return () => new(tp.Read(), fp.Read(), tn.Read(), fn.Read());
    }

    private protected static Tensor Share(Tensor part, Tensor rest) => Weighting.DivideNoNan(part, part + rest);

    /// <inheritdoc/>
    public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        var weight = Weighting.WithMask(sampleWeight, yPred.Mask, Dtype);
        Add(yTrue, Ops.Cast(yPred, Dtype), weight, null);
    }

    private protected void Add(Tensor yTrue, Tensor yPred, Tensor? weight, Tensor? labelWeights)
    {
        (yTrue, yPred) = Weighting.SameRank(Ops.Cast(yTrue, DType.Bool), yPred);
        if (!yTrue.Shape.Matches(yPred.Shape)) throw Errors.Argument(Name, "targets and predictions have different shapes", yPred.Shape, yTrue.Shape);
        weight = Spread.Over(Name, weight, yPred);
        if (labelWeights is not null) weight *= Ops.BroadcastLike(labelWeights, yPred);
        if (Largest is { } k) yPred = KeepLargest(yPred, k);
        if (Class is { } id) (yTrue, yPred, weight) = (Column(yTrue, id), Column(yPred, id), Column(weight, id));
        var outcomes = Cuts.Of(yTrue, yPred, weight, Labels);
        Variable.AssignAll([.. _counters.Select(c => (c.Variable, c.Variable.Read() + c.Part(outcomes)))]);
    }

    static Tensor KeepLargest(Tensor x, int k)
    {
        var chosen = Ops.Sum(Ops.OneHot(Ops.TopK(x, k).Indices, x.Shape[-1], dtype: DType.Int32), -2);
        return Ops.Where(Ops.Greater(chosen, 0), x, Never);
    }

    Tensor Column(Tensor x, int id)
    {
        if (x.Rank < 2) throw Errors.Argument(Name, "class_id needs an axis of classes", "2 dimensions or more", x.Shape);
        if (id < 0 || id >= x.Shape[-1]) throw Errors.Argument(Name, "class_id is out of range", $"0 to {x.Shape[-1] - 1}", id);
        return Ops.Narrow(x, x.Rank - 1, id, 1);
    }

    /// <summary>A number for one threshold, else one for each.</summary>
    private protected Tensor Shown(Tensor result) => Cuts.Count == 1 ? Ops.Squeeze(result, 0) : result;
}

/// <summary>Brings weights to the shape of what they weigh.</summary>
static class Spread
{
    /// <summary>Weights of samples, of elements, or of one number for all, over all elements; ones without weights.</summary>
    internal static Tensor Over(string who, Tensor? weight, Tensor like)
    {
        if (weight is null) return Ops.OnesLike(like);
        if (weight.Rank == like.Rank + 1 && weight.Shape[-1] == 1) weight = Ops.Squeeze(weight, -1);
        while (weight.Rank > 0 && weight.Rank < like.Rank) weight = Ops.ExpandDims(weight, -1);
        if (!Shape.Broadcast(weight.Shape, like.Shape, who).Matches(like.Shape))
            throw Errors.Argument(who, "the sample weights do not fit", $"a shape that broadcasts to {like.Shape}", weight.Shape);
        return Ops.BroadcastLike(weight, like);
    }
}
