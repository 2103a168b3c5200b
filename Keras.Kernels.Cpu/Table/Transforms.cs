using System.Numerics;

namespace Keras.Kernels.Cpu;

using Keras.Kernels.Cpu.Movement;
using Keras.Kernels.Cpu.Transforms;

/// <summary>Fourier transforms along the last axis, and windows along it.</summary>
internal static unsafe class TransformTable
{
    static long Rows(Shape shape) => shape.Slice(0, shape.Rank - 1).Size;

    internal sealed class FramesMaker(Frames op, Shape shape) : IMaker
    {
        public Kernel Make<T>() where T : unmanaged
        {
            var plan = new Overlap(Rows(shape), shape[-1], op.Count(shape[-1]), op.Length, op.Stride);
            return new((in KernelCall call) => plan.Spread(call.Input<T>(0), call.Output<T>()));
        }
    }

    internal sealed class OverlappedMaker(Overlapped op, Shape windows, Shape output) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var plan = new Overlap(Rows(output), output[-1], windows[-2], windows[-1], op.Stride);
            return new((in KernelCall call) => plan.Collect(call.Input<T>(0), call.Output<T>()));
        }
    }

    internal sealed class ComplexMaker(Shape shape) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var n = shape[-1];
            var transform = TransformCache<T>.Of(n);
            var blocks = new RowBlocks<T>(Rows(shape), n, transform.Together, transform.Scratch);
            return new((in KernelCall call) => blocks.Run(
                new ComplexRows<T>(transform, new(call.Input<T>(0), call.Input<T>(1), n), new(call.Output<T>(0), call.Output<T>(1), n)), call.Scratch), blocks.Scratch);
        }
    }

    /// <summary>Real numbers of a length to the first half of their spectrum.</summary>
    internal sealed class RealMaker(Shape shape) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var (n, half) = (shape[-1], (shape[-1] / 2) + 1);
            var plan = new RealPlan<T>(n, Rows(shape));
            return n % 2 == 0
                ? new((in KernelCall call) => plan.Blocks.Run(
                    new EvenRows<T>(plan.Transform, plan.Roots, call.Input<T>(0), new(call.Output<T>(0), call.Output<T>(1), half)), call.Scratch), plan.Blocks.Scratch)
                : new((in KernelCall call) => plan.Blocks.Run(
                    new OddRows<T>(plan.Transform, call.Input<T>(0), new(call.Output<T>(0), call.Output<T>(1), half)), call.Scratch), plan.Blocks.Scratch);
        }
    }

    /// <summary>The first half of a spectrum to the real numbers of a length.</summary>
    internal sealed class RealBackMaker(Shape shape) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var (n, half) = (shape[-1], (shape[-1] / 2) + 1);
            var plan = new RealPlan<T>(n, Rows(shape));
            return n % 2 == 0
                ? new((in KernelCall call) => plan.Blocks.Run(
                    new EvenRowsBack<T>(plan.Transform, plan.Roots, new(call.Input<T>(0), call.Input<T>(1), half), call.Output<T>()), call.Scratch), plan.Blocks.Scratch)
                : new((in KernelCall call) => plan.Blocks.Run(
                    new OddRowsBack<T>(plan.Transform, new(call.Input<T>(0), call.Input<T>(1), half), call.Output<T>()), call.Scratch), plan.Blocks.Scratch);
        }
    }

    /// <summary>An even number of real numbers is transformed as half as many complex ones.</summary>
    sealed class RealPlan<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        readonly Pinned<T>? _roots;

        internal RealPlan(int n, long rows)
        {
            Transform = TransformCache<T>.Of(n % 2 == 0 ? n / 2 : n);
            var size = (long)Transform.Length * Transform.Together;
            Blocks = new(rows, Transform.Length, Transform.Together, ((n % 2 == 0 ? 4 : 3) * size) + Transform.Scratch);
            if (n % 2 == 0) _roots = Transform.Halves;
        }

        internal RowTransform<T> Transform { get; }

        internal RowBlocks<T> Blocks { get; }

        internal Columns<T> Roots => new(_roots!.At, _roots.At + (_roots.Count / 2), 0);
    }
}
