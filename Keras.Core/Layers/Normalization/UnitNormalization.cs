namespace Keras.Layers;

/// <summary>Brings what lies along some axes to length 1, as <c>keras.layers.UnitNormalization</c>.</summary>
[NoBuildConfig]
public sealed class UnitNormalization : Layer
{
    const double LeastLength = 1e-12;

    /// <summary>Chooses the axes.</summary>
    /// <param name="axis">The axes of a vector. Default the last.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    public UnitNormalization(Axes? axis = null, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null) : base(name, dtype, trainable, activityRegularizer)
    {
        Axis = axis ?? -1;
        SupportsMasking = true;
    }

    /// <summary>The axes of a vector.</summary>
    public Axes Axis { get; }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) =>
        Ops.Cast(Ops.Normalize(x, (Axes?)Axis, order: 2, LeastLength), Dtype.ComputeDType);
}
