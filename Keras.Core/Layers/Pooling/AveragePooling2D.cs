namespace Keras.Layers;

/// <summary>The mean of each window of images (batch, height, width, channels), as <c>keras.layers.AveragePooling2D</c>.</summary>
public sealed class AveragePooling2D : AveragePooling
{
    /// <summary>Chooses the windows.</summary>
    /// <param name="poolSize">The window, one number or (height, width).</param>
    /// <param name="strides">The steps of the window. Default the window.</param>
    /// <param name="padding">Default valid.</param>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A size or step is not positive.</exception>
    public AveragePooling2D(Axes poolSize, Axes? strides = null, Padding padding = default, DataFormat dataFormat = default,
        string? name = null, DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(2, poolSize, strides, padding, dataFormat, name, dtype, trainable, activityRegularizer)
    {
    }
}
