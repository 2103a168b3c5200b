namespace Keras;

/// <summary>Images moved by projective maps: images and one or more transforms (…, 8).</summary>
sealed record TransformImages(bool ChannelsFirst, Interpolation Method, FillMode Mode, double Fill) : Fused
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var (x, transform) = (inputs[0].Shape, inputs[1].Shape);
        var count = transform.Rank == 1 ? 1 : transform[0];
        var images = x.Rank == 3 ? 1 : x[0];
        return transform[-1] is 8 or Shape.Unknown && (count is 1 or Shape.Unknown || images == Shape.Unknown || count == images) ? inputs[0]
            : throw Wrong("the transforms do not fit", "(8), (1, 8) or (images, 8)", $"{transform} for {x}");
    }

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var transform = Ops.AsFloating(inputs[1], Name);
        if (transform.Rank == 1) transform = Ops.ExpandDims(transform, 0);
        return Points.Move(inputs[0], ChannelsFirst, (_, height, width) =>
        {
            var (y, x) = (Ops.Reshape(Ops.Arange(height, dtype: transform.DType), [1, height, 1]), Ops.Reshape(Ops.Arange(width, dtype: transform.DType), [1, 1, width]));
            var depth = (At(6) * x) + (At(7) * y) + 1;
            return (((At(3) * x) + (At(4) * y) + At(5)) / depth, ((At(0) * x) + (At(1) * y) + At(2)) / depth);
        }, Method, Mode, Fill);

        Tensor At(int i) => Ops.ExpandDims(Ops.Narrow(transform, 1, i, 1), -1);
    }
}

/// <summary>Images with each pixel taken from a place near it, by smooth random fields: images and a key.</summary>
sealed record ElasticImages(bool ChannelsFirst, double Alpha, double Sigma, Interpolation Method, FillMode Mode, double Fill) : Fused
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) => inputs[0];

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var key = inputs[1];
        return Points.Move(inputs[0], ChannelsFirst, (count, height, width) =>
        {
            var noise = new RandomNormal(new TensorType(DType.Float32, [2 * count, height, width, 1])).On(key) * Sigma;
            var size = (int)(6 * Sigma) | 1;
            var field = Ops.Reshape(Ops.GaussianBlur(noise, (size, size), (Sigma, Sigma), DataFormat.ChannelsLast), [2, count, height, width]) * Alpha;
            return (Ops.Squeeze(Ops.Narrow(field, 0, 1, 1), 0) + Ops.Reshape(Ops.Arange(height), [1, height, 1]),
                Ops.Squeeze(Ops.Narrow(field, 0, 0, 1), 0) + Ops.Arange(width));
        }, Method, Mode, Fill);
    }
}

public static partial class Ops
{
    /// <summary>Images moved by a projective map: the pixel at column x and row y is taken from column (a0 x + a1 y + a2) / k and row
    /// (b0 x + b1 y + b2) / k, with k = c0 x + c1 y + 1.</summary>
    /// <param name="images">An image or a batch of images.</param>
    /// <param name="transform">(8): a0, a1, a2, b0, b1, b2, c0, c1; or (images, 8).</param>
    /// <param name="interpolation">Nearest or bilinear. Default bilinear.</param>
    /// <param name="fillMode">What stands outside. Default constant.</param>
    /// <param name="fillValue">The constant outside. Default 0.</param>
    /// <param name="dataFormat">Where the channels stand. Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <exception cref="ArgumentException">The rank of the images is not 3 or 4, or the transforms do not fit.</exception>
    public static Tensor AffineTransform(Tensor images, Tensor transform, Interpolation interpolation = default, FillMode fillMode = default,
        double fillValue = 0, DataFormat dataFormat = default)
    {
        const string who = "affine_transform";
        HeightAxis(who, images, dataFormat);
        if (transform.Rank is not (1 or 2)) throw Errors.Argument(who, "the rank of the transforms is wrong", "(8) or (images, 8)", transform.Shape);
        return Now(new TransformImages(dataFormat.IsFirst, interpolation.OfPoints(who), fillMode, fillValue), images, transform);
    }

