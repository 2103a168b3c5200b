namespace Keras;

/// <summary>How windows lie over the spatial axes of a (batch, height, width, channels) tensor.</summary>
readonly record struct Window(Axes Size, Axes Strides, Axes Dilation, Padding Padding)
{
    // So that sums of extents, steps and lengths stay within an int.
    const int MaxExtent = 1 << 30;

    internal int Extent(int axis) => ((Size[axis] - 1L) * Dilation[axis]) + 1 is var extent && extent <= MaxExtent ? (int)extent
        : throw Errors.Argument("Window", "the window is too large", $"at most {MaxExtent} places", extent);

    internal int Output(int axis, int length) => length == Shape.Unknown || (Size[axis] == Shape.Unknown && !Padding.IsSame) ? Shape.Unknown
        : Padding.IsSame ? (int)((length + Strides[axis] - 1L) / Strides[axis])
        : Math.Max(0, ((length - Extent(axis)) / Strides[axis]) + (length < Extent(axis) ? 0 : 1));

    /// <summary>How many places before the first element the first window begins.</summary>
    internal int PadLow(int axis, int length) => !Padding.IsSame ? 0
        : (int)(Math.Max(0, ((Output(axis, length) - 1L) * Strides[axis]) + Extent(axis) - length) / 2);

    internal Shape Output(Shape x, int channels, string who)
    {
        if (x.Rank != 4) throw Errors.Argument(who, "the input has a wrong number of dimensions", "(batch, height, width, channels)", x);
        var (h, w) = (Output(0, x[1]), Output(1, x[2]));
        return h != 0 && w != 0 || x[1] == 0 || x[2] == 0 ? Shape.Of(x[0], h, w, channels)
            : throw Errors.Argument(who, "the window is larger than the input", $"at least {Extent(0)} x {Extent(1)}", x, "padding \"same\" allows it.");
    }
}

/// <summary>2-D convolution of (batch, height, width, channels) with (height, width, channels / groups, filters). As fused, with bias
/// and activation.</summary>
sealed record Convolution(Axes Strides, Axes Dilation, Padding Padding, int Groups, bool HasBias = false, Epilogue Activation = Epilogue.None)
    : Op, IWithEpilogue
{
    public Op WithBias() => this with { HasBias = true };

    public Op WithActivation(Epilogue activation) => this with { Activation = activation };

    internal Window Over(Shape kernel) => new((kernel[0], kernel[1]), Strides, Dilation, Padding);

    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        SameDType(inputs);
        var (x, kernel) = (inputs[0].Shape, inputs[1].Shape);
        CheckRanks(x, kernel);
        if (kernel.Dims[..3].Contains(0)) throw Wrong("the kernel is empty", "sizes of 1 or more", kernel);
        if (x[3] != Shape.Unknown && kernel[2] != Shape.Unknown && x[3] != kernel[2] * Groups)
            throw Wrong("input channels do not match the kernel", kernel[2] * Groups, $"input {x}, kernel {kernel}, groups {Groups}");
        if (kernel[3] != Shape.Unknown && kernel[3] % Groups != 0) throw Wrong("the filters do not divide into the groups", $"a multiple of {Groups}", kernel);
        return inputs[0].As(Over(kernel).Output(x, kernel[3], Name));
    }

    /// <summary>Checks what arrives at the result against what it is the gradient for.</summary>
    internal void CheckGradient(TensorType dy, Shape x, Shape kernel)
    {
        CheckRanks(x, kernel);
        var window = Over(kernel);
        var expected = Shape.Of(x[0], window.Output(0, x[1]), window.Output(1, x[2]), kernel[3]);
        if (!dy.Shape.Matches(expected) || (x[3] != Shape.Unknown && kernel[2] != Shape.Unknown && x[3] != kernel[2] * Groups))
            throw Wrong("the gradient does not fit input and kernel", expected, $"{dy.Shape} for input {x}, kernel {kernel}, groups {Groups}");
    }

    void CheckRanks(Shape x, Shape kernel)
    {
        if (x.Rank != 4 || kernel.Rank != 4) throw Wrong("input or kernel has a wrong number of dimensions", "4 of each", $"input {x}, kernel {kernel}");
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient)
    {
        // Fused forms are made of graphs whose gradients were taken before.
        if (HasBias || Activation != Epilogue.None) return base.Vjp(result, gradient);
        var (x, kernel) = (result.Inputs[0], result.Inputs[1]);
        return [new ConvolutionInputGradient(this, x.Shape).On(gradient, kernel), new ConvolutionFilterGradient(this, kernel.Shape).On(x, gradient)];
    }
}

