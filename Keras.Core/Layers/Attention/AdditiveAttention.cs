namespace Keras.Layers;

/// <summary>Attention by sums (Bahdanau et al., 2015), as <c>keras.layers.AdditiveAttention</c>: the scores are the sums of
/// scale · tanh(query + key).</summary>
public sealed class AdditiveAttention : ScoredAttention
{
    Variable? _scale;

    /// <summary>Chooses whether a scale is learned.</summary>
    /// <param name="useScale">Whether each feature has a learned weight in the scores. Default true.</param>
    /// <param name="dropout">The probability that a weight is dropped in training. Default 0.</param>
    /// <param name="seed">The seed of dropout. Default one drawn now.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">The rate is outside of [0, 1].</exception>
    public AdditiveAttention(bool useScale = true, double dropout = 0, int? seed = null, string? name = null, DTypePolicy? dtype = null,
        bool trainable = true, Regularizer? activityRegularizer = null)
        : base(useScale, dropout, seed, name, dtype, trainable, activityRegularizer)
    {
    }

    private protected override void BuildWeights(Shape query, Shape value, Shape key)
    {
        if (UseScale) _scale = AddWeight([query[-1]], "glorot_uniform", name: "scale");
    }

    private protected override Tensor Score(Tensor query, Tensor key)
    {
        var sums = Ops.Tanh(Ops.ExpandDims(query, -2) + Ops.ExpandDims(key, -3));
        return Ops.Sum(_scale is null ? sums : sums * _scale.Value, -1);
    }
}
