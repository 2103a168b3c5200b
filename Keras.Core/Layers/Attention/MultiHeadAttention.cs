namespace Keras.Layers;

/// <summary>Attention in several heads (Vaswani et al., 2017), as <c>keras.layers.MultiHeadAttention</c>. The inputs are a list: query, value, then
/// the key where it is not the value, then a mask of the scores. The same tensor for query and value makes self-attention.</summary>
public sealed class MultiHeadAttention : ProjectedAttention
{
    /// <summary>Chooses the heads and what belongs to the weights.</summary>
    /// <param name="numHeads">The number of heads, 1 or more.</param>
    /// <param name="keyDim">The size of queries and keys in each head, 1 or more.</param>
    /// <param name="valueDim">The size of values in each head. Default <paramref name="keyDim"/>.</param>
    /// <param name="dropout">The probability that a weight is dropped in training. Default 0.</param>
    /// <param name="useBias">Whether the projections add a bias. Default true.</param>
    /// <param name="outputShape">What takes the place of the features in the output. Default the features of the query.</param>
    /// <param name="attentionAxes">The axes that attention runs over. Default all but batch and features.</param>
    /// <param name="slidingWindow">How far from its own place a target sees: less than this many steps. Default everywhere.</param>
    /// <param name="flashAttention">Whether attention must be computed without a matrix of scores. Default where that is possible.</param>
    /// <param name="kernelInitializer">The first kernels of the projections. Default glorot_uniform.</param>
    /// <param name="biasInitializer">The first biases of the projections. Default zeros.</param>
    /// <param name="kernelRegularizer">A penalty on the kernels. Default none.</param>
    /// <param name="biasRegularizer">A penalty on the biases. Default none.</param>
    /// <param name="kernelConstraint">A rule for the kernels. Default none.</param>
    /// <param name="biasConstraint">A rule for the biases. Default none.</param>
    /// <param name="useGate">Whether what the heads give is multiplied with a sigmoid of a projection of the query. Default false.</param>
    /// <param name="seed">The seed of dropout. Default one drawn now.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A size is not positive, the rate is outside of [0, 1], or flash attention is asked for with dropout.</exception>
    public MultiHeadAttention(int numHeads, int keyDim, int? valueDim = null, double dropout = 0, bool useBias = true, Shape? outputShape = null,
        Axes? attentionAxes = null, int? slidingWindow = null, bool? flashAttention = null, Initializer? kernelInitializer = null,
        Initializer? biasInitializer = null, Regularizer? kernelRegularizer = null, Regularizer? biasRegularizer = null,
        Regularizer? activityRegularizer = null, Constraint? kernelConstraint = null, Constraint? biasConstraint = null, bool useGate = false,
        int? seed = null, string? name = null, DTypePolicy? dtype = null, bool trainable = true)
        : base(dropout, useBias, slidingWindow, flashAttention, kernelInitializer, biasInitializer, kernelRegularizer, biasRegularizer,
            activityRegularizer, kernelConstraint, biasConstraint, useGate, seed, name, dtype, trainable)
    {
        (NumHeads, KeyDim, ValueDim) = (Positive(numHeads, "num_heads"), Positive(keyDim, "key_dim"), Positive(valueDim ?? keyDim, "value_dim"));
        OutputShape = outputShape;
        if (attentionAxes is { } axes) AttentionAxes = Axes.Create([.. axes]);
    }

    /// <summary>The number of heads.</summary>
    public int NumHeads { get; }

    /// <summary>The size of queries and keys in each head.</summary>
    public int KeyDim { get; }

    /// <summary>The size of values in each head.</summary>
    public int ValueDim { get; }

    /// <summary>What takes the place of the features in the output; <c>null</c> for the features of the query.</summary>
    public Shape? OutputShape { get; }

    /// <summary>The axes that attention runs over; <c>null</c> for all but batch and features.</summary>
    public Axes? AttentionAxes { get; }

    private protected override (int Query, int Key, int QuerySize, int ValueSize) Heads => (NumHeads, NumHeads, KeyDim, ValueDim);

    /// <summary>No: as in Keras the regularizer is for the projections, of which the last gives the outputs.</summary>
    private protected override bool PenalizesOutputs => false;

    private protected override Shape? Features => OutputShape;

    private protected override int[] AxesOf(int rank)
    {
        if (AttentionAxes is not { } axes) return [.. Enumerable.Range(1, rank - 2)];
        var found = axes.Select(a => a < 0 ? a + rank : a).ToArray();
        return found.All(a => a > 0 && a < rank - 1) && found.Distinct().Count() == found.Length ? found
            : throw Errors.Argument(Who, "attention_axes do not fit the query", $"axes between 1 and {rank - 2}, each once", string.Join(", ", axes));
    }
}
