namespace Keras.Layers;

/// <summary>Two samples as one.</summary>
static class Mixing
{
    /// <summary>weight · x + (1 − weight) · other, with one weight a sample, as floating numbers.</summary>
    internal static Tensor Weighted(Tensor x, Tensor other, Tensor weight, DType dtype)
    {
        if (!x.DType.IsFloating()) (x, other) = (Ops.Cast(x, dtype), Ops.Cast(other, dtype));
        weight = Ops.Cast(Ops.Reshape(weight, [x.Shape[0], .. Enumerable.Repeat(1, x.Rank - 1)]), x.DType);
        return Pixels.Blend(other, x, weight);
    }
}

/// <summary>Rectangles at random places.</summary>
static class Rectangle
{
    /// <summary>Which pixels are covered, by rectangles whose sides are parts of the image's, and which the border cuts.</summary>
    internal static Tensor Of(Batch batch, Tensor down, Tensor across, Seed seed)
    {
        return Ops.LogicalAnd(Covered(batch.HeightAxis, batch.Height, down), Covered(batch.WidthAxis, batch.Width, across));

        Tensor Covered(int axis, int size, Tensor part)
        {
            var centre = batch.Numbers((0, size), seed, 1, 1, 1);
            return Ops.Less(Ops.Abs(batch.Along(axis) + 0.5 - centre), part * (size / 2.0));
        }
    }
}

/// <summary>Colours by hue, saturation and value.</summary>
static class Hsv
{
    internal static Tensor Changed(Tensor x, Batch batch, Interval range, Func<Tensor, Tensor, (Tensor Hue, Tensor Saturation)> change)
    {
        var axis = batch.ChannelsFirst ? 1 : 3;
        var parts = Ops.Split(Ops.RgbToHsv(Pixels.Between(x, range, (0, 1)), batch.Format), 3, axis);
        var (hue, saturation) = change(parts[0], parts[1]);
        return Pixels.Clip(Pixels.Between(Ops.HsvToRgb(Ops.Concatenate([hue, saturation, parts[2]], axis), batch.Format), (0, 1), range), range);
    }
}
