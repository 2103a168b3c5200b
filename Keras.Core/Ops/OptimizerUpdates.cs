namespace Keras;

/// <summary>One step of an optimizer on one variable, in one pass over its memory: the new values of the variable and of its slots.
/// The first result is the variable.</summary>
abstract record OptimizerUpdate(int Slots) : Fused
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        for (var i = 1; i < Slots + 2; i++) SameShape(inputs[0], inputs[i]);
        if (Slots == 0) return inputs[0];
        var parts = new TensorType[Slots + 1];
        parts[0] = inputs[0];
        // The slots follow the variable and its gradient.
        inputs.Slice(2, Slots).CopyTo(parts.AsSpan(1));
        return TensorType.Tuple(parts);
    }

    protected internal sealed override Tensor?[] Vjp(Tensor result, Tensor gradient) => throw NoGradient(result);

    internal sealed override Tensor?[] VjpParts(Tensor result, Tensor?[] gradients) => throw NoGradient(result);

    NotSupportedException NoGradient(Tensor result) =>
        Errors.Unsupported(Name, "an optimizer's update has no gradient", "an update written with Ops", result);

    /// <summary>The new values, variable first.</summary>
    internal Tensor[] Apply(params ReadOnlySpan<Tensor> inputs)
    {
        var node = On(inputs);
        return Slots == 0 ? [node] : [.. Enumerable.Range(0, Slots + 1).Select(i => new Part(i).On(node))];
    }
}

/// <summary>w - lr g, from w, g, lr.</summary>
sealed record SgdUpdate() : OptimizerUpdate(0)
{
    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs) => inputs[0] - inputs[2] * inputs[1];
}

/// <summary>m' = μ m - lr g; w + m', or with Nesterov w + μ m' - lr g; from w, g, m, lr.</summary>
sealed record MomentumUpdate(double Momentum, bool Nesterov) : OptimizerUpdate(1)
{
    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var (w, step) = (inputs[0], inputs[3] * inputs[1]);
        var m = inputs[2] * Momentum - step;
        return new Pack().On(Nesterov ? w + (m * Momentum - step) : w + m, m);
    }
}

/// <summary>m' = m + (g - m)(1 - β1), v' = v + (g² - v)(1 - β2), w - α m' / (√v' + ε); from w, g, m, v, α. With AMSGrad the root is of the
/// largest v so far, a slot behind v.</summary>
sealed record AdamUpdate(double Beta1, double Beta2, double Epsilon, bool Amsgrad) : OptimizerUpdate(Amsgrad ? 3 : 2)
{
    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var (w, g, alpha) = (inputs[0], inputs[1], inputs[^1]);
        var m = inputs[2] + (g - inputs[2]) * (1 - Beta1);
        var v = inputs[3] + (Ops.Square(g) - inputs[3]) * (1 - Beta2);
        if (!Amsgrad) return new Pack().On(w - alpha * m / (Ops.Sqrt(v) + Epsilon), m, v);
        var largest = Ops.Maximum(inputs[4], v);
        return new Pack().On(w - alpha * m / (Ops.Sqrt(largest) + Epsilon), m, v, largest);
    }
}
