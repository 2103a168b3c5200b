namespace Keras.Layers;

/// <summary>The first of two tensors less the second, as <c>keras.layers.Subtract</c>.</summary>
public sealed class Subtract : Merge
{
    /// <summary>Makes the layer.</summary>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    public Subtract(string? name = null, DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(name, dtype, trainable, activityRegularizer)
    {
    }

    /// <inheritdoc/>
    protected override void Build(Nest inputs)
    {
        base.Build(inputs);
        if (inputs.Items.Count != 2) throw Errors.Argument(Who, "the number of inputs is wrong", 2, inputs);
    }

    private protected override Tensor Combine(IReadOnlyList<Tensor> xs, CallContext context) => xs[0] - xs[1];
}
