namespace Keras;

/// <summary>One entry of a key into a tensor, as NumPy has it: a place, a slice, <see cref="Ellipsis"/> or <see cref="NewAxis"/>. Integers,
/// <c>^1</c> and ranges such as <c>1..^1</c> convert implicitly.</summary>
public readonly record struct TensorIndex
{
    internal enum Kinds { Slice, Place, Ellipsis, NewAxis }

    TensorIndex(Kinds kind, int? start = null, int? stop = null, int step = 1) => (Kind, Start, Stop, Step) = (kind, start, stop, step);

    internal Kinds Kind { get; }

    internal int? Start { get; }

    internal int? Stop { get; }

    internal int Step { get; }

    /// <summary>All dimensions that the other entries leave.</summary>
    public static TensorIndex Ellipsis => new(Kinds.Ellipsis);

    /// <summary>A new dimension of 1.</summary>
    public static TensorIndex NewAxis => new(Kinds.NewAxis);

    /// <summary>A slice: Python's <c>start:stop:step</c>.</summary>
    /// <param name="start">The first place; negative ones count from the end. Default the beginning.</param>
    /// <param name="stop">The place after the last; negative ones count from the end. Default the end.</param>
    /// <param name="step">The distance, negative to go back. Default 1.</param>
    /// <exception cref="ArgumentException">The step is 0.</exception>
    public static TensorIndex Slice(int? start = null, int? stop = null, int step = 1) =>
        step == 0 ? throw Errors.Argument("get_item", "the step is 0", "another step", step) : new(Kinds.Slice, start, stop, step);

    /// <summary>A place; negative ones count from the end.</summary>
    public static implicit operator TensorIndex(int place) => new(Kinds.Place, place);

    /// <summary>A place.</summary>
    /// <exception cref="ArgumentException">It is <c>^0</c>, behind the last one.</exception>
    public static implicit operator TensorIndex(Index place) => place.IsFromEnd
        ? place.Value > 0 ? -place.Value : throw Errors.Argument("get_item", "the place is behind the last one", "^1 or more", place)
        : place.Value;

    /// <summary>A slice with step 1.</summary>
    public static implicit operator TensorIndex(Range range) => new(Kinds.Slice,
        range.Start is { IsFromEnd: true, Value: 0 } ? int.MaxValue : Signed(range.Start),
        range.End is { IsFromEnd: true, Value: 0 } ? null : Signed(range.End));

    static int Signed(Index index) => index.IsFromEnd ? -index.Value : index.Value;

    /// <summary>Where it begins in a dimension of a known size, and how many elements it takes.</summary>
    internal (int Start, int Count) Within(int size)
    {
        if (Kind == Kinds.Place)
        {
            var place = Start!.Value < 0 ? Start.Value + size : Start.Value;
            return place >= 0 && place < size ? (place, 1)
                : throw Errors.Argument("get_item", "an index is out of range", $"{-size} to {size - 1}", Start.Value);
        }
        var (low, high) = Step > 0 ? (0, size) : (-1, size - 1);
        int Limited(int place) => (int)Math.Clamp(place < 0 ? (long)place + size : place, low, high);
        var first = Start is { } start ? Limited(start) : Step > 0 ? low : high;
        var end = Stop is { } stop ? Limited(stop) : Step > 0 ? high : low;
        var count = Step > 0 ? ((long)end - first + Step - 1) / Step : ((long)first - end - Step - 1) / -(long)Step;
        return count > 0 ? (first, (int)count) : (0, 0);
    }

    /// <summary>Whether it takes a dimension as it is.</summary>
    internal bool IsAll => Kind == Kinds.Slice && Step == 1 && Start is null or 0 && Stop is null;

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        Kinds.Ellipsis => "...",
        Kinds.NewAxis => "newaxis",
        Kinds.Place => $"{Start}",
        _ => $"{Start}:{Stop}{(Step == 1 ? "" : $":{Step}")}",
    };
}

/// <summary>The part of a tensor that a key names. The key has an entry for each dimension, new ones between them.</summary>
sealed record GetItem(TensorIndex[] Key) : Fused
{
    public override string Name => "get_item";

    public bool Equals(GetItem? other) => other is not null && Key.AsSpan().SequenceEqual(other.Key);

    public override int GetHashCode() => Key.Aggregate(0, HashCode.Combine);

    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var (dims, axis) = (new List<int?>(), 0);
        foreach (var entry in Key)
        {
            if (entry.Kind == TensorIndex.Kinds.NewAxis)
            {
                dims.Add(1);
                continue;
            }
            var size = inputs[0].Shape[axis++];
            if (size != Shape.Unknown && entry.Within(size) is var (_, count)) size = count;
            if (entry.Kind == TensorIndex.Kinds.Slice) dims.Add(size == Shape.Unknown ? null : size);
        }
        return inputs[0].As(Shape.Create([.. dims]));
    }

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var x = inputs[0];
        TensorIndex[] entries = [.. Key.Where(e => e.Kind != TensorIndex.Kinds.NewAxis)];
        if (!Array.TrueForAll(entries, e => e.IsAll))
        {
            var places = entries.Select((e, axis) => e.Within(x.Shape[axis])).ToArray();
            x = new Slice(places.Select(p => p.Start).ToArray(), entries.Select(e => e.Step).ToArray(), places.Select(p => p.Count).ToArray()).On(x);
        }
        var (sources, next) = (new List<int>(), 0);
        foreach (var entry in Key)
        {
            if (entry.Kind != TensorIndex.Kinds.Place) sources.Add(entry.Kind == TensorIndex.Kinds.NewAxis ? -1 : next);
            if (entry.Kind != TensorIndex.Kinds.NewAxis) next++;
        }
        return Ops.Reaxis(x, [.. sources]);
    }
}

public static partial class Ops
{
    /// <summary>The part of a tensor that a key names.</summary>
    /// <param name="x">A tensor.</param>
    /// <param name="key">An entry for each of the first dimensions, or less; a place leaves its dimension out.</param>
    /// <exception cref="ArgumentException">There are too many entries, two ellipses, or a place is out of range.</exception>
    public static Tensor GetItem(Tensor x, params IReadOnlyList<TensorIndex> key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var taken = key.Count(e => e.Kind is TensorIndex.Kinds.Slice or TensorIndex.Kinds.Place);
        var ellipses = key.Count(e => e.Kind == TensorIndex.Kinds.Ellipsis);
        if (taken > x.Rank || ellipses > 1)
            throw Errors.Argument("get_item", "the key does not fit the tensor", $"at most {x.Rank} places and slices, and one ellipsis",
                $"[{string.Join(", ", key)}] for {x.Shape}");
        var rest = Enumerable.Repeat(TensorIndex.Slice(), x.Rank - taken);
        var whole = key.SelectMany(e => e.Kind == TensorIndex.Kinds.Ellipsis ? rest : [e]);
        return Now(new GetItem([.. whole, .. ellipses == 0 ? rest : []]), x);
    }
}
