namespace Keras.Layers;

/// <summary>Changes images by some layers of a list, drawn for each batch, as <c>keras.layers.RandAugment</c> (Cubuk et al., 2019).</summary>
public sealed class RandAugment : RandomAugmentation
{
    readonly IReadOnlyList<Augmentation> _parts;

    /// <summary>Chooses how much.</summary>
    /// <param name="valueRange">The lowest and the highest value that pixels can have. Default 0 and 255.</param>
    /// <param name="numOps">How many layers are drawn. Default 2.</param>
    /// <param name="factor">The strength of all, within [0, 1]. Default 0.5.</param>
    /// <param name="interpolation">Nearest or bilinear. Default bilinear; masks always take the nearest pixel.</param>
    /// <inheritdoc cref="RandomAugmentation(int?, DataFormat, string?, string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public RandAugment(Interval? valueRange = null, int numOps = 2, double factor = 0.5, Interpolation interpolation = default, int? seed = null,
        DataFormat dataFormat = default, string? boundingBoxFormat = null, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null)
        : base(seed, dataFormat, boundingBoxFormat, name, dtype, trainable, activityRegularizer)
    {
        ValueRange = (valueRange ?? (0, 255)).Range(Who);
        (Factor, Interpolation) = (factor, interpolation);
        _parts = AugmentationList.Of(this, factor, ValueRange, interpolation, all: true);
        NumOps = numOps >= 1 && numOps <= _parts.Count ? numOps : throw Errors.Argument(Who, "num_ops is out of range", $"1 to {_parts.Count}", numOps);
    }

    /// <summary>The lowest and the highest value that pixels can have.</summary>
    public Interval ValueRange { get; }

    /// <summary>How many layers are drawn.</summary>
    public int NumOps { get; }

    /// <summary>The strength of all.</summary>
    public double Factor { get; }

    /// <summary>How values between pixels are found.</summary>
    public Interpolation Interpolation { get; }

    private protected override Change Draw(Batch batch, Seed seed)
    {
        var order = Random.Shuffle(Ops.Arange(_parts.Count), seed: seed);
        var changes = Enumerable.Range(0, NumOps)
            .Select(i => AugmentationList.One(Ops.Squeeze(Ops.Narrow(order, 0, i, 1), 0), [.. _parts.Select(p => Draw(p, batch, seed))])).ToArray();
        return new Change(x => changes.Aggregate(x, (y, change) => change.Images(y)))
        {
            Masks = x => changes.Aggregate(x, (y, change) => change.Masks(y)),
            Corners = (corners, height, width) => (changes.Aggregate(corners, (c, change) => change.Corners!(c, height, width).Corners), height, width),
        };
    }
}
