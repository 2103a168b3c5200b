namespace Keras.Layers;

/// <summary>Enlarges images (batch, height, width, channels) by whole factors, as <c>keras.layers.UpSampling2D</c>.</summary>
public sealed class UpSampling2D : Layer
{
    /// <summary>Chooses how much.</summary>
    /// <param name="size">The factor, one number or (height, width). Default (2, 2).</param>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <param name="interpolation">How new elements are made. Only <c>nearest</c> (default) for now.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A factor is not positive.</exception>
    /// <exception cref="NotSupportedException">The interpolation is another one.</exception>
    public UpSampling2D(Axes? size = null, DataFormat dataFormat = default, string interpolation = "nearest", string? name = null,
        DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(name, dtype, trainable, activityRegularizer)
    {
        (Size, DataFormat) = ((size ?? 2).Expand(2, Who, "size"), dataFormat.Resolved);
        Interpolation = interpolation == "nearest" ? interpolation
            : throw Errors.Unsupported(Who, "this interpolation is not supported", "\"nearest\"", $"\"{interpolation}\"");
        InputSpec = [new InputSpec(Ndim: 4)];
    }

    /// <summary>The factors for height and width.</summary>
    public Axes Size { get; }

    /// <summary>Where the channels stand.</summary>
    public DataFormat DataFormat { get; }

    /// <summary>How new elements are made.</summary>
    public string Interpolation { get; }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        var first = DataFormat.IsFirst ? 2 : 1;
        return Repetition.Along(Repetition.Along(x, first, Size[0]), first + 1, Size[1]);
    }
}
