using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Keras.Kernels.Cpu;

/// <summary>Makes the channels of one output pixel from an image.</summary>
internal unsafe interface IPoolForward<T>
    where T : unmanaged
{
    void Pixel(in Pool2D shape, in PoolWindow window, T* image, T* output);
}

/// <summary>
/// Adds the gradient of one output pixel to the rows [first, last) of the image's gradient that its window touches.
/// </summary>
internal unsafe interface IPoolBackward<T>
    where T : unmanaged
{
    void Pixel(in Pool2D shape, in PoolWindow window, int first, int last, T* image, T* output, T* dimage);
}

internal readonly unsafe struct PoolForwardBlocks<T, TBody>(Pool2D shape, TBody body, T* x, T* y) : IBlocks
    where T : unmanaged
    where TBody : struct, IPoolForward<T>
{
    private readonly Pool2D _shape = shape;
    private readonly TBody _body = body;
    private readonly T* _x = x;
    private readonly T* _y = y;
    private readonly int _rows = shape.RowsPerBlock(shape.OutWidth);

    internal static void Run(in Pool2D shape, TBody body, T* x, T* y)
    {
        var blocks = new PoolForwardBlocks<T, TBody>(shape, body, x, y);
        Parallel.For(shape.Batch * blocks.PerImage, in blocks);
    }

    private int PerImage => (_shape.OutHeight + _rows - 1) / _rows;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int block)
    {
        var (n, part) = Math.DivRem(block, PerImage);
        var (shape, body) = (_shape, _body);
        var image = _x + ((long)n * shape.Height * shape.Width * shape.Channels);
        var end = Math.Min(shape.OutHeight, (part + 1) * _rows);
        for (var row = part * _rows; row < end; row++)
        {
            var output = _y + ((((long)n * shape.OutHeight) + row) * shape.OutWidth * shape.Channels);
            for (var col = 0; col < shape.OutWidth; col++, output += shape.Channels)
                body.Pixel(shape, shape.Window(row, col), image, output);
        }
    }
}

/// <summary>A block owns rows of dx and visits all outputs that reach them: no two write to one place.</summary>
internal readonly unsafe struct PoolBackwardBlocks<T, TBody>(Pool2D shape, TBody body, T* x, T* g, T* dx) : IBlocks
    where T : unmanaged
    where TBody : struct, IPoolBackward<T>
{
    private readonly Pool2D _shape = shape;
    private readonly TBody _body = body;
    private readonly T* _x = x;
    private readonly T* _g = g;
    private readonly T* _dx = dx;
    // Blocks that begin where windows do share fewer windows with their neighbours.
    private readonly int _rows = (shape.RowsPerBlock(shape.Width) + shape.StrideHeight - 1)
        / shape.StrideHeight * shape.StrideHeight;

    internal static void Run(in Pool2D shape, TBody body, T* x, T* g, T* dx)
    {
        var blocks = new PoolBackwardBlocks<T, TBody>(shape, body, x, g, dx);
        Parallel.For(shape.Batch * blocks.PerImage, in blocks);
    }

    private int PerImage => (_shape.Height + _rows - 1) / _rows;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int block)
    {
        var (n, part) = Math.DivRem(block, PerImage);
        var shape = _shape;
        var pixels = (long)n * shape.Height * shape.Width * shape.Channels;
        var (first, last) = (part * _rows, Math.Min(shape.Height, (part + 1) * _rows));
        var line = (long)shape.Width * shape.Channels;
        NativeMemory.Clear(_dx + pixels + (first * line), (nuint)((last - first) * line * sizeof(T)));
        var image = _x == null ? null : _x + pixels;
        var (start, end) = shape.OutputRows(first, last);
        for (var row = start; row < end; row++)
            Row(shape, n, row, first, last, image, _dx + pixels);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Row(in Pool2D shape, int n, int row, int first, int last, T* image, T* dimage)
    {
        var body = _body;
        var g = _g + ((((long)n * shape.OutHeight) + row) * shape.OutWidth * shape.Channels);
        for (var col = 0; col < shape.OutWidth; col++, g += shape.Channels)
            body.Pixel(shape, shape.Window(row, col), first, last, image, g, dimage);
    }
}
