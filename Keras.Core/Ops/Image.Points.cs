namespace Keras;

/// <summary>The values of arrays at points between their elements: x (count, sizes…, n), then for each of the sizes coordinates (count or 1, points…) to
/// (count, points…, n). Order 0 takes the nearest element, order 1 lies on the lines between neighbours.</summary>
sealed record SamplePoints(int Order, FillMode Mode, double Fill) : Fused
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var (x, points) = (inputs[0].Shape, inputs[1].Shape);
        if (x.Dims[1..^1].Contains(0)) throw Wrong("there are no elements", "dimensions of 1 or more", x.Slice(1, x.Rank - 2));
        if (points[0] != 1 && !points.Slice(0, 1).Matches(x.Slice(0, 1))) throw Wrong("there are not points for each image", x.Slice(0, 1), points);
        return inputs[0].As(points.With(0, x[0]).Append(x.Slice(x.Rank - 1, 1)));
    }

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var x = inputs[0];
        var sizes = x.Shape.Dims[1..^1];
        var count = x.Shape[0];
        var rows = Ops.Reshape(x, Shape.Of(Shape.Dim(x.Shape.Slice(0, x.Rank - 1).Size), x.Shape[-1]));
        var places = rows.Shape[0] > int.MaxValue / 2 ? DType.Int64 : DType.Int32;
        var nodes = new Node[sizes.Length][];
        for (var i = 0; i < nodes.Length; i++) nodes[i] = Nodes(inputs[i + 1], sizes[i]);
        var first = Ops.Reshape(Ops.Arange(count, dtype: places), [count, .. Enumerable.Repeat(1, inputs[1].Rank - 1)]);
        Tensor? sum = null;
        foreach (var corner in Corners(nodes))
        {
            Tensor index = first;
            Tensor? weight = null, valid = null;
            for (var i = 0; i < nodes.Length; i++)
            {
                index = (index * sizes[i]) + Ops.Cast(corner[i].Index, places);
                weight = Joined(weight, corner[i].Weight, Ops.Multiply);
                valid = Joined(valid, corner[i].Valid, Ops.LogicalAnd);
            }
            var value = Ops.Take(rows, index, 0);
            if (valid is not null) value = Ops.Where(Ops.ExpandDims(valid, -1), value, Tensor.Scalar(Fill, x.DType));
            sum = Joined(sum, weight is null ? value : value * Ops.ExpandDims(weight, -1), Ops.Add);
        }
        return Ops.Cast(sum!, x.DType);
    }

    /// <summary>An element along one dimension: where it is, what it weighs and whether it is one.</summary>
    readonly record struct Node(Tensor Index, Tensor? Weight, Tensor? Valid);

    static Tensor? Joined(Tensor? a, Tensor? b, Func<Tensor, Tensor, Tensor> join) => a is null ? b : b is null ? a : join(a, b);

    static IEnumerable<Node[]> Corners(Node[][] nodes)
    {
        var count = nodes.Aggregate(1L, (n, some) => n * some.Length);
        for (var corner = 0L; corner < count; corner++)
        {
            var chosen = new Node[nodes.Length];
            var rest = corner;
            for (var i = nodes.Length - 1; i >= 0; i--)
            {
                chosen[i] = nodes[i][rest % nodes[i].Length];
                rest /= nodes[i].Length;
            }
            yield return chosen;
        }
    }

    Node[] Nodes(Tensor coordinate, int size)
    {
        if (Order == 0) return [At(Ops.Round(coordinate), null)];
        var lower = Ops.Floor(coordinate);
        var upper = coordinate - lower;
        return [At(lower, 1 - upper), At(lower + 1, upper)];

        Node At(Tensor place, Tensor? weight)
        {
            var index = Ops.Cast(place, DType.Int32);
            return new(Within(index, size), weight, Mode == FillMode.Constant ? Ops.LogicalAnd(index >= 0, index < size) : null);
        }
    }

    Tensor Within(Tensor index, int size) =>
        Mode == FillMode.Wrap ? Ops.Mod(index, size)
        : Mode == FillMode.Mirror ? Mirrored(index, size)
        : Mode == FillMode.Reflect ? Ops.FloorDivide(Mirrored((index * 2) + 1, (2 * size) + 1) - 1, 2)
        : Ops.Clip(index, 0, size - 1);

    // A triangle wave: up and down between 0 and size - 1.
    static Tensor Mirrored(Tensor index, int size) =>
        size == 1 ? Ops.ZerosLike(index) : Ops.Abs(Ops.Mod(index + (size - 1), 2 * (size - 1)) - (size - 1));
}

