namespace Keras;

/// <summary>The same elements in the same order under another shape; nothing moves.</summary>
/// <param name="Target">The shape; one dimension may be unknown, and so may those that stay.</param>
/// <param name="Kept">For each dimension the one of the input that it is, or -1 for a 1 put in. Default none.</param>
sealed record Reshape(Shape Target, Axes Kept = default) : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var (from, target) = (inputs[0].Shape, Target);
        for (var i = 0; i < Kept.Count; i++)
            if (Kept[i] >= 0) target = target.With(i, from[Kept[i]]);
        if (!from.IsKnown) return inputs[0].As(target);
        if (!target.IsKnown) return inputs[0].As(Ops.InferDimension(from, target));
        return from.Size == target.Size ? inputs[0].As(target)
            : throw Wrong("the number of elements changes", $"{from.Size} elements", $"{from} to {target}");
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient)
    {
        var from = result.Inputs[0].Shape;
        if (Kept.Count == 0) return [Ops.Reshape(gradient, from)];
        return [Ops.Reaxis(gradient, [.. Enumerable.Range(0, from.Rank).Select(axis => Kept.Span.IndexOf(axis))])];
    }
}

/// <summary>Axes in another order.</summary>
sealed record Transpose(Axes Permutation) : Op
{
    /// <summary>Whether every axis stays.</summary>
    internal bool IsNothing => Permutation.Span.SequenceEqual(Enumerable.Range(0, Permutation.Count).ToArray());

    /// <summary>Whether it is a matrix transpose: the last two axes swap, the others stay.</summary>
    internal bool SwapsLastTwo
    {
        get
        {
            var n = Permutation.Count;
            if (n < 2 || Permutation[n - 1] != n - 2 || Permutation[n - 2] != n - 1) return false;
            for (var i = 0; i < n - 2; i++)
                if (Permutation[i] != i) return false;
            return true;
        }
    }

    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var dims = new int[Permutation.Count];
        for (var i = 0; i < dims.Length; i++) dims[i] = inputs[0].Shape[Permutation[i]];
        return inputs[0].As(Shape.Of(dims));
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient)
    {
        var inverse = new int[Permutation.Count];
        for (var i = 0; i < inverse.Length; i++) inverse[Permutation[i]] = i;
        return [Ops.Transpose(gradient, inverse)];
    }
}

/// <summary>Axes of 1 repeated, and new ones in front.</summary>
sealed record BroadcastTo(Shape Target) : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) =>
        Shape.Broadcast(inputs[0].Shape, Target, Name).Matches(Target) ? inputs[0].As(Target)
            : throw Wrong("the shape cannot be stretched to the target", Target, inputs[0].Shape);

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) => [gradient];
}

/// <summary>A regular part of a tensor. A start counts from the beginning, also where the step is negative; an unknown size is all that
/// follows.</summary>
sealed record Slice(Axes Starts, Axes Steps, Shape Sizes) : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var sizes = Sizes.Dims.ToArray();
        for (var i = 0; i < sizes.Length; i++)
        {
            var dim = inputs[0].Shape[i];
            if (sizes[i] == Shape.Unknown && dim != Shape.Unknown && Steps[i] == 1) sizes[i] = dim - Starts[i];
            var last = Starts[i] + ((long)(sizes[i] - 1) * Steps[i]);
            if (dim != Shape.Unknown && sizes[i] > 0 && (Starts[i] < 0 || Starts[i] >= dim || last < 0 || last >= dim))
                throw Wrong("the slice reaches beyond the tensor", $"within {inputs[0].Shape}", $"start {Starts}, steps {Steps}, sizes {Sizes}");
        }
        return inputs[0].As(Shape.Of(sizes));
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) =>
        [new SliceGradient(this, result.Inputs[0].Shape).On(gradient)];
}

/// <summary>A part put into zeros of the whole: the adjoint of <see cref="Keras.Slice"/>.</summary>
sealed record SliceGradient(Slice Slice, Shape Whole) : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        SameShape(Slice.Infer([inputs[0].As(Whole)]), inputs[0]);
        return inputs[0].As(Whole);
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) => [Slice.On(gradient)];
}

