namespace Keras.Layers;

/// <summary>The mean of each channel of (batch, steps, features), as <c>keras.layers.GlobalAveragePooling1D</c>. Steps that a mask
/// leaves out do not count.</summary>
public sealed class GlobalAveragePooling1D : GlobalPooling
{
    /// <summary>Chooses where the channels stand.</summary>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <param name="keepdims">Whether the spatial axes stay, as 1. Default false.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    public GlobalAveragePooling1D(DataFormat dataFormat = default, bool keepdims = false, string? name = null, DTypePolicy? dtype = null,
        bool trainable = true, Regularizer? activityRegularizer = null)
        : base(1, dataFormat, keepdims, name, dtype, trainable, activityRegularizer)
    {
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Mask is not { } mask) return Ops.Mean(x, Spatial, Keepdims);
        var kept = Ops.ExpandDims(Ops.Cast(mask, x.DType), DataFormat.IsFirst ? 1 : 2);
        return Ops.Sum(x * kept, Spatial, Keepdims) / Ops.Sum(kept, Spatial, Keepdims);
    }
}
