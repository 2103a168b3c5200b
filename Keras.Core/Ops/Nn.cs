using System.Runtime.CompilerServices;

namespace Keras;

public static partial class Ops
{
    /// <summary>A convolution of each channel on its own over one to three spatial dimensions.</summary>
    /// <param name="inputs">(batch, spatial…, channels), or channels first.</param>
    /// <param name="kernel">(spatial…, channels, multiplier).</param>
    /// <param name="strides">Steps of the window. Default 1.</param>
    /// <param name="padding">Default valid.</param>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <param name="dilationRate">Distance between the elements of a window. Default 1.</param>
    /// <returns>channels · multiplier channels, those of one input channel side by side.</returns>
    /// <exception cref="ArgumentException">The channels do not match the kernel, or the window is larger than the input.</exception>
    public static Tensor DepthwiseConv(Tensor inputs, Tensor kernel, Axes? strides = null, Padding padding = default,
        DataFormat dataFormat = default, Axes? dilationRate = null)
    {
        const string Who = "depthwise_conv";
        (inputs, kernel) = Promote(inputs, kernel);
        var spatial = KernelRank(inputs, kernel, Who);
        var steps = (strides ?? 1).Expand(spatial, Who, "strides");
        var dilation = (dilationRate ?? 1).Expand(spatial, Who, "dilation_rate");
        var (channels, given) = (kernel.Shape[-2], inputs.Shape[dataFormat.IsFirst ? 1 : -1]);
        if ((given != channels && given != Shape.Unknown) || channels < 1)
            throw Errors.Argument(Who, "input channels do not match the kernel", channels, $"input {inputs.Shape}, kernel {kernel.Shape}");
        kernel = Reshape(kernel, Shape.Of([.. kernel.Shape.Dims[..spatial], 1, Flat(channels, kernel.Shape[-1])]));
        return Convolve(inputs, kernel, steps, padding, dataFormat, dilation, channels, Who);
    }

    /// <summary>A depthwise convolution, then one over the channels alone.</summary>
    /// <param name="inputs">(batch, spatial…, channels), or channels first.</param>
    /// <param name="depthwiseKernel">(spatial…, channels, multiplier).</param>
    /// <param name="pointwiseKernel">(1…, channels · multiplier, filters).</param>
    /// <param name="strides">Steps of the depthwise window. Default 1.</param>
    /// <param name="padding">Of the depthwise convolution. Default valid.</param>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <param name="dilationRate">Distance between the elements of a depthwise window. Default 1.</param>
    /// <exception cref="ArgumentException">The channels do not match the kernels, or the window is larger than the input.</exception>
    public static Tensor SeparableConv(Tensor inputs, Tensor depthwiseKernel, Tensor pointwiseKernel, Axes? strides = null,
        Padding padding = default, DataFormat dataFormat = default, Axes? dilationRate = null) =>
        Conv(DepthwiseConv(inputs, depthwiseKernel, strides, padding, dataFormat, dilationRate), pointwiseKernel, dataFormat: dataFormat);

    /// <summary>The adjoint of a convolution over one to three spatial dimensions: each input element adds the kernel, times its value, to the
    /// result.</summary>
    /// <param name="inputs">(batch, spatial…, channels), or channels first.</param>
    /// <param name="kernel">(spatial…, filters, channels).</param>
    /// <param name="strides">Steps between the places where the kernel is added. Default 1.</param>
    /// <param name="padding">Valid: all that the kernel reaches; same: stride times the input's length. Default valid.</param>
    /// <param name="outputPadding">By how much the result is longer than the shortest one possible. Default as <paramref name="padding"/> says.</param>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <param name="dilationRate">Distance between the elements of the kernel. Default 1.</param>
    /// <exception cref="ArgumentException">The channels do not match the kernel.</exception>
    public static Tensor ConvTranspose(Tensor inputs, Tensor kernel, Axes? strides = null, Padding padding = default, Axes? outputPadding = null,
        DataFormat dataFormat = default, Axes? dilationRate = null)
    {
        const string Who = "conv_transpose";
        (inputs, kernel) = Promote(inputs, kernel);
        var spatial = KernelRank(inputs, kernel, Who);
        var steps = (strides ?? 1).Expand(spatial, Who, "strides");
        var dilation = (dilationRate ?? 1).Expand(spatial, Who, "dilation_rate");
        var extra = outputPadding?.Expand(spatial, Who, "output_padding", 0);
        var channels = inputs.Shape[dataFormat.IsFirst ? 1 : -1];
        if (channels != kernel.Shape[-1] && channels != Shape.Unknown)
            throw Errors.Argument(Who, "input channels do not match the kernel", kernel.Shape[-1], $"input {inputs.Shape}, kernel {kernel.Shape}");
        padding = padding.NotCausal(Who);
        return spatial == 3
            ? OnVolumes(inputs, dataFormat, x => Cuts(ScatterVolumes(x, kernel, steps, dilation)))
            : OnImages(inputs, spatial, dataFormat, x => Cuts(ScatterImages(x, spatial == 1 ? ExpandDims(kernel, 0) : kernel, Image(steps), Image(dilation))));

        Tensor Cuts(Tensor y)
        {
            for (var i = 0; i < spatial; i++)
            {
                var extent = new Window(kernel.Shape[i], 1, dilation[i], Padding.Valid).Extent(0);
                y = Cut(y, y.Rank - 1 - spatial + i, TransposedCut(extent, steps[i], padding, extra?[i]));
            }
            return y;
        }
    }

