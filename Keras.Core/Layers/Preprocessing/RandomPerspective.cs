namespace Keras.Layers;

/// <summary>Shows images as if seen from the side, at random, as <c>keras.layers.RandomPerspective</c>: each corner moves inwards by up to half a side.</summary>
public sealed class RandomPerspective : RandomTransform
{
    /// <summary>Chooses how much.</summary>
    /// <param name="factor">Bounds of the probability that an image is changed; a number f means 0 to f. Default 1.</param>
    /// <param name="scale">The largest move of a corner as a part of half a side, within [0, 1]. Default 1.</param>
    /// <inheritdoc cref="RandomTransform(int?, FillMode?, Interpolation, double, DataFormat, string?, string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A bound is out of range.</exception>
    public RandomPerspective(Interval? factor = null, double scale = 1, Interpolation interpolation = default, double fillValue = 0,
        int? seed = null, DataFormat dataFormat = default, string? boundingBoxFormat = null, string? name = null, DTypePolicy? dtype = null,
        bool trainable = true, Regularizer? activityRegularizer = null)
        : base(seed, FillMode.Constant, interpolation, fillValue, dataFormat, boundingBoxFormat, name, dtype, trainable, activityRegularizer)
    {
        Factor = (factor ?? 1).Upto(Who, "factor");
        Scale = scale is >= 0 and <= 1 ? scale : throw Errors.Argument(Who, "scale is out of range", "a number within [0, 1]", scale);
    }

    /// <summary>The bounds of the probability that an image is changed.</summary>
    public Interval Factor { get; }

    /// <summary>The largest move of a corner, as a part of half a side.</summary>
    public double Scale { get; }

    private protected override Tensor Map(Batch batch, Seed seed)
    {
        var (right, bottom) = (Math.Max(batch.Width - 1.0, 1), Math.Max(batch.Height - 1.0, 1));
        var start = Ops.Cast(Tensor.Of([0, 0, right, 0, 0, bottom, right, bottom], [1, 4, 2]), batch.Places);
        // Just below half a side, so that corners do not meet.
        var inwards = Tensor.Of([1.0, 1, -1, 1, 1, -1, -1, -1], [1, 4, 2]) * Tensor.Of([right, bottom], [2]) * (0.499 * Scale);
        var moves = batch.Numbers((0, 1), seed, 4, 2) * Ops.Cast(inwards, batch.Places);
        moves = Ops.Where(Ops.Squeeze(batch.Chance(Factor, seed), -1), moves, 0);
        start = Ops.BroadcastTo(start, moves.Shape);
        return Ops.Homography(start, start + moves);
    }
}
