namespace Keras.Layers;

/// <summary>Distorts images as if they were drawn on rubber, at random, as <c>keras.layers.RandomElasticTransform</c>.</summary>
public sealed class RandomElasticTransform : RandomAugmentation
{
    // As ops.image.elastic_transform has them.
    const double Alpha = 20, Sigma = 5;

    /// <summary>Chooses how much.</summary>
    /// <param name="factor">Bounds of the probability that an image is changed; a number f means 0 to f. Default 1.</param>
    /// <param name="scale">Bounds of the strength, 1 for that of <see cref="Ops.ElasticTransform"/>; a number f means 0 to f. Default 1.</param>
    /// <param name="interpolation">Nearest or bilinear. Default bilinear; masks always take the nearest pixel.</param>
    /// <param name="fillMode">What stands outside. Default reflect.</param>
    /// <param name="fillValue">The constant outside. Default 0.</param>
    /// <param name="valueRange">The lowest and the highest value that pixels can have. Default 0 and 255.</param>
    /// <inheritdoc cref="RandomAugmentation(int?, DataFormat, string?, string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A bound is out of range.</exception>
    public RandomElasticTransform(Interval? factor = null, Interval? scale = null, Interpolation interpolation = default, FillMode? fillMode = null,
        double fillValue = 0, Interval? valueRange = null, int? seed = null, DataFormat dataFormat = default, string? boundingBoxFormat = null,
        string? name = null, DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(seed, dataFormat, boundingBoxFormat, name, dtype, trainable, activityRegularizer)
    {
        Factor = (factor ?? 1).Upto(Who, "factor");
        Scale = (scale ?? 1).Upto(Who, "scale", double.MaxValue);
        (Interpolation, FillMode, FillValue) = (interpolation.OfPoints(Who), fillMode ?? FillMode.Reflect, fillValue);
        ValueRange = (valueRange ?? (0, 255)).Range(Who);
    }

    /// <summary>The bounds of the probability that an image is changed.</summary>
    public Interval Factor { get; }

    /// <summary>The bounds of the strength.</summary>
    public Interval Scale { get; }

    /// <summary>How values between pixels are found.</summary>
    public Interpolation Interpolation { get; }

    /// <summary>What stands outside.</summary>
    public FillMode FillMode { get; }

    /// <summary>The constant outside.</summary>
    public double FillValue { get; }

    /// <summary>The lowest and the highest value that pixels can have.</summary>
    public Interval ValueRange { get; }

    private protected override Change Draw(Batch batch, Seed seed)
    {
        var strength = Ops.Where(batch.Chance(Factor, seed), batch.Numbers(Scale, seed, 1, 1, 1) * Alpha, 0);
        var noise = Random.Normal([2 * batch.Count, batch.Height, batch.Width, 1], 0, Sigma, batch.Places, seed);
        var size = (int)(6 * Sigma) | 1;
        var field = Ops.Reshape(Ops.GaussianBlur(noise, (size, size), (Sigma, Sigma), DataFormat.ChannelsLast), [2, batch.Count, batch.Height, batch.Width]);
        field *= Ops.Squeeze(strength, -1);
        var rows = Ops.Squeeze(Ops.Narrow(field, 0, 0, 1), 0) + Ops.Reshape(Ops.Arange(batch.Height, dtype: batch.Places), [1, batch.Height, 1]);
        var columns = Ops.Squeeze(Ops.Narrow(field, 0, 1, 1), 0) + Ops.Arange(batch.Width, dtype: batch.Places);
        return new Change(x => Pixels.Clip(Moved(x, Interpolation), ValueRange)) { Masks = x => Moved(x, Interpolation.Nearest) };

        Tensor Moved(Tensor x, Interpolation method) => Points.Move(x, batch.ChannelsFirst, (_, _, _) => (rows, columns), method, FillMode, FillValue);
    }
}
