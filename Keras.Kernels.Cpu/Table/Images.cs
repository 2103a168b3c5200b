using System.Numerics;

namespace Keras.Kernels.Cpu;

using Keras.Kernels.Cpu.Images;
using Keras.Kernels.Cpu.Movement;

/// <summary>Images in other sizes and places.</summary>
internal static unsafe class ImageTable
{
    // From as many bytes a pixel on, its channels fill vectors.
    const int WidePixel = 64;
    // Of more dimensions there are too many corners to keep.
    const int MostDimensions = 6;

    internal static Kernel? Resample(ResampleImages op, TensorType[] inputs, TensorType output)
    {
        var shape = Sizes(op.Axis, inputs[0].Shape, output.Shape);
        var (rows, columns) = (op.Rows.Taps(shape.Height), op.Columns.Taps(shape.Width));
        return op.Copies ? Copies(shape, rows, columns, output.DType.Size()) : Types.Wide(output.DType, new Maker(shape, rows, columns));
    }

    internal static Kernel? ResampleGradient(ResampleImagesGradient op, TensorType[] inputs, TensorType output)
    {
        var shape = Sizes(op.Axis, inputs[0].Shape, output.Shape);
        return Types.Wide(output.DType, new Maker(shape, op.Rows.Taps(op.Height).Transposed(op.Height), op.Columns.Taps(op.Width).Transposed(op.Width)));
    }

    static ResizeShape Sizes(int axis, Shape x, Shape y) =>
        new(x.Slice(0, axis).Size, x[axis], x[axis + 1], x.Slice(axis + 2, x.Rank - axis - 2).Size, y[axis], y[axis + 1]);

    static Kernel Copies(ResizeShape shape, Taps rows, Taps columns, int size)
    {
        var (pixel, rowStarts, columnStarts) = (shape.Channels * size, new Pinned<int>(rows.Starts), new Pinned<int>(columns.Starts));
        return new((in KernelCall call) => Blocked.Run(
            new NearestRows(shape, rowStarts.At, columnStarts.At, pixel, call.Input<byte>(0), call.Output<byte>()),
            shape.Outer * shape.Rows, shape.RowElements));
    }

    internal static Kernel? Sample(SamplePoints op, TensorType[] inputs, TensorType output)
    {
        var (x, points) = (inputs[0].Shape, inputs[1].Shape);
        // Numbers that are only moved are left to simpler ops where they are integers.
        return inputs[0].DType != inputs[1].DType || x.Rank - 2 > MostDimensions ? null : Types.Wide(output.DType, new SampleMaker(op, x, points));
    }

    sealed class SampleMaker(SamplePoints op, Shape x, Shape points) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var sizes = new Pinned<int>(x.Dims[1..^1]);
            var shape = new SampleShape((int)sizes.Count, points.Slice(1, points.Rank - 1).Size, x[-1], x.Slice(1, x.Rank - 2).Size, points[0] == 1, op.Order,
                Outside(op.Mode));
            var (rows, fill) = (x[0] * shape.Points, T.CreateTruncating(op.Fill));
            return new((in KernelCall call) =>
            {
                var coordinates = stackalloc T*[MostDimensions];
                for (var d = 0; d < shape.Dimensions; d++) coordinates[d] = call.Input<T>(d + 1);
                Blocked.Run(new SampleRows<T>(shape, sizes.At, coordinates, fill, call.Input<T>(0), call.Output<T>()), rows, shape.Row << shape.Dimensions);
            });
        }
    }

    static Outside Outside(FillMode mode) =>
        mode == FillMode.Constant ? Images.Outside.Constant
        : mode == FillMode.Nearest ? Images.Outside.Nearest
        : mode == FillMode.Wrap ? Images.Outside.Wrap
        : mode == FillMode.Mirror ? Images.Outside.Mirror
        : Images.Outside.Reflect;

    sealed class Maker(ResizeShape shape, Taps rows, Taps columns) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var (down, across) = (new Band<T>(rows), new Band<T>(columns));
            var keeps = across.IsIdentity(shape.Width);
            // Neither long runs of columns nor vectors of channels: each number of a row finds its own.
            var narrow = shape.Channels * sizeof(T) < WidePixel && across.RunCount > shape.Columns / 4
                && shape.RowElements * Math.Max(1, across.Longest) <= int.MaxValue && shape.SourceElements <= int.MaxValue;
            var spread = narrow && !keeps ? new Spread<T>(columns, across.Longest, shape.Width, (int)shape.Channels) : null;
            return new((in KernelCall call) => Parallel.For(shape.Blocks,
                new ResizeBlocks<T>(shape, down, across, spread, keeps, call.Input<T>(0), call.Output<T>(), (T*)call.Scratch)),
                keeps ? 1 : shape.Blocks * shape.SourceElements * sizeof(T));
        }
    }
}
