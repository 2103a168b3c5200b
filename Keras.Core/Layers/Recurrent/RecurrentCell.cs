namespace Keras.Layers;

/// <summary>A cell with a kernel for its input and one for its state, and dropout whose masks all steps share.</summary>
[ConfigKeys(Presence.Never, "implementation")]
public abstract class RecurrentCell : RNNCell
{
    Variable? _kernel;
    Variable? _recurrentKernel;
    Variable? _bias;
    readonly SeedGenerator? _generator;

    private protected RecurrentCell(ActivationFunction? activation, bool useBias, Initializer? kernelInitializer, Initializer? recurrentInitializer,
        Initializer? biasInitializer, Regularizer? kernelRegularizer, Regularizer? recurrentRegularizer, Regularizer? biasRegularizer,
        Constraint? kernelConstraint, Constraint? recurrentConstraint, Constraint? biasConstraint, double dropout, double recurrentDropout,
        int? seed, string? name, DTypePolicy? dtype, bool trainable) : base(name, dtype, trainable)
    {
        (Activation, UseBias) = (activation ?? "tanh", useBias);
        (KernelInitializer, RecurrentInitializer, BiasInitializer) = (kernelInitializer ?? "glorot_uniform", recurrentInitializer ?? "orthogonal", biasInitializer ?? "zeros");
        (KernelRegularizer, RecurrentRegularizer, BiasRegularizer) = (kernelRegularizer, recurrentRegularizer, biasRegularizer);
        (KernelConstraint, RecurrentConstraint, BiasConstraint) = (kernelConstraint, recurrentConstraint, biasConstraint);
        (Dropout, RecurrentDropout, Seed) = (RandomRate.Check(Who, dropout), RandomRate.Check(Who, recurrentDropout), seed);
        if (dropout > 0 || recurrentDropout > 0) _generator = Track(new SeedGenerator(seed));
    }

    /// <summary>Applied to what becomes the output or the candidate for the state.</summary>
    public ActivationFunction Activation { get; }

    /// <summary>Whether a bias is added.</summary>
    public bool UseBias { get; }

    /// <summary>The first kernel.</summary>
    public Initializer KernelInitializer { get; }

    /// <summary>The first kernel of the state.</summary>
    public Initializer RecurrentInitializer { get; }

    /// <summary>The first bias.</summary>
    public Initializer BiasInitializer { get; }

    /// <summary>A penalty on the kernel, if any.</summary>
    public Regularizer? KernelRegularizer { get; }

    /// <summary>A penalty on the kernel of the state, if any.</summary>
    public Regularizer? RecurrentRegularizer { get; }

    /// <summary>A penalty on the bias, if any.</summary>
    public Regularizer? BiasRegularizer { get; }

    /// <summary>A rule for the kernel, if any.</summary>
    public Constraint? KernelConstraint { get; }

    /// <summary>A rule for the kernel of the state, if any.</summary>
    public Constraint? RecurrentConstraint { get; }

    /// <summary>A rule for the bias, if any.</summary>
    public Constraint? BiasConstraint { get; }

    /// <summary>The probability that an element of the input is dropped in training, the same at all steps.</summary>
    public double Dropout { get; }

    /// <summary>The probability that an element of the state is dropped in training, the same at all steps.</summary>
    public double RecurrentDropout { get; }

    /// <summary>The seed of dropout, where given.</summary>
    public int? Seed { get; }

    /// <summary>The kernel of the input; <c>null</c> before the cell is built.</summary>
    public Variable? Kernel => _kernel;

    /// <summary>The kernel of the state; <c>null</c> before the cell is built.</summary>
    public Variable? RecurrentKernel => _recurrentKernel;

    /// <summary>The bias; <c>null</c> before the cell is built, or without one.</summary>
    public Variable? Bias => _bias;

    /// <summary>How many masks of dropout a step has: one for all gates, or one for each.</summary>
    private protected virtual int MaskCount => 1;

    /// <summary>One step under the masks of dropout; both lists may be empty.</summary>
    private protected abstract (Tensor Output, IReadOnlyList<Tensor> States) Compute(Tensor x, IReadOnlyList<Tensor> states, IReadOnlyList<Nest> inputMasks, IReadOnlyList<Nest> stateMasks);

    /// <summary>The op that runs this cell over a whole sequence, where its activations are those of the op.</summary>
    private protected virtual RecurrentKind? Whole => null;

