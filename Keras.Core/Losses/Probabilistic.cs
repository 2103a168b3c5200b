namespace Keras.Losses;

/// <summary>The cross-entropy of yes-or-no predictions. See <see cref="LossFunctions.BinaryCrossentropy"/>.</summary>
/// <param name="fromLogits">Whether the predictions are logits. Default false.</param>
/// <param name="labelSmoothing">How far targets move towards even odds, between 0 and 1. Default 0.</param>
/// <param name="axis">The axis of the mean. Default the last.</param>
/// <param name="reduction">How the losses of a batch become one. Default the mean over all of them.</param>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">In which dtype it is computed. Default <see cref="Config.Floatx"/>.</param>
public sealed class BinaryCrossentropy(bool fromLogits = false, double labelSmoothing = 0, int axis = -1,
    Reduce reduction = default, string name = "binary_crossentropy", DType? dtype = null)
    : Loss(name, reduction, dtype)
{
    /// <summary>Whether the predictions are logits. Default false.</summary>
    public bool FromLogits { get; } = fromLogits;

    /// <summary>How far targets move towards even odds, between 0 and 1. Default 0.</summary>
    public double LabelSmoothing { get; } = labelSmoothing;

    /// <summary>The axis of the mean. Default the last.</summary>
    public int Axis { get; } = axis;

    /// <inheritdoc/>
    protected internal override Tensor Call(Tensor yTrue, Tensor yPred) => LossFunctions.BinaryCrossentropy(yTrue, yPred, FromLogits, LabelSmoothing, Axis);
}

/// <summary>The binary cross-entropy with easy samples weighing less. See <see cref="LossFunctions.BinaryFocalCrossentropy"/>.</summary>
/// <param name="applyClassBalancing">Whether class 1 weighs alpha and class 0 weighs 1 - alpha. Default false.</param>
/// <param name="alpha">The weight of class 1. Default 0.25.</param>
/// <param name="gamma">The exponent. Default 2.</param>
/// <param name="fromLogits">Whether the predictions are logits. Default false.</param>
/// <param name="labelSmoothing">How far targets move towards even odds, between 0 and 1. Default 0.</param>
/// <param name="axis">The axis of the mean. Default the last.</param>
/// <param name="reduction">How the losses of a batch become one. Default the mean over all of them.</param>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">In which dtype it is computed. Default <see cref="Config.Floatx"/>.</param>
public sealed class BinaryFocalCrossentropy(bool applyClassBalancing = false, double alpha = 0.25, double gamma = 2,
    bool fromLogits = false, double labelSmoothing = 0, int axis = -1, Reduce reduction = default,
    string name = "binary_focal_crossentropy", DType? dtype = null)
    : Loss(name, reduction, dtype)
{
    /// <summary>Whether class 1 weighs alpha and class 0 weighs 1 - alpha. Default false.</summary>
    public bool ApplyClassBalancing { get; } = applyClassBalancing;

    /// <summary>The weight of class 1. Default 0.25.</summary>
    public double Alpha { get; } = alpha;

    /// <summary>The exponent. Default 2.</summary>
    public double Gamma { get; } = gamma;

    /// <summary>Whether the predictions are logits. Default false.</summary>
    public bool FromLogits { get; } = fromLogits;

    /// <summary>How far targets move towards even odds, between 0 and 1. Default 0.</summary>
    public double LabelSmoothing { get; } = labelSmoothing;

    /// <summary>The axis of the mean. Default the last.</summary>
    public int Axis { get; } = axis;

    /// <inheritdoc/>
    protected internal override Tensor Call(Tensor yTrue, Tensor yPred) => LossFunctions.BinaryFocalCrossentropy(yTrue, yPred, ApplyClassBalancing, Alpha, Gamma, FromLogits, LabelSmoothing, Axis);
}

/// <summary>The cross-entropy between one-hot targets and predictions. See <see cref="LossFunctions.CategoricalCrossentropy"/>.</summary>
/// <param name="fromLogits">Whether the predictions are logits. Default false.</param>
/// <param name="labelSmoothing">How far targets move towards even odds, between 0 and 1. Default 0.</param>
/// <param name="axis">The axis of the classes. Default the last.</param>
/// <param name="reduction">How the losses of a batch become one. Default the mean over all of them.</param>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">In which dtype it is computed. Default <see cref="Config.Floatx"/>.</param>
public sealed class CategoricalCrossentropy(bool fromLogits = false, double labelSmoothing = 0, int axis = -1,
    Reduce reduction = default, string name = "categorical_crossentropy", DType? dtype = null)
    : Loss(name, reduction, dtype)
{
    /// <summary>Whether the predictions are logits. Default false.</summary>
    public bool FromLogits { get; } = fromLogits;

    /// <summary>How far targets move towards even odds, between 0 and 1. Default 0.</summary>
    public double LabelSmoothing { get; } = labelSmoothing;

    /// <summary>The axis of the classes. Default the last.</summary>
    public int Axis { get; } = axis;

    /// <inheritdoc/>
    protected internal override Tensor Call(Tensor yTrue, Tensor yPred) => LossFunctions.CategoricalCrossentropy(yTrue, yPred, FromLogits, LabelSmoothing, Axis);
}

