namespace Keras.Core.Tests.Layers;

using Keras.Constraints;
using Keras.Layers;
using Keras.Regularizers;

/// <summary>The recurrent layers and their cells. Cells take their states behind the input; their first result is the output.</summary>
static class RecurrentRows
{
    public static IEnumerable<LayerRow> All(DTypePolicy half, Regularizer penalty) => [.. Cells(half, penalty), .. Sequences(half, penalty), .. Convolutions(half, penalty), .. Wrappers(half, penalty)];

    static IEnumerable<LayerRow> Cells(DTypePolicy half, Regularizer penalty) =>
    [
        new(d => new SimpleRNNCell(3, dtype: d), [[2, 4], [2, 3]], [2, 3], 3, 24)
        {
            Other = () => new SimpleRNNCell(5, "relu", false, "he_normal", "glorot_normal", "ones", penalty, new L2(), penalty, new NonNeg(), new UnitNorm(), new NonNeg(), 0.1, 0.2, 7, "c", half, false),
        },
        new(d => new LSTMCell(3, dtype: d), [[2, 4], [2, 3], [2, 3]], [2, 3], 3, 96)
        {
            Other = () => new LSTMCell(5, "relu", "hard_sigmoid", false, "he_normal", "glorot_normal", "ones", false, penalty, new L2(), penalty, new NonNeg(), new UnitNorm(), new NonNeg(), 0.1, 0.2, 7, "c", half, false),
        },
        new(d => new GRUCell(3, dtype: d), [[2, 4], [2, 3]], [2, 3], 3, 81)
        {
            Other = () => new GRUCell(5, "relu", "hard_sigmoid", false, "he_normal", "glorot_normal", "ones", penalty, new L2(), penalty, new NonNeg(), new UnitNorm(), new NonNeg(), 0.1, 0.2, false, 7, "c", half, false),
        },
        new(d => new GRUCell(3, resetAfter: false, dtype: d), [[2, 4], [2, 3]], [2, 3], 3, 72),
        new(d => new StackedRNNCells([new GRUCell(3, dtype: d), new LSTMCell(2, dtype: d)], dtype: d), [[2, 4], [2, 3], [2, 2], [2, 2]], [2, 2], 6, 129)
        {
            Other = () => new StackedRNNCells([new LSTMCell(2)], "s", half, false),
        },
        new(d => new ConvLSTMCell(3, (2, 2), dtype: d), [[2, 4, 3, 2], [2, 3, 2, 3], [2, 3, 2, 3]], [2, 3, 2, 3], 3, 252)
        {
            Other = () => new ConvLSTMCell(5, (2, 3), (2, 1), "same", "channels_first", (1, 1), "relu", "hard_sigmoid", false, "he_normal", "glorot_normal", "ones", false, penalty, new L2(), penalty,
                new NonNeg(), new UnitNorm(), new NonNeg(), 0.1, 0.2, 7, "c", half, false),
            Fixed = ["dilation_rate"],
        },
    ];

    static IEnumerable<LayerRow> Sequences(DTypePolicy half, Regularizer penalty) =>
    [
        new(d => new RNN(new LSTMCell(3, dtype: d), dtype: d), [[2, 4, 3]], [2, 3], 3, 84)
        {
            Other = () => new RNN(new SimpleRNNCell(2), true, true, true, true, true, true, "r", half, false, penalty),
        },
        new(d => new RNN(new RNNCell[] { new SimpleRNNCell(3, dtype: d), new GRUCell(2, dtype: d) }, returnSequences: true, dtype: d), [[2, 4, 3]], [2, 4, 2], 6, 63),
        new(d => new SimpleRNN(3, dtype: d), [[2, 4, 2]], [2, 3], 3, 18)
        {
            Other = () => new SimpleRNN(5, "relu", false, "he_normal", "glorot_normal", "ones", penalty, new L2(), penalty, penalty, new NonNeg(), new UnitNorm(), new NonNeg(), 0.1, 0.2, true, true, true, true, true, 7, true,
                "s", half, false),
        },
        new(d => new SimpleRNN(3, returnSequences: true, goBackwards: true, unroll: true, dtype: d), [[2, 4, 2]], [2, 4, 3], 3, 18),
        new(d => new LSTM(3, dtype: d), [[2, 4, 2]], [2, 3], 3, 72)
        {
            Other = () => new LSTM(5, "relu", "hard_sigmoid", false, "he_normal", "glorot_normal", "ones", false, penalty, new L2(), penalty, penalty, new NonNeg(), new UnitNorm(), new NonNeg(), 0.1, 0.2, 7, true, true, true, true,
                true, null, true, "l", half, false),
        },
        new(d => new LSTM(3, "relu", useBias: false, returnSequences: true, dtype: d), [[2, 4, 2]], [2, 4, 3], 2, 60),
        new(d => new LSTM(3, returnSequences: true, goBackwards: true, dtype: d), [[2, 4, 2]], [2, 4, 3], 3, 72),
        new(d => new LSTM(3, dropout: 0.3, recurrentDropout: 0.2, seed: 3, dtype: d), [[2, 4, 2]], [2, 3], 3, 72) { Random = true },
        new(d => new GRU(3, dtype: d), [[2, 4, 2]], [2, 3], 3, 63)
        {
            Other = () => new GRU(5, "relu", "hard_sigmoid", false, "he_normal", "glorot_normal", "ones", penalty, new L2(), penalty, penalty, new NonNeg(), new UnitNorm(), new NonNeg(), 0.1, 0.2, 7, true, true, true, true, true, false,
                null, true, "g", half, false),
        },
        new(d => new GRU(3, returnSequences: true, resetAfter: false, dtype: d), [[2, 4, 2]], [2, 4, 3], 3, 54),
        new(d => new GRU(3, useBias: false, unroll: true, dtype: d), [[2, 4, 2]], [2, 3], 2, 45),
    ];