/// <summary>A border of one value around a tensor.</summary>
sealed record Pad(Axes Low, Axes High) : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        SameDType(inputs);
        if (inputs[1].Shape.Rank != 0) throw Wrong("a border has one value", "a scalar", inputs[1]);
        var dims = inputs[0].Shape.Dims.ToArray();
        for (var i = 0; i < dims.Length; i++)
            if (dims[i] != Shape.Unknown) dims[i] = Shape.Dim((long)dims[i] + Low[i] + High[i]);
        return inputs[0].As(Shape.Of(dims));
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient)
    {
        var shape = result.Inputs[0].Shape;
        var ones = Enumerable.Repeat(1, shape.Rank).ToArray();
        var inner = new Slice(Low, ones, shape).On(gradient);
        return [inner, Ops.Sum(gradient) - Ops.Sum(inner)];
    }
}

/// <summary>Matrices in the last two axes with zeros above a diagonal, or below it.</summary>
sealed record Triangle(int Diagonal, bool Upper) : Unary
{
    protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => On(g);
}

/// <summary>Tensors one behind the other along an axis.</summary>
sealed record Concatenate(int Axis) : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        SameDType(inputs);
        var total = 0;
        var shape = inputs[0].Shape;
        foreach (var input in inputs)
        {
            if (input.Shape.Rank != shape.Rank || !input.Shape.With(Axis, 0).Matches(shape.With(Axis, 0)))
                throw Wrong("the shapes differ outside of the axis", $"{shape} but for axis {Axis}", input.Shape);
            total = total == Shape.Unknown || input.Shape[Axis] == Shape.Unknown ? Shape.Unknown : Shape.Dim((long)total + input.Shape[Axis]);
            for (var i = 0; i < shape.Rank; i++)
                if (shape[i] == Shape.Unknown) shape = shape.With(i, input.Shape[i]);
        }
        return inputs[0].As(shape.With(Axis, total));
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient)
    {
        var gradients = new Tensor?[result.Inputs.Length];
        var at = 0;
        for (var i = 0; i < gradients.Length; i++)
        {
            var shape = result.Inputs[i].Shape;
            gradients[i] = Ops.Narrow(gradient, Axis, at, shape[Axis]);
            at += shape[Axis];
        }
        return gradients;
    }
}

public static partial class Ops
{
    /// <summary>The same elements under another shape; one dimension may be unknown (<c>-1</c>) and is then inferred.</summary>
    /// <exception cref="ArgumentException">The number of elements changes.</exception>
    public static Tensor Reshape(Tensor x, Shape newshape)
    {
        if (!newshape.IsKnown && x.Shape.IsKnown) newshape = InferDimension(x.Shape, newshape);
        return x.Shape == newshape && newshape.IsKnown ? x : new Reshape(newshape).On(x);
    }

    /// <summary>The same elements with dimensions of 1 put in or left out, also where several dimensions are unknown.</summary>
    /// <param name="x">A tensor.</param>
    /// <param name="sources">For each dimension of the result the axis of x that it is, or -1 for a new one.</param>
    internal static Tensor Reaxis(Tensor x, ReadOnlySpan<int> sources)
    {
        var dims = new int[sources.Length];
        for (var i = 0; i < dims.Length; i++) dims[i] = sources[i] < 0 ? 1 : x.Shape[sources[i]];
        return dims.Count(d => d == Shape.Unknown) < 2 ? Reshape(x, Shape.Of(dims))
            : x.Shape == Shape.Of(dims) ? x
            : new Reshape(Shape.Of(dims), Axes.Create(sources)).On(x);
    }

    internal static Shape InferDimension(Shape from, Shape to)
    {
        var at = to.Dims.IndexOf(Shape.Unknown);
        var rest = to.With(at, 1);
        if (!rest.IsKnown)
            throw Errors.Argument("reshape", "more than one dimension is left open", "at most one unknown dimension", to);
        return rest.Size == 0 ? to.With(at, 0)
            : from.Size % rest.Size == 0 ? to.With(at, Shape.Dim(from.Size / rest.Size))
            : throw Errors.Argument("reshape", "the elements do not fit the shape", $"a multiple of {rest.Size} elements", $"{from} to {to}");
    }

