namespace Keras;

/// <summary>The diagonals of the matrices in the last two axes.</summary>
sealed record Diagonal(int Offset) : Fused
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var shape = inputs[0].Shape;
        return inputs[0].As(shape.Slice(0, shape.Rank - 2).Append([Length(shape[-2], shape[-1])]));
    }

    int? Length(int rows, int columns) => rows == Shape.Unknown || columns == Shape.Unknown ? null
        : (int)Math.Clamp(Math.Min(rows + Math.Min(0L, Offset), columns - Math.Max(0L, Offset)), 0, int.MaxValue);

    // In a flattened matrix the elements of a diagonal are one row and one column apart.
    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var (x, axis) = (inputs[0], inputs[0].Rank - 2);
        var (rows, columns) = (x.Shape[-2], x.Shape[-1]);
        if (Length(rows, columns) is not { } length) throw Wrong("the matrices have an unknown size", "known rows and columns", x.Shape);
        var flat = Ops.Reshape(x, x.Shape.Slice(0, axis).Append([Shape.Dim((long)rows * columns)]));
        int[] starts = new int[axis + 1], steps = [.. Enumerable.Repeat(1, axis), columns + 1];
        if (length > 0) starts[axis] = Offset >= 0 ? Offset : -Offset * columns;
        return new Slice(starts, steps, flat.Shape.With(axis, length)).On(flat);
    }
}

public static partial class Ops
{
    /// <summary>A matrix of ones on a diagonal and zeros elsewhere.</summary>
    /// <param name="n">Rows.</param>
    /// <param name="m">Columns. Default as many.</param>
    /// <param name="k">The diagonal: 0 the main one, above 0 to the right of it.</param>
    /// <param name="dtype">Default <see cref="Config.Floatx"/>.</param>
    /// <exception cref="ArgumentException">A size is negative.</exception>
    public static Tensor Eye(int n, int? m = null, int k = 0, DType? dtype = null)
    {
        var columns = m ?? n;
        if (n < 0 || columns < 0) throw Errors.Argument("eye", "a size is negative", "0 or more", $"{n} rows, {columns} columns");
        return Cast(OnDiagonal(Arange(n), Arange(columns), k), dtype ?? Config.Floatx);
    }

    /// <summary>The diagonal of a matrix, or the matrix with a vector on the diagonal.</summary>
    /// <param name="x">A vector or a matrix.</param>
    /// <param name="k">The diagonal: 0 the main one, above 0 to the right of it.</param>
    /// <exception cref="ArgumentException">x is neither.</exception>
    public static Tensor Diag(Tensor x, int k = 0) => x.Rank switch
    {
        1 => Diagflat(x, k),
        2 => Diagonal(x, k),
        _ => throw Errors.Argument("diag", "x is neither a vector nor a matrix", "1 or 2 dimensions", x.Shape),
    };

    /// <summary>The diagonals of the matrices in two axes, as the last axis.</summary>
    /// <param name="x">2 dimensions or more.</param>
    /// <param name="offset">The diagonal: 0 the main one, above 0 to the right of it.</param>
    /// <param name="axis1">The axis of rows.</param>
    /// <param name="axis2">The axis of columns.</param>
    /// <exception cref="ArgumentException">There are no two different axes.</exception>
    public static Tensor Diagonal(Tensor x, int offset = 0, int axis1 = 0, int axis2 = 1) =>
        Now(new Diagonal(offset), MatricesLast(x, axis1, axis2, "diagonal"));

    /// <summary>What an op stands for, at once where the shapes are known, else when they are.</summary>
    static Tensor Now(Fused op, params ReadOnlySpan<Tensor> inputs)
    {
        var node = op.On(inputs);
        foreach (var input in inputs)
            if (!input.Shape.IsKnown) return node;
        return op.Decompose(inputs)!;
    }

    /// <summary>Tensors as columns of one matrix: vectors beside each other, others along the second axis.</summary>
    /// <exception cref="ArgumentException">There are none, or their shapes differ outside of the axis.</exception>
    public static Tensor ColumnStack(IReadOnlyList<Tensor> xs) => Concatenate([.. xs.Select(x => x.Rank == 1 ? ExpandDims(x, 1) : Lead(x, 2))], 1);

    /// <summary>The element of the first choice whose condition is true.</summary>
    /// <param name="condlist">Conditions.</param>
    /// <param name="choicelist">A choice for each, broadcast together.</param>
    /// <param name="default">Where no condition is true. Default 0.</param>
    /// <exception cref="ArgumentException">There are no conditions, or not one choice for each.</exception>
    public static Tensor Select(IReadOnlyList<Tensor> condlist, IReadOnlyList<Tensor> choicelist, Tensor? @default = null)
    {
        ArgumentNullException.ThrowIfNull(condlist);
        ArgumentNullException.ThrowIfNull(choicelist);
        if (condlist.Count == 0 || condlist.Count != choicelist.Count)
            throw Errors.Argument("select", "there is not one choice for each condition", "1 or more of each", $"{condlist.Count} conditions, {choicelist.Count} choices");
        var result = @default ?? 0;
        for (var i = condlist.Count - 1; i >= 0; i--) result = Where(condlist[i], choicelist[i], result);
        return result;
    }

    /// <summary>The indices into a shape that indices into its flattened elements stand for.</summary>
    /// <param name="indices">Integers; negative ones count from the end.</param>
    /// <param name="shape">A known shape.</param>
    /// <returns>For each dimension a tensor of the indices' shape, of int32.</returns>
    /// <exception cref="ArgumentException">The shape is not known.</exception>
    public static IReadOnlyList<Tensor> UnravelIndex(Tensor indices, Shape shape)
    {
        if (!shape.IsKnown) throw Errors.Argument("unravel_index", "the shape is not known", "known dimensions", shape);
        var rest = indices.DType.IsFloating() ? indices : Cast(indices, DType.Int64);
        rest = Where(Less(rest, 0), rest + Tensor.Scalar(shape.Size, rest.DType), rest);
        var result = new Tensor[shape.Rank];
        for (var axis = shape.Rank - 1; axis >= 0; axis--)
        {
            result[axis] = Cast(Mod(rest, shape[axis]), indices.DType.IsFloating() ? indices.DType : DType.Int32);
            rest = FloorDivide(rest, shape[axis]);
        }
        return result;
    }

    /// <summary>The correlation coefficients of variables.</summary>
    /// <param name="x">A vector, or a matrix with a variable a row and an observation a column.</param>
    /// <returns>A matrix with a row and a column a variable; a scalar for a vector. Floating, float64 for int64.</returns>
    /// <exception cref="ArgumentException">x has more than 2 dimensions.</exception>
    public static Tensor Corrcoef(Tensor x)
    {
        if (x.Rank > 2) throw Errors.Argument("corrcoef", "x is not a matrix", "at most 2 dimensions", x.Shape);
        x = x.DType == DType.Int64 ? Cast(x, DType.Float64) : AsFloating(x);
        var rows = Lead(x, 2);
        var centred = rows - Mean(rows, 1, keepdims: true);
        var covariance = Matmul(centred, Transpose(centred));
        var deviation = Sqrt(Sum(Square(centred), 1, keepdims: true));
        var result = Clip(covariance / deviation / Transpose(deviation), -1, 1);
        return x.Rank == 2 ? result : Squeeze(result);
    }
}
