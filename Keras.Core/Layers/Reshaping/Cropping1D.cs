namespace Keras.Layers;

/// <summary>Leaves out steps at both ends of (batch, steps, features), as <c>keras.layers.Cropping1D</c>.</summary>
public sealed class Cropping1D : Layer
{
    /// <summary>Chooses how many.</summary>
    /// <param name="cropping">One number for both ends, or (before, after). Default 1.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A number is negative.</exception>
    public Cropping1D(Axes? cropping = null, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null) : base(name, dtype, trainable, activityRegularizer)
    {
        Cropping = Borders.Read(cropping ?? 1, 1, Who, "cropping");
        InputSpec = [new InputSpec(Ndim: 3)];
    }

    /// <summary>How many steps are left out before and after.</summary>
    public Axes Cropping { get; }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Borders.Crop(x, Cropping, false, Who);
}
