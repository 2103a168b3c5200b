namespace Keras.Layers;

/// <summary>The mean of each channel of images (batch, height, width, channels), as <c>keras.layers.GlobalAveragePooling2D</c>.</summary>
public sealed class GlobalAveragePooling2D : GlobalPooling
{
    /// <summary>Chooses where the channels stand.</summary>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <param name="keepdims">Whether the spatial axes stay, as 1. Default false.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    public GlobalAveragePooling2D(DataFormat dataFormat = default, bool keepdims = false, string? name = null, DTypePolicy? dtype = null,
        bool trainable = true, Regularizer? activityRegularizer = null)
        : base(2, dataFormat, keepdims, name, dtype, trainable, activityRegularizer)
    {
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Ops.Mean(x, Spatial, Keepdims);
}
