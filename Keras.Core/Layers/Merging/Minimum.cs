namespace Keras.Layers;

/// <summary>The smallest element at each place of a list of tensors, as <c>keras.layers.Minimum</c>.</summary>
public sealed class Minimum : Merge
{
    /// <summary>Makes the layer.</summary>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    public Minimum(string? name = null, DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(name, dtype, trainable, activityRegularizer)
    {
    }

    private protected override Tensor Combine(IReadOnlyList<Tensor> xs, CallContext context) => Masked(xs, context, Ops.Minimum);
}
