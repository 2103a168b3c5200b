namespace Keras.Layers;

/// <summary>The largest element of each channel of volumes (batch, depth, height, width, channels), as <c>keras.layers.GlobalMaxPooling3D</c>.</summary>
public sealed class GlobalMaxPooling3D : GlobalPooling
{
    /// <summary>Chooses where the channels stand.</summary>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <param name="keepdims">Whether the spatial axes stay, as 1. Default false.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    public GlobalMaxPooling3D(DataFormat dataFormat = default, bool keepdims = false, string? name = null, DTypePolicy? dtype = null,
        bool trainable = true, Regularizer? activityRegularizer = null)
        : base(3, dataFormat, keepdims, name, dtype, trainable, activityRegularizer)
    {
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Ops.Max(x, Spatial, Keepdims);
}
