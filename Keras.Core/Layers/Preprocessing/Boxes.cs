namespace Keras.Layers;

/// <summary>Bounding boxes (…, 4). Formats are those of <c>keras.utils.bounding_boxes</c>: corners or a corner or centre with a size, x or y first, in pixels
/// or relative to the image.</summary>
static class Boxes
{
    const string Relative = "rel_";

    internal static string Check(string format) =>
        Choice.Check("bounding_box_format", format, "xyxy", "yxyx", "xywh", "center_xywh", "center_yxhw", "rel_xyxy", "rel_yxyx", "rel_xywh", "rel_center_xywh");

    /// <summary>Left, top, right and bottom in pixels, as floating numbers.</summary>
    internal static Tensor ToCorners(Tensor boxes, string format, int height, int width)
    {
        if (boxes.Shape[-1] != 4) throw Errors.Argument("bounding_boxes", "boxes do not have four numbers", "(…, 4)", boxes.Shape);
        if (!boxes.DType.IsFloating()) boxes = Ops.Cast(boxes, Config.Floatx);
        var parts = Swapped(Ops.Split(boxes, 4, -1), format);
        var (x, y, right, bottom) = (parts[0], parts[1], parts[2], parts[3]);
        if (Sized(format))
        {
            if (Centred(format)) (x, y) = (x - (right / 2), y - (bottom / 2));
            (right, bottom) = (x + right, y + bottom);
        }
        var corners = Ops.Concatenate([x, y, right, bottom], -1);
        return format.StartsWith(Relative, StringComparison.Ordinal) ? corners * Sides(height, width, corners.DType) : corners;
    }

    /// <summary>The format again.</summary>
    internal static Tensor FromCorners(Tensor corners, string format, int height, int width)
    {
        if (format.StartsWith(Relative, StringComparison.Ordinal)) corners /= Sides(height, width, corners.DType);
        var parts = Ops.Split(corners, 4, -1);
        var (x, y, right, bottom) = (parts[0], parts[1], parts[2], parts[3]);
        if (Sized(format))
        {
            (right, bottom) = (right - x, bottom - y);
            if (Centred(format)) (x, y) = (x + (right / 2), y + (bottom / 2));
        }
        return Ops.Concatenate(Swapped([x, y, right, bottom], format), -1);
    }

    /// <summary>What lies within an image.</summary>
    internal static Tensor Clip(Tensor corners, int height, int width) => Ops.Minimum(Ops.Maximum(corners, 0), Sides(height, width, corners.DType));

    /// <summary>Each of the four numbers, with a last dimension of 1.</summary>
    internal static (Tensor Left, Tensor Top, Tensor Right, Tensor Bottom) Split(Tensor corners)
    {
        var parts = Ops.Split(corners, 4, -1);
        return (parts[0], parts[1], parts[2], parts[3]);
    }

    internal static Tensor Area(Tensor corners)
    {
        var parts = Ops.Split(corners, 4, -1);
        return Ops.Squeeze((parts[2] - parts[0]) * (parts[3] - parts[1]), -1);
    }

    /// <summary>Four numbers, for left, top, right and bottom.</summary>
    internal static Tensor Numbers(double left, double top, double right, double bottom, DType dtype) => Ops.Cast(Tensor.Of([left, top, right, bottom], [4]), dtype);

    static Tensor Sides(int height, int width, DType dtype) => Numbers(width, height, width, height, dtype);

    static bool Sized(string format) => format.EndsWith("wh", StringComparison.Ordinal) || format.EndsWith("hw", StringComparison.Ordinal);

    static bool Centred(string format) => format.Contains("center", StringComparison.Ordinal);

    static IReadOnlyList<Tensor> Swapped(IReadOnlyList<Tensor> parts, string format) =>
        (format.EndsWith("yxyx", StringComparison.Ordinal) || format.EndsWith("yxhw", StringComparison.Ordinal)) ? (Tensor[])[parts[1], parts[0], parts[3], parts[2]] : parts;
}
