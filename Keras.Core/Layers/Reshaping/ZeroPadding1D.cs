namespace Keras.Layers;

/// <summary>Zeros before and after the steps of (batch, steps, features), as <c>keras.layers.ZeroPadding1D</c>.</summary>
public sealed class ZeroPadding1D : Layer
{
    /// <summary>Chooses how many.</summary>
    /// <param name="padding">One number for both ends, or (before, after). Default 1.</param>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A number is negative.</exception>
    public ZeroPadding1D(Axes? padding = null, DataFormat dataFormat = default, string? name = null, DTypePolicy? dtype = null,
        bool trainable = true, Regularizer? activityRegularizer = null) : base(name, dtype, trainable, activityRegularizer)
    {
        (Padding, DataFormat) = (Borders.Read(padding ?? 1, 1, Who, "padding"), dataFormat.Resolved);
        InputSpec = [new InputSpec(Ndim: 3)];
    }

    /// <summary>How many zeros before and after.</summary>
    public Axes Padding { get; }

    /// <summary>Where the features stand.</summary>
    public DataFormat DataFormat { get; }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Ops.Pad(x, Borders.Over(x, Padding, DataFormat.IsFirst));
}
