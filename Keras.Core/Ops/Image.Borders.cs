namespace Keras;

public static partial class Ops
{
    /// <summary>Images with a border of zeros. Of the border before, the border after and the target size two are given, for height and for width.</summary>
    /// <param name="images">An image or a batch of images.</param>
    /// <param name="topPadding">Rows to add above.</param>
    /// <param name="leftPadding">Columns to add on the left.</param>
    /// <param name="bottomPadding">Rows to add below.</param>
    /// <param name="rightPadding">Columns to add on the right.</param>
    /// <param name="targetHeight">Rows of the result. Images whose size is known only when a model runs lose what is beyond it.</param>
    /// <param name="targetWidth">Columns of the result.</param>
    /// <param name="dataFormat">Where the channels stand. Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <exception cref="ArgumentException">The rank is not 3 or 4, not exactly two are given, or one would be negative.</exception>
    public static Tensor PadImages(Tensor images, int? topPadding = null, int? leftPadding = null, int? bottomPadding = null, int? rightPadding = null,
        int? targetHeight = null, int? targetWidth = null, DataFormat dataFormat = default)
    {
        var (height, width) = ImageAxes("pad_images", images, dataFormat);
        var rows = Border("pad_images", "height", images.Shape[height], topPadding, bottomPadding, targetHeight, grows: true);
        var columns = Border("pad_images", "width", images.Shape[width], leftPadding, rightPadding, targetWidth, grows: true);
        var pads = new (int, int)[images.Rank];
        (pads[height], pads[width]) = (rows, columns);
        var padded = Pad(images, pads);
        // Of an unknown size the border is as wide as it could have to be.
        if (padded.Shape[height] == Shape.Unknown && targetHeight is { } high) padded = Range(padded, height, 0, high);
        return padded.Shape[width] == Shape.Unknown && targetWidth is { } wide ? Range(padded, width, 0, wide) : padded;
    }

    /// <summary>Images without a border. Of the border before, the border after and the target size two are given, for height and for width.</summary>
    /// <param name="images">An image or a batch of images.</param>
    /// <param name="topCropping">Rows to leave out above.</param>
    /// <param name="leftCropping">Columns to leave out on the left.</param>
    /// <param name="bottomCropping">Rows to leave out below.</param>
    /// <param name="rightCropping">Columns to leave out on the right.</param>
    /// <param name="targetHeight">Rows of the result.</param>
    /// <param name="targetWidth">Columns of the result.</param>
    /// <param name="dataFormat">Where the channels stand. Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <exception cref="ArgumentException">The rank is not 3 or 4, not exactly two are given, or one would be negative.</exception>
    public static Tensor CropImages(Tensor images, int? topCropping = null, int? leftCropping = null, int? bottomCropping = null, int? rightCropping = null,
        int? targetHeight = null, int? targetWidth = null, DataFormat dataFormat = default)
    {
        var (height, width) = ImageAxes("crop_images", images, dataFormat);
        var (top, bottom) = Border("crop_images", "height", images.Shape[height], topCropping, bottomCropping, targetHeight, grows: false);
        var (left, right) = Border("crop_images", "width", images.Shape[width], leftCropping, rightCropping, targetWidth, grows: false);
        var cropped = Range(images, height, top, targetHeight is { } high ? top + high : -bottom);
        return Range(cropped, width, left, targetWidth is { } wide ? left + wide : -right);
    }

    // An end of 0 or less counts from behind.
    static Tensor Range(Tensor x, int axis, int start, int end) => x.Shape[axis] == Shape.Unknown && end > 0
        ? Take(x, Arange(start, end, dtype: DType.Int32), axis)
        : GetItem(x, [.. Enumerable.Repeat(TensorIndex.Slice(null, null, 1), axis), TensorIndex.Slice(start, end == 0 ? null : end, 1)]);

    static (int Height, int Width) ImageAxes(string who, Tensor images, DataFormat dataFormat)
    {
        if (images.Rank is not (3 or 4)) throw Errors.Argument(who, "the rank is not that of an image or a batch of images", "3 or 4 dimensions", images.Shape);
        var height = images.Rank - (dataFormat.IsFirst ? 2 : 3);
        return (height, height + 1);
    }

    /// <summary>What to add or leave out before and after, from two of three numbers and the size.</summary>
    static (int Before, int After) Border(string who, string what, int size, int? before, int? after, int? target, bool grows)
    {
        if ((before is null ? 0 : 1) + (after is null ? 0 : 1) + (target is null ? 0 : 1) != 2)
            throw Errors.Argument(who, $"the {what} is not determined", "two of the border before, the border after and the target", $"({before}, {after}, {target})");
        if (target is { } open && size == Shape.Unknown)
            return before is >= 0 && open > 0 ? (before.Value, grows ? open : 0)
                : throw Errors.Argument(who, $"the {what} of the images is not known", "a known size, or the border before and a target", $"({before}, {after}, {target})");
        var total = grows ? target - size : size - target;
        var (first, second) = (before ?? total!.Value - after!.Value, after ?? total!.Value - before!.Value);
        return first >= 0 && second >= 0 && (grows || size == Shape.Unknown || first + second < size) && target is not <= 0
            ? (first, second)
            : throw Errors.Argument(who, $"the {what} does not fit", "borders of 0 or more and a target above 0", $"({first}, {second}) of {size}, target {target}");
    }
}