    /// <summary>Images moved such that four points come to stand at four others.</summary>
    /// <param name="images">An image or a batch of images.</param>
    /// <param name="startPoints">(4, 2) or (images, 4, 2): column and row of the points.</param>
    /// <param name="endPoints">Where they come to stand, of the same shape.</param>
    /// <param name="interpolation">Nearest or bilinear. Default bilinear.</param>
    /// <param name="fillValue">What stands outside. Default 0.</param>
    /// <param name="dataFormat">Where the channels stand. Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <exception cref="ArgumentException">The rank of the images is not 3 or 4, or the points do not fit; when it runs, they determine no map.</exception>
    public static Tensor PerspectiveTransform(Tensor images, Tensor startPoints, Tensor endPoints, Interpolation interpolation = default, double fillValue = 0,
        DataFormat dataFormat = default)
    {
        const string who = "perspective_transform";
        HeightAxis(who, images, dataFormat);
        if (startPoints.Rank is not (2 or 3) || !startPoints.Shape.Slice(startPoints.Rank - 2, 2).Matches([4, 2]) || !startPoints.Shape.Matches(endPoints.Shape))
            throw Errors.Argument(who, "the points do not fit", "(4, 2) or (images, 4, 2), both alike", $"{startPoints.Shape} and {endPoints.Shape}");
        var type = images.DType.IsFloating() ? images.DType : Config.Floatx;
        var transform = Homography(Cast(startPoints, type), Cast(endPoints, type));
        return Now(new TransformImages(dataFormat.IsFirst, interpolation.OfPoints(who), FillMode.Constant, fillValue), images, transform);
    }

    /// <summary>Images with each pixel taken from a place near it, as if they were drawn on rubber.</summary>
    /// <param name="images">An image or a batch of images.</param>
    /// <param name="alpha">How far pixels are moved. Default 20.</param>
    /// <param name="sigma">How smooth the movements are: the standard deviation of their blur. Default 5.</param>
    /// <param name="interpolation">Nearest or bilinear. Default bilinear.</param>
    /// <param name="fillMode">What stands outside. Default reflect.</param>
    /// <param name="fillValue">The constant outside. Default 0.</param>
    /// <param name="seed">Default the global generator.</param>
    /// <param name="dataFormat">Where the channels stand. Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <exception cref="ArgumentException">The rank of the images is not 3 or 4, or sigma is not above 0.</exception>
    public static Tensor ElasticTransform(Tensor images, double alpha = 20, double sigma = 5, Interpolation interpolation = default, FillMode? fillMode = null,
        double fillValue = 0, Seed? seed = null, DataFormat dataFormat = default)
    {
        const string who = "elastic_transform";
        HeightAxis(who, images, dataFormat);
        if (sigma is not (> 0 and < 1e6)) throw Errors.Argument(who, "sigma is out of range", "a number above 0", sigma);
        var op = new ElasticImages(dataFormat.IsFirst, alpha, sigma, interpolation.OfPoints(who), fillMode ?? FillMode.Reflect, fillValue);
        return Now(op, images, (seed ?? SeedGenerator.Global).Next());
    }

    /// <summary>The map that takes end points to start points, as <see cref="AffineTransform"/> reads it: (…, 8).</summary>
    internal static Tensor Homography(Tensor start, Tensor end)
    {
        Tensor sx = Part(start, 0), sy = Part(start, 1), ex = Part(end, 0), ey = Part(end, 1), one = OnesLike(ex), zero = ZerosLike(ex);
        // Two equations a point, for its column and its row.
        var columns = Concatenate([ex, ey, one, zero, zero, zero, -sx * ex, -sx * ey], -1);
        var rows = Concatenate([zero, zero, zero, ex, ey, one, -sy * ex, -sy * ey], -1);
        var wide = end.DType == DType.Float64 ? DType.Float64 : DType.Float32;
        var map = Solve(Cast(Concatenate([columns, rows], -2), wide), Cast(Concatenate([sx, sy], -2), wide));
        return Cast(Squeeze(map, -1), end.DType);

        static Tensor Part(Tensor points, int at) => Narrow(points, points.Rank - 1, at, 1);
    }
}
