namespace Keras.Layers;

/// <summary>Makes images brighter or darker at random, as <c>keras.layers.RandomBrightness</c>.</summary>
public sealed class RandomBrightness : RandomColoring
{
    /// <summary>Chooses how much.</summary>
    /// <param name="factor">Bounds of what is added, as parts of the range of values; a number f means −f to f.</param>
    /// <inheritdoc cref="RandomColoring(Interval?, int?, DataFormat, string?, string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A bound is out of range.</exception>
    public RandomBrightness(Interval factor, Interval? valueRange = null, int? seed = null, DataFormat dataFormat = default,
        string? boundingBoxFormat = null, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null)
        : base(valueRange, seed, dataFormat, boundingBoxFormat, name, dtype, trainable, activityRegularizer)
    {
        Factor = factor.Around(Who, "factor", -1, 1);
    }

    private protected override Change Draw(Batch batch, Seed seed)
    {
        var more = batch.Factors(Factor, seed) * (ValueRange.High - ValueRange.Low);
        return new Change(x => Pixels.Clip(x + more, ValueRange));
    }
}
