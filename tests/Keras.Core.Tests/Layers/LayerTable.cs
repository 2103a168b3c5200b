namespace Keras.Core.Tests.Layers;

// Within the namespace, so that the layers are found before the ops of the same names.
using Keras.Constraints;
using Keras.Layers;
using Keras.Regularizers;

/// <summary>What the generic tests need to know of a layer.</summary>
/// <param name="Make">A layer of this dtype policy.</param>
/// <param name="Inputs">Shapes that it takes.</param>
/// <param name="Output">The shape that it gives for them.</param>
/// <param name="Weights">The number of weights.</param>
/// <param name="Params">The number of their elements.</param>
sealed record LayerRow(Func<DTypePolicy?, Layer> Make, Shape[] Inputs, Shape Output, int Weights = 0, long Params = 0)
{
    /// <summary>A layer with every argument off its default.</summary>
    public Func<Layer>? Other { get; init; }

    /// <summary>Keys of <see cref="Other"/>'s config that can have only one value.</summary>
    public string[] Fixed { get; init; } = [];

    /// <summary>The dtype of the output where it is not the compute dtype.</summary>
    public DType? Gives { get; init; }

    /// <summary>Whether the weights are found by Adapt, not by training.</summary>
    public bool Adapted { get; init; }

    /// <summary>Whether gradients and training steps are taken with the training flag.</summary>
    public bool Training { get; init; }

    /// <summary>Whether gradients pass what has none as if it were not there, so that differences do not show them.</summary>
    public bool StraightThrough { get; init; }

    /// <summary>Whether numbers are drawn, so that two layers give different results in training.</summary>
    public bool Random { get; init; }

    public Type Type => Make(null).GetType();

    public override string ToString() => $"{Type.Name} {string.Join(" ", Inputs)}{(Training ? " in training" : "")}";
}

static partial class LayerTable
{
    static readonly L1 Penalty = new(0.1);
    static readonly DTypePolicy Half = "mixed_bfloat16";

    public static IReadOnlyList<LayerRow> Rows { get; } = [.. AttentionRows.All(Half, Penalty), .. RecurrentRows.All(Half, Penalty), .. NormalizationRows.All(Half, Penalty), .. CoreRows.All(Half, Penalty), .. PreprocessingRows.All(Half, Penalty), .. Core(), .. Signals(), .. Convolutions(), .. OtherConvolutions(), .. Pools(), .. Shapes(), .. Pointwise(), .. Merges(), .. Noise(), .. Augmentations(), .. Lookups()];

    static IEnumerable<LayerRow> Core() =>
    [
        new(d => new Dense(3, dtype: d), [[2, 4]], [2, 3], 2, 15)
        {
            Other = () => new Dense(5, "relu", false, "he_normal", "ones", Penalty, new L2(), Penalty, new NonNeg(), new UnitNorm(), 2, 3,
                CoreRows.Quantized, "d", Half, false),
        },
        new(d => new Dense(3, "tanh", useBias: false, dtype: d), [[2, 5, 3, 4]], [2, 5, 3, 3], 1, 12),
        new(d => new Keras.Layers.Identity(dtype: d), [[2, 3]], [2, 3]) { Other = () => new Keras.Layers.Identity("i", Half, false, Penalty) },
        new(d => new Masking(dtype: d), [[2, 3, 4]], [2, 3, 4]) { Other = () => new Masking(2, "m", Half, false, Penalty) },
        new(d => new Rescaling(2.5, -1, dtype: d), [[2, 3]], [2, 3]) { Other = () => new Rescaling(3, 0.5, "r", Half, false, Penalty) },
        new(d => new Rescaling(Tensor.Of([1.0, 2, 3], [3]), dtype: d), [[2, 3]], [2, 3]),
        new(d => new ActivityRegularization(dtype: d), [[2, 3]], [2, 3]) { Other = () => new ActivityRegularization(0.1, 0.2, "a", Half, false) },
    ];