/// <summary>Reading between elements.</summary>
static class Points
{
    /// <summary>The values of x (count, sizes…, n) at coordinates (count or 1, points…).</summary>
    internal static Tensor Sample(Tensor x, IReadOnlyList<Tensor> coordinates, int order, FillMode mode, double fill)
    {
        if (order == 1 && x.DType.IsComplex()) throw Errors.Argument("SamplePoints", "complex numbers are not interpolated", "a real dtype", x.DType.Name());
        // Integers that are only moved stay exact. Else both are numbers of the type that sums are made in.
        var exact = order == 0 && !x.DType.IsFloating();
        var points = coordinates.Aggregate(Config.Floatx, (type, c) => DTypes.Promote(type, c.DType));
        var sums = exact ? points : x.DType.IsFloating() ? DTypes.Promote(x.DType, coordinates.Aggregate(x.DType, (type, c) => DTypes.Promote(type, c.DType)))
            : x.DType.Size() > 2 ? DType.Float64 : points;
        var op = new SamplePoints(order, mode, x.DType.IsFloating() ? fill : Math.Truncate(fill));
        var y = op.On([exact ? x : Ops.Cast(x, sums), .. coordinates.Select(c => Ops.Cast(c, sums))]);
        return Ops.Cast(exact || x.DType.IsFloating() ? y : Ops.Round(y), x.DType);
    }

    /// <summary>Images with each pixel taken from a place of its own.</summary>
    /// <param name="images">An image or a batch of images.</param>
    /// <param name="channelsFirst">Where the channels stand.</param>
    /// <param name="where">Rows and columns of the places, for a number of images, height and width.</param>
    /// <param name="method">Nearest or bilinear.</param>
    /// <param name="mode">What stands outside.</param>
    /// <param name="fill">The constant outside.</param>
    internal static Tensor Move(Tensor images, bool channelsFirst, Func<int, int, int, (Tensor Rows, Tensor Columns)> where, Interpolation method, FillMode mode, double fill)
    {
        if (images.Shape.Size == 0) return images;
        var x = images.Rank == 3 ? Ops.ExpandDims(images, 0) : images;
        if (channelsFirst) x = Ops.Moveaxis(x, 1, -1);
        var (count, height, width) = (x.Shape[0], x.Shape[1], x.Shape[2]);
        var (rows, columns) = where(count, height, width);
        var y = Sample(x, [rows, columns], method == Interpolation.Nearest ? 0 : 1, mode, fill);
        if (channelsFirst) y = Ops.Moveaxis(y, -1, 1);
        return Ops.Reshape(y, images.Shape);
    }
}

public static partial class Ops
{
    /// <summary>The values of a tensor at points between its elements.</summary>
    /// <param name="inputs">A tensor.</param>
    /// <param name="coordinates">(rank of <paramref name="inputs"/>, points…): for each dimension the coordinates of all points.</param>
    /// <param name="order">0: the nearest element; 1: on the lines between the neighbours.</param>
    /// <param name="fillMode">What stands outside. Default constant.</param>
    /// <param name="fillValue">The constant outside. Default 0.</param>
    /// <returns>A value a point, in the dtype of <paramref name="inputs"/>; integers are rounded.</returns>
    /// <exception cref="ArgumentException">The coordinates are not one a dimension, or of no dimensions themselves; the order is neither 0 nor 1; there
    /// are no elements.</exception>
    public static Tensor MapCoordinates(Tensor inputs, Tensor coordinates, int order, FillMode fillMode = default, double fillValue = 0)
    {
        if (coordinates.Rank < 2 || coordinates.Shape[0] != inputs.Rank)
            throw Errors.Argument("map_coordinates", "the coordinates do not fit", $"({inputs.Rank}, points…) for {inputs.Shape}", coordinates.Shape);
        Tensor[] parts = [.. Enumerable.Range(0, inputs.Rank).Select(i => Squeeze(Narrow(coordinates, 0, i, 1), 0))];
        return MapCoordinates(inputs, parts, order, fillMode, fillValue);
    }

    /// <param name="inputs">A tensor.</param>
    /// <param name="coordinates">For each dimension of <paramref name="inputs"/> the coordinates of all points.</param>
    /// <param name="order">0: the nearest element; 1: on the lines between the neighbours.</param>
    /// <param name="fillMode">What stands outside. Default constant.</param>
    /// <param name="fillValue">The constant outside. Default 0.</param>
    /// <inheritdoc cref="MapCoordinates(Tensor, Tensor, int, FillMode, double)"/>
    public static Tensor MapCoordinates(Tensor inputs, IReadOnlyList<Tensor> coordinates, int order, FillMode fillMode = default, double fillValue = 0)
    {
        ArgumentNullException.ThrowIfNull(coordinates);
        if (order is not (0 or 1)) throw Errors.Argument("map_coordinates", "unknown order", "0 or 1", order);
        if (coordinates.Count != inputs.Rank || inputs.Rank == 0)
            throw Errors.Argument("map_coordinates", "there is not one coordinate a dimension", $"{inputs.Rank} for {inputs.Shape}", coordinates.Count);
        var points = coordinates.Aggregate(Shape.Scalar, (shape, c) => Shape.Broadcast(shape, c.Shape, "map_coordinates"));
        var y = Points.Sample(ExpandDims(inputs, [0, -1]), [.. coordinates.Select(c => ExpandDims(BroadcastTo(c, points), 0))], order, fillMode, fillValue);
        return Squeeze(y, [0, -1]);
    }
}
