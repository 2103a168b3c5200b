namespace Keras.Layers;

/// <summary>Applies a cell to each step of (batch, time, …) and carries its states from step to step, as <c>keras.layers.RNN</c>. A mask tells which
/// steps count; it is not passed on. With <see cref="ReturnState"/> the result is a list: the output, then the last states.</summary>
public class RNN : Layer
{
    Variable[] _states = [];

    /// <summary>Chooses the cell and what is returned.</summary>
    /// <param name="cell">What computes a step. An array of cells stands for <see cref="StackedRNNCells"/>.</param>
    /// <param name="returnSequences">Whether the outputs of all steps are returned, (batch, time, …), not only the last one. Default false.</param>
    /// <param name="returnState">Whether the last states are returned too. Default false.</param>
    /// <param name="goBackwards">Whether to begin at the last step; sequences are returned in the order of computing. Default false.</param>
    /// <param name="stateful">Whether a call begins with the states that the call before ended with. It needs a fixed batch size.
    /// Default false.</param>
    /// <param name="unroll">Whether each step becomes a part of the graph of its own. It needs a known number of steps. Default false.</param>
    /// <param name="zeroOutputForMask">Whether the output of a step that does not count is zero, not that of the step before. Default false.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    public RNN(RNNCell cell, bool returnSequences = false, bool returnState = false, bool goBackwards = false, bool stateful = false,
        bool unroll = false, bool zeroOutputForMask = false, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null) : base(name, dtype, trainable, activityRegularizer)
    {
        ArgumentNullException.ThrowIfNull(cell);
        Cell = Track(cell, "cell");
        (ReturnSequences, ReturnState, GoBackwards) = (returnSequences, returnState, goBackwards);
        (Stateful, Unroll, ZeroOutputForMask) = (stateful, unroll, zeroOutputForMask);
    }

    /// <summary>What computes a step.</summary>
    public RNNCell Cell { get; }

    /// <summary>Whether the outputs of all steps are returned.</summary>
    public bool ReturnSequences { get; }

    /// <summary>Whether the last states are returned too.</summary>
    public bool ReturnState { get; }

    /// <summary>Whether to begin at the last step.</summary>
    public bool GoBackwards { get; }

    /// <summary>Whether a call begins with the states that the call before ended with.</summary>
    public bool Stateful { get; }

    /// <summary>Whether each step becomes a part of the graph of its own.</summary>
    public bool Unroll { get; }

    /// <summary>Whether the output of a step that does not count is zero.</summary>
    public bool ZeroOutputForMask { get; internal set; }

    internal override bool IsBySample => !Stateful && base.IsBySample;

    /// <summary>What the sequence must be like; empty for anything of a batch and of steps.</summary>
    private protected InputSpec Sequence { get; set; } = new(MinNdim: 2);

    /// <summary>Applies the layer to a sequence, beginning with states of one's own. The same is a list of the sequence and the states.</summary>
    /// <param name="x">The sequence, (batch, time, …).</param>
    /// <param name="initialState">The states, in the order in which the layer returns them.</param>
    /// <param name="training">Whether to behave as in training. Default as the calls above say, else not.</param>
    /// <param name="mask">Which steps count, (batch, time). Default the mask of the sequence.</param>
    /// <exception cref="ArgumentException">Sequence or states do not fit the layer.</exception>
    public Nest Apply(Tensor x, Nest initialState, bool? training = null, Tensor? mask = null) =>
        Apply(Recurrence.Begun(x, initialState, mask), training);

    /// <summary>Sets the states that a stateful layer keeps back to those before the first step.</summary>
    /// <exception cref="InvalidOperationException">The layer is not stateful, or not built yet.</exception>
    public virtual void ResetState()
    {
        if (!Stateful) throw Errors.Invalid(Who, "only a stateful layer keeps states", "stateful: true", "stateful: false");
        if (!Built) throw Errors.Invalid(Who, "the layer has no states yet", "a built layer", "an unbuilt one", "Call it, or Build it for a shape.");
        var first = Cell.GetInitialState(_states[0].Shape[0]);
        for (var i = 0; i < _states.Length; i++) _states[i].Assign(Ops.Cast(first[i], _states[i].DType));
    }

    /// <inheritdoc/>
    protected override void Build(Nest inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        BuildWeights(inputs.Flatten()[0].Shape);
    }

    /// <inheritdoc/>
    protected override void BuildWeights(Shape inputShape)
    {
        Sequence.Check(Who, new TensorType(Dtype.ComputeDType, inputShape));
        if (Stateful && inputShape[0] == Shape.Unknown)
            throw Errors.Argument(Who, "a stateful layer needs a fixed batch size", "a known batch size", inputShape, "Name it in the Input: new Input(shape, batchSize: …).");
        Cell.Build(Shape.Of([inputShape[0], .. inputShape.Dims[2..]]));
        if (!Stateful) return;
        _states = Trace.Suspend(() => Cell.GetInitialState(inputShape[0]).Select(s =>
            new Variable(Ops.Cast(s, Dtype.VariableDType), trainable: false, "rnn_state") { Path = $"{NameScope.Path}/rnn_state" }).ToArray());
    }

    private protected override void Unbuild() => Sequence = Sequence with { Axes = null };

    /// <inheritdoc/>
    protected override Nest Call(Nest inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(context);
        var tensors = inputs.Flatten();
        var x = tensors[0];
        Sequence.Check(Who, x.Type);
        if (Unroll && x.Shape[1] == Shape.Unknown) throw Errors.Argument(Who, "steps of unknown number cannot be unrolled", "a known dimension at axis 1", x.Shape);
        var (output, states) = Run(x, First(x, [.. tensors.Skip(1)]), Steps(context.Mask, x), context.Training);
        for (var i = 0; i < _states.Length; i++) _states[i].Assign(Ops.Cast(states[i], _states[i].DType));
        output = Ops.Cast(output, Dtype.ComputeDType);
        return ReturnState ? Nest.List([output, .. Cell.Arrange([.. states.Select(s => Ops.Cast(s, Dtype.ComputeDType))])]) : output;
    }

    private protected virtual (Tensor Output, IReadOnlyList<Tensor> States) Run(Tensor x, IReadOnlyList<Tensor> states, Tensor? mask, bool training)
    {
        var drawn = training ? Cell.Draw(Recurrence.StepType(x), [.. states.Select(s => s.Type)]) : null;
        if (!Unroll && x.Shape[1] != 0 && Cell is RecurrentCell cell && cell.RunWhole(x, states, mask, drawn, GoBackwards, training) is var (sequence, last))
            return (Shown(sequence, last[0], mask), last);
        return new Recurrence((step, carried) => Cell.Advance(step, carried, drawn, training))
        {
            Mask = mask,
            Backwards = GoBackwards,
            Sequences = ReturnSequences,
            ZeroMasked = ZeroOutputForMask,
            Unroll = Unroll,
        }.Run(x, states);
    }

    /// <summary>The output where the state is known: it repeats the one before where a step does not count, and is zero before the first that does.</summary>
    Tensor Shown(Tensor sequence, Tensor last, Tensor? mask)
    {
        if (mask is null) return ReturnSequences ? sequence : last;
        if (!ReturnSequences) return Ops.Where(Ops.Any(mask, 1, keepdims: true), last, Ops.ZerosLike(last));
        if (GoBackwards) mask = Ops.Flip(mask, 1);
        var counts = ZeroOutputForMask ? mask : Ops.Cumsum(Ops.Cast(mask, DType.Int32), 1) > 0;
        return Ops.Where(Ops.ExpandDims(counts, -1), sequence, Ops.ZerosLike(sequence));
    }

    /// <summary>The states to begin with: those given, those kept, or the cell's.</summary>
    Tensor[] First(Tensor x, Tensor[] given)
    {
        Tensor[] states = given.Length > 0 ? given : Stateful ? [.. _states.Select(s => s.Value)] : [.. Cell.GetInitialState(x.Shape[0])];
        var sizes = Cell.StateSize;
        if (states.Length != sizes.Count) throw Errors.Argument(Who, "the number of states is wrong", sizes.Count, states.Length);
        for (var i = 0; i < states.Length; i++)
        {
            var wanted = Shape.Of(x.Shape[0]).Append(sizes[i]);
            if (!wanted.Matches(states[i].Shape))
                throw Errors.Argument(Who, given.Length == 0 ? "the batch size is not that of the states that the layer keeps" : $"the shape of state {i} does not fit the sequence",
                    given.Length == 0 ? states[i].Shape[0] : wanted, given.Length == 0 ? x.Shape[0] : states[i].Shape);
        }
        return states;
    }

    Tensor? Steps(Tensor? mask, Tensor x)
    {
        if (mask is null) return null;
        if (mask.Rank < 2 || !x.Shape.Slice(0, 2).Matches(mask.Shape.Slice(0, 2)))
            throw Errors.Argument(Who, "the mask does not fit the sequence", $"{x.Shape.Slice(0, 2)}", mask.Shape);
        mask = Ops.Cast(mask, DType.Bool);
        return mask.Rank == 2 ? mask : Ops.Any(mask, Axes.Create([.. Enumerable.Range(2, mask.Rank - 2)]));
    }
}
