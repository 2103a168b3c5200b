namespace Keras;

/// <summary>Each row of the last axis in rising order, NaN last.</summary>
sealed record Sort : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) => inputs[0];

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient)
    {
        var x = result.Inputs[0];
        return [new TakeAlongGradient(x.Rank - 1, x.Shape).On(new Argsort().On(x), gradient)];
    }
}

/// <summary>For each row of the last axis the places of its elements in rising order, as int32; equal ones in the order in which they stand.</summary>
sealed record Argsort : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) => inputs[0].As(DType.Int32);

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) => [null];
}

/// <summary>For each row of the last axis its largest elements, the largest first, and their places as int32; of equal ones the first comes
/// first, and NaN counts as the largest.</summary>
sealed record TopK(int K) : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var shape = inputs[0].Shape;
        if (shape.Rank == 0) throw Wrong("a scalar has no axis", "1 dimension or more", shape);
        if (K < 0 || (shape[-1] != Shape.Unknown && K > shape[-1])) throw Wrong("k is not a number of elements of the last axis", $"0 to {shape[-1]}", K);
        return TensorType.Tuple(inputs[0].As(shape.With(-1, K)), new TensorType(DType.Int32, shape.With(-1, K)));
    }

    internal override Tensor?[] VjpParts(Tensor result, Tensor?[] gradients)
    {
        var x = result.Inputs[0];
        return [gradients[0] is { } gradient ? new TakeAlongGradient(x.Rank - 1, x.Shape).On(new Part(1).On(result), gradient) : null];
    }
}

public static partial class Ops
{
    /// <summary>The elements along an axis in rising order; NaN comes last.</summary>
    /// <param name="x">A tensor.</param>
    /// <param name="axis">The axis. Default the last; <c>null</c> for the flattened tensor.</param>
    /// <returns>A tensor of x's shape and dtype.</returns>
    /// <exception cref="ArgumentException">There is no such axis.</exception>
    public static Tensor Sort(Tensor x, int? axis = -1) => InRows(x, axis, "sort", new Sort());

    /// <summary>The places of the elements along an axis in rising order; equal elements keep their order, and NaN comes last.</summary>
    /// <param name="x">A tensor.</param>
    /// <param name="axis">The axis. Default the last; <c>null</c> for the flattened tensor.</param>
    /// <returns>An int32 tensor of x's shape.</returns>
    /// <exception cref="ArgumentException">There is no such axis.</exception>
    public static Tensor Argsort(Tensor x, int? axis = -1) => InRows(x, axis, "argsort", new Argsort());

    /// <summary>Places such that the element that would stand at <paramref name="kth"/> in rising order does so, with no larger one before it and
    /// no smaller one behind it. Here all are in order.</summary>
    /// <param name="x">A tensor.</param>
    /// <param name="kth">A place along the axis; a negative one counts from the end.</param>
    /// <param name="axis">The axis. Default the last; <c>null</c> for the flattened tensor.</param>
    /// <returns>An int32 tensor of x's shape.</returns>
    /// <exception cref="ArgumentException">There is no such axis, or a tensor of values has no such place along it.</exception>
    public static Tensor Argpartition(Tensor x, int kth, int? axis = -1)
    {
        var places = Argsort(x, axis);
        var size = axis is { } at && x.Rank > 0 ? x.Shape[at] : x.IsOpen ? Shape.Unknown : Shape.Dim(x.Shape.Size);
        // As in Keras, an Input may be too short for kth: all in order is right for any.
        if (!x.IsOpen && (kth < -size || kth >= size)) throw Errors.Argument("argpartition", "kth is out of range", $"{-size} to {size - 1}", kth);
        return places;
    }

