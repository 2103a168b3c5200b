using System.Text.Json.Nodes;

namespace Keras.Layers;

/// <summary>The borders of spatial axes, (before, after) for each, as <c>ZeroPadding</c> and <c>Cropping</c> layers have them.</summary>
static class Borders
{
    /// <summary>Reads one number for all, one an axis, or two an axis.</summary>
    internal static Axes Read(Axes values, int rank, string who, string name)
    {
        if (values.Count != 1 && values.Count != rank && values.Count != 2 * rank)
            throw Errors.Argument(who, $"{name} has a wrong number of values", $"one number, one for each of {rank} axes, or before and after for each", values);
        if (values.Any(v => v < 0)) throw Errors.Argument(who, $"{name} is negative", "0 or more", values);
        return Axes.Create([.. Enumerable.Range(0, 2 * rank).Select(i => values[values.Count == 1 ? 0 : values.Count == rank ? i / 2 : i])]);
    }

    /// <summary>The borders of all axes of a tensor.</summary>
    internal static (int Before, int After)[] Over(Tensor x, Axes borders, bool channelsFirst)
    {
        var all = new (int, int)[x.Rank];
        for (var i = 0; i < borders.Count / 2; i++) all[i + (channelsFirst ? 2 : 1)] = (borders[2 * i], borders[(2 * i) + 1]);
        return all;
    }

    /// <summary>A pair for each axis, as Keras writes them.</summary>
    internal static JsonArray Write(Axes borders) =>
        new([.. borders.Chunk(2).Select(pair => new JsonArray(pair[0], pair[1]))]);

    internal static Tensor Crop(Tensor x, Axes borders, bool channelsFirst, string who)
    {
        var all = Over(x, borders, channelsFirst);
        var dims = x.Shape.Dims.ToArray();
        for (var i = 0; i < dims.Length; i++)
        {
            if (dims[i] == Shape.Unknown) continue;
            dims[i] -= all[i].Before + all[i].After;
            if (dims[i] <= 0 && all[i] != (0, 0))
                throw Errors.Argument(who, "cropping leaves nothing", $"less than {x.Shape[i]} together at axis {i}", borders);
        }
        return Ops.Slice(x, [.. all.Select(b => b.Before)], dims);
    }
}
