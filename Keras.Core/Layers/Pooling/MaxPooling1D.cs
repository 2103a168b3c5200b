namespace Keras.Layers;

/// <summary>The largest element of each window of (batch, steps, features), as <c>keras.layers.MaxPooling1D</c>.</summary>
public sealed class MaxPooling1D : MaxPooling
{
    /// <summary>Chooses the windows.</summary>
    /// <param name="poolSize">The window. Default 2.</param>
    /// <param name="strides">The steps of the window. Default the window.</param>
    /// <param name="padding">Default valid.</param>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A size or step is not positive.</exception>
    public MaxPooling1D(Axes? poolSize = null, Axes? strides = null, Padding padding = default, DataFormat dataFormat = default,
        string? name = null, DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(1, poolSize, strides, padding, dataFormat, name, dtype, trainable, activityRegularizer)
    {
    }
}
