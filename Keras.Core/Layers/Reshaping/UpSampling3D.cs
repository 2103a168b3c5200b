namespace Keras.Layers;

/// <summary>Repeats the elements of volumes (batch, depth, height, width, channels) along each dimension, as <c>keras.layers.UpSampling3D</c>.</summary>
public sealed class UpSampling3D : Layer
{
    /// <summary>Chooses how often.</summary>
    /// <param name="size">How often along depth, height and width: one number or three, 1 or more. Default 2.</param>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A number is not positive.</exception>
    public UpSampling3D(Axes? size = null, DataFormat dataFormat = default, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null) : base(name, dtype, trainable, activityRegularizer)
    {
        (Size, DataFormat) = ((size ?? 2).Expand(3, Who, "size"), dataFormat.Resolved);
        InputSpec = [new InputSpec(Ndim: 5)];
    }

    /// <summary>How often along depth, height and width.</summary>
    public Axes Size { get; }

    /// <summary>Where the channels stand.</summary>
    public DataFormat DataFormat { get; }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        var axis = DataFormat.IsFirst ? 2 : 1;
        return Ops.Enlarged(Ops.Repeat(x, Size[0], axis), axis + 1, Size[1], Size[2], Interpolation.Nearest);
    }
}
