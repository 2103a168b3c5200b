using System.Runtime.InteropServices;

namespace Keras.Kernels.Cpu;

using Keras.Kernels.Cpu.Elementwise;
using Keras.Kernels.Cpu.Movement;
using Mover = Keras.Kernels.Cpu.Movement.Movement;

/// <summary>Kernels that move elements without looking at them.</summary>
internal static unsafe class MovementTable
{
    internal static Kernel Transpose(Keras.Transpose op, TensorType[] inputs, TensorType output)
    {
        var strides = Types.Strides(inputs[0].Shape, inputs[0].Shape);
        return Read(output, [.. op.Permutation.Select(a => strides[a])], 0);
    }

    internal static Kernel BroadcastTo(Keras.BroadcastTo op, TensorType[] inputs, TensorType output) =>
        Read(output, Types.Strides(inputs[0].Shape, output.Shape), 0);

    internal static Kernel Slice(Keras.Slice op, TensorType[] inputs, TensorType output)
    {
        var (strides, start) = Walk(op, inputs[0].Shape);
        return Read(output, strides, start);
    }

    internal static Kernel SliceGradient(Keras.SliceGradient op, TensorType[] inputs, TensorType output)
    {
        var (strides, start) = Walk(op.Slice, output.Shape);
        var plan = new BroadcastPlan(Types.Sizes(inputs[0].Shape), strides);
        var (size, bytes) = (output.DType.Size(), output.Bytes);
        return new((in KernelCall call) =>
        {
            NativeMemory.Clear(call.Output<byte>(), (nuint)bytes);
            if (plan.Count > 0) Mover.Write(size, plan, call.Input<byte>(0), call.Output<byte>() + (start * size));
        });
    }

    internal static Kernel Pad(Keras.Pad op, TensorType[] inputs, TensorType output)
    {
        long[] shape = Types.Sizes(inputs[0].Shape), whole = Types.Sizes(output.Shape), low = [.. op.Low.Select(v => (long)v)];
        var size = output.DType.Size();
        return new((in KernelCall call) => Mover.Pad(size, shape, low, whole, call.Input<byte>(1), call.Input<byte>(0), call.Output<byte>()));
    }

    internal static Kernel Concatenate(Keras.Concatenate op, TensorType[] inputs, TensorType output)
    {
        var outer = output.Shape.Slice(0, op.Axis).Size;
        var inner = output.Shape.Slice(op.Axis + 1, output.Shape.Rank - op.Axis - 1).Size;
        var (size, total) = (output.DType.Size(), (long)output.Shape[op.Axis]);
        long[] lengths = [.. inputs.Select(i => (long)i.Shape[op.Axis])];
        return new((in KernelCall call) =>
        {
            long at = 0;
            for (var i = 0; i < lengths.Length; at += lengths[i++])
                Mover.Concatenate(size, call.Input<byte>(i), call.Output<byte>(), outer, lengths[i], inner, at, total);
        });
    }

    internal static Kernel Triangle(Keras.Triangle op, TensorType[] inputs, TensorType output)
    {
        var shape = output.Shape;
        var (batch, rows, columns, size) = (shape.Slice(0, shape.Rank - 2).Size, shape[-2], shape[-1], output.DType.Size());
        return new((in KernelCall call) =>
            Fill.KeepTriangle(size, call.Input<byte>(0), call.Output<byte>(), batch, rows, columns, op.Diagonal, op.Upper), 0, (0, 0));
    }

    static Kernel Read(TensorType output, long[] strides, long start)
    {
        var plan = new CopyPlan(Types.Sizes(output.Shape), strides);
        var size = output.DType.Size();
        return output.Shape.Size == 0
            ? new((in KernelCall _) => { })
            : new((in KernelCall call) => Mover.Copy(size, plan, call.Input<byte>(0) + (start * size), call.Output<byte>()));
    }

    static (long[] Strides, long Start) Walk(Keras.Slice op, Shape whole)
    {
        var strides = Types.Strides(whole, whole);
        long start = 0;
        for (var i = 0; i < strides.Length; i++)
        {
            start += op.Starts[i] * strides[i];
            strides[i] *= op.Steps[i];
        }
        return (strides, start);
    }
}

/// <summary>0, 1, 2, …</summary>
internal readonly struct IotaMaker(long count) : IMaker
{
    readonly long _count = count;

    public unsafe Kernel Make<T>() where T : unmanaged
    {
        var n = _count;
        return new((in KernelCall call) => Fill.Iota(call.Output<T>(), n));
    }
}
