namespace Keras;

public static partial class Ops
{
    /// <summary>Whether the elements of each pair are close: |x1 − x2| ≤ atol + rtol |x2|. Equal infinities are.</summary>
    /// <param name="x1">A tensor.</param>
    /// <param name="x2">A tensor that broadcasts with it.</param>
    /// <param name="rtol">The tolerance relative to x2. Default 1e-5.</param>
    /// <param name="atol">The absolute tolerance. Default 1e-8.</param>
    /// <param name="equalNan">Whether two NaN are close. Default no.</param>
    /// <exception cref="ArgumentException">The shapes do not fit together.</exception>
    public static Tensor Isclose(Tensor x1, Tensor x2, double rtol = 1e-5, double atol = 1e-8, bool equalNan = false)
    {
        (x1, x2) = Promote(x1, x2);
        (x1, x2) = (AsFloating(x1), AsFloating(x2));
        var near = LogicalAnd(LessEqual(Absolute(x1 - x2), Absolute(x2) * rtol + atol), Isfinite(x2));
        var close = LogicalOr(near, Equal(x1, x2));
        return equalNan ? LogicalOr(close, LogicalAnd(Isnan(x1), Isnan(x2))) : close;
    }

    /// <summary>Whether all pairs of elements are close, as <see cref="Isclose"/> says; a scalar.</summary>
    /// <inheritdoc cref="Isclose"/>
    public static Tensor Allclose(Tensor x1, Tensor x2, double rtol = 1e-5, double atol = 1e-8, bool equalNan = false) =>
        All(Isclose(x1, x2, rtol, atol, equalNan));

    /// <summary>The elements with NaN and the infinities replaced by numbers.</summary>
    /// <param name="x">A tensor.</param>
    /// <param name="nan">For NaN. Default 0.</param>
    /// <param name="posinf">For infinity. Default the largest number of the dtype.</param>
    /// <param name="neginf">For negative infinity. Default the smallest number of the dtype.</param>
    public static Tensor NanToNum(Tensor x, double nan = 0, double? posinf = null, double? neginf = null)
    {
        if (!NotComplex(x, "nan_to_num").DType.IsFloating()) return x;
        var (low, high) = x.DType.Limits();
        var finite = Where(Isposinf(x), posinf ?? high, Where(Isneginf(x), neginf ?? low, x));
        return Where(Isnan(x), nan, finite);
    }

    /// <summary>Whether each element is infinity.</summary>
    public static Tensor Isposinf(Tensor x) => Equal(AsFloating(x), double.PositiveInfinity);

    /// <summary>Whether each element is negative infinity.</summary>
    public static Tensor Isneginf(Tensor x) => Equal(AsFloating(x), double.NegativeInfinity);

    /// <summary>Quotient of each pair of elements, 0 where the divisor is 0; integers give a floating result.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit together.</exception>
    public static Tensor DivideNoNan(Tensor x1, Tensor x2)
    {
        // The divisor is replaced as well, so that no NaN comes back through the gradient.
        var zero = Equal(x2, 0);
        return Where(zero, 0, Divide(x1, Where(zero, 1, x2)));
    }

    /// <summary>Angles in degrees as radians.</summary>
    public static Tensor Deg2rad(Tensor x) => AsFloating(x) * (Math.PI / 180);

    /// <summary>Angles in radians as degrees.</summary>
    public static Tensor Rad2deg(Tensor x) => AsFloating(x) * (180 / Math.PI);

    /// <summary>sin(πx) / (πx) of each element; 1 at 0.</summary>
    public static Tensor Sinc(Tensor x)
    {
        var angle = AsFloating(x) * Math.PI;
        var zero = Equal(angle, 0);
        var safe = Where(zero, 1, angle);
        return Where(zero, 1, Sin(safe) / safe);
    }

    /// <summary>0 below 0, 1 above it, and the element of <paramref name="x2"/> at 0; NaN for NaN. Integers give a floating result.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit together.</exception>
    public static Tensor Heaviside(Tensor x1, Tensor x2)
    {
        (x1, x2) = Promote(x1, x2);
        (x1, x2) = (AsFloating(x1), AsFloating(x2));
        return Where(Equal(x1, 0), x2, Where(Isnan(x1), x1, Cast(Greater(x1, 0), x1.DType)));
    }

    /// <summary>The logarithm to base 2 of the sum of the powers of 2 of each pair of elements, without overflow.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit together.</exception>
    public static Tensor Logaddexp2(Tensor x1, Tensor x2)
    {
        (x1, x2) = Promote(x1, x2);
        return Logaddexp(AsFloating(x1) * Math.Log(2), AsFloating(x2) * Math.Log(2)) / Math.Log(2);
    }

    /// <summary>The values in another dtype, limited to its numbers. Floats become integers by truncation towards zero.</summary>
    /// <param name="x">A tensor.</param>
    /// <param name="dtype">The dtype; <c>null</c> for <see cref="Config.Floatx"/>.</param>
    public static Tensor SaturateCast(Tensor x, DType? dtype)
    {
        x = ConvertToTensor(x);
        var type = dtype ?? Config.Floatx;
        var ((least, most), (low, high)) = (NotComplex(x, "saturate_cast").DType.Limits(), type.Limits());
        var result = Cast(x, type);
        // Selected after the cast: a limit need not be a number of x's dtype, and is then the next one beyond it. Infinities have limits too.
        var endless = x.DType.IsFloating();
        if (high < most || endless) result = Limited(GreaterEqual, Math.Min(high, most));
        if (low > least || endless) result = Limited(LessEqual, Math.Max(low, least));
        return result;

        Tensor Limited(Func<Tensor, Tensor, Tensor> reaches, double limit) =>
            Where(reaches(x, Tensor.Scalar(limit, x.DType)), Tensor.Scalar(limit, type), result);
    }
}
