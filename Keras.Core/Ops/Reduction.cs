namespace Keras;

/// <summary>Some axes of the input become one value each. The axes are named in rising order; with keepdims they stay as 1.</summary>
abstract record Reduction(Axes Axes, bool Keepdims) : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var dims = new List<int>();
        for (var i = 0; i < inputs[0].Shape.Rank; i++)
        {
            if (!Axes.Contains(i)) dims.Add(inputs[0].Shape[i]);
            else if (Keepdims) dims.Add(1);
        }
        return inputs[0].As(Shape.Of([.. dims]));
    }

    protected internal sealed override Tensor?[] Vjp(Tensor result, Tensor gradient)
    {
        var x = result.Inputs[0];
        return [Vjp(x, Ops.Restore(result, x.Shape, Axes), Ops.Restore(gradient, x.Shape, Axes))];
    }

    /// <summary>The gradient for x; the result y and its gradient g have the reduced axes as 1.</summary>
    protected abstract Tensor? Vjp(Tensor x, Tensor y, Tensor g);

    private protected void RefuseEmpty(TensorType input)
    {
        foreach (var axis in Axes)
            if (input.Shape[axis] == 0) throw Wrong("there is no value over zero elements", "axes of 1 or more", input.Shape);
    }
}

sealed record Sum(Axes Axes, bool Keepdims) : Reduction(Axes, Keepdims)
{
    protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => Ops.BroadcastLike(g, x);
}

sealed record Mean(Axes Axes, bool Keepdims) : Reduction(Axes, Keepdims)
{
    protected override Tensor Vjp(Tensor x, Tensor y, Tensor g)
    {
        var count = Ops.CountOver(x, Axes);
        return Ops.BroadcastLike(g / count, x);
    }
}

sealed record Prod(Axes Axes, bool Keepdims) : Reduction(Axes, Keepdims)
{
    // The product of the others, not y / x, so that one zero is right too: with one zero only its own gradient lives.
    protected override Tensor Vjp(Tensor x, Tensor y, Tensor g)
    {
        var zero = Ops.Equal(x, 0);
        var zeros = Ops.Sum(Ops.Cast(zero, x.DType), Axes, keepdims: true);
        var safe = Ops.Where(zero, 1, x);
        var rest = Ops.Prod(safe, Axes, keepdims: true);
        var others = Ops.Where(zero, Ops.Where(Ops.Equal(zeros, 1), rest, 0), Ops.Where(Ops.Equal(zeros, 0), rest / safe, 0));
        return g * others;
    }
}

abstract record Extreme(Axes Axes, bool Keepdims) : Reduction(Axes, Keepdims)
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        RefuseEmpty(inputs[0]);
        return base.Infer(inputs);
    }

    // Equal extremes share the gradient.
    protected override Tensor Vjp(Tensor x, Tensor y, Tensor g)
    {
        var hits = Ops.Cast(Ops.Equal(x, y), g.DType);
        return g * hits / Ops.Sum(hits, Axes, keepdims: true);
    }
}

sealed record Max(Axes Axes, bool Keepdims) : Extreme(Axes, Keepdims);

sealed record Min(Axes Axes, bool Keepdims) : Extreme(Axes, Keepdims);

abstract record Truth(Axes Axes, bool Keepdims) : Reduction(Axes, Keepdims)
{
    protected override Tensor? Vjp(Tensor x, Tensor y, Tensor g) => null;
}

sealed record Any(Axes Axes, bool Keepdims) : Truth(Axes, Keepdims);

sealed record All(Axes Axes, bool Keepdims) : Truth(Axes, Keepdims);

/// <summary>Where along one axis the extreme stands, as int32; the first of equals.</summary>
abstract record ArgExtreme(Axes Axes, bool Keepdims) : Reduction(Axes, Keepdims)
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        RefuseEmpty(inputs[0]);
        return base.Infer(inputs).As(DType.Int32);
    }

    protected override Tensor? Vjp(Tensor x, Tensor y, Tensor g) => null;
}

