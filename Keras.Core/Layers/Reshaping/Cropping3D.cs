namespace Keras.Layers;

/// <summary>Leaves out the borders of volumes (batch, depth, height, width, channels), as <c>keras.layers.Cropping3D</c>.</summary>
public sealed class Cropping3D : BorderLayer
{
    /// <summary>Chooses how much.</summary>
    /// <param name="cropping">One number for all sides, one for each of three axes, or before and after for each, six numbers in order. Default 1.</param>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A number is negative.</exception>
    public Cropping3D(Axes? cropping = null, DataFormat dataFormat = default, string? name = null, DTypePolicy? dtype = null,
        bool trainable = true, Regularizer? activityRegularizer = null) : base(3, cropping ?? 1, "cropping", dataFormat, name, dtype, trainable, activityRegularizer)
    {
    }

    /// <summary>How much is left out before and after, for each axis.</summary>
    public Axes Cropping => Sides;

    /// <summary>Where the channels stand.</summary>
    public DataFormat DataFormat => Format;

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Cropped(x);
}
