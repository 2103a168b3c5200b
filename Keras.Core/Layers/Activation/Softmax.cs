namespace Keras.Layers;

/// <summary>exp(x) divided by its sum along one or more axes, as <c>keras.layers.Softmax</c>. Places that a mask leaves out get 0 and
/// count for nothing; a row that is left out whole is all 0.</summary>
[NoBuildConfig]
public sealed class Softmax : Layer
{
    /// <summary>Chooses the axes.</summary>
    /// <param name="axis">The axis, or several that count as one. Default the last.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    public Softmax(Axes? axis = null, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null) : base(name, dtype, trainable, activityRegularizer)
    {
        Axis = axis ?? -1;
        SupportsMasking = true;
    }

    /// <summary>The axes.</summary>
    public Axes Axis { get; }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Of(x, Axis, context.Mask);
    }

    /// <summary>The function of this layer.</summary>
    internal static Tensor Of(Tensor x, Axes axis, Tensor? mask) => mask is null ? Ops.Softmax(x, axis)
        : Ops.Where(mask, Ops.Softmax(Ops.Where(mask, x, Low(x.DType)), axis), 0);

    // Half precision has no -1e9.
    static double Low(DType dtype) => dtype == DType.Float16 ? -3e4 : -1e9;
}
