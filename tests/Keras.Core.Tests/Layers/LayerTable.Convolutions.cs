namespace Keras.Core.Tests.Layers;

using Keras.Constraints;
using Keras.Layers;
using Keras.Regularizers;

static partial class LayerTable
{
    static IEnumerable<LayerRow> OtherConvolutions() => [.. Volumes(), .. Transposed(), .. Depthwise(), .. Separable()];

    static IEnumerable<LayerRow> Volumes() =>
    [
        new(d => new Conv3D(4, 3, dtype: d), [[2, 4, 5, 3, 2]], [2, 2, 3, 1, 4], 2, 220)
        {
            Other = () => new Conv3D(4, (3, 2, 1), (2, 1, 2), "same", "channels_first", 1, 2, "relu", false, "he_normal", "ones", Penalty, new L2(), Penalty,
                new NonNeg(), new UnitNorm(), 3, 6, "c", Half, false),
            Fixed = ["dilation_rate"],
        },
        new(d => new Conv3D(4, (3, 2, 2), (2, 1, 2), "same", activation: "tanh", dtype: d), [[2, 5, 3, 4, 2]], [2, 3, 3, 2, 4], 2, 100),
        new(d => new Conv3D(4, 2, padding: "same", dilationRate: (2, 1, 2), groups: 2, useBias: false, dtype: d), [[2, 4, 3, 4, 4]], [2, 4, 3, 4, 4], 1, 64),
        new(d => new Conv3D(4, 2, 2, groups: 4, dataFormat: "channels_first", dtype: d), [[2, 4, 5, 4, 3]], [2, 4, 2, 2, 1], 2, 36),
        new(d => new Conv3D(3, (1, 2, 2), dtype: d), [[2, 3, 3, 4, 2]], [2, 3, 2, 3, 3], 2, 27),
    ];

    static IEnumerable<LayerRow> Transposed() =>
    [
        new(d => new Conv1DTranspose(4, 3, dtype: d), [[2, 5, 3]], [2, 7, 4], 2, 40)
        {
            Other = () => new Conv1DTranspose(4, 2, 2, "same", 1, "channels_first", 1, "relu", false, "he_normal", "ones", Penalty, new L2(), Penalty,
                new NonNeg(), new UnitNorm(), "c", Half, false),
            Fixed = ["dilation_rate"],
        },
        new(d => new Conv1DTranspose(4, 3, 2, "same", dataFormat: "channels_first", dtype: d), [[2, 3, 4]], [2, 4, 8], 2, 40),
        new(d => new Conv1DTranspose(2, 2, 4, outputPadding: 3, activation: "tanh", dtype: d), [[2, 3, 3]], [2, 13, 2], 2, 14),
        new(d => new Conv2DTranspose(4, 3, dtype: d), [[2, 4, 3, 3]], [2, 6, 5, 4], 2, 112)
        {
            Other = () => new Conv2DTranspose(4, (3, 2), (2, 3), "same", 1, "channels_first", 1, "relu", false, "he_normal", "ones", Penalty, new L2(), Penalty,
                new NonNeg(), new UnitNorm(), "c", Half, false),
            Fixed = ["dilation_rate"],
        },
        new(d => new Conv2DTranspose(4, (2, 3), (2, 1), "same", useBias: false, dtype: d), [[2, 4, 3, 3]], [2, 8, 3, 4], 1, 72),
        new(d => new Conv2DTranspose(2, 3, dilationRate: (2, 1), dataFormat: "channels_first", dtype: d), [[2, 3, 4, 3]], [2, 2, 8, 5], 2, 56),
        new(d => new Conv3DTranspose(4, 3, dtype: d), [[2, 2, 3, 2, 2]], [2, 4, 5, 4, 4], 2, 220)
        {
            Other = () => new Conv3DTranspose(4, (3, 2, 2), (2, 3, 2), "same", "channels_first", 1, 1, "relu", false, "he_normal", "ones", Penalty, new L2(),
                Penalty, new NonNeg(), new UnitNorm(), "c", Half, false),
            Fixed = ["dilation_rate"],
        },
        new(d => new Conv3DTranspose(3, (3, 2, 2), (2, 1, 2), "same", dataFormat: "channels_first", dtype: d), [[2, 2, 2, 3, 2]], [2, 3, 4, 3, 4], 2, 75),
        new(d => new Conv3DTranspose(3, 2, dilationRate: (2, 1, 1), dtype: d), [[2, 2, 2, 2, 2]], [2, 4, 3, 3, 3], 2, 51),
    ];