    static IEnumerable<LayerRow> Signals() =>
    [
        new(d => new MelSpectrogram(16, 8, numMelBins: 4, samplingRate: 1000, dtype: d), [[2, 40]], [2, 4, 6])
        {
            Other = () => new MelSpectrogram(32, 7, 20, "hamming", 8000, 5, 50, 3000, false, 60, 1, 1e-8, 2, "m", Half, false, Penalty),
        },
        new(d => new MelSpectrogram(16, 5, 12, SignalWindow.None, 1000, 3, powerToDb: false, magExp: 1, dtype: d), [[2, 40]], [2, 3, 9]),
        new(d => new STFTSpectrogram("magnitude", 8, dtype: d), [[2, 20, 2]], [2, 4, 10], 2, 80)
        {
            Other = () => new STFTSpectrogram("psd", 10, 3, 16, "hamming", true, "spectrum", "same", true, "channels_first", "s", Half, false, Penalty),
        },
        new(d => new STFTSpectrogram("stft", 8, 3, 10, SignalWindow.None, true, WindowScaling.None, "same", true, "channels_first", dtype: d), [[2, 3, 20]],
            [2, 3, 7, 12], 2, 96),
        new(d => new STFTSpectrogram("psd", 8, scaling: "spectrum", expandDims: true, dtype: d), [[2, 20, 3]], [2, 4, 5, 3], 2, 80),
        new(d => new STFTSpectrogram("real", 6, 2, window: Tensor.Of([1.0, 2, 3, 3, 2, 1], [6]), dataFormat: "channels_first", dtype: d), [[2, 2, 12]],
            [2, 10, 4], 1, 30),
    ];

    static IEnumerable<LayerRow> Convolutions() =>
    [
        new(d => new Conv2D(4, 3, dtype: d), [[2, 6, 5, 3]], [2, 4, 3, 4], 2, 112)
        {
            Other = () => new Conv2D(4, (3, 2), (2, 1), "same", "channels_first", (1, 1), 2, "relu", false, "he_normal", "ones", Penalty, new L2(), Penalty,
                new NonNeg(), new UnitNorm(), 3, 6, "c", Half, false),
            Fixed = ["dilation_rate"],
        },
        new(d => new Conv2D(4, (3, 2), 2, "same", activation: "tanh", dtype: d), [[2, 6, 5, 3]], [2, 3, 3, 4], 2, 76),
        new(d => new Conv2D(4, 2, dilationRate: (2, 1), groups: 2, useBias: false, dtype: d), [[2, 5, 5, 4]], [2, 3, 4, 4], 1, 32)
        {
            Other = () => new Conv2D(4, 2, dilationRate: (2, 1)),
            Fixed = ["*"],
        },
        new(d => new Conv2D(2, 3, dataFormat: "channels_first", dtype: d), [[2, 3, 5, 6]], [2, 2, 3, 4], 2, 56),
        new(d => new Conv1D(4, 3, dtype: d), [[2, 6, 3]], [2, 4, 4], 2, 40)
        {
            Other = () => new Conv1D(4, 2, 2, "causal", "channels_first", 1, 2, "relu", false, "he_normal", "ones", Penalty, new L2(), Penalty, new NonNeg(),
                new UnitNorm(), 3, 6, "c", Half, false),
            Fixed = ["dilation_rate"],
        },
        new(d => new Conv1D(4, 3, padding: "causal", dilationRate: 2, dtype: d), [[2, 6, 3]], [2, 6, 4], 2, 40),
        new(d => new Conv1D(4, 3, padding: "causal", dataFormat: "channels_first", dtype: d), [[2, 3, 6]], [2, 4, 6], 2, 40),
    ];

