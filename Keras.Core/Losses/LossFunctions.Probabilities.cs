namespace Keras;

// Losses between distributions.
public static partial class LossFunctions
{
    /// <summary>The sum of t log(t / p); both are limited to [epsilon, 1].</summary>
    public static Tensor KlDivergence(Tensor yTrue, Tensor yPred)
    {
        var (t, p) = Weighting.Align("kl_divergence", yTrue, Ops.AsFloating(yPred));
        (t, p) = (Ops.Clip(t, Config.Epsilon, 1), Ops.Clip(p, Config.Epsilon, 1));
        return Ops.Sum(t * Ops.Log(t / p), -1);
    }

    /// <summary>The mean of the cross-entropies of yes-or-no predictions.</summary>
    /// <param name="yTrue">0 or 1, or probabilities between.</param>
    /// <param name="yPred">Probabilities or logits of 1.</param>
    /// <param name="fromLogits">Whether the predictions are logits. Default false.</param>
    /// <param name="labelSmoothing">How far targets move towards ½, between 0 and 1. Default 0.</param>
    /// <param name="axis">The axis of the mean. Default the last.</param>
    public static Tensor BinaryCrossentropy(Tensor yTrue, Tensor yPred, bool fromLogits = false, double labelSmoothing = 0, int axis = -1)
    {
        var p = Ops.AsFloating(yPred);
        var t = Smooth(Ops.Cast(yTrue, p.DType), labelSmoothing, 0.5);
        return Ops.Mean(Ops.BinaryCrossentropy(t, p, fromLogits), axis);
    }

    static Tensor Smooth(Tensor target, double smoothing, double towards) =>
        smoothing == 0 ? target : target * (1 - smoothing) + smoothing * towards;

    static Tensor SmoothClasses(Tensor yTrue, Tensor p, double smoothing, int axis) =>
        Smooth(Ops.Cast(yTrue, p.DType), smoothing, 1.0 / p.Shape[p.Shape.Axis(axis, "categorical_crossentropy")]);

    /// <summary>The binary cross-entropy with well predicted samples weighing less: (1 - the probability of the target) to the power gamma.</summary>
    /// <param name="yTrue">0 or 1, or probabilities between.</param>
    /// <param name="yPred">Probabilities or logits of 1.</param>
    /// <param name="applyClassBalancing">Whether class 1 weighs alpha and class 0 weighs 1 - alpha. Default false.</param>
    /// <param name="alpha">The weight of class 1. Default 0.25.</param>
    /// <param name="gamma">The exponent. Default 2.</param>
    /// <param name="fromLogits">Whether the predictions are logits. Default false.</param>
    /// <param name="labelSmoothing">How far targets move towards ½. Default 0.</param>
    /// <param name="axis">The axis of the mean. Default the last.</param>
    public static Tensor BinaryFocalCrossentropy(Tensor yTrue, Tensor yPred, bool applyClassBalancing = false, double alpha = 0.25,
        double gamma = 2, bool fromLogits = false, double labelSmoothing = 0, int axis = -1)
    {
        var p = Ops.AsFloating(yPred);
        var t = Smooth(Ops.Cast(yTrue, p.DType), labelSmoothing, 0.5);
        if (fromLogits) p = Ops.Sigmoid(p);
        var losses = Ops.Power(1 - (t * p + (1 - t) * (1 - p)), gamma) * Ops.BinaryCrossentropy(t, p);
        if (applyClassBalancing) losses *= t * alpha + (1 - t) * (1 - alpha);
        return Ops.Mean(losses, axis);
    }

