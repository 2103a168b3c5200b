namespace Keras.Layers;

/// <summary>The mean of each of a fixed number of windows of images (batch, height, width, channels), as <c>keras.layers.AdaptiveAveragePooling2D</c>.</summary>
public sealed class AdaptiveAveragePooling2D : AdaptivePooling
{
    /// <summary>Chooses the windows.</summary>
    /// <param name="outputSize">How many windows, one number or one a spatial axis.</param>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A number is not positive.</exception>
    public AdaptiveAveragePooling2D(Axes outputSize, DataFormat dataFormat = default, string? name = null, DTypePolicy? dtype = null,
        bool trainable = true, Regularizer? activityRegularizer = null)
        : base(2, outputSize, dataFormat, name, dtype, trainable, activityRegularizer)
    {
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Ops.AdaptiveAveragePool(x, OutputSize, DataFormat);
}
