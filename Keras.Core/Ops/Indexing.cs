namespace Keras;

/// <summary>Reading by integer indices along an axis: a family of ops on x and indices. An index out of range is an error when it runs;
/// a negative one counts from the end.</summary>
abstract record Indexing(int Axis) : Op
{
    private protected void Check(TensorType indices)
    {
        if (!indices.DType.IsInteger()) throw Wrong("indices are integers", "an integer dtype", indices.DType.Name());
    }
}

/// <summary>The slices of x along the axis that the indices name: the indices' shape takes the axis's place.</summary>
sealed record Take(int Axis) : Indexing(Axis)
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Check(inputs[1]);
        var x = inputs[0].Shape;
        return inputs[0].As(x.Slice(0, Axis).Append(inputs[1].Shape).Append(x.Slice(Axis + 1, x.Rank - Axis - 1)));
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) =>
        [new TakeGradient(Axis, result.Inputs[0].Shape).On(result.Inputs[1], gradient), null];
}

/// <summary>Slices added into zeros at their indices: the adjoint of <see cref="Take"/>.</summary>
sealed record TakeGradient(int Axis, Shape Whole) : Indexing(Axis)
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        SameShape(new Take(Axis).Infer([inputs[1].As(Whole), inputs[0]]), inputs[1]);
        return inputs[1].As(Whole);
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) => [null, new Take(Axis).On(gradient, result.Inputs[0])];
}

/// <summary>One element of x along the axis for each index; the shapes are equal but for the axis.</summary>
sealed record TakeAlong(int Axis) : Indexing(Axis)
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Check(inputs[1]);
        var (x, indices) = (inputs[0].Shape, inputs[1].Shape);
        return x.Rank == indices.Rank && x.With(Axis, 0).Matches(indices.With(Axis, 0))
            ? inputs[0].As(indices)
            : throw Wrong("the shapes of x and indices differ outside of the axis", x, indices);
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) =>
        [new TakeAlongGradient(Axis, result.Inputs[0].Shape).On(result.Inputs[1], gradient), null];
}

/// <summary>Elements added into zeros at their indices: the adjoint of <see cref="TakeAlong"/>.</summary>
sealed record TakeAlongGradient(int Axis, Shape Whole) : Indexing(Axis)
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        SameShape(new TakeAlong(Axis).Infer([inputs[1].As(Whole), inputs[0]]), inputs[1]);
        return inputs[1].As(Whole);
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) => [null, new TakeAlong(Axis).On(gradient, result.Inputs[0])];
}

/// <summary>The sums of all elements up to each one along an axis, or from each one on.</summary>
sealed record Cumsum(int Axis, bool Reverse = false) : Unary
{
    protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => new Cumsum(Axis, !Reverse).On(g);
}

public static partial class Ops
{
    /// <summary>The slices of a tensor along an axis that indices name; of the flattened tensor where no axis is named.</summary>
    /// <param name="x">A tensor.</param>
    /// <param name="indices">Integers of any shape; negative ones count from the end.</param>
    /// <param name="axis">The axis. Default none: the flattened tensor.</param>
    /// <returns>x's shape with the indices' shape in the axis's place.</returns>
    /// <exception cref="ArgumentException">The axis is out of range; when it runs, an index is.</exception>
    public static Tensor Take(Tensor x, Tensor indices, int? axis = null)
    {
        if (axis is null) return new Take(0).On(Reshape(x, [Shape.Unknown]), AsIndices(indices));
        return new Take(x.Shape.Axis(axis.Value, "take")).On(x, AsIndices(indices));
    }

    /// <summary>One element along an axis for each index; of the flattened tensor where no axis is named.</summary>
    /// <param name="x">A tensor.</param>
    /// <param name="indices">Integers, of x's shape but for the axis, or broadcast to it.</param>
    /// <param name="axis">The axis. Default none: the flattened tensor, by flattened indices.</param>
    /// <exception cref="ArgumentException">The shapes differ; when it runs, an index is out of range.</exception>
    public static Tensor TakeAlongAxis(Tensor x, Tensor indices, int? axis = null)
    {
        if (axis is null) return TakeAlongAxis(Reshape(x, [Shape.Unknown]), Reshape(indices, [Shape.Unknown]), 0);
        var at = x.Shape.Axis(axis.Value, "take_along_axis");
        if (x.Rank != indices.Rank)
            throw Errors.Argument("take_along_axis", "x and indices have different ranks", x.Shape, indices.Shape);
        var shape = Shape.Broadcast(x.Shape.With(at, 1), indices.Shape.With(at, 1), "take_along_axis");
        return new TakeAlong(at).On(BroadcastTo(x, shape.With(at, x.Shape[at])), BroadcastTo(AsIndices(indices), shape.With(at, indices.Shape[at])));
    }

    // Kernels read indices of 32 and of 64 bits.
    static Tensor AsIndices(Tensor indices) => indices.DType switch
    {
        DType.Int32 or DType.Int64 => indices,
        DType.UInt32 => Cast(indices, DType.Int64),
        DType.UInt64 => SaturateCast(indices, DType.Int64),
        _ => Cast(indices, DType.Int32),
    };

    /// <summary>Integers of 32 bits. Those that are wider become the ends of the range, which no index and no length is, rather than what is left of
    /// their bits.</summary>
    internal static Tensor AsInt32(Tensor x) => x.DType is DType.Int64 or DType.UInt32 or DType.UInt64 ? SaturateCast(x, DType.Int32) : Cast(x, DType.Int32);

    /// <summary>The sums of all elements up to each one along an axis; along the flattened tensor where no axis is named.</summary>
    /// <param name="x">A tensor.</param>
    /// <param name="axis">The axis. Default none: the flattened tensor.</param>
    /// <param name="dtype">In which dtype to sum. Default x's; bool is summed as int32.</param>
    public static Tensor Cumsum(Tensor x, int? axis = null, DType? dtype = null)
    {
        x = dtype is { } wanted ? Cast(x, wanted) : AsNumber(x);
        return axis is null ? new Cumsum(0).On(Reshape(x, [Shape.Unknown])) : new Cumsum(x.Shape.Axis(axis.Value, "cumsum")).On(x);
    }
}
