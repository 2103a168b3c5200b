namespace Keras.Layers;

/// <summary>Leaves out the borders of images (batch, height, width, channels), as <c>keras.layers.Cropping2D</c>.</summary>
public sealed class Cropping2D : BorderLayer
{
    /// <summary>Chooses how much.</summary>
    /// <param name="cropping">One number for all sides, (height, width), or ((top, bottom), (left, right)). Default 0.</param>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A number is negative.</exception>
    public Cropping2D(Axes? cropping = null, DataFormat dataFormat = default, string? name = null, DTypePolicy? dtype = null,
        bool trainable = true, Regularizer? activityRegularizer = null) : base(2, cropping ?? 0, "cropping", dataFormat, name, dtype, trainable, activityRegularizer)
    {
    }

    /// <summary>How much is left out at the top, bottom, left and right.</summary>
    public Axes Cropping => Sides;

    /// <summary>Where the channels stand.</summary>
    public DataFormat DataFormat => Format;

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Cropped(x);
}