    static IEnumerable<LayerRow> Depthwise() =>
    [
        new(d => new DepthwiseConv1D(3, dtype: d), [[2, 6, 3]], [2, 4, 3], 2, 12)
        {
            Other = () => new DepthwiseConv1D(2, 2, "same", 2, "channels_first", 1, "relu", false, "he_normal", "ones", Penalty, new L2(), Penalty,
                new NonNeg(), new UnitNorm(), "c", Half, false),
            Fixed = ["dilation_rate"],
        },
        new(d => new DepthwiseConv1D(2, padding: "same", depthMultiplier: 2, dilationRate: 2, dataFormat: "channels_first", dtype: d), [[2, 3, 5]], [2, 6, 5], 2, 18),
        new(d => new DepthwiseConv2D(3, dtype: d), [[2, 6, 5, 3]], [2, 4, 3, 3], 2, 30)
        {
            Other = () => new DepthwiseConv2D((3, 2), (2, 1), "same", 2, "channels_first", 1, "relu", false, "he_normal", "ones", Penalty, new L2(), Penalty,
                new NonNeg(), new UnitNorm(), "c", Half, false),
            Fixed = ["dilation_rate"],
        },
        new(d => new DepthwiseConv2D((2, 3), 2, "same", 2, activation: "tanh", dtype: d), [[2, 5, 4, 3]], [2, 3, 2, 6], 2, 42),
        new(d => new DepthwiseConv2D(2, dilationRate: (1, 2), dataFormat: "channels_first", useBias: false, dtype: d), [[2, 3, 4, 5]], [2, 3, 3, 3], 1, 12),
        new(d => new DepthwiseConv2D(2, dtype: d), [[2, 4, 5, 1]], [2, 3, 4, 1], 2, 5),
    ];

    static IEnumerable<LayerRow> Separable() =>
    [
        new(d => new SeparableConv1D(4, 3, dtype: d), [[2, 6, 3]], [2, 4, 4], 3, 25)
        {
            Other = () => new SeparableConv1D(4, 2, 2, "same", "channels_first", 1, 2, "relu", false, "he_normal", "zeros", "ones", Penalty, new L2(), Penalty,
                Penalty, new NonNeg(), new NonNeg(), new UnitNorm(), "c", Half, false),
            Fixed = ["dilation_rate"],
        },
        new(d => new SeparableConv1D(4, 2, dilationRate: 2, dataFormat: "channels_first", dtype: d), [[2, 3, 6]], [2, 4, 4], 3, 22),
        new(d => new SeparableConv2D(4, 3, dtype: d), [[2, 6, 5, 3]], [2, 4, 3, 4], 3, 43)
        {
            Other = () => new SeparableConv2D(4, (3, 2), (2, 1), "same", "channels_first", 1, 2, "relu", false, "he_normal", "zeros", "ones", Penalty, new L2(),
                Penalty, Penalty, new NonNeg(), new NonNeg(), new UnitNorm(), "c", Half, false),
            Fixed = ["dilation_rate"],
        },
        new(d => new SeparableConv2D(4, (2, 3), 2, "same", depthMultiplier: 2, activation: "tanh", dtype: d), [[2, 5, 4, 3]], [2, 3, 2, 4], 3, 64),
        new(d => new SeparableConv2D(4, 2, dataFormat: "channels_first", useBias: false, dtype: d), [[2, 3, 4, 5]], [2, 4, 3, 4], 2, 24),
    ];
}
