namespace Keras.Layers;

/// <summary>One step of a recurrent layer: from the input of a step and the states to the output and the next states. Derive from it for a cell of
/// your own and give it to <see cref="RNN"/>: make weights in <see cref="Layer.BuildWeights(Shape)"/>, compute in
/// <see cref="Call(Tensor, IReadOnlyList{Tensor}, CallContext)"/>.</summary>
public abstract class RNNCell : Layer
{
    /// <summary>What every cell has.</summary>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    protected RNNCell(string? name = null, DTypePolicy? dtype = null, bool trainable = true) : base(name, dtype, trainable)
    {
    }

    /// <summary>The shape of each state, without the batch.</summary>
    public abstract IReadOnlyList<Shape> StateSize { get; }

    /// <summary>The shape of the output, without the batch. Default that of the first state.</summary>
    public virtual Shape OutputSize => StateSize is [var first, ..] ? first
        : throw Errors.Invalid(Who, "the cell has no states and does not say the size of its output", "an override of OutputSize", "none");

    /// <summary>The states before the first step. Default zeros.</summary>
    /// <param name="batchSize">The number of samples; <see cref="Shape.Unknown"/> where it is not known.</param>
    public virtual IReadOnlyList<Tensor> GetInitialState(int batchSize) =>
        [.. StateSize.Select(size => Recurrence.Zeros(new TensorType(Dtype.ComputeDType, Shape.Of(batchSize).Append(size))))];

    /// <summary>Computes one step.</summary>
    /// <param name="x">The input of the step, (batch, …).</param>
    /// <param name="states">The states, as many as <see cref="StateSize"/> has.</param>
    /// <param name="context">The training flag.</param>
    /// <returns>The output, and the next states.</returns>
    protected abstract (Tensor Output, IReadOnlyList<Tensor> States) Call(Tensor x, IReadOnlyList<Tensor> states, CallContext context);

    /// <summary>Applies the cell to the input of one step, and makes its weights at the first call.</summary>
    /// <param name="x">The input of the step.</param>
    /// <param name="states">The states.</param>
    /// <param name="training">Whether to behave as in training. Default as the calls above say, else not.</param>
    /// <returns>The output, and the next states.</returns>
    /// <exception cref="ArgumentException">The number of states is wrong, or a shape does not fit.</exception>
    public (Tensor Output, IReadOnlyList<Tensor> States) Apply(Tensor x, IReadOnlyList<Tensor> states, bool? training = null)
    {
        ArgumentNullException.ThrowIfNull(states);
        return Advance(x, states, null, training);
    }

#pragma warning disable CA2225 // The constructor of StackedRNNCells is the named twin.
    /// <summary>Cells one behind the other, with the dtype policy of the first one.</summary>
    public static implicit operator RNNCell(RNNCell[] cells) => new StackedRNNCells(cells, dtype: cells?.FirstOrDefault()?.Dtype);
#pragma warning restore CA2225

    /// <summary>One step with what was drawn for all steps.</summary>
    internal (Tensor Output, IReadOnlyList<Tensor> States) Advance(Tensor x, IReadOnlyList<Tensor> states, Nest? drawn, bool? training)
    {
        var list = Nest.List(states.Select(s => (Nest)s));
        var results = Apply(drawn is null ? Nest.List(x, list) : Nest.List(x, list, drawn), training).Items;
        return (results[0].Tensor, results[1].Flatten());
    }

    /// <summary>What is drawn at random once for all steps: the masks of dropout.</summary>
    internal virtual Nest Draw(TensorType x, IReadOnlyList<TensorType> states) => Nest.List();

    private protected virtual (Tensor Output, IReadOnlyList<Tensor> States) Step(Tensor x, IReadOnlyList<Tensor> states, Nest? drawn, CallContext context) =>
        Call(x, states, context);

    /// <summary>Whether Keras gives the states of this cell as a list where it stands among others: those of its own cells always.</summary>
    internal virtual bool IsList => StateSize.Count > 1;

    /// <summary>The states as Keras returns them: one for each, and for cells within a cell a list for each that has several.</summary>
    internal virtual IEnumerable<Nest> Arrange(IReadOnlyList<Tensor> states) => states.Select(s => (Nest)s);

    /// <inheritdoc/>
    protected sealed override void Build(Nest inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var shape = inputs.Flatten()[0].Shape;
        if (shape.Rank < 2) throw Errors.Argument(Who, "the input has a wrong rank", "at least 2 dimensions", shape);
        BuildWeights(shape);
    }

    /// <summary>Computes one step of [input, states]. The result is [output, next states], these in the structure that they were given in.</summary>
    protected sealed override Nest Call(Nest inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var (tensors, count) = (inputs.Flatten(), StateSize.Count);
        var items = inputs.Items;
        var given = (items.Count == 2 || items is [_, _, { IsTensor: false }]) && items[1].Flatten().Count == count ? items[1] : null;
        if (given is null && tensors.Count != count + 1)
            throw Errors.Argument(Who, "the number of states is wrong", $"the input and {count} states", inputs);
        var drawn = given is not null && items.Count > 2 ? items[2] : null;
        var (output, states) = Step(tensors[0], [.. tensors.Skip(1).Take(count)], drawn, context);
        if (states.Count != count) throw Errors.Argument(Who, "the cell gives another number of states than its StateSize says", count, states.Count);
        for (var i = 0; i < count; i++)
            if (!states[i].Shape.Matches(tensors[i + 1].Shape))
                throw Errors.Argument(Who, $"the cell gives a state {i} of another shape than its StateSize says", tensors[i + 1].Shape, states[i].Shape);
        return Nest.List(output, given?.Pack(states) ?? Nest.List(states.Select(s => (Nest)s)));
    }
}
