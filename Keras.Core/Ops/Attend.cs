namespace Keras;

/// <summary>Attention of several heads, from queries (batch, targets, heads, size), keys and values (batch, sources, key heads, size), then the bias and
/// the mask of the scores where there are: the averages (batch, targets, heads, size), and of each target (batch, heads, targets) the largest score
/// and the sum of the exponentials of the scores less it. With a bound of the scores, <paramref name="Cap"/>, no kernel runs it.</summary>
sealed record Attend(double Scale, bool HasBias, bool HasMask, bool IsCausal, double? Cap = null) : Fused
{
    /// <summary>The score of a source that is not seen: far below any other, and still finite after a bias.</summary>
    internal const double Hidden = -0.7 * float.MaxValue;

    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var (query, key, value) = (inputs[0].Shape, inputs[1].Shape, inputs[2].Shape);
        if (query.Rank != 4 || key.Rank != 4 || value.Rank != 4) throw Wrong("query, key or value has a wrong number of dimensions", "4 of each", $"{query}, {key}, {value}");
        var batch = Same(Same(query, key, 0), value[0], 0);
        Same(query, key, 3);
        Same(key, value, 2);
        Shape rows = [batch, query[2], query[1]];
        var scores = rows.Append([Same(key, value, 1)]);
        foreach (var term in inputs[3..(3 + (HasBias ? 1 : 0) + (HasMask ? 1 : 0))])
            if (!Shape.Broadcast(term.Shape, scores, Name).Matches(scores)) throw Wrong("a bias or mask does not fit the scores", scores, term.Shape);
        return TensorType.Tuple(inputs[0].As([batch, query[1], query[2], value[3]]), inputs[0].As(rows), inputs[0].As(rows));
    }

    int Same(Shape a, Shape b, int axis) => Same(a[axis], b[axis], axis);

    int Same(int a, int b, int axis) => a == b || b == Shape.Unknown ? a : a == Shape.Unknown ? b
        : throw Wrong($"query, key and value do not fit together in axis {axis}", a, b);

    internal override Tensor?[] VjpParts(Tensor result, Tensor?[] gradients)
    {
        if (Cap is not null || gradients[0] is not { } g || gradients[1] is not null || gradients[2] is not null) return base.VjpParts(result, gradients);
        Tensor[] all = [.. result.Inputs.ToArray(), g, new Part(0).On(result), new Part(1).On(result), new Part(2).On(result)];
        var node = new AttendGradient(this).On(all);
        var needed = new Tensor?[result.Inputs.Length];
        for (var i = 0; i < 3; i++) needed[i] = new Part(i).On(node);
        // As large as the bias at its largest, so nothing is won by blocks.
        if (HasBias) needed[3] = Slopes(all).OfScores;
        return needed;
    }

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var scores = Scores(inputs, out _);
        var max = Ops.Max(scores, -1, keepdims: true);
        var values = Ops.Swapaxes(Repeated(inputs[2], inputs[0]), 1, 2);
        return new Pack().On(Ops.Swapaxes(Ops.Matmul(new Softmax().On(scores), values), 1, 2), Ops.Squeeze(max, -1), Ops.Sum(Ops.Exp(scores - max), -1));
    }

    Tensor Scores(ReadOnlySpan<Tensor> inputs, out Tensor? seen)
    {
        var (query, key) = (inputs[0], Repeated(inputs[1], inputs[0]));
        var scores = Ops.Matmul(Ops.Swapaxes(query, 1, 2), Ops.Moveaxis(key, 1, -1)) * Scale;
        if (Cap is { } cap) scores = Ops.Tanh(scores / cap) * cap;
        if (HasBias) scores += inputs[3];
        seen = HasMask ? inputs[HasBias ? 4 : 3] : null;
        if (IsCausal) seen = seen is null ? Ops.Past(scores) : Ops.LogicalAnd(seen, Ops.Past(scores));
        return seen is null ? scores : Ops.Where(seen, scores, Tensor.Scalar(Hidden, scores.DType));
    }

    /// <summary>The weights of the sources and the gradient of the scores, from the inputs of <see cref="AttendGradient"/>.</summary>
    internal (Tensor Weights, Tensor OfScores) Slopes(ReadOnlySpan<Tensor> inputs)
    {
        var (g, y) = (Ops.Swapaxes(inputs[^4], 1, 2), Ops.Swapaxes(inputs[^3], 1, 2));
        var weights = Ops.Exp(Scores(inputs, out var seen) - Ops.ExpandDims(inputs[^2], -1)) / Ops.ExpandDims(inputs[^1], -1);
        var ofWeights = Ops.Matmul(g, Ops.Moveaxis(Repeated(inputs[2], inputs[0]), 1, -1));
        var ofScores = weights * (ofWeights - Ops.Sum(g * y, -1, keepdims: true));
        return (weights, seen is null ? ofScores : Ops.Where(seen, ofScores, Tensor.Scalar(0, ofScores.DType)));
    }

    /// <summary>Keys or values, once for each head of the query.</summary>
    internal static Tensor Repeated(Tensor x, Tensor query) =>
        query.Shape[2] == x.Shape[2] ? x : Ops.Repeated(x, query.Shape[2] / x.Shape[2]);
}

/// <summary>The gradients of query, key and value, from the inputs of <see cref="Attend"/>, the gradient of its first result, and its results.</summary>
sealed record AttendGradient(Attend Forward) : Fused
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var results = Forward.Infer(inputs[..^4]).Parts;
        for (var i = 0; i < 4; i++) SameShape(results[Math.Max(0, i - 1)], inputs[inputs.Length - 4 + i]);
        return TensorType.Tuple(inputs[0], inputs[1], inputs[2]);
    }

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var (weights, ofScores) = Forward.Slopes(inputs);
        ofScores *= Forward.Scale;
        var key = Ops.Swapaxes(Attend.Repeated(inputs[1], inputs[0]), 1, 2);
        var heads = inputs[1].Shape[2];
        return new Pack().On(Ops.Swapaxes(Ops.Matmul(ofScores, key), 1, 2), ForSources(ofScores, inputs[0], heads), ForSources(weights, inputs[^4], heads));
    }

    /// <summary>The sums over targets of x with the weights, (batch, sources, heads, size), added up over the heads of the query that share one.</summary>
    static Tensor ForSources(Tensor weights, Tensor x, int heads)
    {
        var sums = Ops.Swapaxes(Ops.Matmul(Ops.Swapaxes(weights, -1, -2), Ops.Swapaxes(x, 1, 2)), 1, 2);
        var shape = sums.Shape;
        return shape[2] == heads ? sums : Ops.Sum(Ops.Reshape(sums, [shape[0], shape[1], heads, shape[2] / heads, shape[3]]), 3);
    }
}
