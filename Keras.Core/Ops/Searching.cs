namespace Keras;

/// <summary>For each value the number of elements of a rising vector that are below it or, to the right of equal ones, not above it.</summary>
sealed record SearchSorted(bool Right, DType IndexType) : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        if (inputs[0].Shape.Rank != 1) throw Wrong("the sequence is not a vector", "1 dimension", inputs[0].Shape);
        if (inputs[0].DType != inputs[1].DType) throw Wrong("the inputs have different dtypes", inputs[0].DType.Name(), inputs[1].DType.Name());
        return inputs[1].As(IndexType);
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) => [null, null];
}

/// <summary>How often each integer from 0 up to a length occurs along the last axis, as int32. When it runs, another integer is an error.</summary>
sealed record Bincount(int Length) : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) => inputs[0].DType.IsInteger() && inputs[0].Shape.Rank > 0
        ? new TensorType(DType.Int32, inputs[0].Shape.With(-1, Length))
        : throw Wrong("rows of integers are counted", "an integer dtype and 1 dimension or more", inputs[0]);
}

/// <summary>The places of the elements of a bool vector that are true, as int32. When it runs, another number of them is an error.</summary>
sealed record NonzeroPlaces(int Count) : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) => inputs[0].DType == DType.Bool && inputs[0].Shape.Rank == 1
        ? new TensorType(DType.Int32, [Count])
        : throw Wrong("places are those of a vector of truth values", "bool (n,)", inputs[0]);
}

/// <summary>A result whose shape depends on values, where these are not known: it has a type, but cannot be computed.</summary>
sealed record ShapedByValues(TensorType Type, string Function) : Op
{
    public override string Name => Function;

    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) => Type;

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs) => throw Errors.Unsupported(Function,
        "the shape of the result depends on values, which a model does not know", "a call on a tensor of values", inputs[0]);
}

public static partial class Ops
{
    /// <summary>For each value the index of the bin that it falls into: how many of the rising bounds are at most the value. NaN is beyond all.</summary>
    /// <param name="x">Values of any shape.</param>
    /// <param name="bins">The bounds, a rising vector.</param>
    /// <returns>An int32 tensor of x's shape.</returns>
    /// <exception cref="ArgumentException">The bounds are not a vector.</exception>
    public static Tensor Digitize(Tensor x, Tensor bins)
    {
        if (bins.Rank != 1) throw Errors.Argument("digitize", "the bins are not a vector", "1 dimension", bins.Shape);
        return Place(bins, x, right: true, DType.Int32);
    }

    /// <summary>For each value the index at which it can be put into a rising vector so that it still rises. NaN goes to the end.</summary>
    /// <param name="sortedSequence">A rising vector.</param>
    /// <param name="values">Values of any shape.</param>
    /// <param name="side"><c>left</c> of equal elements (default) or <c>right</c> of them.</param>
    /// <returns>An integer tensor of the values' shape: int32, or int64 where the vector's length is unknown.</returns>
    /// <exception cref="ArgumentException">The sequence is not a vector, or the side is unknown.</exception>
    public static Tensor Searchsorted(Tensor sortedSequence, Tensor values, string side = "left")
    {
        if (sortedSequence.Rank != 1)
            throw Errors.Argument("searchsorted", "the sorted sequence is not a vector", "1 dimension", sortedSequence.Shape);
        return Place(sortedSequence, values, Choice.Check("side", side, "left", "right") == "right", sortedSequence.Shape.IsKnown ? DType.Int32 : DType.Int64);
    }

    static Tensor Place(Tensor row, Tensor values, bool right, DType type)
    {
        (row, values) = Promote(row, values);
        return new SearchSorted(right, type).On(row, values);
    }

    /// <summary>Whether each element of one tensor is among the elements of another. NaN is nowhere.</summary>
    /// <param name="x1">The elements to look for.</param>
    /// <param name="x2">Where to look.</param>
    /// <param name="assumeUnique">A promise that no element occurs twice; it changes nothing.</param>
    /// <param name="invert">Whether to give the opposite. Default no.</param>
    /// <returns>bool, of the shape of x1.</returns>
    public static Tensor Isin(Tensor x1, Tensor x2, bool assumeUnique = false, bool invert = false)
    {
        const int Few = 8;
        (x1, x2) = Promote(x1, x2);
        x2 = Ravel(x2);
        var found = x2.Shape.IsKnown && x2.Shape.Size <= Few ? Any(Equal(ExpandDims(x1, -1), x2), -1) : IsAmong(x1, Sort(x2));
        return invert ? LogicalNot(found) : found;
    }

    static Tensor IsAmong(Tensor x, Tensor row)
    {
        var found = Greater(new SearchSorted(true, DType.Int32).On(row, x), new SearchSorted(false, DType.Int32).On(row, x));
        return x.DType.IsFloating() ? LogicalAnd(found, Equal(x, x)) : found;
    }

