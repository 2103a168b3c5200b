namespace Keras;

public static partial class Ops
{
    /// <summary>A border around a tensor, of one value or of what is inside.</summary>
    /// <param name="x">A tensor; its dimensions that get a border are known, but for a constant one.</param>
    /// <param name="padWidth">How many to add before and after, for each dimension.</param>
    /// <param name="mode"><c>constant</c>: one value; <c>edge</c>: the outermost elements repeated; <c>reflect</c>: mirrored at the outermost
    /// elements; <c>symmetric</c>: mirrored with them.</param>
    /// <param name="constantValues">The value of a constant border. Default 0.</param>
    /// <exception cref="ArgumentException">There is not one pair a dimension or one is negative, the mode is another one, a value is given
    /// without a constant border, or there is nothing to make a border of.</exception>
    public static Tensor Pad(Tensor x, IReadOnlyList<(int Before, int After)> padWidth, string mode, Tensor? constantValues = null)
    {
        if (mode == "constant") return Pad(x, padWidth, constantValues);
        if (mode is not ("edge" or "reflect" or "symmetric"))
            throw Errors.Argument("pad", "there is no such mode", "constant, edge, reflect or symmetric", mode);
        if (constantValues is not null)
            throw Errors.Argument("pad", "only a constant border has a value", "no constantValues", $"mode {mode}");
        if (padWidth.Count != x.Rank || padWidth.Any(p => p.Before < 0 || p.After < 0))
            throw Errors.Argument("pad", "one pair of widths is needed for each dimension", $"{x.Rank} pairs of 0 or more",
                string.Join(", ", padWidth));
        for (var axis = 0; axis < padWidth.Count; axis++)
            if (padWidth[axis] is var (before, after) && (before > 0 || after > 0)) x = PadAlong(x, axis, before, after, mode);
        return x;
    }

    static Tensor PadAlong(Tensor x, int axis, int before, int after, string mode)
    {
        var size = x.Shape[axis];
        if (size is Shape.Unknown or 0)
            throw Errors.Argument("pad", "there are no known elements to make a border of", $"a known size at axis {axis}", x.Shape);
        var count = Shape.Dim((long)before + size + after);
        HostData.Check("pad", (long)count * sizeof(int));
        return Take(x, Tensor.Of<int>([.. Enumerable.Range(-before, count).Select(i => Source(i, size, mode))], [count]), axis);
    }

    /// <summary>Which element stands at a place outside: mirrored ones go to and fro.</summary>
    static int Source(int place, int size, string mode)
    {
        if (mode == "edge" || size == 1) return Math.Clamp(place, 0, size - 1);
        var period = mode == "reflect" ? (2 * size) - 2 : 2 * size;
        var inside = ((place % period) + period) % period;
        return inside < size ? inside : mode == "reflect" ? period - inside : period - 1 - inside;
    }
}
