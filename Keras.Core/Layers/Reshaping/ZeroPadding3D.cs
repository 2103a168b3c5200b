namespace Keras.Layers;

/// <summary>Zeros around volumes (batch, depth, height, width, channels), as <c>keras.layers.ZeroPadding3D</c>.</summary>
public sealed class ZeroPadding3D : BorderLayer
{
    /// <summary>Chooses how many.</summary>
    /// <param name="padding">One number for all sides, one for each of three axes, or before and after for each, six numbers in order. Default 1.</param>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A number is negative.</exception>
    public ZeroPadding3D(Axes? padding = null, DataFormat dataFormat = default, string? name = null, DTypePolicy? dtype = null,
        bool trainable = true, Regularizer? activityRegularizer = null) : base(3, padding ?? 1, "padding", dataFormat, name, dtype, trainable, activityRegularizer)
    {
    }

    /// <summary>How many zeros before and after, for each axis.</summary>
    public Axes Padding => Sides;

    /// <summary>Where the channels stand.</summary>
    public DataFormat DataFormat => Format;

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Ops.Pad(x, Borders(x));
}
