namespace Keras;

public static partial class Ops
{
    /// <summary>0, 1, 2, … along an axis of a tensor as a vector of int32, also where the size is not known before it runs.</summary>
    static Tensor Positions(Tensor x, int axis)
    {
        if (x.Shape[axis] != Shape.Unknown) return Arange(x.Shape[axis]);
        for (var i = 0; i < x.Rank; i++)
            if (i != axis) x = Narrow(x, i, 0, 1);
        return Cumsum(OnesLike(Ravel(x), DType.Int32)) - 1;
    }

    // More nodes than this for one call are a mistake, and would take the memory of the process.
    const int MaxParts = 1 << 16;

    /// <summary>A number of tensors that one call makes or takes.</summary>
    static int Parts(int count, string who) => count <= MaxParts ? count
        : throw Errors.Argument(who, "so many tensors are too many for one graph", $"at most {MaxParts}", count);

    /// <summary>Dimensions of 1 in front up to a rank.</summary>
    static Tensor Lead(Tensor x, int rank) => x.Rank >= rank ? x
        : Reaxis(x, [.. Enumerable.Repeat(-1, rank - x.Rank), .. Enumerable.Range(0, x.Rank)]);

    /// <summary>A vector as the axis of a tensor of some rank.</summary>
    static Tensor Along(Tensor vector, int axis, int rank) =>
        Reshape(vector, Shape.Of([.. Enumerable.Range(0, rank).Select(i => i == axis ? vector.Shape[0] : 1)]));

    static Tensor ReverseOf(Tensor positions) => Sum(OnesLike(positions)) - 1 - positions;

    /// <summary>All elements in one dimension.</summary>
    public static Tensor Ravel(Tensor x) => Reshape(x, [Shape.Unknown]);

    /// <summary>The rows in reverse order: the first axis.</summary>
    /// <exception cref="ArgumentException">The tensor is a scalar.</exception>
    public static Tensor Flipud(Tensor x) => Flip(x, x.Shape.Axis(0, "flipud"));

    /// <summary>The columns in reverse order: the second axis.</summary>
    /// <exception cref="ArgumentException">The tensor has fewer than 2 dimensions.</exception>
    public static Tensor Fliplr(Tensor x) => Flip(x, x.Shape.Axis(1, "fliplr"));

    /// <summary>A tensor turned by quarters in the plane of two axes, from the first towards the second.</summary>
    /// <param name="array">2 dimensions or more.</param>
    /// <param name="k">How many quarters; negative ones turn back. Default 1.</param>
    /// <param name="axes">Two axes. Default the first two.</param>
    /// <exception cref="ArgumentException">There are not two different axes.</exception>
    public static Tensor Rot90(Tensor array, int k = 1, Axes? axes = null)
    {
        var plane = axes ?? (0, 1);
        if (array.Rank < 2) throw Errors.Argument("rot90", "there is no plane to turn in", "2 dimensions or more", array.Shape);
        if (plane.Count != 2) throw Errors.Argument("rot90", "a plane has two axes", "two axes", plane);
        var (first, second) = (array.Shape.Axis(plane[0], "rot90"), array.Shape.Axis(plane[1], "rot90"));
        if (first == second) throw Errors.Argument("rot90", "a plane has two axes", "two different axes", plane);
        return (k & 3) switch
        {
            0 => array,
            1 => Swapaxes(Flip(array, second), first, second),
            2 => Flip(Flip(array, first), second),
            _ => Flip(Swapaxes(array, first, second), second),
        };
    }

    /// <summary>The elements moved along axes; what leaves at one end enters at the other.</summary>
    /// <param name="x">A tensor.</param>
    /// <param name="shift">By how many places, for all axes or one for each; negative ones move back.</param>
    /// <param name="axis">The axes. Default none: along the flattened tensor.</param>
    /// <exception cref="ArgumentException">An axis is out of range, or the numbers of shifts and axes differ.</exception>
    public static Tensor Roll(Tensor x, Axes shift, Axes? axis = null)
    {
        if (axis is not { } axes)
        {
            var flat = RollAlong(Ravel(x), shift.Sum(s => (long)s), 0);
            return x.Shape.Count(d => d is null) <= 1 ? Reshape(flat, x.Shape)
                : throw Errors.Argument("roll", "the shape to return to is not known", "an axis, or at most one unknown dimension", x.Shape);
        }
        if (shift.Count != axes.Count && (shift.Count == 0 || axes.Count == 0 || (shift.Count != 1 && axes.Count != 1)))
            throw Errors.Argument("roll", "the numbers of shifts and axes differ", $"{axes.Count} shifts", shift);
        for (var i = 0; i < Math.Max(shift.Count, axes.Count); i++)
            x = RollAlong(x, shift[Math.Min(i, shift.Count - 1)], x.Shape.Axis(axes[Math.Min(i, axes.Count - 1)], "roll"));
        return x;
    }

