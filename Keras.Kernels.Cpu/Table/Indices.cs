using System.Numerics;
using System.Runtime.InteropServices;

namespace Keras.Kernels.Cpu;

using Keras.Kernels.Cpu.Elementwise;
using Keras.Kernels.Cpu.Movement;
using Keras.Kernels.Cpu.Reduction;

/// <summary>Kernels that read or add by index, for indices of 32 and 64 bits; others are widened.</summary>
internal static unsafe class IndexTable
{
    readonly record struct Sizes(long Outer, long N, long Inner, long Count);

    static Sizes Of(Shape whole, int axis, long count) =>
        new(whole.Slice(0, axis).Size, whole[axis], whole.Slice(axis + 1, whole.Rank - axis - 1).Size, count);

    internal static Kernel? Take(Keras.Take op, TensorType[] inputs, TensorType output)
    {
        var (s, size) = (Of(inputs[0].Shape, op.Axis, inputs[1].Shape.Size), output.DType.Size());
        return inputs[1].DType switch
        {
            DType.Int32 => new((in KernelCall call) => Check<int>(op, call, 1,
                Gather.Take(size, call.Input<byte>(0), call.Input<int>(1), call.Output<byte>(), s.Outer, s.N, s.Inner, s.Count), s.N)),
            DType.Int64 => new((in KernelCall call) => Check<long>(op, call, 1,
                Gather.Take(size, call.Input<byte>(0), call.Input<long>(1), call.Output<byte>(), s.Outer, s.N, s.Inner, s.Count), s.N)),
            _ => null,
        };
    }

    internal static Kernel? TakeAlong(Keras.TakeAlong op, TensorType[] inputs, TensorType output)
    {
        var (s, size) = (Of(inputs[0].Shape, op.Axis, inputs[1].Shape[op.Axis]), output.DType.Size());
        return inputs[1].DType switch
        {
            DType.Int32 => new((in KernelCall call) => Check<int>(op, call, 1,
                Gather.TakeAlong(size, call.Input<byte>(0), call.Input<int>(1), call.Output<byte>(), s.Outer, s.N, s.Inner, s.Count), s.N)),
            DType.Int64 => new((in KernelCall call) => Check<long>(op, call, 1,
                Gather.TakeAlong(size, call.Input<byte>(0), call.Input<long>(1), call.Output<byte>(), s.Outer, s.N, s.Inner, s.Count), s.N)),
            _ => null,
        };
    }

    internal static Kernel? TakeGradient(Keras.TakeGradient op, TensorType[] inputs, TensorType output) =>
        Sums(output, new ScatterMaker(op, Of(output.Shape, op.Axis, inputs[0].Shape.Size), inputs[0].DType, output, along: false));

    internal static Kernel? TakeAlongGradient(Keras.TakeAlongGradient op, TensorType[] inputs, TensorType output) =>
        Sums(output, new ScatterMaker(op, Of(op.Whole, op.Axis, inputs[0].Shape[op.Axis]), inputs[0].DType, output, along: true));

    sealed class ScatterMaker(Op op, Sizes s, DType indices, TensorType output, bool along) : IMaker
    {
        public Kernel Make<T>() where T : unmanaged => indices == DType.Int64 ? Make<T, long>() : Make<T, int>();

        Kernel Make<T, TIndex>() where T : unmanaged where TIndex : unmanaged, IBinaryInteger<TIndex>
        {
            var bytes = output.Bytes;
            return new((in KernelCall call) =>
            {
                NativeMemory.Clear(call.Output<byte>(), (nuint)bytes);
                var bad = along
                    ? Scatter.Along<Elementwise.Add, TIndex, T>(call.Output<T>(), call.Input<TIndex>(0), call.Input<T>(1), s.Outer, s.N, s.Inner, s.Count)
                    : Scatter.Run<Elementwise.Add, TIndex, T>(call.Output<T>(), call.Input<TIndex>(0), call.Input<T>(1), s.Outer, s.N, s.Inner, s.Count);
                Check<TIndex>(op, call, 0, bad, s.N);
            });
        }
    }

    internal static Kernel? ScatterRows(Keras.ScatterRows op, TensorType[] inputs, TensorType output) => op.Kind switch
    {
        ScatterKind.Replace => Types.Any(Types.Pairs(output).DType, new UpdateMaker<Replace>(op, inputs, Types.Pairs(output))),
        ScatterKind.Add => Sums(Types.Pairs(output), new UpdateMaker<Elementwise.Add>(op, inputs, Types.Pairs(output))),
        ScatterKind.Mul => Sums(output, new UpdateMaker<Elementwise.Multiply>(op, inputs, output)),
        ScatterKind.Max => Types.Numbers(output.DType, new UpdateMaker<Elementwise.Maximum>(op, inputs, output)),
        _ => Types.Numbers(output.DType, new UpdateMaker<Elementwise.Minimum>(op, inputs, output)),
    };

    sealed class UpdateMaker<TBody>(Op op, TensorType[] inputs, TensorType output) : IMaker where TBody : IBinary
    {
        public Kernel Make<T>() where T : unmanaged => inputs[1].DType == DType.Int64 ? Make<T, long>() : Make<T, int>();

        Kernel Make<T, TIndex>() where T : unmanaged where TIndex : unmanaged, IBinaryInteger<TIndex>
        {
            var (s, bytes) = (Of(output.Shape, 0, inputs[1].Shape.Size), output.Bytes);
            return new((in KernelCall call) =>
            {
                if (call.Input<byte>(0) != call.Output<byte>()) Buffer.MemoryCopy(call.Input<byte>(0), call.Output<byte>(), bytes, bytes);
                Check<TIndex>(op, call, 1, Scatter.Run<TBody, TIndex, T>(call.Output<T>(), call.Input<TIndex>(1), call.Input<T>(2), s.Outer, s.N, s.Inner, s.Count), s.N);
            }, 0, (0, 0));
        }
    }

    // Half precision would round at every step: without a kernel the graph computes in single precision.
    static Kernel? Sums<TMaker>(TensorType output, TMaker maker) where TMaker : IMaker =>
        output.DType is DType.Float16 or DType.BFloat16 ? null : Types.Numbers(output.DType, maker);

    static void Check<TIndex>(Op op, in KernelCall call, int input, long bad, long n) where TIndex : unmanaged
    {
        if (bad >= 0)
            throw Errors.Argument(op.Name, "an index is out of range", $"{-n} to {n - 1}", $"{call.Input<TIndex>(input)[bad]} at position {bad}");
    }

    internal sealed class CumulateMaker<TBody>(int axis, Shape shape, bool reverse) : IMaker where TBody : IReduction
    {
        public Kernel Make<T>() where T : unmanaged
        {
            var s = Of(shape, axis, 0);
            return new((in KernelCall call) => Cumulate.Run<TBody, T>(call.Input<T>(0), call.Output<T>(), s.Outer, s.N, s.Inner, reverse), 0, (0, 0));
        }
    }
}
