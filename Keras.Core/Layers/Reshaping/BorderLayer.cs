using System.Text.Json.Nodes;

namespace Keras.Layers;

/// <summary>Changes the borders of spatial axes: those of <c>ZeroPadding</c> and <c>Cropping</c>.</summary>
public abstract class BorderLayer : Layer
{
    readonly string _argument;

    private protected BorderLayer(int rank, Axes sides, string argument, DataFormat dataFormat, string? name, DTypePolicy? dtype, bool trainable,
        Regularizer? activityRegularizer) : base(name, dtype, trainable, activityRegularizer)
    {
        (Sides, Format, _argument) = (Read(sides, rank, argument), dataFormat.Resolved, argument);
        InputSpec = [new InputSpec(Ndim: rank + 2)];
    }

    /// <summary>How much before and after, for each axis.</summary>
    private protected Axes Sides { get; }

    private protected DataFormat Format { get; }

    // One number for all, one an axis, or two an axis.
    Axes Read(Axes values, int rank, string argument)
    {
        if (values.Count != 1 && values.Count != rank && values.Count != 2 * rank)
            throw Errors.Argument(Who, $"{argument} has a wrong number of values", $"one number, one for each of {rank} axes, or before and after for each", values);
        if (values.Any(v => v < 0)) throw Errors.Argument(Who, $"{argument} is negative", "0 or more", values);
        return Axes.Create([.. Enumerable.Range(0, 2 * rank).Select(i => values[values.Count == 1 ? 0 : values.Count == rank ? i / 2 : i])]);
    }

    /// <summary>The borders of all axes of a tensor.</summary>
    private protected (int Before, int After)[] Borders(Tensor x)
    {
        var all = new (int, int)[x.Rank];
        for (var i = 0; i < Sides.Count / 2; i++) all[i + (Format.IsFirst ? 2 : 1)] = (Sides[2 * i], Sides[(2 * i) + 1]);
        return all;
    }

    private protected Tensor Cropped(Tensor x)
    {
        var all = Borders(x);
        var dims = x.Shape.Dims.ToArray();
        for (var i = 0; i < dims.Length; i++)
        {
            if (dims[i] == Shape.Unknown) continue;
            dims[i] -= all[i].Before + all[i].After;
            if (dims[i] <= 0 && all[i] != (0, 0))
                throw Errors.Argument(Who, "cropping leaves nothing", $"less than {x.Shape[i]} together at axis {i}", Sides);
        }
        return Ops.Slice(x, [.. all.Select(b => b.Before)], dims);
    }

    /// <inheritdoc/>
    public override JsonObject GetConfig()
    {
        var config = base.GetConfig();
        // Keras writes a pair for each of several axes.
        if (Sides.Count > 2) config[_argument] = new JsonArray([.. Sides.Chunk(2).Select(pair => new JsonArray(pair[0], pair[1]))]);
        return config;
    }
}
