namespace Keras.Metrics;

/// <summary>How often predictions equal their targets.</summary>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
public sealed class Accuracy(string? name = "accuracy", DType? dtype = null)
    : MeanMetricWrapper(MetricFunctions.Accuracy, name, dtype)
{
    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;
}

/// <summary>How often yes-or-no predictions are right.</summary>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
/// <param name="threshold">Above it a prediction is a yes. Default 0.5.</param>
public sealed class BinaryAccuracy(string? name = "binary_accuracy", DType? dtype = null, double threshold = 0.5)
    : MeanMetricWrapper((t, p) => MetricFunctions.BinaryAccuracy(t, p, threshold), name, dtype)
{
    /// <summary>Above it a prediction is a yes. Default 0.5.</summary>
    public double Threshold { get; } = threshold;

    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;
}

/// <summary>How often the largest prediction is that of the right class, for one-hot targets.</summary>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
public sealed class CategoricalAccuracy(string? name = "categorical_accuracy", DType? dtype = null)
    : MeanMetricWrapper(MetricFunctions.CategoricalAccuracy, name, dtype)
{
    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;
}

/// <summary>How often the largest prediction is that of the right class, for class numbers.</summary>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
public sealed class SparseCategoricalAccuracy(string? name = "sparse_categorical_accuracy", DType? dtype = null)
    : MeanMetricWrapper(MetricFunctions.SparseCategoricalAccuracy, name, dtype)
{
    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;
}

/// <summary>How often the class of a target is among the largest predictions, for one-hot targets.</summary>
/// <param name="k">How many of the largest count. Default 5.</param>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
public sealed class TopKCategoricalAccuracy(int k = 5, string? name = "top_k_categorical_accuracy", DType? dtype = null)
    : MeanMetricWrapper((t, p) => MetricFunctions.TopKCategoricalAccuracy(t, p, k), name, dtype)
{
    /// <summary>How many of the largest count. Default 5.</summary>
    public int K { get; } = k;

    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;
}

/// <summary>How often the class of a target is among the largest predictions, for class numbers.</summary>
/// <param name="k">How many of the largest count. Default 5.</param>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
/// <param name="fromSortedIds">Whether predictions are class numbers already, the best first. Default false.</param>
public sealed class SparseTopKCategoricalAccuracy(int k = 5, string? name = "sparse_top_k_categorical_accuracy", DType? dtype = null, bool fromSortedIds = false)
    : MeanMetricWrapper((t, p) => MetricFunctions.SparseTopKCategoricalAccuracy(t, p, k, fromSortedIds), name, dtype)
{
    /// <summary>How many of the largest count. Default 5.</summary>
    public int K { get; } = k;

    /// <summary>Whether predictions are class numbers already, the best first. Default false.</summary>
    public bool FromSortedIds { get; } = fromSortedIds;

    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;
}
