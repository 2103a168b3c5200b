namespace Keras.Layers;

/// <summary>Spreads the values of each channel of each image over the whole range, as <c>keras.layers.AutoContrast</c>, outside of training too.</summary>
public sealed class AutoContrast : Augmentation
{
    /// <summary>Chooses the range.</summary>
    /// <param name="valueRange">The lowest and the highest value that pixels can have. Default 0 and 255.</param>
    /// <inheritdoc cref="RandomAugmentation(int?, DataFormat, string?, string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">The range is none.</exception>
    public AutoContrast(Interval? valueRange = null, DataFormat dataFormat = default, string? boundingBoxFormat = null, string? name = null,
        DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(dataFormat, boundingBoxFormat, name, dtype, trainable, activityRegularizer)
    {
        ValueRange = (valueRange ?? (0, 255)).Range(Who);
    }

    /// <summary>The lowest and the highest value that pixels can have.</summary>
    public Interval ValueRange { get; }

    private protected override bool Always => true;

    private protected override Change Draw(Batch batch, Seed seed) => new(x =>
    {
        var (least, most) = (Ops.Min(x, batch.Area, keepdims: true), Ops.Max(x, batch.Area, keepdims: true));
        var spread = ((x - least) * ((ValueRange.High - ValueRange.Low) / (most - least))) + ValueRange.Low;
        // A channel of one value stays.
        return Pixels.Clip(Ops.Where(Ops.Isnan(spread), x, spread), ValueRange);
    });
}
