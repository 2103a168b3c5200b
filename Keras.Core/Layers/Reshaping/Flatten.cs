namespace Keras.Layers;

/// <summary>All axes but the batch as one, channels last, as <c>keras.layers.Flatten</c>. A vector becomes a column.</summary>
public sealed class Flatten : Layer
{
    /// <summary>Chooses where the channels stand.</summary>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    public Flatten(DataFormat dataFormat = default, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null) : base(name, dtype, trainable, activityRegularizer)
    {
        DataFormat = dataFormat.Resolved;
        InputSpec = [new InputSpec(MinNdim: 1)];
    }

    /// <summary>Where the channels stand.</summary>
    public DataFormat DataFormat { get; }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (DataFormat.IsFirst && x.Rank > 2) x = Ops.Moveaxis(x, 1, -1);
        var inner = x.Shape.Slice(1, x.Rank - 1);
        return Ops.Reshape(x, [x.Shape[0], inner.IsKnown ? (int)inner.Size : Shape.Unknown]);
    }
}
