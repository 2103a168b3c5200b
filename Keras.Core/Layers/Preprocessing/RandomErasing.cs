namespace Keras.Layers;

/// <summary>Covers a random rectangle of images, as <c>keras.layers.RandomErasing</c> (Zhong et al., 2017).</summary>
public sealed class RandomErasing : RandomColoring
{
    /// <summary>Chooses how much.</summary>
    /// <param name="factor">Bounds of the probability that an image is changed; a number f means 0 to f. Default 1.</param>
    /// <param name="scale">Bounds of the part of the area; a number f means 0 to f. Default 0.02 to 0.33.</param>
    /// <param name="fillValue">What the rectangle shows. Default normally distributed noise.</param>
    /// <inheritdoc cref="RandomColoring(Interval?, int?, DataFormat, string?, string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A bound is out of range.</exception>
    public RandomErasing(Interval? factor = null, Interval? scale = null, double? fillValue = null, Interval? valueRange = null, int? seed = null,
        DataFormat dataFormat = default, string? boundingBoxFormat = null, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null)
        : base(valueRange, seed, dataFormat, boundingBoxFormat, name, dtype, trainable, activityRegularizer)
    {
        Factor = (factor ?? 1).Upto(Who, "factor");
        Scale = (scale ?? (0.02, 0.33)).Upto(Who, "scale");
        FillValue = fillValue;
    }

    /// <summary>The bounds of the part of the area.</summary>
    public Interval Scale { get; }

    /// <summary>What the rectangle shows; <c>null</c> for noise.</summary>
    public double? FillValue { get; }

    private protected override Change Draw(Batch batch, Seed seed)
    {
        var (down, across) = (Ops.Sqrt(batch.Numbers(Scale, seed, 1, 1, 1)), Ops.Sqrt(batch.Numbers(Scale, seed, 1, 1, 1)));
        var covered = Ops.LogicalAnd(batch.Chance(Factor, seed), Rectangle.Of(batch, down, across, seed));
        var fill = FillValue is { } value ? Tensor.Scalar(value, batch.Type.DType)
            : Pixels.Clip(Random.Normal(batch.Type.Shape, 0, ValueRange.High, batch.Type.DType, seed), ValueRange);
        return new Change(x => Pixels.Clip(Ops.Where(covered, fill, x), ValueRange));
    }
}
