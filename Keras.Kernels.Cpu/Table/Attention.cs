using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Keras.Kernels.Cpu;

/// <summary>Attention by blocks, forward and backward, with the micro-kernels of this machine.</summary>
internal static unsafe class AttentionTable
{
    static AttentionShape Of(TensorType[] inputs)
    {
        var (query, key, value) = (inputs[0].Shape, inputs[1].Shape, inputs[2].Shape);
        return new(query[0], query[1], key[1], query[2], key[2], query[3], value[3]);
    }

    /// <summary>Where the bias and the mask are, and how they advance.</summary>
    readonly struct TermSteps
    {
        readonly int _bias = -1, _mask = -1;
        readonly ScoreSteps _biasSteps, _maskSteps;
        readonly bool _causal;

        internal TermSteps(Attend op, AttentionShape shape, TensorType[] inputs)
        {
            Shape scores = [shape.Batch, shape.Heads, shape.Targets, shape.Sources];
            var next = 3;
            if (op.HasBias) (_bias, _biasSteps) = (next, Steps(inputs[next++].Shape, scores));
            if (op.HasMask) (_mask, _maskSteps) = (next, Steps(inputs[next].Shape, scores));
            _causal = op.IsCausal;
        }

        static ScoreSteps Steps(Shape term, Shape scores) =>
            Types.Strides(term, scores) is [var batch, var head, var row, var column] ? new((nint)batch, (nint)head, (nint)row, (nint)column) : default;

        internal ScoreTerms<T> Of<T>(in KernelCall call) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
            new(_bias < 0 ? null : call.Input<T>(_bias), _biasSteps, _mask < 0 ? null : call.Input<byte>(_mask), _maskSteps, _causal);
    }

    /// <summary>Chooses the micro-kernels.</summary>
    internal abstract class Maker : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
            Vector512.IsHardwareAccelerated ? Make<T, Kernels<T, Simd512<T>, Vector512<T>, N4, N8, N12>>()
            : Vector256.IsHardwareAccelerated ? Make<T, Kernels<T, Simd256<T>, Vector256<T>, N2, N4, N6>>()
            : AdvSimd.IsSupported ? Make<T, Kernels<T, Simd128<T>, Vector128<T>, N4, N8, N12>>()
            : Make<T, Kernels<T, Simd128<T>, Vector128<T>, N2, N4, N6>>();

        private protected abstract Kernel Make<T, TKernels>() where T : unmanaged, IBinaryFloatingPointIeee754<T> where TKernels : struct, IKernels<T>;
    }

    internal sealed class Forward(Attend op, TensorType[] inputs) : Maker
    {
        private protected override Kernel Make<T, TKernels>()
        {
            var (shape, scale) = (Of(inputs), T.CreateTruncating(op.Scale));
            var terms = new TermSteps(op, shape, inputs);
            return new((in KernelCall call) => new AttentionForward<T, TKernels>(shape, terms.Of<T>(call), scale, call.Input<T>(0), call.Input<T>(1), call.Input<T>(2),
                call.Output<T>(), call.Output<T>(1), call.Output<T>(2)).Run());
        }
    }

    internal sealed class Backward(AttendGradient op, TensorType[] inputs) : Maker
    {
        private protected override Kernel Make<T, TKernels>()
        {
            var (shape, scale, rest) = (Of(inputs), T.CreateTruncating(op.Forward.Scale), inputs.Length - 4);
            var terms = new TermSteps(op.Forward, shape, inputs);
            var partials = shape.SourceParts == 1 ? 0 : shape.SourceParts * inputs[0].Bytes;
            return new((in KernelCall call) =>
            {
                var from = new AttentionInputs<T>(call.Input<T>(0), call.Input<T>(1), call.Input<T>(2),
                    call.Input<T>(rest), call.Input<T>(rest + 1), call.Input<T>(rest + 2), call.Input<T>(rest + 3));
                new AttentionBackward<T, TKernels>(shape, terms.Of<T>(call), scale, from,
                    call.Output<T>(), call.Output<T>(1), call.Output<T>(2), (T*)call.Scratch).Run();
            }, partials);
        }
    }
}
