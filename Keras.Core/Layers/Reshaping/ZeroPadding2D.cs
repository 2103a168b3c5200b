namespace Keras.Layers;

/// <summary>Zeros around images (batch, height, width, channels), as <c>keras.layers.ZeroPadding2D</c>.</summary>
public sealed class ZeroPadding2D : BorderLayer
{
    /// <summary>Chooses how many.</summary>
    /// <param name="padding">One number for all sides, (height, width), or ((top, bottom), (left, right)). Default 1.</param>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A number is negative.</exception>
    public ZeroPadding2D(Axes? padding = null, DataFormat dataFormat = default, string? name = null, DTypePolicy? dtype = null,
        bool trainable = true, Regularizer? activityRegularizer = null) : base(2, padding ?? 1, "padding", dataFormat, name, dtype, trainable, activityRegularizer)
    {
    }

    /// <summary>How many zeros at the top, bottom, left and right.</summary>
    public Axes Padding => Sides;

    /// <summary>Where the channels stand.</summary>
    public DataFormat DataFormat => Format;

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Ops.Pad(x, Borders(x));
}
