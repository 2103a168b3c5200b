using System.Runtime.CompilerServices;

namespace Keras;

/// <summary>One input, a result of the same type, element by element.</summary>
abstract record Unary : Op
{
    internal sealed override bool VjpNeedsSizes => false;

    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) => inputs[0];

    protected internal sealed override Tensor?[] Vjp(Tensor result, Tensor gradient) => [Vjp(result.Inputs[0], result, gradient)];

    /// <summary>The gradient for x, given x, the result y and its gradient g.</summary>
    protected abstract Tensor? Vjp(Tensor x, Tensor y, Tensor g);
}

/// <summary>A unary op whose derivative is zero wherever it exists.</summary>
abstract record Flat : Unary
{
    protected sealed override Tensor? Vjp(Tensor x, Tensor y, Tensor g) => null;
}

/// <summary>One input, a truth value for each element.</summary>
abstract record Test : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) => inputs[0].As(DType.Bool);

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) => [null];
}

sealed record Negative : Unary { protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => -g; }
sealed record Abs : Unary { protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => g * Ops.Sign(x); }
sealed record Sign : Flat;
sealed record Square : Unary { protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => g * Ops.Conj(x) * 2; }
sealed record Sqrt : Unary
{
    protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => g / (Ops.Conj(y) * 2);

    internal override Tensor? Decompose(ReadOnlySpan<Tensor> inputs) => inputs[0].DType.IsComplex() ? Ops.SqrtComplex(inputs[0]) : null;
}
sealed record Rsqrt : Unary { protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => g * y / x * -0.5; }
sealed record Cbrt : Unary { protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => g / (y * y * 3); }
sealed record Reciprocal : Unary { protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => -g * y * y; }
sealed record Exp : Unary
{
    protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => g * Ops.Conj(y);

    internal override Tensor? Decompose(ReadOnlySpan<Tensor> inputs) => inputs[0].DType.IsComplex() ? Ops.ExpComplex(inputs[0]) : null;
}
sealed record Expm1 : Unary { protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => g * (y + 1); }
sealed record Log : Unary
{
    protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => g / Ops.Conj(x);

    internal override Tensor? Decompose(ReadOnlySpan<Tensor> inputs) => inputs[0].DType.IsComplex() ? Ops.LogComplex(inputs[0]) : null;
}
sealed record Log1p : Unary { protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => g / (x + 1); }
sealed record Log2 : Unary { protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => g / (x * Math.Log(2)); }
sealed record Log10 : Unary { protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => g / (x * Math.Log(10)); }
sealed record Sin : Unary { protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => g * Ops.Cos(x); }
sealed record Cos : Unary { protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => -g * Ops.Sin(x); }
sealed record Tan : Unary { protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => g * (1 + y * y); }
sealed record Arcsin : Unary { protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => g * Ops.Rsqrt(1 - x * x); }
sealed record Arccos : Unary { protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => -g * Ops.Rsqrt(1 - x * x); }
sealed record Arctan : Unary { protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => g / (1 + x * x); }
sealed record Sinh : Unary { protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => g * Ops.Cosh(x); }
sealed record Cosh : Unary { protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => g * Ops.Sinh(x); }
sealed record Tanh : Unary { protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => g * (1 - y * y); }
sealed record Arcsinh : Unary { protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => g * Ops.Rsqrt(x * x + 1); }
sealed record Arccosh : Unary { protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => g * Ops.Rsqrt(x * x - 1); }
sealed record Arctanh : Unary { protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => g / (1 - x * x); }
sealed record Erf : Unary { protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => g * Ops.Exp(-(x * x)) * (2 / Math.Sqrt(Math.PI)); }
sealed record Erfinv : Unary { protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => g * Ops.Exp(y * y) * (Math.Sqrt(Math.PI) / 2); }
sealed record Floor : Flat;
sealed record Ceil : Flat;
sealed record Round : Flat;
sealed record Trunc : Flat;
sealed record Sigmoid : Unary { protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => g * y * (1 - y); }
sealed record Softplus : Unary { protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => g * Ops.Sigmoid(x); }
sealed record LogSigmoid : Unary { protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => g * Ops.Sigmoid(-x); }
sealed record Relu : Unary { protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => new ReluGradient().On(y, g); }
sealed record BitwiseNot : Flat;
sealed record IsNan : Test;
sealed record IsInf : Test;
sealed record IsFinite : Test;
sealed record LogicalNot : Test;

/// <summary>The gradient g where the result y of <see cref="Relu"/> is above zero, else 0.</summary>
sealed record ReluGradient : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        SameShape(inputs[0], inputs[1]);
        return inputs[1];
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) => [null, new ReluGradient().On(result.Inputs[0], gradient)];
}

