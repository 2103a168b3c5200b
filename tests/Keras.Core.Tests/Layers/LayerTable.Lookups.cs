namespace Keras.Core.Tests.Layers;

using Keras.Layers;

static partial class LayerTable
{
    static readonly long[] Few = [3, 0, 7], Weighty = [3, 0, 7, 8];

    static IEnumerable<LayerRow> Lookups() =>
    [
        new(d => new IntegerLookup(vocabulary: Few, outputMode: "multi_hot", dtype: d), [[2, 3]], [2, 4])
        {
            Other = () => new IntegerLookup(9, 2, 5, -7, Weighty, "int64", [0.5, 1, 2, 0.25], false, "tf_idf", false, true, "farmhash", (3, 4), "i", Half, false),
            Fixed = ["vocabulary_dtype", "invert", "sparse"],
        },
        new(d => new IntegerLookup(vocabulary: Few, numOovIndices: 3, maskToken: -5, outputMode: "count", dtype: d), [[2, 5]], [2, 6]),
        new(d => new IntegerLookup(8, vocabulary: Few, outputMode: "one_hot", padToMaxTokens: true, dtype: d), [[2, 3]], [2, 3, 8])
        {
            Other = () => new IntegerLookup(vocabulary: Few, invert: true),
            Fixed = ["*"],
        },
    ];
}
