namespace Keras.Layers;

/// <summary>Turns images about their centre by random angles, as <c>keras.layers.RandomRotation</c>.</summary>
public sealed class RandomRotation : RandomTransform
{
    /// <summary>Chooses the angles.</summary>
    /// <param name="factor">Bounds of the angle as parts of a full turn, positive counter-clockwise; a number f means −f to f.</param>
    /// <inheritdoc cref="RandomTransform(int?, FillMode?, Interpolation, double, DataFormat, string?, string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A bound is out of range.</exception>
    public RandomRotation(Interval factor, FillMode? fillMode = null, Interpolation interpolation = default, int? seed = null, double fillValue = 0,
        DataFormat dataFormat = default, string? boundingBoxFormat = null, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null)
        : base(seed, fillMode, interpolation, fillValue, dataFormat, boundingBoxFormat, name, dtype, trainable, activityRegularizer)
    {
        Factor = factor.Around(Who, "factor", -1, 1);
    }

    /// <summary>The bounds of the angle, as parts of a full turn.</summary>
    public Interval Factor { get; }

    private protected override Tensor Map(Batch batch, Seed seed)
    {
        var angle = batch.Numbers(Factor, seed, 1) * (2 * Math.PI);
        var (cos, sin) = (Ops.Cos(angle), Ops.Sin(angle));
        var (x, y) = ((batch.Width - 1) / 2.0, (batch.Height - 1) / 2.0);
        return Rows(cos, -sin, x - (cos * x) + (sin * y), sin, cos, y - (sin * x) - (cos * y));
    }
}
