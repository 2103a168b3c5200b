namespace Keras.Layers;

/// <summary>Turns the colours of some images into their opposites, as <c>keras.layers.RandomInvert</c>.</summary>
public sealed class RandomInvert : RandomColoring
{
    /// <summary>Chooses how many.</summary>
    /// <param name="factor">Bounds of the probability that an image is changed; a number f means 0 to f. Default 1.</param>
    /// <inheritdoc cref="RandomColoring(Interval?, int?, DataFormat, string?, string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A bound is out of range.</exception>
    public RandomInvert(Interval? factor = null, Interval? valueRange = null, int? seed = null, DataFormat dataFormat = default,
        string? boundingBoxFormat = null, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null)
        : base(valueRange, seed, dataFormat, boundingBoxFormat, name, dtype, trainable, activityRegularizer)
    {
        Factor = (factor ?? 1).Upto(Who, "factor");
    }

    private protected override Change Draw(Batch batch, Seed seed)
    {
        var inverted = batch.Chance(Factor, seed);
        return new Change(x => Pixels.Clip(Ops.Where(inverted, (ValueRange.Low + ValueRange.High) - x, x), ValueRange));
    }
}
