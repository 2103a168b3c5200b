namespace Keras;

/// <summary>exp(x) divided by its sum along the last axis.</summary>
sealed record Softmax : Fused
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) => inputs[0];

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) => [new SoftmaxGradient().On(result, gradient)];

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs) => Over(inputs[0], -1);

    /// <summary>The same along some axes.</summary>
    internal static Tensor Over(Tensor x, Axes axes)
    {
        var exp = Ops.Exp(x - Ops.StopGradient(Ops.Max(x, axes, keepdims: true)));
        return exp / Ops.Sum(exp, axes, keepdims: true);
    }
}

/// <summary>y (g - sum of g y along the last axis), from the result y of a softmax and its gradient g.</summary>
sealed record SoftmaxGradient : Fused
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        SameShape(inputs[0], inputs[1]);
        return inputs[0];
    }

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var (y, g) = (inputs[0], inputs[1]);
        return y * (g - Ops.Sum(g * y, -1, keepdims: true));
    }
}

/// <summary>x less the logarithm of the sum of exp(x) along the last axis.</summary>
sealed record LogSoftmax : Fused
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) => inputs[0];

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) => [new LogSoftmaxGradient().On(result, gradient)];

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs) => Over(inputs[0], -1);

    /// <summary>The same along some axes.</summary>
    internal static Tensor Over(Tensor x, Axes axes)
    {
        var shifted = x - Ops.StopGradient(Ops.Max(x, axes, keepdims: true));
        return shifted - Ops.Log(Ops.Sum(Ops.Exp(shifted), axes, keepdims: true));
    }
}

/// <summary>g - exp(y) times the sum of g along the last axis, from the result y of a log-softmax and its gradient g.</summary>
sealed record LogSoftmaxGradient : Fused
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        SameShape(inputs[0], inputs[1]);
        return inputs[0];
    }

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var (y, g) = (inputs[0], inputs[1]);
        return g - Ops.Exp(y) * Ops.Sum(g, -1, keepdims: true);
    }
}

/// <summary>The logarithm of the sum of exp(x) along the last axis.</summary>
sealed record LogSumExp : Fused
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) => inputs[0].As(inputs[0].Shape.Slice(0, inputs[0].Shape.Rank - 1));

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) => [new Softmax().On(result.Inputs[0]) * Ops.ExpandDims(gradient, -1)];

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs) => Ops.Squeeze(Over(inputs[0], -1), -1);

    /// <summary>Over several axes, which stay as 1.</summary>
    internal static Tensor Over(Tensor x, Axes axes)
    {
        var max = Ops.StopGradient(Ops.Max(x, axes, keepdims: true));
        max = Ops.Where(Ops.Isfinite(max), max, 0);
        return Ops.Log(Ops.Sum(Ops.Exp(x - max), axes, keepdims: true)) + max;
    }
}

/// <summary>What the classes in the last axis cost: a family of ops on (…, classes) and integer labels (…).</summary>
abstract record Labelled : Fused
{
    private protected void Check(TensorType x, TensorType labels)
    {
        if (!x.Shape.Slice(0, x.Shape.Rank - 1).Matches(labels.Shape))
            throw Wrong("the labels do not fit the predictions", x.Shape.Slice(0, x.Shape.Rank - 1), labels.Shape);
        if (!labels.DType.IsInteger()) throw Wrong("labels are integers", "an integer dtype", labels.DType.Name());
    }

    /// <summary>One at the label, zero elsewhere.</summary>
    private protected static Tensor OneHot(Tensor x, Tensor labels) => Ops.OneHot(labels, x.Shape[-1], dtype: x.DType);
}

/// <summary>The element of the last axis that each label names. A label out of range is an error when it runs.</summary>
sealed record PickLabel : Labelled
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Check(inputs[0], inputs[1]);
        return inputs[1].As(inputs[0].DType);
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient)
    {
        var (x, labels) = (result.Inputs[0], result.Inputs[1]);
        return [OneHot(x, labels) * Ops.ExpandDims(gradient, -1), null];
    }

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs) => Ops.Sum(OneHot(inputs[0], inputs[1]) * inputs[0], -1);
}

