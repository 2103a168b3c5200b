namespace Keras.Layers;

/// <summary>The same elements of each example under another shape, as <c>keras.layers.Reshape</c>.</summary>
[NoBuildConfig]
public sealed class Reshape : Layer
{
    /// <summary>Chooses the shape.</summary>
    /// <param name="targetShape">The shape without the batch; one dimension may be -1 and is then inferred.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A dimension is below -1, or more than one is -1.</exception>
    public Reshape(Axes targetShape, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null) : base(name, dtype, trainable, activityRegularizer)
    {
        if (targetShape.Any(d => d < -1) || targetShape.Count(d => d == -1) > 1)
            throw Errors.Argument(Who, "target_shape is no shape", "dimensions of 0 or more, and at most one -1", targetShape);
        TargetShape = Axes.Create(targetShape.Span);
        InputSpec = [new InputSpec(MinNdim: 1)];
    }

    /// <summary>The shape without the batch.</summary>
    public Axes TargetShape { get; }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(x);
        var (from, to) = (x.Shape.Slice(1, x.Rank - 1), Shape.Of(TargetShape.Span));
        if (from.IsKnown && !to.IsKnown) to = Ops.InferDimension(from, to);
        if (from.IsKnown && from.Size != to.Size)
            throw Errors.Argument(Who, "the elements do not fit target_shape", $"{from.Size} elements", TargetShape);
        return Ops.Reshape(x, Shape.Of(x.Shape[0]).Append(to));
    }
}
