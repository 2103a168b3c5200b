namespace Keras.Kernels.Cpu;

/// <summary>The sizes of a 2-D pooling over (batch, height, width, channels). Padding after follows.</summary>
internal readonly record struct Pool2D(
    int Batch, int Height, int Width, int Channels,
    int WindowHeight, int WindowWidth, int StrideHeight, int StrideWidth,
    int PadTop, int PadLeft, int OutHeight, int OutWidth)
{
    private const int BlockSize = 16384;

    internal int WindowSize => WindowHeight * WindowWidth;

    /// <summary>The rows of an image that a block works on, for rows of <paramref name="width"/> pixels.</summary>
    internal int RowsPerBlock(int width) =>
        (int)Math.Max(1, BlockSize / Math.Max(1, (long)width * Channels));

    /// <summary>The real elements under the window of output (row, col).</summary>
    internal PoolWindow Window(int row, int col)
    {
        int top = (row * StrideHeight) - PadTop, left = (col * StrideWidth) - PadLeft;
        return new PoolWindow(Math.Max(0, top), Math.Min(Height, top + WindowHeight),
            Math.Max(0, left), Math.Min(Width, left + WindowWidth));
    }

    /// <summary>The output rows whose windows touch input rows [first, last).</summary>
    internal (int First, int Last) OutputRows(int first, int last)
    {
        var before = first + PadTop - WindowHeight;
        var start = before < 0 ? 0 : (before / StrideHeight) + 1;
        return (start, Math.Min(OutHeight, ((last - 1 + PadTop) / StrideHeight) + 1));
    }
}

/// <summary>The real rows [Top, Bottom) and columns [Left, Right) of a window.</summary>
internal readonly record struct PoolWindow(int Top, int Bottom, int Left, int Right)
{
    internal int Count => Math.Max(0, Bottom - Top) * Math.Max(0, Right - Left);
}
