namespace Keras.Layers;

/// <summary>Changes the contrast of images at random: (x − mean) · factor + mean for each channel, as <c>keras.layers.RandomContrast</c>.</summary>
public sealed class RandomContrast : RandomColoring
{
    /// <summary>Chooses how much.</summary>
    /// <param name="factor">How far the factor may lie below and above 1, each within [0, 1]; a number counts for both.</param>
    /// <inheritdoc cref="RandomColoring(Interval?, int?, DataFormat, string?, string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A bound is out of range.</exception>
    public RandomContrast(Interval factor, Interval? valueRange = null, int? seed = null, DataFormat dataFormat = default,
        string? boundingBoxFormat = null, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null)
        : base(valueRange, seed, dataFormat, boundingBoxFormat, name, dtype, trainable, activityRegularizer)
    {
        Factor = factor is { Low: >= 0 and <= 1, High: >= 0 and <= 1 } ? (factor.Low, factor.High)
            : throw Errors.Argument(Who, "factor is out of range", "one or two numbers within [0, 1]", factor);
    }

    private protected override Change Draw(Batch batch, Seed seed)
    {
        var factor = batch.Factors((1 - Factor.Low, 1 + Factor.High), seed);
        return new Change(x => Pixels.Clip(Pixels.Blend(Ops.Mean(x, batch.Area, keepdims: true), x, factor), ValueRange));
    }
}
