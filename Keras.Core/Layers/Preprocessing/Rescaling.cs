namespace Keras.Layers;

/// <summary>x · scale + offset, as <c>keras.layers.Rescaling</c>: <c>new Rescaling(1 / 255.0)</c> brings bytes to [0, 1].</summary>
public sealed class Rescaling : Layer
{
    /// <summary>Chooses scale and offset.</summary>
    /// <param name="scale">A number, or one a channel.</param>
    /// <param name="offset">A number, or one a channel. Default 0.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    public Rescaling(Tensor scale, Tensor? offset = null, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null) : base(name, dtype, trainable, activityRegularizer)
    {
        ArgumentNullException.ThrowIfNull(scale);
        (Scale, Offset) = (scale, offset ?? 0);
        SupportsMasking = true;
    }

    /// <summary>The scale.</summary>
    public Tensor Scale { get; }

    /// <summary>The offset.</summary>
    public Tensor Offset { get; }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) =>
        Ops.Cast(x, Dtype.ComputeDType) * OnChannels(Scale) + OnChannels(Offset);

    Tensor OnChannels(Tensor values)
    {
        values = Ops.Cast(values, Dtype.ComputeDType);
        return values.Rank == 1 && Config.ImageDataFormat.IsFirst ? Ops.Reshape(values, [values.Shape[0], 1, 1]) : values;
    }
}
