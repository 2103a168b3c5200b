using System.Numerics;
using System.Runtime.InteropServices;

namespace Keras.Kernels.Cpu;

/// <summary>Matrix products, one or many.</summary>
internal sealed unsafe class MatMulTable : IMaker
{
    readonly MatMul _op;
    readonly int _m, _n, _k, _lda, _ldb, _batch;
    readonly long[] _offsetsA, _offsetsB;

    internal MatMulTable(MatMul op, TensorType[] inputs, TensorType output)
    {
        var (a, b) = (inputs[0].Shape, inputs[1].Shape);
        _op = op;
        (_m, _n, _k) = (output.Shape[-2], output.Shape[-1], op.TransposeA ? a[-2] : a[-1]);
        (_lda, _ldb) = (a[-1], b[-1]);
        var batch = output.Shape.Slice(0, output.Shape.Rank - 2);
        _batch = Shape.Dim(batch.Size);
        _offsetsA = Offsets(a, batch, (long)_m * _k);
        _offsetsB = Offsets(b, batch, (long)_k * _n);
    }

    internal static Kernel? Prepare(MatMul op, TensorType[] inputs, TensorType output) =>
        Types.Numbers(output.DType, new MatMulTable(op, inputs, output));

    /// <summary>Where each matrix of a batch begins, in elements.</summary>
    static long[] Offsets(Shape operand, Shape batch, long matrix)
    {
        var strides = Types.Strides(operand.Slice(0, operand.Rank - 2), batch);
        var offsets = new long[batch.Size];
        for (long i = 0; i < offsets.Length; i++)
        {
            var rest = i;
            for (var axis = batch.Rank - 1; axis >= 0; rest /= batch[axis--]) offsets[i] += rest % batch[axis] * strides[axis] * matrix;
        }
        return offsets;
    }

    public Kernel Make<T>() where T : unmanaged =>
        typeof(T) == typeof(float) || typeof(T) == typeof(double) || typeof(T) == typeof(Half) || typeof(T) == typeof(BFloat16)
            ? _batch == 1 ? new(Single<T>) : new(Batched<T>)
            : MakeInteger<T>();

    void Single<T>(in KernelCall call) where T : unmanaged =>
        Gemm.Run(_m, _n, _k, call.Input<T>(0), _lda, _op.TransposeA, call.Input<T>(1), _ldb, _op.TransposeB, call.Output<T>(), _n,
            bias: _op.HasBias ? call.Input<T>(2) : null, epilogue: _op.Activation);

    // Where both operands advance evenly, as they do unless axes are stretched in between, one call serves the batch.
    void Batched<T>(in KernelCall call) where T : unmanaged
    {
        if (_batch == 0) return;
        var bias = _op.HasBias ? call.Input<T>(2) : null;
        var group = Even(_offsetsA) && Even(_offsetsB) ? _batch : 1;
        for (var i = 0; i < _batch; i += group)
            Gemm.RunBatched(group, _m, _n, _k, call.Input<T>(0) + _offsetsA[i], _lda, _op.TransposeA, Step(_offsetsA),
                call.Input<T>(1) + _offsetsB[i], _ldb, _op.TransposeB, Step(_offsetsB),
                call.Output<T>() + ((long)i * _m * _n), _n, (nint)_m * _n, false, bias, _op.Activation);
    }

    static nint Step(long[] offsets) => offsets.Length > 1 ? (nint)offsets[1] : 0;

    static bool Even(long[] offsets)
    {
        for (var i = 0; i < offsets.Length; i++)
            if (offsets[i] != i * (long)Step(offsets)) return false;
        return true;
    }

    Kernel MakeInteger<T>() where T : unmanaged =>
        typeof(T) == typeof(int) ? new(Integer<int>)
        : typeof(T) == typeof(long) ? new(Integer<long>)
        : typeof(T) == typeof(uint) ? new(Integer<uint>)
        : typeof(T) == typeof(ulong) ? new(Integer<ulong>)
        : typeof(T) == typeof(short) ? new(Integer<short>)
        : typeof(T) == typeof(ushort) ? new(Integer<ushort>)
        : typeof(T) == typeof(sbyte) ? new(Integer<sbyte>)
        : new(Integer<byte>);

    void Integer<T>(in KernelCall call) where T : unmanaged, INumber<T>
    {
        for (var i = 0; i < _batch; i++)
            Gemm.RunGeneric(_m, _n, _k, call.Input<T>(0) + _offsetsA[i], _lda, _op.TransposeA, call.Input<T>(1) + _offsetsB[i], _ldb, _op.TransposeB,
                call.Output<T>() + ((long)i * _m * _n), _n, bias: _op.HasBias ? call.Input<T>(2) : null, epilogue: _op.Activation);
    }
}

