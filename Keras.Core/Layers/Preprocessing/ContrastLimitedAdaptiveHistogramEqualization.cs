namespace Keras.Layers;

/// <summary>Spreads the values of each channel within tiles of an image such that all are about as frequent, but no
/// value counts beyond a limit; between tiles results are mixed, as <c>keras.layers.ContrastLimitedAdaptiveHistogramEqualization</c> (Zuiderveld, 1994).</summary>
public sealed class ContrastLimitedAdaptiveHistogramEqualization : Augmentation
{
    const int Bins = 256;

    /// <summary>Chooses limit and tiles.</summary>
    /// <param name="valueRange">The lowest and the highest value that pixels can have. Default 0 and 255.</param>
    /// <param name="clipLimit">How often a value counts at most, as a multiple of the mean. Default 4; 0 or less for no limit.</param>
    /// <param name="tileGridSize">Tiles down and across. Default 8 by 8.</param>
    /// <inheritdoc cref="RandomAugmentation(int?, DataFormat, string?, string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">The range is none, or there are no tiles.</exception>
    public ContrastLimitedAdaptiveHistogramEqualization(Interval? valueRange = null, double clipLimit = 4, Axes? tileGridSize = null,
        DataFormat dataFormat = default, string? boundingBoxFormat = null, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null)
        : base(dataFormat, boundingBoxFormat, name, dtype, trainable, activityRegularizer)
    {
        ValueRange = (valueRange ?? (0, 255)).Range(Who);
        (ClipLimit, TileGridSize) = (clipLimit, tileGridSize ?? (8, 8));
        TileGridSize.Expand(2, Who, "tile_grid_size");
    }

    /// <summary>The lowest and the highest value that pixels can have.</summary>
    public Interval ValueRange { get; }

    /// <summary>How often a value counts at most, as a multiple of the mean.</summary>
    public double ClipLimit { get; }

    /// <summary>Tiles down and across.</summary>
    public Axes TileGridSize { get; }

    private protected override Change Draw(Batch batch, Seed seed) => new(x =>
    {
        var tiles = TileGridSize.Expand(2, Who, "tile_grid_size");
        var levels = Ops.Reshape(Levels.Of(Levels.Rows(x, batch, ValueRange), Bins), [-1, batch.Height, batch.Width]);
        var table = Ops.Reshape(Tables(levels, tiles[0], tiles[1], batch.Places), [levels.Shape[0], tiles[0] * tiles[1] * Bins]);
        var rows = Near(batch.Height, tiles[0], batch.Places, [batch.Height, 1]);
        var columns = Near(batch.Width, tiles[1], batch.Places, [1, batch.Width]);
        Tensor? sum = null;
        foreach (var (row, down) in rows)
            foreach (var (column, across) in columns)
            {
                var places = Ops.Reshape((((row * tiles[1]) + column) * Bins) + levels, [levels.Shape[0], -1]);
                var part = Ops.TakeAlongAxis(table, places, -1) * Ops.Reshape(down * across, [1, -1]);
                sum = sum is null ? part : sum + part;
            }
        return Levels.Back(sum!, batch, ValueRange, x);
    });

    /// <summary>What each value becomes, for each tile: (images, tiles, values).</summary>
    Tensor Tables(Tensor levels, int down, int across, DType dtype)
    {
        int count = levels.Shape[0], height = (levels.Shape[1] + down - 1) / down, width = (levels.Shape[2] + across - 1) / across;
        // The last row and column fill up the last tiles.
        var whole = Ops.Pad(levels, [(0, 0), (0, (height * down) - levels.Shape[1]), (0, (width * across) - levels.Shape[2])], "edge");
        var tiles = Ops.Transpose(Ops.Reshape(whole, [count, down, height, across, width]), [0, 1, 3, 2, 4]);
        var counts = Ops.Cast(Levels.Count(Ops.Reshape(tiles, [count * down * across, height * width]), Bins), dtype);
        if (ClipLimit > 0)
        {
            var kept = Ops.Minimum(counts, Math.Floor(ClipLimit * height * width / Bins));
            counts = kept + (Ops.Sum(counts - kept, -1, keepdims: true) / Bins);
        }
        // Sums that are rounded just below a whole number count as that.
        return Ops.Minimum(Ops.Floor((Ops.Cumsum(counts, -1) * ((Bins - 1.0) / (height * width))) + 1e-3), Bins - 1);
    }

    /// <summary>The two tiles whose centres are nearest, and their weights.</summary>
    static (Tensor Tile, Tensor Weight)[] Near(int size, int tiles, DType dtype, Shape shape)
    {
        var place = ((Ops.Arange(size, dtype: dtype) + 0.5) / ((size + tiles - 1) / tiles)) - 0.5;
        var lower = Ops.Floor(place);
        var upper = Ops.Reshape(place - lower, shape);
        return [(At(lower), 1 - upper), (At(lower + 1), upper)];

        Tensor At(Tensor tile) => Ops.Reshape(Ops.Cast(Ops.Clip(tile, 0, tiles - 1), DType.Int32), shape);
    }
}