/// <summary>The gradient of a convolution for its input, from that of its result and the kernel: linear in both.</summary>
sealed record ConvolutionInputGradient(Convolution Forward, Shape Input) : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        SameDType(inputs);
        if (inputs[0].Shape.Rank != 4) throw Wrong("the gradient has a wrong number of dimensions", 4, inputs[0].Shape);
        Forward.CheckGradient(inputs[0], Input.With(0, inputs[0].Shape[0]), inputs[1].Shape);
        return inputs[0].As(Input.With(0, inputs[0].Shape[0]));
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient)
    {
        var (dy, kernel) = (result.Inputs[0], result.Inputs[1]);
        return [Forward.On(gradient, kernel), new ConvolutionFilterGradient(Forward, kernel.Shape).On(gradient, dy)];
    }
}

/// <summary>The gradient of a convolution for its kernel, from the input and the gradient of the result: linear in both.</summary>
sealed record ConvolutionFilterGradient(Convolution Forward, Shape Kernel) : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        SameDType(inputs);
        Forward.CheckGradient(inputs[1], inputs[0].Shape, Kernel);
        return inputs[0].As(Kernel);
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient)
    {
        var (x, dy) = (result.Inputs[0], result.Inputs[1]);
        return [new ConvolutionInputGradient(Forward, x.Shape).On(dy, gradient), Forward.On(x, gradient)];
    }
}

/// <summary>The largest element of each window.</summary>
sealed record MaxPool(Window Window) : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) =>
        inputs[0].As(Window.Output(inputs[0].Shape, inputs[0].Shape[3], Name));

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) => [new MaxPoolGradient(Window).On(result.Inputs[0], gradient)];
}

/// <summary>The gradient of each window put where the window's largest element stands, the first of equals.</summary>
sealed record MaxPoolGradient(Window Window) : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        SameDType(inputs);
        SameShape(new MaxPool(Window).Infer(inputs[..1]), inputs[1]);
        return inputs[0];
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) => [null, new MaxPoolPick(Window).On(result.Inputs[0], gradient)];
}

/// <summary>From the second input, what stands where each window of the first has its largest element.</summary>
sealed record MaxPoolPick(Window Window) : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        SameDType(inputs);
        SameShape(inputs[0], inputs[1]);
        return inputs[1].As(Window.Output(inputs[0].Shape, inputs[0].Shape[3], Name));
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) => [null, new MaxPoolGradient(Window).On(result.Inputs[0], gradient)];
}

/// <summary>The mean of the real elements of each window.</summary>
sealed record AveragePool(Window Window) : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) =>
        inputs[0].As(Window.Output(inputs[0].Shape, inputs[0].Shape[3], Name));

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) =>
        [new AveragePoolGradient(Window, result.Inputs[0].Shape).On(gradient)];
}

/// <summary>The gradient of each window spread over its real elements: the adjoint of <see cref="AveragePool"/>.</summary>
sealed record AveragePoolGradient(Window Window, Shape Input) : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        SameShape(new AveragePool(Window).Infer([inputs[0].As(Input)]), inputs[0]);
        return inputs[0].As(Input);
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) => [new AveragePool(Window).On(gradient)];
}

public static partial class Ops
{
    /// <summary>Convolution over one to three spatial dimensions (the kernel is not flipped).</summary>
    /// <param name="inputs">(batch, spatial…, channels), or channels first.</param>
    /// <param name="kernel">(spatial…, channels / groups, filters).</param>
    /// <param name="strides">Steps of the window. Default 1.</param>
    /// <param name="padding">Default valid.</param>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <param name="dilationRate">Distance between the elements of a window. Default 1.</param>
    /// <exception cref="ArgumentException">The channels do not match the kernel, or the window is larger than the input.</exception>
    public static Tensor Conv(Tensor inputs, Tensor kernel, Axes? strides = null, Padding padding = default,
        DataFormat dataFormat = default, Axes? dilationRate = null)
    {
        (inputs, kernel) = Promote(inputs, kernel);
        var spatial = KernelRank(inputs, kernel, "conv");
        var steps = (strides ?? 1).Expand(spatial, "conv", "strides");
        var dilation = (dilationRate ?? 1).Expand(spatial, "conv", "dilation_rate");
        var channels = inputs.Shape[dataFormat.IsFirst ? 1 : -1];
        if (channels == 0 || (channels != Shape.Unknown && kernel.Shape[-2] != Shape.Unknown && (kernel.Shape[-2] == 0 || channels % kernel.Shape[-2] != 0)))
            throw Errors.Argument("conv", "input channels do not match the kernel", $"a multiple of {kernel.Shape[-2]}", $"input {inputs.Shape}, kernel {kernel.Shape}");
        var groups = channels == Shape.Unknown || kernel.Shape[-2] == Shape.Unknown ? 1 : channels / kernel.Shape[-2];
        return Convolve(inputs, kernel, steps, padding, dataFormat, dilation, groups, "conv");
    }

