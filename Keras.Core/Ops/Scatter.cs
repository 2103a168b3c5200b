namespace Keras;

/// <summary>How an update changes what stands at its place.</summary>
enum ScatterKind
{
    /// <summary>It takes the place; of several the last one.</summary>
    Replace,
    Add,
    Max,
    Min,
    Mul,
}

/// <summary>Rows of x (n, …) updated by rows of updates (count, …) at indices (count): an index out of range is an error when it runs; a
/// negative one counts from the end.</summary>
sealed record ScatterRows(ScatterKind Kind) : Indexing(0)
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Check(inputs[1]);
        SameDType(inputs[0], inputs[2]);
        var (x, indices, updates) = (inputs[0].Shape, inputs[1].Shape, inputs[2].Shape);
        return indices.Rank == 1 && updates.Matches(indices.Append(x.Slice(1, x.Rank - 1))) ? inputs[0]
            : throw Wrong("there is not one row for each index", $"{indices} rows of {x.Slice(1, x.Rank - 1)}", updates);
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient)
    {
        var (x, indices, updates) = (result.Inputs[0], result.Inputs[1], result.Inputs[2]);
        var arriving = At(gradient, indices);
        if (Kind == ScatterKind.Replace)
        {
            var order = Ops.Arange(indices.Shape[0]);
            var last = Ops.Equal(At(On(Ops.Full([x.Shape[0]], -1, DType.Int32), indices, order), indices), order);
            return [On(gradient, indices, Ops.ZerosLike(updates)), null, Ops.Where(Rows(last, updates), arriving, 0)];
        }
        var add = new ScatterRows(ScatterKind.Add);
        if (Kind == ScatterKind.Add) return [gradient, null, arriving];
        if (Kind == ScatterKind.Mul)
        {
            // The product of the others, not y / x, so that one zero is right too.
            var (zeroX, zero) = (Ops.Equal(x, 0), Ops.Equal(updates, 0));
            var zeros = At(add.On(Ops.Cast(zeroX, x.DType), indices, Ops.Cast(zero, x.DType)), indices);
            var rest = At(On(Ops.Where(zeroX, 1, x), indices, Ops.Where(zero, 1, updates)), indices);
            var others = Ops.Where(zero, Ops.Where(Ops.Equal(zeros, 1), rest, 0), Ops.Where(Ops.Equal(zeros, 0), rest / Ops.Where(zero, 1, updates), 0));
            return [gradient * On(Ops.OnesLike(x), indices, updates), null, arriving * others];
        }
        // Equal extremes share the gradient.
        var (hitX, hit) = (Ops.Cast(Ops.Equal(x, result), x.DType), Ops.Cast(Ops.Equal(updates, At(result, indices)), x.DType));
        var share = gradient / add.On(hitX, indices, hit);
        return [share * hitX, null, At(share, indices) * hit];
    }

    static Tensor At(Tensor rows, Tensor indices) => new Take(0).On(rows, indices);

    static Tensor Rows(Tensor vector, Tensor like) => Ops.Reshape(vector, Shape.Of([like.Shape[0], .. Enumerable.Repeat(1, like.Rank - 1)]));
}