/// <summary>-log softmax(x) at each label. A label out of range is an error when it runs.</summary>
sealed record SparseCrossentropy : Labelled
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Check(inputs[0], inputs[1]);
        return inputs[1].As(inputs[0].DType);
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) =>
        [new SparseCrossentropyGradient().On(result.Inputs[0], result.Inputs[1], gradient), null];

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs) =>
        -Ops.Sum(OneHot(inputs[0], inputs[1]) * new LogSoftmax().On(inputs[0]), -1);
}

/// <summary>(softmax(x) - one-hot of the label) g for each row.</summary>
sealed record SparseCrossentropyGradient : Labelled
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Check(inputs[0], inputs[1]);
        SameShape(inputs[1], inputs[2]);
        return inputs[0];
    }

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs) =>
        (new Softmax().On(inputs[0]) - OneHot(inputs[0], inputs[1])) * Ops.ExpandDims(inputs[2], -1);
}

/// <summary>-Σ t log softmax(x) of each row, from logits x and targets t.</summary>
sealed record SoftCrossentropy : Fused
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        SameShape(inputs[0], inputs[1]);
        return inputs[0].As(inputs[0].Shape.Slice(0, inputs[0].Shape.Rank - 1));
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient)
    {
        var (x, t) = (result.Inputs[0], result.Inputs[1]);
        return [new SoftCrossentropyGradient().On(x, t, gradient), -new LogSoftmax().On(x) * Ops.ExpandDims(gradient, -1)];
    }

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs) => -Ops.Sum(inputs[1] * new LogSoftmax().On(inputs[0]), -1);
}

/// <summary>(softmax(x) Σ t - t) g for each row: the gradient of <see cref="SoftCrossentropy"/> for the logits.</summary>
sealed record SoftCrossentropyGradient : Fused
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        SameShape(inputs[0], inputs[1]);
        SameShape(inputs[0].As(inputs[0].Shape.Slice(0, inputs[0].Shape.Rank - 1)), inputs[2]);
        return inputs[0];
    }

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var (x, t, g) = (inputs[0], inputs[1], Ops.ExpandDims(inputs[2], -1));
        return (new Softmax().On(x) * Ops.Sum(t, -1, keepdims: true) - t) * g;
    }
}

/// <summary>max(x, 0) - x t + log(1 + exp(-|x|)) of each element: the cross-entropy of a logit x and a probability t.</summary>
sealed record SigmoidCrossentropy : Fused
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        SameShape(inputs[0], inputs[1]);
        return inputs[0];
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient)
    {
        var (x, t) = (result.Inputs[0], result.Inputs[1]);
        return [(Ops.Sigmoid(x) - t) * gradient, -x * gradient];
    }

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs) => Ops.Softplus(inputs[0]) - inputs[0] * inputs[1];
}

public static partial class Ops
{
    /// <summary>exp(x) divided by its sum along an axis.</summary>
    public static Tensor Softmax(Tensor x, int axis = -1) => Softmax(x, (Axes)axis);

    /// <summary>exp(x) divided by its sum along several axes; over all elements for <c>null</c>.</summary>
    public static Tensor Softmax(Tensor x, Axes? axis) => AlongLast(AsFloating(x), axis ?? Axes.All(x.Shape), "softmax", y => new Softmax().On(y), Keras.Softmax.Over);

    /// <summary>The logarithm of the softmax, without loss at small values.</summary>
    public static Tensor LogSoftmax(Tensor x, int axis = -1) => LogSoftmax(x, (Axes)axis);

    /// <summary>The logarithm of the softmax along several axes, or over all elements for <c>null</c>.</summary>
    public static Tensor LogSoftmax(Tensor x, Axes? axis) => AlongLast(AsFloating(x), axis ?? Axes.All(x.Shape), "log_softmax", y => new LogSoftmax().On(y), Keras.LogSoftmax.Over);

