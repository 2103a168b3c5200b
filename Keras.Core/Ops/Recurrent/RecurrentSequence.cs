namespace Keras;

/// <summary>A cell over all steps. Results: the state after each step in the order of computing, the last state, the last memory of an LSTM; with
/// <see cref="Saves"/> also gates and inner values, which the gradient is computed from.</summary>
sealed record RecurrentSequence(RecurrentKind Kind, bool Reverse, bool Masked, bool Saves) : RecurrentOp(Kind, Reverse, Masked)
{
    internal override bool Has(RecurrentInput input) => input switch
    {
        RecurrentInput.Projected or RecurrentInput.State or RecurrentInput.Kernel => true,
        RecurrentInput.Memory => HasMemory,
        RecurrentInput.Bias => HasBias,
        RecurrentInput.Mask => Masked,
        _ => false,
    };

    /// <summary>The place of the gates among the results; the inner values follow.</summary>
    internal int GatesPart => HasMemory ? 3 : 2;

    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var (state, steps) = (StateType(inputs), inputs[0].Shape[1]);
        if (inputs[0].Shape[2] is var width && width != Shape.Unknown && state.Shape[1] != Shape.Unknown && width != Gates * state.Shape[1])
            throw Wrong("the inputs do not fit the state", Gates * state.Shape[1], inputs[0].Shape);
        Check(inputs, state, steps);
        List<TensorType> parts = [Over(state, steps), state];
        if (HasMemory) parts.Add(state);
        if (Saves && HasGates) parts.Add(Over(state, steps, Gates));
        if (Saves && HasInner) parts.Add(Over(state, steps));
        return TensorType.Tuple([.. parts]);
    }

    internal override Tensor?[] VjpParts(Tensor result, Tensor?[] gradients)
    {
        for (var i = GatesPart; i < gradients.Length; i++)
            if (gradients[i] is not null) return base.VjpParts(result, gradients);
        Tensor[] inputs = [.. result.Inputs];
        var saved = Saves || !HasGates ? result : (this with { Saves = true }).On(inputs);
        var op = new RecurrentSequenceGradient(Kind, Reverse, Masked, gradients[0] is not null, gradients[1] is not null, HasMemory && gradients[2] is not null);
        var node = op.On([.. Sources(saved, inputs, gradients).OfType<Tensor>()]);
        var all = new Tensor?[inputs.Length];
        all[Place(RecurrentInput.Projected)] = Part(node, 0);
        all[Place(RecurrentInput.State)] = Part(node, 1);
        if (HasMemory) all[Place(RecurrentInput.Memory)] = Part(node, 2);
        all[Place(RecurrentInput.Kernel)] = Part(node, op.KernelPart);
        if (HasBias) all[Place(RecurrentInput.Bias)] = BiasGradient(Part(node, 0), Part(node, op.KernelPart + 1));
        return all;
    }

    IEnumerable<Tensor?> Sources(Tensor saved, Tensor[] inputs, Tensor?[] gradients) =>
    [
        HasGates ? Part(saved, GatesPart) : null, HasInner ? Part(saved, GatesPart + 1) : null, Part(saved, 0), Get(inputs, RecurrentInput.State),
        Find(inputs, RecurrentInput.Memory), Get(inputs, RecurrentInput.Kernel), Find(inputs, RecurrentInput.Mask),
        gradients[0], gradients[1], HasMemory ? gradients[2] : null,
    ];

    // The products of the first gates have the gradients of their inputs, so the sum of those serves both biases.
    static Tensor BiasGradient(Tensor inputs, Tensor products)
    {
        var early = Ops.Sum(inputs, (0, 1))[..^products.Shape[2]];
        return Ops.Concatenate([early, Ops.Sum(products, (0, 1))], 0);
    }

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        Tensor[] all = [.. inputs];
        var (kernel, bias) = (Get(all, RecurrentInput.Kernel), Find(all, RecurrentInput.Bias));
        Tensor[] first = HasMemory ? [Get(all, RecurrentInput.State), Get(all, RecurrentInput.Memory)] : [Get(all, RecurrentInput.State)];
        var z = Computed(all[0]);
        var (last, rows) = Ops.Scan((carry, row) =>
        {
            Tensor[] states = [.. carry];
            var mask = Masked ? row[1] : null;
            var (next, gates, inner) = RecurrentSteps.Forward(Kind, row[0], states, kernel, bias);
            Tensor[] kept = [.. next.Select((s, i) => Keep(mask, s, states[i]))];
            List<Tensor> results = [kept[0]];
            if (Saves && HasGates) results.Add(Keep(mask, gates!, Ops.ZerosLike(gates!)));
            if (Saves && HasInner) results.Add(HasMemory ? kept[1] : Keep(mask, inner!, Ops.ZerosLike(inner!)));
            return (kept, results);
        }, first, Masked ? [z, Computed(Get(all, RecurrentInput.Mask))] : [z]);
        return new Pack().On([Ops.Swapaxes(rows[0], 0, 1), .. last, .. rows.Skip(1).Select(Given)]);
    }
}

