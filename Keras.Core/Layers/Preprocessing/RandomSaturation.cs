namespace Keras.Layers;

/// <summary>Makes the colours of images stronger or weaker at random, as <c>keras.layers.RandomSaturation</c>.</summary>
public sealed class RandomSaturation : RandomColoring
{
    /// <summary>Chooses how much.</summary>
    /// <param name="factor">Bounds of the strength: 0 gives grey, 0.5 the image, 1 full colours; a number f means 0 to f.</param>
    /// <inheritdoc cref="RandomColoring(Interval?, int?, DataFormat, string?, string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A bound is out of range.</exception>
    public RandomSaturation(Interval factor, Interval? valueRange = null, DataFormat dataFormat = default, int? seed = null,
        string? boundingBoxFormat = null, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null)
        : base(valueRange, seed, dataFormat, boundingBoxFormat, name, dtype, trainable, activityRegularizer)
    {
        Factor = factor.Upto(Who, "factor");
    }

    private protected override Change Draw(Batch batch, Seed seed)
    {
        var factor = batch.Factors(Factor, seed);
        var times = factor / Ops.Maximum(1 - factor, 1e-4);
        return new Change(x => Hsv.Changed(x, batch, ValueRange, (hue, saturation) => (hue, Ops.Clip(saturation * times, 0, 1))));
    }
}
