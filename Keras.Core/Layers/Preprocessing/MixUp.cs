namespace Keras.Layers;

/// <summary>Mixes each image and its labels with those of another one of the batch, as
/// <c>keras.layers.MixUp</c> (Zhang et al., 2018). Labels are vectors of probabilities; of both images all bounding boxes count.</summary>
public sealed class MixUp : RandomAugmentation
{
    /// <summary>Chooses how much.</summary>
    /// <param name="alpha">The parameter of the beta distribution of the weights, above 0: the larger, the more even. Default 0.2.</param>
    /// <inheritdoc cref="RandomAugmentation(int?, DataFormat, string?, string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">Alpha is not positive.</exception>
    public MixUp(double alpha = 0.2, DataFormat dataFormat = default, int? seed = null, string? boundingBoxFormat = null, string? name = null,
        DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(seed, dataFormat, boundingBoxFormat, name, dtype, trainable, activityRegularizer)
    {
        Alpha = alpha > 0 ? alpha : throw Errors.Argument(Who, "alpha is not positive", "a number above 0", alpha);
    }

    /// <summary>The parameter of the beta distribution of the weights.</summary>
    public double Alpha { get; }

    internal override bool IsBySample => false;

    private protected override Change Draw(Batch batch, Seed seed)
    {
        var others = Random.Shuffle(Ops.Arange(batch.Count), seed: seed);
        var weight = Random.Beta([batch.Count, 1, 1, 1], Alpha, Alpha, batch.Places, seed);
        return new Change(Mixed)
        {
            Masks = Mixed,
            Labels = Mixed,
            Boxes = boxes => boxes.Map(b => Ops.Concatenate([b, Ops.Take(b, others, 0)], 1)),
        };

        Tensor Mixed(Tensor x) => Mixing.Weighted(x, Ops.Take(x, others, 0), weight, Dtype.ComputeDType);
    }
}
