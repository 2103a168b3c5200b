namespace Keras;

public static partial class Ops
{
    /// <summary>The patches of images, or of volumes where the size has three values.</summary>
    /// <param name="images">(batch, height, width, channels), or one image; or channels first.</param>
    /// <param name="size">The patch: one number, or one for each spatial axis.</param>
    /// <param name="strides">Steps of the patch. Default the patch.</param>
    /// <param name="dilationRate">Distance between the elements of a patch. Default 1.</param>
    /// <param name="padding">Default valid.</param>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <returns>(batch, patches down, patches across, patch · channels), or channels first.</returns>
    /// <exception cref="ArgumentException">The input has another rank or unknown sizes, or the patch is larger than it.</exception>
    public static Tensor ExtractPatches(Tensor images, Axes size, Axes? strides = null, Axes? dilationRate = null, Padding padding = default,
        DataFormat dataFormat = default) =>
        Patches(images, size.Count == 3 ? 3 : 2, size, strides, dilationRate, padding, dataFormat, "extract_patches");

    /// <summary>The patches of volumes.</summary>
    /// <param name="volumes">(batch, depth, height, width, channels), or one volume; or channels first.</param>
    /// <inheritdoc cref="ExtractPatches"/>
    /// <param name="size">The patch.</param>
    /// <param name="strides">Steps of the patch. Default the patch.</param>
    /// <param name="dilationRate">Distance between the elements of a patch. Default 1.</param>
    /// <param name="padding">Default valid.</param>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    public static Tensor ExtractPatches3d(Tensor volumes, Axes size, Axes? strides = null, Axes? dilationRate = null, Padding padding = default,
        DataFormat dataFormat = default) => Patches(volumes, 3, size, strides, dilationRate, padding, dataFormat, "extract_patches_3d");

    static Tensor Patches(Tensor x, int spatial, Axes size, Axes? strides, Axes? dilationRate, Padding padding, DataFormat format, string who) =>
        OnBatch(x, spatial, format, who, batch =>
        {
            var patch = PatchSize(size, spatial, who, "size");
            var window = new Window(patch, strides is { } given ? given.Expand(spatial, who, "strides") : patch,
                (dilationRate ?? 1).Expand(spatial, who, "dilation_rate"), padding.NotCausal(who));
            var parts = batch;
            var counts = new int[spatial];
            for (var i = 0; i < spatial; i++)
            {
                var length = Known(batch, i + 1, who);
                counts[i] = window.Output(i, length);
                if (counts[i] == 0 && length > 0) throw Errors.Argument(who, "the patch is larger than the input", $"at least {window.Extent(i)} at axis {i + 1}", batch.Shape);
                parts = PatchesAlong(parts, (2 * i) + 1, window, i);
            }
            var channels = Known(batch, spatial + 1, who);
            int[] order = [0, .. Enumerable.Range(0, spatial).Select(i => (2 * i) + 1), .. Enumerable.Range(0, spatial).Select(i => (2 * i) + 2), (2 * spatial) + 1];
            return Reshape(Transpose(parts, order), Shape.Of([batch.Shape[0], .. counts, patch.Aggregate(channels, (a, b) => Shape.Dim((long)a * b))]));
        });

    static Tensor PatchesAlong(Tensor x, int axis, Window window, int spatial)
    {
        var length = x.Shape[axis];
        var spans = new Spans(window.Output(spatial, length), window.Size[spatial], window.Strides[spatial], window.Dilation[spatial]);
        var low = window.PadLow(spatial, length);
        var high = window.Padding.IsSame ? Math.Max(0, ((spans.Count - 1) * spans.Stride) + window.Extent(spatial) - length) - low : 0;
        var pads = Enumerable.Repeat((0, 0), x.Rank).ToArray();
        pads[axis] = (low, high);
        return spans.Spread(low + high > 0 ? Pad(x, pads) : x, axis);
    }

    /// <summary>Images put together of their patches, or volumes: the inverse of <see cref="ExtractPatches"/> for patches side by side.</summary>
    /// <param name="patches">(batch, patches down, patches across, patch · channels), or of one image; or channels first.</param>
    /// <param name="size">The patch: one number, or one for each spatial axis.</param>
    /// <param name="outputSize">The sizes of the result, one for each spatial axis.</param>
    /// <param name="strides">Steps of the patch, which must be its size. Default the patch.</param>
    /// <param name="padding">As the patches were extracted. Default valid; what no patch covers is 0.</param>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <returns>(batch, height, width, channels), or channels first.</returns>
    /// <exception cref="ArgumentException">The patches do not fit the sizes, or overlap.</exception>
    public static Tensor ReconstructPatches(Tensor patches, Axes size, Axes outputSize, Axes? strides = null, Padding padding = default,
        DataFormat dataFormat = default)
    {
        const string Who = "reconstruct_patches";
        var spatial = outputSize.Count;
        if (spatial is not (2 or 3)) throw Errors.Argument(Who, "output_size has a wrong number of values", "2 or 3", outputSize);
        return OnBatch(patches, spatial, dataFormat, Who, batch =>
        {
            var patch = PatchSize(size, spatial, Who, "size");
            if (strides is { } steps && steps.Expand(spatial, Who, "strides") != patch)
                throw Errors.Argument(Who, "patches that overlap or leave gaps cannot be put together", $"strides {patch}", steps);
            var window = new Window(patch, patch, (Axes)(int[])[.. Enumerable.Repeat(1, spatial)], padding.NotCausal(Who));
            return Together(batch, window, outputSize.Expand(spatial, Who, "output_size"), Who);
        });
    }

    static Tensor Together(Tensor patches, Window window, Axes output, string who)
    {
        var spatial = output.Count;
        var elements = window.Size.Aggregate(1, (a, b) => Shape.Dim((long)a * b));
        int[] counts = [.. output.Select((length, i) => window.Output(i, length))];
        var expected = Shape.Of([patches.Shape[0], .. counts, patches.Shape[-1]]);
        if (!patches.Shape.Matches(expected) || Known(patches, -1, who) % elements != 0)
            throw Errors.Argument(who, "the patches do not fit the output", $"{expected.With(-1, Shape.Unknown)}, the last a multiple of {elements}", patches.Shape);
        var x = Reshape(patches, Shape.Of([patches.Shape[0], .. counts, .. window.Size, patches.Shape[-1] / elements]));
        x = Transpose(x, (int[])[0, .. Enumerable.Range(0, spatial).SelectMany(i => (int[])[i + 1, spatial + i + 1]), (2 * spatial) + 1]);
        for (var i = spatial - 1; i >= 0; i--)
        {
            var (length, low) = (counts[i] * window.Size[i], window.PadLow(i, output[i]));
            x = new Spans(counts[i], window.Size[i], window.Size[i], 1).Collect(x, (2 * i) + 1, Math.Max(length, low + output[i]));
            x = Narrow(x, (2 * i) + 1, low, output[i]);
        }
        return x;
    }

    /// <summary>A list must name every axis; a number stands for all.</summary>
    static Axes PatchSize(Axes size, int spatial, string who, string name) => size.IsNumber || size.Count == spatial
        ? size.Expand(spatial, who, name)
        : throw Errors.Argument(who, $"{name} has a wrong number of values", $"a number, or {spatial} of them", size);

    /// <summary>Applies a function of (batch, spatial…, channels) to a single element and to channels-first tensors too.</summary>
    static Tensor OnBatch(Tensor x, int spatial, DataFormat format, string who, Func<Tensor, Tensor> apply)
    {
        if (x.Rank != spatial + 1 && x.Rank != spatial + 2)
            throw Errors.Argument(who, "the input has a wrong rank", $"{spatial} spatial dimensions and channels, with or without a batch", x.Shape);
        var single = x.Rank == spatial + 1;
        if (single) x = ExpandDims(x, 0);
        if (format.IsFirst) x = Moveaxis(x, 1, -1);
        x = apply(x);
        if (format.IsFirst) x = Moveaxis(x, -1, 1);
        return single ? Squeeze(x, 0) : x;
    }
}
