namespace Keras.Layers;

/// <summary>Changes brightness, contrast, saturation and hue of images at random, in this order, as <c>keras.layers.RandomColorJitter</c>.</summary>
public sealed class RandomColorJitter : RandomAugmentation
{
    readonly List<Augmentation> _parts = [];

    /// <summary>Chooses how much. What has no factor stays.</summary>
    /// <param name="valueRange">The lowest and the highest value that pixels can have. Default 0 and 255.</param>
    /// <param name="brightnessFactor">As that of <see cref="RandomBrightness"/>. Default none.</param>
    /// <param name="contrastFactor">As that of <see cref="RandomContrast"/>. Default none.</param>
    /// <param name="saturationFactor">As that of <see cref="RandomSaturation"/>. Default none.</param>
    /// <param name="hueFactor">As that of <see cref="RandomHue"/>. Default none.</param>
    /// <inheritdoc cref="RandomAugmentation(int?, DataFormat, string?, string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A bound is out of range.</exception>
    public RandomColorJitter(Interval? valueRange = null, Interval? brightnessFactor = null, Interval? contrastFactor = null,
        Interval? saturationFactor = null, Interval? hueFactor = null, int? seed = null, DataFormat dataFormat = default,
        string? boundingBoxFormat = null, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null)
        : base(seed, dataFormat, boundingBoxFormat, name, dtype, trainable, activityRegularizer)
    {
        ValueRange = (valueRange ?? (0, 255)).Range(Who);
        BrightnessFactor = Add(brightnessFactor, f => new RandomBrightness(f, ValueRange, 0, DataFormat, name: "brightness", dtype: Dtype), l => l.Factor);
        ContrastFactor = Add(contrastFactor, f => new RandomContrast(f, ValueRange, 0, DataFormat, name: "contrast", dtype: Dtype), l => l.Factor);
        SaturationFactor = Add(saturationFactor, f => new RandomSaturation(f, ValueRange, DataFormat, 0, name: "saturation", dtype: Dtype), l => l.Factor);
        HueFactor = Add(hueFactor, f => new RandomHue(f, ValueRange, DataFormat, 0, name: "hue", dtype: Dtype), l => l.Factor);
    }

    /// <summary>The lowest and the highest value that pixels can have.</summary>
    public Interval ValueRange { get; }

    /// <summary>The bounds for the brightness, where given.</summary>
    public Interval? BrightnessFactor { get; }

    /// <summary>The bounds for the contrast, where given.</summary>
    public Interval? ContrastFactor { get; }

    /// <summary>The bounds for the saturation, where given.</summary>
    public Interval? SaturationFactor { get; }

    /// <summary>The bounds for the hue, where given.</summary>
    public Interval? HueFactor { get; }

    Interval? Add<T>(Interval? given, Func<Interval, T> make, Func<T, Interval> factor) where T : Augmentation
    {
        if (given is not { } bounds) return null;
        var layer = make(bounds);
        _parts.Add(layer);
        return factor(layer);
    }

    private protected override Change Draw(Batch batch, Seed seed)
    {
        var changes = _parts.Select(p => Draw(p, batch, seed)).ToArray();
        return new Change(x => changes.Aggregate(x, (y, change) => change.Images(y)));
    }
}
