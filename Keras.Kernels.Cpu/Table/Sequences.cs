using System.Numerics;

namespace Keras.Kernels.Cpu;

using Keras.Kernels.Cpu.Sequences;

/// <summary>Kernels of sequences and their labels.</summary>
internal static unsafe class SequenceTable
{
    internal sealed class Ctc(CtcOp op, TensorType[] inputs) : IWideMaker
    {
        readonly CtcSizes _sizes = new(inputs[0].Shape[0], inputs[0].Shape[1], inputs[0].Shape[2], inputs[1].Shape[1], op.Mask);

        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var sizes = _sizes;
            if (op is CtcLoss)
            {
                return new((in KernelCall call) => Parallel.For((int)sizes.Batch, new CtcForward<T>(Batch<T>(call, sizes, CtcForward<T>.Rows), call.Output<T>())));
            }
            var rows = CtcBackward<T>.Rows(sizes);
            return new((in KernelCall call) => Parallel.For((int)sizes.Batch, new CtcBackward<T>(Batch<T>(call, sizes, rows), call.Input<T>(4), call.Output<T>())));
        }

        static CtcBatch<T> Batch<T>(in KernelCall call, CtcSizes sizes, long rows) where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            int* labels = call.Input<int>(1), counts = call.Input<int>(2), steps = call.Input<int>(3);
            Check(counts, sizes.Batch, sizes.Labels, "a number of labels is out of range");
            Check(steps, sizes.Batch, sizes.Steps, "a number of steps is out of range");
            for (long i = 0; i < sizes.Batch; i++)
                Check(labels + (i * sizes.Labels), counts[i], sizes.Classes - 1, "a label is out of range");
            return new(sizes, call.Input<T>(0), labels, counts, steps, rows);
        }

        static void Check(int* values, long n, long most, string what)
        {
            for (long i = 0; i < n; i++)
                if (values[i] < 0 || values[i] > most) throw Errors.Argument("ctc_loss", what, $"0 to {most}", $"{values[i]} at position {i}");
        }
    }

    internal sealed class Beam(CtcBeamSearch op, Shape shape) : IWideMaker
    {
        readonly BeamSizes _sizes = new(shape[0], shape[1], shape[2], op.Width, op.Paths, op.Mask);

        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var sizes = _sizes;
            return new((in KernelCall call) => Parallel.For((int)sizes.Batch,
                new BeamSearch<T>(sizes, call.Input<T>(0), call.Input<int>(1), call.Output<int>(0), call.Output<T>(1))));
        }
    }
}