    /// <summary>The kernel, times each pixel's values, added up where the pixel stands: all that the kernel reaches.</summary>
    static Tensor ScatterImages(Tensor x, Tensor kernel, Axes strides, Axes dilation)
    {
        var full = Shape.Of(x.Shape[0], Scattered(x.Shape[1], kernel.Shape[0], strides[0], dilation[0]),
            Scattered(x.Shape[2], kernel.Shape[1], strides[1], dilation[1]), kernel.Shape[2]);
        return new ConvolutionInputGradient(new Convolution(strides, dilation, Padding.Valid, 1), full).On(x, kernel);
    }

    static int Scattered(int length, int taps, int stride, int dilation) => length == Shape.Unknown ? Shape.Unknown
        : length == 0 ? 0 : Shape.Dim(((length - 1L) * stride) + ((taps - 1L) * dilation) + 1);

    /// <summary>How many places of the whole scattered result are left out before, and how many are added behind it.</summary>
    static (int Before, int Longer) TransposedCut(int extent, int stride, Padding padding, int? extra)
    {
        if (!padding.IsSame) return (0, extra ?? Math.Max(extent, stride) - extent);
        var border = extra is { } given ? extent + (extent % 2) - 2 + given : stride + extent - 2;
        var before = extent - 1 - Math.Min((border + 1) / 2, extent - 1);
        return (before, extra is { } more ? (extent % 2) + more - extent : stride - extent);
    }

    /// <summary>The elements along an axis from a place on, in all as many more as said; zeros where there are none.</summary>
    static Tensor Cut(Tensor x, int axis, (int Before, int Longer) cut)
    {
        var length = x.Shape[axis];
        var beyond = cut.Before + cut.Longer;
        if (beyond > 0)
        {
            var widths = new (int, int)[x.Rank];
            widths[axis] = (0, beyond);
            x = Pad(x, widths);
        }
        if (cut.Before == 0 && beyond >= 0) return x;
        return Narrow(x, axis, cut.Before, length == Shape.Unknown ? Shape.Unknown : Math.Max(0, length + cut.Longer));
    }

    /// <summary>What lies along some axes brought to length 1; along all where none is named. Several axes take order 2.</summary>
    /// <inheritdoc cref="Normalize(Tensor, int, int, double?)"/>
    public static Tensor Normalize(Tensor x, Axes? axis, int order = 2, double? epsilon = null)
    {
        var axes = Resolve(axis, x, "normalize");
        if (order < 1 || (order != 2 && axes.Count != 1))
            throw Errors.Argument("normalize", "there is no such norm", "an order of 1 or more along one axis, 2 along several", $"order {order}, axes {axes}");
        var (dtype, wide) = (AsFloating(x).DType, Wide(x));
        var least = epsilon ?? Config.Epsilon;
        var y = order == 2 ? wide * Rsqrt(Maximum(Sum(Square(wide), axes, keepdims: true), least * least))
            : wide / Maximum(Root(Sum(Power(Absolute(wide), order), axes, keepdims: true), order), least);
        return Cast(y, dtype);
    }

    // The slope at 0 is infinite: there none is taken.
    static Tensor Root(Tensor x, int order)
    {
        var zero = Equal(x, 0);
        return Where(zero, 0, Power(Where(zero, 1, x), 1.0 / order));
    }

