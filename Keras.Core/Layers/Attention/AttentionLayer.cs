namespace Keras.Layers;

/// <summary>Averages values with weights that tell how well the key of each fits a query. The inputs are a list: query, value, and the key where
/// it is not the value.</summary>
public abstract class AttentionLayer : Layer
{
    private protected AttentionLayer(double dropout, int? seed, string? name, DTypePolicy? dtype, bool trainable, Regularizer? activityRegularizer)
        : base(name, dtype, trainable, activityRegularizer)
    {
        (Dropout, Seed) = (RandomRate.Check(Who, dropout), seed);
        SupportsMasking = true;
    }

    /// <summary>The probability that a weight is dropped in training.</summary>
    public double Dropout { get; }

    /// <summary>The seed of dropout, where given.</summary>
    public int? Seed { get; }

    /// <summary>The most inputs that the layer takes.</summary>
    private protected virtual int MostInputs => 3;

    /// <summary>The output, and the weights where they are asked for.</summary>
    private protected abstract (Tensor Output, Tensor? Scores) Attend(IReadOnlyList<Tensor> inputs, CallContext context, AttentionOptions options);

    private protected Nest Attend(bool scores, bool causal, bool? training, params ReadOnlySpan<Tensor?> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs[0]);
        ArgumentNullException.ThrowIfNull(inputs[1]);
        var given = new List<Tensor>();
        // A later input needs those before it: without a key the value stands for it.
        for (var i = 0; i < inputs.Length; i++)
            if (!inputs[i..].ToArray().All(t => t is null)) given.Add(inputs[i] ?? inputs[1]!);
        return ApplyWith(new AttentionOptions(scores, causal), given, training);
    }

    private protected static (Tensor Output, Tensor Scores) Pair(Nest outputs) => (outputs.Items[0].Tensor, outputs.Items[1].Tensor);

    /// <inheritdoc/>
    protected override void Build(Nest inputs)
    {
        var tensors = Check(inputs);
        BuildWeights(tensors[0].Shape, tensors[1].Shape, tensors[Math.Min(2, tensors.Count - 1)].Shape);
    }

    private protected abstract void BuildWeights(Shape query, Shape value, Shape key);

    /// <inheritdoc/>
    protected override Nest Call(Nest inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var options = context.Options as AttentionOptions ?? new AttentionOptions(false, false);
        var (output, scores) = Attend(Check(inputs), context, options);
        output.Mask = context.Mask;
        return options.Scores ? Nest.List(output, scores!) : output;
    }

    /// <summary>None: the output alone has the mask of the query, the scores have not.</summary>
    protected override Tensor? ComputeMask(Nest inputs, CallContext context) => null;

    IReadOnlyList<Tensor> Check(Nest inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.IsTensor || inputs.Keys is not null || inputs.Items.Any(i => !i.IsTensor) || inputs.Items.Count < 2 || inputs.Items.Count > MostInputs)
            throw Errors.Argument(Who, "attention takes a list of tensors", MostInputs == 3 ? "[query, value] or [query, value, key]"
                : "[query, value], [query, value, key] or [query, value, key, mask]", inputs);
        var tensors = inputs.Flatten();
        return tensors.All(t => t.Rank >= 2) ? tensors : throw Errors.Argument(Who, "an input has a wrong rank", "at least 2 dimensions", inputs);
    }

    /// <summary>The mask that holds where both do.</summary>
    private protected static Tensor? Both(Tensor? a, Tensor? b) => a is null ? b : b is null ? a : Ops.LogicalAnd(a, b);

    /// <summary>A mask of steps as one of scores: a row, or a column.</summary>
    private protected static Tensor? Steps(Tensor? mask, int axis) => mask is null ? null : Ops.ExpandDims(Ops.Cast(mask, DType.Bool), axis);
}

/// <summary>What a call of attention is told besides tensors.</summary>
/// <param name="Scores">Whether the weights are returned too.</param>
/// <param name="Causal">Whether a query sees only what is not ahead of it.</param>
sealed record AttentionOptions(bool Scores, bool Causal);
