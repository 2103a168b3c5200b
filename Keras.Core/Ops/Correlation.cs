namespace Keras;

public static partial class Ops
{
    /// <summary>The correlation of two vectors: sums of products at each shift of the second along the first.</summary>
    /// <param name="x1">A vector.</param>
    /// <param name="x2">A vector.</param>
    /// <param name="mode">"valid" (where they overlap wholly), "same" (as long as the longer) or "full". Default "valid".</param>
    /// <exception cref="ArgumentException">An input is no vector, or empty, or the mode is unknown.</exception>
    public static Tensor Correlate(Tensor x1, Tensor x2, string mode = "valid")
    {
        const string Who = "correlate";
        mode = Choice.Check("mode", mode, "valid", "same", "full");
        if (x1.Rank != 1 || x2.Rank != 1 || x1.Shape[0] == 0 || x2.Shape[0] == 0)
            throw Errors.Argument(Who, "the inputs are no vectors", "two vectors of 1 element or more", $"{x1.Shape} and {x2.Shape}");
        (x1, x2) = Promote(AsFloating(x1), AsFloating(x2));
        var (n, m) = (Known(x1, -1, Who), Known(x2, -1, Who));
        if (m > n) return Flip(Correlate(x2, x1, mode));
        var (low, high) = mode switch { "valid" => (0, 0), "full" => (m - 1, m - 1), _ => (m / 2, m - 1 - (m / 2)) };
        var sums = Conv(Reshape(Pad(x1, [(low, high)]), [1, n + low + high, 1]), Reshape(x2, [m, 1, 1]), dataFormat: DataFormat.ChannelsLast);
        return Reshape(sums, [Shape.Unknown]);
    }

    static int Known(Tensor x, int axis, string who) => x.Rank >= -axis && x.Shape[axis] != Shape.Unknown ? x.Shape[axis]
        : throw Errors.Argument(who, "the length must be known", $"a known size at axis {axis}", x.Shape);
}
