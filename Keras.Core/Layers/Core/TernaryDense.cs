namespace Keras.Layers;

/// <summary>A <see cref="Dense"/> whose kernel counts as −1, 0 and 1 alone, as <c>keras.layers.TernaryDense</c> (BitNet b1.58, Ma et al., 2024): an
/// element up to a threshold is 0, of another the sign counts. Gradients pass the kernel as if it were itself.</summary>
[ConfigKeys(Presence.Always, "activity_regularizer")]
public sealed class TernaryDense : Projection
{
    /// <summary>Chooses the number of units, the threshold and what belongs to the weights.</summary>
    /// <param name="units">The size of the last axis of the output, 1 or more.</param>
    /// <param name="threshold">Up to which absolute value an element counts as 0. Default half the mean of the absolute values, and then the product is
    /// multiplied by that mean.</param>
    /// <param name="useBias">Whether a bias is added. Default true.</param>
    /// <inheritdoc cref="Projection(ActivationFunction?, Initializer?, Initializer?, Regularizer?, Regularizer?, Regularizer?, Constraint?, Constraint?, string?, DTypePolicy?, bool)" path="/param"/>
    /// <exception cref="ArgumentException">There are no units, or the threshold is negative.</exception>
    public TernaryDense(int units, double? threshold = null, ActivationFunction? activation = null, bool useBias = true,
        Initializer? kernelInitializer = null, Initializer? biasInitializer = null, Regularizer? kernelRegularizer = null,
        Regularizer? biasRegularizer = null, Regularizer? activityRegularizer = null, Constraint? kernelConstraint = null,
        Constraint? biasConstraint = null, string? name = null, DTypePolicy? dtype = null, bool trainable = true)
        : base(activation, kernelInitializer, biasInitializer, kernelRegularizer, biasRegularizer, activityRegularizer, kernelConstraint,
            biasConstraint, name, dtype, trainable)
    {
        Units = units > 0 ? units : throw Errors.Argument(Who, "units is not positive", "1 or more", units);
        Threshold = threshold is not (< 0 or double.NaN) ? threshold : throw Errors.Argument(Who, "threshold is negative", "0 or more", threshold);
        UseBias = useBias;
        SupportsMasking = true;
        InputSpec = [new InputSpec(MinNdim: 2)];
    }

    /// <summary>The size of the last axis of the output.</summary>
    public int Units { get; }

    /// <summary>Up to which absolute value an element counts as 0, where given.</summary>
    public double? Threshold { get; }

    /// <summary>Whether a bias is added.</summary>
    public bool UseBias { get; }

    /// <inheritdoc/>
    protected override void BuildWeights(Shape inputShape)
    {
        AddKernel([inputShape[-1], Units]);
        if (UseBias) AddBias([Units]);
        InputSpec = [new InputSpec(MinNdim: 2, Axes: new Dictionary<int, int> { [-1] = inputShape[-1] })];
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        var kernel = Kernel!.Value;
        var sizes = Ops.Absolute(kernel);
        var mean = Ops.Mean(sizes);
        var signs = Ops.Where(Ops.Greater(sizes, Threshold is { } least ? least : mean * 0.5), Ops.Sign(kernel), 0);
        var product = Ops.Matmul(x, kernel + Ops.StopGradient(signs - kernel));
        return Finish(Threshold is null ? product * mean : product);
    }
}
