namespace Keras.Layers;

/// <summary>Attention by products (Luong et al., 2015), as <c>keras.layers.Attention</c>: values averaged with softmax(query · keyᵀ) as weights.</summary>
public sealed class Attention : ScoredAttention
{
    Variable? _scale, _concatScoreWeight;

    /// <summary>Chooses how scores are computed.</summary>
    /// <param name="useScale">Whether the scores are multiplied with a learned number. Default false.</param>
    /// <param name="scoreMode"><c>dot</c> for products of query and key, <c>concat</c> for a learned number times the sum of tanh(query + key).
    /// Default <c>dot</c>.</param>
    /// <param name="dropout">The probability that a weight is dropped in training. Default 0.</param>
    /// <param name="seed">The seed of dropout. Default one drawn now.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">The mode is neither, or the rate is outside of [0, 1].</exception>
    public Attention(bool useScale = false, string scoreMode = "dot", double dropout = 0, int? seed = null, string? name = null,
        DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(useScale, dropout, seed, name, dtype, trainable, activityRegularizer) =>
        ScoreMode = scoreMode is "dot" or "concat" ? scoreMode : throw Errors.Argument(Who, "unknown score_mode", "dot or concat", scoreMode);

    /// <summary>How scores are computed, <c>dot</c> or <c>concat</c>.</summary>
    public string ScoreMode { get; }

    private protected override void BuildWeights(Shape query, Shape value, Shape key)
    {
        if (UseScale) _scale = AddWeight(Shape.Scalar, "ones", name: "scale");
        if (ScoreMode == "concat") _concatScoreWeight = AddWeight(Shape.Scalar, "ones", name: "concat_score_weight");
    }

    private protected override Tensor Score(Tensor query, Tensor key)
    {
        if (ScoreMode == "dot") return Scaled(Ops.Matmul(query, Ops.Swapaxes(key, -1, -2)));
        return _concatScoreWeight!.Value * Ops.Sum(Ops.Tanh(Scaled(Ops.ExpandDims(query, -2) + Ops.ExpandDims(key, -3))), -1);
    }

    Tensor Scaled(Tensor x) => _scale is null ? x : x * _scale.Value;
}