    static IEnumerable<LayerRow> Pools() =>
    [
        new(d => new AdaptiveAveragePooling1D(2, dtype: d), [[2, 5, 3]], [2, 2, 3])
        {
            Other = () => new AdaptiveAveragePooling1D(3, "channels_first", "p", Half, false, Penalty),
        },
        new(d => new AdaptiveAveragePooling2D(2, dtype: d), [[2, 5, 4, 3]], [2, 2, 2, 3])
        {
            Other = () => new AdaptiveAveragePooling2D(3, "channels_first", "p", Half, false, Penalty),
        },
        new(d => new AdaptiveAveragePooling3D(2, dtype: d), [[2, 3, 4, 5, 3]], [2, 2, 2, 2, 3])
        {
            Other = () => new AdaptiveAveragePooling3D(3, "channels_first", "p", Half, false, Penalty),
        },
        new(d => new AdaptiveMaxPooling1D(2, dtype: d), [[2, 5, 3]], [2, 2, 3])
        {
            Other = () => new AdaptiveMaxPooling1D(3, "channels_first", "p", Half, false, Penalty),
        },
        new(d => new AdaptiveMaxPooling2D(2, dtype: d), [[2, 5, 4, 3]], [2, 2, 2, 3])
        {
            Other = () => new AdaptiveMaxPooling2D(3, "channels_first", "p", Half, false, Penalty),
        },
        new(d => new AdaptiveMaxPooling3D(2, dtype: d), [[2, 3, 4, 5, 3]], [2, 2, 2, 2, 3])
        {
            Other = () => new AdaptiveMaxPooling3D(3, "channels_first", "p", Half, false, Penalty),
        },
        new(d => new MaxPooling3D(dtype: d), [[2, 4, 5, 6, 3]], [2, 2, 2, 3, 3])
        {
            Other = () => new MaxPooling3D((3, 1, 2), 1, "same", "channels_first", "p", Half, false, Penalty),
        },
        new(d => new GlobalMaxPooling3D(dtype: d), [[2, 5, 4, 3, 3]], [2, 3])
        {
            Other = () => new GlobalMaxPooling3D("channels_first", true, "g", Half, false, Penalty),
        },
        new(d => new AveragePooling3D(2, dtype: d), [[2, 4, 5, 6, 3]], [2, 2, 2, 3, 3])
        {
            Other = () => new AveragePooling3D((3, 1, 2), 1, "same", "channels_first", "p", Half, false, Penalty),
        },
        new(d => new GlobalAveragePooling3D(dtype: d), [[2, 5, 4, 3, 3]], [2, 3])
        {
            Other = () => new GlobalAveragePooling3D("channels_first", true, "g", Half, false, Penalty),
        },
        new(d => new MaxPooling1D(dtype: d), [[2, 5, 3]], [2, 2, 3]) { Other = () => new MaxPooling1D(3, 1, "same", "channels_first", "p", Half, false, Penalty) },
        new(d => new MaxPooling2D(dtype: d), [[2, 4, 6, 3]], [2, 2, 3, 3])
        {
            Other = () => new MaxPooling2D((3, 1), 1, "same", "channels_first", "p", Half, false, Penalty),
        },
        new(d => new MaxPooling2D(3, 2, "same", "channels_first", dtype: d), [[2, 3, 5, 6]], [2, 3, 3, 3]),
        new(d => new AveragePooling1D(2, dtype: d), [[2, 5, 3]], [2, 2, 3])
        {
            Other = () => new AveragePooling1D(3, 1, "same", "channels_first", "p", Half, false, Penalty),
        },
        new(d => new AveragePooling2D(2, dtype: d), [[2, 4, 6, 3]], [2, 2, 3, 3])
        {
            Other = () => new AveragePooling2D((3, 1), 1, "same", "channels_first", "p", Half, false, Penalty),
        },
        new(d => new AveragePooling2D(3, 2, "same", "channels_first", dtype: d), [[2, 3, 5, 6]], [2, 3, 3, 3]),
        new(d => new GlobalAveragePooling1D(dtype: d), [[2, 5, 3]], [2, 3])
        {
            Other = () => new GlobalAveragePooling1D("channels_first", true, "g", Half, false, Penalty),
        },
        new(d => new GlobalAveragePooling2D(dtype: d), [[2, 5, 4, 3]], [2, 3])
        {
            Other = () => new GlobalAveragePooling2D("channels_first", true, "g", Half, false, Penalty),
        },
        new(d => new GlobalMaxPooling1D(dtype: d), [[2, 5, 3]], [2, 3]) { Other = () => new GlobalMaxPooling1D("channels_first", true, "g", Half, false, Penalty) },
        new(d => new GlobalMaxPooling2D("channels_first", true, dtype: d), [[2, 3, 5, 4]], [2, 3, 1, 1])
        {
            Other = () => new GlobalMaxPooling2D("channels_last", false, "g", Half, false, Penalty),
        },
    ];

