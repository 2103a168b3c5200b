namespace Keras.Layers;

/// <summary>One step of <see cref="SimpleRNN"/>: activation(x · kernel + h · recurrent kernel + bias), as <c>keras.layers.SimpleRNNCell</c>.</summary>
public sealed class SimpleRNNCell : RecurrentCell
{
    /// <summary>Chooses the size and what belongs to the weights.</summary>
    /// <param name="units">The size of the state and of the output, 1 or more.</param>
    /// <param name="activation">Applied to the result. Default tanh.</param>
    /// <param name="useBias">Whether a bias is added. Default true.</param>
    /// <param name="kernelInitializer">The first kernel, (inputs, units). Default glorot_uniform.</param>
    /// <param name="recurrentInitializer">The first kernel of the state, (units, units). Default orthogonal.</param>
    /// <param name="biasInitializer">The first bias, (units,). Default zeros.</param>
    /// <param name="kernelRegularizer">A penalty on the kernel. Default none.</param>
    /// <param name="recurrentRegularizer">A penalty on the kernel of the state. Default none.</param>
    /// <param name="biasRegularizer">A penalty on the bias. Default none.</param>
    /// <param name="kernelConstraint">A rule for the kernel. Default none.</param>
    /// <param name="recurrentConstraint">A rule for the kernel of the state. Default none.</param>
    /// <param name="biasConstraint">A rule for the bias. Default none.</param>
    /// <param name="dropout">The probability that an element of the input is dropped in training. Default 0.</param>
    /// <param name="recurrentDropout">The probability that an element of the state is dropped in training. Default 0.</param>
    /// <param name="seed">The seed of dropout. Default one drawn now.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">There are no units, or a rate is outside of [0, 1].</exception>
    public SimpleRNNCell(int units, ActivationFunction? activation = null, bool useBias = true, Initializer? kernelInitializer = null,
        Initializer? recurrentInitializer = null, Initializer? biasInitializer = null, Regularizer? kernelRegularizer = null,
        Regularizer? recurrentRegularizer = null, Regularizer? biasRegularizer = null, Constraint? kernelConstraint = null,
        Constraint? recurrentConstraint = null, Constraint? biasConstraint = null, double dropout = 0, double recurrentDropout = 0,
        int? seed = null, string? name = null, DTypePolicy? dtype = null, bool trainable = true)
        : base(activation, useBias, kernelInitializer, recurrentInitializer, biasInitializer, kernelRegularizer, recurrentRegularizer,
            biasRegularizer, kernelConstraint, recurrentConstraint, biasConstraint, dropout, recurrentDropout, seed, name, dtype, trainable) =>
        Units = units > 0 ? units : throw Errors.Argument(Who, "units is not positive", "1 or more", units);

    /// <summary>The size of the state and of the output.</summary>
    public int Units { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Shape> StateSize => [[Units]];

    private protected override RecurrentKind? Whole => Activation.Name == "tanh" ? RecurrentKind.Simple : null;

    /// <inheritdoc/>
    protected override void BuildWeights(Shape inputShape) => AddWeights([inputShape[-1], Units], [Units, Units], [Units]);

    private protected override (Tensor Output, IReadOnlyList<Tensor> States) Compute(Tensor x, IReadOnlyList<Tensor> states, IReadOnlyList<Nest> inputMasks, IReadOnlyList<Nest> stateMasks)
    {
        var y = Ops.Matmul(Masked(x, inputMasks), Kernel!.Value);
        if (Bias is not null) y += Bias.Value;
        var h = Activation.Apply(y + Ops.Matmul(Masked(states[0], stateMasks), RecurrentKernel!.Value));
        return (h, [h]);
    }
}
