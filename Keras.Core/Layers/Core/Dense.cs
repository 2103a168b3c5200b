namespace Keras.Layers;

/// <summary>activation(x · kernel + bias) along the last axis, as <c>keras.layers.Dense</c>.</summary>
public sealed class Dense : ActivatedLayer
{
    Variable? _kernel;
    Variable? _bias;

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
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">There are no units.</exception>
    public Dense(int units, ActivationFunction? activation = null, bool useBias = true, Initializer? kernelInitializer = null,
        Initializer? biasInitializer = null, Regularizer? kernelRegularizer = null, Regularizer? biasRegularizer = null,
        Regularizer? activityRegularizer = null, Constraint? kernelConstraint = null, Constraint? biasConstraint = null,
        string? name = null, DTypePolicy? dtype = null, bool trainable = true)
        : base(activation, name, dtype, trainable, activityRegularizer)
    {
        Units = units > 0 ? units : throw Errors.Argument(Who, "units is not positive", "1 or more", units);
        UseBias = useBias;
        (KernelInitializer, BiasInitializer) = (kernelInitializer ?? "glorot_uniform", biasInitializer ?? "zeros");
        (KernelRegularizer, BiasRegularizer) = (kernelRegularizer, biasRegularizer);
        (KernelConstraint, BiasConstraint) = (kernelConstraint, biasConstraint);
        SupportsMasking = true;
        InputSpec = [new InputSpec(MinNdim: 2)];
    }

    /// <summary>The size of the last axis of the output.</summary>
    public int Units { get; }

    /// <summary>Whether a bias is added.</summary>
    public bool UseBias { get; }

    /// <summary>The first kernel.</summary>
    public Initializer KernelInitializer { get; }

    /// <summary>The first bias.</summary>
    public Initializer BiasInitializer { get; }

    /// <summary>A penalty on the kernel, if any.</summary>
    public Regularizer? KernelRegularizer { get; }

    /// <summary>A penalty on the bias, if any.</summary>
    public Regularizer? BiasRegularizer { get; }

    /// <summary>A rule for the kernel, if any.</summary>
    public Constraint? KernelConstraint { get; }

    /// <summary>A rule for the bias, if any.</summary>
    public Constraint? BiasConstraint { get; }

    /// <summary>The kernel, (inputs, units); <c>null</c> before the layer is built.</summary>
    public Variable? Kernel => _kernel;

    /// <summary>The bias, (units,); <c>null</c> before the layer is built, or without one.</summary>
    public Variable? Bias => _bias;

    /// <inheritdoc/>
    protected override void BuildWeights(Shape inputShape)
    {
        _kernel = AddWeight([inputShape[-1], Units], KernelInitializer, regularizer: KernelRegularizer, constraint: KernelConstraint, name: "kernel");
        if (UseBias) _bias = AddWeight([Units], BiasInitializer, regularizer: BiasRegularizer, constraint: BiasConstraint, name: "bias");
        InputSpec = [new InputSpec(MinNdim: 2, Axes: new Dictionary<int, int> { [-1] = inputShape[-1] })];
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        var y = Ops.Matmul(x, _kernel!.Value);
        return Activation.Apply(_bias is null ? y : y + _bias.Value);
    }
}