    static IEnumerable<LayerRow> Shapes() =>
    [
        new(d => new Flatten(dtype: d), [[2, 3, 4]], [2, 12]) { Other = () => new Flatten("channels_first", "f", Half, false, Penalty) },
        new(d => new Flatten("channels_first", dtype: d), [[2, 3, 4, 5]], [2, 60]),
        new(d => new Flatten(dtype: d), [[2]], [2, 1]),
        new(d => new Keras.Layers.Reshape((2, 6), dtype: d), [[3, 3, 4]], [3, 2, 6]) { Other = () => new Keras.Layers.Reshape((4, -1), "r", Half, false, Penalty) },
        new(d => new Keras.Layers.Reshape((-1, 2), dtype: d), [[3, 3, 4]], [3, 6, 2]),
        new(d => new Permute((2, 1), dtype: d), [[2, 3, 4]], [2, 4, 3]) { Other = () => new Permute((3, 1, 2), "p", Half, false, Penalty) },
        new(d => new RepeatVector(3, dtype: d), [[2, 4]], [2, 3, 4]) { Other = () => new RepeatVector(2, "r", Half, false, Penalty) },
        new(d => new ZeroPadding1D(dtype: d), [[2, 3, 4]], [2, 5, 4]) { Other = () => new ZeroPadding1D((1, 2), "channels_first", "z", Half, false, Penalty) },
        new(d => new ZeroPadding2D(dtype: d), [[2, 3, 4, 1]], [2, 5, 6, 1])
        {
            Other = () => new ZeroPadding2D(Axes.Create([1, 2, 3, 4]), "channels_first", "z", Half, false, Penalty),
        },
        new(d => new ZeroPadding2D(Axes.Create([1, 2, 0, 4]), "channels_first", dtype: d), [[2, 1, 3, 4]], [2, 1, 6, 8]),
        new(d => new Cropping1D(dtype: d), [[2, 5, 4]], [2, 3, 4]) { Other = () => new Cropping1D((1, 2), "z", Half, false, Penalty) },
        new(d => new Cropping2D((1, 2), dtype: d), [[2, 5, 6, 1]], [2, 3, 2, 1])
        {
            Other = () => new Cropping2D(Axes.Create([1, 2, 3, 4]), "channels_first", "z", Half, false, Penalty),
        },
        new(d => new Cropping3D(dtype: d), [[2, 5, 6, 4, 1]], [2, 3, 4, 2, 1])
        {
            Other = () => new Cropping3D(Axes.Create([1, 2, 3, 4, 0, 1]), "channels_first", "z", Half, false, Penalty),
        },
        new(d => new ZeroPadding3D((1, 0, 2), dtype: d), [[2, 3, 4, 2, 1]], [2, 5, 4, 6, 1])
        {
            Other = () => new ZeroPadding3D(Axes.Create([1, 2, 3, 4, 0, 1]), "channels_first", "z", Half, false, Penalty),
        },
        new(d => new UpSampling1D(dtype: d), [[2, 3, 4]], [2, 6, 4]) { Other = () => new UpSampling1D(3, "u", Half, false, Penalty) },
        new(d => new UpSampling2D(dtype: d), [[2, 3, 4, 1]], [2, 6, 8, 1])
        {
            Other = () => new UpSampling2D((3, 1), "channels_first", "bicubic", "u", Half, false, Penalty),
        },
        new(d => new UpSampling2D((1, 3), "channels_first", "bilinear", dtype: d), [[2, 1, 3, 4]], [2, 1, 3, 12]),
        new(d => new UpSampling3D(dtype: d), [[2, 1, 3, 4, 2]], [2, 2, 6, 8, 2])
        {
            Other = () => new UpSampling3D((3, 1, 2), "channels_first", "u", Half, false, Penalty),
        },
        new(d => new UpSampling3D((3, 1, 2), "channels_first", dtype: d), [[2, 1, 3, 4, 2]], [2, 1, 9, 4, 4]),
        new(d => new Resizing(4, 6, dtype: d), [[2, 3, 4, 2]], [2, 4, 6, 2])
        {
            Other = () => new Resizing(3, 2, "lanczos3", true, false, default, 0.5, true, "channels_first", "rel_xyxy", "r", Half, false, Penalty),
            Fixed = ["pad_to_aspect_ratio", "fill_mode"],
        },
        new(d => new Resizing(3, 2, "bicubic", padToAspectRatio: true, fillValue: 1, antialias: true, dataFormat: "channels_first", dtype: d), [[2, 2, 3, 4]], [2, 2, 3, 2]),
        new(d => new Resizing(3, 2, "lanczos5", cropToAspectRatio: true, dtype: d), [[2, 5, 4, 2]], [2, 3, 2, 2]),
        new(d => new CenterCrop(2, 3, dtype: d), [[2, 5, 5, 2]], [2, 2, 3, 2])
        {
            Other = () => new CenterCrop(3, 2, "channels_first", "xywh", "c", Half, false, Penalty),
        },
        new(d => new CenterCrop(4, 6, "channels_first", dtype: d), [[2, 2, 3, 4]], [2, 2, 4, 6]),
    ];

    static IEnumerable<LayerRow> Pointwise() =>
    [
        new(d => new Activation("tanh", dtype: d), [[2, 3]], [2, 3]) { Other = () => new Activation("gelu", "a", Half, false, Penalty) },
        new(d => new ReLU(dtype: d), [[2, 3]], [2, 3]) { Other = () => new ReLU(6, 0.1, 0.5, "r", Half, false, Penalty) },
        new(d => new ReLU(1, 0.2, 0.3, dtype: d), [[5, 7]], [5, 7]),
        new(d => new LeakyReLU(dtype: d), [[2, 3]], [2, 3]) { Other = () => new LeakyReLU(0.1, "r", Half, false, Penalty) },
        new(d => new ELU(dtype: d), [[2, 3]], [2, 3]) { Other = () => new ELU(0.5, "e", Half, false, Penalty) },
        new(d => new PReLU("ones", dtype: d), [[2, 3, 4]], [2, 3, 4], 1, 12)
        {
            Other = () => new PReLU("he_normal", Penalty, new NonNeg(), (1, 2), "p", Half, false, Penalty),
        },
        new(d => new PReLU(new Keras.Initializers.Constant(0.25), sharedAxes: 1, dtype: d), [[2, 3, 4]], [2, 3, 4], 1, 4),
        new(d => new Keras.Layers.Softmax(dtype: d), [[2, 3]], [2, 3]) { Other = () => new Keras.Layers.Softmax((1, 2), "s", Half, false, Penalty) },
        new(d => new Keras.Layers.Softmax((1, 2), dtype: d), [[2, 3, 4]], [2, 3, 4]),
    ];