    /// <summary>The axes in another order; reversed where none is given.</summary>
    /// <exception cref="ArgumentException">The axes are not each of the tensor's once.</exception>
    public static Tensor Transpose(Tensor x, Axes? axes = null)
    {
        var order = axes is { } given ? [.. given.Select(a => x.Shape.Axis(a, "transpose"))] : Enumerable.Range(0, x.Rank).Reverse().ToArray();
        if (order.Length != x.Rank || order.Distinct().Count() != x.Rank)
            throw Errors.Argument("transpose", "the axes are not a permutation", $"each of {x.Rank} axes once", (Axes)order);
        return new Transpose(order).On(x);
    }

    /// <summary>Some axes moved to other places; the others keep their order.</summary>
    public static Tensor Moveaxis(Tensor x, Axes source, Axes destination)
    {
        int[] from = [.. source.Select(a => x.Shape.Axis(a, "moveaxis"))], to = [.. destination.Select(a => x.Shape.Axis(a, "moveaxis"))];
        if (from.Length != to.Length)
            throw Errors.Argument("moveaxis", "source and destination differ in length", from.Length, to.Length);
        if (from.Distinct().Count() != from.Length || to.Distinct().Count() != to.Length)
            throw Errors.Argument("moveaxis", "an axis is named twice", "each axis once", $"{source} to {destination}");
        var order = Enumerable.Range(0, x.Rank).Except(from).ToList();
        foreach (var (destinationAxis, sourceAxis) in to.Zip(from).OrderBy(p => p.First)) order.Insert(destinationAxis, sourceAxis);
        return Transpose(x, order.ToArray());
    }

    /// <summary>Two axes exchanged.</summary>
    public static Tensor Swapaxes(Tensor x, int axis1, int axis2)
    {
        var order = Enumerable.Range(0, x.Rank).ToArray();
        (axis1, axis2) = (x.Shape.Axis(axis1, "swapaxes"), x.Shape.Axis(axis2, "swapaxes"));
        (order[axis1], order[axis2]) = (axis2, axis1);
        return Transpose(x, order);
    }

    /// <summary>The tensor stretched to a shape: dimensions of 1 repeat.</summary>
    /// <exception cref="ArgumentException">The tensor does not stretch to the shape.</exception>
    public static Tensor BroadcastTo(Tensor x, Shape shape) => x.Shape == shape ? x : new BroadcastTo(shape).On(x);

    /// <summary>A new dimension of 1 at each of the axes.</summary>
    public static Tensor ExpandDims(Tensor x, Axes axis)
    {
        var rank = x.Rank + axis.Count;
        var at = axis.Of(Shape.Of(new int[rank]), "expand_dims");
        var (sources, next) = (new int[rank], 0);
        for (var i = 0; i < rank; i++) sources[i] = at.Contains(i) ? -1 : next++;
        return Reaxis(x, sources);
    }

    /// <summary>Dimensions of 1 left out: the named ones, or all.</summary>
    /// <exception cref="ArgumentException">A named dimension is not 1.</exception>
    public static Tensor Squeeze(Tensor x, Axes? axis = null)
    {
        var axes = axis is { } given ? given.Of(x.Shape, "squeeze") : Enumerable.Range(0, x.Rank).Where(i => x.Shape[i] == 1).ToArray();
        foreach (var a in axes)
            if (x.Shape[a] is not (1 or Shape.Unknown))
                throw Errors.Argument("squeeze", "only dimensions of 1 can be left out", $"1 at axis {a}", x.Shape);
        return Reaxis(x, [.. Enumerable.Range(0, x.Rank).Where(i => !axes.Contains(i))]);
    }

    /// <summary>The elements from a start along one axis.</summary>
    internal static Tensor Narrow(Tensor x, int axis, int start, int size)
    {
        var starts = new int[x.Rank];
        starts[axis] = start;
        return new Slice(starts, Enumerable.Repeat(1, x.Rank).ToArray(), x.Shape.With(axis, size)).On(x);
    }

    /// <summary>A block of a tensor, from a start, of a size in each dimension.</summary>
    /// <exception cref="ArgumentException">The block reaches beyond the tensor.</exception>
    public static Tensor Slice(Tensor inputs, Axes startIndices, Shape shape)
    {
        if (startIndices.Count != inputs.Rank || shape.Rank != inputs.Rank)
            throw Errors.Argument("slice", "one start and one size are needed for each dimension", inputs.Rank, $"{startIndices} and {shape}");
        return new Slice(startIndices, Enumerable.Repeat(1, inputs.Rank).ToArray(), shape).On(inputs);
    }

