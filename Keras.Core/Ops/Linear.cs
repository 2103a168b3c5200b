namespace Keras;

/// <summary>Products of the matrices in the last two axes; the axes before are broadcast. As fused, with a bias along the last
/// axis and an activation.</summary>
sealed record MatMul(bool TransposeA = false, bool TransposeB = false, bool HasBias = false, Epilogue Activation = Epilogue.None)
    : Op, IWithEpilogue
{
    public Op WithBias() => this with { HasBias = true };

    public Op WithActivation(Epilogue activation) => this with { Activation = activation };

    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        SameDType(inputs);
        var (a, b) = (inputs[0].Shape, inputs[1].Shape);
        var (rows, inner) = TransposeA ? (a[-1], a[-2]) : (a[-2], a[-1]);
        var (depth, columns) = TransposeB ? (b[-1], b[-2]) : (b[-2], b[-1]);
        if (inner != depth && inner != Shape.Unknown && depth != Shape.Unknown)
            throw Wrong("the inner dimensions differ", "the last of the first equal to the last but one of the second", $"{a} and {b}");
        var batch = Shape.Broadcast(a.Slice(0, a.Rank - 2), b.Slice(0, b.Rank - 2), Name);
        return inputs[0].As(batch.Append(Shape.Of(rows, columns)));
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient)
    {
        // Fused forms are made of graphs whose gradients were taken before.
        if (HasBias || Activation != Epilogue.None) return base.Vjp(result, gradient);
        var (a, b) = (result.Inputs[0], result.Inputs[1]);
        var at = new MatMul(false, !TransposeB).On(gradient, Ops.Conj(b));
        var bt = new MatMul(!TransposeA).On(Ops.Conj(a), gradient);
        return [TransposeA ? Ops.Swapaxes(at, -1, -2) : at, TransposeB ? Ops.Swapaxes(bt, -1, -2) : bt];
    }

    internal override Tensor? Decompose(ReadOnlySpan<Tensor> inputs) => !inputs[0].DType.IsComplex() ? null
        : Ops.MatMulComplex(TransposeA ? Ops.Swapaxes(inputs[0], -1, -2) : inputs[0], TransposeB ? Ops.Swapaxes(inputs[1], -1, -2) : inputs[1]);
}

public static partial class Ops
{
    /// <summary>The matrix product over the last axis of the first and the last but one of the second; axes before are broadcast.
    /// A vector counts as a row on the left and as a column on the right.</summary>
    /// <exception cref="ArgumentException">An operand is a scalar, or the inner dimensions differ.</exception>
    public static Tensor Matmul(Tensor x1, Tensor x2)
    {
        if (x1.Rank == 0 || x2.Rank == 0)
            throw Errors.Argument("matmul", "a scalar has no rows or columns", "1 dimension or more", $"{x1.Shape} and {x2.Shape}");
        var small = x1.DType == DType.Int8 && x2.DType == DType.Int8;
        (x1, x2) = small ? (Cast(x1, DType.Int32), Cast(x2, DType.Int32)) : Promote(x1, x2);
        if (x1.DType == DType.Bool) return Cast(Matmul(Cast(x1, DType.Int32), Cast(x2, DType.Int32)), DType.Bool);
        var (row, column) = (x1.Rank == 1, x2.Rank == 1);
        if (row) x1 = ExpandDims(x1, 0);
        if (column) x2 = ExpandDims(x2, 1);
        // One large product instead of many small ones, forward and backward, where the right side is one matrix.
        var y = x1.Rank > 2 && x2.Rank == 2 && x1.Shape.IsKnown
            ? Reshape(new MatMul().On(Flattened(x1), x2), x1.Shape.With(-1, x2.Shape[-1]))
            : new MatMul().On(x1, x2);
        if (row) y = Squeeze(y, -2);
        return column ? Squeeze(y, -1) : y;
    }

    /// <summary>All axes but the last as one.</summary>
    static Tensor Flattened(Tensor x) => Reshape(x, Shape.Of(Shape.Dim(x.Shape.Slice(0, x.Rank - 1).Size), x.Shape[-1]));
}