/// <summary>The categorical cross-entropy with easy samples weighing less. See <see cref="LossFunctions.CategoricalFocalCrossentropy"/>.</summary>
/// <param name="alpha">The factor of all classes. Default 0.25.</param>
/// <param name="gamma">The exponent. Default 2.</param>
/// <param name="fromLogits">Whether the predictions are logits. Default false.</param>
/// <param name="labelSmoothing">How far targets move towards even odds, between 0 and 1. Default 0.</param>
/// <param name="axis">The axis of the classes. Default the last.</param>
/// <param name="reduction">How the losses of a batch become one. Default the mean over all of them.</param>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">In which dtype it is computed. Default <see cref="Config.Floatx"/>.</param>
public sealed class CategoricalFocalCrossentropy(double alpha = 0.25, double gamma = 2, bool fromLogits = false,
    double labelSmoothing = 0, int axis = -1, Reduce reduction = default,
    string name = "categorical_focal_crossentropy", DType? dtype = null)
    : Loss(name, reduction, dtype)
{
    /// <summary>The factor of all classes. Default 0.25.</summary>
    public double Alpha { get; } = alpha;

    /// <summary>The exponent. Default 2.</summary>
    public double Gamma { get; } = gamma;

    /// <summary>Whether the predictions are logits. Default false.</summary>
    public bool FromLogits { get; } = fromLogits;

    /// <summary>How far targets move towards even odds, between 0 and 1. Default 0.</summary>
    public double LabelSmoothing { get; } = labelSmoothing;

    /// <summary>The axis of the classes. Default the last.</summary>
    public int Axis { get; } = axis;

    /// <inheritdoc/>
    protected internal override Tensor Call(Tensor yTrue, Tensor yPred) => LossFunctions.CategoricalFocalCrossentropy(yTrue, yPred, Alpha, Gamma, FromLogits, LabelSmoothing, Axis);
}

/// <summary>The cross-entropy between class numbers and predictions. See <see cref="LossFunctions.SparseCategoricalCrossentropy"/>.</summary>
/// <param name="fromLogits">Whether the predictions are logits. Default false.</param>
/// <param name="ignoreClass">Targets of this class give 0 and are left out of the mean. Default none.</param>
/// <param name="reduction">How the losses of a batch become one. Default the mean over all of them.</param>
/// <param name="axis">The axis of the classes. Default the last.</param>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">In which dtype it is computed. Default <see cref="Config.Floatx"/>.</param>
public sealed class SparseCategoricalCrossentropy(bool fromLogits = false, int? ignoreClass = null,
    Reduce reduction = default, int axis = -1, string name = "sparse_categorical_crossentropy", DType? dtype = null)
    : Loss(name, reduction, dtype)
{
    /// <summary>Whether the predictions are logits. Default false.</summary>
    public bool FromLogits { get; } = fromLogits;

    /// <summary>Targets of this class give 0 and are left out of the mean. Default none.</summary>
    public int? IgnoreClass { get; } = ignoreClass;

    /// <summary>The axis of the classes. Default the last.</summary>
    public int Axis { get; } = axis;

    /// <inheritdoc/>
    protected override bool KeepsLabels => true;

    /// <inheritdoc/>
    protected internal override Tensor Call(Tensor yTrue, Tensor yPred) => LossFunctions.SparseCategoricalCrossentropy(yTrue, yPred, FromLogits, IgnoreClass, Axis);
}

/// <summary>The Kullback-Leibler divergence of the predictions from the targets. See <see cref="LossFunctions.KlDivergence"/>.</summary>
/// <param name="reduction">How the losses of a batch become one. Default the mean over all of them.</param>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">In which dtype it is computed. Default <see cref="Config.Floatx"/>.</param>
public sealed class KLDivergence(Reduce reduction = default, string name = "kl_divergence", DType? dtype = null)
    : Loss(name, reduction, dtype)
{
    /// <inheritdoc/>
    protected internal override Tensor Call(Tensor yTrue, Tensor yPred) => LossFunctions.KlDivergence(yTrue, yPred);
}

/// <summary>The Poisson loss. See <see cref="LossFunctions.Poisson"/>.</summary>
/// <param name="reduction">How the losses of a batch become one. Default the mean over all of them.</param>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">In which dtype it is computed. Default <see cref="Config.Floatx"/>.</param>
public sealed class Poisson(Reduce reduction = default, string name = "poisson", DType? dtype = null)
    : Loss(name, reduction, dtype)
{
    /// <inheritdoc/>
    protected internal override Tensor Call(Tensor yTrue, Tensor yPred) => LossFunctions.Poisson(yTrue, yPred);
}

/// <summary>A cross-entropy that is robust against wrong labels. See <see cref="LossFunctions.CategoricalGeneralizedCrossEntropy"/>.</summary>
/// <param name="q">How robust, above 0 and below 1. Default 0.5.</param>
/// <param name="reduction">How the losses of a batch become one. Default the mean over all of them.</param>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">In which dtype it is computed. Default <see cref="Config.Floatx"/>.</param>
public sealed class CategoricalGeneralizedCrossEntropy(double q = 0.5, Reduce reduction = default,
    string name = "categorical_generalized_cross_entropy", DType? dtype = null)
    : Loss(name, reduction, dtype)
{
    /// <summary>How robust, above 0 and below 1. Default 0.5.</summary>
    public double Q { get; } = q is > 0 and < 1 ? q
        : throw Errors.Argument(name, "q is out of range", "above 0 and below 1", q);

    /// <inheritdoc/>
    protected override bool KeepsLabels => true;

    /// <inheritdoc/>
    protected internal override Tensor Call(Tensor yTrue, Tensor yPred) => LossFunctions.CategoricalGeneralizedCrossEntropy(yTrue, yPred, Q);
}
