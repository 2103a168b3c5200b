namespace Keras.Layers;

/// <summary>Divides what lies along some axes by the root of its mean square, then scales it (Zhang and Sennrich, 2019), as
/// <c>keras.layers.RMSNormalization</c>. Computes in float32 at least.</summary>
public sealed class RMSNormalization : Layer
{
    Variable? _scale;

    /// <summary>Chooses the axes.</summary>
    /// <param name="axis">The axes, which the scale has too. Default the last.</param>
    /// <param name="epsilon">Added to the mean square. Default 1e-6.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    public RMSNormalization(Axes? axis = null, double epsilon = 1e-6, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null) : base(name, dtype, trainable, activityRegularizer) => (Axis, Epsilon) = (axis ?? -1, epsilon);

    /// <summary>The axes.</summary>
    public Axes Axis { get; }

    /// <summary>Added to the mean square.</summary>
    public double Epsilon { get; }

    /// <summary>What the normalized is multiplied by; <c>null</c> before the layer is built.</summary>
    public Variable? Scale => _scale;

    /// <inheritdoc/>
    protected override void BuildWeights(Shape inputShape) =>
        _scale = AddWeight(AxisDims.Of(inputShape, Axis, Who), "ones", autocast: false, name: "scale");

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) =>
        Ops.Cast(Ops.RmsNormalization(x, _scale!.Value, Axis, Epsilon), Dtype.ComputeDType);
}
