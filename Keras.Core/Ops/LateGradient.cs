namespace Keras;

/// <summary>The gradient of an op for one of its inputs, from the inputs and those gradients of the results that there are: found when all
/// sizes are known.</summary>
sealed record LateGradient(Op Of, int Count, Axes Given, int Input) : Fused
{
    public override string Name => $"gradient of {Of.Name}";

    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) => inputs[Input];

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var (x, result) = (inputs[Input], Of.On(inputs[..Count]));
        return (result.Type.IsTuple ? Of.VjpParts(result, Parts(result, inputs[Count..])) : Of.Vjp(result, inputs[Count]))[Input] is { } gradient
            ? Ops.Cast(Ops.SumTo(gradient, x.Shape), x.DType) : Ops.ZerosLike(x);
    }

    Tensor?[] Parts(Tensor result, ReadOnlySpan<Tensor> given)
    {
        var parts = new Tensor?[result.Type.Parts.Length];
        for (var i = 0; i < given.Length; i++) parts[Given[i]] = given[i];
        return parts;
    }

    /// <summary>The gradients of a node's inputs, found late; <c>null</c> where all sizes are known now, or do not matter.</summary>
    internal static Tensor?[]? Unsized(Tensor node, params Tensor?[] gradients)
    {
        var inputs = node.Inputs.ToArray();
        if (!node.Op.VjpNeedsSizes || Array.TrueForAll(inputs, i => i.Shape.IsKnown)) return null;
        int[] given = [.. Enumerable.Range(0, gradients.Length).Where(i => gradients[i] is not null)];
        Tensor[] sources = [.. inputs, .. gradients.OfType<Tensor>()];
        return [.. inputs.Select((x, i) => x.DType.IsInexact() ? new LateGradient(node.Op, inputs.Length, given, i).On(sources) : null)];
    }
}