/// <summary>The same values in another dtype. Floats become integers by truncation, complex numbers real ones by dropping the imaginary part.</summary>
sealed record Cast(DType DType) : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) => inputs[0].As(DType);

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) =>
        [DType.IsInexact() && result.Inputs[0].DType.IsInexact() ? gradient : null];

    internal override Tensor? Decompose(ReadOnlySpan<Tensor> inputs) =>
        DType.IsComplex() || inputs[0].DType.IsComplex() ? Ops.CastComplex(inputs[0], DType) : null;
}

/// <summary>The values in memory of their own.</summary>
sealed record Copy : Unary { protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => g; }

/// <summary>The functions of <c>keras.ops</c>: everything that layers, losses and models compute is written in them. A number
/// among the arguments takes the dtype of the tensors that it meets.</summary>
public static partial class Ops
{
    /// <summary>One object for each op without attributes.</summary>
    static class Instance<T> where T : Op, new()
    {
        internal static readonly T Op = new();
    }

    static Tensor Floating<T>(Tensor x) where T : Unary, new() => Instance<T>.Op.On(AsFloating(x, typeof(T).Name));

    /// <summary>Integers and truth values as the default floating dtype.</summary>
    /// <exception cref="NotSupportedException">They are complex numbers.</exception>
    internal static Tensor AsFloating(Tensor x, [CallerMemberName] string who = "") => x.DType.IsFloating() ? x : Cast(NotComplex(x, who), Config.Floatx);

    /// <summary>The values in another dtype. Floats become integers by truncation towards zero, limited to the integer's range.
    /// Complex numbers become real ones by dropping the imaginary part.</summary>
    public static Tensor Cast(Tensor x, DType dtype) => x.DType == dtype && !x.IsWeak ? x
        // A literal becomes another literal at once; what was computed keeps its history.
        : x is { Op: Constant { Data: var data }, Rank: 0, DType: < DType.Complex64 } ? Tensor.Scalar(Elements.Read(x.DType, data.Span, 0), dtype)
        : new Cast(dtype).On(x);

    /// <summary>Each element with the opposite sign.</summary>
    public static Tensor Negative(Tensor x) => new Negative().On(x);

    /// <summary>Absolute value of each element: of complex numbers their lengths, which are real.</summary>
    public static Tensor Absolute(Tensor x) => x.DType == DType.Bool || x.DType.IsUnsigned() ? x : x.DType.IsComplex() ? Modulus(x) : new Abs().On(x);

    /// <inheritdoc cref="Absolute"/>
    public static Tensor Abs(Tensor x) => Absolute(x);

    /// <summary>-1, 0 or 1 by the sign of each element.</summary>
    public static Tensor Sign(Tensor x) => new Sign().On(x);

    /// <summary>Each element times itself.</summary>
    public static Tensor Square(Tensor x) => x.DType.IsComplex() ? x * x : new Square().On(x.DType == DType.Bool ? Cast(x, DType.Int32) : x);

    /// <summary>Square root of each element; NaN below 0, of complex numbers the root whose real part is not negative.</summary>
    public static Tensor Sqrt(Tensor x) => Inexact<Sqrt>(x);

    /// <summary>Reciprocal of the square root of each element.</summary>
    public static Tensor Rsqrt(Tensor x) => Floating<Rsqrt>(x);

    /// <summary>Cube root of each element.</summary>
    public static Tensor Cbrt(Tensor x) => Floating<Cbrt>(x);

    /// <summary>1 divided by each element.</summary>
    public static Tensor Reciprocal(Tensor x) => x.DType.IsComplex() ? 1 / x : Floating<Reciprocal>(x);

    /// <summary>e to the power of each element.</summary>
    public static Tensor Exp(Tensor x) => Inexact<Exp>(x);

    /// <summary>2 to the power of each element.</summary>
    public static Tensor Exp2(Tensor x) => Exp(AsFloating(x) * Math.Log(2));

    /// <summary>e to the power of each element, less 1, exact near 0.</summary>
    public static Tensor Expm1(Tensor x) => Floating<Expm1>(x);

    /// <summary>Natural logarithm of each element; NaN below 0, of complex numbers that whose imaginary part is <see cref="Angle"/>.</summary>
    public static Tensor Log(Tensor x) => Inexact<Log>(x);

    /// <summary>Natural logarithm of 1 plus each element, exact near 0.</summary>
    public static Tensor Log1p(Tensor x) => Floating<Log1p>(x);

    /// <summary>Logarithm to base 2 of each element.</summary>
    public static Tensor Log2(Tensor x) => Floating<Log2>(x);

    /// <summary>Logarithm to base 10 of each element.</summary>
    public static Tensor Log10(Tensor x) => Floating<Log10>(x);

    /// <summary>Sine of each element, in radians.</summary>
    public static Tensor Sin(Tensor x) => Floating<Sin>(x);

    /// <summary>Cosine of each element, in radians.</summary>
    public static Tensor Cos(Tensor x) => Floating<Cos>(x);

    /// <summary>Tangent of each element, in radians.</summary>
    public static Tensor Tan(Tensor x) => Floating<Tan>(x);

    /// <summary>Inverse sine of each element, in radians.</summary>
    public static Tensor Arcsin(Tensor x) => Floating<Arcsin>(x);

