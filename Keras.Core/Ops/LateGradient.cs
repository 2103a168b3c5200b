namespace Keras;

/// <summary>The gradients of an op for all of its inexact inputs, from the inputs and those gradients of the results that there are: found when
/// all sizes are known. One node for all inputs, so that an op of very many has no graph that grows with their square.</summary>
sealed record LateGradient(Op Of, int Count, Axes Given) : Fused
{
    public override string Name => $"gradient of {Of.Name}";

    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) => TensorType.Tuple([.. inputs[..Count].ToArray().Where(x => x.DType.IsInexact())]);

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var result = Of.On(inputs[..Count]);
        var gradients = result.Type.IsTuple ? Of.VjpParts(result, Parts(result, inputs[Count..])) : Of.Vjp(result, inputs[Count]);
        return new Pack().On([.. inputs[..Count].ToArray().Zip(gradients, Found).OfType<Tensor>()]);
    }

    static Tensor? Found(Tensor x, Tensor? gradient) => !x.DType.IsInexact() ? null
        : gradient is null ? Ops.ZerosLike(x) : Ops.Cast(Ops.SumTo(gradient, x.Shape), x.DType);

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
        var late = new LateGradient(node.Op, inputs.Length, given).On([.. inputs, .. gradients.OfType<Tensor>()]);
        var next = 0;
        return [.. inputs.Select(x => x.DType.IsInexact() ? new Part(next++).On(late) : null)];
    }
}
