using System.Runtime.CompilerServices;

namespace Keras;

/// <summary>The singular value decompositions of the matrices in the last two axes: from x the left vectors, the values in descending order and
/// the right vectors as rows; the values alone where vectors are not wanted.</summary>
sealed record Svd(bool FullMatrices, bool ComputeUv) : Op
{
    internal const int Left = 0, Values = 1, Right = 2;

    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var x = inputs[0].Shape;
        if (x.Rank < 2) throw Wrong("there are no matrices", "2 dimensions or more", x);
        var (m, n, batch, least) = (x[-2], x[-1], x.Batch(), x.Least());
        var values = inputs[0].As(batch.Append(Shape.Of(least)));
        return !ComputeUv ? values : TensorType.Tuple(inputs[0].As(batch.Append(Shape.Of(m, FullMatrices ? m : least))), values,
            inputs[0].As(batch.Append(Shape.Of(FullMatrices ? n : least, n))));
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient)
    {
        var (u, _, vh) = Parts(new Svd(false, true).On(result.Inputs[0]));
        return [Ops.Matmul(u * Ops.ExpandDims(gradient, -2), vh)];
    }

    // Undefined, so not finite, where two values are equal, or one is 0 and its vector has others beside it.
    internal override Tensor?[] VjpParts(Tensor result, Tensor?[] gradients)
    {
        var shape = result.Inputs[0].Shape;
        if (FullMatrices && shape[-2] != shape[-1])
        {
            if ((gradients[Left] ?? gradients[Right]) is not null)
                throw Errors.Unsupported(Name, "the vectors that fill up the longer side have no gradient", "full_matrices false, or square matrices", shape);
            return Vjp(result, gradients[Values]!);
        }
        var (u, s, vh) = Parts(result);
        var (row, column, v) = (Ops.ExpandDims(s, -2), Ops.ExpandDims(s, -1), Ops.Swapaxes(vh, -1, -2));
        var gaps = (row - column) * (row + column);
        var same = Ops.EyeLike(gaps);
        // Off the diagonal 1 / (sⱼ² - sᵢ²), on it 0.
        var between = (1 - same) / (gaps + same);
        Tensor? inner = gradients[Values] is { } gs ? same * Ops.ExpandDims(gs, -2) : null, outer = null;
        if (gradients[Left] is { } gu)
        {
            var (turned, rest) = Turned(u, gu, between);
            inner = Sum(inner, turned * row);
            if (rest is not null) outer = Ops.Matmul(rest / row, vh);
        }
        if (gradients[Right] is { } gvh)
        {
            var (turned, rest) = Turned(v, Ops.Swapaxes(gvh, -1, -2), between);
            inner = Sum(inner, turned * column);
            if (rest is not null) outer = Sum(outer, Ops.Matmul(u, Ops.Swapaxes(rest / row, -1, -2)));
        }
        return [Sum(outer, Ops.Matmul(Ops.Matmul(u, inner!), vh))];
    }

    internal static (Tensor U, Tensor S, Tensor Vh) Parts(Tensor node) => (new Part(Left).On(node), new Part(Values).On(node), new Part(Right).On(node));

    static Tensor Sum(Tensor? a, Tensor b) => a is null ? b : a + b;

    /// <summary>The part of a gradient within the space of the vectors, as rotations of them, and the rest, where they leave any.</summary>
    static (Tensor Within, Tensor? Outside) Turned(Tensor vectors, Tensor gradient, Tensor between)
    {
        var along = Ops.Matmul(Ops.Swapaxes(vectors, -1, -2), gradient);
        return ((along - Ops.Swapaxes(along, -1, -2)) * between,
            vectors.Shape[-1] == vectors.Shape[-2] ? null : gradient - Ops.Matmul(vectors, along));
    }
}

public static partial class Ops
{
    /// <summary>The singular value decomposition x = u · diag(s) · vh of the matrices in the last two axes. The sign that a pair of vectors has together
    /// is open. Where x is not finite the results are NaN.</summary>
    /// <param name="x">Matrices (…, m, n).</param>
    /// <param name="fullMatrices">Whether u is (…, m, m) and vh (…, n, n), the default; else (…, m, k) and (…, k, n), k the lesser of m and n.
    /// Vectors beyond k have no gradient.</param>
    /// <returns>u, s (…, k) in descending order, and vh.</returns>
    /// <exception cref="ArgumentException">There are fewer than 2 dimensions.</exception>
    [OverloadResolutionPriority(1)]
    public static (Tensor U, Tensor S, Tensor Vh) Svd(Tensor x, bool fullMatrices = true)
    {
        var (u, s, vh) = Keras.Svd.Parts(new Svd(fullMatrices, true).On(AsMatrices(x, "svd")));
        return (Narrowed(u, x), Narrowed(s, x), Narrowed(vh, x));
    }

    /// <summary>As <see cref="Svd(Tensor, bool)"/>, or the singular values alone.</summary>
    /// <param name="x">Matrices (…, m, n).</param>
    /// <param name="fullMatrices">Whether u and vh are square. Default yes.</param>
    /// <param name="computeUv">Whether vectors are wanted, the default. Without them it is faster, and the gradient is defined for equal values too.</param>
    /// <returns>u, s and vh, or s alone.</returns>
    /// <exception cref="ArgumentException">There are fewer than 2 dimensions.</exception>
    public static Tensor[] Svd(Tensor x, bool fullMatrices = true, bool computeUv = true)
    {
        if (!computeUv) return [Narrowed(SingularValues(AsMatrices(x, "svd")), x)];
        var (u, s, vh) = Svd(x, fullMatrices);
        return [u, s, vh];
    }

    static Tensor SingularValues(Tensor x) => new Svd(false, false).On(x);
}