sealed record ArgMax(Axes Axes, bool Keepdims) : ArgExtreme(Axes, Keepdims);

sealed record ArgMin(Axes Axes, bool Keepdims) : ArgExtreme(Axes, Keepdims);

public static partial class Ops
{
    static Axes Resolve(Axes? axis, Tensor x, string who) => axis is { } given ? given.Of(x.Shape, who) : Axes.All(x.Shape);

    /// <summary>A reduced tensor with the lost axes put back as 1.</summary>
    internal static Tensor Restore(Tensor reduced, Shape original, Axes axes)
    {
        if (reduced.Rank == original.Rank) return reduced;
        var (sources, next) = (new int[original.Rank], 0);
        for (var i = 0; i < sources.Length; i++) sources[i] = axes.Contains(i) ? -1 : next++;
        return Reaxis(reduced, sources);
    }

    internal static Tensor BroadcastLike(Tensor x, Tensor like) =>
        like.Shape.IsKnown ? BroadcastTo(x, like.Shape) : x + ZerosLike(like);

    /// <summary>How many elements each result of a reduction is of, as a number of the input's dtype.</summary>
    internal static Tensor CountOver(Tensor x, Axes axes)
    {
        long count = 1;
        foreach (var axis in axes)
        {
            if (x.Shape[axis] == Shape.Unknown) return Sum(OnesLike(x), axes, keepdims: true);
            count *= x.Shape[axis];
        }
        return (double)count;
    }

    /// <summary>Undoes broadcasting: sums over the axes along which a shape was stretched.</summary>
    internal static Tensor SumTo(Tensor x, Shape shape)
    {
        if (x.Shape == shape) return x;
        var extra = x.Rank - shape.Rank;
        var axes = Enumerable.Range(0, x.Rank).Where(i => i < extra || (shape[i - extra] == 1 && x.Shape[i] != 1)).ToArray();
        if (axes.Length == 0) return x;
        var sum = new Sum(axes, true).On(x);
        return extra == 0 ? sum : Reaxis(sum, [.. Enumerable.Range(extra, shape.Rank)]);
    }

    /// <summary>The sum over some axes; all where none is named. Small integers are summed as int32 or uint32.</summary>
    public static Tensor Sum(Tensor x, Axes? axis = null, bool keepdims = false) =>
        new Sum(Resolve(axis, x, "sum"), keepdims).On(Widened(x));

    /// <summary>The product over some axes; all where none is named.</summary>
    /// <param name="x">A tensor.</param>
    /// <param name="axis">The axes. Default all.</param>
    /// <param name="keepdims">Whether the axes stay as 1. Default no.</param>
    /// <param name="dtype">The dtype to multiply in. Default x's; small integers are multiplied as int32 or uint32.</param>
    /// <exception cref="ArgumentException">An axis is out of range or named twice.</exception>
    public static Tensor Prod(Tensor x, Axes? axis = null, bool keepdims = false, DType? dtype = null) => dtype == DType.Bool
        ? All(Cast(x, DType.Bool), axis, keepdims)
        : new Prod(Resolve(axis, x, "prod"), keepdims).On(dtype is { } wanted ? Cast(x, wanted) : Widened(x));

    static Tensor Widened(Tensor x) => x.DType switch
    {
        DType.Bool or DType.Int8 or DType.Int16 => Cast(x, DType.Int32),
        DType.UInt8 or DType.UInt16 => Cast(x, DType.UInt32),
        _ => x,
    };

    /// <summary>The mean over some axes; all where none is named. Integers give a floating result. An empty list changes nothing.</summary>
    public static Tensor Mean(Tensor x, Axes? axis = null, bool keepdims = false) => axis is { Count: 0 } ? x
        : new Mean(Resolve(axis, x, "mean"), keepdims).On(AsInexact(x));

    /// <summary>The variance over some axes (divided by the count); all where none is named.</summary>
    public static Tensor Var(Tensor x, Axes? axis = null, bool keepdims = false)
    {
        x = AsFloating(x);
        return Mean(Square(x - Mean(x, axis, keepdims: true)), axis, keepdims);
    }

