namespace Keras.Layers;

/// <summary>A convolution of each channel of (batch, spatial…, channels), or channels first, on its own, then one over the channels alone.</summary>
public abstract class SeparableConvolutional : SpatialConvolution
{
    Variable? _depthwiseKernel;
    Variable? _pointwiseKernel;

    private protected SeparableConvolutional(int rank, int filters, Axes kernelSize, Axes? strides, Padding padding, DataFormat dataFormat,
        Axes? dilationRate, int depthMultiplier, ActivationFunction? activation, bool useBias, Initializer? depthwiseInitializer,
        Initializer? pointwiseInitializer, Initializer? biasInitializer, Regularizer? depthwiseRegularizer, Regularizer? pointwiseRegularizer,
        Regularizer? biasRegularizer, Regularizer? activityRegularizer, Constraint? depthwiseConstraint, Constraint? pointwiseConstraint,
        Constraint? biasConstraint, string? name, DTypePolicy? dtype, bool trainable)
        : base(rank, kernelSize, strides, padding, dataFormat, dilationRate, activation, useBias, biasInitializer, biasRegularizer,
            activityRegularizer, biasConstraint, name, dtype, trainable)
    {
        (Filters, DepthMultiplier) = (Positive("filters", filters), Positive("depth_multiplier", depthMultiplier));
        (DepthwiseInitializer, PointwiseInitializer) = (depthwiseInitializer ?? "glorot_uniform", pointwiseInitializer ?? "glorot_uniform");
        (DepthwiseRegularizer, PointwiseRegularizer) = (depthwiseRegularizer, pointwiseRegularizer);
        (DepthwiseConstraint, PointwiseConstraint) = (depthwiseConstraint, pointwiseConstraint);
    }

    /// <summary>The channels of the output.</summary>
    public int Filters { get; }

    /// <summary>How many channels the depthwise convolution makes of each channel of the input.</summary>
    public int DepthMultiplier { get; }

    /// <summary>The first depthwise kernel.</summary>
    public Initializer DepthwiseInitializer { get; }

    /// <summary>A penalty on the depthwise kernel, if any.</summary>
    public Regularizer? DepthwiseRegularizer { get; }

    /// <summary>A rule for the depthwise kernel, if any.</summary>
    public Constraint? DepthwiseConstraint { get; }

    /// <summary>The first pointwise kernel.</summary>
    public Initializer PointwiseInitializer { get; }

    /// <summary>A penalty on the pointwise kernel, if any.</summary>
    public Regularizer? PointwiseRegularizer { get; }

    /// <summary>A rule for the pointwise kernel, if any.</summary>
    public Constraint? PointwiseConstraint { get; }

    /// <summary>The depthwise kernel, (window…, channels, multiplier); <c>null</c> before the layer is built.</summary>
    public Variable? DepthwiseKernel => _depthwiseKernel;

    /// <summary>The pointwise kernel, (1…, channels · multiplier, filters); <c>null</c> before the layer is built.</summary>
    public Variable? PointwiseKernel => _pointwiseKernel;

    private protected override int BuildKernels(int channels, Shape inputShape)
    {
        _depthwiseKernel = AddWeight(Shape.Of([.. KernelSize, channels, DepthMultiplier]), DepthwiseInitializer, regularizer: DepthwiseRegularizer,
            constraint: DepthwiseConstraint, name: "depthwise_kernel");
        _pointwiseKernel = AddWeight(Shape.Of([.. Enumerable.Repeat(1, Rank), checked(channels * DepthMultiplier), Filters]), PointwiseInitializer,
            regularizer: PointwiseRegularizer, constraint: PointwiseConstraint, name: "pointwise_kernel");
        return Filters;
    }

    private protected override Tensor Convolve(Tensor x) =>
        Ops.SeparableConv(x, _depthwiseKernel!.Value, _pointwiseKernel!.Value, Strides, Padding, DataFormat, DilationRate);
}
