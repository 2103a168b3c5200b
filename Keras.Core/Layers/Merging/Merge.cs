namespace Keras.Layers;

/// <summary>Makes one tensor of a list of them, element by element. Dimensions of 1 stretch; inputs of lower rank get dimensions of 1 behind
/// the batch.</summary>
public abstract class Merge : Layer
{
    private protected Merge(string? name, DTypePolicy? dtype, bool trainable, Regularizer? activityRegularizer)
        : base(name, dtype, trainable, activityRegularizer) => SupportsMasking = true;

    /// <summary>The result for inputs of one rank.</summary>
    private protected abstract Tensor Combine(IReadOnlyList<Tensor> xs, CallContext context);

    /// <inheritdoc/>
    protected override void Build(Nest inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.IsTensor || inputs.Keys is not null || inputs.Items.Count == 0 || inputs.Items.Any(i => !i.IsTensor))
            throw Errors.Argument(Who, "a merge layer takes a list of tensors", "a list of 1 tensor or more", inputs);
        var batches = inputs.Flatten().Where(t => t.Rank > 0 && t.Shape[0] != Shape.Unknown).Select(t => t.Shape[0]);
        if (batches.Distinct().Count() > 1) throw Errors.Argument(Who, "the batch sizes differ", "one batch size", inputs);
    }

    /// <inheritdoc/>
    protected override Nest Call(Nest inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var xs = inputs.Flatten();
        var rank = xs.Max(x => x.Rank);
        return Combine([.. xs.Select(x => x.Rank == rank ? x : Ops.ExpandDims(x, [.. Enumerable.Range(1, rank - x.Rank)]))], context);
    }

    /// <inheritdoc/>
    protected override Tensor? ComputeMask(Nest inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Masks.Any(m => m is null) ? null : context.Masks.Aggregate((a, b) => Ops.LogicalOr(a!, b!));
    }

    /// <summary>A mask of steps stretched over the features.</summary>
    private protected static Tensor? OverFeatures(Tensor? mask, Tensor x) =>
        mask is null ? null : Ops.LogicalOr(Ops.ExpandDims(mask, mask.Rank), Ops.ZerosLike(x, DType.Bool));

    /// <summary>Combines pair by pair; where only one of a pair counts, its element is taken.</summary>
    private protected static Tensor Masked(IReadOnlyList<Tensor> xs, CallContext context, Func<Tensor, Tensor, Tensor> combine)
    {
        var (y, kept) = (xs[0], OverFeatures(context.Masks[0], xs[0]));
        for (var i = 1; i < xs.Count; i++)
        {
            var (x, mask) = (xs[i], OverFeatures(context.Masks[i], xs[i]));
            if (mask is not null) x = Ops.Where(mask, x, y);
            if (kept is not null) y = Ops.Where(kept, y, x);
            kept = kept is null || mask is null ? null : Ops.LogicalOr(kept, mask);
            y = combine(y, x);
        }
        return y;
    }
}
