namespace Keras.Layers;

/// <summary>Brings what lies along some axes to mean 0 and variance 1, then scales and shifts it (Ba et al., 2016), as
/// <c>keras.layers.LayerNormalization</c>. Computes in float32 at least.</summary>
public sealed class LayerNormalization : AffineNormalization
{
    /// <summary>Chooses the axes and what belongs to the weights.</summary>
    /// <param name="axis">The axes, which gamma and beta have too. Default the last.</param>
    /// <param name="epsilon">Added to the variance. Default 1e-3.</param>
    /// <param name="rmsScaling">Whether only to divide by the standard deviation and to scale. Default false; see also
    /// <see cref="RMSNormalization"/>.</param>
    /// <inheritdoc cref="AffineNormalization(double, bool, bool, Initializer?, Initializer?, Regularizer?, Regularizer?, Constraint?, Constraint?, string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    public LayerNormalization(Axes? axis = null, double epsilon = 1e-3, bool center = true, bool scale = true, Initializer? betaInitializer = null,
        Initializer? gammaInitializer = null, Regularizer? betaRegularizer = null, Regularizer? gammaRegularizer = null,
        Constraint? betaConstraint = null, Constraint? gammaConstraint = null, bool rmsScaling = false, string? name = null,
        DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(epsilon, center, scale, betaInitializer, gammaInitializer, betaRegularizer, gammaRegularizer, betaConstraint, gammaConstraint,
            name, dtype, trainable, activityRegularizer) => (Axis, RmsScaling) = (axis ?? -1, rmsScaling);

    /// <summary>The axes.</summary>
    public Axes Axis { get; }

    /// <summary>Whether only to divide by the standard deviation and to scale.</summary>
    public bool RmsScaling { get; }

    /// <inheritdoc/>
    protected override void BuildWeights(Shape inputShape) => AddScaleAndShift(AxisDims.Of(inputShape, Axis, Who), shifts: !RmsScaling);

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) =>
        Ops.Cast(Ops.LayerNormalization(x, Gamma?.Value, Beta?.Value, Axis, Epsilon, RmsScaling), Dtype.ComputeDType);
}

/// <summary>The dimensions of some axes, in the order of the axes.</summary>
static class AxisDims
{
    internal static Shape Of(Shape input, Axes axes, string who) => Shape.Of([.. axes.Of(input, who).Select(a => input[a])]);
}
