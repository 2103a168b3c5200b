using System.Numerics;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu.Movement;

/// <summary>Volumes (batch, depth, height, row) whose rows are pixels, and windows over their depth.</summary>
internal readonly record struct DepthShape(long Batch, Axis Depth, int Height, int Width, int Channels)
{
    internal long Row => (long)Width * Channels;

    internal long WideRow => Row * Depth.Taps;
}

/// <summary>Rows of the result, which has the pixels that a window sees side by side.</summary>
internal readonly unsafe struct DepthRows<T>(DepthShape shape, T* x, T* y) : IRows where T : unmanaged
{
    readonly DepthShape _shape = shape;
    readonly T* _x = x, _y = y;

    public void Run(long start, long end)
    {
        var depth = _shape.Depth;
        nint channels = _shape.Channels, wide = channels * depth.Taps;
        for (var row = start; row < end; row++)
        {
            var (slice, line) = Math.DivRem(row, _shape.Height);
            var (image, window) = Math.DivRem(slice, depth.Out);
            var y = _y + (row * _shape.WideRow);
            for (var tap = 0; tap < depth.Taps; tap++, y += channels)
            {
                var at = (window * depth.Stride) + depth.First + ((long)tap * depth.Step);
                var inside = (ulong)at < (ulong)depth.In;
                var x = _x + ((((image * depth.In) + at) * _shape.Height) + line) * _shape.Row;
                if (inside) Pixels<T>.Copy(x, channels, y, wide, channels, _shape.Width);
                else Pixels<T>.Clear(y, wide, channels, _shape.Width);
            }
        }
    }
}

/// <summary>Rows of the volumes: sums of what windows have of them.</summary>
internal readonly unsafe struct DepthSums<T>(DepthShape shape, T* g, T* x) : IRows where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    readonly DepthShape _shape = shape;
    readonly T* _g = g, _x = x;

    public void Run(long start, long end)
    {
        var depth = _shape.Depth;
        for (var row = start; row < end; row++)
        {
            var (slice, line) = Math.DivRem(row, _shape.Height);
            var (image, place) = Math.DivRem(slice, depth.In);
            var x = _x + (row * _shape.Row);
            var isFirst = true;
            for (var tap = 0; tap < depth.Taps; tap++)
            {
                var (window, rest) = Math.DivRem(place - depth.First - ((long)tap * depth.Step), depth.Stride);
                if (rest != 0 || (ulong)window >= (ulong)depth.Out) continue;
                Add(_g + (((((image * depth.Out) + window) * _shape.Height) + line) * _shape.WideRow) + ((long)tap * _shape.Channels), x, isFirst);
                isFirst = false;
            }
            if (isFirst) Bulk.Clear(x, _shape.Row);
        }
    }

    void Add(T* g, T* x, bool isFirst)
    {
        int channels = _shape.Channels, wide = channels * _shape.Depth.Taps;
        if (isFirst)
            Pixels<T>.Copy(g, wide, x, channels, channels, _shape.Width);
        else if (channels == 1)
            for (nint pixel = 0; pixel < _shape.Width; pixel++) x[pixel] += g[pixel * wide];
        else if (channels < Vector512<T>.Count)
            for (nint pixel = 0; pixel < _shape.Width; pixel++)
                for (nint c = 0; c < channels; c++) x[(pixel * channels) + c] += g[(pixel * wide) + c];
        else
            for (nint pixel = 0; pixel < _shape.Width; pixel++) Sweep.Map<T, AddStep<T>>(new(x + (pixel * channels), g + (pixel * wide)), 0, channels);
    }
}

/// <summary>Runs of channels, some way apart. Short ones are not worth a call each.</summary>
internal static unsafe class Pixels<T> where T : unmanaged
{
    const int Short = 16;

    internal static void Copy(T* from, nint fromStep, T* to, nint toStep, nint channels, int count)
    {
        if (channels == 1)
            for (nint pixel = 0; pixel < count; pixel++) to[pixel * toStep] = from[pixel * fromStep];
        else if (channels < Short)
            for (nint pixel = 0; pixel < count; pixel++)
                for (nint c = 0; c < channels; c++) to[(pixel * toStep) + c] = from[(pixel * fromStep) + c];
        else
            for (nint pixel = 0; pixel < count; pixel++) Bulk.Move(from + (pixel * fromStep), to + (pixel * toStep), channels);
    }

    internal static void Clear(T* to, nint step, nint channels, int count)
    {
        for (nint pixel = 0; pixel < count; pixel++)
            for (nint c = 0; c < channels; c++) to[(pixel * step) + c] = default;
    }
}