    static IEnumerable<LayerRow> Convolutions(DTypePolicy half, Regularizer penalty) =>
    [
        new(d => new ConvLSTM1D(3, 2, dtype: d), [[2, 3, 4, 2]], [2, 3, 3], 3, 132)
        {
            Other = () => new ConvLSTM1D(5, 3, 2, "same", "channels_first", 1, "relu", "hard_sigmoid", false, "he_normal", "glorot_normal", "ones", false, penalty, new L2(), penalty, penalty, new NonNeg(), new UnitNorm(), new NonNeg(),
                0.1, 0.2, 7, true, true, true, true, "c", half, false),
            Fixed = ["dilation_rate", "unroll", "zero_output_for_mask"],
        },
        new(d => new ConvLSTM1D(3, 2, 2, "same", returnSequences: true, dtype: d), [[2, 3, 4, 2]], [2, 3, 2, 3], 3, 132),
        new(d => new ConvLSTM2D(2, (2, 1), dtype: d), [[2, 3, 4, 3, 2]], [2, 3, 3, 2], 3, 72)
        {
            Other = () => new ConvLSTM2D(5, 3, 2, "same", "channels_first", 1, "relu", "hard_sigmoid", false, "he_normal", "glorot_normal", "ones", false, penalty, new L2(), penalty, penalty, new NonNeg(), new UnitNorm(), new NonNeg(),
                0.1, 0.2, 7, true, true, true, true, "c", half, false),
            Fixed = ["dilation_rate", "unroll", "zero_output_for_mask"],
        },
        new(d => new ConvLSTM2D(2, 2, dataFormat: "channels_first", dtype: d), [[2, 3, 2, 4, 3]], [2, 2, 3, 2], 3, 136),
        new(d => new ConvLSTM3D(2, (1, 2, 2), dtype: d), [[2, 2, 2, 3, 2, 1]], [2, 2, 2, 1, 2], 3, 104)
        {
            Other = () => new ConvLSTM3D(5, 3, 2, "same", "channels_first", 1, "relu", "hard_sigmoid", false, "he_normal", "glorot_normal", "ones", false, penalty, new L2(), penalty, penalty, new NonNeg(), new UnitNorm(), new NonNeg(),
                0.1, 0.2, 7, true, true, true, true, "c", half, false),
            Fixed = ["dilation_rate", "unroll", "zero_output_for_mask"],
        },
    ];

    static IEnumerable<LayerRow> Wrappers(DTypePolicy half, Regularizer penalty) =>
    [
        new(d => new Bidirectional(new LSTM(3, dtype: d), dtype: d), [[2, 4, 2]], [2, 6], 6, 144)
        {
            Other = () => new Bidirectional(new GRU(2), "sum", null, new GRU(2, goBackwards: true), "b", half, false, penalty),
        },
        new(d => new Bidirectional(new GRU(3, returnSequences: true, dtype: d), "mul", backwardLayer: new SimpleRNN(3, returnSequences: true, goBackwards: true, dtype: d), dtype: d), [[2, 4, 2]], [2, 4, 3], 6, 81),
        new(d => new Bidirectional(new SimpleRNN(3, dtype: d), "ave", dtype: d), [[2, 4, 2]], [2, 3], 6, 36),
        new(d => new TimeDistributed(new Dense(3, dtype: d), dtype: d), [[2, 4, 2]], [2, 4, 3], 2, 9)
        {
            Other = () => new TimeDistributed(new Flatten(), "t", half, false, penalty),
        },
        new(d => new TimeDistributed(new Conv2D(2, 2, dtype: d), dtype: d), [[2, 2, 3, 3, 1]], [2, 2, 2, 2, 2], 2, 10),
        new(d => new TimeDistributed(new BatchNormalization(dtype: d), dtype: d), [[4, 3, 2]], [4, 3, 2], 4, 8) { Training = true },
    ];
}