    /// <summary>Applies an op of the rows of the last axis along another one, or to the flattened tensor.</summary>
    static Tensor InRows(Tensor x, int? axis, string who, Op op)
    {
        if (axis is not { } given) return op.On(Ravel(x));
        if (x.Rank == 0 && given is 0 or -1) return Reshape(op.On(Reshape(x, [1])), Shape.Scalar);
        var at = x.Shape.Axis(given, who);
        return at == x.Rank - 1 ? op.On(x) : Moveaxis(op.On(Moveaxis(x, at, -1)), -1, at);
    }

    /// <summary>The largest elements along the last axis, the largest first. NaN counts as larger than all numbers.</summary>
    /// <param name="x">1 dimension or more.</param>
    /// <param name="k">How many.</param>
    /// <param name="sorted">Whether they must be in order. Here they always are.</param>
    /// <param name="isStable">Whether of equal elements the first must come first. Here it always does.</param>
    /// <returns>The elements, of x's shape with k as its last dimension, and their places as int64; in a model, int32.</returns>
    /// <exception cref="ArgumentException">The last axis has fewer than k elements, k is negative, or x is a scalar.</exception>
    public static (Tensor Values, Tensor Indices) TopK(Tensor x, int k, bool sorted = true, bool isStable = true)
    {
        var both = new TopK(k).On(x);
        return (new Part(0).On(both), Cast(new Part(1).On(both), PlaceType(x)));
    }

    // Keras infers int32 for places in a model that is being built, and gives int64 where it computes them.
    static DType PlaceType(Tensor x) => x.IsOpen ? DType.Int32 : DType.Int64;

    /// <summary>Whether the prediction for each target's class is among the k largest. Predictions that equal the k-th largest all count as
    /// among them; NaN takes a place but is never a hit.</summary>
    /// <param name="targets">Classes, of the predictions' shape without the last axis.</param>
    /// <param name="predictions">Scores of each class, along the last axis.</param>
    /// <param name="k">How many of the largest count. From the number of classes on, all do.</param>
    /// <returns>bool, of the targets' shape.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit together, or k is negative; when it runs, a class is out of range.</exception>
    public static Tensor InTopK(Tensor targets, Tensor predictions, int k)
    {
        if (k < 0) throw Errors.Argument("in_top_k", "k is negative", "0 or more", k);
        if (targets.Rank != predictions.Rank - 1)
            throw Errors.Argument("in_top_k", "there is not one target for each row of predictions", $"{predictions.Rank - 1} dimensions", targets.Shape);
        var own = new TakeAlong(targets.Rank).On(predictions, ExpandDims(AsIndices(targets), -1));
        var ahead = Greater(predictions, own);
        if (predictions.DType.IsFloating()) ahead = LogicalOr(LogicalOr(ahead, Isnan(predictions)), Isnan(own));
        return Less(Sum(Cast(ahead, DType.Int32), -1), k);
    }

    /// <summary>The point nearest to x among those whose elements along an axis are not negative and sum to 1: like a softmax, but most elements
    /// are 0 (Martins and Astudillo, 2016).</summary>
    /// <param name="x">1 dimension or more; integers count as floating.</param>
    /// <param name="axis">The axis. Default the last.</param>
    /// <returns>A floating tensor of x's shape.</returns>
    /// <exception cref="ArgumentException">There is no such axis, or it has no elements.</exception>
    public static Tensor Sparsemax(Tensor x, int axis = -1)
    {
        var at = x.Shape.Axis(axis, "sparsemax");
        var scores = Moveaxis(Wide(x), at, -1);
        scores -= StopGradient(Max(scores, -1, keepdims: true));
        var falling = Flip(Sort(scores), -1);
        var sums = Cumsum(falling, -1);
        var ranks = Cast(Positions(falling, falling.Rank - 1) + 1, scores.DType);
        // The elements above the threshold are the first ones in falling order.
        var count = Sum(Cast(Greater(1 + (ranks * falling), sums), DType.Int32), -1, keepdims: true);
        var threshold = (TakeAlongAxis(sums, count - 1, -1) - 1) / Cast(count, scores.DType);
        return Cast(Moveaxis(Relu(scores - threshold), -1, at), AsFloating(x).DType);
    }
}
