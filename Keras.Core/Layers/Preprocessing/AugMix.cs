namespace Keras.Layers;

/// <summary>Mixes each image with chains of changed forms of it, as <c>keras.layers.AugMix</c> (Hendrycks et al., 2020). Masks and bounding boxes stay.</summary>
public sealed class AugMix : RandomAugmentation
{
    readonly IReadOnlyList<Augmentation> _parts;

    /// <summary>Chooses how much.</summary>
    /// <param name="valueRange">The lowest and the highest value that pixels can have. Default 0 and 255.</param>
    /// <param name="numChains">How many chains are mixed. Default 3.</param>
    /// <param name="chainDepth">How many layers are drawn for each chain. Default 3.</param>
    /// <param name="factor">The strength of all, within [0, 1]. Default 0.3.</param>
    /// <param name="alpha">The parameter of the distributions of weights, above 0. Default 1.</param>
    /// <param name="allOps">Whether brightness, colour, contrast and sharpness change too. Default true.</param>
    /// <param name="interpolation">Nearest or bilinear. Default bilinear.</param>
    /// <inheritdoc cref="RandomAugmentation(int?, DataFormat, string?, string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public AugMix(Interval? valueRange = null, int numChains = 3, int chainDepth = 3, double factor = 0.3, double alpha = 1, bool allOps = true,
        Interpolation interpolation = default, int? seed = null, DataFormat dataFormat = default, string? boundingBoxFormat = null,
        string? name = null, DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(seed, dataFormat, boundingBoxFormat, name, dtype, trainable, activityRegularizer)
    {
        ValueRange = (valueRange ?? (0, 255)).Range(Who);
        if (numChains < 1 || chainDepth < 1) throw Errors.Argument(Who, "there are no chains", "num_chains and chain_depth of 1 or more", (numChains, chainDepth));
        (NumChains, ChainDepth, Factor, AllOps, Interpolation) = (numChains, chainDepth, factor, allOps, interpolation);
        Alpha = alpha > 0 ? alpha : throw Errors.Argument(Who, "alpha is not positive", "a number above 0", alpha);
        _parts = AugmentationList.Of(this, factor, ValueRange, interpolation, allOps);
    }

    /// <summary>The lowest and the highest value that pixels can have.</summary>
    public Interval ValueRange { get; }

    /// <summary>How many chains are mixed.</summary>
    public int NumChains { get; }

    /// <summary>How many layers are drawn for each chain.</summary>
    public int ChainDepth { get; }

    /// <summary>The strength of all.</summary>
    public double Factor { get; }

    /// <summary>The parameter of the distributions of weights.</summary>
    public double Alpha { get; }

    /// <summary>Whether brightness, colour, contrast and sharpness change too.</summary>
    public bool AllOps { get; }

    /// <summary>How values between pixels are found.</summary>
    public Interpolation Interpolation { get; }

    private protected override Change Draw(Batch batch, Seed seed)
    {
        var shares = Random.Gamma([NumChains, batch.Count, 1, 1, 1], Alpha, batch.Places, seed);
        shares = Ops.Cast(shares / Ops.Sum(shares, 0, keepdims: true), batch.Type.DType);
        var changed = Ops.Cast(Random.Beta([batch.Count, 1, 1, 1], Alpha, Alpha, batch.Places, seed), batch.Type.DType);
        var chains = Enumerable.Range(0, NumChains).Select(_ => Enumerable.Range(0, ChainDepth).Select(_ => One(batch, seed)).ToArray()).ToArray();
        return new Change(x =>
        {
            var mixed = chains.Select((chain, i) => chain.Aggregate(x, (y, change) => change.Images(y)) * Ops.Squeeze(Ops.Narrow(shares, 0, i, 1), 0))
                .Aggregate(Ops.Add);
            return Pixels.Clip(Pixels.Blend(x, mixed, changed), ValueRange);
        });
    }

    Change One(Batch batch, Seed seed) =>
        AugmentationList.One(Ops.Squeeze(Random.Randint([1], 0, _parts.Count, seed: seed), 0), [.. _parts.Select(p => Draw(p, batch, seed))]);
}