    /// <summary>The standard deviation over some axes; all where none is named.</summary>
    public static Tensor Std(Tensor x, Axes? axis = null, bool keepdims = false) => Sqrt(Var(x, axis, keepdims));

    /// <summary>The largest value over some axes; all where none is named. NaN where one is NaN.</summary>
    /// <exception cref="ArgumentException">An axis has no elements and no <paramref name="initial"/> is given.</exception>
    public static Tensor Max(Tensor x, Axes? axis = null, bool keepdims = false, Tensor? initial = null)
    {
        var axes = Resolve(axis, x, "max");
        return initial is null ? new Max(axes, keepdims).On(x) : Extremum(x, axes, keepdims, initial, a => new Max(axes, keepdims).On(a), Maximum);
    }

    /// <summary>The smallest value over some axes; all where none is named. NaN where one is NaN.</summary>
    /// <exception cref="ArgumentException">An axis has no elements and no <paramref name="initial"/> is given.</exception>
    public static Tensor Min(Tensor x, Axes? axis = null, bool keepdims = false, Tensor? initial = null)
    {
        var axes = Resolve(axis, x, "min");
        return initial is null ? new Min(axes, keepdims).On(x) : Extremum(x, axes, keepdims, initial, a => new Min(axes, keepdims).On(a), Minimum);
    }

    static Tensor Extremum(Tensor x, Axes axes, bool keepdims, Tensor initial, Func<Tensor, Tensor> reduce, Func<Tensor, Tensor, Tensor> pick)
    {
        var start = Cast(initial, x.DType);
        if (x.Shape.IsKnown && x.Shape.Size == 0)
            return BroadcastTo(start, new Sum(axes, keepdims).Infer([x.Type]).Shape);
        return pick(reduce(x), start);
    }

    /// <summary>Whether any element over some axes is true; all axes where none is named.</summary>
    public static Tensor Any(Tensor x, Axes? axis = null, bool keepdims = false) =>
        new Any(Resolve(axis, x, "any"), keepdims).On(Cast(x, DType.Bool));

    /// <summary>Whether all elements over some axes are true; all axes where none is named.</summary>
    public static Tensor All(Tensor x, Axes? axis = null, bool keepdims = false) =>
        new All(Resolve(axis, x, "all"), keepdims).On(Cast(x, DType.Bool));

    /// <summary>Where along an axis the largest element stands, as int32; in the flattened tensor where no axis is named.</summary>
    public static Tensor Argmax(Tensor x, int? axis = null, bool keepdims = false) =>
        ArgExtreme(x, axis, keepdims, "argmax", axes => new ArgMax(axes, keepdims));

    /// <summary>Where along an axis the smallest element stands, as int32; in the flattened tensor where no axis is named.</summary>
    public static Tensor Argmin(Tensor x, int? axis = null, bool keepdims = false) =>
        ArgExtreme(x, axis, keepdims, "argmin", axes => new ArgMin(axes, keepdims));

    static Tensor ArgExtreme(Tensor x, int? axis, bool keepdims, string who, Func<Axes, Op> make)
    {
        if (axis is { } given) return make(x.Shape.Axis(given, who)).On(x);
        var flat = make(0).On(Reshape(x, [Shape.Unknown]));
        return keepdims ? Reshape(flat, Shape.Of([.. Enumerable.Repeat(1, x.Rank)])) : Reshape(flat, Shape.Scalar);
    }

    /// <summary>The logarithm of the sum of the exponentials over some axes, without overflow; all axes where none is named.</summary>
    public static Tensor Logsumexp(Tensor x, Axes? axis = null, bool keepdims = false)
    {
        x = AsFloating(x);
        var axes = Resolve(axis, x, "logsumexp");
        if (axes.Count != 1 || axes[0] != x.Rank - 1)
            return LogSumExp.Over(x, axes) is var sum && keepdims ? sum : Squeeze(sum, axes);
        var rows = new LogSumExp().On(x);
        return keepdims ? ExpandDims(rows, -1) : rows;
    }
}
