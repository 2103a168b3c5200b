namespace Keras;

public static partial class Ops
{
    /// <summary>The mean of each of a fixed number of windows: window i of m over n places covers ⌊i n / m⌋ up to ⌈(i + 1) n / m⌉.</summary>
    /// <param name="inputs">(batch, spatial…, channels) with one to three spatial dimensions, or channels first.</param>
    /// <param name="outputSize">How many windows, one number or one a spatial dimension.</param>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <exception cref="ArgumentException">The rank is wrong, or a spatial dimension is not known or empty.</exception>
    public static Tensor AdaptiveAveragePool(Tensor inputs, Axes outputSize, DataFormat dataFormat = default)
    {
        var x = AsFloating(inputs);
        var counts = AdaptiveCounts(x, outputSize, dataFormat, "adaptive_average_pool");
        if (PlainWindows(x, counts, dataFormat) is { } window) return AveragePool(x, window, dataFormat: dataFormat);
        for (var i = 0; i < counts.Count; i++)
        {
            var axis = FirstSpatial(dataFormat) + i;
            var weights = Tensor.Of(Means(x.Shape[axis], counts[i]), [x.Shape[axis], counts[i]]);
            x = Moveaxis(Matmul(Moveaxis(x, axis, -1), Cast(weights, x.DType)), -1, axis);
        }
        return x;
    }

    /// <summary>The largest element of each of a fixed number of windows: window i of m over n places covers ⌊i n / m⌋ up to ⌈(i + 1) n / m⌉.</summary>
    /// <inheritdoc cref="AdaptiveAveragePool"/>
    public static Tensor AdaptiveMaxPool(Tensor inputs, Axes outputSize, DataFormat dataFormat = default)
    {
        var x = inputs;
        var counts = AdaptiveCounts(x, outputSize, dataFormat, "adaptive_max_pool");
        if (PlainWindows(x, counts, dataFormat) is { } plain) return MaxPool(x, plain, dataFormat: dataFormat);
        var window = new int[counts.Count];
        for (var i = 0; i < counts.Count; i++)
        {
            var axis = FirstSpatial(dataFormat) + i;
            var places = Windows(x.Shape[axis], counts[i]);
            window[i] = places.Length / counts[i];
            x = Take(x, Tensor.Of(places, [places.Length]), axis);
        }
        return MaxPool(x, window, dataFormat: dataFormat);
    }

    static int FirstSpatial(DataFormat format) => format.IsFirst ? 2 : 1;

    static Axes AdaptiveCounts(Tensor x, Axes outputSize, DataFormat format, string who)
    {
        var spatial = SpatialRank(x, x.Rank - 2, who);
        foreach (var length in x.Shape.Dims.Slice(FirstSpatial(format), spatial))
            if (length <= 0) throw Errors.Argument(who, "a spatial dimension is not known or empty", "known dimensions of 1 or more", x.Shape);
        return outputSize.Expand(spatial, who, "output_size");
    }

    /// <summary>The window whose equal steps cover the input; <c>null</c> where the windows differ or overlap.</summary>
    static Axes? PlainWindows(Tensor x, Axes counts, DataFormat format)
    {
        var window = new int[counts.Count];
        for (var i = 0; i < window.Length; i++)
        {
            var length = x.Shape[FirstSpatial(format) + i];
            if (length % counts[i] != 0) return null;
            window[i] = length / counts[i];
        }
        return window;
    }

    static (int Start, int End) AdaptiveWindow(int length, int count, int i) =>
        ((int)((long)i * length / count), (int)((((long)i + 1) * length + count - 1) / count));

    static double[] Means(int length, int count)
    {
        HostData.Check("adaptive_average_pool", (long)length * count * sizeof(double));
        var weights = new double[length * count];
        for (var i = 0; i < count; i++)
        {
            var (start, end) = AdaptiveWindow(length, count, i);
            for (var at = start; at < end; at++) weights[(at * count) + i] = 1.0 / (end - start);
        }
        return weights;
    }

    // Windows of one length: a shorter one repeats its last place, which never wins over the place itself.
    static int[] Windows(int length, int count)
    {
        var longest = 0;
        for (var i = 0; i < count; i++)
            if (AdaptiveWindow(length, count, i) is var (start, end)) longest = Math.Max(longest, end - start);
        HostData.Check("adaptive_max_pool", (long)longest * count * sizeof(int));
        var places = new int[longest * count];
        for (var i = 0; i < places.Length; i++)
            if (AdaptiveWindow(length, count, i / longest) is var (start, end)) places[i] = Math.Min(start + (i % longest), end - 1);
        return places;
    }
}