    static Tensor RollAlong(Tensor x, long shift, int axis)
    {
        var size = x.Shape[axis];
        if (size == Shape.Unknown)
        {
            var positions = Positions(x, axis);
            return Take(x, Mod(Cast(positions, DType.Int64) - Tensor.Scalar(shift, DType.Int64), Cast(Sum(OnesLike(positions)), DType.Int64)), axis);
        }
        var places = size == 0 ? 0 : (int)(((shift % size) + size) % size);
        return places == 0 ? x : Concatenate([Narrow(x, axis, size - places, places), Narrow(x, axis, 0, size - places)], axis);
    }

    /// <summary>A tensor repeated as a whole along each axis.</summary>
    /// <param name="x">A tensor.</param>
    /// <param name="repeats">How often, for the last axes; more than there are dimensions make new ones in front.</param>
    /// <exception cref="ArgumentException">One is negative.</exception>
    public static Tensor Tile(Tensor x, Axes repeats)
    {
        if (repeats.Any(r => r < 0)) throw Errors.Argument("tile", "a tensor cannot be repeated so often", "0 or more", repeats);
        x = Lead(x, repeats.Count);
        for (var i = 0; i < repeats.Count; i++)
        {
            var axis = x.Rank - repeats.Count + i;
            x = TileAlong(x, repeats[i], axis);
        }
        return x;
    }

    static Tensor TileAlong(Tensor x, int repeats, int axis) =>
        repeats == 1 ? x
        : repeats == 0 ? Narrow(x, axis, 0, 0)
        : x.Shape.IsKnown ? Reshape(Copies(x, axis, repeats), x.Shape.With(axis, Shape.Dim((long)x.Shape[axis] * repeats)))
        : Doubled(x, Parts(repeats, "tile"), axis);

    /// <summary>Copies one behind the other, by doubling: few nodes, however many copies.</summary>
    static Tensor Doubled(Tensor x, int count, int axis)
    {
        var parts = new List<Tensor>();
        for (; ; x = Concatenate([x, x], axis), count >>= 1)
        {
            if ((count & 1) != 0) parts.Add(x);
            if (count <= 1) return Concatenate(parts, axis);
        }
    }

    /// <summary>The tensor several times along a new axis.</summary>
    static Tensor Copies(Tensor x, int axis, int count)
    {
        var inserted = ExpandDims(x, axis);
        return BroadcastTo(inserted, inserted.Shape.With(axis, count));
    }

    /// <summary>Each element repeated along an axis; of the flattened tensor where no axis is named.</summary>
    /// <param name="x">A tensor.</param>
    /// <param name="repeats">How often: one number, or one for each place along the axis. Where the size of the axis is not known, the last
    /// one holds for all places that follow.</param>
    /// <param name="axis">The axis. Default none: the flattened tensor.</param>
    /// <exception cref="ArgumentException">The axis is out of range, a number is negative, or there is not one for each place.</exception>
    public static Tensor Repeat(Tensor x, Axes repeats, int? axis = null)
    {
        if (axis is null) (x, axis) = (Ravel(x), 0);
        var (at, size) = (x.Shape.Axis(axis.Value, "repeat"), x.Shape[axis.Value]);
        if (repeats.Count == 0 || repeats.Any(r => r < 0) || (repeats.Count != 1 && size != Shape.Unknown && repeats.Count != size))
            throw Errors.Argument("repeat", "repeats do not fit the axis", $"1 or {size} numbers of 0 or more", repeats);
        if (repeats.Count == 1) return RepeatAlong(x, repeats[0], at);
        var total = Shape.Dim(repeats.Sum(r => (long)r));
        HostData.Check("repeat", (long)total * sizeof(int));
        if (size != Shape.Unknown)
            return Take(x, Tensor.Of<int>([.. repeats.SelectMany((count, i) => Enumerable.Repeat(i, count))], [total]), at);
        var last = repeats.Count - 1;
        return Concatenate([.. repeats.Select((count, i) => RepeatAlong(Narrow(x, at, i, i == last ? Shape.Unknown : 1), count, at))], at);
    }

