namespace Keras.Layers;

/// <summary>A product with a kernel, then a bias and an activation.</summary>
public abstract class Projection : ActivatedLayer
{
    /// <summary>Chooses what belongs to the weights.</summary>
    /// <param name="activation">Applied to the result. Default none.</param>
    /// <param name="kernelInitializer">The first kernel. Default glorot_uniform.</param>
    /// <param name="biasInitializer">The first bias. Default zeros.</param>
    /// <param name="kernelRegularizer">A penalty on the kernel. Default none.</param>
    /// <param name="biasRegularizer">A penalty on the bias. Default none.</param>
    /// <param name="kernelConstraint">A rule for the kernel. Default none.</param>
    /// <param name="biasConstraint">A rule for the bias. Default none.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    private protected Projection(ActivationFunction? activation, Initializer? kernelInitializer, Initializer? biasInitializer,
        Regularizer? kernelRegularizer, Regularizer? biasRegularizer, Regularizer? activityRegularizer, Constraint? kernelConstraint,
        Constraint? biasConstraint, string? name, DTypePolicy? dtype, bool trainable) : base(activation, name, dtype, trainable, activityRegularizer)
    {
        (KernelInitializer, BiasInitializer) = (kernelInitializer ?? "glorot_uniform", biasInitializer ?? "zeros");
        (KernelRegularizer, BiasRegularizer) = (kernelRegularizer, biasRegularizer);
        (KernelConstraint, BiasConstraint) = (kernelConstraint, biasConstraint);
    }

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

    /// <summary>The kernel; <c>null</c> before the layer is built.</summary>
    public Variable? Kernel { get; private set; }

    /// <summary>The bias; <c>null</c> before the layer is built, or without one.</summary>
    public Variable? Bias { get; private set; }

    private protected void AddKernel(Shape shape, Initializer? initializer = null) =>
        Kernel = AddWeight(shape, initializer ?? KernelInitializer, regularizer: KernelRegularizer, constraint: KernelConstraint, name: "kernel");

    private protected void AddBias(Shape shape) =>
        Bias = AddWeight(shape, BiasInitializer, regularizer: BiasRegularizer, constraint: BiasConstraint, name: "bias");

    /// <summary>The bias and the activation behind the product.</summary>
    private protected Tensor Finish(Tensor product) => Activation.Apply(Bias is null ? product : product + Bias.Value);
}
