namespace Keras.Layers;

/// <summary>Keeps the first bits of each value alone, as <c>keras.layers.RandomPosterization</c>.</summary>
public sealed class RandomPosterization : RandomColoring
{
    /// <summary>Chooses how many.</summary>
    /// <param name="factor">Bounds of the number of bits, whole numbers within [1, 8].</param>
    /// <inheritdoc cref="RandomColoring(Interval?, int?, DataFormat, string?, string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A bound is out of range, or no whole number.</exception>
    public RandomPosterization(Interval factor, Interval? valueRange = null, DataFormat dataFormat = default, int? seed = null,
        string? boundingBoxFormat = null, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null)
        : base(valueRange, seed, dataFormat, boundingBoxFormat, name, dtype, trainable, activityRegularizer)
    {
        Factor = factor.Alone(Who, "factor", 1, 8);
        if (Factor.Low % 1 != 0 || Factor.High % 1 != 0) throw Errors.Argument(Who, "factor is no number of bits", "whole numbers within [1, 8]", factor);
    }

    private protected override Change Draw(Batch batch, Seed seed)
    {
        var bits = Random.Randint([batch.Count, 1, 1, 1], (long)Factor.Low, (long)Factor.High + 1, seed: seed);
        var kept = Ops.BitwiseAnd(Ops.LeftShift(Tensor.Scalar(255, DType.Int32), 8 - bits), 255);
        return new Change(x =>
        {
            var values = Ops.BitwiseAnd(Ops.Cast(Pixels.Between(x, ValueRange, (0, 255)), DType.Int32), kept);
            return Pixels.Between(Ops.Cast(values, x.DType), (0, 255), ValueRange);
        });
    }
}