    /// <summary>The tensor with the order along some axes reversed; all axes where none is named.</summary>
    public static Tensor Flip(Tensor x, Axes? axis = null)
    {
        var axes = Resolve(axis, x, "flip");
        // Where the length is not known yet, the places are computed.
        foreach (var open in axes.Where(a => x.Shape[a] == Shape.Unknown)) x = Take(x, ReverseOf(Positions(x, open)), open);
        int[] starts = new int[x.Rank], steps = new int[x.Rank];
        for (var i = 0; i < x.Rank; i++) (starts[i], steps[i]) = axes.Contains(i) && x.Shape[i] > 0 ? (x.Shape[i] - 1, -1) : (0, 1);
        return new Slice(starts, steps, x.Shape).On(x);
    }

    /// <summary>A border of one value.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="padWidth">How many to add before and after, for each dimension.</param>
    /// <param name="constantValues">The value. Default 0.</param>
    /// <exception cref="ArgumentException">There is not one pair a dimension, or one is negative.</exception>
    public static Tensor Pad(Tensor x, IReadOnlyList<(int Before, int After)> padWidth, Tensor? constantValues = null)
    {
        if (padWidth.Count != x.Rank || padWidth.Any(p => p.Before < 0 || p.After < 0))
            throw Errors.Argument("pad", "one pair of widths is needed for each dimension", $"{x.Rank} pairs of 0 or more",
                string.Join(", ", padWidth));
        return new Pad(padWidth.Select(p => p.Before).ToArray(), padWidth.Select(p => p.After).ToArray())
            .On(x, Cast(constantValues ?? 0, x.DType));
    }

    /// <summary>Tensors one behind the other along an axis. Their dtypes are promoted.</summary>
    /// <exception cref="ArgumentException">There are none, or their shapes differ outside of the axis.</exception>
    public static Tensor Concatenate(IReadOnlyList<Tensor> xs, int axis = 0)
    {
        ArgumentNullException.ThrowIfNull(xs);
        if (xs.Count == 0) throw Errors.Argument("concatenate", "there is nothing to put together", "1 tensor or more", "none");
        var dtype = xs.Aggregate(xs[0].DType, (d, x) => DTypes.Promote(d, x.DType));
        return new Concatenate(xs[0].Shape.Axis(axis, "concatenate")).On([.. xs.Select(x => Cast(x, dtype))]);
    }

    /// <summary>Tensors of one shape side by side along a new axis.</summary>
    public static Tensor Stack(IReadOnlyList<Tensor> x, int axis = 0) =>
        Concatenate([.. x.Select(t => ExpandDims(t, axis))], axis);

    /// <summary>The matrices in the last two axes with zeros above a diagonal.</summary>
    /// <param name="x">2 dimensions or more.</param>
    /// <param name="k">The diagonal: 0 the main one, above 0 to the right of it.</param>
    public static Tensor Tril(Tensor x, int k = 0) => Triangle(x, k, upper: false, "tril");

    /// <summary>The matrices in the last two axes with zeros below a diagonal.</summary>
    /// <inheritdoc cref="Tril"/>
    public static Tensor Triu(Tensor x, int k = 0) => Triangle(x, k, upper: true, "triu");

    static Tensor Triangle(Tensor x, int k, bool upper, string who) => x.Rank >= 2
        ? new Triangle(k, upper).On(x)
        : throw Errors.Argument(who, "there are no matrices", "2 dimensions or more", x.Shape);

    /// <summary>A matrix of ones on and below a diagonal, and zeros above.</summary>
    /// <param name="n">Rows.</param>
    /// <param name="m">Columns. Default as many.</param>
    /// <param name="k">The diagonal: 0 the main one, above 0 to the right of it.</param>
    /// <param name="dtype">Default <see cref="Config.Floatx"/>.</param>
    public static Tensor Tri(int n, int? m = null, int k = 0, DType? dtype = null) => Tril(Ones([n, m ?? n], dtype), k);
}
