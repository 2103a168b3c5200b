namespace Keras;

public static partial class Ops
{
    /// <summary>The norm of vectors along one axis, or of matrices in two. Where it has a kink, at 0 above all, its gradient is finite.</summary>
    /// <param name="x">A tensor; integers count as floating.</param>
    /// <param name="ord">The order p of a vector norm (Σ|x|ᵖ)^(1/p), where 0 counts the elements other than 0 and ±∞ gives the largest or smallest
    /// magnitude; or of a matrix norm: ±1 the largest or smallest sum of magnitudes in a column, ±∞ in a row, ±2 the largest or
    /// smallest singular value. Default the root of the sum of squares.</param>
    /// <param name="axis">One axis of vectors, or those of the rows and of the columns of matrices. Default the whole tensor, flattened where no
    /// order is given, else a vector or a matrix.</param>
    /// <param name="keepdims">Whether the axes stay as 1. Default no.</param>
    /// <exception cref="ArgumentException">The axes are out of range or more than two, the tensor is neither vector nor matrix, or matrices have no
    /// norm of the order.</exception>
    public static Tensor Norm(Tensor x, double? ord = null, Axes? axis = null, bool keepdims = false)
    {
        var (a, axes) = (Wide(x), NormAxes(x, ord is not null, axis));
        if (ord is not { } order || (order == 2 && axes.Length == 1)) return Narrowed(EuclideanNorm(a, axes, keepdims), x);
        return Narrowed(axes.Length == 1 ? VectorNorm(a, order, axes[0], keepdims) : MatrixNorm(a, order, (axes[0], axes[1]), keepdims), x);
    }

    /// <summary>The norm of matrices that bears a name.</summary>
    /// <param name="x">A tensor; integers count as floating.</param>
    /// <param name="ord"><c>fro</c>: the root of the sum of squares (Frobenius); <c>nuc</c>: the sum of the singular values (nuclear).</param>
    /// <param name="axis">The axes of rows and columns. Default those of a matrix.</param>
    /// <param name="keepdims">Whether the axes stay as 1. Default no.</param>
    /// <exception cref="ArgumentException">The name is unknown, the axes are out of range, or there are not two of them.</exception>
    public static Tensor Norm(Tensor x, string ord, Axes? axis = null, bool keepdims = false)
    {
        Choice.Check("ord", ord, "fro", "nuc");
        var (a, axes) = (Wide(x), NormAxes(x, true, axis));
        if (axes.Length != 2) throw Errors.Argument("norm", $"vectors have no norm \"{ord}\"", "two axes", $"{axes.Length} for {x.Shape}");
        return Narrowed(ord == "fro" ? EuclideanNorm(a, axes, keepdims) : OfSingularValues(a, (axes[0], axes[1]), keepdims, s => Sum(s, -1)), x);
    }

    static int[] NormAxes(Tensor x, bool hasOrder, Axes? axis)
    {
        if (axis is not { } given)
            return !hasOrder || x.Rank is 1 or 2 ? [.. Enumerable.Range(0, x.Rank)]
                : throw Errors.Argument("norm", "without axes an order is for vectors and matrices", "1 or 2 dimensions", x.Shape);
        // Checked, but in their own order: the first one is that of the rows.
        given.Of(x.Shape, "norm");
        return given.Count is 1 or 2 ? [.. given.Select(a => x.Shape.Axis(a, "norm"))]
            : throw Errors.Argument("norm", "a norm is of vectors or of matrices", "1 or 2 axes", given);
    }

    static Tensor EuclideanNorm(Tensor x, int[] axes, bool keepdims) => SafeSqrt(Sum(Square(x), axes, keepdims));

    static Tensor VectorNorm(Tensor x, double order, int axis, bool keepdims)
    {
        if (order == 0) return Sum(Cast(NotEqual(x, 0), x.DType), axis, keepdims);
        var magnitudes = Absolute(x);
        if (double.IsInfinity(order)) return order > 0 ? Max(magnitudes, axis, keepdims) : Min(magnitudes, axis, keepdims);
        if (order == 1) return Sum(magnitudes, axis, keepdims);
        var sum = Sum(Power(magnitudes, order), axis, keepdims);
        // Neither root nor logarithm has a derivative at 0.
        var none = Equal(sum, 0);
        return Where(none, order > 0 ? 0 : double.PositiveInfinity, Power(Where(none, 1, sum), 1 / order));
    }

    static Tensor MatrixNorm(Tensor x, double order, (int Rows, int Columns) axes, bool keepdims)
    {
        Tensor Reduced(int inner, int outer)
        {
            var sums = Sum(Absolute(x), inner, keepdims: true);
            var result = order > 0 ? Max(sums, outer, keepdims: true) : Min(sums, outer, keepdims: true);
            return keepdims ? result : Squeeze(result, axes);
        }
        return order switch
        {
            1 or -1 => Reduced(axes.Rows, axes.Columns),
            double.PositiveInfinity or double.NegativeInfinity => Reduced(axes.Columns, axes.Rows),
            2 => OfSingularValues(x, axes, keepdims, s => Max(s, -1)),
            -2 => OfSingularValues(x, axes, keepdims, s => Min(s, -1)),
            _ => throw Errors.Argument("norm", "matrices have no norm of this order", "1, -1, 2, -2, ∞, -∞, \"fro\" or \"nuc\"", order),
        };
    }

    static Tensor OfSingularValues(Tensor x, (int Rows, int Columns) axes, bool keepdims, Func<Tensor, Tensor> reduce)
    {
        var norms = reduce(SingularValues(Moveaxis(x, axes, (-2, -1))));
        return keepdims ? ExpandDims(norms, axes) : norms;
    }
}
