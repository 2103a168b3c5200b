namespace Keras.Layers;

/// <summary>activation(x · kernel + bias) along the last axis, as <c>keras.layers.Dense</c>.</summary>
public sealed class Dense : Projection
{
    /// <summary>Chooses the number of units and what belongs to the weights.</summary>
    /// <param name="units">The size of the last axis of the output, 1 or more.</param>
    /// <param name="activation">Applied to the result. Default none.</param>
    /// <param name="useBias">Whether a bias is added. Default true.</param>
    /// <param name="kernelInitializer">The first kernel, (inputs, units). Default glorot_uniform.</param>
    /// <param name="biasInitializer">The first bias, (units,). Default zeros.</param>
    /// <param name="kernelRegularizer">A penalty on the kernel. Default none.</param>
    /// <param name="biasRegularizer">A penalty on the bias. Default none.</param>
    /// <param name="kernelConstraint">A rule for the kernel. Default none.</param>
    /// <param name="biasConstraint">A rule for the bias. Default none.</param>
    /// <param name="loraRank">The rank of a trained addition to a frozen kernel. Not supported yet: the layer refuses it when it is built. Default none.</param>
    /// <param name="loraAlpha">What the addition is scaled by, divided by its rank. Default the rank.</param>
    /// <param name="quantizationConfig">How the kernel is quantized where the dtype policy says that it is. Default as the policy says.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">There are no units.</exception>
    public Dense(int units, ActivationFunction? activation = null, bool useBias = true, Initializer? kernelInitializer = null,
        Initializer? biasInitializer = null, Regularizer? kernelRegularizer = null, Regularizer? biasRegularizer = null,
        Regularizer? activityRegularizer = null, Constraint? kernelConstraint = null, Constraint? biasConstraint = null,
        int? loraRank = null, double? loraAlpha = null, QuantizationConfig? quantizationConfig = null, string? name = null, DTypePolicy? dtype = null,
        bool trainable = true)
        : base(activation, kernelInitializer, biasInitializer, kernelRegularizer, biasRegularizer, activityRegularizer, kernelConstraint,
            biasConstraint, name, dtype, trainable)
    {
        Units = units > 0 ? units : throw Errors.Argument(Who, "units is not positive", "1 or more", units);
        UseBias = useBias;
        (LoraRank, LoraAlpha, QuantizationConfig) = (loraRank, loraRank is null ? null : loraAlpha ?? loraRank, quantizationConfig);
        SupportsMasking = true;
        InputSpec = [new InputSpec(MinNdim: 2)];
    }

    /// <summary>The size of the last axis of the output.</summary>
    public int Units { get; }

    /// <summary>Whether a bias is added.</summary>
    public bool UseBias { get; }

    /// <summary>The rank of a trained addition to a frozen kernel, where asked for.</summary>
    public int? LoraRank { get; }

    /// <summary>What the addition is scaled by, divided by its rank.</summary>
    public double? LoraAlpha { get; }

    /// <summary>How the kernel is quantized, where given.</summary>
    public QuantizationConfig? QuantizationConfig { get; }

    /// <inheritdoc/>
    protected override void BuildWeights(Shape inputShape)
    {
        QuantizationConfig.RefuseLora(Who, LoraRank);
        AddKernel([inputShape[-1], Units]);
        if (UseBias) AddBias([Units]);
        InputSpec = [new InputSpec(MinNdim: 2, Axes: new Dictionary<int, int> { [-1] = inputShape[-1] })];
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Finish(Ops.Matmul(x, Kernel!.Value));
}
