namespace Keras;

/// <summary>A function of matrices that depends on which of their singular values count as 0.</summary>
/// <param name="Cutoff">The least one that does not, in some unit; by default what rounding leaves of zeros.</param>
abstract record Ranked(double? Cutoff) : Fused
{
    private protected TensorType Checked(TensorType x) =>
        x.Shape.Rank >= 2 ? x : throw Wrong("there are no matrices", "2 dimensions or more", x.Shape);

    /// <summary>Which of the singular values, given in descending order, are above a part of the largest.</summary>
    private protected Tensor Counting(Tensor values, Shape matrices)
    {
        var part = Cutoff ?? Math.Max(matrices[-2], matrices[-1]) * (values.DType == DType.Float64 ? 2.220446049250313e-16 : 1.1920928955078125e-7);
        return Ops.Greater(values, Ops.Narrow(values, values.Rank - 1, 0, Math.Min(1, values.Shape[-1])) * part);
    }

    /// <summary>The decomposition of matrices, with the inverses of the values that count and 0 for the others, as a column.</summary>
    private protected (Tensor U, Tensor Inverses, Tensor Vh) Inverted(Tensor x)
    {
        var (u, s, vh) = Svd.Parts(new Svd(false, true).On(x));
        var counts = Counting(s, x.Shape);
        // NaN stays.
        var none = Ops.LogicalAnd(Ops.LogicalNot(counts), Ops.Equal(s, s));
        return (u, Ops.ExpandDims(Ops.Where(none, 0, 1 / Ops.Where(none, 1, s)), -1), vh);
    }
}

/// <summary>The number of singular values above a bound.</summary>
sealed record MatrixRank(double? Bound) : Ranked(Bound)
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) => new(DType.Int32, Checked(inputs[0]).Shape.Batch());

    internal override Tensor? Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var values = new Svd(false, false).On(inputs[0]);
        return Ops.Sum(Ops.Cast(Bound is { } bound ? Ops.Greater(values, bound) : Counting(values, inputs[0].Shape), DType.Int32), -1);
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) => [null];
}

/// <summary>The Moore-Penrose inverses P. Their gradient holds among matrices of the same rank.</summary>
sealed record Pinv(double? Rcond) : Ranked(Rcond)
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var x = Checked(inputs[0]).Shape;
        return inputs[0].As(x.Batch().Append(Shape.Of(x[-1], x[-2])));
    }

    internal override Tensor? Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var (u, inverses, vh) = Inverted(inputs[0]);
        return new MatMul(TransposeA: true, TransposeB: true).On(vh * inverses, u);
    }

    // dP = -P·dA·P + P·Pᵀ·dAᵀ·(I - A·P) + (I - P·A)·dAᵀ·Pᵀ·P
    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient)
    {
        var (a, p, g) = (result.Inputs[0], result, Ops.Swapaxes(gradient, -1, -2));
        var within = new MatMul(TransposeA: true, TransposeB: true).On(p, Ops.Matmul(p, g));
        var rows = new MatMul(TransposeB: true).On(Ops.Matmul(g, p), p);
        var columns = new MatMul(TransposeA: true).On(p, Ops.Matmul(p, g));
        return [rows - Ops.Matmul(a, Ops.Matmul(p, rows)) + columns - Ops.Matmul(Ops.Matmul(columns, p), a) - within];
    }
}

/// <summary>The X of least length among those for which A·X is nearest to B. Its gradient holds among matrices of the same rank.</summary>
sealed record Lstsq(double? Rcond) : Ranked(Rcond)
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var (a, b) = (Checked(inputs[0]).Shape, Checked(inputs[1]).Shape);
        if (a[-2] != b[-2] && a[-2] != Shape.Unknown && b[-2] != Shape.Unknown) throw Wrong("the right-hand side has another number of rows", a[-2], b);
        return inputs[1].As(Shape.Broadcast(a.Batch(), b.Batch(), Name).Append(Shape.Of(a[-1], b[-1])));
    }

    internal override Tensor? Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var (u, inverses, vh) = Inverted(inputs[0]);
        return new MatMul(TransposeA: true).On(vh, inverses * new MatMul(TransposeA: true).On(u, inputs[1]));
    }

    // As that of P·B.
    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient)
    {
        var (a, b, p, x) = (result.Inputs[0], result.Inputs[1], new Pinv(Rcond).On(result.Inputs[0]), result);
        var (byLeft, byRight) = (new MatMul(TransposeA: true), new MatMul(TransposeB: true));
        var forB = byLeft.On(p, gradient);
        var rows = byRight.On(b - Ops.Matmul(a, x), Ops.Matmul(p, forB));
        var columns = byRight.On(byLeft.On(p, x), gradient - Ops.Matmul(p, Ops.Matmul(a, gradient)));
        return [rows + columns - byRight.On(forB, x), forB];
    }
}

public static partial class Ops
{
    /// <summary>The Moore-Penrose inverse of each matrix, by singular value decomposition. Its gradient holds among matrices of the same rank.</summary>
    /// <param name="x">Matrices (…, m, n).</param>
    /// <param name="rcond">Singular values up to this part of the largest count as 0. Default max(m, n) steps of the dtype.</param>
    /// <returns>Matrices (…, n, m).</returns>
    /// <exception cref="ArgumentException">There are no matrices.</exception>
    public static Tensor Pinv(Tensor x, double? rcond = null) => Narrowed(new Pinv(rcond).On(AsMatrices(x, "pinv")), x);

    /// <summary>The rank of each matrix: how many of its singular values do not count as 0.</summary>
    /// <param name="x">Matrices (…, m, n).</param>
    /// <param name="tol">Those up to this do. Default max(m, n) steps of the dtype times the largest.</param>
    /// <returns>One number a matrix (…), as int32.</returns>
    /// <exception cref="ArgumentException">There are no matrices.</exception>
    public static Tensor MatrixRank(Tensor x, double? tol = null) => new MatrixRank(tol).On(AsMatrices(x, "matrix_rank"));

    /// <summary>The solution of least squares: the x for which |a·x - b| is least and, where there are many, the shortest of them.</summary>
    /// <param name="a">Matrices (…, m, n).</param>
    /// <param name="b">Vectors (…, m), with a dimension less than <paramref name="a"/>, or matrices (…, m, k) for k solutions. The axes before are broadcast.</param>
    /// <param name="rcond">Singular values of a up to this part of the largest count as 0. Default max(m, n) steps of the dtype.</param>
    /// <returns>Solutions (…, n) or (…, n, k).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit together.</exception>
    public static Tensor Lstsq(Tensor a, Tensor b, double? rcond = null)
    {
        AsMatrices(a, "lstsq");
        return Solved(a, b, "lstsq", new Lstsq(rcond));
    }
}
