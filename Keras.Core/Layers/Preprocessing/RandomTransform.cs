namespace Keras.Layers;

/// <summary>Moves each image by a projective map of its own, which is drawn.</summary>
public abstract class RandomTransform : RandomAugmentation
{
    /// <param name="seed">Default one drawn now.</param>
    /// <param name="fillMode">What stands outside. Default reflect.</param>
    /// <param name="interpolation">Nearest or bilinear. Default bilinear; masks always take the nearest pixel.</param>
    /// <param name="fillValue">The constant outside. Default 0.</param>
    /// <param name="dataFormat">Where the channels stand. Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <param name="boundingBoxFormat">How the four numbers of bounding boxes are meant. Default none are taken.</param>
    /// <param name="name">Default the class name in snake case, with a number where it is taken.</param>
    /// <param name="dtype">The dtype policy. Default <see cref="DTypePolicy.Global"/>.</param>
    /// <param name="trainable">Without effect.</param>
    /// <param name="activityRegularizer">A penalty on the outputs, divided by the batch size. Default none.</param>
    private protected RandomTransform(int? seed, FillMode? fillMode, Interpolation interpolation, double fillValue, DataFormat dataFormat, string? boundingBoxFormat,
        string? name, DTypePolicy? dtype, bool trainable, Regularizer? activityRegularizer)
        : base(seed, dataFormat, boundingBoxFormat, name, dtype, trainable, activityRegularizer) =>
        (FillMode, Interpolation, FillValue) = (fillMode ?? FillMode.Reflect, interpolation.OfPoints(Who), fillValue);

    /// <summary>What stands outside.</summary>
    public FillMode FillMode { get; }

    /// <summary>How values between pixels are found.</summary>
    public Interpolation Interpolation { get; }

    /// <summary>The constant outside.</summary>
    public double FillValue { get; }

    /// <summary>Draws where each pixel comes from: (count, 8), as <see cref="Ops.AffineTransform"/> reads it.</summary>
    private protected abstract Tensor Map(Batch batch, Seed seed);

    private protected override Change Draw(Batch batch, Seed seed)
    {
        var map = Map(batch, seed);
        return new Change(x => Moved(x, Interpolation))
        {
            Masks = x => Moved(x, Interpolation.Nearest),
            Corners = (corners, height, width) => (Forwards(corners, map), height, width),
        };

        Tensor Moved(Tensor x, Interpolation method) => Ops.AffineTransform(x, map, method, FillMode, FillValue, batch.Format);
    }

    /// <summary>The first two rows of a map, each number (count, 1).</summary>
    private protected static Tensor Rows(Tensor xx, Tensor xy, Tensor x, Tensor yx, Tensor yy, Tensor y)
    {
        var zero = Ops.ZerosLike(xx);
        return Ops.Concatenate([xx, xy, x, yx, yy, y, zero, zero], -1);
    }

    /// <summary>The smallest boxes around the corners of boxes (count, boxes, 4) where the inverse of the map takes them.</summary>
    static Tensor Forwards(Tensor corners, Tensor map)
    {
        Tensor At(int i) => Ops.ExpandDims(Ops.Cast(Ops.Narrow(map, 1, i, 1), corners.DType), -1);
        Tensor a = At(0), b = At(1), c = At(2), d = At(3), e = At(4), f = At(5), g = At(6), h = At(7);
        var (left, top, right, bottom) = Boxes.Split(corners);
        // The map is between centres of pixels, which lie half a pixel from their borders.
        var x = Ops.Concatenate([left, right, left, right], -1) - 0.5;
        var y = Ops.Concatenate([top, top, bottom, bottom], -1) - 0.5;
        var depth = (((d * h) - (e * g)) * x) + (((b * g) - (a * h)) * y) + ((a * e) - (b * d));
        var movedX = (((e - (f * h)) * x) + (((c * h) - b) * y) + ((b * f) - (c * e))) / depth;
        var movedY = ((((f * g) - d) * x) + ((a - (c * g)) * y) + ((c * d) - (a * f))) / depth;
        return Ops.Concatenate([Least(movedX), Least(movedY), Most(movedX), Most(movedY)], -1) + 0.5;

        static Tensor Least(Tensor x) => Ops.Min(x, -1, keepdims: true);
        static Tensor Most(Tensor x) => Ops.Max(x, -1, keepdims: true);
    }
}
