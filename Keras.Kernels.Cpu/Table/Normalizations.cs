using System.Numerics;

namespace Keras.Kernels.Cpu;

/// <summary>Batch normalization by the batch's own statistics, forward and backward.</summary>
internal static unsafe class BatchNormTable
{
    static (long Outer, long Channels, long Inner) View(Shape shape, int axis) =>
        (shape.Slice(0, axis).Size, shape[axis], shape.Slice(axis + 1, shape.Rank - axis - 1).Size);

    /// <summary>1 / sqrt(variance + epsilon) of each channel.</summary>
    static void Invert<T>(T* variance, double epsilon, T* inverse, long channels) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (long c = 0; c < channels; c++) inverse[c] = T.One / T.Sqrt(variance[c] + T.CreateTruncating(epsilon));
    }

    internal sealed class Forward(BatchNormalize op, Shape shape) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var (outer, channels, inner) = View(shape, op.Axis);
            return new((in KernelCall call) =>
            {
                T* x = call.Input<T>(0), gamma = call.Input<T>(1), beta = call.Input<T>(2);
                T* mean = call.Output<T>(1), variance = call.Output<T>(2), scale = (T*)call.Scratch, shift = scale + channels;
                BatchNormKernels.Moments(x, mean, variance, outer, channels, inner);
                Invert(variance, op.Epsilon, scale, channels);
                for (long c = 0; c < channels; c++)
                {
                    scale[c] *= gamma[c];
                    shift[c] = beta[c] - (mean[c] * scale[c]);
                }
                BatchNormKernels.Normalize(x, scale, shift, call.Output<T>(), outer, channels, inner);
            }, Math.Max(1, 2 * channels * sizeof(T)));
        }
    }

    internal sealed class Backward(BatchNormalizeGradient op, Shape shape) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var (outer, channels, inner) = View(shape, op.Axis);
            return new((in KernelCall call) =>
            {
                var inverse = (T*)call.Scratch;
                Invert(call.Input<T>(3), op.Epsilon, inverse, channels);
                BatchNormKernels.Backward(call.Input<T>(0), call.Input<T>(1), call.Input<T>(2), inverse, call.Input<T>(4),
                    call.Output<T>(), call.Output<T>(1), call.Output<T>(2), outer, channels, inner);
            }, Math.Max(1, channels * sizeof(T)));
        }
    }
}

/// <summary>Normalization of rows, forward and backward.</summary>
internal static unsafe class RowNormTable
{
    static (long Rows, long Columns) Of(Shape shape) => (shape.Slice(0, shape.Rank - 1).Size, shape[-1]);

    internal sealed class Forward(RowNormalize op, TensorType[] inputs) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var ((rows, columns), scaled) = (Of(inputs[0].Shape), inputs.Length > 1);
            return new((in KernelCall call) => RowNormKernels.Forward(call.Input<T>(0), scaled ? call.Input<T>(1) : null, scaled ? call.Input<T>(2) : null,
                call.Output<T>(), call.Output<T>(1), call.Output<T>(2), rows, columns, op.Epsilon, op.Centred));
        }
    }

    internal sealed class Backward(RowNormalizeGradient op, TensorType[] inputs) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var ((rows, columns), scaled) = (Of(inputs[0].Shape), inputs.Length > 4);
            return new((in KernelCall call) => RowNormKernels.Backward(call.Input<T>(0), call.Input<T>(1), call.Input<T>(2), call.Input<T>(3),
                scaled ? call.Input<T>(4) : null, call.Output<T>(), scaled ? call.Output<T>(1) : null, scaled ? call.Output<T>(2) : null, rows, columns, op.Centred));
        }
    }
}