/// <summary>Convolutions in their three directions.</summary>
internal static unsafe class ConvolutionTable
{
    static ConvShape Shape(Keras.Convolution op, Shape x, Shape kernel)
    {
        var window = op.Over(kernel);
        return new(x[0], x[1], x[2], x[3], window.Output(0, x[1]), window.Output(1, x[2]), kernel[3], kernel[0], kernel[1],
            Step(0, x[1]), Step(1, x[2]), op.Dilation[0], op.Dilation[1], window.PadLow(0, x[1]), window.PadLow(1, x[2]), op.Groups);

        // A single window takes no step; one that is longer than all there is would only be walked in vain.
        int Step(int axis, int length) => (int)Math.Min(op.Strides[axis], (long)length + window.Extent(axis));
    }

    internal static Kernel? Forward(Keras.Convolution op, TensorType[] inputs, TensorType output) =>
        Types.Wide(output.DType, new ForwardMaker(Shape(op, inputs[0].Shape, inputs[1].Shape), op));

    internal static Kernel? InputGradient(ConvolutionInputGradient op, TensorType[] inputs, TensorType output) =>
        IsEmpty(inputs) ? Zeros(output) : Types.Wide(output.DType, new InputMaker(Shape(op.Forward, output.Shape, inputs[1].Shape)));

    internal static Kernel? FilterGradient(ConvolutionFilterGradient op, TensorType[] inputs, TensorType output) =>
        IsEmpty(inputs) ? Zeros(output) : Types.Wide(output.DType, new FilterMaker(Shape(op.Forward, inputs[0].Shape, output.Shape)));

    static bool IsEmpty(TensorType[] inputs) => Array.Exists(inputs, i => i.Shape.Size == 0);

    // The sum of no products.
    static Kernel Zeros(TensorType output)
    {
        var bytes = (nuint)output.Bytes;
        return new((in KernelCall call) => NativeMemory.Clear(call.Output<byte>(), bytes));
    }

    sealed class ForwardMaker(ConvShape shape, Keras.Convolution op) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T> => new((in KernelCall call) =>
            Convolution.Forward(shape, call.Input<T>(0), call.Input<T>(1), op.HasBias ? call.Input<T>(2) : null, op.Activation == Epilogue.Relu,
                call.Output<T>(), call.Scratch), Convolution.ForwardScratch<T>(shape));
    }

    sealed class InputMaker(ConvShape shape) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T> => new((in KernelCall call) =>
            Convolution.InputGradient(shape, call.Input<T>(0), call.Input<T>(1), call.Output<T>(), call.Scratch), Convolution.InputGradientScratch<T>(shape));
    }

    sealed class FilterMaker(ConvShape shape) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T> => new((in KernelCall call) =>
            Convolution.FilterGradient(shape, call.Input<T>(0), call.Input<T>(1), call.Output<T>(), call.Scratch), Convolution.FilterGradientScratch<T>(shape));
    }
}

/// <summary>Pooling in both directions.</summary>
internal static unsafe class PoolingTable
{
    internal static Pool2D Shape(Window w, Shape x) => new(x[0], x[1], x[2], x[3], w.Size[0], w.Size[1], w.Strides[0], w.Strides[1],
        w.PadLow(0, x[1]), w.PadLow(1, x[2]), w.Output(0, x[1]), w.Output(1, x[2]));

    internal sealed class MaxMaker(Pool2D shape) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
            new((in KernelCall call) => PoolingKernels.Max(shape, call.Input<T>(0), call.Output<T>()));
    }

    internal sealed class MaxGradientMaker(Pool2D shape) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
            new((in KernelCall call) => PoolingKernels.MaxBackward(shape, call.Input<T>(0), call.Input<T>(1), call.Output<T>()));
    }

    internal sealed class MaxPickMaker(Pool2D shape) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
            new((in KernelCall call) => MaxPoolPicker.Run(shape, call.Input<T>(0), call.Input<T>(1), call.Output<T>()));
    }

    internal sealed class AverageMaker(Pool2D shape) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
            new((in KernelCall call) => PoolingKernels.Average(shape, call.Input<T>(0), call.Output<T>()));
    }

    internal sealed class AverageGradientMaker(Pool2D shape) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
            new((in KernelCall call) => PoolingKernels.AverageBackward(shape, call.Input<T>(0), call.Output<T>()));
    }
}
