using System.Numerics;

namespace Keras.Kernels.Cpu;

using Keras.Kernels.Cpu.Movement;

/// <summary>Windows over the depth of volumes, side by side for a convolution of images.</summary>
internal static unsafe class VolumeTable
{
    static DepthShape Shape(Window window, Shape x) =>
        new(x[0], Axis.Forward(x[1], window.Output(0, x[1]), window.Strides[0], window.Size[0], window.Dilation[0], window.PadLow(0, x[1])), x[2], x[3], x[4]);

    internal sealed class DepthsMaker(Depths op, Shape x) : IMaker
    {
        public Kernel Make<T>() where T : unmanaged
        {
            var shape = Shape(op.Window, x);
            return new((in KernelCall call) =>
                Blocked.Run(new DepthRows<T>(shape, call.Input<T>(0), call.Output<T>()), shape.Batch * shape.Depth.Out * shape.Height, shape.WideRow));
        }
    }

    internal sealed class GradientMaker(DepthsGradient op, Shape x) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var shape = Shape(op.Window, x);
            return new((in KernelCall call) =>
                Blocked.Run(new DepthSums<T>(shape, call.Input<T>(0), call.Output<T>()), shape.Batch * shape.Depth.In * shape.Height, shape.Row));
        }
    }
}
