namespace Keras.Layers;

/// <summary>The mean of a list of tensors, as <c>keras.layers.Average</c>.</summary>
public sealed class Average : Merge
{
    /// <summary>Makes the layer.</summary>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    public Average(string? name = null, DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(name, dtype, trainable, activityRegularizer)
    {
    }

    private protected override Tensor Combine(IReadOnlyList<Tensor> xs, CallContext context) => xs.Aggregate(Ops.Add) / xs.Count;
}
