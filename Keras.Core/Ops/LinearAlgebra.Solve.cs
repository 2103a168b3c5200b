namespace Keras;

/// <summary>The solution X of A·X = B, or of Aᵀ·X = B with the same factors.</summary>
sealed record Solve(bool Transposed = false) : Fused
{
    /// <summary>Whether a singular A is an error. Gradients go on with infinities.</summary>
    public bool RefusesSingular { get; init; }

    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) => new TriangularSolve(Lower: true).Infer(inputs);

    internal override Tensor? Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var (a, b) = (inputs[0], inputs[1]);
        var (parts, batch) = (new LuFactor().On(a), Shape.Broadcast(a.Shape.Batch(), b.Shape.Batch(), Name));
        var (lu, order) = (new Part(LuFactor.Factors).On(parts), new Part(LuFactor.Order).On(parts));
        b = Ops.BroadcastTo(b, batch.Append(b.Shape.Slice(b.Rank - 2, 2)));
        var lower = new TriangularSolve(Lower: true, Transposed, Unit: true);
        var upper = new TriangularSolve(Lower: false, Transposed) { RefusesSingular = RefusesSingular };
        return Transposed ? Ops.BackInOrder(lower.On(lu, upper.On(lu, b)), order) : upper.On(lu, lower.On(lu, Ops.InOrder(b, order)));
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient)
    {
        var forB = new Solve(!Transposed).On(result.Inputs[0], gradient);
        return [-(Transposed ? new MatMul(TransposeB: true).On(result, forB) : new MatMul(TransposeB: true).On(forB, result)), forB];
    }
}

/// <summary>A function of the determinants of square matrices.</summary>
abstract record Determinantal : Fused
{
    private protected TensorType Checked(TensorType x) =>
        x.Shape.MayBeSquare() ? x : throw Wrong("the matrices are not square", "equal last dimensions", x.Shape);

    /// <summary>The factors, the elements on the diagonal of U, and the sign of the order of rows.</summary>
    private protected static (Tensor Lu, Tensor Order, Tensor Diagonal, Tensor Sign) Factors(Tensor x)
    {
        var parts = new LuFactor().On(x);
        var (lu, pivots) = (new Part(LuFactor.Factors).On(parts), new Part(LuFactor.Pivots).On(parts));
        var exchanges = Ops.Sum(Ops.Cast(Ops.NotEqual(pivots, Ops.Arange(x.Shape[-1])), DType.Int32), -1);
        return (lu, new Part(LuFactor.Order).On(parts), new Diagonal(0).On(lu), Ops.Cast(1 - (2 * Ops.Mod(exchanges, 2)), x.DType));
    }

    private protected static Tensor OverMatrices(Tensor gradient) => Ops.ExpandDims(gradient, (gradient.Rank, gradient.Rank + 1));

    private protected static Tensor InverseTransposed(Tensor x) => new Solve(Transposed: true).On(x, Ops.EyeLike(x));
}

/// <summary>The determinants.</summary>
sealed record Det : Determinantal
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) => Checked(inputs[0]).As(inputs[0].Shape.Batch());

    internal override Tensor? Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var (_, _, diagonal, sign) = Factors(inputs[0]);
        return sign * Ops.Prod(diagonal, -1);
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) => [OverMatrices(gradient) * new Cofactors().On(result.Inputs[0])];
}

/// <summary>The derivative of the determinant for each element. It exists for singular matrices too, whose factors lead to it from
/// nearby: a pivot of 0 is replaced by one that is small beyond rounding, which cancels against its inverse.</summary>
sealed record Cofactors : Determinantal
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) => Checked(inputs[0]);

    internal override Tensor? Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var (lu, order, diagonal, sign) = Factors(inputs[0]);
        if (lu.Shape.Size == 0) return lu;
        var largest = Ops.Max(Ops.Absolute(lu), (-2, -1), keepdims: true);
        var least = Ops.Where(Ops.Equal(largest, 0), 1, largest) * (lu.DType == DType.Float64 ? 1e-16 : 1e-7);
        var singular = Ops.Equal(diagonal, 0);
        var det = OverMatrices(sign * Ops.Prod(Ops.Where(singular, Ops.Squeeze(least, -1), diagonal), -1));
        var (eye, none) = (Ops.EyeLike(lu), Ops.Cast(Ops.ExpandDims(singular, -1), lu.DType));
        var upper = new TriangularSolve(Lower: false, Transposed: true).On(lu + (eye * none * least), Ops.BroadcastTo(eye, lu.Shape));
        return det * Ops.BackInOrder(new TriangularSolve(Lower: true, Transposed: true, Unit: true).On(lu, upper), order);
    }

    // The second derivative is that of det(A)·A⁻ᵀ, which wants a regular matrix.
    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient)
    {
        var x = result.Inputs[0].Renewed();
        return Gradients.OrNull(Ops.Sum(OverMatrices(new Det().On(x)) * InverseTransposed(x) * gradient), [x]);
    }
}

/// <summary>The signs of the determinants and the logarithms of their magnitudes.</summary>
sealed record Slogdet : Determinantal
{
    internal const int Sign = 0, Logarithm = 1;

    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var each = Checked(inputs[0]).As(inputs[0].Shape.Batch());
        return TensorType.Tuple(each, each);
    }

    internal override Tensor? Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var (_, _, diagonal, sign) = Factors(inputs[0]);
        return new Pack().On(sign * Ops.Prod(Ops.Sign(diagonal), -1), Ops.Sum(Ops.Log(Ops.Absolute(diagonal)), -1));
    }

    internal override Tensor?[] VjpParts(Tensor result, Tensor?[] gradients) =>
        [gradients[Logarithm] is { } g ? OverMatrices(g) * InverseTransposed(result.Inputs[0]) : null];
}