    static Tensor Convolve(Tensor inputs, Tensor kernel, Axes strides, Padding padding, DataFormat format, Axes dilation, int groups, string who)
    {
        padding = padding.NotCausal(who);
        if (strides.Count == 3) return OnVolumes(inputs, format, x => Conv3D(x, kernel, strides, padding, dilation, groups));
        var convolution = new Convolution(Image(strides), Image(dilation), padding, groups);
        return OnImages(inputs, strides.Count, format, x => convolution.On(x, strides.Count == 1 ? ExpandDims(kernel, 0) : kernel));
    }

    /// <summary>The largest element of each window over one to three spatial dimensions.</summary>
    /// <param name="inputs">(batch, spatial…, channels), or channels first.</param>
    /// <param name="poolSize">The window.</param>
    /// <param name="strides">Steps of the window. Default the window.</param>
    /// <param name="padding">Default valid; padding never wins.</param>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    public static Tensor MaxPool(Tensor inputs, Axes poolSize, Axes? strides = null, Padding padding = default, DataFormat dataFormat = default) =>
        Pool(inputs, poolSize, strides, padding, dataFormat, "max_pool", window => new MaxPool(window));

    /// <summary>The mean of each window over one to three spatial dimensions; padding does not count.</summary>
    /// <inheritdoc cref="MaxPool"/>
    public static Tensor AveragePool(Tensor inputs, Axes poolSize, Axes? strides = null, Padding padding = default, DataFormat dataFormat = default) =>
        Pool(AsFloating(inputs), poolSize, strides, padding, dataFormat, "average_pool", window => new AveragePool(window));

    static Tensor Pool(Tensor inputs, Axes poolSize, Axes? strides, Padding padding, DataFormat dataFormat, string who, Func<Window, Op> make)
    {
        var spatial = SpatialRank(inputs, inputs.Rank - 2, who);
        var size = poolSize.Expand(spatial, who, "pool_size");
        var steps = strides is { } given ? given.Expand(spatial, who, "strides") : size;
        padding = padding.NotCausal(who);
        return spatial == 3
            ? OnVolumes(inputs, dataFormat, x => Pool3D(x, size, steps, padding, make))
            : OnImages(inputs, spatial, dataFormat, x => make(new Window(Image(size), Image(steps), (1, 1), padding)).On(x));
    }

    /// <summary>A window's extreme or mean is that over the depth of those over its slices.</summary>
    static Tensor Pool3D(Tensor x, Axes size, Axes steps, Padding padding, Func<Window, Op> make)
    {
        var (batch, depth, channels) = (x.Shape[0], x.Shape[1], x.Shape[4]);
        var slices = make(new Window((size[1], size[2]), (steps[1], steps[2]), (1, 1), padding))
            .On(Reshape(x, Shape.Of([Flat(batch, depth), .. x.Shape.Dims[2..]])));
        var (height, width) = (slices.Shape[1], slices.Shape[2]);
        var columns = make(new Window((size[0], 1), (steps[0], 1), (1, 1), padding))
            .On(Reshape(slices, Shape.Of([batch, depth, Flat(height, width), channels])));
        return Reshape(columns, Shape.Of([batch, columns.Shape[1], height, width, channels]));
    }

    static int Flat(int a, int b) => a == Shape.Unknown || b == Shape.Unknown ? Shape.Unknown : Shape.Dim((long)a * b);

    /// <summary>How many spatial dimensions input and kernel have.</summary>
    static int KernelRank(Tensor inputs, Tensor kernel, string who)
    {
        var spatial = kernel.Rank - 2;
        if (spatial is < 1 or > 3 || inputs.Rank != kernel.Rank)
            throw Errors.Argument(who, "input and kernel do not fit together", "batch, one to three spatial dimensions, and channels; a kernel of that rank",
                $"input {inputs.Shape}, kernel {kernel.Shape}");
        if (kernel.Shape.Dims[..spatial].Contains(0)) throw Errors.Argument(who, "the kernel is empty", "spatial dimensions of 1 or more", kernel.Shape);
        if (spatial == 3 && kernel.Shape[0] == Shape.Unknown) throw Errors.Argument(who, "the depth of the kernel is not known", "a known depth", kernel.Shape);
        return spatial;
    }

    static int SpatialRank(Tensor inputs, int spatial, string who) => spatial is >= 1 and <= 3
        ? spatial
        : throw Errors.Argument(who, "the input has a wrong rank", "batch, one to three spatial dimensions, and channels", inputs.Shape);

    /// <summary>Two values for height and width; a line is an image of height 1.</summary>
    static Axes Image(Axes values) => values.Count == 1 ? (1, values[0]) : values;

    /// <summary>Applies a function of (batch, height, width, channels) images to lines and to channels-first tensors too.</summary>
    static Tensor OnImages(Tensor x, int spatial, DataFormat format, Func<Tensor, Tensor> apply)
    {
        if (format.IsFirst) x = Moveaxis(x, 1, -1);
        if (spatial == 1) x = ExpandDims(x, 1);
        x = apply(x);
        if (spatial == 1) x = Squeeze(x, 1);
        return format.IsFirst ? Moveaxis(x, -1, 1) : x;
    }
}
