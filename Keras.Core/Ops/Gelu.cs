namespace Keras;

/// <summary>x times the probability that a standard normal number is below x, or its usual approximation by tanh.</summary>
sealed record Gelu(bool Approximate) : Fused
{
    internal const double Cubic = 0.044715;
    internal static readonly double Rate = Math.Sqrt(2 / Math.PI);

    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) => inputs[0];

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) => [new GeluGradient(Approximate).On(result.Inputs[0], gradient)];

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs) => inputs[0] * Below(inputs[0], Approximate);

    internal static Tensor Below(Tensor x, bool approximate) =>
        0.5 * (1 + (approximate ? Ops.Tanh((x + x * x * x * Cubic) * Rate) : Ops.Erf(x * Math.Sqrt(0.5))));
}

/// <summary>The gradient of a <see cref="Gelu"/> from its input and the gradient of its result.</summary>
sealed record GeluGradient(bool Approximate) : Fused
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        SameShape(inputs[0], inputs[1]);
        return inputs[0];
    }

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var x = inputs[0];
        var below = Gelu.Below(x, Approximate);
        var slope = Approximate
            ? 2 * below * (1 - below) * (Gelu.Rate * (1 + 3 * Gelu.Cubic * (x * x)))
            : Ops.Exp(x * x * -0.5) * (0.5 * Gelu.Rate);
        return inputs[1] * (below + x * slope);
    }
}
