namespace Keras.Layers;

/// <summary>Filters that slide over the spatial axes of (batch, spatial…, channels), or channels first.</summary>
public abstract class Convolutional : SpatialConvolution
{
    Variable? _kernel;

    private protected Convolutional(int rank, int filters, Axes kernelSize, Axes? strides, Padding padding, DataFormat dataFormat,
        Axes? dilationRate, int groups, ActivationFunction? activation, bool useBias, Initializer? kernelInitializer,
        Initializer? biasInitializer, Regularizer? kernelRegularizer, Regularizer? biasRegularizer, Regularizer? activityRegularizer,
        Constraint? kernelConstraint, Constraint? biasConstraint, int? loraRank, double? loraAlpha, string? name, DTypePolicy? dtype,
        bool trainable, bool causal = false)
        : base(rank, kernelSize, strides, padding, dataFormat, dilationRate, activation, useBias, biasInitializer, biasRegularizer,
            activityRegularizer, biasConstraint, name, dtype, trainable, causal)
    {
        (LoraRank, LoraAlpha) = (loraRank, loraRank is null ? null : loraAlpha ?? loraRank);
        (Filters, Groups) = (Positive("filters", filters), Positive("groups", groups));
        if (filters % groups != 0)
            throw Errors.Argument(Who, "filters do not divide into the groups", $"a multiple of groups, {groups}", filters);
        (KernelInitializer, KernelRegularizer, KernelConstraint) = (kernelInitializer ?? "glorot_uniform", kernelRegularizer, kernelConstraint);
    }

    /// <summary>The number of filters: the channels of the output.</summary>
    public int Filters { get; }

    /// <summary>Into how many groups the channels are split, each with filters of its own.</summary>
    public int Groups { get; }

    /// <summary>The first kernel.</summary>
    public Initializer KernelInitializer { get; }

    /// <summary>A penalty on the kernel, if any.</summary>
    public Regularizer? KernelRegularizer { get; }

    /// <summary>A rule for the kernel, if any.</summary>
    public Constraint? KernelConstraint { get; }

    /// <summary>The rank of a trained addition to a frozen kernel, where asked for.</summary>
    public int? LoraRank { get; }

    /// <summary>What the addition is scaled by, divided by its rank.</summary>
    public double? LoraAlpha { get; }

    /// <summary>The kernel, (window…, channels / groups, filters); <c>null</c> before the layer is built.</summary>
    public Variable? Kernel => _kernel;

    private protected override int BuildKernels(int channels, Shape inputShape)
    {
        QuantizationConfig.RefuseLora(Who, LoraRank);
        if (channels % Groups != 0)
            throw Errors.Argument(Who, "the channels do not divide into the groups", $"a multiple of groups, {Groups}", inputShape);
        _kernel = AddWeight(Shape.Of([.. KernelSize, channels / Groups, Filters]), KernelInitializer, regularizer: KernelRegularizer,
            constraint: KernelConstraint, name: "kernel");
        return Filters;
    }

    private protected override Tensor Convolve(Tensor x) => Convolve(x, Padding);

    private protected Tensor Convolve(Tensor x, Padding padding) => Ops.Conv(x, _kernel!.Value, Strides, padding, DataFormat, DilationRate);
}