/// <summary>The gradients of a <see cref="RecurrentSequence"/>: of the projected inputs, the first state, the first memory of an LSTM, the kernel and,
/// for a GRU that resets products, of the products that are reset.</summary>
sealed record RecurrentSequenceGradient(RecurrentKind Kind, bool Reverse, bool Masked, bool OfSequence, bool OfState, bool OfMemory) : RecurrentOp(Kind, Reverse, Masked)
{
    internal override bool Has(RecurrentInput input) => input switch
    {
        RecurrentInput.Projected or RecurrentInput.Bias => false,
        RecurrentInput.Gates => HasGates,
        RecurrentInput.Inner => HasInner,
        RecurrentInput.Memory => HasMemory,
        RecurrentInput.Mask => Masked,
        RecurrentInput.SequenceGradient => OfSequence,
        RecurrentInput.StateGradient => OfState,
        RecurrentInput.MemoryGradient => OfMemory,
        _ => true,
    };

    /// <summary>The place of the kernel's gradient among the results.</summary>
    internal int KernelPart => HasMemory ? 3 : 2;

    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var (state, sequence) = (StateType(inputs), inputs[Place(RecurrentInput.Sequence)].Shape);
        if (sequence.Rank != 3) throw Wrong("the states after the steps have a wrong number of dimensions", 3, sequence);
        var steps = sequence[1];
        Check(inputs, state, steps);
        List<TensorType> parts = [Over(state, steps, Gates), state];
        if (HasMemory) parts.Add(state);
        parts.Add(inputs[Place(RecurrentInput.Kernel)]);
        if (HasBias) parts.Add(Over(state, steps));
        return TensorType.Tuple([.. parts]);
    }

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        Tensor[] all = [.. inputs];
        var (kernel, state) = (Get(all, RecurrentInput.Kernel), Get(all, RecurrentInput.State));
        Tensor? Rows(RecurrentInput input) => Find(all, input) is { } x ? Computed(x) : null;
        var after = Ops.Swapaxes(Get(all, RecurrentInput.Sequence), 0, 1);
        var (before, gates, inner) = (Shifted(state, after), Rows(RecurrentInput.Gates), Rows(RecurrentInput.Inner));
        var memory = HasMemory ? Shifted(Get(all, RecurrentInput.Memory), inner!) : null;
        var arriving = OfSequence ? Ops.Swapaxes(Get(all, RecurrentInput.SequenceGradient), 0, 1) : null;
        Tensor?[] sequences = [before, after, memory, gates, inner, Rows(RecurrentInput.Mask), arriving];
        Tensor Start(RecurrentInput input) => Find(all, input) ?? Ops.ZerosLike(state);
        Tensor[] totals = HasMemory ? [Start(RecurrentInput.StateGradient), Start(RecurrentInput.MemoryGradient)] : [Start(RecurrentInput.StateGradient)];
        var (last, rows) = Ops.Scan((carry, row) =>
        {
            var at = Loops.Spread(sequences, [.. row]);
            var (mask, dh) = (at[5], at[6] is { } more ? carry[0] + more : carry[0]);
            var step = new RecurrentSteps.Taken(at[0]!, at[1]!, at[2], at[3], at[4]);
            var (dz, products, states) = RecurrentSteps.Backward(Kind, step, kernel, dh, HasMemory ? carry[1] : null);
            Tensor[] before = HasMemory ? [dh, carry[1]] : [dh];
            return ([.. states.Select((s, i) => Keep(mask, s, before[i]))], [Keep(mask, dz, Ops.ZerosLike(dz)), Keep(mask, products, Ops.ZerosLike(products))]);
        }, totals, [.. sequences.OfType<Tensor>()], reverse: true);
        Tensor[] results = [Given(rows[0]), .. last, KernelGradient(before, gates, rows[1])];
        return new Pack().On(HasBias ? [.. results, Given(rows[1][.., .., ^state.Shape[1]..])] : results);
    }

    Tensor KernelGradient(Tensor before, Tensor? gates, Tensor products)
    {
        static Tensor Sum(Tensor a, Tensor b) => Ops.Tensordot(a, b, ((0, 1), (0, 1)));
        if (Kind != RecurrentKind.GruResetBefore) return Sum(before, products);
        var units = before.Shape[2];
        var reset = gates![.., .., units..(2 * units)];
        return Ops.Concatenate([Sum(before, products[.., .., ..(2 * units)]), Sum(reset * before, products[.., .., (2 * units)..])], 1);
    }

    /// <summary>What was there before each step, from the first value and those after each step.</summary>
    static Tensor Shifted(Tensor first, Tensor after) => Ops.Concatenate([Ops.ExpandDims(first, 0), after], 0)[..after.Shape[0]];
}