    /// <summary>Applies a function of the last axis along some others: they are moved to the end, as one; or a slower function of the axes
    /// where sizes are missing for that.</summary>
    static Tensor AlongLast(Tensor x, Axes axis, string who, Func<Tensor, Tensor> apply, Func<Tensor, Axes, Tensor> plain)
    {
        if (x.Rank == 0) throw Errors.Argument(who, "a scalar has no axis", "1 dimension or more", x.Shape);
        var axes = axis.Of(x.Shape, who);
        if (axes.Count == 1 && axes[0] == x.Rank - 1) return apply(x);
        var order = Enumerable.Range(0, x.Rank).Where(i => !axes.Contains(i)).Concat(axes).ToArray();
        var moved = Transpose(x, order);
        var kept = moved.Shape.Slice(0, x.Rank - axes.Count);
        var inverse = new int[order.Length];
        for (var i = 0; i < order.Length; i++) inverse[order[i]] = i;
        if (axes.Count == 1) return Transpose(apply(moved), inverse);
        var merged = moved.Shape.Slice(kept.Rank, axes.Count);
        // A shape to bring a tensor to has at most one unknown dimension.
        if (!merged.IsKnown || kept.Count(d => d is null) > 1) return plain(x, axes);
        return Transpose(Reshape(apply(Reshape(moved, kept.Append(Shape.Of(Shape.Dim(merged.Size))))), moved.Shape), inverse);
    }

    /// <summary>The cross-entropy between one-hot or soft targets and predictions.</summary>
    /// <param name="target">(…, classes), as probabilities.</param>
    /// <param name="output">(…, classes), as probabilities or logits.</param>
    /// <param name="fromLogits">Whether the predictions are logits. Default false.</param>
    /// <param name="axis">The axis of the classes. Default the last.</param>
    /// <returns>The shape of the target without the axis.</returns>
    public static Tensor CategoricalCrossentropy(Tensor target, Tensor output, bool fromLogits = false, int axis = -1)
    {
        if (target.Rank != output.Rank || !target.Shape.Matches(output.Shape))
            throw Errors.Argument("categorical_crossentropy", "target and output have different shapes", output.Shape, target.Shape);
        output = AsFloating(output);
        target = Cast(target, output.DType);
        if (!fromLogits) return -Sum(target * Log(Probabilities(output, axis)), axis);
        return new SoftCrossentropy().On(Moveaxis(output, axis, -1), Moveaxis(target, axis, -1));
    }

    static Tensor Probabilities(Tensor output, int axis) =>
        Clip(output / Sum(output, axis, keepdims: true), Config.Epsilon, 1 - Config.Epsilon);

    /// <summary>The cross-entropy between integer targets and predictions.</summary>
    /// <param name="target">Class numbers, of the shape of the output without the axis, or with it as 1.</param>
    /// <param name="output">(…, classes), as probabilities or logits.</param>
    /// <param name="fromLogits">Whether the predictions are logits. Default false.</param>
    /// <param name="axis">The axis of the classes. Default the last.</param>
    /// <exception cref="ArgumentException">The shapes do not fit; when it runs, a target that is no class.</exception>
    public static Tensor SparseCategoricalCrossentropy(Tensor target, Tensor output, bool fromLogits = false, int axis = -1)
    {
        if (output.Rank == 0)
            throw Errors.Argument("sparse_categorical_crossentropy", "the output has no classes", "1 dimension or more", output.Shape);
        var at = output.Shape.Axis(axis, "sparse_categorical_crossentropy");
        if (target.Rank == output.Rank && target.Shape[at] == 1) target = Squeeze(target, at);
        if (!target.DType.IsInteger()) target = Cast(target, DType.Int64);
        output = AsFloating(output);
        if (at != output.Rank - 1) output = Moveaxis(output, at, -1);
        return fromLogits ? new SparseCrossentropy().On(output, target) : -Log(new PickLabel().On(Probabilities(output, -1), target));
    }

    /// <summary>The cross-entropy between probabilities of a yes and predictions, element by element.</summary>
    /// <param name="target">Probabilities, of the shape of the output.</param>
    /// <param name="output">Probabilities or logits.</param>
    /// <param name="fromLogits">Whether the predictions are logits. Default false.</param>
    public static Tensor BinaryCrossentropy(Tensor target, Tensor output, bool fromLogits = false)
    {
        if (!target.Shape.Matches(output.Shape))
            throw Errors.Argument("binary_crossentropy", "target and output have different shapes", output.Shape, target.Shape);
        output = AsFloating(output);
        target = Cast(target, output.DType);
        if (fromLogits) return new SigmoidCrossentropy().On(output, target);
        var p = Clip(output, Config.Epsilon, 1 - Config.Epsilon);
        return -(target * Log(p) + (1 - target) * Log(1 - p));
    }
}
