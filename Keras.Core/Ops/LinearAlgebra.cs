namespace Keras;

public static partial class Ops
{
    /// <summary>Matrices in the last two axes as a floating tensor whose arithmetic is at least single precision.</summary>
    static Tensor AsMatrices(Tensor x, string who) => x.Rank >= 2 ? Wide(x, who)
        : throw Errors.Argument(who, "there are no matrices", "2 dimensions or more", x.Shape);

    static Tensor AsSquares(Tensor x, string who) => AsMatrices(x, who) is var wide && wide.Shape[-1] == wide.Shape[-2] ? wide
        : throw Errors.Argument(who, "the matrices are not square", "equal last dimensions", x.Shape);

    /// <summary>A result in the dtype of the floating input that it was computed from.</summary>
    static Tensor Narrowed(Tensor y, Tensor x) => x.DType.IsFloating() ? Cast(y, x.DType) : y;

    /// <summary>The triangle L of each positive definite matrix A = L·Lᵀ, or U of A = Uᵀ·U.</summary>
    /// <param name="x">Symmetric matrices (…, n, n); only the triangle on the side of the result is read.</param>
    /// <param name="upper">Whether to give U. Default no: L.</param>
    /// <returns>Triangles (…, n, n), zeros on the other side.</returns>
    /// <exception cref="ArgumentException">The matrices are not square; when it runs, one is not positive definite.</exception>
    public static Tensor Cholesky(Tensor x, bool upper = false)
    {
        var a = AsSquares(x, "cholesky");
        var y = upper ? Swapaxes(new Cholesky().On(Swapaxes(a, -1, -2)), -1, -2) : new Cholesky().On(a);
        return Narrowed(y, x);
    }

    /// <summary>The inverse of each positive definite matrix A, from the triangle of its <see cref="Cholesky"/> factorization.</summary>
    /// <param name="x">Triangles (…, n, n); the other side is not read.</param>
    /// <param name="upper">Whether they are upper ones, U of A = Uᵀ·U. Default no: L of A = L·Lᵀ.</param>
    /// <returns>Inverses (…, n, n).</returns>
    /// <exception cref="ArgumentException">The matrices are not square.</exception>
    public static Tensor CholeskyInverse(Tensor x, bool upper = false)
    {
        var a = AsSquares(x, "cholesky_inverse");
        var inverse = new TriangularSolve(Lower: !upper).On(a, EyeLike(a));
        return Narrowed(new MatMul(TransposeA: !upper, TransposeB: upper).On(inverse, inverse), x);
    }

    /// <summary>Each matrix as a product of triangles, its rows in another order: P·A = L·U, by partial pivoting.</summary>
    /// <param name="x">Matrices (…, m, n).</param>
    /// <returns>The factors (…, m, n): U on and above the diagonal, L below it without its ones; and the pivots (…, min(m, n)) as int32: the row
    /// that step i exchanged with row i.</returns>
    /// <exception cref="ArgumentException">There are no matrices.</exception>
    public static (Tensor Lu, Tensor Pivots) LuFactor(Tensor x)
    {
        var parts = new LuFactor().On(AsMatrices(x, "lu_factor"));
        return (Narrowed(new Part(Keras.LuFactor.Factors).On(parts), x), new Part(Keras.LuFactor.Pivots).On(parts));
    }

    /// <summary>The solution x of a·x = b, by LU factorization.</summary>
    /// <param name="a">Square matrices (…, n, n).</param>
    /// <param name="b">Vectors (…, n), with a dimension less than <paramref name="a"/>, or matrices (…, n, m). The axes before are broadcast.</param>
    /// <returns>Solutions of b's shape.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit together; when it runs, a matrix is singular.</exception>
    public static Tensor Solve(Tensor a, Tensor b)
    {
        AsSquares(a, "solve");
        return Solved(a, b, "solve", new Solve { RefusesSingular = true });
    }

    /// <summary>The solution x of a·x = b for triangles, by substitution. A 0 on the diagonal gives infinities.</summary>
    /// <param name="a">Triangles (…, n, n); the other side is not read.</param>
    /// <param name="b">Vectors (…, n), with a dimension less than <paramref name="a"/>, or matrices (…, n, m). The axes before are broadcast.</param>
    /// <param name="lower">Whether the triangles are lower ones. Default no: upper.</param>
    /// <returns>Solutions of b's shape.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit together.</exception>
    public static Tensor SolveTriangular(Tensor a, Tensor b, bool lower = false)
    {
        AsSquares(a, "solve_triangular");
        return Solved(a, b, "solve_triangular", new TriangularSolve(lower));
    }

    /// <summary>By an op that takes matrices on both sides.</summary>
    static Tensor Solved(Tensor a, Tensor b, string who, Op op)
    {
        var isVector = b.Rank == a.Rank - 1;
        if (!isVector && b.Rank < a.Rank)
            throw Errors.Argument(who, "the right-hand side has too few dimensions", $"{a.Rank - 1} or more", b.Shape);
        var (rows, given) = (a.Shape[-2], b.Shape[isVector ? -1 : -2]);
        if (rows != given && rows != Shape.Unknown && given != Shape.Unknown)
            throw Errors.Argument(who, "the right-hand side has another number of rows", rows, $"{b.Shape} for matrices {a.Shape}");
        var (x, y) = Promote(a, b);
        var result = op.On(Wide(x), Wide(isVector ? ExpandDims(y, -1) : y));
        return Narrowed(isVector ? Squeeze(result, -1) : result, x);
    }

