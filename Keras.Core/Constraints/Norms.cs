namespace Keras.Constraints;

/// <summary>A rule for the length of the vectors along some axes.</summary>
public abstract class NormConstraint : Constraint
{
    private protected NormConstraint(Axes? axis) => Axis = axis ?? 0;

    /// <summary>The axes along which lengths are taken: 0 for the weights that enter each unit of a Dense layer, (0, 1, 2) for each filter
    /// of a Conv2D layer.</summary>
    public Axes Axis { get; }

    /// <inheritdoc/>
    public sealed override Tensor Apply(Tensor w)
    {
        var norm = Ops.Sqrt(Ops.Sum(Ops.Square(w), Axis, keepdims: true));
        return w * (Wanted(norm) / (norm + Config.Epsilon));
    }

    /// <summary>The length that a vector of this length is brought to.</summary>
    private protected abstract Tensor Wanted(Tensor norm);
}

/// <summary>Vectors that are too long are shortened to a length.</summary>
/// <param name="maxValue">The largest length. Default 2.</param>
/// <param name="axis">The axes along which lengths are taken. Default 0.</param>
public sealed class MaxNorm(double maxValue = 2, Axes? axis = null) : NormConstraint(axis)
{
    /// <summary>The largest length.</summary>
    public double MaxValue => maxValue;

    private protected override Tensor Wanted(Tensor norm) => Ops.Clip(norm, 0, maxValue);
}

/// <summary>Vectors are brought to a length between two bounds.</summary>
/// <param name="minValue">The smallest length. Default 0.</param>
/// <param name="maxValue">The largest length. Default 1.</param>
/// <param name="rate">How far a step goes: 1 (default) to the bound at once, less for a part of the way.</param>
/// <param name="axis">The axes along which lengths are taken. Default 0.</param>
public sealed class MinMaxNorm(double minValue = 0, double maxValue = 1, double rate = 1, Axes? axis = null) : NormConstraint(axis)
{
    /// <summary>The smallest length.</summary>
    public double MinValue => minValue;

    /// <summary>The largest length.</summary>
    public double MaxValue => maxValue;

    /// <summary>How far a step goes.</summary>
    public double Rate => rate;

    private protected override Tensor Wanted(Tensor norm) => Ops.Clip(norm, minValue, maxValue) * rate + norm * (1 - rate);
}

/// <summary>Vectors are brought to length 1.</summary>
/// <param name="axis">The axes along which lengths are taken. Default 0.</param>
public sealed class UnitNorm(Axes? axis = null) : NormConstraint(axis)
{
    private protected override Tensor Wanted(Tensor norm) => Ops.OnesLike(norm);
}

/// <summary>Negative values become 0.</summary>
public sealed class NonNeg : Constraint
{
    /// <inheritdoc/>
    public override Tensor Apply(Tensor w) => Ops.Where(Ops.GreaterEqual(w, 0), w, 0);
}