    /// <summary>All steps by one op: the states after each, in the order of computing, and the last ones; <c>null</c> where the cell asks for more
    /// than the op can do.</summary>
    internal (Tensor Sequence, Tensor[] Last)? RunWhole(Tensor x, IReadOnlyList<Tensor> states, Tensor? mask, Nest? drawn, bool reverse, bool training)
    {
        if (Whole is not { } kind || (training && RecurrentDropout > 0) || x.Rank != 3 || x.DType is not (DType.Float32 or DType.Float64)) return null;
        var (kernel, recurrent, bias) = (_kernel!.Value, _recurrentKernel!.Value, _bias?.Value);
        if (kernel.DType != x.DType || states.Any(s => s.DType != x.DType)) return null;
        if (drawn?.Items[0].Items is [var dropped, ..]) x *= Ops.ExpandDims(dropped.Tensor, 1);
        var op = new RecurrentSequence(kind, reverse, mask is not null, Saves: training);
        var second = kind != RecurrentKind.Gru ? null : bias is null ? Ops.Zeros([recurrent.Shape[1]], x.DType) : bias[1];
        var projected = Projected(x, kernel, bias is { Rank: 2 } ? bias[0] : bias);
        Tensor?[] inputs = [projected, .. states, recurrent, second, mask];
        var node = op.On([.. inputs.OfType<Tensor>()]);
        return (new Part(0).On(node), [.. states.Select((_, i) => new Part(1 + i).On(node))]);
    }

    // As one matrix, so that the bias becomes a part of the product.
    static Tensor Projected(Tensor x, Tensor kernel, Tensor? bias)
    {
        var flat = x.Shape.IsKnown ? Ops.Reshape(x, Shape.Of(x.Shape[0] * x.Shape[1], x.Shape[2])) : x;
        var y = Ops.Matmul(flat, kernel);
        if (bias is not null) y += bias;
        return x.Shape.IsKnown ? Ops.Reshape(y, x.Shape.With(2, kernel.Shape[1])) : y;
    }

    private protected void AddWeights(Shape kernel, Shape recurrentKernel, Shape bias, Initializer? biasInitializer = null)
    {
        _kernel = AddWeight(kernel, KernelInitializer, regularizer: KernelRegularizer, constraint: KernelConstraint, name: "kernel");
        _recurrentKernel = AddWeight(recurrentKernel, RecurrentInitializer, regularizer: RecurrentRegularizer, constraint: RecurrentConstraint, name: "recurrent_kernel");
        if (UseBias) _bias = AddWeight(bias, biasInitializer ?? BiasInitializer, regularizer: BiasRegularizer, constraint: BiasConstraint, name: "bias");
    }

    /// <inheritdoc/>
    protected override (Tensor Output, IReadOnlyList<Tensor> States) Call(Tensor x, IReadOnlyList<Tensor> states, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(x);
        return Step(x, states, context.Training ? Draw(x.Type, [.. states.Select(s => s.Type)]) : null, context);
    }

    private protected override (Tensor Output, IReadOnlyList<Tensor> States) Step(Tensor x, IReadOnlyList<Tensor> states, Nest? drawn, CallContext context) =>
        drawn is null && context.Training ? Call(x, states, context) : Compute(x, states, drawn?.Items[0].Items ?? [], drawn?.Items[1].Items ?? []);

    internal override bool IsList => true;

    internal override Nest Draw(TensorType x, IReadOnlyList<TensorType> states) => Nest.List(Masks(x, Dropout), Masks(states[0], RecurrentDropout));

    Nest Masks(TensorType type, double rate)
    {
        if (rate == 0) return Nest.List();
        type = type.As(Dtype.ComputeDType);
        var ones = type.Shape.IsKnown ? Ops.Ones(type.Shape, type.DType) : Ops.OnesLike(Recurrence.StandIn(type));
        return Nest.List(Enumerable.Range(0, MaskCount).Select(_ => (Nest)Random.Dropout(ones, rate, seed: _generator!)).ToArray());
    }

    private protected static Tensor Masked(Tensor x, IReadOnlyList<Nest> masks, int gate = 0) => masks.Count == 0 ? x : x * masks[Math.Min(gate, masks.Count - 1)].Tensor;

    /// <summary>The products with a kernel whose last axis holds the gates; each gate has the mask of its own where there are several.</summary>
    private protected static Tensor Gates(Tensor x, Tensor kernel, int gates, IReadOnlyList<Nest> masks, Func<Tensor, Tensor, Tensor> product, int axis = -1)
    {
        if (masks.Count < 2) return product(Masked(x, masks), kernel);
        var parts = Ops.Split(kernel, gates, -1);
        return Ops.Concatenate([.. parts.Select((part, gate) => product(Masked(x, masks, gate), part))], axis);
    }
}
