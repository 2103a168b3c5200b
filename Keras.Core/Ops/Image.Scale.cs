namespace Keras;

public static partial class Ops
{
    /// <summary>Images scaled and moved by values that are tensors: a place x along a dimension comes to stand at x · scale + translation; centres of pixels
    /// lie at one half. What lies outside is 0.</summary>
    /// <param name="images">A tensor.</param>
    /// <param name="outputShape">The shape of the result.</param>
    /// <param name="scale">A factor for each of the spatial dimensions.</param>
    /// <param name="translation">A distance for each of them.</param>
    /// <param name="spatialDims">The dimensions that are scaled.</param>
    /// <param name="method"><c>linear</c>, <c>cubic</c>, <c>lanczos3</c> or <c>lanczos5</c>; also <c>bilinear</c>, <c>trilinear</c>, <c>triangle</c>, <c>bicubic</c>,
    /// <c>tricubic</c>.</param>
    /// <param name="antialias">Whether all pixels count when an image shrinks. Default so.</param>
    /// <returns>The images' dtype; integers are rounded and kept between the least and the largest.</returns>
    /// <exception cref="ArgumentException">The method is unknown, the shapes do not fit, or a scaled dimension is not known.</exception>
    public static Tensor ScaleAndTranslate(Tensor images, Shape outputShape, Tensor scale, Tensor translation, Axes spatialDims, string method, bool antialias = true)
    {
        const string who = "scale_and_translate";
        ArgumentNullException.ThrowIfNull(method);
        Func<Tensor, Tensor> window = method switch
        {
            "linear" or "bilinear" or "trilinear" or "triangle" => x => Maximum(1 - x, 0),
            "cubic" or "bicubic" or "tricubic" => CubicWindow,
            "lanczos3" => x => LanczosWindow(x, 3),
            "lanczos5" => x => LanczosWindow(x, 5),
            _ => throw Errors.Argument(who, "unknown method", "\"linear\", \"cubic\", \"lanczos3\" or \"lanczos5\"", $"\"{method}\""),
        };
        if (outputShape.Rank != images.Rank) throw Errors.Argument(who, "output_shape has a wrong number of dimensions", images.Shape, outputShape);
        if (!scale.Shape.Matches([spatialDims.Count]) || !translation.Shape.Matches([spatialDims.Count]))
            throw Errors.Argument(who, "there is not one scale and translation a spatial dimension", spatialDims.Count, $"{scale.Shape} and {translation.Shape}");
        var x = AsFloating(images, who);
        for (var i = 0; i < spatialDims.Count; i++)
        {
            var axis = images.Shape.Axis(spatialDims[i], who);
            if (images.Shape[axis] < 0 || outputShape[axis] < 0) throw Errors.Argument(who, "a scaled dimension is not known", "a number", $"axis {axis} of {images.Shape} to {outputShape}");
            var weights = WeightMatrix(images.Shape[axis], outputShape[axis], Narrow(scale, 0, i, 1), Narrow(translation, 0, i, 1), window, antialias);
            x = Moveaxis(Matmul(Moveaxis(x, axis, -1), Cast(weights, x.DType)), -1, axis);
        }
        if (!x.Shape.Matches(outputShape)) throw Errors.Argument(who, "output_shape differs where nothing is scaled", x.Shape, outputShape);
        return x.DType == images.DType ? x : Cast(Clip(Round(x), Cast(Min(images), x.DType), Cast(Max(images), x.DType)), images.DType);
    }

    /// <summary>How much of each of the old places (rows) stands at each of the new ones (columns).</summary>
    static Tensor WeightMatrix(int from, int to, Tensor scale, Tensor translation, Func<Tensor, Tensor> window, bool antialias)
    {
        // In double precision: sums of weights cancel.
        const DType type = DType.Float64;
        (scale, translation) = (Cast(scale, type), Cast(translation, type));
        var centres = ((Arange(to, dtype: type) + 0.5 - translation) / scale) - 0.5;
        var distance = Abs(centres - ExpandDims(Arange(from, dtype: type), 1));
        if (antialias) distance /= Maximum(1 / scale, 1);
        var weights = window(distance);
        var sum = Sum(weights, 0, keepdims: true);
        var counts = LogicalAnd(LogicalAnd(centres >= -0.5, centres <= from - 0.5), Abs(sum) > 1000 * 1.1920929e-7);
        return Where(counts, weights / Where(counts, sum, 1), 0);
    }

    // Keys's cubic convolution with -1/2.
    static Tensor CubicWindow(Tensor x) =>
        Where(x < 1, (((1.5 * x) - 2.5) * x * x) + 1, Where(x < 2, (((((-0.5 * x) + 2.5) * x) - 4) * x) + 2, 0));

    static Tensor LanczosWindow(Tensor x, int radius) => Where(x > radius, 0, Sinc(x) * Sinc(x / radius));
}
