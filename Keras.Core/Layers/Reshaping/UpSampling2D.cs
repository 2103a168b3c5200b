namespace Keras.Layers;

/// <summary>Images (batch, height, width, channels) a whole number of times as large, as <c>keras.layers.UpSampling2D</c>.</summary>
public sealed class UpSampling2D : Layer
{
    /// <summary>Chooses how large.</summary>
    /// <param name="size">How many times as high and as wide: one number or two, 1 or more. Default 2.</param>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <param name="interpolation">How values between pixels are found. Default nearest: each pixel is repeated.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A number is not positive.</exception>
    public UpSampling2D(Axes? size = null, DataFormat dataFormat = default, Interpolation? interpolation = null, string? name = null,
        DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null) : base(name, dtype, trainable, activityRegularizer)
    {
        (Size, DataFormat, Interpolation) = ((size ?? 2).Expand(2, Who, "size"), dataFormat.Resolved, interpolation ?? Interpolation.Nearest);
        InputSpec = [new InputSpec(Ndim: 4)];
    }

    /// <summary>How many times as high and as wide.</summary>
    public Axes Size { get; }

    /// <summary>Where the channels stand.</summary>
    public DataFormat DataFormat { get; }

    /// <summary>How values between pixels are found.</summary>
    public Interpolation Interpolation { get; }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Ops.Enlarged(x, DataFormat.IsFirst ? 2 : 1, Size[0], Size[1], Interpolation);
}
