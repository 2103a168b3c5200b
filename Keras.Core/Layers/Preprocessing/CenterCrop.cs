namespace Keras.Layers;

/// <summary>The centre of images, as <c>keras.layers.CenterCrop</c>. Of images that are too small the largest part of the right form is taken and resized;
/// masks then take the nearest pixel.</summary>
public sealed class CenterCrop : ImagePreprocessing
{
    /// <summary>Chooses the size.</summary>
    /// <param name="height">Rows of the result.</param>
    /// <param name="width">Columns of the result.</param>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <param name="boundingBoxFormat">How the four numbers of bounding boxes are meant. Default none are taken.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">The size is not positive.</exception>
    public CenterCrop(int height, int width, DataFormat dataFormat = default, string? boundingBoxFormat = null, string? name = null,
        DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(dataFormat, boundingBoxFormat, name, dtype, trainable, activityRegularizer)
    {
        if (height <= 0 || width <= 0) throw Errors.Argument(Who, "the size is not positive", "a height and width above 0", (height, width));
        (Height, Width) = (height, width);
    }

    /// <summary>Rows of the result.</summary>
    public int Height { get; }

    /// <summary>Columns of the result.</summary>
    public int Width { get; }

    private protected override Change Plan(TensorType images, CallContext context) => new(Images) { Masks = Masks, Corners = Corners };

    Tensor Images(Tensor images) => Ops.CenterCropped(Ops.Cast(images, Dtype.ComputeDType), Height, Width, Interpolation.Bilinear, DataFormat);

    Tensor Masks(Tensor masks) => Ops.CenterCropped(masks, Height, Width, Interpolation.Nearest, DataFormat);

    (Tensor Corners, int Height, int Width) Corners(Tensor corners, int height, int width) => (Corners(corners, (height, width), (Height, Width)), Height, Width);

    /// <summary>Corners in an image of a size in the new one.</summary>
    internal static Tensor Corners(Tensor corners, (int Height, int Width) old, (int Height, int Width) next)
    {
        var (takenHeight, takenWidth) = CentreImages.Part(old.Height, old.Width, next.Height, next.Width);
        var (left, top) = ((old.Width - takenWidth) / 2, (old.Height - takenHeight) / 2);
        var moved = Boxes.Clip(corners - Boxes.Numbers(left, top, left, top, corners.DType), takenHeight, takenWidth);
        var (across, down) = ((double)next.Width / takenWidth, (double)next.Height / takenHeight);
        return moved * Boxes.Numbers(across, down, across, down, corners.DType);
    }
}
