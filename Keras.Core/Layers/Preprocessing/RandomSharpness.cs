namespace Keras.Layers;

/// <summary>Mixes images with a smoothed form of theirs at random, as <c>keras.layers.RandomSharpness</c>. The border stays.</summary>
public sealed class RandomSharpness : RandomColoring
{
    /// <summary>Chooses how much.</summary>
    /// <param name="factor">Bounds of the part of the smoothed form; a number f means 0 to f.</param>
    /// <inheritdoc cref="RandomColoring(Interval?, int?, DataFormat, string?, string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A bound is out of range.</exception>
    public RandomSharpness(Interval factor, Interval? valueRange = null, DataFormat dataFormat = default, int? seed = null,
        string? boundingBoxFormat = null, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null)
        : base(valueRange, seed, dataFormat, boundingBoxFormat, name, dtype, trainable, activityRegularizer)
    {
        Factor = factor.Upto(Who, "factor");
    }

    private protected override Change Draw(Batch batch, Seed seed)
    {
        var factor = batch.Factors(Factor, seed);
        return new Change(x => Pixels.Clip(Pixels.Blend(x, Smoothed(x, batch), factor), ValueRange));
    }

    // The centre weighs 5 of 13, its eight neighbours 1 each.
    static Tensor Smoothed(Tensor x, Batch batch)
    {
        if (batch.Height < 3 || batch.Width < 3) return x;
        var (rows, columns) = (batch.HeightAxis, batch.WidthAxis);
        var three = Sum(Sum(x, rows, batch.Height), columns, batch.Width);
        var centre = Ops.Narrow(Ops.Narrow(x, rows, 1, batch.Height - 2), columns, 1, batch.Width - 2);
        var border = Enumerable.Repeat((0, 0), 4).ToArray();
        border[rows] = border[columns] = (1, 1);
        var inner = Ops.LogicalAnd(Inner(batch, rows, batch.Height), Inner(batch, columns, batch.Width));
        return Ops.Where(inner, Ops.Pad((three + (centre * 4)) / 13, border), x);

        static Tensor Sum(Tensor x, int axis, int size) => Ops.Narrow(x, axis, 0, size - 2) + Ops.Narrow(x, axis, 1, size - 2) + Ops.Narrow(x, axis, 2, size - 2);
    }

    static Tensor Inner(Batch batch, int axis, int size) => batch.Along(axis) is var at ? Ops.LogicalAnd(at > 0, at < size - 1) : null;
}
