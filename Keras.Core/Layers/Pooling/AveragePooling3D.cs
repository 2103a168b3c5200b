namespace Keras.Layers;

/// <summary>The mean of each window of volumes (batch, depth, height, width, channels), as <c>keras.layers.AveragePooling3D</c>.</summary>
public sealed class AveragePooling3D : AveragePooling
{
    /// <summary>Chooses the windows.</summary>
    /// <param name="poolSize">The window, one number or (depth, height, width).</param>
    /// <param name="strides">The steps of the window. Default the window.</param>
    /// <param name="padding">Default valid.</param>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A size or step is not positive.</exception>
    public AveragePooling3D(Axes poolSize, Axes? strides = null, Padding padding = default, DataFormat dataFormat = default,
        string? name = null, DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(3, poolSize, strides, padding, dataFormat, name, dtype, trainable, activityRegularizer)
    {
    }
}