    /// <summary>Vectors along an axis brought to length 1.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axis">The axis. Default the last.</param>
    /// <param name="order">Of the norm: 2 for the root of the sum of squares, 1 for the sum of the absolute values. Default 2.</param>
    /// <param name="epsilon">The least length to divide by. Default <see cref="Config.Epsilon"/>.</param>
    /// <exception cref="ArgumentException">The order is below 1, or there is no such axis.</exception>
    public static Tensor Normalize(Tensor x, int axis = -1, int order = 2, double? epsilon = null) => Normalize(x, (Axes)axis, order, epsilon);

    // Squares of half-width floats overflow early, and their sums lose digits.
    static Tensor Wide(Tensor x, [CallerMemberName] string who = "") => AsFloating(x, who) is var y && y.DType.Size() < 4 ? Cast(y, DType.Float32) : y;

    /// <summary>Mean and variance over some axes.</summary>
    /// <param name="x">Any shape; integers count as floating.</param>
    /// <param name="axes">The axes.</param>
    /// <param name="keepdims">Whether the axes stay as 1. Default no.</param>
    /// <param name="synchronized">Whether all replicas are counted together. There is one replica, so that it changes nothing. Default no.</param>
    /// <exception cref="ArgumentException">An axis is out of range or named twice.</exception>
    public static (Tensor Mean, Tensor Variance) Moments(Tensor x, Axes axes, bool keepdims = false, bool synchronized = false)
    {
        var (dtype, wide) = (AsFloating(x).DType, Wide(x));
        return (Cast(Mean(wide, axes, keepdims), dtype), Cast(Var(wide, axes, keepdims), dtype));
    }

    /// <summary>Each channel along an axis less its mean, divided by its standard deviation, then scaled and shifted.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="mean">(channels,).</param>
    /// <param name="variance">(channels,).</param>
    /// <param name="axis">The axis of the channels.</param>
    /// <param name="offset">(channels,), added at the end. Default nothing.</param>
    /// <param name="scale">(channels,), multiplied with the normalized. Default 1.</param>
    /// <param name="epsilon">Added to the variance. Default 0.001.</param>
    /// <exception cref="ArgumentException">There is no such axis, or a vector does not fit it.</exception>
    public static Tensor BatchNormalization(Tensor x, Tensor mean, Tensor variance, int axis, Tensor? offset = null, Tensor? scale = null,
        double epsilon = 0.001)
    {
        var (dtype, wide) = (AsFloating(x).DType, Wide(x));
        var channels = new ChannelView(x.Shape, x.Shape.Axis(axis, "batch_normalization"));
        Tensor Along(Tensor vector, string name) => vector.Rank == 1 && vector.Shape.Matches(Shape.Of(x.Shape[channels.Axis]))
            ? channels.Along(Cast(vector, wide.DType))
            : throw Errors.Argument("batch_normalization", $"{name} does not fit the channels", Shape.Of(x.Shape[channels.Axis]), vector.Shape);
        var factor = Rsqrt(Along(variance, "variance") + epsilon);
        if (scale is not null) factor *= Along(scale, "scale");
        var shift = -Along(mean, "mean") * factor;
        if (offset is not null) shift += Along(offset, "offset");
        return Cast(wide * factor + shift, dtype);
    }

    /// <summary>What lies along some axes brought to mean 0 and variance 1, then scaled and shifted.</summary>
    /// <param name="x">Any shape; computed in float32 at least.</param>
    /// <param name="gamma">The scale, of the shape of the axes or broadcast against x. Default 1.</param>
    /// <param name="beta">The shift, as gamma. Default nothing.</param>
    /// <param name="axis">The axes. Default the last.</param>
    /// <param name="epsilon">Added to the variance. Default <see cref="Config.Epsilon"/>.</param>
    /// <param name="rmsScaling">Whether only to divide by the standard deviation and to scale. Default no.</param>
    /// <exception cref="ArgumentException">There is no such axis, or gamma or beta does not fit.</exception>
    public static Tensor LayerNormalization(Tensor x, Tensor? gamma = null, Tensor? beta = null, Axes? axis = null, double? epsilon = null,
        bool rmsScaling = false)
    {
        var (dtype, wide) = (AsFloating(x).DType, Wide(x));
        var axes = (axis ?? -1).Of(x.Shape, "layer_normalization");
        if (!rmsScaling) return Cast(NormalizeRows(wide, gamma, beta, axes, new(epsilon ?? Config.Epsilon, Centred: true)), dtype);
        var factor = Rsqrt(Var(wide, axes, keepdims: true) + (epsilon ?? Config.Epsilon));
        return Cast(wide * (gamma is null ? factor : factor * OverAxes(gamma, wide, axes)), dtype);
    }

