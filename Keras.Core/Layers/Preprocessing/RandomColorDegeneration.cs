namespace Keras.Layers;

/// <summary>Takes colour out of images at random, as <c>keras.layers.RandomColorDegeneration</c>.</summary>
public sealed class RandomColorDegeneration : RandomColoring
{
    /// <summary>Chooses how much.</summary>
    /// <param name="factor">Bounds of the part that is taken, 1 for all; a number f means 0 to f.</param>
    /// <inheritdoc cref="RandomColoring(Interval?, int?, DataFormat, string?, string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A bound is out of range.</exception>
    public RandomColorDegeneration(Interval factor, Interval? valueRange = null, DataFormat dataFormat = default, int? seed = null,
        string? boundingBoxFormat = null, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null)
        : base(valueRange, seed, dataFormat, boundingBoxFormat, name, dtype, trainable, activityRegularizer)
    {
        Factor = factor.Upto(Who, "factor");
    }

    private protected override Change Draw(Batch batch, Seed seed)
    {
        var factor = batch.Factors(Factor, seed);
        return new Change(x => Pixels.Clip(Pixels.Blend(x, Ops.RgbToGrayscale(x, batch.Format), factor), ValueRange));
    }
}
