namespace Keras.Layers;

/// <summary>The product of a list of tensors; a step that a mask leaves out counts as 1, as <c>keras.layers.Multiply</c>.</summary>
public sealed class Multiply : Merge
{
    /// <summary>Makes the layer.</summary>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    public Multiply(string? name = null, DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(name, dtype, trainable, activityRegularizer)
    {
    }

    private protected override Tensor Combine(IReadOnlyList<Tensor> xs, CallContext context)
    {
        var masks = xs.Select((x, i) => OverFeatures(context.Masks[i], x)).ToArray();
        var y = xs.Select((x, i) => masks[i] is { } mask ? Ops.Where(mask, x, 1) : x).Aggregate(Ops.Multiply);
        return masks.Any(m => m is null) ? y : Ops.Where(masks.Aggregate((a, b) => Ops.LogicalOr(a!, b!))!, y, 0);
    }
}
