namespace Keras.Layers;

/// <summary>Brings each group of channels of each sample to mean 0 and variance 1, then scales and shifts each channel (Wu and He, 2018), as
/// <c>keras.layers.GroupNormalization</c>. Computes in float32 at least.</summary>
public sealed class GroupNormalization : AffineNormalization
{
    /// <summary>Chooses the groups, the axis and what belongs to the weights.</summary>
    /// <param name="groups">How many groups, of equally many channels; -1 for one a channel. Default 32.</param>
    /// <param name="axis">The axis of the channels. Default the last.</param>
    /// <param name="epsilon">Added to the variance. Default 1e-3.</param>
    /// <inheritdoc cref="AffineNormalization(double, bool, bool, Initializer?, Initializer?, Regularizer?, Regularizer?, Constraint?, Constraint?, string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">There are no groups.</exception>
    public GroupNormalization(int groups = 32, int axis = -1, double epsilon = 1e-3, bool center = true, bool scale = true,
        Initializer? betaInitializer = null, Initializer? gammaInitializer = null, Regularizer? betaRegularizer = null,
        Regularizer? gammaRegularizer = null, Constraint? betaConstraint = null, Constraint? gammaConstraint = null, string? name = null,
        DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(epsilon, center, scale, betaInitializer, gammaInitializer, betaRegularizer, gammaRegularizer, betaConstraint, gammaConstraint,
            name, dtype, trainable, activityRegularizer)
    {
        Groups = groups is > 0 or -1 ? groups : throw Errors.Argument(Who, "there are no groups", "1 or more, or -1 for one a channel", groups);
        Axis = axis;
    }

    /// <summary>How many groups; -1 for one a channel.</summary>
    public int Groups { get; }

    /// <summary>The axis of the channels.</summary>
    public int Axis { get; }

    // Numbers beyond the range of halves are still normalized.
    /// <inheritdoc/>
    protected override bool CastsInputs => false;

    /// <inheritdoc/>
    protected override void BuildWeights(Shape inputShape)
    {
        var axis = inputShape.Axis(Axis, Who);
        var channels = inputShape[axis];
        if (axis == 0) throw Errors.Argument(Who, "the axis of the channels is that of the batch", "another axis", Axis);
        if (Groups > 0 && channels != Shape.Unknown && channels % Groups != 0)
            throw Errors.Argument(Who, "the channels do not fall into equal groups", $"a multiple of {Groups} channels", inputShape);
        AddScaleAndShift([channels]);
        InputSpec = [new InputSpec(Ndim: inputShape.Rank, Axes: new Dictionary<int, int> { [axis] = channels })];
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(x);
        var axis = x.Shape.Axis(Axis, Who);
        if (x.Shape[axis] == 0) return Ops.Cast(x, Dtype.ComputeDType);
        var groups = Groups > 0 ? Groups : x.Shape[axis];
        var size = x.Shape[axis] / groups;
        var wide = Ops.Reshape(Widened(x), Grouped(x.Shape));
        Axes inGroup = [.. Enumerable.Range(1, x.Rank).Where(i => i != axis)];
        var mean = Ops.Mean(wide, inGroup, keepdims: true);
        var factor = Ops.Rsqrt(Ops.Mean(Ops.Square(wide - mean), inGroup, keepdims: true) + Epsilon);
        if (Gamma is not null) factor *= Along(Gamma);
        var shift = -mean * factor;
        if (Beta is not null) shift += Along(Beta);
        return Ops.Cast(Ops.Reshape(wide * factor + shift, x.Shape), Dtype.ComputeDType);

        Shape Grouped(Shape shape) => Shape.Of([.. shape.Dims[..axis], groups, size, .. shape.Dims[(axis + 1)..]]);

        Tensor Along(Variable variable) =>
            Ops.Reshape(Ops.Cast(variable.Value, wide.DType), Grouped(Shape.Of([.. Enumerable.Repeat(1, x.Rank)])));
    }
}
