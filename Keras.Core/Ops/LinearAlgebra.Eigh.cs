namespace Keras;

/// <summary>The eigenvalues of symmetric matrices in rising order, and their vectors as columns. The lower triangle of the input alone is read; the
/// gradient is symmetric, as the input is meant to be.</summary>
sealed record Eigh : Op
{
    internal const int Values = 0, Vectors = 1;

    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var x = inputs[0].Shape;
        if (!x.MayBeSquare()) throw Wrong("the matrices are not square", "equal last dimensions", x);
        var n = x[-1] == Shape.Unknown ? x[-2] : x[-1];
        return TensorType.Tuple(inputs[0].As(x.Batch().Append(Shape.Of(n))), inputs[0].As(x.Batch().Append(Shape.Of(n, n))));
    }

    // V·(diag(G_w) + (Vᵀ·G_V) / (wⱼ - wᵢ))·Vᵀ: not finite where vectors have a gradient and values are equal.
    internal override Tensor?[] VjpParts(Tensor result, Tensor?[] gradients)
    {
        var (w, v) = (new Part(Values).On(result), new Part(Vectors).On(result));
        var gaps = Ops.ExpandDims(w, -2) - Ops.ExpandDims(w, -1);
        var same = Ops.EyeLike(gaps);
        var inner = gradients[Values] is { } forValues ? same * Ops.ExpandDims(forValues, -2) : null;
        if (gradients[Vectors] is { } forVectors)
        {
            var turned = new MatMul(TransposeA: true).On(v, forVectors) * ((1 - same) / (gaps + same));
            inner = inner is null ? turned : inner + turned;
        }
        var all = new MatMul(TransposeB: true).On(Ops.Matmul(v, inner!), v);
        return [(all + Ops.Swapaxes(all, -1, -2)) / 2];
    }
}

public static partial class Ops
{
    /// <summary>The eigenvalues w and vectors v of symmetric matrices: x · v = v · diag(w). The sign of each vector is open. Where x is not finite the
    /// results are NaN.</summary>
    /// <param name="x">Symmetric matrices (…, n, n); only the lower triangle is read.</param>
    /// <returns>w (…, n) in rising order, and v (…, n, n) with orthonormal columns.</returns>
    /// <exception cref="ArgumentException">The matrices are not square.</exception>
    public static (Tensor Eigenvalues, Tensor Eigenvectors) Eigh(Tensor x)
    {
        var parts = new Eigh().On(AsSquares(x, "eigh"));
        return (Narrowed(new Part(Keras.Eigh.Values).On(parts), x), Narrowed(new Part(Keras.Eigh.Vectors).On(parts), x));
    }
}
