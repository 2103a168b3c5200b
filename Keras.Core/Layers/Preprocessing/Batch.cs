namespace Keras.Layers;

/// <summary>A batch of images of known shape, and what is drawn for each of them.</summary>
/// <param name="Type">Four dimensions, and the dtype that is computed in.</param>
/// <param name="ChannelsFirst">Where the channels stand.</param>
sealed record Batch(TensorType Type, bool ChannelsFirst)
{
    internal int Count => Type.Shape[0];

    internal int HeightAxis => ChannelsFirst ? 2 : 1;

    internal int WidthAxis => HeightAxis + 1;

    internal Axes Area => (HeightAxis, WidthAxis);

    internal int Height => Type.Shape[HeightAxis];

    internal int Width => Type.Shape[WidthAxis];

    internal DataFormat Format => ChannelsFirst ? DataFormat.ChannelsFirst : DataFormat.ChannelsLast;

    /// <summary>The dtype of places: half precision does not tell the pixels of large images apart.</summary>
    internal DType Places => Type.DType == DType.Float64 ? DType.Float64 : DType.Float32;

    /// <summary>A number within bounds for each image, of a shape after the batch.</summary>
    internal Tensor Numbers(Interval bounds, Seed seed, params ReadOnlySpan<int> shape)
    {
        var full = Shape.Of(Count).Append(Shape.Of(shape));
        return bounds.Low == bounds.High ? Ops.Full(full, bounds.Low, Places) : Random.Uniform(full, bounds.Low, bounds.High, Places, seed);
    }

    /// <summary>A number within bounds for each image, to compute with its pixels.</summary>
    internal Tensor Factors(Interval bounds, Seed seed) => Ops.Cast(Numbers(bounds, seed, 1, 1, 1), Type.DType);

    /// <summary>Whether something happens to an image, whose probability is drawn too.</summary>
    internal Tensor Chance(Interval probability, Seed seed) => Ops.Less(Numbers((0, 1), seed, 1, 1, 1), Numbers(probability, seed, 1, 1, 1));

    /// <summary>1 or −1 for each image.</summary>
    internal Tensor Signs(Seed seed, params ReadOnlySpan<int> shape) =>
        Ops.Where(Ops.Less(Numbers((0, 1), seed, shape), 0.5), Tensor.Scalar(-1, Places), Tensor.Scalar(1, Places));

    /// <summary>The numbers of rows or columns, along their axis.</summary>
    internal Tensor Along(int axis)
    {
        var shape = new[] { 1, 1, 1, 1 };
        shape[axis] = Type.Shape[axis];
        return Ops.Reshape(Ops.Arange(Type.Shape[axis], dtype: Places), Shape.Of(shape));
    }
}

/// <summary>Values of pixels.</summary>
static class Pixels
{
    /// <summary>Values of one range in another.</summary>
    internal static Tensor Between(Tensor x, Interval from, Interval to) => from == to ? x
        : ((x - from.Low) / (from.High - from.Low) * (to.High - to.Low)) + to.Low;

    internal static Tensor Clip(Tensor x, Interval range) => Ops.Clip(x, Tensor.Scalar(range.Low, x.DType), Tensor.Scalar(range.High, x.DType));

    /// <summary>From one image to another.</summary>
    internal static Tensor Blend(Tensor from, Tensor to, Tensor factor) => from + ((to - from) * factor);
}
