namespace Keras.Layers;

/// <summary>Moves images at random, as <c>keras.layers.RandomTranslation</c>.</summary>
public sealed class RandomTranslation : RandomTransform
{
    /// <summary>Chooses how far.</summary>
    /// <param name="heightFactor">Bounds of the way down, as parts of the height; a number f means −f to f.</param>
    /// <param name="widthFactor">Bounds of the way to the right, as parts of the width; a number f means −f to f.</param>
    /// <inheritdoc cref="RandomTransform(int?, FillMode?, Interpolation, double, DataFormat, string?, string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A bound is out of range.</exception>
    public RandomTranslation(Interval heightFactor, Interval widthFactor, FillMode? fillMode = null, Interpolation interpolation = default,
        int? seed = null, double fillValue = 0, DataFormat dataFormat = default, string? boundingBoxFormat = null, string? name = null,
        DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(seed, fillMode, interpolation, fillValue, dataFormat, boundingBoxFormat, name, dtype, trainable, activityRegularizer)
    {
        (HeightFactor, WidthFactor) = (heightFactor.Around(Who, "height_factor", -1, 1), widthFactor.Around(Who, "width_factor", -1, 1));
    }

    /// <summary>The bounds of the way down, as parts of the height.</summary>
    public Interval HeightFactor { get; }

    /// <summary>The bounds of the way to the right, as parts of the width.</summary>
    public Interval WidthFactor { get; }

    private protected override Tensor Map(Batch batch, Seed seed)
    {
        var down = batch.Numbers(HeightFactor, seed, 1) * batch.Height;
        var right = batch.Numbers(WidthFactor, seed, 1) * batch.Width;
        var (one, zero) = (Ops.OnesLike(down), Ops.ZerosLike(down));
        return Rows(one, zero, -right, zero, one, -down);
    }
}
