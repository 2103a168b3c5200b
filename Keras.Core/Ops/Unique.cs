using System.Runtime.CompilerServices;

namespace Keras;

/// <summary>The order of the rows of a matrix, as int32: the first element that differs decides; equal rows in the order in which they stand.</summary>
sealed record RowOrder : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) => inputs[0].Shape.Rank == 2
        ? new TensorType(DType.Int32, inputs[0].Shape.Slice(0, 1))
        : throw Wrong("rows are those of a matrix", "2 dimensions", inputs[0].Shape);

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) => [null];
}

public static partial class Ops
{
    /// <summary>The different elements of a tensor in rising order, each once. Each NaN is different from all others.</summary>
    /// <param name="x">A tensor. Its value is asked for unless a size is given, as the number of results depends on it.</param>
    /// <param name="sorted">Whether the result must be in order. Here it always is.</param>
    /// <param name="axis">Compares the slices along an axis, by their first element that differs. Default none: the elements.</param>
    /// <param name="size">How many results there are: further ones are left out, missing ones are <paramref name="fillValue"/>. Default as many
    /// as are different.</param>
    /// <param name="fillValue">Default 0.</param>
    /// <returns>A vector, or x's shape with another size along the axis.</returns>
    /// <exception cref="ArgumentException">There is no such axis, or the size is negative.</exception>
    [OverloadResolutionPriority(1)]
    public static Tensor Unique(Tensor x, bool sorted = true, int? axis = null, int? size = null, Tensor? fillValue = null) =>
        Unique(x, sorted, false, false, false, axis, size, fillValue)[0];

    /// <summary>The different elements of a tensor as the other overload gives them, and where they are; all in one array, in this order.</summary>
    /// <param name="x">A tensor. Its value is asked for unless a size is given, as the number of results depends on it.</param>
    /// <param name="sorted">Whether the result must be in order. Here it always is.</param>
    /// <param name="returnIndex">Whether to tell where each result stands first; of missing ones, where the first result does.</param>
    /// <param name="returnInverse">Whether to tell for each element, or each slice along the axis, which result it is.</param>
    /// <param name="returnCounts">Whether to tell how often each result occurs.</param>
    /// <param name="axis">Compares the slices along an axis, by their first element that differs. Default none: the elements.</param>
    /// <param name="size">How many results there are: further ones are left out, missing ones are <paramref name="fillValue"/>. Default as many
    /// as are different.</param>
    /// <param name="fillValue">Default 0.</param>
    /// <returns>The results, and what else was asked for as int64; in a model, int32.</returns>
    /// <exception cref="ArgumentException">There is no such axis, or the size is negative.</exception>
    public static Tensor[] Unique(Tensor x, bool sorted = true, bool returnIndex = false, bool returnInverse = false, bool returnCounts = false,
        int? axis = null, int? size = null, Tensor? fillValue = null)
    {
        if (size < 0) throw Errors.Argument("unique", "the size is negative", "0 or more", size);
        var at = axis is { } given ? x.Shape.Axis(given, "unique") : (int?)null;
        var found = x.IsOpen && (size is null || !x.Shape.IsKnown) ? UniqueTypes(x, at, size)
            : at is { } along ? UniqueSlices(x, along, size, fillValue)
            : UniqueRows(Ravel(x), x.Shape, size, fillValue);
        bool[] wanted = [true, returnIndex, returnInverse, returnCounts];
        return [.. found.Where((_, i) => wanted[i])];
    }

    /// <summary>What cannot be computed: values, index, inverse and counts of a tensor whose values are not known.</summary>
    static Tensor[] UniqueTypes(Tensor x, int? axis, int? size)
    {
        var count = size ?? Shape.Unknown;
        var values = axis is { } at ? x.Shape.With(at, count) : Shape.Of(count);
        var inverse = axis is { } along ? Shape.Of(x.Shape[along]) : x.Shape;
        var places = new TensorType(PlaceType(x), Shape.Of(count));
        TensorType[] types = [new(x.DType, values), places, places.As(inverse), places];
        return [.. types.Select(t => new ShapedByValues(t, "unique").On(x))];
    }

    static Tensor[] UniqueSlices(Tensor x, int axis, int? size, Tensor? fillValue)
    {
        var first = Moveaxis(x, axis, 0);
        var slice = first.Shape.Slice(1, x.Rank - 1);
        var found = UniqueRows(Reshape(first, [x.Shape[axis], Shape.Dim(slice.Size)]), Shape.Of(x.Shape[axis]), size, fillValue);
        found[0] = Moveaxis(Reshape(found[0], found[0].Shape.Slice(0, 1).Append(slice)), 0, axis);
        return found;
    }

    /// <summary>Values, index, inverse and counts of the elements of a vector or of the rows of a matrix.</summary>
    static Tensor[] UniqueRows(Tensor rows, Shape inverseShape, int? size, Tensor? fillValue)
    {
        var (n, type) = (rows.Shape[0], PlaceType(rows));
        if (n == 0) return NothingUnique(rows, inverseShape, size ?? 0, fillValue);
        var order = rows.Rank == 1 ? Argsort(rows) : new RowOrder().On(rows);
        var sorted = Take(rows, order, 0);
        var (before, after) = Neighbours(sorted, 0);
        var changes = NotEqual(before, after);
        var isFirst = Concatenate([Full([1], true, DType.Bool), rows.Rank == 1 ? changes : Any(changes, 1)]);
        var group = Cumsum(Cast(isFirst, DType.Int32), 0) - 1;
        // All at once: each would else be computed again for every result.
        if (!rows.IsOpen) Evaluator.Evaluate([order, sorted, isFirst, group]);
        var bounds = size is { } wanted ? Searchsorted(group, Arange(wanted + 1)) : Concatenate([Nonzeros(isFirst), Tensor.Of([n], [1])]);
        var count = bounds.Shape[0] - 1;
        var starts = Narrow(bounds, 0, 0, count);
        var places = Minimum(starts, n - 1);
        Tensor values = Take(sorted, places, 0), index = Take(order, places);
        if (size is not null)
        {
            var exists = Less(starts, n);
            values = Where(rows.Rank == 1 ? exists : ExpandDims(exists, 1), values, Cast(fillValue ?? 0, rows.DType));
            index = Where(exists, index, Narrow(order, 0, 0, 1));
        }
        var inverse = Reshape(new TakeGradient(0, [n]).On(order, group), inverseShape);
        return [values, Cast(index, type), Cast(inverse, type), Cast(Narrow(bounds, 0, 1, count) - starts, type)];
    }

    static Tensor[] NothingUnique(Tensor rows, Shape inverseShape, int size, Tensor? fillValue)
    {
        var places = Zeros([size], PlaceType(rows));
        return [Full(rows.Shape.With(0, size), fillValue ?? 0, rows.DType), places, Zeros(inverseShape, PlaceType(rows)), places];
    }
}
