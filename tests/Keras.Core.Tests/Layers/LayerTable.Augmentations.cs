namespace Keras.Core.Tests.Layers;

using Keras.Layers;

static partial class LayerTable
{
    static readonly Interval Off = (0.1, 0.7);
    static readonly Interval Unit = (0, 1);

    // Outside of training all but the last few give back what they get; AugmentationTests tell what they do in training.
    static IEnumerable<LayerRow> Augmentations() =>
    [
        Image(d => new RandomFlip(dtype: d), () => new RandomFlip("vertical", 7, "channels_first", "xywh", "r", Half, false, Penalty)),
        Image(d => new RandomRotation(0.2, dtype: d), () => new RandomRotation(Off, "wrap", "nearest", 7, 1, "channels_first", "xywh", "r", Half, false, Penalty)),
        Image(d => new RandomTranslation(0.2, 0.1, dtype: d),
            () => new RandomTranslation(Off, Off, "wrap", "nearest", 7, 1, "channels_first", "xywh", "r", Half, false, Penalty)),
        Image(d => new RandomZoom(0.2, dtype: d), () => new RandomZoom(Off, 0.3, "wrap", "nearest", 7, 1, "channels_first", "xywh", "r", Half, false, Penalty)),
        Image(d => new RandomShear(dtype: d), () => new RandomShear(Off, 0.3, "nearest", "wrap", 1, "channels_first", 7, "xywh", "r", Half, false, Penalty)),
        Image(d => new RandomPerspective(dtype: d), () => new RandomPerspective(Off, 0.3, "nearest", 1, 7, "channels_first", "xywh", "r", Half, false, Penalty)),
        Image(d => new RandomCrop(5, 4, dtype: d), () => new RandomCrop(3, 2, 7, "channels_first", "r", "xywh", Half, false, Penalty)),
        Image(d => new RandomBrightness(0.2, dtype: d), () => new RandomBrightness(Off, Unit, 7, "channels_first", "xywh", "r", Half, false, Penalty)),
        Image(d => new RandomContrast(0.2, dtype: d), () => new RandomContrast(Off, Unit, 7, "channels_first", "xywh", "r", Half, false, Penalty)),
        Image(d => new RandomHue(0.2, dtype: d), () => new RandomHue(Off, Unit, "channels_first", 7, "xywh", "r", Half, false, Penalty)),
        Image(d => new RandomSaturation(0.2, dtype: d), () => new RandomSaturation(Off, Unit, "channels_first", 7, "xywh", "r", Half, false, Penalty)),
        Image(d => new RandomColorDegeneration(0.2, dtype: d), () => new RandomColorDegeneration(Off, Unit, "channels_first", 7, "xywh", "r", Half, false, Penalty)),
        Image(d => new RandomGrayscale(dtype: d), () => new RandomGrayscale(0.2, "channels_first", 7, "xywh", "r", Half, false, Penalty)),
        Image(d => new RandomInvert(dtype: d), () => new RandomInvert(Off, Unit, 7, "channels_first", "xywh", "r", Half, false, Penalty)),
        Image(d => new RandomPosterization(4, dtype: d), () => new RandomPosterization((2, 3), Unit, "channels_first", 7, "xywh", "r", Half, false, Penalty)),
        Image(d => new RandomSharpness(0.2, dtype: d), () => new RandomSharpness(Off, Unit, "channels_first", 7, "xywh", "r", Half, false, Penalty)),
        Image(d => new RandomGaussianBlur(dtype: d), () => new RandomGaussianBlur(Off, (3, 5), Off, Unit, "channels_first", 7, "xywh", "r", Half, false, Penalty)),
        Image(d => new RandomElasticTransform(dtype: d),
            () => new RandomElasticTransform(Off, Off, "nearest", "wrap", 1, Unit, 7, "channels_first", "xywh", "r", Half, false, Penalty)),
        Image(d => new RandomErasing(dtype: d), () => new RandomErasing(Off, Off, 0.5, Unit, 7, "channels_first", "xywh", "r", Half, false, Penalty)),
        Image(d => new RandomColorJitter(dtype: d),
            () => new RandomColorJitter(Unit, 0.1, 0.2, 0.3, 0.4, 7, "channels_first", "xywh", "r", Half, false, Penalty)),
        Image(d => new Solarization(dtype: d), () => new Solarization(Off, Off, Unit, 7, "channels_first", "xywh", "r", Half, false, Penalty)),
        Image(d => new MixUp(dtype: d), () => new MixUp(0.5, "channels_first", 7, "xywh", "r", Half, false, Penalty)),
        Image(d => new CutMix(dtype: d), () => new CutMix(Off, 7, "channels_first", "xywh", "r", Half, false, Penalty)),
        Image(d => new RandAugment(dtype: d), () => new RandAugment(Unit, 3, 0.2, "nearest", 7, "channels_first", "xywh", "r", Half, false, Penalty)),
        Image(d => new AugMix(dtype: d), () => new AugMix(Unit, 2, 1, 0.2, 0.5, false, "nearest", 7, "channels_first", "xywh", "r", Half, false, Penalty)),
        Image(d => new AutoContrast((-2, 2), dtype: d), () => new AutoContrast(Unit, "channels_first", "xywh", "r", Half, false, Penalty)),
        Image(d => new Equalization(dtype: d), () => new Equalization(Unit, 64, "channels_first", "xywh", "r", Half, false, Penalty)),
        Image(d => new ContrastLimitedAdaptiveHistogramEqualization(dtype: d),
            () => new ContrastLimitedAdaptiveHistogramEqualization(Unit, 2, 4, "channels_first", "xywh", "r", Half, false, Penalty)),
        Image(d => new Pipeline([new Dense(3, dtype: d), new RandomFlip(dtype: d)]), () => new Pipeline([new Dense(3)], "p")) with { Weights = 2, Params = 12 },
    ];

    static LayerRow Image(Func<DTypePolicy?, Layer> make, Func<Layer> other) => new(make, [[2, 6, 5, 3]], [2, 6, 5, 3]) { Other = other };
}
