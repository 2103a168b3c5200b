namespace Keras.Layers;

/// <summary>Zeros before and after the steps of (batch, steps, features), as <c>keras.layers.ZeroPadding1D</c>.</summary>
public sealed class ZeroPadding1D : BorderLayer
{
    /// <summary>Chooses how many.</summary>
    /// <param name="padding">One number for both ends, or (before, after). Default 1.</param>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A number is negative.</exception>
    public ZeroPadding1D(Axes? padding = null, DataFormat dataFormat = default, string? name = null, DTypePolicy? dtype = null,
        bool trainable = true, Regularizer? activityRegularizer = null) : base(1, padding ?? 1, "padding", dataFormat, name, dtype, trainable, activityRegularizer)
    {
    }

    /// <summary>How many zeros before and after.</summary>
    public Axes Padding => Sides;

    /// <summary>Where the features stand.</summary>
    public DataFormat DataFormat => Format;

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Ops.Pad(x, Borders(x));
}
