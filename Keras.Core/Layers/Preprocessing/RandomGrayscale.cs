namespace Keras.Layers;

/// <summary>Makes some images grey, as <c>keras.layers.RandomGrayscale</c>. The channels stay three.</summary>
public sealed class RandomGrayscale : RandomAugmentation
{
    /// <summary>Chooses how many.</summary>
    /// <param name="factor">The probability that an image turns grey. Default 0.5.</param>
    /// <inheritdoc cref="RandomAugmentation(int?, DataFormat, string?, string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">The factor is no probability.</exception>
    public RandomGrayscale(double factor = 0.5, DataFormat dataFormat = default, int? seed = null, string? boundingBoxFormat = null,
        string? name = null, DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(seed, dataFormat, boundingBoxFormat, name, dtype, trainable, activityRegularizer)
    {
        Factor = factor is >= 0 and <= 1 ? factor : throw Errors.Argument(Who, "factor is no probability", "a number within [0, 1]", factor);
    }

    /// <summary>The probability that an image turns grey.</summary>
    public double Factor { get; }

    private protected override Change Draw(Batch batch, Seed seed)
    {
        var grey = batch.Chance(Factor, seed);
        return new Change(x => Ops.Where(grey, Ops.RgbToGrayscale(x, batch.Format), x));
    }
}