/// <summary>A tensor with updates at indices of several dimensions (…, depth): the first <c>depth</c> dimensions are indexed.</summary>
sealed record ScatterUpdate(ScatterKind Kind) : Fused
{
    public override string Name => "scatter_update";

    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var (x, indices, updates) = (inputs[0].Shape, inputs[1].Shape, inputs[2].Shape);
        if (indices.Rank == 0 || indices[-1] > x.Rank) throw Wrong("the indices have too many parts", $"at most {x.Rank} in the last dimension", indices);
        if (indices[-1] == Shape.Unknown) return inputs[0];
        var expected = indices.Slice(0, indices.Rank - 1).Append(x.Slice(indices[-1], x.Rank - indices[-1]));
        return updates.Matches(expected) ? inputs[0] : throw Wrong("the updates do not fit the indices", expected, updates);
    }

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var (x, indices, updates) = (inputs[0], inputs[1], inputs[2]);
        var depth = indices.Shape[-1];
        var (outer, inner) = (x.Shape.Slice(0, depth), x.Shape.Slice(depth, x.Rank - depth));
        if (outer.Size > int.MaxValue) throw Wrong("the indexed dimensions are too large", $"at most {int.MaxValue} places", outer);
        var count = Shape.Dim(indices.Shape.Slice(0, indices.Rank - 1).Size);
        var rows = Ops.Reshape(x, Shape.Of((int)outer.Size).Append(inner));
        var places = Places(Ops.Reshape(indices, [count, depth]), outer);
        return Ops.Reshape(new ScatterRows(Kind).On(rows, places, Ops.Reshape(updates, Shape.Of(count).Append(inner))), x.Shape);
    }

    /// <summary>Indices into the flattened outer dimensions; where a part is out of range, one that is too.</summary>
    static Tensor Places(Tensor indices, Shape outer)
    {
        if (outer.Rank == 1) return Ops.Squeeze(indices, 1);
        indices = Ops.Cast(indices, DType.Int64);
        var sizes = Tensor.Of(outer.Dims.ToArray().Select(d => (long)d).ToArray(), [outer.Rank]);
        var strides = new long[outer.Rank];
        for (var (i, stride) = (outer.Rank - 1, 1L); i >= 0; stride *= outer[i--]) strides[i] = stride;
        var wrong = Ops.Any(Ops.LogicalOr(Ops.Less(indices, -sizes), Ops.GreaterEqual(indices, sizes)), 1);
        var places = Ops.Sum(Ops.Where(Ops.Less(indices, 0), indices + sizes, indices) * Tensor.Of(strides, [outer.Rank]), 1);
        return Ops.Where(wrong, Tensor.Scalar(outer.Size, DType.Int64), places);
    }
}

public static partial class Ops
{
    /// <summary>A tensor of zeros with values added at indices.</summary>
    /// <param name="indices">Integers (…, depth): places in the first <c>depth</c> dimensions.</param>
    /// <param name="values">A value, or a block of the other dimensions, for each.</param>
    /// <param name="shape">The shape of the result.</param>
    /// <exception cref="ArgumentException">The shapes do not fit together; when it runs, an index is out of range.</exception>
    public static Tensor Scatter(Tensor indices, Tensor values, Shape shape) => ScatterUpdate(Zeros(shape, ConvertToTensor(values).DType), indices, values, "add");

    /// <summary>A tensor with updates at indices. The result does not depend on the number of threads; updates of one place happen in order.</summary>
    /// <param name="inputs">The tensor.</param>
    /// <param name="indices">Integers (…, depth): places in the first <c>depth</c> dimensions; negative ones count from the end.</param>
    /// <param name="updates">A value, or a block of the other dimensions, for each.</param>
    /// <param name="reduction">How an update meets what is there: <c>add</c>, <c>max</c>, <c>min</c> or <c>mul</c>. Default none: it takes the
    /// place.</param>
    /// <exception cref="ArgumentException">The shapes do not fit together, or the reduction is unknown; when it runs, an index is out of
    /// range.</exception>
    public static Tensor ScatterUpdate(Tensor inputs, Tensor indices, Tensor updates, string? reduction = null)
    {
        inputs = ConvertToTensor(inputs);
        var kind = reduction is null ? ScatterKind.Replace
            : Enum.Parse<ScatterKind>(Choice.Check("reduction", reduction, "add", "max", "min", "mul"), ignoreCase: true);
        return Now(new ScatterUpdate(kind), inputs, AsIndices(indices), Cast(updates, inputs.DType));
    }

