namespace Keras;

/// <summary>What ops on the matrices in the last two axes have in common; the axes before count them.</summary>
static class Matrices
{
    internal static Shape Batch(this Shape shape) => shape.Slice(0, shape.Rank - 2);

    /// <summary>The lesser of the numbers of rows and columns.</summary>
    internal static int Least(this Shape shape) => shape[-1] == Shape.Unknown || shape[-2] == Shape.Unknown ? Shape.Unknown : Math.Min(shape[-1], shape[-2]);

    internal static bool MayBeSquare(this Shape shape) =>
        shape.Rank >= 2 && (shape[-1] == shape[-2] || shape[-1] == Shape.Unknown || shape[-2] == Shape.Unknown);
}

/// <summary>The lower triangle L of L·Lᵀ. The lower triangle of the input alone is read; the gradient is symmetric, as the input is meant to be.</summary>
sealed record Cholesky : Unary
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) =>
        inputs[0].Shape.MayBeSquare() ? inputs[0] : throw Wrong("the matrices are not square", "equal last dimensions", inputs[0].Shape);

    // With M = LᵀG: L⁻ᵀ sym(tril(M)) L⁻¹, where the diagonal counts half.
    protected override Tensor Vjp(Tensor x, Tensor y, Tensor g)
    {
        var m = new MatMul(TransposeA: true).On(y, Ops.Tril(g));
        var twice = Ops.Tril(m) + Ops.Swapaxes(Ops.Tril(m, -1), -1, -2);
        var solve = new TriangularSolve(Lower: true, Transposed: true);
        return solve.On(y, Ops.Swapaxes(solve.On(y, twice), -1, -2)) / 2;
    }
}

/// <summary>The solution X of A·X = B, or Aᵀ·X = B, for a triangle A; what stands on the other side of its diagonal is not read.</summary>
sealed record TriangularSolve(bool Lower, bool Transposed = false, bool Unit = false) : Op
{
    /// <summary>Whether a 0 on the diagonal is an error, not an infinity.</summary>
    public bool RefusesSingular { get; init; }

    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        SameDType(inputs);
        var (a, b) = (inputs[0].Shape, inputs[1].Shape);
        if (!a.MayBeSquare()) throw Wrong("the matrices are not square", "equal last dimensions", a);
        if (b.Rank < 2 || (a[-1] != b[-2] && a[-1] != Shape.Unknown && b[-2] != Shape.Unknown))
            throw Wrong("the right-hand side has another number of rows", a[-1], b);
        return inputs[1].As(Shape.Broadcast(a.Batch(), b.Batch(), Name).Append(Shape.Of(b[-2] == Shape.Unknown ? a[-1] : b[-2], b[-1])));
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient)
    {
        var forB = (this with { Transposed = !Transposed, RefusesSingular = false }).On(result.Inputs[0], gradient);
        var forA = -(Transposed ? new MatMul(TransposeB: true).On(result, forB) : new MatMul(TransposeB: true).On(forB, result));
        return [Lower ? Ops.Tril(forA, Unit ? -1 : 0) : Ops.Triu(forA, Unit ? 1 : 0), forB];
    }
}

/// <summary>P·A = L·U with partial pivoting: both triangles in one matrix, of L without its ones; the row that each step exchanged with its own;
/// and the order of rows that this leads to.</summary>
sealed record LuFactor : Op
{
    internal const int Factors = 0, Pivots = 1, Order = 2;

    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var x = inputs[0].Shape;
        if (x.Rank < 2) throw Wrong("there are no matrices", "2 dimensions or more", x);
        TensorType Places(int count) => new(DType.Int32, x.Batch().Append(Shape.Of(count)));
        return TensorType.Tuple(inputs[0], Places(x.Least()), Places(x[-2]));
    }

    internal override Tensor?[] VjpParts(Tensor result, Tensor?[] gradients)
    {
        if (gradients[Factors] is not { } g) return [null];
        var lu = new Part(Factors).On(result);
        int m = lu.Shape[-2], n = lu.Shape[-1], k = Math.Min(m, n);
        return [Ops.BackInOrder(m < n ? Wide(lu, g, k) : m > n ? Tall(lu, g, k) : Square(lu, Ops.Tril(g, -1), Ops.Triu(g)), new Part(Order).On(result))];
    }

    // L⁻ᵀ (tril(Lᵀ G_L, -1) + triu(G_U Uᵀ)) U⁻ᵀ
    static Tensor Square(Tensor lu, Tensor forL, Tensor forU)
    {
        var lower = Ops.Tril(lu, -1) + Ops.EyeLike(lu);
        var inner = Ops.Tril(new MatMul(TransposeA: true).On(lower, forL), -1) + Ops.Triu(new MatMul(TransposeB: true).On(forU, Ops.Triu(lu)));
        return FromRight(lu, new TriangularSolve(Lower: true, Transposed: true, Unit: true).On(lu, inner));
    }

    /// <summary>X·U⁻ᵀ.</summary>
    static Tensor FromRight(Tensor lu, Tensor x) => Ops.Swapaxes(new TriangularSolve(Lower: false).On(lu, Ops.Swapaxes(x, -1, -2)), -1, -2);

    // The columns beyond the square are L·U₂.
    static Tensor Wide(Tensor lu, Tensor g, int k)
    {
        var (square, beyond) = (Ops.Narrow(lu, lu.Rank - 1, 0, k), Ops.Narrow(lu, lu.Rank - 1, k, lu.Shape[-1] - k));
        var (first, second) = (Ops.Narrow(g, g.Rank - 1, 0, k), Ops.Narrow(g, g.Rank - 1, k, lu.Shape[-1] - k));
        var forBeyond = new TriangularSolve(Lower: true, Transposed: true, Unit: true).On(square, second);
        var forL = Ops.Tril(first - new MatMul(TransposeB: true).On(forBeyond, beyond), -1);
        return Ops.Concatenate([Square(square, forL, Ops.Triu(first)), forBeyond], -1);
    }

    // The rows below the square are L₂·U.
    static Tensor Tall(Tensor lu, Tensor g, int k)
    {
        var (square, below) = (Ops.Narrow(lu, lu.Rank - 2, 0, k), Ops.Narrow(lu, lu.Rank - 2, k, lu.Shape[-2] - k));
        var (first, second) = (Ops.Narrow(g, g.Rank - 2, 0, k), Ops.Narrow(g, g.Rank - 2, k, lu.Shape[-2] - k));
        var forBelow = FromRight(square, second);
        var forU = Ops.Triu(first - new MatMul(TransposeA: true).On(below, forBelow));
        return Ops.Concatenate([Square(square, Ops.Tril(first, -1), forU), forBelow], -2);
    }
}

public static partial class Ops
{
    /// <summary>Ones on the diagonal of the last two axes and zeros elsewhere, as one matrix.</summary>
    internal static Tensor EyeLike(Tensor x) => Cast(OnDiagonal(Positions(x, x.Rank - 2), Positions(x, x.Rank - 1), 0), x.DType);

    /// <summary>The rows of matrices in another order, given for each matrix of a batch.</summary>
    internal static Tensor InOrder(Tensor x, Tensor order) => new TakeAlong(x.Rank - 2).On(x, AlongRows(x, order));

    /// <summary>Undoes <see cref="InOrder"/>.</summary>
    internal static Tensor BackInOrder(Tensor x, Tensor order) => new TakeAlongGradient(x.Rank - 2, x.Shape).On(AlongRows(x, order), x);

    static Tensor AlongRows(Tensor x, Tensor order) => BroadcastTo(ExpandDims(order, -1), x.Shape);
}
