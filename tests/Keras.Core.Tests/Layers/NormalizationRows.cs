namespace Keras.Core.Tests.Layers;

using Keras.Constraints;
using Keras.Layers;
using Keras.Regularizers;

static class NormalizationRows
{
    public static IEnumerable<LayerRow> All(DTypePolicy half, Regularizer penalty) =>
    [
        new(d => new BatchNormalization(dtype: d), [[4, 3]], [4, 3], 4, 12)
        {
            Other = () => new BatchNormalization(1, 0.5, 0.1, false, false, "ones", "zeros", "ones", "zeros", penalty, new L2(), new NonNeg(),
                new UnitNorm(), true, new Dictionary<string, double> { ["rmin"] = 0.5, ["rmax"] = 2, ["dmax"] = 3 }, 0.5, true, "b", half, false, penalty),
        },
        new(d => new BatchNormalization(dtype: d), [[4, 3, 2]], [4, 3, 2], 4, 8) { Training = true },
        new(d => new BatchNormalization(axis: 1, center: false, dtype: d), [[4, 3, 2]], [4, 3, 2], 3, 9) { Training = true },
        new(d => new BatchNormalization(scale: false, dtype: d), [[4, 3]], [4, 3], 3, 9) { Training = true },
        new(d => new BatchNormalization(renorm: true, dtype: d), [[4, 3]], [4, 3], 7, 21),
        new(d => new LayerNormalization(dtype: d), [[2, 3, 4]], [2, 3, 4], 2, 8)
        {
            Other = () => new LayerNormalization((1, 2), 0.1, false, false, "ones", "zeros", penalty, new L2(), new NonNeg(), new UnitNorm(), true, "l", half,
                false, penalty),
        },
        new(d => new LayerNormalization((-1, 1), dtype: d), [[2, 3, 4]], [2, 3, 4], 2, 24),
        new(d => new LayerNormalization(1, scale: false, dtype: d), [[2, 3, 4]], [2, 3, 4], 1, 3),
        new(d => new LayerNormalization(center: false, rmsScaling: true, dtype: d), [[2, 3]], [2, 3], 1, 3),
        new(d => new RMSNormalization(dtype: d), [[2, 3, 4]], [2, 3, 4], 1, 4) { Other = () => new RMSNormalization((1, 2), 0.1, "r", half, false, penalty) },
        new(d => new RMSNormalization((1, 2), dtype: d), [[2, 3, 4]], [2, 3, 4], 1, 12),
        new(d => new UnitNormalization(dtype: d), [[2, 3, 4]], [2, 3, 4]) { Other = () => new UnitNormalization((1, 2), "u", half, false, penalty) },
        new(d => new UnitNormalization((1, 2), dtype: d), [[2, 3, 4]], [2, 3, 4]),
        new(d => new GroupNormalization(2, dtype: d), [[2, 3, 4]], [2, 3, 4], 2, 8)
        {
            Other = () => new GroupNormalization(3, 1, 0.1, false, false, "ones", "zeros", penalty, new L2(), new NonNeg(), new UnitNorm(), "g", half, false,
                penalty),
        },
        new(d => new GroupNormalization(2, axis: 1, scale: false, dtype: d), [[2, 4, 3, 2]], [2, 4, 3, 2], 1, 4),
        new(d => new GroupNormalization(-1, center: false, dtype: d), [[2, 3, 4]], [2, 3, 4], 1, 4),
        new(d => new SpectralNormalization(new Dense(3, dtype: d), dtype: d), [[2, 4]], [2, 3], 3, 18)
        {
            Other = () => new SpectralNormalization(new Dense(2, name: "inner"), 3, "s", half, false, penalty),
        },
        new(d => new SpectralNormalization(new Conv2D(2, 2, dtype: d), 2, dtype: d), [[2, 4, 4, 1]], [2, 3, 3, 2], 3, 12),
    ];
}
