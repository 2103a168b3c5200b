namespace Keras.Layers;

/// <summary>The largest element of each channel of (batch, steps, features), as <c>keras.layers.GlobalMaxPooling1D</c>.</summary>
public sealed class GlobalMaxPooling1D : GlobalPooling
{
    /// <summary>Chooses where the channels stand.</summary>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <param name="keepdims">Whether the spatial axes stay, as 1. Default false.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    public GlobalMaxPooling1D(DataFormat dataFormat = default, bool keepdims = false, string? name = null, DTypePolicy? dtype = null,
        bool trainable = true, Regularizer? activityRegularizer = null)
        : base(1, dataFormat, keepdims, name, dtype, trainable, activityRegularizer)
    {
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Ops.Max(x, Spatial, Keepdims);
}
