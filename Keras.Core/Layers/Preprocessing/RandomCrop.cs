namespace Keras.Layers;

/// <summary>A part of each image, at a random place, as <c>keras.layers.RandomCrop</c>. Of
/// images that are too small the largest part of the right form is taken and resized.</summary>
public sealed class RandomCrop : RandomAugmentation
{
    /// <summary>Chooses the size.</summary>
    /// <param name="height">Rows of the result.</param>
    /// <param name="width">Columns of the result.</param>
    /// <inheritdoc cref="RandomAugmentation(int?, DataFormat, string?, string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">The size is not positive.</exception>
    public RandomCrop(int height, int width, int? seed = null, DataFormat dataFormat = default, string? name = null,
        string? boundingBoxFormat = null, DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(seed, dataFormat, boundingBoxFormat, name, dtype, trainable, activityRegularizer)
    {
        if (height <= 0 || width <= 0) throw Errors.Argument(Who, "the size is not positive", "a height and width above 0", (height, width));
        (Height, Width) = (height, width);
    }

    /// <summary>Rows of the result.</summary>
    public int Height { get; }

    /// <summary>Columns of the result.</summary>
    public int Width { get; }

    private protected override (int Height, int Width)? NewSize => (Height, Width);

    private protected override Change Draw(Batch batch, Seed seed)
    {
        if (batch.Height < Height || batch.Width < Width)
            return new Change(x => Ops.CenterCropped(x, Height, Width, Interpolation.Bilinear, DataFormat))
            {
                Masks = x => Ops.CenterCropped(x, Height, Width, Interpolation.Nearest, DataFormat),
                Corners = (corners, height, width) => (CenterCrop.Corners(corners, (height, width), (Height, Width)), Height, Width),
            };
        var top = Random.Randint([batch.Count, 1, 1], 0, batch.Height - Height + 1, seed: seed);
        var left = Random.Randint([batch.Count, 1, 1], 0, batch.Width - Width + 1, seed: seed);
        var first = Ops.Reshape(Ops.Arange(batch.Count) * batch.Height, [batch.Count, 1, 1]);
        var places = ((first + top + Ops.Reshape(Ops.Arange(Height), [1, Height, 1])) * batch.Width) + left + Ops.Reshape(Ops.Arange(Width), [1, 1, Width]);
        return new Change(x => Taken(x, batch, places))
        {
            Masks = x => Taken(x, batch, places),
            Corners = (corners, _, _) => (corners - Ops.Cast(Ops.Concatenate([left, top, left, top], -1), corners.DType), Height, Width),
        };
    }

    static Tensor Taken(Tensor x, Batch batch, Tensor places)
    {
        if (batch.ChannelsFirst) x = Ops.Moveaxis(x, 1, -1);
        var part = Ops.Take(Ops.Reshape(x, [batch.Count * batch.Height * batch.Width, x.Shape[3]]), places, 0);
        return batch.ChannelsFirst ? Ops.Moveaxis(part, -1, 1) : part;
    }
}
