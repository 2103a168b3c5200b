namespace Keras;

public static partial class Ops
{
    /// <summary>The mean over some axes, each element counted by its weight.</summary>
    /// <param name="x">A tensor.</param>
    /// <param name="axis">The axes. Default none: all of them. An empty list changes nothing but the dtype.</param>
    /// <param name="weights">One weight for each element, or for each place along the axes. Default none: all equal.</param>
    /// <returns>A floating tensor without the axes.</returns>
    /// <exception cref="ArgumentException">The weights have neither x's shape nor that of the axes.</exception>
    public static Tensor Average(Tensor x, Axes? axis = null, Tensor? weights = null)
    {
        if (weights is null) return Mean(AsFloating(x), axis);
        (x, weights) = Promote(x, weights);
        (x, weights) = (AsFloating(x), AlongAxes(AsFloating(weights), x.Shape, axis ?? Axes.All(x.Shape)));
        return Sum(x * weights, axis) / Sum(weights, axis);
    }

    static Tensor AlongAxes(Tensor weights, Shape shape, Axes axes)
    {
        if (weights.Shape.Matches(shape)) return weights;
        var at = axes.Select(a => shape.Axis(a, "average")).ToArray();
        var expected = Shape.Of([.. at.Select(a => shape[a])]);
        if (!weights.Shape.Matches(expected))
            throw Errors.Argument("average", "the weights fit neither the tensor nor the axes", $"{shape} or {expected}", weights.Shape);
        var order = Enumerable.Range(0, at.Length).OrderBy(i => at[i]).ToArray();
        return ExpandDims(Transpose(weights, order), Enumerable.Range(0, shape.Rank).Except(at).ToArray());
    }

    /// <summary>How many elements over some axes are not 0, as int32; all axes where none is named. NaN is not 0.</summary>
    public static Tensor CountNonzero(Tensor x, Axes? axis = null) => Sum(Cast(NotEqual(x, 0), DType.Int32), axis);

    /// <summary>The largest value less the smallest over some axes; all where none is named.</summary>
    /// <exception cref="ArgumentException">An axis has no elements.</exception>
    public static Tensor Ptp(Tensor x, Axes? axis = null, bool keepdims = false) => Max(x, axis, keepdims) - Min(x, axis, keepdims);

    // Each takes several nodes; a known axis has none left before.
    const int MaxDifferences = 256;

    /// <summary>The difference of each element and the one before it along an axis; whether they differ, for truth values.</summary>
    /// <param name="a">A tensor of 1 dimension or more.</param>
    /// <param name="n">How many times over. Default 1.</param>
    /// <param name="axis">The axis. Default the last.</param>
    /// <returns>a's shape with the axis shorter by <paramref name="n"/>, but not below 0.</returns>
    /// <exception cref="ArgumentException">The axis is out of range, or n is negative.</exception>
    public static Tensor Diff(Tensor a, int n = 1, int axis = -1)
    {
        if (n < 0) throw Errors.Argument("diff", "n is negative", "0 or more", n);
        var at = a.Shape.Axis(axis, "diff");
        if (a.Shape[at] == Shape.Unknown && n > MaxDifferences)
            throw Errors.Argument("diff", "n is too large for an axis of unknown length", $"at most {MaxDifferences}", n);
        for (var i = 0; i < n && a.Shape[at] != 0; i++)
        {
            var (before, after) = Neighbours(a, at);
            a = a.DType == DType.Bool ? NotEqual(after, before) : after - before;
        }
        return a;
    }

    /// <summary>All elements along an axis but the last, and all but the first.</summary>
    static (Tensor Before, Tensor After) Neighbours(Tensor x, int axis)
    {
        var dim = x.Shape[axis];
        if (dim != Shape.Unknown) return (Narrow(x, axis, 0, Math.Max(0, dim - 1)), Narrow(x, axis, Math.Min(1, dim), Math.Max(0, dim - 1)));
        // A slice of unknown size reaches to the end, so the last element is dropped as the first one of the reverse.
        return (Flip(Narrow(Flip(x, axis), axis, 1, dim), axis), Narrow(x, axis, 1, dim));
    }

    /// <summary>The area under sampled values along an axis, by the trapezoidal rule.</summary>
    /// <param name="y">The values.</param>
    /// <param name="x">Where they are: one place for each along the axis, or y's shape. Default none: evenly spaced.</param>
    /// <param name="dx">The spacing without <paramref name="x"/>. Default 1.</param>
    /// <param name="axis">The axis. Default the last.</param>
    /// <returns>A floating tensor without the axis.</returns>
    /// <exception cref="ArgumentException">The axis is out of range, or the shapes do not fit together.</exception>
    public static Tensor Trapezoid(Tensor y, Tensor? x = null, double dx = 1.0, int axis = -1)
    {
        var at = y.Shape.Axis(axis, "trapezoid");
        var (before, after) = Neighbours(AsFloating(y), at);
        Tensor width = dx;
        if (x is { Rank: 1 })
            width = ExpandDims(Diff(AsFloating(x)), Enumerable.Range(0, y.Rank).Where(i => i != at).ToArray());
        else if (x is not null)
            width = Diff(AsFloating(x), axis: axis);
        return Sum((before + after) * width, at) / 2;
    }

    /// <summary>The powers of each element, in rows: a Vandermonde matrix.</summary>
    /// <param name="x">A vector.</param>
    /// <param name="N">How many powers. Default as many as there are elements.</param>
    /// <param name="increasing">Whether they rise from 0, left to right. Default no: they fall to 0.</param>
    /// <returns>A matrix (elements, powers) of x's dtype.</returns>
    /// <exception cref="ArgumentException">x is not a vector, or N is negative.</exception>
    public static Tensor Vander(Tensor x, int? N = null, bool increasing = false)
    {
        if (x.Rank != 1) throw Errors.Argument("vander", "x is not a vector", "1 dimension", x.Shape);
        if (N < 0) throw Errors.Argument("vander", "N is negative", "0 or more", N);
        x = AsNumber(x);
        var powers = N is { } count ? Arange(count, dtype: DType.Int32) : Cumsum(OnesLike(x, DType.Int32)) - 1;
        return Power(ExpandDims(x, 1), Cast(ExpandDims(increasing ? powers : Flip(powers), 0), x.DType));
    }
}
