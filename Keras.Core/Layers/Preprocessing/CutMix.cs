namespace Keras.Layers;

/// <summary>Puts a rectangle of another image of the batch over each image, and mixes the labels by area, as
/// <c>keras.layers.CutMix</c> (Yun et al., 2019). Labels are vectors of probabilities.</summary>
public sealed class CutMix : RandomAugmentation
{
    /// <summary>Chooses how much.</summary>
    /// <param name="factor">Bounds of the parameter of the beta distribution of areas; a number f means 0 to f. Default 1.</param>
    /// <inheritdoc cref="RandomAugmentation(int?, DataFormat, string?, string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A bound is out of range.</exception>
    public CutMix(Interval? factor = null, int? seed = null, DataFormat dataFormat = default, string? boundingBoxFormat = null, string? name = null,
        DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(seed, dataFormat, boundingBoxFormat, name, dtype, trainable, activityRegularizer)
    {
        Factor = (factor ?? 1).Upto(Who, "factor");
    }

    /// <summary>The bounds of the parameter of the beta distribution of areas.</summary>
    public Interval Factor { get; }

    internal override bool IsBySample => false;

    private protected override Change Draw(Batch batch, Seed seed)
    {
        if (Factor.High == 0) return new Change(x => x);
        var others = Random.Shuffle(Ops.Arange(batch.Count), seed: seed);
        var alpha = batch.Numbers((Math.Max(Factor.Low, 1e-3), Math.Max(Factor.High, 1e-3)), seed, 1, 1, 1);
        var side = Ops.Sqrt(1 - Random.Beta(alpha.Shape, alpha, alpha, batch.Places, seed));
        var covered = Rectangle.Of(batch, side, side, seed);
        var weight = 1 - Ops.Mean(Ops.Cast(covered, batch.Places), batch.Area, keepdims: true);
        return new Change(Cut) { Masks = Cut, Labels = x => Mixing.Weighted(x, Ops.Take(x, others, 0), weight, Dtype.ComputeDType) };

        Tensor Cut(Tensor x) => Ops.Where(covered, Ops.Take(x, others, 0), x);
    }
}
