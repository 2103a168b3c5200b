namespace Keras.Metrics;

/// <summary>What <c>"accuracy"</c> and <c>"crossentropy"</c> mean before the shapes of a model's output and targets are known.</summary>
sealed class ByOutput(string name) : Metric(name)
{
    internal static bool IsName(string name) => name is "accuracy" or "acc" or "crossentropy" or "ce";

    public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null) => throw NotResolved();

    public override Tensor Result() => throw NotResolved();

    InvalidOperationException NotResolved() =>
        Errors.Invalid(Name, "the metric is chosen by a model's output", "Compile and Fit, or a class such as BinaryAccuracy", "a use alone");

    /// <summary>The metric for a target and an output of these shapes, under the given name.</summary>
    internal Metric Resolve(Shape target, Shape output)
    {
        var kind = Losses.ByOutput.Kind(target, output);
        Metric metric = Name is "accuracy" or "acc"
            ? kind switch { 0 => new BinaryAccuracy(), 1 => new SparseCategoricalAccuracy(), _ => new CategoricalAccuracy() }
            : kind switch { 0 => new BinaryCrossentropy(), 1 => new SparseCategoricalCrossentropy(), _ => new CategoricalCrossentropy() };
        metric.Name = Name;
        return metric;
    }
}