    /// <summary>The cross-entropy between one-hot or soft targets and predictions.</summary>
    /// <param name="yTrue">(batch, …, classes), as probabilities.</param>
    /// <param name="yPred">(batch, …, classes), as probabilities or logits.</param>
    /// <param name="fromLogits">Whether the predictions are logits. Default false.</param>
    /// <param name="labelSmoothing">How far targets move towards the uniform distribution, between 0 and 1. Default 0.</param>
    /// <param name="axis">The axis of the classes. Default the last.</param>
    public static Tensor CategoricalCrossentropy(Tensor yTrue, Tensor yPred, bool fromLogits = false, double labelSmoothing = 0, int axis = -1)
    {
        var p = Ops.AsFloating(yPred);
        return Ops.CategoricalCrossentropy(SmoothClasses(yTrue, p, labelSmoothing, axis), p, fromLogits, axis);
    }

    /// <summary>The categorical cross-entropy with each class weighing alpha times (1 - its probability) to the power gamma.</summary>
    /// <param name="yTrue">(batch, …, classes), as probabilities.</param>
    /// <param name="yPred">(batch, …, classes), as probabilities or logits.</param>
    /// <param name="alpha">The factor. Default 0.25.</param>
    /// <param name="gamma">The exponent. Default 2.</param>
    /// <param name="fromLogits">Whether the predictions are logits. Default false.</param>
    /// <param name="labelSmoothing">How far targets move towards the uniform distribution. Default 0.</param>
    /// <param name="axis">The axis of the classes. Default the last.</param>
    public static Tensor CategoricalFocalCrossentropy(Tensor yTrue, Tensor yPred, double alpha = 0.25, double gamma = 2,
        bool fromLogits = false, double labelSmoothing = 0, int axis = -1)
    {
        var p = Ops.AsFloating(yPred);
        var t = SmoothClasses(yTrue, p, labelSmoothing, axis);
        if (fromLogits) p = Ops.Softmax(p, axis);
        p = Ops.Clip(p / Ops.Sum(p, axis, keepdims: true), Config.Epsilon, 1 - Config.Epsilon);
        return Ops.Sum(Ops.Power(1 - p, gamma) * alpha * (-t * Ops.Log(p)), axis);
    }

