using System.Runtime.CompilerServices;

namespace Keras;

public static partial class Ops
{
    /// <summary>The same elements under a shape that is computed.</summary>
    /// <param name="x">A tensor.</param>
    /// <param name="newshape">The dimensions, a vector of integers; one may be -1 and is then inferred. Its value is asked for; in a model, where it has
    /// none, the result has unknown dimensions and cannot be computed.</param>
    /// <exception cref="ArgumentException">The number of elements changes; the dimensions are not a vector.</exception>
    [OverloadResolutionPriority(-1)]
    public static Tensor Reshape(Tensor x, Tensor newshape)
    {
        if (newshape.Rank != 1 || !newshape.Shape.IsKnown) throw Errors.Argument("reshape", "the new shape is not a vector", "a known number of dimensions", newshape.Shape);
        if (!newshape.IsOpen) return Reshape(x, Whole(newshape, "reshape"));
        return new ShapedByValues(x.Type.As(Shape.Of([.. Enumerable.Repeat(Shape.Unknown, newshape.Shape[0])])), "reshape").On(x, newshape);
    }

    /// <summary>The same elements under a shape of which some dimensions are computed.</summary>
    /// <param name="x">A tensor.</param>
    /// <param name="newshape">A scalar for each dimension; one may be <c>null</c> or -1 and is then inferred. Their values are asked for; in a model,
    /// where one has none, the result cannot be computed.</param>
    /// <exception cref="ArgumentException">The number of elements changes.</exception>
    [OverloadResolutionPriority(-2)]
    public static Tensor Reshape(Tensor x, IReadOnlyList<Tensor?> newshape)
    {
        ArgumentNullException.ThrowIfNull(newshape);
        var dims = Shape.Of([.. newshape.Select(d => d is null or { IsOpen: true } ? Shape.Unknown : Whole(Reshape(d, [1]), "reshape")[0])]);
        Tensor[] open = [.. newshape.OfType<Tensor>().Where(d => d.IsOpen)];
        return open.Length == 0 ? Reshape(x, dims) : new ShapedByValues(x.Type.As(dims), "reshape").On([x, .. open]);
    }

    /// <summary>A block of a tensor, from a start that is computed.</summary>
    /// <param name="inputs">A tensor.</param>
    /// <param name="startIndices">Where the block begins, a vector of an integer for each dimension.</param>
    /// <param name="shape">The size in each dimension; -1: up to the end, for which the start is asked for its value.</param>
    /// <exception cref="ArgumentException">There is not one start and one size for each dimension; when it runs, the block reaches beyond the
    /// tensor.</exception>
    [OverloadResolutionPriority(-1)]
    public static Tensor Slice(Tensor inputs, Tensor startIndices, Shape shape)
    {
        var starts = Starts(inputs, startIndices, shape, "slice");
        if (!shape.IsKnown)
            return startIndices.IsOpen ? new ShapedByValues(inputs.Type.As(shape), "slice").On(inputs, startIndices) : Slice(inputs, Whole(startIndices, "slice"), shape);
        foreach (var (axis, start) in starts) inputs = Take(inputs, start + Arange(shape[axis]), axis);
        return inputs;
    }

    /// <summary>A tensor with a block of it replaced, from a start that is computed.</summary>
    /// <param name="inputs">A tensor.</param>
    /// <param name="startIndices">Where the block begins, a vector of an integer for each dimension.</param>
    /// <param name="updates">The block, of as many dimensions.</param>
    /// <exception cref="ArgumentException">There is not one start and one size for each dimension; when it runs, the block reaches beyond the
    /// tensor.</exception>
    [OverloadResolutionPriority(-1)]
    public static Tensor SliceUpdate(Tensor inputs, Tensor startIndices, Tensor updates)
    {
        if (!updates.Shape.IsKnown) throw Errors.Argument("slice_update", "one known size is needed for each dimension", inputs.Rank, updates.Shape);
        var starts = Starts(inputs, startIndices, updates.Shape, "slice_update");
        if (updates.Shape.Size == 0) return inputs;
        var (block, isInside) = (Cast(updates, inputs.DType), (Tensor)true);
        foreach (var (axis, start) in starts)
        {
            var (places, size) = (Positions(inputs, axis) - start, updates.Shape[axis]);
            block = Take(block, Clip(places, 0, size - 1), axis);
            isInside = LogicalAnd(isInside, Along(LogicalAnd(GreaterEqual(places, 0), Less(places, size)), axis, inputs.Rank));
        }
        return Where(isInside, block, inputs);
    }

    /// <summary>The axes of which a block is a part, and where it begins there.</summary>
    static (int Axis, Tensor Start)[] Starts(Tensor x, Tensor startIndices, Shape sizes, string who)
    {
        if (startIndices.Rank != 1 || !startIndices.Shape.Matches([x.Rank]) || sizes.Rank != x.Rank)
            throw Errors.Argument(who, "one start and one size are needed for each dimension", x.Rank, $"starts {startIndices.Shape} and {sizes}");
        var starts = AsInt32(startIndices);
        var inside = Enumerable.Range(0, x.Rank).Select(i => Inside(x, i, Reshape(Narrow(starts, 0, i, 1), Shape.Scalar), sizes[i])).ToArray();
        int[] cut = [.. Enumerable.Range(0, x.Rank).Where(i => x.Shape[i] != sizes[i]).DefaultIfEmpty(0).Take(x.Rank)];
        // An axis that is whole begins at 0, or it is an error: the first start takes that along.
        for (var i = 0; i < x.Rank; i++)
            if (sizes[i] > 0 && !cut.Contains(i)) inside[cut[0]] += inside[i];
        return [.. cut.Select(i => (i, inside[i]))];
    }

    // Taken out of the places that there are, so that a block beyond the tensor is an error when it runs.
    static Tensor Inside(Tensor x, int axis, Tensor start, int size) =>
        size < 1 ? start : Take(Positions(x, axis), Where(Less(start, 0), int.MaxValue, start + (size - 1)), 0) - (size - 1);

    static int[] Whole(Tensor values, string who) => [.. values.ToDoubles().Select(v => double.IsInteger(v) && Math.Abs(v) <= int.MaxValue ? (int)v
        : throw Errors.Argument(who, "a size is not a whole number", $"at most {int.MaxValue}", v))];
}
