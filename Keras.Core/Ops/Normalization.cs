namespace Keras;

/// <summary>Each channel along an axis brought to mean 0 and variance 1 by its own statistics, then scaled and shifted: from x, gamma, beta the
/// result, the means and the (biased) variances.</summary>
sealed record BatchNormalize(int Axis, double Epsilon) : Fused
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var channels = inputs[0].As(Shape.Of(inputs[0].Shape[Axis]));
        SameShape(channels, inputs[1]);
        SameShape(channels, inputs[2]);
        return TensorType.Tuple(inputs[0], channels, channels);
    }

    internal override Tensor?[] VjpParts(Tensor result, Tensor?[] gradients)
    {
        // The statistics usually go to stored averages only, through which no gradient flows.
        if (gradients[0] is not { } g || gradients[1] is not null || gradients[2] is not null) return base.VjpParts(result, gradients);
        var node = new BatchNormalizeGradient(Axis, Epsilon).On(result.Inputs[0], g, new Part(1).On(result), new Part(2).On(result), result.Inputs[1]);
        return [new Part(0).On(node), new Part(1).On(node), new Part(2).On(node)];
    }

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var (x, channels) = (inputs[0], new ChannelView(inputs[0].Shape, Axis));
        var mean = Ops.Mean(x, channels.Others, keepdims: true);
        var variance = Ops.Mean(Ops.Square(x - mean), channels.Others, keepdims: true);
        var scale = Ops.Rsqrt(variance + Epsilon) * channels.Along(inputs[1]);
        var y = x * scale + (channels.Along(inputs[2]) - mean * scale);
        return new Pack().On(y, ChannelView.Flat(mean), ChannelView.Flat(variance));
    }
}

/// <summary>The gradients of x, gamma and beta of a <see cref="BatchNormalize"/>, from x, the gradient of its result, the means, the variances and gamma.</summary>
sealed record BatchNormalizeGradient(int Axis, double Epsilon) : Fused
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        SameShape(inputs[0], inputs[1]);
        foreach (var vector in inputs[2..]) SameShape(inputs[0].As(Shape.Of(inputs[0].Shape[Axis])), vector);
        return TensorType.Tuple(inputs[0], inputs[4], inputs[4]);
    }

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var (x, g, channels) = (inputs[0], inputs[1], new ChannelView(inputs[0].Shape, Axis));
        var inverse = Ops.Rsqrt(channels.Along(inputs[3]) + Epsilon);
        var normal = (x - channels.Along(inputs[2])) * inverse;
        var dbeta = Ops.Sum(g, channels.Others, keepdims: true);
        var dgamma = Ops.Sum(g * normal, channels.Others, keepdims: true);
        var count = Ops.CountOver(x, channels.Others);
        var dx = channels.Along(inputs[4]) * inverse * (g - dbeta / count - normal * (dgamma / count));
        return new Pack().On(dx, ChannelView.Flat(dgamma), ChannelView.Flat(dbeta));
    }
}

/// <summary>How a vector of channels lies along one axis of a tensor.</summary>
sealed record ChannelView(Shape Shape, int Axis)
{
    internal Axes Others => [.. Enumerable.Range(0, Shape.Rank).Where(i => i != Axis)];

    internal Tensor Along(Tensor vector) => Ops.Reshape(vector, Keras.Shape.Of([.. Enumerable.Repeat(1, Shape.Rank)]).With(Axis, Shape[Axis]));

    internal static Tensor Flat(Tensor x) => Ops.Reshape(x, [Keras.Shape.Unknown]);
}
