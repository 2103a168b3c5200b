namespace Keras.Layers;

/// <summary>Tensors one behind the other along an axis, as <c>keras.layers.Concatenate</c>.</summary>
public sealed class Concatenate : Layer
{
    /// <summary>Chooses the axis.</summary>
    /// <param name="axis">The axis; not that of the batch. Default the last.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    public Concatenate(int axis = -1, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null) : base(name, dtype, trainable, activityRegularizer)
    {
        Axis = axis;
        SupportsMasking = true;
    }

    /// <summary>The axis.</summary>
    public int Axis { get; }

    /// <inheritdoc/>
    protected override void Build(Nest inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.IsTensor || inputs.Keys is not null || inputs.Items.Count == 0 || inputs.Items.Any(i => !i.IsTensor))
            throw Errors.Argument(Who, "the layer takes a list of tensors", "a list of 1 tensor or more", inputs);
    }

    /// <inheritdoc/>
    protected override Nest Call(Nest inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return Ops.Concatenate(inputs.Flatten(), Axis);
    }

    /// <inheritdoc/>
    protected override Tensor? ComputeMask(Nest inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(context);
        if (context.Masks.All(m => m is null)) return null;
        var masks = inputs.Flatten().Select((x, i) => context.Masks[i] switch
        {
            null => Ops.OnesLike(x, DType.Bool),
            { } mask when mask.Rank < x.Rank => Ops.LogicalOr(Ops.ExpandDims(mask, mask.Rank), Ops.ZerosLike(x, DType.Bool)),
            { } mask => mask,
        });
        return Ops.Any(Ops.Concatenate([.. masks], Axis), -1);
    }
}
