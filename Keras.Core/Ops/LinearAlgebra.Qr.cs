namespace Keras;

/// <summary>x = Q·R with orthonormal columns and an upper triangle, for the matrices in the last two axes.</summary>
sealed record Qr(bool Complete) : Op
{
    internal const int Orthogonal = 0, Triangle = 1;

    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var x = inputs[0].Shape;
        if (x.Rank < 2) throw Wrong("there are no matrices", "2 dimensions or more", x);
        var inner = Complete ? x[-2] : x.Least();
        return TensorType.Tuple(inputs[0].As(x.Batch().Append(Shape.Of(x[-2], inner))), inputs[0].As(x.Batch().Append(Shape.Of(inner, x[-1]))));
    }

    internal override Tensor?[] VjpParts(Tensor result, Tensor?[] gradients)
    {
        var (x, q, r) = (result.Inputs[0], new Part(Orthogonal).On(result), new Part(Triangle).On(result));
        var (forQ, forR, m, n) = (gradients[Orthogonal], gradients[Triangle], x.Shape[-2], x.Shape[-1]);
        if (Complete && m > n)
        {
            if (forQ is not null)
                throw Errors.Unsupported(Name, "the columns that fill up Q have no gradient", "mode \"reduced\", or no more rows than columns", x.Shape);
            // As that of the reduced form, whose Q can be differentiated again.
            var reduced = new Qr(false);
            return reduced.VjpParts(reduced.On(x), [null, Ops.Narrow(forR!, x.Rank - 2, 0, n)]);
        }
        if (m >= n) return [Square(q, r, forQ, forR)];
        // The columns beyond the square are Q times those of R.
        var (beyond, rest) = (Ops.Narrow(x, x.Rank - 1, m, n - m), forR is null ? null : Ops.Narrow(forR, x.Rank - 1, m, n - m));
        if (rest is not null && new MatMul(TransposeB: true).On(beyond, rest) is var through) forQ = forQ is null ? through : forQ + through;
        return [Ops.Concatenate([Square(q, Left(r), forQ, forR is null ? null : Left(forR)), rest is null ? Ops.ZerosLike(beyond) : Ops.Matmul(q, rest)], -1)];

        Tensor Left(Tensor t) => Ops.Narrow(t, t.Rank - 1, 0, m);
    }

    // (G_Q + Q·sym(M))·R⁻ᵀ with M = R·G_Rᵀ - G_Qᵀ·Q, of which the lower triangle counts.
    static Tensor Square(Tensor q, Tensor r, Tensor? forQ, Tensor? forR)
    {
        var m = forR is null ? null : new MatMul(TransposeB: true).On(r, forR);
        if (forQ is not null && new MatMul(TransposeA: true).On(forQ, q) is var turned) m = m is null ? -turned : m - turned;
        var inner = Ops.Matmul(q, Ops.Tril(m!) + Ops.Swapaxes(Ops.Tril(m!, -1), -1, -2));
        if (forQ is not null) inner += forQ;
        return Ops.Swapaxes(new TriangularSolve(Lower: false).On(r, Ops.Swapaxes(inner, -1, -2)), -1, -2);
    }
}

public static partial class Ops
{
    /// <summary>Each matrix as a product x = q · r of orthonormal columns and an upper triangle, by Householder reflections: the signs on the diagonal of
    /// r are what they lead to.</summary>
    /// <param name="x">Matrices (…, m, n).</param>
    /// <param name="mode"><c>reduced</c> (default): k = min(m, n) columns and rows; <c>complete</c>: k = m, where the columns beyond n have no gradient.</param>
    /// <returns>q (…, m, k) and r (…, k, n).</returns>
    /// <exception cref="ArgumentException">There are no matrices, or the mode is unknown.</exception>
    public static (Tensor Q, Tensor R) Qr(Tensor x, string mode = "reduced")
    {
        Choice.Check("mode", mode, "reduced", "complete");
        var parts = new Qr(mode == "complete").On(AsMatrices(x, "qr"));
        return (Narrowed(new Part(Keras.Qr.Orthogonal).On(parts), x), Narrowed(new Part(Keras.Qr.Triangle).On(parts), x));
    }
}
