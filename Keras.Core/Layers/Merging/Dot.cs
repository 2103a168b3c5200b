namespace Keras.Layers;

/// <summary>The products of two tensors, sample by sample, summed over one axis of each, as <c>keras.layers.Dot</c>: (batch, …, n, …) and
/// (batch, …, n, …) to (batch, the other axes of the first, those of the second), or (batch, 1) for vectors.</summary>
public sealed class Dot : Layer
{
    /// <summary>Chooses the axes.</summary>
    /// <param name="axes">The axis of both, or that of each; not that of the batch.</param>
    /// <param name="normalize">Whether vectors along the axes are first brought to length 1, so that the result is the cosine. Default false.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">There are neither one nor two axes.</exception>
    public Dot(Axes axes, bool normalize = false, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null) : base(name, dtype, trainable, activityRegularizer)
    {
        Axes = axes.Count is 1 or 2 ? axes : throw Errors.Argument(Who, "there are too many axes", "one, or one for each input", axes);
        Normalize = normalize;
        SupportsMasking = true;
    }

    /// <summary>The axis of both, or that of each.</summary>
    public Axes Axes { get; }

    /// <summary>Whether vectors along the axes are first brought to length 1.</summary>
    public bool Normalize { get; }

    /// <inheritdoc/>
    protected override void Build(Nest inputs)
    {
        if (inputs is not { IsTensor: false, Keys: null, Items: [{ IsTensor: true }, { IsTensor: true }] })
            throw Errors.Argument(Who, "the layer takes two tensors", "a list of 2 tensors", inputs);
        Shape first = inputs.Items[0].Tensor.Shape, second = inputs.Items[1].Tensor.Shape;
        if (first.Rank < 2 || second.Rank < 2) throw Errors.Argument(Who, "an input has a wrong rank", "2 dimensions or more", inputs);
        var (i, j) = Pair(first, second);
        if (i == 0 || j == 0) throw Errors.Argument(Who, "an axis is that of the batch", "other axes", Axes);
        if (first[i] != second[j] && first[i] != Shape.Unknown && second[j] != Shape.Unknown)
            throw Errors.Argument(Who, "the dimensions to sum over differ", first[i], $"{second[j]}, in {first} and {second}");
    }

    (int First, int Second) Pair(Shape first, Shape second) => (first.Axis(Axes[0], Who), second.Axis(Axes[Axes.Count - 1], Who));

    /// <inheritdoc/>
    protected override Nest Call(Nest inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        Tensor a = inputs.Items[0].Tensor, b = inputs.Items[1].Tensor;
        var (i, j) = Pair(a.Shape, b.Shape);
        if (Normalize) (a, b) = (Ops.Normalize(a, i), Ops.Normalize(b, j));
        const char Batch = 'a', Summed = 'b', First = 'c';
        char[] left = [Batch, .. Letters(First, a.Rank - 1)], right = [Batch, .. Letters((char)(First + a.Rank), b.Rank - 1)];
        (left[i], right[j]) = (Summed, Summed);
        string rest = string.Concat(left.Where(c => c != Summed)), more = string.Concat(right.Where(c => c is not (Batch or Summed)));
        var y = Ops.Einsum($"{new string(left)},{new string(right)}->{rest}{more}", a, b);
        return y.Rank == 1 ? Ops.ExpandDims(y, 1) : y;
    }

    static IEnumerable<char> Letters(char first, int count) => Enumerable.Range(first, count).Select(c => (char)c);

    /// <inheritdoc/>
    protected override Tensor? ComputeMask(Nest inputs, CallContext context) => null;
}
