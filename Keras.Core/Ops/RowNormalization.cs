namespace Keras;

/// <summary>Each row along the last axis brought to mean 0 (where it is centred) and mean square 1, then scaled and shifted: from x, gamma, beta
/// the result, and of each row the mean and the inverse of the deviation. Without gamma and beta it is neither scaled nor shifted.</summary>
sealed record RowNormalize(double Epsilon, bool Centred) : Fused
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var x = inputs[0];
        foreach (var vector in inputs[1..])
            if (!vector.Shape.Matches(Shape.Of(x.Shape[-1]))) throw Wrong("the scale or the shift does not fit the rows", Shape.Of(x.Shape[-1]), vector.Shape);
        var rows = x.As(x.Shape.Slice(0, x.Shape.Rank - 1));
        return TensorType.Tuple(x, rows, rows);
    }

    internal override Tensor?[] VjpParts(Tensor result, Tensor?[] gradients)
    {
        if (gradients[0] is not { } g || gradients[1] is not null || gradients[2] is not null) return base.VjpParts(result, gradients);
        Tensor x = result.Inputs[0], mean = new Part(1).On(result), inverse = new Part(2).On(result);
        if (result.Inputs.Length == 1) return [new Part(0).On(new RowNormalizeGradient(Centred).On(x, g, mean, inverse))];
        var node = new RowNormalizeGradient(Centred).On(x, g, mean, inverse, result.Inputs[1]);
        return [new Part(0).On(node), new Part(1).On(node), new Part(2).On(node)];
    }

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var (y, mean, inverse) = Over(inputs[0], -1);
        return new Pack().On(inputs.Length > 1 ? y * inputs[1] + inputs[2] : y, Ops.Squeeze(mean, -1), Ops.Squeeze(inverse, -1));
    }

    /// <summary>What lies along some axes neither scaled nor shifted, the mean and the inverse of the deviation.</summary>
    internal (Tensor Y, Tensor Mean, Tensor Inverse) Over(Tensor x, Axes axes)
    {
        var mean = Centred ? Ops.Mean(x, axes, keepdims: true) : Ops.ZerosLike(Ops.Sum(x, axes, keepdims: true));
        var centred = Centred ? x - mean : x;
        var inverse = Ops.Rsqrt(Ops.Mean(Ops.Square(centred), axes, keepdims: true) + Epsilon);
        return (centred * inverse, mean, inverse);
    }
}

/// <summary>The gradients of x, gamma and beta of a <see cref="RowNormalize"/>, from x, the gradient of its result, the means, the inverses and
/// gamma; without gamma that of x.</summary>
sealed record RowNormalizeGradient(bool Centred) : Fused
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var (x, rows) = (inputs[0].Shape, inputs[0].As(inputs[0].Shape.Slice(0, inputs[0].Shape.Rank - 1)));
        SameShape(inputs[0], inputs[1]);
        SameShape(rows, inputs[2]);
        SameShape(rows, inputs[3]);
        if (inputs.Length == 4) return TensorType.Tuple(inputs[0]);
        SameShape(inputs[0].As(Shape.Of(x[-1])), inputs[4]);
        return TensorType.Tuple(inputs[0], inputs[4], inputs[4]);
    }

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var (x, g, inverse) = (inputs[0], inputs[1], Ops.ExpandDims(inputs[3], -1));
        var normal = (x - Ops.ExpandDims(inputs[2], -1)) * inverse;
        var h = inputs.Length == 4 ? g : g * inputs[4];
        var rest = h - normal * Ops.Mean(h * normal, -1, keepdims: true);
        var dx = inverse * (Centred ? rest - Ops.Mean(h, -1, keepdims: true) : rest);
        if (inputs.Length == 4) return new Pack().On(dx);
        Axes rows = [.. Enumerable.Range(0, x.Rank - 1)];
        return new Pack().On(dx, Ops.Sum(g * normal, rows), Ops.Sum(g, rows));
    }
}
