namespace Keras;

/// <summary>What a node of the graph computes: an immutable record whose properties are its attributes, compared by value.
/// A kernel for it stands in a device's table; an op without one there is replaced by its decomposition.</summary>
public abstract record Op
{
    /// <summary>The name in messages and printed graphs.</summary>
    public virtual string Name => GetType().Name;

    /// <summary>The type of the result for inputs of these types. Works with unknown dimensions.</summary>
    /// <exception cref="ArgumentException">The inputs do not fit the op.</exception>
    protected internal abstract TensorType Infer(ReadOnlySpan<TensorType> inputs);

    /// <summary>The gradients of the inputs, given the gradient of the result; <c>null</c> where none flows.
    /// The driver undoes broadcasting and casts, so a rule need not.</summary>
    protected internal virtual Tensor?[] Vjp(Tensor result, Tensor gradient) =>
        throw Errors.Unsupported(Name, "this op has no gradient", "a differentiable op", result);

    /// <summary>As <see cref="Vjp"/>, for an op with several results; a part that nothing depends on has no gradient.</summary>
    internal virtual Tensor?[] VjpParts(Tensor result, Tensor?[] gradients) =>
        throw Errors.Unsupported(Name, "this op has no gradient", "a differentiable op", result);

    /// <summary>The same computed by simpler ops, for a device without a kernel; <c>null</c> for a primitive.</summary>
    internal virtual Tensor? Decompose(ReadOnlySpan<Tensor> inputs) => null;

    /// <summary>Whether two nodes with this op and the same inputs are the same value.</summary>
    internal virtual bool IsPure => true;

    /// <summary>Whether the rule for gradients waits for the sizes of the inputs; <c>false</c> where it does not read them, or speaks of unknown ones itself.</summary>
    internal virtual bool VjpNeedsSizes => true;

    /// <summary>A node of this op.</summary>
    /// <exception cref="ArgumentException">The inputs do not fit the op.</exception>
    internal Tensor On(params ReadOnlySpan<Tensor> inputs)
    {
        var types = new TensorType[inputs.Length];
        for (var i = 0; i < types.Length; i++) types[i] = inputs[i].Type;
        return new Tensor(this, inputs.ToArray(), Infer(types));
    }

    /// <summary>The attributes when printed; the name stands in front of them anyway.</summary>
    protected virtual bool PrintMembers(System.Text.StringBuilder builder) => false;

    private protected void SameShape(TensorType first, TensorType second)
    {
        if (!first.Shape.Matches(second.Shape)) throw Wrong("the shapes of the inputs differ", first.Shape, second.Shape);
    }

    private protected void SameDType(params ReadOnlySpan<TensorType> inputs)
    {
        foreach (var input in inputs)
            if (input.DType != inputs[0].DType) throw Wrong("the inputs have different dtypes", inputs[0].DType.Name(), input.DType.Name());
    }

    private protected ArgumentException Wrong(string what, object? expected, object? received, string? hint = null) =>
        Errors.Argument(Name, what, expected, received, hint);
}

/// <summary>A leaf: a value that is given, not computed.</summary>
abstract record Leaf(TensorType Type) : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) => Type;
}

/// <summary>A leaf whose value is host data. Scalars and small arrays compare by content, so that equal literals are one node.</summary>
sealed record Constant(TensorType Type, HostData Data) : Leaf(Type);

/// <summary>A leaf whose value is given when a graph runs. Its identity is the object.</summary>
sealed record Placeholder(TensorType Type, string Label, bool IsInput = false) : Leaf(Type)
{
    public override string Name => Label;

    public bool Equals(Placeholder? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}

/// <summary>A leaf that is a variable's value: a snapshot of one version, or live within a step that is being traced.</summary>
sealed record VariableRead(Variable Variable, long Version) : Leaf(Variable.Type)
{
    internal const long Live = -1;

    public override string Name => Variable.Path;
}

/// <summary>One result of an op that has several.</summary>
sealed record Part(int Index) : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) => inputs[0].Parts[Index];
}

/// <summary>The value as it is; a new node, so that a layer that returns its input has an output of its own.</summary>
sealed record Identity : Op
{
    internal override bool VjpNeedsSizes => false;

    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) => inputs[0];

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) => [gradient];
}

/// <summary>The value as it is, through which no gradient flows.</summary>
sealed record StopGradient : Op
{
    internal override bool VjpNeedsSizes => false;

    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) => inputs[0];

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) => [null];
}

/// <summary>The first input, with a gradient rule of the user's own for the others.</summary>
sealed record CustomGradient(Func<Tensor, Tensor?[]> Rule) : Op
{
    internal override bool VjpNeedsSizes => false;

    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) => inputs[0];

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient)
    {
        var gradients = Rule(gradient);
        var expected = result.Inputs.Length - 1;
        if (gradients.Length != expected) throw Wrong("the rule gives a wrong number of gradients", expected, gradients.Length);
        for (var i = 0; i < expected; i++)
            if (gradients[i] is { } given && !given.Shape.Matches(result.Inputs[i + 1].Shape))
                throw Wrong($"gradient {i} of the rule has another shape than its input", result.Inputs[i + 1].Shape, given.Shape);
        return [null, .. gradients];
    }
}

/// <summary>Several tensors as one node: what the decomposition of an op with several results gives.</summary>
sealed record Pack : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) => TensorType.Tuple(inputs.ToArray());

    internal override Tensor?[] VjpParts(Tensor result, Tensor?[] gradients) => gradients;
}

/// <summary>An op that one kernel runs faster or more exactly than the simpler ops that it stands for. Its gradient is that of its
/// decomposition unless it has a better one.</summary>
abstract record Fused : Op
{
    internal abstract override Tensor? Decompose(ReadOnlySpan<Tensor> inputs);

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) => OfParts(result, [gradient]);

    internal override Tensor?[] VjpParts(Tensor result, Tensor?[] gradients) => OfParts(result, gradients);

    Tensor?[] OfParts(Tensor result, Tensor?[] gradients)
    {
        // New nodes for the inputs, so that differentiation stops at this op.
        var inputs = result.Inputs.ToArray().Select(i => i.Renewed()).ToArray();
        var y = Decompose(inputs)!;
        Tensor? weighted = null;
        for (var i = 0; i < gradients.Length; i++)
        {
            if (gradients[i] is not { } gradient) continue;
            var term = Ops.Paired(y.Type.IsTuple ? new Part(i).On(y) : y, gradient);
            weighted = weighted is null ? term : weighted + term;
        }
        return weighted is null ? new Tensor?[inputs.Length] : Gradients.OrNull(weighted, inputs);
    }
}
