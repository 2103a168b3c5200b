namespace Keras.Layers;

/// <summary>Pixels as small integers, one row for each channel of each image, to be counted.</summary>
static class Levels
{
    static readonly Interval Bytes = (0, 255);

    /// <summary>Values of 0 to 255: (images · channels, pixels).</summary>
    internal static Tensor Rows(Tensor x, Batch batch, Interval range)
    {
        if (!batch.ChannelsFirst) x = Ops.Moveaxis(x, -1, 1);
        return Ops.Reshape(Pixels.Between(Ops.Cast(x, batch.Places), range, Bytes), [-1, batch.Height * batch.Width]);
    }

    /// <summary>Integers from 0 to below a number of bins.</summary>
    internal static Tensor Of(Tensor rows, int bins) => Ops.Cast(Ops.Clip(Ops.Floor(rows * (bins / 256.0)), 0, bins - 1), DType.Int32);

    /// <summary>How often each occurs in a row.</summary>
    internal static Tensor Count(Tensor levels, int bins) => new Bincount(bins).On(levels);

    /// <summary>Images again, from values of 0 to 255.</summary>
    internal static Tensor Back(Tensor values, Batch batch, Interval range, Tensor x)
    {
        var shape = x.Shape;
        if (!batch.ChannelsFirst) shape = [shape[0], shape[3], shape[1], shape[2]];
        var y = Ops.Reshape(Ops.Cast(Pixels.Between(values, Bytes, range), x.DType), shape);
        return batch.ChannelsFirst ? y : Ops.Moveaxis(y, 1, -1);
    }
}
