namespace Keras.Layers;

/// <summary>The adjoint of a convolution: each element of (batch, spatial…, channels), or channels first, adds the filters, times its values,
/// to the output.</summary>
public abstract class ConvolutionalTranspose : SpatialConvolution
{
    Variable? _kernel;

    private protected ConvolutionalTranspose(int rank, int filters, Axes kernelSize, Axes? strides, Padding padding, Axes? outputPadding,
        DataFormat dataFormat, Axes? dilationRate, ActivationFunction? activation, bool useBias, Initializer? kernelInitializer,
        Initializer? biasInitializer, Regularizer? kernelRegularizer, Regularizer? biasRegularizer, Regularizer? activityRegularizer,
        Constraint? kernelConstraint, Constraint? biasConstraint, string? name, DTypePolicy? dtype, bool trainable)
        : base(rank, kernelSize, strides, padding, dataFormat, dilationRate, activation, useBias, biasInitializer, biasRegularizer,
            activityRegularizer, biasConstraint, name, dtype, trainable)
    {
        Filters = Positive("filters", filters);
        OutputPadding = outputPadding?.Expand(rank, Who, "output_padding", 0);
        if (OutputPadding is { } extra && extra.Zip(Strides).Any(p => p.First >= p.Second))
            throw Errors.Argument(Who, "output_padding is too large", $"less than strides, {Strides}", extra);
        (KernelInitializer, KernelRegularizer, KernelConstraint) = (kernelInitializer ?? "glorot_uniform", kernelRegularizer, kernelConstraint);
    }

    /// <summary>The number of filters: the channels of the output.</summary>
    public int Filters { get; }

    /// <summary>By how much the output is longer than the shortest one possible, one number a spatial axis; <c>null</c> for what the padding says.</summary>
    public Axes? OutputPadding { get; }

    /// <summary>The first kernel.</summary>
    public Initializer KernelInitializer { get; }

    /// <summary>A penalty on the kernel, if any.</summary>
    public Regularizer? KernelRegularizer { get; }

    /// <summary>A rule for the kernel, if any.</summary>
    public Constraint? KernelConstraint { get; }

    /// <summary>The kernel, (window…, filters, channels); <c>null</c> before the layer is built.</summary>
    public Variable? Kernel => _kernel;

    private protected override int BuildKernels(int channels, Shape inputShape)
    {
        _kernel = AddWeight(Shape.Of([.. KernelSize, Filters, channels]), KernelInitializer, regularizer: KernelRegularizer,
            constraint: KernelConstraint, name: "kernel");
        return Filters;
    }

    private protected override Tensor Convolve(Tensor x) =>
        Ops.ConvTranspose(x, _kernel!.Value, Strides, Padding, OutputPadding, DataFormat, DilationRate);
}
