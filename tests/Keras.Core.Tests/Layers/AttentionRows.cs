namespace Keras.Core.Tests.Layers;

using Keras.Constraints;
using Keras.Layers;
using Keras.Regularizers;

/// <summary>Attention, and the dense layer by letters that it is built of.</summary>
static class AttentionRows
{
    public static IEnumerable<LayerRow> All(DTypePolicy half, Regularizer penalty) => [.. Scored(half, penalty), .. Projected(half, penalty)];

    static IEnumerable<LayerRow> Scored(DTypePolicy half, Regularizer penalty) =>
    [
        new(d => new Attention(dtype: d), [[2, 3, 4], [2, 5, 4]], [2, 3, 4])
        {
            Other = () => new Attention(true, "concat", 0.1, 7, "a", half, false, penalty),
        },
        new(d => new Attention(useScale: true, dtype: d), [[2, 3, 4], [2, 5, 6], [2, 5, 4]], [2, 3, 6], 1, 1),
        new(d => new Attention(useScale: true, scoreMode: "concat", dtype: d), [[2, 2, 3, 4], [2, 2, 5, 4]], [2, 2, 3, 4], 2, 2),
        new(d => new Attention(dropout: 0.3, seed: 3, dtype: d), [[2, 3, 4], [2, 5, 4]], [2, 3, 4]) { Random = true },
        new(d => new AdditiveAttention(dtype: d), [[2, 3, 4], [2, 5, 4]], [2, 3, 4], 1, 4)
        {
            Other = () => new AdditiveAttention(false, 0.1, 7, "a", half, false, penalty),
        },
        new(d => new AdditiveAttention(useScale: false, dtype: d), [[2, 3, 4], [2, 5, 6], [2, 5, 4]], [2, 3, 6]),
    ];

    static IEnumerable<LayerRow> Projected(DTypePolicy half, Regularizer penalty) =>
    [
        new(d => new MultiHeadAttention(2, 3, dtype: d), [[2, 4, 6], [2, 5, 6]], [2, 4, 6], 8, 168)
        {
            Other = () => new MultiHeadAttention(3, 5, 7, 0.1, false, [4], 1, 2, false, "he_normal", "ones", penalty, new L2(), penalty, new NonNeg(), new UnitNorm(), true, 7, "m", half, false),
        },
        new(d => new MultiHeadAttention(2, 3, 4, useBias: false, outputShape: [3, 2], useGate: true, dtype: d), [[2, 4, 6], [2, 5, 4], [2, 5, 3]], [2, 4, 3, 2], 5, 182),
        new(d => new MultiHeadAttention(2, 3, slidingWindow: 2, dtype: d), [[2, 4, 6], [2, 4, 6]], [2, 4, 6], 8, 168),
        new(d => new MultiHeadAttention(2, 3, attentionAxes: 2, slidingWindow: 2, dtype: d), [[2, 2, 4, 5], [2, 2, 3, 5]], [2, 2, 4, 5], 8, 143),
        new(d => new MultiHeadAttention(2, 3, attentionAxes: (1, 2), dtype: d), [[2, 2, 3, 5], [2, 2, 4, 5]], [2, 2, 3, 5], 8, 143),
        new(d => new MultiHeadAttention(2, 3, dropout: 0.3, seed: 3, dtype: d), [[2, 4, 6], [2, 5, 6]], [2, 4, 6], 8, 168) { Random = true },
        new(d => new GroupQueryAttention(3, 4, 2, dtype: d), [[2, 4, 6], [2, 5, 6]], [2, 4, 6], 8, 246)
        {
            Other = () => new GroupQueryAttention(5, 4, 2, 0.1, false, 2, false, "he_normal", "ones", penalty, new L2(), penalty, new NonNeg(), new UnitNorm(), true, 7, "g", half, false),
        },
        new(d => new GroupQueryAttention(3, 4, 1, slidingWindow: 3, useGate: true, dtype: d), [[2, 4, 6], [2, 4, 6], [2, 4, 5]], [2, 4, 6], 10, 285),
    ];
}
