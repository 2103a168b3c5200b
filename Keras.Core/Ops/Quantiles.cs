namespace Keras;

public static partial class Ops
{
    /// <summary>The middle one of the sorted elements over some axes, or the mean of the middle two; NaN where one is NaN.</summary>
    /// <param name="x">A tensor; integers count as floating.</param>
    /// <param name="axis">The axes. Default all.</param>
    /// <param name="keepdims">Whether the axes stay as 1. Default no.</param>
    /// <exception cref="ArgumentException">An axis is out of range or named twice, or there are no elements.</exception>
    public static Tensor Median(Tensor x, Axes? axis = null, bool keepdims = false) => Quantiles(x, 0.5, axis, "linear", keepdims, "median", skipNan: false);

    /// <summary>As <see cref="Median"/>, over the elements that are not NaN; NaN where all are.</summary>
    public static Tensor Nanmedian(Tensor x, Axes? axis = null, bool keepdims = false) => Quantiles(x, 0.5, axis, "linear", keepdims, "nanmedian", skipNan: true);

    /// <summary>The values below which certain parts of the elements over some axes lie; NaN where one is NaN.</summary>
    /// <param name="x">A tensor; integers count as floating.</param>
    /// <param name="q">The parts, from 0 to 1: a number, or a vector.</param>
    /// <param name="axis">The axes. Default all.</param>
    /// <param name="method">What is taken between two elements: <c>linear</c> (default) the point in between, <c>lower</c>, <c>higher</c>,
    /// <c>midpoint</c> their mean, or <c>nearest</c> the nearer one.</param>
    /// <param name="keepdims">Whether the axes stay as 1. Default no.</param>
    /// <returns>A floating tensor without the axes; where q is a vector, with a first dimension for it.</returns>
    /// <exception cref="ArgumentException">q has more than 1 dimension or is out of range (NaN results where that is only known when it runs), the
    /// method is unknown, an axis is out of range or named twice, or there are no elements.</exception>
    public static Tensor Quantile(Tensor x, Tensor q, Axes? axis = null, string method = "linear", bool keepdims = false) =>
        Quantiles(x, q, axis, method, keepdims, "quantile", skipNan: false);

    /// <summary>As <see cref="Quantile"/>, over the elements that are not NaN; NaN where all are.</summary>
    public static Tensor Nanquantile(Tensor x, Tensor q, Axes? axis = null, string method = "linear", bool keepdims = false) =>
        Quantiles(x, q, axis, method, keepdims, "nanquantile", skipNan: true);

    /// <summary>As <see cref="Quantile"/>, for parts from 0 to 100.</summary>
    public static Tensor Percentile(Tensor x, Tensor q, Axes? axis = null, string method = "linear", bool keepdims = false) =>
        Quantiles(x, q, axis, method, keepdims, "percentile", skipNan: false, whole: 100);

    /// <summary>As <see cref="Percentile"/>, over the elements that are not NaN; NaN where all are.</summary>
    public static Tensor Nanpercentile(Tensor x, Tensor q, Axes? axis = null, string method = "linear", bool keepdims = false) =>
        Quantiles(x, q, axis, method, keepdims, "nanpercentile", skipNan: true, whole: 100);

    static Tensor Quantiles(Tensor x, Tensor q, Axes? axis, string method, bool keepdims, string who, bool skipNan, double whole = 1)
    {
        method = Choice.Check("method", method, "linear", "lower", "higher", "midpoint", "nearest");
        if (q.Rank > 1) throw Errors.Argument(who, "q is neither a number nor a vector", "at most 1 dimension", q.Shape);
        if (q.Value is not null && System.Array.Exists(q.ToDoubles(), v => !(v >= 0 && v <= whole)))
            throw Errors.Argument(who, "q is out of range", $"0 to {whole}", string.Join(", ", q.ToDoubles()));
        x = AsFloating(x);
        var axes = Resolve(axis, x, who);
        var rows = Sort(Together(x, axes));
        if (rows.Shape[-1] == 0) throw Errors.Argument(who, "there is no value over zero elements", "axes of 1 or more", x.Shape);
        var part = Cast(q, PositionType(q, rows.Shape[-1])) / whole;
        part = Ravel(part);
        Tensor? isPart = q.Value is null ? LogicalAnd(GreaterEqual(part, 0), LessEqual(part, 1)) : null;
        var result = Between(rows, isPart is null ? part : Where(isPart, part, 0), method, skipNan);
        if (isPart is not null) result = Where(isPart, result, double.NaN);
        result = q.Rank == 0 ? Squeeze(result, -1) : Moveaxis(result, -1, 0);
        return keepdims ? ExpandDims(result, axes.Select(a => a + q.Rank).ToArray()) : result;
    }

    // In single precision the halves of long rows are lost; for others it keeps 0.1f a tenth.
    static DType PositionType(Tensor q, int size) => q.DType == DType.Float64 || size > 1 << 20 ? DType.Float64 : DType.Float32;

    /// <summary>Some axes as one, at the end.</summary>
    static Tensor Together(Tensor x, Axes axes)
    {
        var kept = Enumerable.Range(0, x.Rank).Where(i => !axes.Contains(i)).ToArray();
        if (kept.Length == 0) return Ravel(x);
        if (axes.Count == 0) return ExpandDims(x, -1);
        var moved = Transpose(x, [.. kept, .. axes]);
        if (axes.Count == 1) return moved;
        var merged = moved.Shape.Slice(kept.Length, axes.Count);
        return Reshape(moved, moved.Shape.Slice(0, kept.Length).Append(Shape.Of(merged.IsKnown ? Shape.Dim(merged.Size) : Shape.Unknown)));
    }

    /// <summary>What stands at parts of sorted rows, along a new last axis.</summary>
    static Tensor Between(Tensor rows, Tensor part, string method, bool skipNan)
    {
        Tensor last = skipNan ? Sum(Cast(LogicalNot(Isnan(rows)), part.DType), -1, keepdims: true) - 1
            : rows.Shape[-1] != Shape.Unknown ? Cast(rows.Shape[-1] - 1.0, part.DType)
            : Sum(OnesLike(Positions(rows, rows.Rank - 1), part.DType)) - 1;
        var position = part * last;
        var result = method switch
        {
            "lower" => At(rows, Floor(position)),
            "higher" => At(rows, Ceil(position)),
            "nearest" => At(rows, Round(position)),
            "midpoint" => Blend(At(rows, Floor(position)), At(rows, Ceil(position)), 0.5),
            _ => Blend(At(rows, Floor(position)), At(rows, Ceil(position)), Cast(position - Floor(position), rows.DType)),
        };
        // NaN stands last.
        return skipNan ? result : Where(Isnan(Take(rows, Tensor.Of([-1], [1]), -1)), double.NaN, result);
    }

    // The same places in all rows, or places of each row's own.
    static Tensor At(Tensor rows, Tensor places) => places.Rank == 1 && rows.Rank > 1
        ? Take(rows, Cast(places, DType.Int32), -1)
        : new TakeAlong(rows.Rank - 1).On(rows, Cast(places, DType.Int32));

    /// <summary>The point between two numbers; the first one for a weight of 0, also where the other is infinite.</summary>
    static Tensor Blend(Tensor low, Tensor high, Tensor weight)
    {
        var width = high - low;
        var apart = (low * (1 - weight)) + Where(Equal(weight, 0), 0, high * weight);
        return Where(Isfinite(width), low + (width * weight), apart);
    }
}
