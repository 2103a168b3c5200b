namespace Keras.Layers;

/// <summary>The sum of a list of tensors, as <c>keras.layers.Add</c>.</summary>
public sealed class Add : Merge
{
    /// <summary>Makes the layer.</summary>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    public Add(string? name = null, DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(name, dtype, trainable, activityRegularizer)
    {
    }

    private protected override Tensor Combine(IReadOnlyList<Tensor> xs, CallContext context) => xs.Aggregate(Ops.Add);
}
