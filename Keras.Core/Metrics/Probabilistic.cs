namespace Keras.Metrics;

/// <summary>The cross-entropy of yes-or-no predictions.</summary>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
/// <param name="fromLogits">Whether the predictions are logits. Default false.</param>
/// <param name="labelSmoothing">How far targets move towards even odds. Default 0.</param>
public sealed class BinaryCrossentropy(string? name = "binary_crossentropy", DType? dtype = null,
    bool fromLogits = false, double labelSmoothing = 0)
    : MeanMetricWrapper((t, p) => LossFunctions.BinaryCrossentropy(t, p, fromLogits, labelSmoothing), name, dtype)
{
    /// <summary>Whether the predictions are logits. Default false.</summary>
    public bool FromLogits { get; } = fromLogits;

    /// <summary>How far targets move towards even odds. Default 0.</summary>
    public double LabelSmoothing { get; } = labelSmoothing;

    /// <inheritdoc/>
    public override bool? HigherIsBetter => false;
}

/// <summary>The cross-entropy between one-hot targets and predictions.</summary>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
/// <param name="fromLogits">Whether the predictions are logits. Default false.</param>
/// <param name="labelSmoothing">How far targets move towards even odds. Default 0.</param>
/// <param name="axis">The axis of the classes. Default the last.</param>
public sealed class CategoricalCrossentropy(string? name = "categorical_crossentropy", DType? dtype = null,
    bool fromLogits = false, double labelSmoothing = 0, int axis = -1)
    : MeanMetricWrapper((t, p) => LossFunctions.CategoricalCrossentropy(t, p, fromLogits, labelSmoothing, axis), name, dtype)
{
    /// <summary>Whether the predictions are logits. Default false.</summary>
    public bool FromLogits { get; } = fromLogits;

    /// <summary>How far targets move towards even odds. Default 0.</summary>
    public double LabelSmoothing { get; } = labelSmoothing;

    /// <summary>The axis of the classes. Default the last.</summary>
    public int Axis { get; } = axis;

    /// <inheritdoc/>
    public override bool? HigherIsBetter => false;
}

/// <summary>The cross-entropy between class numbers and predictions.</summary>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
/// <param name="fromLogits">Whether the predictions are logits. Default false.</param>
/// <param name="ignoreClass">Targets of this class give 0. Default none.</param>
/// <param name="axis">The axis of the classes. Default the last.</param>
public sealed class SparseCategoricalCrossentropy(string? name = "sparse_categorical_crossentropy",
    DType? dtype = null, bool fromLogits = false, int? ignoreClass = null, int axis = -1)
    : MeanMetricWrapper((t, p) => LossFunctions.SparseCategoricalCrossentropy(t, p, fromLogits, ignoreClass, axis), name, dtype)
{
    /// <summary>Whether the predictions are logits. Default false.</summary>
    public bool FromLogits { get; } = fromLogits;

    /// <summary>Targets of this class give 0. Default none.</summary>
    public int? IgnoreClass { get; } = ignoreClass;

    /// <summary>The axis of the classes. Default the last.</summary>
    public int Axis { get; } = axis;

    /// <inheritdoc/>
    public override bool? HigherIsBetter => false;
}

/// <summary>The Kullback-Leibler divergence of the predictions from the targets.</summary>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
public sealed class KLDivergence(string? name = "kl_divergence", DType? dtype = null)
    : MeanMetricWrapper(LossFunctions.KlDivergence, name, dtype)
{
    /// <inheritdoc/>
    public override bool? HigherIsBetter => false;
}

/// <summary>The Poisson loss.</summary>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
public sealed class Poisson(string? name = "poisson", DType? dtype = null)
    : MeanMetricWrapper(LossFunctions.Poisson, name, dtype)
{
    /// <inheritdoc/>
    public override bool? HigherIsBetter => false;
}

/// <summary>The distance from the right side of a margin.</summary>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
public sealed class Hinge(string? name = "hinge", DType? dtype = null)
    : MeanMetricWrapper(LossFunctions.Hinge, name, dtype)
{
    /// <inheritdoc/>
    public override bool? HigherIsBetter => false;
}

/// <summary>The squared distance from the right side of a margin.</summary>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
public sealed class SquaredHinge(string? name = "squared_hinge", DType? dtype = null)
    : MeanMetricWrapper(LossFunctions.SquaredHinge, name, dtype)
{
    /// <inheritdoc/>
    public override bool? HigherIsBetter => false;
}

/// <summary>The distance of the right class from the best wrong one.</summary>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
public sealed class CategoricalHinge(string? name = "categorical_hinge", DType? dtype = null)
    : MeanMetricWrapper(LossFunctions.CategoricalHinge, name, dtype)
{
    /// <inheritdoc/>
    public override bool? HigherIsBetter => false;
}