    /// <summary>The cross-entropy between class numbers and predictions.</summary>
    /// <param name="yTrue">Class numbers, (batch, …) or (batch, …, 1).</param>
    /// <param name="yPred">(batch, …, classes), as probabilities or logits.</param>
    /// <param name="fromLogits">Whether the predictions are logits. Default false.</param>
    /// <param name="ignoreClass">Targets of this class give 0 and are left out of the mean. Default none.</param>
    /// <param name="axis">The axis of the classes. Default the last.</param>
    public static Tensor SparseCategoricalCrossentropy(Tensor yTrue, Tensor yPred, bool fromLogits = false, int? ignoreClass = null, int axis = -1)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        var p = Ops.AsFloating(yPred);
        var at = p.Shape.Axis(axis, "sparse_categorical_crossentropy");
        if (yTrue.Rank == p.Rank && yTrue.Shape[at] == 1) yTrue = Ops.Squeeze(yTrue, at);
        if (ignoreClass is not { } ignored) return Ops.SparseCategoricalCrossentropy(yTrue, p, fromLogits, axis);
        var valid = Ops.NotEqual(yTrue, ignored);
        // Ones instead of the ignored predictions: no division of zero by zero on the way back.
        var losses = Ops.SparseCategoricalCrossentropy(Ops.Where(valid, yTrue, 0), Ops.Where(Ops.ExpandDims(valid, at), p, 1), fromLogits, axis);
        losses = Ops.Where(valid, losses, 0);
        losses.Mask = valid;
        return losses;
    }

    /// <summary>(1 - p^q) / q with the probability p of the target's class: between cross-entropy (q near 0) and absolute error (q = 1).</summary>
    /// <param name="yTrue">Class numbers, (batch) or (batch, 1).</param>
    /// <param name="yPred">(batch, classes), as probabilities.</param>
    /// <param name="q">How robust against wrong labels, between 0 and 1.</param>
    public static Tensor CategoricalGeneralizedCrossEntropy(Tensor yTrue, Tensor yPred, double q)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        var p = Ops.AsFloating(yPred);
        var label = yTrue.DType.IsInteger() ? yTrue : Ops.Cast(yTrue, DType.Int32);
        var hot = Ops.OneHot(label, p.Shape[-1], dtype: p.DType);
        return (1 - Ops.Power(Ops.Sum(p * hot, -1), q)) / q;
    }

    /// <summary>Pulls embeddings of one class together and pushes those of different classes apart. See https://arxiv.org/abs/2002.10857.</summary>
    /// <param name="yTrue">Class numbers, (batch) or (batch, 1).</param>
    /// <param name="yPred">Embeddings of length 1, (batch, n).</param>
    /// <param name="refLabels">Class numbers of the embeddings to compare with. Default <paramref name="yTrue"/>.</param>
    /// <param name="refEmbeddings">The embeddings to compare with. Default <paramref name="yPred"/>.</param>
    /// <param name="removeDiagonal">Whether an embedding is not compared with the one at its own place. Default true.</param>
    /// <param name="gamma">How steep the loss is. Default 80.</param>
    /// <param name="margin">How far from the ideal embeddings may stay. Default 0.4.</param>
    /// <returns>(batch); its mask leaves out what costs nothing.</returns>
    public static Tensor Circle(Tensor yTrue, Tensor yPred, Tensor? refLabels = null, Tensor? refEmbeddings = null, bool removeDiagonal = true,
        double gamma = 80, double margin = 0.4)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        var p = Ops.AsFloating(yPred);
        var labels = Ops.Reshape(Ops.Cast(yTrue, DType.Int32), Shape.Of(Shape.Unknown, 1));
        var others = Ops.Reshape(Ops.Cast(refLabels ?? yTrue, DType.Int32), Shape.Of(1, Shape.Unknown));
        var distances = Ops.Maximum(1 - Ops.Matmul(p, Ops.Transpose(refEmbeddings ?? p)), 0);
        var same = Ops.Equal(labels, others);
        var different = Ops.LogicalNot(same);
        if (removeDiagonal) same = Ops.LogicalAnd(same, Ops.LogicalNot(Diagonal(distances)));
        var near = Ops.Maximum(distances + margin, 0) * (margin - distances) * -gamma;
        var far = Ops.Maximum(1 + margin - distances, 0) * (1 - margin - distances) * gamma;
        var losses = Ops.Softplus(Among(same, near) + Among(different, far));
        losses.Mask = losses > 0;
        return losses;
        static Tensor Among(Tensor kept, Tensor x) => Ops.Logsumexp(Ops.Where(kept, x, double.NegativeInfinity), 1);
    }

    /// <summary>-log of the probability that predictions read as the labels, whatever steps they stand at. See <see cref="Ops.CtcLoss"/>.</summary>
    /// <param name="yTrue">Class numbers, (batch, labels), 0 behind the last.</param>
    /// <param name="yPred">Logits, (batch, steps, classes); class 0 is the blank, and all steps count.</param>
    /// <returns>(batch).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit; when it runs, a label is no class.</exception>
    public static Tensor Ctc(Tensor yTrue, Tensor yPred)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        if (yTrue.Rank != 2) throw Errors.Argument("ctc", "the targets have a wrong number of dimensions", "(batch, labels)", yTrue.Shape);
        if (yPred.Rank != 3) throw Errors.Argument("ctc", "the predictions have a wrong number of dimensions", "(batch, steps, classes)", yPred.Shape);
        var labels = Ops.Sum(Ops.Cast(Ops.NotEqual(yTrue, 0), DType.Int32), 1);
        var steps = Ops.Sum(Ops.OnesLike(yPred[.., .., 0], DType.Int32), 1);
        return Ops.CtcLoss(yTrue, yPred, labels, steps);
    }

    static Tensor Diagonal(Tensor x) => Ops.Equal(
        Ops.ExpandDims(Ops.Arange(x.Shape[0], dtype: DType.Int32), 1), Ops.Arange(x.Shape[1], dtype: DType.Int32));
}