    /// <summary>What lies along some axes divided by the root of its mean square, then scaled.</summary>
    /// <param name="x">Any shape; computed in float32 at least.</param>
    /// <param name="scale">Of the shape of the axes or broadcast against x. Default 1.</param>
    /// <param name="axis">The axes. Default the last.</param>
    /// <param name="epsilon">Added to the mean square. Default <see cref="Config.Epsilon"/>.</param>
    /// <exception cref="ArgumentException">There is no such axis, or the scale does not fit.</exception>
    public static Tensor RmsNormalization(Tensor x, Tensor? scale = null, Axes? axis = null, double? epsilon = null)
    {
        var (dtype, wide) = (AsFloating(x).DType, Wide(x));
        var axes = (axis ?? -1).Of(x.Shape, "rms_normalization");
        return Cast(NormalizeRows(wide, scale, null, axes, new(epsilon ?? Config.Epsilon, Centred: false)), dtype);
    }

    /// <summary>Scale and shift are part of the op where they are vectors along the last axis, the only one.</summary>
    static Tensor NormalizeRows(Tensor x, Tensor? scale, Tensor? shift, Axes axes, RowNormalize op)
    {
        var vectors = axes.Count == 1 && (scale ?? shift) is { Rank: 1 } given && axes[0] == x.Rank - 1 && (shift ?? given).Rank == 1
            && given.Shape.IsKnown && given.Shape[0] == x.Shape[-1] && (shift ?? given).Shape == given.Shape;
        if (vectors)
        {
            var (gamma, beta) = (scale ?? OnesLike(shift!), shift ?? ZerosLike(scale!));
            return new Part(0).On(op.On(x, Cast(gamma, x.DType), Cast(beta, x.DType)));
        }
        var y = AlongLast(x, axes, "normalization", rows => new Part(0).On(op.On(rows)), (all, over) => op.Over(all, over).Y);
        if (scale is not null) y *= OverAxes(scale, x, axes);
        return shift is null ? y : y + OverAxes(shift, x, axes);
    }

    /// <summary>A tensor of the dimensions along some axes, laid along them.</summary>
    static Tensor OverAxes(Tensor vector, Tensor x, Axes axes)
    {
        vector = Cast(vector, x.DType);
        if (vector.Rank != axes.Count || vector.Rank == x.Rank) return vector;
        var dims = Enumerable.Repeat(1, x.Rank).ToArray();
        for (var i = 0; i < axes.Count; i++) dims[axes[i]] = x.Shape[axes[i]] == Shape.Unknown ? vector.Shape[i] : x.Shape[axes[i]];
        return Reshape(vector, dims);
    }

    /// <summary>Which classes occur: 1 at each index among the inputs, 0 elsewhere.</summary>
    /// <param name="inputs">Class numbers; those out of range are passed over.</param>
    /// <param name="numClasses">How many classes there are.</param>
    /// <param name="axis">Where the axis of the classes is put. Then axis 1 goes, or axis 0 where the inputs are a vector. Default the
    /// last.</param>
    /// <param name="dtype">Default <see cref="Config.Floatx"/>.</param>
    /// <param name="sparse">Whether the result is sparse, which no tensor is. Default no.</param>
    /// <exception cref="ArgumentException">There are no classes.</exception>
    /// <exception cref="NotSupportedException">A sparse tensor is asked for.</exception>
    public static Tensor MultiHot(Tensor inputs, int numClasses, int axis = -1, DType? dtype = null, bool sparse = false)
    {
        Dense(sparse, "multi_hot");
        return Cast(Any(OneHot(AsInt32(inputs), numClasses, axis, DType.Bool), inputs.Rank > 1 ? 1 : 0), dtype ?? Config.Floatx);
    }

    /// <summary>How near two signals are to each other in decibels: the peak over the root of the mean square difference. Infinite where
    /// they are equal.</summary>
    /// <param name="x1">A signal.</param>
    /// <param name="x2">Another one of the same shape.</param>
    /// <param name="maxVal">The largest value possible.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor Psnr(Tensor x1, Tensor x2, double maxVal) => x1.Shape.Matches(x2.Shape)
        ? 20 * Math.Log10(maxVal) - 10 * Log10(Mean(Square(AsFloating(x1) - AsFloating(x2))))
        : throw Errors.Argument("psnr", "the shapes differ", x1.Shape, x2.Shape);
}
