namespace Keras;

/// <summary>Windows along one axis.</summary>
readonly record struct Spans(int Count, int Size, int Stride, int Dilation)
{
    // Windows side by side need no gathering.
    bool IsTiling => Dilation == 1 && Stride == Size;

    /// <summary>The axis replaced by (windows, window).</summary>
    internal Tensor Spread(Tensor x, int axis) => IsTiling
        ? Ops.Reshape(Ops.Narrow(x, axis, 0, Count * Size), Split(x.Shape, axis))
        : new Take(axis).On(x, Indices());

    /// <summary>(windows, window) added into an axis of a length: the adjoint of <see cref="Spread"/>.</summary>
    internal Tensor Collect(Tensor x, int axis, int whole)
    {
        var shape = Shape.Of([.. x.Shape.Dims[..axis], whole, .. x.Shape.Dims[(axis + 2)..]]);
        if (!IsTiling) return new TakeGradient(axis, shape).On(Indices(), x);
        var tiled = Ops.Reshape(x, shape.With(axis, Count * Size));
        var more = new int[shape.Rank];
        more[axis] = whole - (Count * Size);
        return more[axis] == 0 ? tiled : new Pad(new int[shape.Rank], more).On(tiled, Ops.Cast(0, x.DType));
    }

    Shape Split(Shape shape, int axis) => Shape.Of([.. shape.Dims[..axis], Count, Size, .. shape.Dims[(axis + 1)..]]);

    Tensor Indices()
    {
        var places = new int[Shape.Dim((long)Count * Size)];
        for (var i = 0; i < places.Length; i++) places[i] = (i / Size * Stride) + (i % Size * Dilation);
        return Tensor.Of(places, [Count, Size]);
    }
}

public static partial class Ops
{
    /// <summary>The windows of images as columns.</summary>
    /// <param name="x">(batch, channels, height, width).</param>
    /// <param name="kernelSize">The window.</param>
    /// <param name="dilation">Distance between the elements of a window. Default 1.</param>
    /// <param name="padding">Zeros on each side. Default 0.</param>
    /// <param name="stride">Steps of the window. Default 1.</param>
    /// <returns>(batch, channels · window, windows).</returns>
    /// <exception cref="ArgumentException">x has another rank or unknown sizes, or the window is larger than the padded image.</exception>
    public static Tensor Unfold(Tensor x, Axes kernelSize, Axes? dilation = null, Axes? padding = null, Axes? stride = null)
    {
        const string Who = "unfold";
        if (x.Rank != 4) throw Errors.Argument(Who, "the input has a wrong rank", "(batch, channels, height, width)", x.Shape);
        var pads = (padding ?? 0).Expand(2, Who, "padding", 0);
        var (rows, columns) = ImageSpans(Known(x, 2, Who), Known(x, 3, Who), kernelSize, dilation, pads, stride, Who);
        if (pads[0] + pads[1] > 0) x = Pad(x, [(0, 0), (0, 0), (pads[0], pads[0]), (pads[1], pads[1])]);
        var windows = columns.Spread(rows.Spread(x, 2), 4);
        windows = Transpose(windows, [0, 1, 3, 5, 2, 4]);
        var channels = Known(x, 1, Who);
        return Reshape(windows, Shape.Of(x.Shape[0], channels * rows.Size * columns.Size, rows.Count * columns.Count));
    }

    /// <summary>Columns added into images where their windows lie: the adjoint of <see cref="Unfold"/>.</summary>
    /// <param name="x">(batch, channels · window, windows).</param>
    /// <param name="outputSize">Height and width of the images.</param>
    /// <param name="kernelSize">The window.</param>
    /// <param name="dilation">Distance between the elements of a window. Default 1.</param>
    /// <param name="padding">Zeros on each side, which are cut off. Default 0.</param>
    /// <param name="stride">Steps of the window. Default 1.</param>
    /// <returns>(batch, channels, height, width).</returns>
    /// <exception cref="ArgumentException">x does not fit the sizes.</exception>
    public static Tensor Fold(Tensor x, Axes outputSize, Axes kernelSize, Axes? dilation = null, Axes? padding = null, Axes? stride = null)
    {
        const string Who = "fold";
        var (pads, size) = ((padding ?? 0).Expand(2, Who, "padding", 0), outputSize.Expand(2, Who, "output_size"));
        var (rows, columns) = ImageSpans(size[0], size[1], kernelSize, dilation, pads, stride, Who);
        var (window, count) = (rows.Size * columns.Size, rows.Count * columns.Count);
        if (x.Rank != 3 || Known(x, 1, Who) % window != 0 || x.Shape[2] != count)
            throw Errors.Argument(Who, "the columns do not fit the images", $"(batch, a multiple of {window}, {count})", x.Shape);
        var windows = Reshape(x, Shape.Of(x.Shape[0], x.Shape[1] / window, rows.Size, columns.Size, rows.Count, columns.Count));
        windows = Transpose(windows, [0, 1, 4, 2, 5, 3]);
        var image = rows.Collect(columns.Collect(windows, 4, size[1] + (2 * pads[1])), 2, size[0] + (2 * pads[0]));
        return Narrow(Narrow(image, 2, pads[0], size[0]), 3, pads[1], size[1]);
    }

