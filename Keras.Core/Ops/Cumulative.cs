namespace Keras;

/// <summary>The products of all elements up to each one along an axis.</summary>
sealed record Cumprod(int Axis) : Unary
{
    // Up to the first zero the products divided by the element; at it the products without it; behind it nothing.
    protected override Tensor Vjp(Tensor x, Tensor y, Tensor g)
    {
        var (isZero, later) = (Ops.Equal(x, 0), new Cumsum(Axis, Reverse: true));
        var zeros = new Cumsum(Axis).On(Ops.Cast(isZero, DType.Int32));
        var first = Ops.LogicalAnd(isZero, Ops.Equal(zeros, 1));
        var without = On(Ops.Where(first, 1, x));
        var before = later.On(g * y) / Ops.Where(isZero, 1, x);
        return Ops.Where(Ops.Equal(zeros, 0), before, Ops.Where(first, later.On(g * without), 0));
    }
}

public static partial class Ops
{
    /// <summary>The products of all elements up to each one along an axis; along the flattened tensor where no axis is named.</summary>
    /// <param name="x">A tensor.</param>
    /// <param name="axis">The axis. Default none: the flattened tensor.</param>
    /// <param name="dtype">In which dtype to multiply. Default x's; bool is multiplied as int32.</param>
    /// <exception cref="ArgumentException">The axis is out of range.</exception>
    public static Tensor Cumprod(Tensor x, int? axis = null, DType? dtype = null)
    {
        x = dtype is { } wanted ? Cast(x, wanted) : AsNumber(x);
        return axis is { } given ? new Cumprod(x.Shape.Axis(given, "cumprod")).On(x) : new Cumprod(0).On(Ravel(x));
    }

    /// <summary>The products of all elements up to each one along an axis, NaN counted as 1.</summary>
    /// <param name="x">A tensor.</param>
    /// <param name="axis">The axis. Default none: the flattened tensor. An empty list multiplies nothing.</param>
    /// <param name="dtype">In which dtype to multiply. Default x's; bool is multiplied as int32.</param>
    /// <exception cref="ArgumentException">The axis is out of range, or there are several.</exception>
    public static Tensor Nancumprod(Tensor x, Axes? axis = null, DType? dtype = null) => AlongOne(axis, ReplaceNan(x, 1), dtype, Cumprod, "nancumprod");

    /// <summary>The largest value over some axes; all where none is named. NaN where one is NaN.</summary>
    /// <exception cref="ArgumentException">An axis has no elements.</exception>
    public static Tensor Amax(Tensor x, Axes? axis = null, bool keepdims = false) => Max(x, axis, keepdims);

    /// <summary>The smallest value over some axes; all where none is named. NaN where one is NaN.</summary>
    /// <exception cref="ArgumentException">An axis has no elements.</exception>
    public static Tensor Amin(Tensor x, Axes? axis = null, bool keepdims = false) => Min(x, axis, keepdims);
}
