namespace Keras.Layers;

/// <summary>One step of <see cref="GRU"/>, as <c>keras.layers.GRUCell</c>. The last axis of the kernels holds the gates for update, reset and candidate.</summary>
public sealed class GRUCell : RecurrentCell
{
    /// <summary>Chooses the size and what belongs to the weights.</summary>
    /// <param name="units">The size of the state and of the output, 1 or more.</param>
    /// <param name="activation">Applied to the candidate. Default tanh.</param>
    /// <param name="recurrentActivation">Applied to the gates. Default sigmoid.</param>
    /// <param name="useBias">Whether a bias is added. Default true.</param>
    /// <param name="kernelInitializer">The first kernel, (inputs, 3 · units). Default glorot_uniform.</param>
    /// <param name="recurrentInitializer">The first kernel of the state, (units, 3 · units). Default orthogonal.</param>
    /// <param name="biasInitializer">The first bias, (2, 3 · units) with <paramref name="resetAfter"/>, else (3 · units,). Default zeros.</param>
    /// <param name="kernelRegularizer">A penalty on the kernel. Default none.</param>
    /// <param name="recurrentRegularizer">A penalty on the kernel of the state. Default none.</param>
    /// <param name="biasRegularizer">A penalty on the bias. Default none.</param>
    /// <param name="kernelConstraint">A rule for the kernel. Default none.</param>
    /// <param name="recurrentConstraint">A rule for the kernel of the state. Default none.</param>
    /// <param name="biasConstraint">A rule for the bias. Default none.</param>
    /// <param name="dropout">The probability that an element of the input is dropped in training. Default 0.</param>
    /// <param name="recurrentDropout">The probability that an element of the state is dropped in training. Default 0. Where there is any, each
    /// gate has masks of its own.</param>
    /// <param name="resetAfter">Whether the state is reset after its product with the kernel, not before. Default true.</param>
    /// <param name="seed">The seed of dropout. Default one drawn now.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">There are no units, or a rate is outside of [0, 1].</exception>
    public GRUCell(int units, ActivationFunction? activation = null, ActivationFunction? recurrentActivation = null, bool useBias = true,
        Initializer? kernelInitializer = null, Initializer? recurrentInitializer = null, Initializer? biasInitializer = null,
        Regularizer? kernelRegularizer = null, Regularizer? recurrentRegularizer = null, Regularizer? biasRegularizer = null,
        Constraint? kernelConstraint = null, Constraint? recurrentConstraint = null, Constraint? biasConstraint = null, double dropout = 0,
        double recurrentDropout = 0, bool resetAfter = true, int? seed = null, string? name = null, DTypePolicy? dtype = null, bool trainable = true)
        : base(activation, useBias, kernelInitializer, recurrentInitializer, biasInitializer, kernelRegularizer, recurrentRegularizer,
            biasRegularizer, kernelConstraint, recurrentConstraint, biasConstraint, dropout, recurrentDropout, seed, name, dtype, trainable)
    {
        Units = units > 0 ? units : throw Errors.Argument(Who, "units is not positive", "1 or more", units);
        (RecurrentActivation, ResetAfter) = (recurrentActivation ?? "sigmoid", resetAfter);
    }

    /// <summary>The size of the state and of the output.</summary>
    public int Units { get; }

    /// <summary>Applied to the gates.</summary>
    public ActivationFunction RecurrentActivation { get; }

    /// <summary>Whether the state is reset after its product with the kernel.</summary>
    public bool ResetAfter { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Shape> StateSize => [[Units]];

    private protected override RecurrentKind? Whole => Activation.Name != "tanh" || RecurrentActivation.Name != "sigmoid" ? null
        : ResetAfter ? RecurrentKind.Gru : RecurrentKind.GruResetBefore;

    private protected override int MaskCount => RecurrentDropout > 0 ? 3 : 1;

    /// <inheritdoc/>
    protected override void BuildWeights(Shape inputShape) =>
        AddWeights([inputShape[-1], 3 * Units], [Units, 3 * Units], ResetAfter ? [2, 3 * Units] : [3 * Units]);

    private protected override (Tensor Output, IReadOnlyList<Tensor> States) Compute(Tensor x, IReadOnlyList<Tensor> states, IReadOnlyList<Nest> inputMasks, IReadOnlyList<Nest> stateMasks)
    {
        var (h, kernel) = (states[0], RecurrentKernel!.Value);
        Tensor?[] biases = Bias is null ? [null, null] : ResetAfter ? [.. Ops.Unstack(Bias.Value)] : [Bias.Value, null];
        var inputs = Ops.Split(Add(Gates(x, Kernel!.Value, 3, inputMasks, Ops.Matmul), biases[0]), 3, -1);
        Axes border = [2 * Units];
        // Where the state is reset before, the last product waits for the reset.
        var early = ResetAfter ? kernel : Ops.Split(kernel, border, -1)[0];
        var products = Ops.Split(Add(Gates(h, early, ResetAfter ? 3 : 2, stateMasks, Ops.Matmul), biases[1]), ResetAfter ? 3 : 2, -1);
        var update = RecurrentActivation.Apply(inputs[0] + products[0]);
        var reset = RecurrentActivation.Apply(inputs[1] + products[1]);
        var recurrent = ResetAfter ? reset * products[2]
            : Ops.Matmul(reset * Masked(h, stateMasks, 2), Ops.Split(kernel, border, -1)[1]);
        var next = update * h + (1 - update) * Activation.Apply(inputs[2] + recurrent);
        return (next, [next]);
    }

    static Tensor Add(Tensor x, Tensor? bias) => bias is null ? x : x + bias;
}
