namespace Keras;

/// <summary>Two of the border before, the border after and the size of the result, along one dimension of images.</summary>
readonly record struct Side(string What, int? Before, int? After, int? Target)
{
    internal void Check(string who)
    {
        if ((Before is null ? 0 : 1) + (After is null ? 0 : 1) + (Target is null ? 0 : 1) != 2)
            throw Errors.Argument(who, $"the {What} is not determined", "two of the border before, the border after and the target", this);
        if (Before < 0 || After < 0 || Target <= 0)
            throw Errors.Argument(who, $"the {What} does not fit", "borders of 0 or more and a target above 0", this);
    }

    /// <summary>The size of the result; unknown where it follows from one that is.</summary>
    internal int Size(int size, bool grows, string who)
    {
        if (size == Shape.Unknown) return Target ?? Shape.Unknown;
        var (before, after) = Borders(size, grows, who);
        return grows ? Shape.Dim((long)size + before + after) : size - before - after;
    }

    /// <summary>What to add or leave out before and after.</summary>
    internal (int Before, int After) Borders(int size, bool grows, string who)
    {
        var total = grows ? Target - size : size - Target;
        var (before, after) = (Before ?? total!.Value - After!.Value, After ?? total!.Value - Before!.Value);
        return before >= 0 && after >= 0 && (grows || (long)before + after < size) ? (before, after)
            : throw Errors.Argument(who, $"the {What} does not fit", "borders of 0 or more and a target above 0", $"{this} for {size}");
    }

    public override string ToString() => $"({Before?.ToString() ?? "?"}, {After?.ToString() ?? "?"}, target {Target?.ToString() ?? "?"})";
}

/// <summary>Images with a border of zeros, or without their border. The height is at the axis, the width behind it.</summary>
sealed record ImageBorder(bool Grows, int Axis, Side Height, Side Width) : Fused
{
    public override string Name => Grows ? "pad_images" : "crop_images";

    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Height.Check(Name);
        Width.Check(Name);
        var x = inputs[0].Shape;
        return inputs[0].As(x.With(Axis, Height.Size(x[Axis], Grows, Name)).With(Axis + 1, Width.Size(x[Axis + 1], Grows, Name)));
    }

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var x = inputs[0];
        var (rows, columns) = (Height.Borders(x.Shape[Axis], Grows, Name), Width.Borders(x.Shape[Axis + 1], Grows, Name));
        if (!Grows)
            return Ops.Narrow(Ops.Narrow(x, Axis, rows.Before, x.Shape[Axis] - rows.Before - rows.After),
                Axis + 1, columns.Before, x.Shape[Axis + 1] - columns.Before - columns.After);
        var pads = new (int, int)[x.Rank];
        (pads[Axis], pads[Axis + 1]) = (rows, columns);
        return Ops.Pad(x, pads);
    }
}

public static partial class Ops
{
    /// <summary>Images with a border of zeros. Of the border before, the border after and the target size two are given, for height and for width.</summary>
    /// <param name="images">An image or a batch of images.</param>
    /// <param name="topPadding">Rows to add above.</param>
    /// <param name="leftPadding">Columns to add on the left.</param>
    /// <param name="bottomPadding">Rows to add below.</param>
    /// <param name="rightPadding">Columns to add on the right.</param>
    /// <param name="targetHeight">Rows of the result.</param>
    /// <param name="targetWidth">Columns of the result.</param>
    /// <param name="dataFormat">Where the channels stand. Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <exception cref="ArgumentException">The rank is not 3 or 4, not exactly two are given, or one would be negative; where the size of the images is
    /// not known, when it runs.</exception>
    public static Tensor PadImages(Tensor images, int? topPadding = null, int? leftPadding = null, int? bottomPadding = null, int? rightPadding = null,
        int? targetHeight = null, int? targetWidth = null, DataFormat dataFormat = default) =>
        Now(new ImageBorder(true, HeightAxis("pad_images", images, dataFormat), new Side("height", topPadding, bottomPadding, targetHeight),
            new Side("width", leftPadding, rightPadding, targetWidth)), images);

    /// <summary>Images without a border. Of the border before, the border after and the target size two are given, for height and for width.</summary>
    /// <param name="images">An image or a batch of images.</param>
    /// <param name="topCropping">Rows to leave out above.</param>
    /// <param name="leftCropping">Columns to leave out on the left.</param>
    /// <param name="bottomCropping">Rows to leave out below.</param>
    /// <param name="rightCropping">Columns to leave out on the right.</param>
    /// <param name="targetHeight">Rows of the result.</param>
    /// <param name="targetWidth">Columns of the result.</param>
    /// <param name="dataFormat">Where the channels stand. Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <exception cref="ArgumentException">The rank is not 3 or 4, not exactly two are given, one would be negative, or nothing is left; where the size of
    /// the images is not known, when it runs.</exception>
    public static Tensor CropImages(Tensor images, int? topCropping = null, int? leftCropping = null, int? bottomCropping = null, int? rightCropping = null,
        int? targetHeight = null, int? targetWidth = null, DataFormat dataFormat = default) =>
        Now(new ImageBorder(false, HeightAxis("crop_images", images, dataFormat), new Side("height", topCropping, bottomCropping, targetHeight),
            new Side("width", leftCropping, rightCropping, targetWidth)), images);

    static int HeightAxis(string who, Tensor images, DataFormat dataFormat) => images.Rank is 3 or 4 ? images.Rank - (dataFormat.IsFirst ? 2 : 3)
        : throw Errors.Argument(who, "the rank is not that of an image or a batch of images", "3 or 4 dimensions", images.Shape);
}
