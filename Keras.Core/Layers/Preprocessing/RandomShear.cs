namespace Keras.Layers;

/// <summary>Slants images at random to either side, as <c>keras.layers.RandomShear</c>.</summary>
public sealed class RandomShear : RandomTransform
{
    /// <summary>Chooses how much.</summary>
    /// <param name="xFactor">Bounds of the pixels that a row moves to the side for each row above it; a number f means 0 to f. Default 0.</param>
    /// <param name="yFactor">Bounds of the pixels that a column moves down for each column before it; a number f means 0 to f. Default 0.</param>
    /// <inheritdoc cref="RandomTransform(int?, FillMode?, Interpolation, double, DataFormat, string?, string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A bound is out of range.</exception>
    public RandomShear(Interval? xFactor = null, Interval? yFactor = null, Interpolation interpolation = default, FillMode? fillMode = null,
        double fillValue = 0, DataFormat dataFormat = default, int? seed = null, string? boundingBoxFormat = null, string? name = null,
        DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(seed, fillMode, interpolation, fillValue, dataFormat, boundingBoxFormat, name, dtype, trainable, activityRegularizer)
    {
        (XFactor, YFactor) = ((xFactor ?? 0).Upto(Who, "x_factor"), (yFactor ?? 0).Upto(Who, "y_factor"));
    }

    /// <summary>The bounds of the slant of columns.</summary>
    public Interval XFactor { get; }

    /// <summary>The bounds of the slant of rows.</summary>
    public Interval YFactor { get; }

    private protected override Tensor Map(Batch batch, Seed seed)
    {
        var across = batch.Numbers(XFactor, seed, 1) * batch.Signs(seed, 1);
        var down = batch.Numbers(YFactor, seed, 1) * batch.Signs(seed, 1);
        var (one, zero) = (Ops.OnesLike(down), Ops.ZerosLike(down));
        return Rows(one, across, zero, down, one, zero);
    }
}
