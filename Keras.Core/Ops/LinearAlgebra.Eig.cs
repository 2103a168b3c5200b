namespace Keras;

/// <summary>The eigenvalues of real matrices and their right vectors as columns, both complex. Vectors have the length 1; the phase of each is open, so
/// that the gradient is that of a function which does not depend on it.</summary>
sealed record Eig : Op
{
    internal const int Values = 0, Vectors = 1;

    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var x = inputs[0].Shape;
        if (!x.MayBeSquare()) throw Wrong("the matrices are not square", "equal last dimensions", x);
        var (n, dtype) = (x[-1] == Shape.Unknown ? x[-2] : x[-1], inputs[0].DType.ToComplex());
        return TensorType.Tuple(new TensorType(dtype, x.Batch().Append(Shape.Of(n))), new TensorType(dtype, x.Batch().Append(Shape.Of(n, n))));
    }

    // V⁻ᴴ·(diag(G_w) + (Vᴴ·G_V - Vᴴ·V·diag(Re(Vᴴ·G_V))) / conj(wⱼ - wᵢ))·Vᴴ: not finite where vectors have a gradient and values are equal.
    internal override Tensor?[] VjpParts(Tensor result, Tensor?[] gradients)
    {
        var (w, v) = (new Part(Values).On(result), new Part(Vectors).On(result));
        var adjoint = Ops.Conj(Ops.Swapaxes(v, -1, -2));
        var gaps = Ops.Conj(Ops.ExpandDims(w, -2) - Ops.ExpandDims(w, -1));
        var same = Ops.EyeLike(Ops.Real(gaps));
        var inner = gradients[Values] is { } forValues ? same * Ops.ExpandDims(forValues, -2) : null;
        if (gradients[Vectors] is { } forVectors)
        {
            var along = Ops.Matmul(adjoint, forVectors);
            var lengths = Ops.Real(Ops.Diagonal(along, axis1: -2, axis2: -1));
            var turned = (along - (Ops.Matmul(adjoint, v) * Ops.ExpandDims(lengths, -2))) * ((1 - same) / (gaps + same));
            inner = inner is null ? turned : inner + turned;
        }
        return [SolvedReal(adjoint, Ops.Matmul(inner!, adjoint))];
    }

    // The real part of what a complex matrix takes to another: the equations of both parts as one of twice the size.
    internal static Tensor SolvedReal(Tensor a, Tensor b)
    {
        var (re, im) = (Ops.Real(a), Ops.Imag(a));
        var both = Ops.Concatenate([Ops.Concatenate([re, -im], -1), Ops.Concatenate([im, re], -1)], -2);
        return Ops.Split(new Solve().On(both, Ops.Concatenate([Ops.Real(b), Ops.Imag(b)], -2)), 2, -2)[0];
    }
}

public static partial class Ops
{
    /// <summary>The eigenvalues w and right vectors v of square matrices: x · v = v · diag(w). Conjugate values follow one another, the one with the
    /// positive imaginary part first. The phase of each vector is open. Where x is not finite the results are NaN.</summary>
    /// <param name="x">Real matrices (…, n, n).</param>
    /// <returns>w (…, n) and v (…, n, n), whose columns have length 1: complex128 for float64, else complex64.</returns>
    /// <exception cref="ArgumentException">The matrices are not square.</exception>
    /// <exception cref="NotSupportedException">The matrices are complex.</exception>
    public static (Tensor Eigenvalues, Tensor Eigenvectors) Eig(Tensor x)
    {
        var parts = new Eig().On(AsSquares(x, "eig"));
        return (new Part(Keras.Eig.Values).On(parts), new Part(Keras.Eig.Vectors).On(parts));
    }
}
