namespace Keras.Layers;

/// <summary>Applies a layer to each step of (batch, time, …), with the same weights, as <c>keras.layers.TimeDistributed</c>.</summary>
public sealed class TimeDistributed : Wrapper
{
    /// <summary>Wraps a layer.</summary>
    /// <param name="layer">What is applied to (batch, …) at each step.</param>
    /// <inheritdoc cref="Keras.Layer.Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    public TimeDistributed(Layer layer, string? name = null, DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(layer, name, dtype, trainable, activityRegularizer) => InputSpec = [new InputSpec(MinNdim: 2)];

    /// <inheritdoc/>
    protected override void BuildWeights(Shape inputShape) => Layer.Build(Shape.Of([inputShape[0], .. inputShape.Dims[2..]]));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(context);
        var mask = context.Mask;
        if (mask is not null && (mask.Rank < 2 || !x.Shape.Slice(0, 2).Matches(mask.Shape.Slice(0, 2))))
            throw Errors.Argument(Who, "the mask does not fit the sequence", $"{x.Shape.Slice(0, 2)} and what the layer takes", mask.Shape);
        return x.Shape.IsKnown && Layer.IsBySample ? AtOnce(x, mask, context.Training) : StepByStep(x, mask, context.Training);
    }

    Tensor AtOnce(Tensor x, Tensor? mask, bool training)
    {
        var y = Layer.Apply(Folded(x), training, mask is null ? null : Folded(mask));
        return Ops.Reshape(y, x.Shape.Slice(0, 2).Append(y.Shape.Slice(1, y.Rank - 1)));
    }

    static Tensor Folded(Tensor x) => Ops.Reshape(x, Shape.Of([x.Shape[0] * x.Shape[1], .. x.Shape.Dims[2..]]));

    Tensor StepByStep(Tensor x, Tensor? mask, bool training) => Recurrence.SwapTime(Ops.Map(
        rows => [Layer.Apply(rows[0], training, rows.Count > 1 ? rows[1] : null)],
        mask is null ? [Recurrence.SwapTime(x)] : [Recurrence.SwapTime(x), Recurrence.SwapTime(mask)])[0]);
}