    static Tensor RepeatAlong(Tensor x, int repeats, int axis) =>
        repeats == 1 ? x
        : repeats == 0 ? Narrow(x, axis, 0, 0)
        : x.Shape.IsKnown ? Reshape(Copies(x, axis + 1, repeats), x.Shape.With(axis, Shape.Dim((long)x.Shape[axis] * repeats)))
        : Take(x, Ravel(Stack(Enumerable.Repeat(Positions(x, axis), Parts(repeats, "repeat")).ToArray(), 1)), axis);

    /// <summary>One tensor behind the other along an axis; both flattened where no axis is named.</summary>
    /// <exception cref="ArgumentException">The shapes differ outside of the axis.</exception>
    public static Tensor Append(Tensor x1, Tensor x2, int? axis = null) =>
        axis is { } at ? Concatenate([x1, x2], at) : Concatenate([Ravel(x1), Ravel(x2)]);

    /// <summary>Tensors below each other, along the first axis; a vector is a row.</summary>
    /// <exception cref="ArgumentException">There are none, or their shapes differ outside of the axis.</exception>
    public static Tensor Vstack(IReadOnlyList<Tensor> xs) => Concatenate([.. xs.Select(x => Lead(x, 2))]);

    /// <summary>Tensors beside each other, along the second axis; vectors along their only one.</summary>
    /// <exception cref="ArgumentException">There are none, or their shapes differ outside of the axis.</exception>
    public static Tensor Hstack(IReadOnlyList<Tensor> xs) =>
        Concatenate([.. xs.Select(x => Lead(x, 1))], xs.Count > 0 && xs[0].Rank > 1 ? 1 : 0);

    /// <summary>Tensors behind each other, along the third axis; a vector is a row of depth 1, a matrix one of depth 1.</summary>
    /// <exception cref="ArgumentException">There are none, or their shapes differ outside of the axis.</exception>
    public static Tensor Dstack(IReadOnlyList<Tensor> xs) =>
        Concatenate([.. xs.Select(x => x.Rank > 2 ? x : ExpandDims(Lead(x, 2), 2))], 2);

    /// <summary>A tensor with a block of it replaced.</summary>
    /// <param name="inputs">A tensor.</param>
    /// <param name="startIndices">Where the block begins, for each dimension.</param>
    /// <param name="updates">The block, of as many dimensions.</param>
    /// <exception cref="ArgumentException">The block reaches beyond the tensor.</exception>
    public static Tensor SliceUpdate(Tensor inputs, Axes startIndices, Tensor updates)
    {
        if (startIndices.Count != inputs.Rank || updates.Rank != inputs.Rank || !updates.Shape.IsKnown)
            throw Errors.Argument("slice_update", "one start and one known size are needed for each dimension", inputs.Rank,
                $"{startIndices} and {updates.Shape}");
        return Update(inputs, startIndices, Cast(updates, inputs.DType), 0);
    }

    static Tensor Update(Tensor x, Axes starts, Tensor updates, int axis)
    {
        if (axis == x.Rank) return updates;
        var (start, size, whole) = (starts[axis], updates.Shape[axis], x.Shape[axis]);
        var middle = Update(Narrow(x, axis, start, size), starts, updates, axis + 1);
        if (size == whole) return middle;
        var rest = whole == Shape.Unknown ? Shape.Unknown : whole - start - size;
        return Concatenate([Narrow(x, axis, 0, start), middle, Narrow(x, axis, start + size, rest)], axis);
    }

    /// <summary>A tensor for a result to come; its values are zeros. Default dtype <see cref="Config.Floatx"/>.</summary>
    public static Tensor Empty(Shape shape, DType? dtype = null) => Zeros(shape, dtype);

    /// <summary>A tensor of the shape of another for a result to come; its values are zeros.</summary>
    public static Tensor EmptyLike(Tensor x, DType? dtype = null) => ZerosLike(x, dtype);

    /// <summary>All bits of each integer changed; the opposite of each bool.</summary>
    public static Tensor BitwiseInvert(Tensor x) => BitwiseNot(x);
}
