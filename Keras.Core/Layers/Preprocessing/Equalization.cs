namespace Keras.Layers;

/// <summary>Spreads the values of each channel of each image such that all are about as frequent, as <c>keras.layers.Equalization</c>.</summary>
public sealed class Equalization : Augmentation
{
    /// <summary>Chooses the range.</summary>
    /// <param name="valueRange">The lowest and the highest value that pixels can have. Default 0 and 255.</param>
    /// <param name="bins">How many values are told apart. Default 256.</param>
    /// <inheritdoc cref="RandomAugmentation(int?, DataFormat, string?, string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">The range is none, or there are no bins.</exception>
    public Equalization(Interval? valueRange = null, int bins = 256, DataFormat dataFormat = default, string? boundingBoxFormat = null,
        string? name = null, DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(dataFormat, boundingBoxFormat, name, dtype, trainable, activityRegularizer)
    {
        ValueRange = (valueRange ?? (0, 255)).Range(Who);
        Bins = bins is > 0 and <= 1 << 20 ? bins : throw Errors.Argument(Who, "the number of bins is out of range", "1 to 1048576", bins);
    }

    /// <summary>The lowest and the highest value that pixels can have.</summary>
    public Interval ValueRange { get; }

    /// <summary>How many values are told apart.</summary>
    public int Bins { get; }

    private protected override Change Draw(Batch batch, Seed seed) => new(x =>
    {
        var rows = Levels.Rows(x, batch, ValueRange);
        var levels = Levels.Of(rows, Bins);
        var sums = Ops.Cumsum(Levels.Count(levels, Bins), -1);
        var pixels = levels.Shape[1];
        var first = Ops.Min(Ops.Where(sums > 0, sums, pixels), -1, keepdims: true);
        var rest = pixels - first;
        var spread = Ops.Round(Ops.Cast(Ops.Maximum(sums - first, 0), batch.Places) * 255 / Ops.Cast(Ops.Maximum(rest, 1), batch.Places));
        // A channel of one value stays.
        return Levels.Back(Ops.Where(rest > 0, Ops.TakeAlongAxis(spread, levels, -1), rows), batch, ValueRange, x);
    });
}
