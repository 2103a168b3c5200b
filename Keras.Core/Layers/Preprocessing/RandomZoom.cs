namespace Keras.Layers;

/// <summary>Makes what images show larger or smaller at random, as <c>keras.layers.RandomZoom</c>.</summary>
public sealed class RandomZoom : RandomTransform
{
    /// <summary>Chooses how much.</summary>
    /// <param name="heightFactor">Bounds of how much more of the height is seen: 0.2 shows 1.2 times as much, −0.2 magnifies; a number f means −f to f.</param>
    /// <param name="widthFactor">The same for the width. Default as the height, so that the form of things is kept.</param>
    /// <inheritdoc cref="RandomTransform(int?, FillMode?, Interpolation, double, DataFormat, string?, string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A bound is out of range.</exception>
    public RandomZoom(Interval heightFactor, Interval? widthFactor = null, FillMode? fillMode = null, Interpolation interpolation = default,
        int? seed = null, double fillValue = 0, DataFormat dataFormat = default, string? boundingBoxFormat = null, string? name = null,
        DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(seed, fillMode, interpolation, fillValue, dataFormat, boundingBoxFormat, name, dtype, trainable, activityRegularizer)
    {
        HeightFactor = heightFactor.Around(Who, "height_factor", -1, double.MaxValue);
        WidthFactor = widthFactor?.Around(Who, "width_factor", -1, double.MaxValue);
    }

    /// <summary>The bounds of how much more of the height is seen.</summary>
    public Interval HeightFactor { get; }

    /// <summary>The bounds of how much more of the width is seen; <c>null</c> where as much as of the height.</summary>
    public Interval? WidthFactor { get; }

    private protected override Tensor Map(Batch batch, Seed seed)
    {
        var down = batch.Numbers(HeightFactor, seed, 1) + 1;
        var across = WidthFactor is { } width ? batch.Numbers(width, seed, 1) + 1 : down;
        var zero = Ops.ZerosLike(down);
        return Rows(across, zero, (1 - across) * ((batch.Width - 1) / 2.0), zero, down, (1 - down) * ((batch.Height - 1) / 2.0));
    }
}
