namespace Keras;

public static partial class Ops
{
    /// <summary>Absolute value of each element; integers give a floating result.</summary>
    public static Tensor Fabs(Tensor x) => Absolute(AsFloating(x));

    /// <summary>The larger of each pair of elements; where one is NaN, the other.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit together.</exception>
    public static Tensor Fmax(Tensor x1, Tensor x2) => UnlessNan(x1, x2, Maximum);

    /// <summary>The smaller of each pair of elements; where one is NaN, the other.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit together.</exception>
    public static Tensor Fmin(Tensor x1, Tensor x2) => UnlessNan(x1, x2, Minimum);

    static Tensor UnlessNan(Tensor x1, Tensor x2, Func<Tensor, Tensor, Tensor> pick)
    {
        (x1, x2) = Promote(x1, x2);
        var picked = pick(x1, x2);
        return x1.DType.IsFloating() ? Where(Isnan(x1), x2, Where(Isnan(x2), x1, picked)) : picked;
    }

    /// <summary>Remainder of each pair of elements, with the sign of the dividend. Integers divided by 0 give 0.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit together.</exception>
    public static Tensor Fmod(Tensor x1, Tensor x2)
    {
        (x1, x2) = Promote(x1, x2);
        (x1, x2) = (AsNumber(x1), AsNumber(x2));
        var negative = Less(x1, 0);
        if (x1.DType.IsFloating())
        {
            // Of magnitudes, for which both kinds of remainder are the same and exact.
            var rest = Mod(Absolute(x1), Absolute(x2));
            return Where(negative, -rest, rest);
        }
        var remainder = Mod(x1, x2);
        return Where(LogicalAnd(NotEqual(remainder, 0), NotEqual(negative, Less(remainder, 0))), remainder - x2, remainder);
    }

    /// <summary>The greatest common divisor of each pair of integers.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit together, or the elements are no integers.</exception>
    public static Tensor Gcd(Tensor x1, Tensor x2) => Integer<Gcd>(x1, x2);

    /// <summary>The least common multiple of each pair of integers; 0 where one is 0.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit together, or the elements are no integers.</exception>
    public static Tensor Lcm(Tensor x1, Tensor x2)
    {
        (x1, x2) = Promote(x1, x2);
        return Absolute(FloorDivide(x1, Gcd(x1, x2)) * x2);
    }

    /// <summary>Each element of the first times 2 to the power of that of the second; integers give a floating result.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit together.</exception>
    public static Tensor Ldexp(Tensor x1, Tensor x2)
    {
        (x1, x2) = Promote(x1, x2);
        (x1, x2) = (AsFloating(x1), AsFloating(x2));
        // In two steps, so that a power beyond the largest number does not spoil a result within it.
        var half = StopGradient(Floor(x2 * 0.5));
        return x1 * Power(2, half) * Power(2, x2 - half);
    }

    /// <summary>The next number of the dtype after each element towards another one; integers give a floating result.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit together.</exception>
    public static Tensor Nextafter(Tensor x1, Tensor x2)
    {
        (x1, x2) = Promote(x1, x2);
        (x1, x2) = (AsFloating(x1), AsFloating(x2));
        // Floats of one sign are ordered as the integers of the same bits; around 0 the first one of the other sign is next.
        var bits = View(x1, BitsOf(x1.DType));
        var grows = Equal(Less(x1, x2), Greater(x1, 0));
        var next = View(bits + Cast(Where(grows, 1, -1), bits.DType), x1.DType);
        var least = View(Ones(Shape.Scalar, bits.DType), x1.DType);
        var stepped = Where(Equal(x1, 0), Where(Less(x2, 0), -least, least), next);
        return Where(Equal(x1, x2), x2, Where(LogicalOr(Isnan(x1), Isnan(x2)), x1 + x2, stepped));
    }

    static DType BitsOf(DType floating) => floating.Size() switch { 1 => DType.Int8, 2 => DType.Int16, 4 => DType.Int32, _ => DType.Int64 };

    /// <summary>Whether the sign of each element is negative, that of -0 and of NaN too.</summary>
    public static Tensor Signbit(Tensor x) =>
        NotComplex(x, "signbit").DType.IsFloating() ? Less(View(x, BitsOf(x.DType)), 0) : x.DType.IsInteger() ? Less(x, 0) : ZerosLike(x);

    /// <summary>The bits of each integer moved up.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit together, or the elements are no integers.</exception>
    public static Tensor BitwiseLeftShift(Tensor x, Tensor y) => LeftShift(x, y);

    /// <summary>The bits of each integer moved down; the sign stays.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit together, or the elements are no integers.</exception>
    public static Tensor BitwiseRightShift(Tensor x, Tensor y) => RightShift(x, y);
}
