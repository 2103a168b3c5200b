namespace Keras.Layers;

/// <summary>Turns the hue of colour images at random, as <c>keras.layers.RandomHue</c>.</summary>
public sealed class RandomHue : RandomColoring
{
    /// <summary>Chooses how far.</summary>
    /// <param name="factor">Bounds of the turn in either direction, 1 for half the circle of colours; a number f means 0 to f.</param>
    /// <inheritdoc cref="RandomColoring(Interval?, int?, DataFormat, string?, string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A bound is out of range.</exception>
    public RandomHue(Interval factor, Interval? valueRange = null, DataFormat dataFormat = default, int? seed = null,
        string? boundingBoxFormat = null, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null)
        : base(valueRange, seed, dataFormat, boundingBoxFormat, name, dtype, trainable, activityRegularizer)
    {
        Factor = factor.Upto(Who, "factor");
    }

    private protected override Change Draw(Batch batch, Seed seed)
    {
        var turn = batch.Factors(Factor, seed) * Ops.Cast(batch.Signs(seed, 1, 1, 1), batch.Type.DType) * 0.5;
        return new Change(x => Hsv.Changed(x, batch, ValueRange, (hue, saturation) => (Ops.Mod(hue + turn, 1), saturation)));
    }
}
