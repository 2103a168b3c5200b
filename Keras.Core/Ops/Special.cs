namespace Keras;

sealed record Erfc : Unary { protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => g * Ops.Exp(-(x * x)) * (-2 / Math.Sqrt(Math.PI)); }

/// <summary>The modified Bessel function of the first kind of order 0.</summary>
sealed record BesselI0 : Unary { protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => g * new BesselI1().On(x); }

/// <summary>The modified Bessel function of the first kind of order 1.</summary>
sealed record BesselI1 : Unary
{
    protected override Tensor Vjp(Tensor x, Tensor y, Tensor g)
    {
        var zero = Ops.Equal(x, 0);
        return g * (new BesselI0().On(x) - Ops.Where(zero, 0.5, y / Ops.Where(zero, 1, x)));
    }
}

/// <summary>The derivative of the logarithm of the gamma function, above 0.</summary>
sealed record Digamma : Unary
{
    protected override Tensor? Vjp(Tensor x, Tensor y, Tensor g) => throw GammaCdf.NoSecond(this);
}

/// <summary>The probability that a gamma number of shape a is at most x.</summary>
sealed record GammaCdf : Binary
{
    protected override (Tensor?, Tensor?) Vjp(Tensor a, Tensor b, Tensor y, Tensor g) => (g * new GammaCdfByShape().On(a, b), g * new GammaDensity().On(a, b));

    internal static NotSupportedException NoSecond(Op op) =>
        Errors.Unsupported(op.Name, "there is no second gradient for the shape", "one gradient for x1", "two");
}

/// <summary>The derivative of <see cref="GammaCdf"/> for a.</summary>
sealed record GammaCdfByShape : Binary
{
    protected override (Tensor?, Tensor?) Vjp(Tensor a, Tensor b, Tensor y, Tensor g) => throw GammaCdf.NoSecond(this);
}

/// <summary>The derivative of <see cref="GammaCdf"/> for x.</summary>
sealed record GammaDensity : Binary
{
    protected override (Tensor?, Tensor?) Vjp(Tensor a, Tensor b, Tensor y, Tensor g) =>
        (g * y * (Ops.Log(b) - new Digamma().On(a)), g * y * ((a - 1) / b - 1));
}

public static partial class Ops
{
    /// <summary>1 less the error function of each element, without loss where that is near 1.</summary>
    public static Tensor Erfc(Tensor x) => Floating<Erfc>(x);

    /// <summary>The modified Bessel function of the first kind of order 0, of each element.</summary>
    public static Tensor I0(Tensor x) => Floating<BesselI0>(x);

    /// <summary>The regularized lower incomplete gamma function: the probability that a gamma number of shape <paramref name="x1"/> is at most
    /// <paramref name="x2"/>. NaN where one is negative. It has first derivatives for both, and further ones for <paramref name="x2"/>.</summary>
    /// <param name="x1">The shape.</param>
    /// <param name="x2">The upper bound, broadcast with the shape.</param>
    public static Tensor Gammainc(Tensor x1, Tensor x2) => FloatingBinary<GammaCdf>(x1, x2);
}
