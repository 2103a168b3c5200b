namespace Keras.Layers;

/// <summary>A convolution of each channel of (batch, spatial…, channels), or channels first, on its own.</summary>
public abstract class DepthwiseConvolutional : SpatialConvolution
{
    Variable? _kernel;

    private protected DepthwiseConvolutional(int rank, Axes kernelSize, Axes? strides, Padding padding, int depthMultiplier,
        DataFormat dataFormat, Axes? dilationRate, ActivationFunction? activation, bool useBias, Initializer? depthwiseInitializer,
        Initializer? biasInitializer, Regularizer? depthwiseRegularizer, Regularizer? biasRegularizer, Regularizer? activityRegularizer,
        Constraint? depthwiseConstraint, Constraint? biasConstraint, string? name, DTypePolicy? dtype, bool trainable)
        : base(rank, kernelSize, strides, padding, dataFormat, dilationRate, activation, useBias, biasInitializer, biasRegularizer,
            activityRegularizer, biasConstraint, name, dtype, trainable)
    {
        DepthMultiplier = Positive("depth_multiplier", depthMultiplier);
        DepthwiseInitializer = depthwiseInitializer ?? "glorot_uniform";
        (DepthwiseRegularizer, DepthwiseConstraint) = (depthwiseRegularizer, depthwiseConstraint);
    }

    /// <summary>How many channels of the output each channel of the input gives.</summary>
    public int DepthMultiplier { get; }

    /// <summary>The first kernel.</summary>
    public Initializer DepthwiseInitializer { get; }

    /// <summary>A penalty on the kernel, if any.</summary>
    public Regularizer? DepthwiseRegularizer { get; }

    /// <summary>A rule for the kernel, if any.</summary>
    public Constraint? DepthwiseConstraint { get; }

    /// <summary>The kernel, (window…, channels, multiplier); <c>null</c> before the layer is built.</summary>
    public Variable? Kernel => _kernel;

    private protected override int BuildKernels(int channels, Shape inputShape)
    {
        _kernel = AddWeight(Shape.Of([.. KernelSize, channels, DepthMultiplier]), DepthwiseInitializer, regularizer: DepthwiseRegularizer,
            constraint: DepthwiseConstraint, name: "kernel");
        return checked(channels * DepthMultiplier);
    }

    private protected override Tensor Convolve(Tensor x) => Ops.DepthwiseConv(x, _kernel!.Value, Strides, Padding, DataFormat, DilationRate);
}
