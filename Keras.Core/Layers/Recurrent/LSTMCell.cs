namespace Keras.Layers;

/// <summary>One step of <see cref="LSTM"/>, as <c>keras.layers.LSTMCell</c>. Its states are the output and the memory; the last axis of the
/// kernels holds the gates for input, forgetting, candidate and output.</summary>
public sealed class LSTMCell : RecurrentCell
{
    /// <summary>Chooses the size and what belongs to the weights.</summary>
    /// <param name="units">The size of the states and of the output, 1 or more.</param>
    /// <param name="activation">Applied to the candidate and to the memory. Default tanh.</param>
    /// <param name="recurrentActivation">Applied to the gates. Default sigmoid.</param>
    /// <param name="useBias">Whether a bias is added. Default true.</param>
    /// <param name="kernelInitializer">The first kernel, (inputs, 4 · units). Default glorot_uniform.</param>
    /// <param name="recurrentInitializer">The first kernel of the state, (units, 4 · units). Default orthogonal.</param>
    /// <param name="biasInitializer">The first bias, (4 · units,). Default zeros.</param>
    /// <param name="unitForgetBias">Whether the bias of the gate for forgetting begins at 1. Default true.</param>
    /// <param name="kernelRegularizer">A penalty on the kernel. Default none.</param>
    /// <param name="recurrentRegularizer">A penalty on the kernel of the state. Default none.</param>
    /// <param name="biasRegularizer">A penalty on the bias. Default none.</param>
    /// <param name="kernelConstraint">A rule for the kernel. Default none.</param>
    /// <param name="recurrentConstraint">A rule for the kernel of the state. Default none.</param>
    /// <param name="biasConstraint">A rule for the bias. Default none.</param>
    /// <param name="dropout">The probability that an element of the input is dropped in training. Default 0.</param>
    /// <param name="recurrentDropout">The probability that an element of the state is dropped in training. Default 0. Where there is any, each
    /// gate has masks of its own.</param>
    /// <param name="seed">The seed of dropout. Default one drawn now.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">There are no units, or a rate is outside of [0, 1].</exception>
    public LSTMCell(int units, ActivationFunction? activation = null, ActivationFunction? recurrentActivation = null, bool useBias = true,
        Initializer? kernelInitializer = null, Initializer? recurrentInitializer = null, Initializer? biasInitializer = null,
        bool unitForgetBias = true, Regularizer? kernelRegularizer = null, Regularizer? recurrentRegularizer = null,
        Regularizer? biasRegularizer = null, Constraint? kernelConstraint = null, Constraint? recurrentConstraint = null,
        Constraint? biasConstraint = null, double dropout = 0, double recurrentDropout = 0, int? seed = null, string? name = null,
        DTypePolicy? dtype = null, bool trainable = true)
        : base(activation, useBias, kernelInitializer, recurrentInitializer, biasInitializer, kernelRegularizer, recurrentRegularizer,
            biasRegularizer, kernelConstraint, recurrentConstraint, biasConstraint, dropout, recurrentDropout, seed, name, dtype, trainable)
    {
        Units = units > 0 ? units : throw Errors.Argument(Who, "units is not positive", "1 or more", units);
        (RecurrentActivation, UnitForgetBias) = (recurrentActivation ?? "sigmoid", unitForgetBias);
    }

    /// <summary>The size of the states and of the output.</summary>
    public int Units { get; }

    /// <summary>Applied to the gates.</summary>
    public ActivationFunction RecurrentActivation { get; }

    /// <summary>Whether the bias of the gate for forgetting begins at 1.</summary>
    public bool UnitForgetBias { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Shape> StateSize => [[Units], [Units]];

    private protected override RecurrentKind? Whole => Activation.Name == "tanh" && RecurrentActivation.Name == "sigmoid" ? RecurrentKind.Lstm : null;

    private protected override int MaskCount => RecurrentDropout > 0 ? 4 : 1;

    /// <inheritdoc/>
    protected override void BuildWeights(Shape inputShape) =>
        AddWeights([inputShape[-1], 4 * Units], [Units, 4 * Units], [4 * Units], UnitForgetBias ? new ForgetBias(BiasInitializer) : null);

    private protected override (Tensor Output, IReadOnlyList<Tensor> States) Compute(Tensor x, IReadOnlyList<Tensor> states, IReadOnlyList<Nest> inputMasks, IReadOnlyList<Nest> stateMasks)
    {
        var z = Gates(x, Kernel!.Value, 4, inputMasks, Ops.Matmul) + Gates(states[0], RecurrentKernel!.Value, 4, stateMasks, Ops.Matmul);
        return Finish(Bias is null ? z : z + Bias.Value, states[1], -1, Activation, RecurrentActivation);
    }

    /// <summary>From the gates before their activations and the memory to the output and the states.</summary>
    internal static (Tensor Output, IReadOnlyList<Tensor> States) Finish(Tensor z, Tensor memory, int axis, ActivationFunction activation, ActivationFunction recurrentActivation)
    {
        var gates = Ops.Split(z, 4, axis);
        var (input, forget) = (recurrentActivation.Apply(gates[0]), recurrentActivation.Apply(gates[1]));
        var c = forget * memory + input * activation.Apply(gates[2]);
        var h = recurrentActivation.Apply(gates[3]) * activation.Apply(c);
        return (h, [h, c]);
    }

    /// <summary>Ones for the second of four gates, so that nothing is forgotten at first (Jozefowicz et al., 2015).</summary>
    internal sealed class ForgetBias(Initializer others) : Initializer
    {
        public override Tensor Apply(Shape shape, DType? dtype = null)
        {
            Shape unit = [shape[0] / 4];
            return Ops.Concatenate([others.Apply(unit, dtype), Ops.Ones(unit, dtype), others.Apply([shape[0] / 2], dtype)], 0);
        }
    }
}
