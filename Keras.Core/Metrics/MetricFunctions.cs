namespace Keras;

/// <summary>The functions of <c>keras.metrics</c> that are no losses: one value for each sample.</summary>
public static class MetricFunctions
{
    /// <summary>1 where a prediction equals its target, else 0; of the shape of both.</summary>
    public static Tensor Accuracy(Tensor yTrue, Tensor yPred)
    {
        var (t, p) = Weighting.Align("accuracy", yTrue, yPred);
        return Ops.Cast(Ops.Equal(t, p), Config.Floatx);
    }

    /// <summary>1 where a prediction is above the threshold just when its target is 1, else 0; of the shape of both.</summary>
    public static Tensor BinaryAccuracy(Tensor yTrue, Tensor yPred, double threshold = 0.5)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        var (t, p) = Weighting.SameRank(yTrue, yPred);
        Shape.Broadcast(t.Shape, p.Shape, "binary_accuracy");
        return Ops.Cast(Ops.Equal(t, Ops.Cast(Ops.AsFloating(p) > threshold, t.DType)), Config.Floatx);
    }

    /// <summary>1 where the largest prediction is that of the target's class, else 0.</summary>
    /// <param name="yTrue">One-hot, (batch, …, classes).</param>
    /// <param name="yPred">Probabilities or logits, (batch, …, classes).</param>
    /// <returns>(batch, …).</returns>
    public static Tensor CategoricalAccuracy(Tensor yTrue, Tensor yPred)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        if (!yTrue.Shape.Matches(yPred.Shape))
            throw Errors.Argument("categorical_accuracy", "targets and predictions have different shapes", yPred.Shape, yTrue.Shape);
        return Ops.Cast(Ops.Equal(Ops.Argmax(yTrue, -1), Ops.Argmax(yPred, -1)), Config.Floatx);
    }

    /// <summary>1 where the largest prediction is that of the target's class, else 0.</summary>
    /// <param name="yTrue">Class numbers, (batch, …) or (batch, …, 1).</param>
    /// <param name="yPred">Probabilities or logits, (batch, …, classes).</param>
    /// <returns>(batch, …).</returns>
    public static Tensor SparseCategoricalAccuracy(Tensor yTrue, Tensor yPred)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        if (yTrue.Rank == yPred.Rank && yTrue.Shape[-1] == 1) yTrue = Ops.Squeeze(yTrue, -1);
        var best = Ops.Argmax(yPred, -1);
        Shape.Broadcast(yTrue.Shape, best.Shape, "sparse_categorical_accuracy");
        // Compared as integers: a 16-bit float cannot tell large class numbers apart.
        var matches = Ops.Cast(Ops.Equal(yTrue.DType.IsFloating() ? Ops.Cast(yTrue, best.DType) : yTrue, best), Config.Floatx);
        return matches.Rank > 1 && matches.Shape[-1] == 1 ? Ops.Squeeze(matches, -1) : matches;
    }

    /// <summary>1 where the target's class is among the k largest predictions, else 0. Predictions that equal the k-th largest all count.</summary>
    /// <param name="yTrue">One-hot, (batch, …, classes).</param>
    /// <param name="yPred">Probabilities or logits, (batch, …, classes).</param>
    /// <param name="k">How many of the largest count. Default 5.</param>
    /// <returns>(batch, …).</returns>
    public static Tensor TopKCategoricalAccuracy(Tensor yTrue, Tensor yPred, int k = 5)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        if (!yTrue.Shape.Matches(yPred.Shape))
            throw Errors.Argument("top_k_categorical_accuracy", "targets and predictions have different shapes", yPred.Shape, yTrue.Shape);
        return Ops.Cast(Ops.InTopK(Ops.Argmax(yTrue, -1), yPred, k), Config.Floatx);
    }

    /// <summary>1 where the target's class is among the k largest predictions, else 0. Predictions that equal the k-th largest all count.</summary>
    /// <param name="yTrue">Class numbers, (batch, …) or (batch, …, 1).</param>
    /// <param name="yPred">Probabilities or logits, (batch, …, classes).</param>
    /// <param name="k">How many of the largest count. Default 5.</param>
    /// <param name="fromSortedIds">Whether predictions are class numbers already, the best first. Default false.</param>
    /// <returns>(batch, …).</returns>
    public static Tensor SparseTopKCategoricalAccuracy(Tensor yTrue, Tensor yPred, int k = 5, bool fromSortedIds = false)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        if (yTrue.Rank == yPred.Rank && yTrue.Shape[-1] == 1) yTrue = Ops.Squeeze(yTrue, -1);
        if (!fromSortedIds) return Ops.Cast(Ops.InTopK(Ops.AsInt32(yTrue), yPred, k), Config.Floatx);
        var best = Ops.Narrow(yPred, yPred.Rank - 1, 0, Math.Min(k, yPred.Shape[-1]));
        return Ops.Cast(Ops.Any(Ops.Equal(Ops.ExpandDims(Ops.Cast(yTrue, best.DType), -1), best), -1), Config.Floatx);
    }

    /// <summary>The cosine of the angle between targets and predictions along an axis: 1 for the same direction.</summary>
    public static Tensor CosineSimilarity(Tensor yTrue, Tensor yPred, int axis = -1) => LossFunctions.Cosine(yTrue, yPred, axis);

    /// <summary>Pearson's correlation of targets and predictions along an axis.</summary>
    public static Tensor PearsonCorrelation(Tensor yTrue, Tensor yPred, int axis = -1)
    {
        var (t, p) = Weighting.Align("pearson_correlation", yTrue, Ops.AsFloating(yPred));
        return Ops.Mean(Standard(t, axis) * Standard(p, axis), axis);
    }

    static Tensor Standard(Tensor x, int axis)
    {
        x -= Ops.Mean(x, axis, keepdims: true);
        return x / Ops.Std(x, axis, keepdims: true);
    }

    /// <summary>Lin's concordance correlation of targets and predictions along an axis.</summary>
    public static Tensor ConcordanceCorrelation(Tensor yTrue, Tensor yPred, int axis = -1)
    {
        var (t, p) = Weighting.Align("concordance_correlation", yTrue, Ops.AsFloating(yPred));
        var (meanT, meanP) = (Ops.Mean(t, axis, keepdims: true), Ops.Mean(p, axis, keepdims: true));
        var spread = Ops.Var(t, axis, keepdims: true) + Ops.Var(p, axis, keepdims: true) + Ops.Square(meanT - meanP);
        return Ops.Mean((t - meanP) * (p - meanP) * 2 / (spread + Config.Epsilon), axis);
    }
}
