namespace Keras.Layers;

/// <summary>Brings images to one size, as <c>keras.layers.Resizing</c>. Masks take the nearest pixel.</summary>
public sealed class Resizing : ImagePreprocessing
{
    /// <summary>Chooses the size.</summary>
    /// <param name="height">Rows of the result.</param>
    /// <param name="width">Columns of the result.</param>
    /// <param name="interpolation">How values between pixels are found. Default bilinear.</param>
    /// <param name="cropToAspectRatio">Whether to leave out borders, so that the form of things is kept. Default not.</param>
    /// <param name="padToAspectRatio">Whether to add borders, so that the form of things is kept. Default not.</param>
    /// <param name="fillMode">What an added border holds: always the constant.</param>
    /// <param name="fillValue">The constant. Default 0.</param>
    /// <param name="antialias">Whether all pixels count when an image shrinks, not only those next to a centre. Default not.</param>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <param name="boundingBoxFormat">How the four numbers of bounding boxes are meant. Default none are taken.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">The size is not positive, both ways to keep the aspect ratio are asked for, or the fill mode is not
    /// constant.</exception>
    public Resizing(int height, int width, Interpolation interpolation = default, bool cropToAspectRatio = false, bool padToAspectRatio = false,
        FillMode fillMode = default, double fillValue = 0, bool antialias = false, DataFormat dataFormat = default, string? boundingBoxFormat = null,
        string? name = null, DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(dataFormat, boundingBoxFormat, name, dtype, trainable, activityRegularizer)
    {
        if (height <= 0 || width <= 0) throw Errors.Argument(Who, "the size is not positive", "a height and width above 0", (height, width));
        if (cropToAspectRatio && padToAspectRatio) throw Errors.Argument(Who, "the aspect ratio is kept in one way", "crop_to_aspect_ratio or pad_to_aspect_ratio", "both");
        if (fillMode != FillMode.Constant) throw Errors.Argument(Who, "borders are filled with a constant", "\"constant\"", $"\"{fillMode}\"");
        (Height, Width, Interpolation, CropToAspectRatio, PadToAspectRatio) = (height, width, interpolation, cropToAspectRatio, padToAspectRatio);
        (FillMode, FillValue, Antialias) = (fillMode, fillValue, antialias);
    }

    /// <summary>Rows of the result.</summary>
    public int Height { get; }

    /// <summary>Columns of the result.</summary>
    public int Width { get; }

    /// <summary>How values between pixels are found.</summary>
    public Interpolation Interpolation { get; }

    /// <summary>Whether borders are left out to keep the form of things.</summary>
    public bool CropToAspectRatio { get; }

    /// <summary>Whether borders are added to keep the form of things.</summary>
    public bool PadToAspectRatio { get; }

    /// <summary>What an added border holds.</summary>
    public FillMode FillMode { get; }

    /// <summary>The constant of added borders.</summary>
    public double FillValue { get; }

    /// <summary>Whether all pixels count when an image shrinks.</summary>
    public bool Antialias { get; }

    private protected override Change Plan(TensorType images, CallContext context) => new(Images) { Masks = Masks, Corners = Corners };

    Tensor Images(Tensor images) => Resized(images, Interpolation);

    Tensor Masks(Tensor masks) => Resized(masks, Interpolation.Nearest);

    Tensor Resized(Tensor images, Interpolation interpolation) =>
        Ops.Resize(images, (Height, Width), interpolation, Antialias, CropToAspectRatio, PadToAspectRatio, FillMode, FillValue, DataFormat);

    (Tensor Corners, int Height, int Width) Corners(Tensor corners, int height, int width)
    {
        var (down, across) = ((double)Height / height, (double)Width / width);
        if (PadToAspectRatio) down = across = Math.Min(down, across);
        if (CropToAspectRatio) down = across = Math.Max(down, across);
        var (left, top) = (Math.Floor((Width - (width * across)) / 2), Math.Floor((Height - (height * down)) / 2));
        // Half of what is left out is rounded down, not half of what is added.
        if (CropToAspectRatio) (left, top) = (-Math.Floor(((width * across) - Width) / 2), -Math.Floor(((height * down) - Height) / 2));
        return ((corners * Boxes.Numbers(across, down, across, down, corners.DType)) + Boxes.Numbers(left, top, left, top, corners.DType), Height, Width);
    }
}
