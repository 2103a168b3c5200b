namespace Keras.Layers;

/// <summary>Attention without projections: (batch, …, steps, features) of queries, values and keys.</summary>
public abstract class ScoredAttention : AttentionLayer
{
    readonly SeedGenerator? _generator;

    private protected ScoredAttention(bool useScale, double dropout, int? seed, string? name, DTypePolicy? dtype, bool trainable,
        Regularizer? activityRegularizer) : base(dropout, seed, name, dtype, trainable, activityRegularizer)
    {
        UseScale = useScale;
        if (dropout > 0) _generator = Track(new SeedGenerator(seed));
    }

    /// <summary>Whether a scale of the scores is learned.</summary>
    public bool UseScale { get; }

    /// <summary>How well queries and keys fit, (batch, …, targets, sources).</summary>
    private protected abstract Tensor Score(Tensor query, Tensor key);

    /// <summary>Applies the layer to queries and values.</summary>
    /// <param name="query">(batch, …, targets, features). Where its mask is false, the output is zero.</param>
    /// <param name="value">(batch, …, sources, features of values). What its mask leaves out counts for nothing.</param>
    /// <param name="key">(batch, …, sources, features). Default the values.</param>
    /// <param name="useCausalMask">Whether a target sees only sources up to its own place. Default no.</param>
    /// <param name="training">Whether to behave as in training. Default as the calls above say, else not.</param>
    /// <returns>(batch, …, targets, features of values).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit together.</exception>
    public Tensor Apply(Tensor query, Tensor value, Tensor? key = null, bool useCausalMask = false, bool? training = null) =>
        Attend(false, useCausalMask, training, query, value, key).Tensor;

    /// <summary>Applies the layer, and gives the weights of the sources too, (batch, …, targets, sources).</summary>
    /// <inheritdoc cref="Apply(Tensor, Tensor, Tensor?, bool, bool?)"/>
    public (Tensor Output, Tensor Scores) ApplyWithScores(Tensor query, Tensor value, Tensor? key = null, bool useCausalMask = false, bool? training = null) =>
        Pair(Attend(true, useCausalMask, training, query, value, key));

    private protected override (Tensor Output, Tensor? Scores) Attend(IReadOnlyList<Tensor> inputs, CallContext context, AttentionOptions options)
    {
        var (query, value) = (inputs[0], inputs[1]);
        var scores = Score(query, inputs.Count > 2 ? inputs[2] : value);
        if (Both(Steps(context.Masks[1], -2), options.Causal ? Ops.Past(scores) : null) is { } mask)
            scores -= Ops.Cast(Ops.LogicalNot(mask), scores.DType) * (scores.DType == DType.Float16 ? 65504 : 1e9);
        var weights = Ops.Softmax(scores);
        if (context.Training && _generator is not null) weights = Random.Dropout(weights, Dropout, null, _generator);
        var output = Ops.Matmul(weights, value);
        if (Steps(context.Mask, -1) is { } counted) output *= Ops.Cast(counted, output.DType);
        return (output, weights);
    }
}
