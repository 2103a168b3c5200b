namespace Keras.Layers;

/// <summary>Leaves out steps at both ends of (batch, steps, features), as <c>keras.layers.Cropping1D</c>.</summary>
public sealed class Cropping1D : BorderLayer
{
    /// <summary>Chooses how many.</summary>
    /// <param name="cropping">One number for both ends, or (before, after). Default 1.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A number is negative.</exception>
    public Cropping1D(Axes? cropping = null, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null) : base(1, cropping ?? 1, "cropping", DataFormat.ChannelsLast, name, dtype, trainable, activityRegularizer)
    {
    }

    /// <summary>How many steps are left out before and after.</summary>
    public Axes Cropping => Sides;

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Cropped(x);
}