    static (Spans Rows, Spans Columns) ImageSpans(int height, int width, Axes kernel, Axes? dilation, Axes pads, Axes? stride, string who)
    {
        var window = new Window(kernel.Expand(2, who, "kernel_size"), (stride ?? 1).Expand(2, who, "stride"), (dilation ?? 1).Expand(2, who, "dilation"), default);
        Spans Along(int axis, int length) => window.Output(axis, Shape.Dim(length + (2L * pads[axis]))) is > 0 and var count
            ? new(count, window.Size[axis], window.Strides[axis], window.Dilation[axis])
            : throw Errors.Argument(who, "the window is larger than the padded image", $"at least {window.Extent(axis)}", length + (2 * pads[axis]));
        return (Along(0, height), Along(1, width));
    }

    /// <summary>Blocks of channels laid out in space.</summary>
    /// <param name="x">(batch, height, width, channels), or channels first.</param>
    /// <param name="blockSize">Height and width of a block, 2 or more.</param>
    /// <param name="dataFormat">Default channels last.</param>
    /// <returns>(batch, height · block, width · block, channels / block²), or channels first.</returns>
    /// <exception cref="ArgumentException">The block is too small, or does not divide the channels.</exception>
    public static Tensor DepthToSpace(Tensor x, int blockSize, string dataFormat = "channels_last")
    {
        var (first, b) = (CheckBlocks(x, blockSize, dataFormat, "depth_to_space"), blockSize);
        var channels = Known(x, first ? 1 : 3, "depth_to_space");
        if (channels % ((long)b * b) != 0)
            throw Errors.Argument("depth_to_space", "the channels do not divide into blocks", $"a multiple of {(long)b * b}", x.Shape);
        var depth = channels / (b * b);
        var s = x.Shape;
        return first
            ? Reshape(Transpose(Reshape(x, Shape.Of(s[0], depth, b, b, s[2], s[3])), [0, 1, 4, 2, 5, 3]), Shape.Of(s[0], depth, Times(s[2], b), Times(s[3], b)))
            : Reshape(Transpose(Reshape(x, Shape.Of(s[0], s[1], s[2], b, b, depth)), [0, 1, 3, 2, 4, 5]), Shape.Of(s[0], Times(s[1], b), Times(s[2], b), depth));
    }

    /// <summary>Blocks of space laid out in the channels: the inverse of <see cref="DepthToSpace"/>.</summary>
    /// <param name="x">(batch, height, width, channels), or channels first.</param>
    /// <param name="blockSize">Height and width of a block, 2 or more.</param>
    /// <param name="dataFormat">Default channels last.</param>
    /// <returns>(batch, height / block, width / block, channels · block²), or channels first.</returns>
    /// <exception cref="ArgumentException">The block is too small, or does not divide height and width.</exception>
    public static Tensor SpaceToDepth(Tensor x, int blockSize, string dataFormat = "channels_last")
    {
        var (first, b) = (CheckBlocks(x, blockSize, dataFormat, "space_to_depth"), blockSize);
        var (h, w, c) = (Known(x, first ? 2 : 1, "space_to_depth"), Known(x, first ? 3 : 2, "space_to_depth"), Known(x, first ? 1 : 3, "space_to_depth"));
        if (h % b != 0 || w % b != 0)
            throw Errors.Argument("space_to_depth", "height and width do not divide into blocks", $"multiples of {b}", x.Shape);
        var n = x.Shape[0];
        return first
            ? Reshape(Transpose(Reshape(x, Shape.Of(n, c, h / b, b, w / b, b)), [0, 1, 3, 5, 2, 4]), Shape.Of(n, Shape.Dim((long)c * b * b), h / b, w / b))
            : Reshape(Transpose(Reshape(x, Shape.Of(n, h / b, b, w / b, b, c)), [0, 1, 3, 2, 4, 5]), Shape.Of(n, h / b, w / b, Shape.Dim((long)c * b * b)));
    }

    static int Times(int dim, int factor) => dim == Shape.Unknown ? dim : Shape.Dim((long)dim * factor);

    // Its square is still an int.
    const int MaxBlock = 1 << 15;

    static bool CheckBlocks(Tensor x, int blockSize, string dataFormat, string who)
    {
        if (blockSize < 2) throw Errors.Argument(who, "block_size is too small", "2 or more", blockSize);
        if (blockSize > MaxBlock) throw Errors.Argument(who, "block_size is too large", $"at most {MaxBlock}", blockSize);
        if (x.Rank != 4) throw Errors.Argument(who, "the input has a wrong rank", "4 dimensions", x.Shape);
        return ((DataFormat)dataFormat).IsFirst;
    }
}
