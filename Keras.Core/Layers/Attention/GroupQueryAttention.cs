namespace Keras.Layers;

/// <summary>Attention in several heads of which groups share keys and values (Ainslie et al., 2023), as <c>keras.layers.GroupQueryAttention</c>.
/// The inputs are those of <see cref="MultiHeadAttention"/>, of three dimensions.</summary>
public sealed class GroupQueryAttention : ProjectedAttention
{
    /// <summary>Chooses the heads and what belongs to the weights.</summary>
    /// <param name="headDim">The size of each head, 1 or more.</param>
    /// <param name="numQueryHeads">The number of heads of queries, a multiple of <paramref name="numKeyValueHeads"/>.</param>
    /// <param name="numKeyValueHeads">The number of heads of keys and values, 1 or more; with 1 all share them.</param>
    /// <param name="dropout">The probability that a weight is dropped in training. Default 0.</param>
    /// <param name="useBias">Whether the projections add a bias. Default true.</param>
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
    /// <exception cref="ArgumentException">A size is not positive, the heads do not fit together, the rate is outside of [0, 1], or flash
    /// attention is asked for with dropout.</exception>
    public GroupQueryAttention(int headDim, int numQueryHeads, int numKeyValueHeads, double dropout = 0, bool useBias = true,
        int? slidingWindow = null, bool? flashAttention = null, Initializer? kernelInitializer = null, Initializer? biasInitializer = null,
        Regularizer? kernelRegularizer = null, Regularizer? biasRegularizer = null, Regularizer? activityRegularizer = null,
        Constraint? kernelConstraint = null, Constraint? biasConstraint = null, bool useGate = false, int? seed = null, string? name = null,
        DTypePolicy? dtype = null, bool trainable = true)
        : base(dropout, useBias, slidingWindow, flashAttention, kernelInitializer, biasInitializer, kernelRegularizer, biasRegularizer,
            activityRegularizer, kernelConstraint, biasConstraint, useGate, seed, name, dtype, trainable)
    {
        (HeadDim, NumQueryHeads) = (Positive(headDim, "head_dim"), Positive(numQueryHeads, "num_query_heads"));
        NumKeyValueHeads = Positive(numKeyValueHeads, "num_key_value_heads");
        if (numQueryHeads % numKeyValueHeads != 0)
            throw Errors.Argument(Who, "num_query_heads is no multiple of num_key_value_heads", $"a multiple of {numKeyValueHeads}", numQueryHeads);
    }

    /// <summary>The size of each head.</summary>
    public int HeadDim { get; }

    /// <summary>The number of heads of queries.</summary>
    public int NumQueryHeads { get; }

    /// <summary>The number of heads of keys and values.</summary>
    public int NumKeyValueHeads { get; }

    private protected override (int Query, int Key, int QuerySize, int ValueSize) Heads => (NumQueryHeads, NumKeyValueHeads, HeadDim, HeadDim);

    private protected override bool HidesProjections => true;

    private protected override int[] AxesOf(int rank) => rank == 3 ? [1]
        : throw Errors.Argument(Who, "the inputs have a wrong rank", "(batch, steps, features)", $"{rank} dimensions");
}
