namespace Keras.Regularizers;

/// <summary>A penalty of <c>l1 · Σ|x| + l2 · Σx²</c>.</summary>
public class L1L2 : Regularizer
{
    /// <summary>Chooses both factors.</summary>
    /// <param name="l1">The factor of the sum of absolute values. Default 0.</param>
    /// <param name="l2">The factor of the sum of squares. Default 0.</param>
    /// <exception cref="ArgumentException">A factor is negative or not finite.</exception>
    public L1L2(double l1 = 0, double l2 = 0) => (L1, L2) = (Check("l1", l1), Check("l2", l2));

    /// <summary>The factor of the sum of absolute values.</summary>
    public double L1 { get; }

    /// <summary>The factor of the sum of squares.</summary>
    public double L2 { get; }

    /// <inheritdoc/>
    public override Tensor Apply(Tensor x)
    {
        Tensor? penalty = L1 == 0 ? null : Ops.Sum(Ops.Absolute(x)) * L1;
        if (L2 == 0) return penalty ?? Ops.Zeros(Shape.Scalar, x.DType);
        var squares = Ops.Sum(Ops.Square(x)) * L2;
        return penalty is null ? squares : penalty + squares;
    }

    static double Check(string name, double factor) => double.IsFinite(factor) && factor >= 0
        ? factor
        : throw Errors.Argument("L1L2", $"{name} is no factor", "a finite number of 0 or more", factor);
}

/// <summary>A penalty of <c>l1 · Σ|x|</c>.</summary>
/// <param name="l1">The factor. Default 0.01.</param>
public sealed class L1(double l1 = 0.01) : L1L2(l1, 0);

/// <summary>A penalty of <c>l2 · Σx²</c>.</summary>
/// <param name="l2">The factor. Default 0.01.</param>
public sealed class L2(double l2 = 0.01) : L1L2(0, l2);
