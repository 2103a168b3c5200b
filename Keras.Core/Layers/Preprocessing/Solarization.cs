namespace Keras.Layers;

/// <summary>Turns values above a threshold into their opposites, as <c>keras.layers.Solarization</c>.</summary>
public sealed class Solarization : RandomAugmentation
{
    /// <summary>Chooses how much.</summary>
    /// <param name="additionFactor">Bounds of what is added before, as parts of the range of values; a number f means 0 to f. Default 0.</param>
    /// <param name="thresholdFactor">Bounds of the threshold, likewise. Default 0: all values.</param>
    /// <param name="valueRange">The lowest and the highest value that pixels can have. Default 0 and 255.</param>
    /// <inheritdoc cref="RandomAugmentation(int?, DataFormat, string?, string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A bound is out of range.</exception>
    public Solarization(Interval? additionFactor = null, Interval? thresholdFactor = null, Interval? valueRange = null, int? seed = null,
        DataFormat dataFormat = default, string? boundingBoxFormat = null, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null)
        : base(seed, dataFormat, boundingBoxFormat, name, dtype, trainable, activityRegularizer)
    {
        (AdditionFactor, ThresholdFactor) = ((additionFactor ?? 0).Upto(Who, "addition_factor"), (thresholdFactor ?? 0).Upto(Who, "threshold_factor"));
        ValueRange = (valueRange ?? (0, 255)).Range(Who);
    }

    /// <summary>The bounds of what is added before, as parts of the range of values.</summary>
    public Interval AdditionFactor { get; }

    /// <summary>The bounds of the threshold, as parts of the range of values.</summary>
    public Interval ThresholdFactor { get; }

    /// <summary>The lowest and the highest value that pixels can have.</summary>
    public Interval ValueRange { get; }

    private protected override Change Draw(Batch batch, Seed seed)
    {
        var span = ValueRange.High - ValueRange.Low;
        var (more, threshold) = (batch.Factors(AdditionFactor, seed) * span, (batch.Factors(ThresholdFactor, seed) * span) + ValueRange.Low);
        return new Change(x =>
        {
            var values = Pixels.Clip(x + more, ValueRange);
            return Ops.Where(values < threshold, values, (ValueRange.Low + ValueRange.High) - values);
        });
    }
}
