namespace Keras.Core.Tests.Layers;

using Keras.Layers;

static class PreprocessingRows
{
    static readonly double[] Bounds = [-0.5, 0, 0.25];

    public static IEnumerable<LayerRow> All(DTypePolicy half, Regularizer penalty) =>
    [
        new(d => new Normalization(dtype: d), [[2, 3]], [2, 3], 3, 7)
        {
            Adapted = true,
            Other = () => new Normalization(1, Tensor.Of([0.5, 0.25], [2]), Tensor.Of([2.0, 3], [2]), true, "n", half, false, penalty),
        },
        new(d => new Normalization((1, 2), 0.5, 2, true, dtype: d), [[2, 3, 4]], [2, 3, 4]),
        new(d => new Normalization([], dtype: d), [[2, 3]], [2, 3], 3, 3) { Adapted = true },
        new(d => new Discretization(Bounds, dtype: d), [[2, 3]], [2, 3])
        {
            Gives = DType.Int32,
            Other = () => new Discretization([1.0, 2], 4, 0.1, "one_hot", false, half, "d"),
            Fixed = ["sparse"],
        },
        new(d => new Discretization(Bounds, outputMode: "multi_hot", dtype: d), [[2, 3, 5]], [2, 5, 4]),
        new(d => new CategoryEncoding(4, dtype: d), [[2, 3]], [2, 4])
        {
            Other = () => new CategoryEncoding(5, "count", false, "c", half, false, penalty),
            Fixed = ["sparse"],
        },
        new(d => new CategoryEncoding(4, "one_hot", dtype: d), [[2, 3]], [2, 3, 4]),
        new(d => new MaxNumBoundingBoxes(3, dtype: d), [[2, 3, 4, 1]], [2, 3, 4, 1])
        {
            Other = () => new MaxNumBoundingBoxes(4, 2, "xywh", "channels_first", "m", half, false, penalty),
        },
    ];
}