    /// <summary>The sums of the elements of each segment.</summary>
    /// <param name="data">Elements, or blocks, along the first axis.</param>
    /// <param name="segmentIds">For each the number of its segment: an integer vector. Those that are negative or too large count nowhere.</param>
    /// <param name="numSegments">How many segments. Default the largest number and 1, for which the numbers must have values.</param>
    /// <param name="sorted">A promise that the numbers rise; it changes nothing.</param>
    /// <returns>data's shape with the segments as first axis; 0 for an empty one.</returns>
    /// <exception cref="ArgumentException">There is not one number for each element.</exception>
    public static Tensor SegmentSum(Tensor data, Tensor segmentIds, int? numSegments = null, bool sorted = false) =>
        Segments(data, segmentIds, numSegments, ScatterKind.Add, "segment_sum");

    /// <summary>The largest element of each segment.</summary>
    /// <returns>data's shape with the segments as first axis; the lowest value of the dtype for an empty one.</returns>
    /// <inheritdoc cref="SegmentSum"/>
    public static Tensor SegmentMax(Tensor data, Tensor segmentIds, int? numSegments = null, bool sorted = false) =>
        Segments(data, segmentIds, numSegments, ScatterKind.Max, "segment_max");

    /// <summary>The smallest element of each segment.</summary>
    /// <returns>data's shape with the segments as first axis; the largest value of the dtype for an empty one.</returns>
    /// <inheritdoc cref="SegmentSum"/>
    public static Tensor SegmentMin(Tensor data, Tensor segmentIds, int? numSegments = null, bool sorted = false) =>
        Segments(data, segmentIds, numSegments, ScatterKind.Min, "segment_min");

    /// <summary>The products of the elements of each segment.</summary>
    /// <returns>data's shape with the segments as first axis; 1 for an empty one.</returns>
    /// <inheritdoc cref="SegmentSum"/>
    public static Tensor SegmentProd(Tensor data, Tensor segmentIds, int? numSegments = null, bool sorted = false) =>
        Segments(data, segmentIds, numSegments, ScatterKind.Mul, "segment_prod");

    static Tensor Segments(Tensor data, Tensor ids, int? count, ScatterKind kind, string who)
    {
        if (data.Rank == 0 || ids.Rank != 1 || !data.Shape.Slice(0, 1).Matches(ids.Shape))
            throw Errors.Argument(who, "there is not one segment number for each element", $"({(data.Rank > 0 ? data.Shape.Slice(0, 1) : "n")},)", ids.Shape);
        if (count < 0) throw Errors.Argument(who, "the number of segments is negative", "0 or more", count);
        var (rest, places) = (data.Shape.Slice(1, data.Rank - 1), AsIndices(ids));
        if (count is null && ids.IsOpen) return new ShapedByValues(data.Type.As(Shape.Of(Shape.Unknown).Append(rest)), who).On(data, ids);
        var segments = count ?? (ids.Shape.Size == 0 ? 0 : Shape.Dim((long)Math.Clamp(Max(places).Item(), -1, 1L << 40) + 1));
        // What counts nowhere goes to a segment more, which is then cut off.
        places = Where(LogicalOr(Less(places, 0), GreaterEqual(places, segments)), segments, places);
        var start = Full(Shape.Scalar, Neutral(kind, data.DType), data.DType);
        var shape = Shape.Of(Shape.Dim(segments + 1L)).Append(rest);
        var empty = shape.IsKnown ? BroadcastTo(start, shape) : Doubled(ZerosLike(Narrow(data, 0, 0, 1)) + start, Parts(segments, who) + 1, 0);
        return Narrow(new ScatterRows(kind).On(empty, places, data), 0, 0, segments);
    }

    static Tensor Neutral(ScatterKind kind, DType dtype) => kind switch
    {
        ScatterKind.Max => Tensor.Scalar(dtype.Ends().Low, dtype),
        ScatterKind.Min => Tensor.Scalar(dtype.Ends().High, dtype),
        ScatterKind.Mul => 1,
        _ => 0,
    };
}