    /// <summary>Inverse cosine of each element, in radians.</summary>
    public static Tensor Arccos(Tensor x) => Floating<Arccos>(x);

    /// <summary>Inverse tangent of each element, in radians.</summary>
    public static Tensor Arctan(Tensor x) => Floating<Arctan>(x);

    /// <summary>Hyperbolic sine of each element.</summary>
    public static Tensor Sinh(Tensor x) => Floating<Sinh>(x);

    /// <summary>Hyperbolic cosine of each element.</summary>
    public static Tensor Cosh(Tensor x) => Floating<Cosh>(x);

    /// <summary>Hyperbolic tangent of each element.</summary>
    public static Tensor Tanh(Tensor x) => Floating<Tanh>(x);

    /// <summary>Inverse hyperbolic sine of each element.</summary>
    public static Tensor Arcsinh(Tensor x) => Floating<Arcsinh>(x);

    /// <summary>Inverse hyperbolic cosine of each element.</summary>
    public static Tensor Arccosh(Tensor x) => Floating<Arccosh>(x);

    /// <summary>Inverse hyperbolic tangent of each element.</summary>
    public static Tensor Arctanh(Tensor x) => Floating<Arctanh>(x);

    /// <summary>Error function of each element.</summary>
    public static Tensor Erf(Tensor x) => Floating<Erf>(x);

    /// <summary>Inverse error function of each element.</summary>
    public static Tensor Erfinv(Tensor x) => Floating<Erfinv>(x);

    /// <summary>The largest whole number not above each element; integers give a floating result.</summary>
    public static Tensor Floor(Tensor x) => Floating<Floor>(x);

    /// <summary>The smallest whole number not below each element; integers give a floating result.</summary>
    public static Tensor Ceil(Tensor x) => Floating<Ceil>(x);

    /// <summary>Each element rounded to a number of decimals, halves to the even neighbour; below 0, to tens, hundreds, ….</summary>
    public static Tensor Round(Tensor x, int decimals = 0)
    {
        if (x.DType == DType.Bool) x = Cast(x, DType.Int32);
        if (!NotComplex(x, "round").DType.IsFloating()) return decimals >= 0 ? x : Cast(Round(Cast(x, DType.Float64), decimals), x.DType);
        if (decimals == 0) return new Round().On(x);
        var scale = Math.Pow(10, decimals);
        return new Round().On(x * scale) / scale;
    }

    /// <summary>Each element without its fraction.</summary>
    public static Tensor Trunc(Tensor x) => NotComplex(x, "trunc").DType.IsFloating() ? new Trunc().On(x) : x;

    /// <summary>1 / (1 + exp(-x)) of each element.</summary>
    public static Tensor Sigmoid(Tensor x) => Floating<Sigmoid>(x);

    /// <summary>log(1 + exp(x)) of each element, without overflow.</summary>
    public static Tensor Softplus(Tensor x) => Floating<Softplus>(x);

    /// <summary>log(sigmoid(x)) of each element, without overflow.</summary>
    public static Tensor LogSigmoid(Tensor x) => Floating<LogSigmoid>(x);

    /// <summary>Each element, or 0 where it is negative.</summary>
    public static Tensor Relu(Tensor x) => new Relu().On(x);

    /// <summary>The bits of each integer inverted.</summary>
    public static Tensor BitwiseNot(Tensor x) => x.DType == DType.Bool ? LogicalNot(x) : new BitwiseNot().On(x);

    /// <summary>Whether each element is NaN: of complex numbers, whether a part is.</summary>
    public static Tensor Isnan(Tensor x) => x.DType.IsComplex() ? OfParts(x, Isnan, both: false) : new IsNan().On(AsFloating(x));

    /// <summary>Whether each element is infinite: of complex numbers, whether a part is.</summary>
    public static Tensor Isinf(Tensor x) => x.DType.IsComplex() ? OfParts(x, Isinf, both: false) : new IsInf().On(AsFloating(x));

    /// <summary>Whether each element is neither infinite nor NaN.</summary>
    public static Tensor Isfinite(Tensor x) => x.DType.IsComplex() ? OfParts(x, Isfinite, both: true) : new IsFinite().On(AsFloating(x));

    /// <summary>Whether each element is zero or false.</summary>
    public static Tensor LogicalNot(Tensor x) => new LogicalNot().On(Cast(x, DType.Bool));

    /// <summary>The values, through which no gradient flows.</summary>
    public static Tensor StopGradient(Tensor variable) => new StopGradient().On(variable);

    /// <summary>The value of a function with a gradient rule of its own.</summary>
    /// <param name="result">The value, as the function computes it.</param>
    /// <param name="inputs">The tensors that the gradients are for.</param>
    /// <param name="rule">From the gradient of the result, the gradient of each input; <c>null</c> where none flows.</param>
    public static Tensor CustomGradient(Tensor result, IReadOnlyList<Tensor> inputs, Func<Tensor, Tensor?[]> rule)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(rule);
        return new CustomGradient(rule).On([result, .. inputs]);
    }
}