    static IEnumerable<LayerRow> Merges() =>
    [
        new(d => new Keras.Layers.Add(dtype: d), [[2, 3], [2, 3], [2, 3]], [2, 3]) { Other = () => new Keras.Layers.Add("a", Half, false, Penalty) },
        new(d => new Keras.Layers.Add(dtype: d), [[2, 3, 4], [2, 4]], [2, 3, 4]),
        new(d => new Keras.Layers.Subtract(dtype: d), [[2, 3], [2, 1]], [2, 3]) { Other = () => new Keras.Layers.Subtract("s", Half, false, Penalty) },
        new(d => new Keras.Layers.Multiply(dtype: d), [[2, 3], [2, 3]], [2, 3]) { Other = () => new Keras.Layers.Multiply("m", Half, false, Penalty) },
        new(d => new Average(dtype: d), [[2, 3], [2, 3]], [2, 3]) { Other = () => new Average("a", Half, false, Penalty) },
        new(d => new Keras.Layers.Maximum(dtype: d), [[2, 3], [2, 3]], [2, 3]) { Other = () => new Keras.Layers.Maximum("m", Half, false, Penalty) },
        new(d => new Keras.Layers.Minimum(dtype: d), [[2, 3], [2, 3]], [2, 3]) { Other = () => new Keras.Layers.Minimum("m", Half, false, Penalty) },
        new(d => new Keras.Layers.Concatenate(dtype: d), [[2, 3], [2, 4]], [2, 7]) { Other = () => new Keras.Layers.Concatenate(1, "c", Half, false, Penalty) },
        new(d => new Keras.Layers.Concatenate(1, dtype: d), [[2, 3, 4], [2, 2, 4]], [2, 5, 4]),
        new(d => new Dot(1, dtype: d), [[2, 3], [2, 3]], [2, 1]) { Other = () => new Dot((1, 2), true, "d", Half, false, Penalty) },
        new(d => new Dot((1, -1), normalize: true, dtype: d), [[2, 3, 4], [2, 5, 3]], [2, 4, 5]),
    ];

    static IEnumerable<LayerRow> Noise() =>
    [
        new(d => new Dropout(0.5, seed: 3, dtype: d), [[4, 6]], [4, 6]) { Other = () => new Dropout(0.25, [null, 1], 7, "d", Half, false, Penalty), Random = true },
        new(d => new SpatialDropout1D(0.5, seed: 3, dtype: d), [[4, 5, 6]], [4, 5, 6]) { Other = () => new SpatialDropout1D(0.25, 7, "d", Half), Random = true },
        new(d => new SpatialDropout2D(0.5, seed: 3, dtype: d), [[4, 5, 6, 2]], [4, 5, 6, 2])
        {
            Other = () => new SpatialDropout2D(0.25, "channels_first", 7, "d", Half),
            Random = true,
        },
        new(d => new SpatialDropout3D(0.5, seed: 3, dtype: d), [[4, 5, 6, 2, 2]], [4, 5, 6, 2, 2])
        {
            Other = () => new SpatialDropout3D(0.25, "channels_first", 7, "d", Half),
            Random = true,
        },
        new(d => new AlphaDropout(0.5, seed: 3, dtype: d), [[4, 6]], [4, 6])
        {
            Other = () => new AlphaDropout(0.25, [null, 1], 7, "d", Half, false, Penalty),
            Random = true,
        },
        new(d => new GaussianNoise(0.5, seed: 3, dtype: d), [[4, 6]], [4, 6]) { Other = () => new GaussianNoise(0.25, 7, "d", Half, false, Penalty), Random = true },
        new(d => new GaussianDropout(0.5, seed: 3, dtype: d), [[4, 6]], [4, 6]) { Other = () => new GaussianDropout(0.25, 7, "d", Half, false, Penalty), Random = true },
    ];
}
