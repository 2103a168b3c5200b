namespace Keras;

/// <summary>The cells that one op runs over whole sequences: with tanh, and with sigmoid for the gates.</summary>
enum RecurrentKind
{
    Simple,
    Lstm,
    Gru,
    GruResetBefore,
}

/// <summary>What goes into an op over sequences, in this order, as far as it is there.</summary>
enum RecurrentInput
{
    /// <summary>The products of the inputs with their kernel, and bias: (batch, time, gates · units).</summary>
    Projected,
    /// <summary>The gates of all steps: (batch, time, gates · units), in the order of the inputs.</summary>
    Gates,
    /// <summary>Of an LSTM the memory after each step, of a GRU the product that is reset: (batch, time, units), in the order of the inputs.</summary>
    Inner,
    /// <summary>The state after each step: (batch, time, units), in the order of computing.</summary>
    Sequence,
    /// <summary>The state before the first step: (batch, units).</summary>
    State,
    /// <summary>The memory of an LSTM before the first step: (batch, units).</summary>
    Memory,
    /// <summary>The kernel of the state: (units, gates · units).</summary>
    Kernel,
    /// <summary>The bias of the state's products in a GRU: (gates · units,).</summary>
    Bias,
    /// <summary>Which steps count: bool (batch, time). Others leave the states as they are.</summary>
    Mask,
    SequenceGradient,
    StateGradient,
    MemoryGradient,
}

/// <summary>A cell repeated over (batch, time, …), in one op. In the results of steps that a mask leaves out, gates are zeros.</summary>
abstract record RecurrentOp(RecurrentKind Kind, bool Reverse, bool Masked) : Fused
{
    internal int Gates => Kind switch
    {
        RecurrentKind.Simple => 1,
        RecurrentKind.Lstm => 4,
        _ => 3,
    };

    internal bool HasMemory => Kind == RecurrentKind.Lstm;

    internal bool HasGates => Kind != RecurrentKind.Simple;

    internal bool HasInner => Kind is RecurrentKind.Lstm or RecurrentKind.Gru;

    internal bool HasBias => Kind == RecurrentKind.Gru;

    internal abstract bool Has(RecurrentInput input);

    /// <summary>The index of an input that is there.</summary>
    internal int Place(RecurrentInput input)
    {
        var place = 0;
        for (var i = RecurrentInput.Projected; i < input; i++) place += Has(i) ? 1 : 0;
        return place;
    }

    internal Tensor? Find(Tensor[] inputs, RecurrentInput input) => Has(input) ? inputs[Place(input)] : null;

    internal Tensor Get(Tensor[] inputs, RecurrentInput input) => inputs[Place(input)];

    /// <summary>The type of one state: (batch, units).</summary>
    private protected TensorType StateType(ReadOnlySpan<TensorType> inputs)
    {
        var (state, kernel) = (inputs[Place(RecurrentInput.State)].Shape, inputs[Place(RecurrentInput.Kernel)].Shape);
        var first = inputs[0].Shape;
        if (state.Rank != 2 || kernel.Rank != 2 || first.Rank != 3) throw Wrong("an input has a wrong number of dimensions", "sequences of 3, states and kernel of 2", $"{first}, {state} and {kernel}");
        var units = Known(state[1], kernel[0]);
        foreach (var width in (int[])[kernel[0], kernel[1] == Shape.Unknown ? units : kernel[1] / Gates])
            if (width != units && width != Shape.Unknown) throw Wrong("the kernel does not fit the state", $"({units}, {Gates * units})", kernel);
        if (HasGates && first[2] != Gates * units && first[2] != Shape.Unknown && units != Shape.Unknown)
            throw Wrong("the gates do not fit the state", Gates * units, first);
        if (first[0] != state[0] && first[0] != Shape.Unknown && state[0] != Shape.Unknown)
            throw Wrong("the batch of the states is another one than that of the inputs", first[0], state);
        return inputs[0].As(Shape.Of(Known(first[0], state[0]), units));
    }

    /// <summary>Refuses an input that does not fit the state and the number of steps.</summary>
    private protected void Check(ReadOnlySpan<TensorType> inputs, TensorType state, int steps)
    {
        var (batch, units) = (state.Shape[0], state.Shape[1]);
        var all = units == Shape.Unknown ? units : Gates * units;
        foreach (var input in Enum.GetValues<RecurrentInput>())
        {
            if (!Has(input)) continue;
            var wanted = input switch
            {
                RecurrentInput.Projected or RecurrentInput.Gates => Shape.Of(batch, steps, all),
                RecurrentInput.Inner or RecurrentInput.Sequence or RecurrentInput.SequenceGradient => Shape.Of(batch, steps, units),
                RecurrentInput.Kernel => Shape.Of(units, all),
                RecurrentInput.Bias => Shape.Of(all),
                RecurrentInput.Mask => Shape.Of(batch, steps),
                _ => state.Shape,
            };
            if (inputs[Place(input)].Shape is var given && !given.Matches(wanted)) throw Wrong($"the {input} does not fit the other inputs", wanted, given);
        }
    }

    private protected static int Known(int a, int b) => a == Shape.Unknown ? b : a;

    private protected static TensorType Over(TensorType state, int steps, int times = 1) =>
        state.As(Shape.Of(state.Shape[0], steps, state.Shape[1] == Shape.Unknown ? Shape.Unknown : times * state.Shape[1]));

    /// <summary>Rows of steps in the order of computing, from what is in the order of the inputs.</summary>
    private protected Tensor Computed(Tensor x) => Reverse ? Ops.Flip(Ops.Swapaxes(x, 0, 1), 0) : Ops.Swapaxes(x, 0, 1);

    /// <summary>The way back.</summary>
    private protected Tensor Given(Tensor rows) => Ops.Swapaxes(Reverse ? Ops.Flip(rows, 0) : rows, 0, 1);

    /// <summary>What is kept of a step: all of it, or where a mask says so.</summary>
    private protected static Tensor Keep(Tensor? mask, Tensor x, Tensor otherwise) => mask is null ? x : Ops.Where(Ops.ExpandDims(mask, 1), x, otherwise);

    private protected static Tensor Part(Tensor node, int index) => new Part(index).On(node);
}