    /// <summary>How often each of the integers from 0 on occurs, or the sum of the weights where it does.</summary>
    /// <param name="x">Integers, 0 or more: a vector, or a matrix whose rows are counted apart.</param>
    /// <param name="weights">A weight for each, of x's shape. Default none: 1.</param>
    /// <param name="minlength">How many integers are counted at least. Default 0. In a model, where the largest integer is not known, exactly as
    /// many; a larger one is an error when it runs.</param>
    /// <param name="sparse">Whether the result is sparse, which no tensor is. Default no.</param>
    /// <returns>Counts from 0 up to the largest integer, as int32, or sums of the common dtype of x and the weights; a row for each row of x.</returns>
    /// <exception cref="ArgumentException">x is neither a vector nor a matrix, not of integers or has a negative one; the weights have another shape;
    /// x has no values and no <paramref name="minlength"/> is given.</exception>
    /// <exception cref="NotSupportedException">A sparse tensor is asked for.</exception>
    public static Tensor Bincount(Tensor x, Tensor? weights = null, int minlength = 0, bool sparse = false)
    {
        Dense(sparse, "bincount");
        if (x.Rank is not (1 or 2)) throw Errors.Argument("bincount", "x has a wrong rank", "1 or 2 dimensions", x.Shape);
        if (!x.DType.IsInteger()) throw Errors.Argument("bincount", "x is not of integers", "an integer dtype", x.DType.Name());
        if (minlength < 0) throw Errors.Argument("bincount", "minlength is negative", "0 or more", minlength);
        if (weights is not null && !weights.Shape.Matches(x.Shape))
            throw Errors.Argument("bincount", "there is not one weight for each integer", x.Shape, weights.Shape);
        var length = CountedLength(x, minlength);
        if (weights is null) return new Bincount(length).On(AsIndices(x));
        // A negative index would count from the end.
        var places = AsIndices(x);
        places = Where(Less(places, 0), int.MaxValue, places);
        return new TakeAlongGradient(x.Rank - 1, x.Shape.With(-1, length)).On(places, Cast(weights, DTypes.Promote(x.DType, weights.DType)));
    }

    /// <summary>The sums of the values whose indices are equal, along an axis, for the indices from 0 up to a depth; others count for nothing.</summary>
    internal static Tensor SumAt(Tensor indices, Tensor values, int depth, int axis)
    {
        var places = AsIndices(indices);
        // Behind the last place there is one for what does not count.
        places = Where(LogicalOr(Less(places, 0), Greater(places, depth)), depth, places);
        return Narrow(new TakeAlongGradient(axis, indices.Shape.With(axis, depth + 1)).On(places, values), axis, 0, depth);
    }

    static int CountedLength(Tensor x, int minlength)
    {
        if (x.IsOpen)
            return minlength > 0 ? minlength
                : throw Errors.Argument("bincount", "the length of the result depends on the values", "minlength, or a tensor with a value", x.Shape);
        if (x.Shape.Size == 0) return minlength;
        var largest = Max(x).Item();
        // Where there is nothing to count no kernel looks at them.
        if (largest < 0) throw Errors.Argument("bincount", "an integer is negative", "0 or more", largest);
        return largest < int.MaxValue ? Math.Max(minlength, (int)largest + 1)
            : throw Errors.Argument("bincount", "an integer is too large", $"below {int.MaxValue}", largest);
    }

    /// <summary>How many elements fall into each of some equally wide bins. A bin holds its lower bound, the last one its upper one too.</summary>
    /// <param name="x">A vector; integers count as floating.</param>
    /// <param name="bins">How many bins. Default 10.</param>
    /// <param name="range">The bounds of all bins together; what lies outside is not counted. Default the smallest and the largest element.</param>
    /// <returns>The counts as int32 (bins,), and the bounds of the bins (bins + 1,).</returns>
    /// <exception cref="ArgumentException">x is not a vector, or empty where no range is given; there are no bins; the range falls.</exception>
    public static (Tensor Hist, Tensor BinEdges) Histogram(Tensor x, int bins = 10, (double Low, double High)? range = null)
    {
        if (x.Rank != 1) throw Errors.Argument("histogram", "x is not a vector", "1 dimension", x.Shape);
        if (bins is < 1 or > int.MaxValue - 2) throw Errors.Argument("histogram", "there are no bins", "1 or more", bins);
        if (range is { } given && !(given.Low <= given.High)) throw Errors.Argument("histogram", "the range falls", "low before high", given);
        x = Wide(x);
        var edges = Edges(x, bins, range);
        var places = Digitize(x, edges);
        places = Where(Equal(x, Narrow(edges, 0, bins, 1)), bins, places);
        // Outside there is a bin on either side.
        return (Narrow(new Bincount(bins + 2).On(places), 0, 1, bins), edges);
    }

    static Tensor Edges(Tensor x, int bins, (double Low, double High)? range)
    {
        Tensor low = range is { } from ? Cast(from.Low, x.DType) : Min(x), high = range is { } to ? Cast(to.High, x.DType) : Max(x);
        var margin = Where(Equal(low, high), Cast(0.5, x.DType), 0);
        (low, high) = (low - margin, high + margin);
        var steps = Arange(bins + 1, dtype: DType.Int32);
        return Where(Equal(steps, bins), high, low + ((high - low) * (Cast(steps, x.DType) / bins)));
    }

    /// <summary>The indices of the elements that are not 0, in order: for each dimension a vector of int32.</summary>
    /// <param name="x">1 dimension or more. Its value is asked for, as the number of results depends on it.</param>
    /// <exception cref="ArgumentException">x is a scalar.</exception>
    public static Tensor[] Nonzero(Tensor x)
    {
        if (x.Rank == 0) throw Errors.Argument("nonzero", "a scalar has no indices", "1 dimension or more", x.Shape);
        if (x.IsOpen)
            return [.. Enumerable.Range(0, x.Rank).Select(_ => new ShapedByValues(new TensorType(DType.Int32, [Shape.Unknown]), "nonzero").On(x))];
        return [.. UnravelIndex(Nonzeros(Ravel(Cast(x, DType.Bool))), x.Shape)];
    }

    static Tensor Nonzeros(Tensor flags) => new NonzeroPlaces((int)CountNonzero(flags).Item()).On(flags);

    /// <summary>The indices of the elements that are true, as <see cref="Nonzero"/>.</summary>
    public static Tensor[] Where(Tensor condition) => Nonzero(condition);
}
