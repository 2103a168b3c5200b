namespace Keras.Layers;

/// <summary>Mirrors images at random, as <c>keras.layers.RandomFlip</c>: half of them, about both axes at once where both are asked for.</summary>
public sealed class RandomFlip : RandomAugmentation
{
    /// <summary>Chooses the direction.</summary>
    /// <param name="mode">"horizontal", "vertical" or "horizontal_and_vertical". Default both.</param>
    /// <inheritdoc cref="RandomAugmentation(int?, DataFormat, string?, string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">The mode is unknown.</exception>
    public RandomFlip(string mode = "horizontal_and_vertical", int? seed = null, DataFormat dataFormat = default, string? boundingBoxFormat = null,
        string? name = null, DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(seed, dataFormat, boundingBoxFormat, name, dtype, trainable, activityRegularizer)
    {
        Mode = Choice.Check("mode", mode, "horizontal", "vertical", "horizontal_and_vertical");
    }

    /// <summary>The direction.</summary>
    public string Mode { get; }

    bool Across => Mode != "vertical";

    bool Down => Mode != "horizontal";

    private protected override Change Draw(Batch batch, Seed seed)
    {
        var flips = batch.Chance(0.5, seed);
        Axes axes = Across && Down ? batch.Area : Across ? batch.WidthAxis : batch.HeightAxis;
        return new Change(x => Ops.Where(flips, Ops.Flip(x, axes), x))
        {
            Masks = x => Ops.Where(flips, Ops.Flip(x, axes), x),
            Corners = (corners, height, width) =>
            {
                var (left, top, right, bottom) = Boxes.Split(corners);
                if (Across) (left, right) = (width - right, width - left);
                if (Down) (top, bottom) = (height - bottom, height - top);
                return (Ops.Where(Ops.Squeeze(flips, -1), Ops.Concatenate([left, top, right, bottom], -1), corners), height, width);
            },
        };
    }
}
