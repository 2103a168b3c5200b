namespace Keras;

public static partial class Ops
{
    /// <summary>A convolution of volumes by that of images: what the kernel's depth lies on becomes channels of each slice of the result.</summary>
    static Tensor Conv3D(Tensor x, Tensor kernel, Axes strides, Padding padding, Axes dilation, int groups)
    {
        var depth = new Window(kernel.Shape[0], strides[0], dilation[0], padding);
        var count = depth.Output(0, x.Shape[1]);
        if (count == 0 && x.Shape[1] != 0)
            throw Errors.Argument("conv", "the window is larger than the input", $"a depth of at least {depth.Extent(0)}", x.Shape, "padding \"same\" allows it.");
        var convolution = new Convolution((strides[1], strides[2]), (dilation[1], dilation[2]), padding, groups);
        return Volumes(x.Shape[0], count, groups == 1 ? Together() : OneByOne());

        Tensor Together() => convolution.On(Images(kernel.Shape[0] == 1 && strides[0] == 1 ? x : new Depths(depth).On(x)), KernelOfDepths(kernel));

        // In groups the channels of one depth lie apart.
        Tensor OneByOne() => Depths.Slices(depth, x).Select((s, d) => convolution.On(Images(s), Squeeze(Narrow(kernel, 0, d, 1), 0))).Aggregate(Add);
    }

    /// <summary>The adjoint of <see cref="Conv3D"/> without padding: all that the kernel reaches.</summary>
    static Tensor ScatterVolumes(Tensor x, Tensor kernel, Axes strides, Axes dilation)
    {
        var (taps, filters) = (kernel.Shape[0], kernel.Shape[3]);
        var images = ScatterImages(Images(x), KernelOfDepths(kernel), (strides[1], strides[2]), (dilation[1], dilation[2]));
        var slices = Volumes(x.Shape[0], x.Shape[1], images);
        var whole = slices.Shape.With(4, filters).With(1, Scattered(x.Shape[1], taps, strides[0], dilation[0]));
        return Enumerable.Range(0, taps).Select(d => Spread(Narrow(slices, 4, d * filters, filters), d * dilation[0])).Aggregate(Add);

        Tensor Spread(Tensor part, int start) => whole == part.Shape ? part
            : new SliceGradient(new Slice([0, start, 0, 0, 0], [1, strides[0], 1, 1, 1], part.Shape), whole).On(part);
    }

    /// <summary>(depth, height, width, channels, filters) as the kernel (height, width, depth · channels, filters) of images.</summary>
    static Tensor KernelOfDepths(Tensor kernel)
    {
        var k = kernel.Shape;
        return Reshape(Transpose(kernel, [1, 2, 0, 3, 4]), [k[1], k[2], k[0] * k[3], k[4]]);
    }

    static Tensor Images(Tensor volumes) =>
        Reshape(volumes, Shape.Of([Flat(volumes.Shape[0], volumes.Shape[1]), .. volumes.Shape.Dims[2..]]));

    static Tensor Volumes(int batch, int depth, Tensor images) => Reshape(images, Shape.Of([batch, depth, .. images.Shape.Dims[1..]]));

    static Tensor OnVolumes(Tensor x, DataFormat format, Func<Tensor, Tensor> apply) =>
        format.IsFirst ? Moveaxis(apply(Moveaxis(x, 1, -1)), -1, 1) : apply(x);
}