    /// <summary>The inverse of each square matrix, by LU factorization.</summary>
    /// <param name="x">Matrices (…, n, n).</param>
    /// <returns>Inverses (…, n, n).</returns>
    /// <exception cref="ArgumentException">The matrices are not square; when it runs, one is singular.</exception>
    public static Tensor Inv(Tensor x)
    {
        var a = AsSquares(x, "inv");
        return Narrowed(Inverse(a), x);
    }

    static Tensor Inverse(Tensor a) => new Solve { RefusesSingular = true }.On(a, EyeLike(a));

    /// <summary>The determinant of each square matrix, by LU factorization; 0 for a singular one.</summary>
    /// <param name="x">Matrices (…, n, n).</param>
    /// <returns>One number a matrix (…).</returns>
    /// <exception cref="ArgumentException">The matrices are not square.</exception>
    public static Tensor Det(Tensor x) => Narrowed(new Det().On(AsSquares(x, "det")), x);

    /// <summary>The sign of the determinant of each square matrix and the logarithm of its magnitude, which does not overflow. A singular matrix
    /// has 0 and -∞.</summary>
    /// <param name="x">Matrices (…, n, n).</param>
    /// <returns>Two numbers a matrix (…).</returns>
    /// <exception cref="ArgumentException">The matrices are not square.</exception>
    public static (Tensor Sign, Tensor Logabsdet) Slogdet(Tensor x)
    {
        var parts = new Slogdet().On(AsSquares(x, "slogdet"));
        return (Narrowed(new Part(Keras.Slogdet.Sign).On(parts), x), Narrowed(new Part(Keras.Slogdet.Logarithm).On(parts), x));
    }

    /// <summary>The logarithm of the determinant of each square matrix: NaN where it is negative, -∞ where it is 0.</summary>
    /// <param name="x">Matrices (…, n, n).</param>
    /// <returns>One number a matrix (…).</returns>
    /// <exception cref="ArgumentException">The matrices are not square.</exception>
    public static Tensor Logdet(Tensor x)
    {
        var parts = new Slogdet().On(AsSquares(x, "logdet"));
        return Narrowed(Where(Less(new Part(Keras.Slogdet.Sign).On(parts), 0), double.NaN, new Part(Keras.Slogdet.Logarithm).On(parts)), x);
    }

    /// <summary>A whole power of each square matrix, by repeated squaring. A negative one is that of the inverse.</summary>
    /// <param name="x">Matrices (…, n, n).</param>
    /// <param name="n">The power; 0 gives identity matrices.</param>
    /// <returns>Matrices (…, n, n).</returns>
    /// <exception cref="ArgumentException">The matrices are not square; when it runs, one is singular and the power negative.</exception>
    public static Tensor MatrixPower(Tensor x, int n)
    {
        var a = AsSquares(x, "matrix_power");
        if (n == 0) return Narrowed(BroadcastLike(EyeLike(a), a), x);
        var square = n < 0 ? Inverse(a) : a;
        Tensor? power = null;
        for (var rest = Math.Abs((long)n); rest > 0; rest >>= 1)
        {
            if ((rest & 1) != 0) power = power is null ? square : Matmul(power, square);
            if (rest > 1) square = Matmul(square, square);
        }
        return Narrowed(power!, x);
    }

    /// <summary>The Euclidean distance of each row of one matrix to each row of another. Its gradient is 0 where the distance is.</summary>
    /// <param name="x">Matrices (…, m, d).</param>
    /// <param name="y">Matrices (…, n, d). The axes before are broadcast.</param>
    /// <returns>Distances (…, m, n).</returns>
    /// <exception cref="ArgumentException">There are no matrices, or their rows differ in length.</exception>
    public static Tensor Cdist(Tensor x, Tensor y)
    {
        if (x.Rank < 2 || y.Rank < 2) throw Errors.Argument("cdist", "there are no matrices", "2 dimensions or more", $"{x.Shape} and {y.Shape}");
        if (x.Shape[-1] != y.Shape[-1] && x.Shape[-1] != Shape.Unknown && y.Shape[-1] != Shape.Unknown)
            throw Errors.Argument("cdist", "the rows differ in length", "equal last dimensions", $"{x.Shape} and {y.Shape}");
        var (a, b) = Promote(x, y);
        var difference = ExpandDims(Wide(a), -2) - ExpandDims(Wide(b), -3);
        return Narrowed(SafeSqrt(Sum(Square(difference), -1)), a);
    }

    /// <summary>Square roots with the gradient 0 at 0, not infinity.</summary>
    static Tensor SafeSqrt(Tensor x)
    {
        var none = Equal(x, 0);
        return Where(none, x, Sqrt(Where(none, 1, x)));
    }
}
