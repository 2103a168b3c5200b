namespace Keras.Layers;

/// <summary>A step repeated along the time axis of (batch, time, …).</summary>
/// <param name="Step">From the input of a step and the states to the output and the next states.</param>
sealed record Recurrence(Func<Tensor, IReadOnlyList<Tensor>, (Tensor Output, IReadOnlyList<Tensor> States)> Step)
{
    /// <summary>Which steps count, (batch, time); others leave the states as they are.</summary>
    internal Tensor? Mask { get; init; }

    /// <summary>Whether to begin at the last step; outputs come in the order in which they are computed.</summary>
    internal bool Backwards { get; init; }

    /// <summary>Whether the outputs of all steps are wanted, not that of the last one.</summary>
    internal bool Sequences { get; init; }

    /// <summary>Whether the output of a step that does not count is zero, not that of the step before.</summary>
    internal bool ZeroMasked { get; init; }

    /// <summary>Whether each step becomes a part of the graph of its own.</summary>
    internal bool Unroll { get; init; }

    bool CarriesOutput => !Sequences || (Mask is not null && !ZeroMasked);

    /// <summary>Zeros; where a dimension is unknown, what stands for them.</summary>
    internal static Tensor Zeros(TensorType type) => type.Shape.IsKnown ? Ops.Zeros(type.Shape, type.DType) : StandIn(type);

    /// <summary>A tensor that has a type but never a value.</summary>
    internal static Tensor StandIn(TensorType type) => new Placeholder(type, "step").On();

    /// <summary>The type of one step of a sequence.</summary>
    internal static TensorType StepType(Tensor x) => x.Type.As(Shape.Of([x.Shape[0], .. x.Shape.Dims[2..]]));

    /// <summary>The inputs of a layer that is to begin with states of one's own.</summary>
    internal static Nest Begun(Tensor x, Nest initialState, Tensor? mask)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(initialState);
        return Nest.List([Layer.Masked(x, mask), .. initialState.Flatten().Select(s => (Nest)s)]);
    }

    /// <summary>The output, and the states after the last step.</summary>
    internal (Tensor Output, IReadOnlyList<Tensor> States) Run(Tensor x, IReadOnlyList<Tensor> states) =>
        Unroll && x.Shape[1] > 0 ? RunUnrolled(x, states) : RunScan(x, states);

    (Tensor Output, IReadOnlyList<Tensor> States) RunScan(Tensor x, IReadOnlyList<Tensor> states)
    {
        var count = states.Count;
        IReadOnlyList<Tensor> init = CarriesOutput ? [.. states, FirstOutput(x, states)] : states;
        var (carry, ys) = Ops.Scan((carry, rows) =>
        {
            var (output, next) = Masked(rows[0], rows.Count > 1 ? rows[1] : null, [.. carry.Take(count)], CarriesOutput ? carry[count] : null);
            return (CarriesOutput ? [.. next, output] : next, Sequences ? [output] : []);
        }, init, Mask is null ? [SwapTime(x)] : [SwapTime(x), SwapTime(Mask)], reverse: Backwards);
        var output = Sequences ? SwapTime(Backwards ? Ops.Flip(ys[0], 0) : ys[0]) : carry[count];
        return (output, [.. carry.Take(count)]);
    }

    (Tensor Output, IReadOnlyList<Tensor> States) RunUnrolled(Tensor x, IReadOnlyList<Tensor> states)
    {
        var (rows, masks) = (Ops.Unstack(x, axis: 1), Mask is null ? null : Ops.Unstack(Mask, axis: 1));
        var outputs = new List<Tensor>();
        var previous = CarriesOutput ? FirstOutput(x, states) : null;
        for (var i = 0; i < rows.Count; i++)
        {
            var at = Backwards ? rows.Count - 1 - i : i;
            (var output, states) = Masked(rows[at], masks?[at], states, previous);
            outputs.Add(output);
            previous = output;
        }
        return (Sequences ? Ops.Stack(outputs, 1) : outputs[^1], states);
    }

    (Tensor Output, IReadOnlyList<Tensor> States) Masked(Tensor x, Tensor? mask, IReadOnlyList<Tensor> states, Tensor? previous)
    {
        var (output, next) = Step(x, states);
        next = [.. next.Select((s, i) => Ops.Cast(s, states[i].DType))];
        if (mask is null) return (output, next);
        var masked = Ops.Where(Along(mask, output), output, previous ?? Ops.ZerosLike(output));
        return (masked, [.. next.Select((s, i) => Ops.Where(Along(mask, s), s, states[i]))]);
    }

    static Tensor Along(Tensor mask, Tensor x) => Ops.Reshape(mask, Shape.Of([mask.Shape[0], .. Enumerable.Repeat(1, x.Rank - 1)]));

    /// <summary>What stands before the first output: zeros of its type, which is found by a step that is not kept.</summary>
    Tensor FirstOutput(Tensor x, IReadOnlyList<Tensor> states) => Zeros(Trace.Run(() =>
        Step(StandIn(StepType(x)), [.. states.Select(s => StandIn(s.Type))]).Output.Type).Result);

    /// <summary>Time first instead of the batch, or back.</summary>
    internal static Tensor SwapTime(Tensor x) => Ops.Transpose(x, [1, 0, .. Enumerable.Range(2, x.Rank - 2)]);
}
