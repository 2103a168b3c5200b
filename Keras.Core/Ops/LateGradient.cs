namespace Keras;

/// <summary>The gradient of an op for one of its inputs, from the inputs and the gradient of the result: found when all sizes are known.</summary>
sealed record LateGradient(Op Of, int Input) : Fused
{
    public override string Name => $"gradient of {Of.Name}";

    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) => inputs[Input];

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var x = inputs[Input];
        var gradient = Of.Vjp(Of.On(inputs[..^1]), inputs[^1])[Input];
        return gradient is null ? Ops.ZerosLike(x) : Ops.Cast(Ops.SumTo(gradient, x.Shape), x.DType);
    }

    internal static Tensor?[] ForAll(Tensor result, Tensor gradient) =>
        [.. result.Inputs.ToArray().Select((x, i) => x.DType.IsInexact() ? new LateGradient(result.Op, i).On([.. result.Inputs, gradient]) : null)];
}
