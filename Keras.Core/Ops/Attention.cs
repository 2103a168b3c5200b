namespace Keras;

public static partial class Ops
{
    /// <summary>Values averaged with the softmax of the products of queries and keys as weights, for several heads.</summary>
    /// <param name="query">(batch, targets, heads, size).</param>
    /// <param name="key">(batch, sources, key heads, size); heads are a multiple of the key heads, which are repeated.</param>
    /// <param name="value">(batch, sources, key heads, size).</param>
    /// <param name="bias">Added to the scores, broadcast to (batch, heads, targets, sources). Default nothing.</param>
    /// <param name="mask">True where a target may look, 4 dimensions, broadcast as the bias. Default everywhere.</param>
    /// <param name="scale">What products are multiplied with. Default 1 / √size.</param>
    /// <param name="isCausal">Whether a target sees only sources up to its own place. Default no.</param>
    /// <param name="flashAttention">Changes nothing: it is computed in blocks, and memory grows with the lengths alone, unless scores are bounded.</param>
    /// <param name="attnLogitsSoftCap">What scores are held below in magnitude: s becomes cap · tanh(s / cap). Default no bound.</param>
    /// <returns>(batch, targets, heads, size). A target that sees nothing gets the mean of all values.</returns>
    /// <exception cref="ArgumentException">A tensor has not 4 dimensions, the heads do not fit together, or without a scale the size is not known.</exception>
    public static Tensor DotProductAttention(Tensor query, Tensor key, Tensor value, Tensor? bias = null, Tensor? mask = null, double? scale = null,
        bool isCausal = false, bool? flashAttention = null, double? attnLogitsSoftCap = null)
    {
        const string Who = "dot_product_attention";
        foreach (var x in new[] { query, key, value })
            if (x.Rank != 4) throw Errors.Argument(Who, "query, key and value have a wrong rank", "(batch, length, heads, size)", x.Shape);
        if (mask is { Rank: not 4 }) throw Errors.Argument(Who, "the mask has a wrong rank", "(batch, heads, targets, sources)", mask.Shape);
        var (heads, shared) = (query.Shape[2], key.Shape[2]);
        if (value.Shape[2] != shared || shared < 1 || heads == Shape.Unknown || heads % shared != 0)
            throw Errors.Argument(Who, "the heads do not fit together", "as many of keys as of values, and a multiple of them of queries",
                $"query {query.Shape}, key {key.Shape}, value {value.Shape}");
        var size = query.Shape[3] == Shape.Unknown ? key.Shape[3] : query.Shape[3];
        if (scale is null && size == Shape.Unknown)
            throw Errors.Argument(Who, "the size that the scale follows from is not known", "a known size, or a scale", query.Shape);
        (query, key) = Promote(AsFloating(query), key);
        (query, value) = Promote(query, value);
        List<Tensor> inputs = [.. OfOneBatch(Wide(query), Wide(Cast(key, query.DType)), Wide(value))];
        if (bias is not null) inputs.Add(Cast(bias, inputs[0].DType));
        if (mask is not null) inputs.Add(Cast(mask, DType.Bool));
        var op = new Attend(scale ?? 1 / Math.Sqrt(size), bias is not null, mask is not null, isCausal, attnLogitsSoftCap);
        return Cast(new Part(0).On(op.On([.. inputs])), query.DType);
    }

    /// <summary>Tensors with the batch that they have together: one of 1 is repeated.</summary>
    static IEnumerable<Tensor> OfOneBatch(params Tensor[] tensors)
    {
        var whole = tensors.FirstOrDefault(x => x.Shape[0] > 1) ?? tensors.FirstOrDefault(x => x.Shape[0] != 1);
        if (whole is null) return tensors;
        var places = whole.Shape[0] == Shape.Unknown ? Sum(ZerosLike(whole), [1, 2, 3], keepdims: true) : Zeros([whole.Shape[0], 1, 1, 1], whole.DType);
        return tensors.Select(x => x.Shape[0] == 1 ? x + places : x);
    }

    /// <summary>Each head several times, side by side.</summary>
    internal static Tensor Repeated(Tensor x, int times) =>
        Take(x, Tensor.Of([.. Enumerable.Range(0, x.Shape[2] * times).Select(i => i / times)], [x.Shape[2] * times]), 2);

    /// <summary>True where the last axis is not ahead of the last but one.</summary>
    internal static Tensor Past(Tensor scores) => Cast(scores.Shape[-1] != Shape.Unknown && scores.Shape[-2] != Shape.Unknown
        ? Tri(scores.Shape[-2], scores.Shape[-1]) : Tril(OnesLike(scores)), DType.Bool);
}
