using System.Numerics;

namespace Keras.Kernels.Cpu;

/// <summary>Softmax and its kin.</summary>
internal static unsafe class SoftmaxTable
{
    static (long Rows, long Columns) Of(Shape shape) => (shape.Slice(0, shape.Rank - 1).Size, shape[-1]);

    internal sealed class Forward(Shape shape, bool log) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var (rows, columns) = Of(shape);
            return log
                ? new((in KernelCall call) => SoftmaxKernels.LogSoftmax(call.Input<T>(0), call.Output<T>(), rows, columns), 0, (0, 0))
                : new((in KernelCall call) => SoftmaxKernels.Softmax(call.Input<T>(0), call.Output<T>(), rows, columns), 0, (0, 0));
        }
    }

    internal sealed class Total(Shape shape) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var (rows, columns) = Of(shape);
            return new((in KernelCall call) => SoftmaxKernels.LogSumExp(call.Input<T>(0), call.Output<T>(), rows, columns));
        }
    }

    internal sealed class Backward(Shape shape, bool log) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var (rows, columns) = Of(shape);
            return log
                ? new((in KernelCall call) => SoftmaxKernels.LogSoftmaxBackward(call.Input<T>(0), call.Input<T>(1), call.Output<T>(), rows, columns))
                : new((in KernelCall call) => SoftmaxKernels.SoftmaxBackward(call.Input<T>(0), call.Input<T>(1), call.Output<T>(), rows, columns));
        }
    }

    internal sealed class Soft(Shape shape, bool gradient) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var (rows, columns) = Of(shape);
            return gradient
                ? new((in KernelCall call) => CrossEntropyKernels.DenseBackward(call.Input<T>(0), call.Input<T>(1), call.Input<T>(2), call.Output<T>(), rows, columns))
                : new((in KernelCall call) => CrossEntropyKernels.Dense(call.Input<T>(0), call.Input<T>(1), call.Output<T>(), rows, columns));
        }
    }

    internal sealed class Sigmoid(long count) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
            new((in KernelCall call) => CrossEntropyKernels.Sigmoid(call.Input<T>(0), call.Input<T>(1), call.Output<T>(), count));
    }

    /// <summary>The kernels that read labels: in each type of label.</summary>
    internal sealed class Labelled(Op op, TensorType[] inputs) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T> => inputs[1].DType switch
        {
            DType.Int32 => Make<T, int>(),
            DType.Int64 => Make<T, long>(),
            DType.UInt8 => Make<T, byte>(),
            DType.UInt16 => Make<T, ushort>(),
            DType.UInt32 => Make<T, uint>(),
            DType.UInt64 => Make<T, ulong>(),
            DType.Int8 => Make<T, sbyte>(),
            _ => Make<T, short>(),
        };

        Kernel Make<T, TLabel>() where T : unmanaged, IBinaryFloatingPointIeee754<T> where TLabel : unmanaged, INumber<TLabel>
        {
            var (rows, columns) = Of(inputs[0].Shape);
            return op switch
            {
                SparseCrossentropy => new((in KernelCall call) => Check<TLabel>(call,
                    CrossEntropyKernels.Sparse(call.Input<T>(0), call.Input<TLabel>(1), call.Output<T>(), rows, columns), columns)),
                SparseCrossentropyGradient => new((in KernelCall call) => Check<TLabel>(call,
                    CrossEntropyKernels.SparseBackward(call.Input<T>(0), call.Input<TLabel>(1), call.Input<T>(2), call.Output<T>(), rows, columns), columns)),
                _ => new((in KernelCall call) => Check<TLabel>(call,
                    LabelPick.Run(call.Input<T>(0), call.Input<TLabel>(1), call.Output<T>(), rows, columns), columns)),
            };
        }

        static void Check<TLabel>(in KernelCall call, long bad, long columns) where TLabel : unmanaged, INumber<TLabel>
        {
            if (bad >= 0)
                throw Errors.Argument("sparse_categorical_crossentropy", "a label is out of range", $"0 to {columns - 1}",
                    $"{call.Input<TLabel>(1)[bad]} at position {bad}", "The classes are the size of the last axis of the predictions.");
        }
    }
}

/// <summary>Random numbers from a key that is read when the kernel runs.</summary>
internal static unsafe class RandomTable
{
    internal static Kernel Bits(RandomBits op, TensorType[] inputs, TensorType output)
    {
        var n = output.Shape.Size;
        return new((in KernelCall call) => RandomKernels.Bits(call.Input<uint>(0), call.Output<uint>(), n));
    }

    internal static Kernel Bernoulli(RandomBernoulli op, TensorType[] inputs, TensorType output)
    {
        var (n, p) = (output.Shape.Size, (float)op.P);
        return new((in KernelCall call) => RandomKernels.Bernoulli(call.Input<uint>(0), p, call.Output<byte>(), n));
    }

    internal sealed class Numbers(RandomOp op) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var n = op.Type.Shape.Size;
            switch (op)
            {
                case RandomUniform u:
                    var (low, high) = (T.CreateTruncating(u.Min), T.CreateTruncating(u.Max));
                    return new((in KernelCall call) => RandomKernels.Uniform(call.Input<uint>(0), low, high, call.Output<T>(), n));
                case RandomTruncatedNormal t:
                    var (lower, upper) = (T.CreateTruncating(t.Min), T.CreateTruncating(t.Max));
                    return new((in KernelCall call) =>
                        RandomKernels.TruncatedNormal(call.Input<uint>(0), lower, upper, T.Zero, T.One, call.Output<T>(), n));
                default:
                    return new((in KernelCall call) => RandomKernels.Normal(call.Input<uint>(0), T.Zero, T.One, call.Output<T>(), n));
            }
        }
    }

    /// <summary>Draws with parameters, which are one for all elements or one for each.</summary>
    internal sealed class Draws(Drawn op, TensorType[] inputs) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var (n, one, other) = (op.Type.Shape.Size, inputs[1].Shape.Rank == 0, inputs[^1].Shape.Rank == 0);
            if (op is RandomGamma gamma)
            {
                var draw = new GammaDraw<T>(gamma.Log);
                return new((in KernelCall call) => Run<T, GammaDraw<T>>(call, draw, gamma.Child is { } child ? Threefry.Block(Key(call), (ulong)child) : Key(call), n, one, one, 1));
            }
            return new((in KernelCall call) => Run<T, BinomialDraw<T>>(call, new BinomialDraw<T>(), Key(call), n, one, other, 2));
        }

        static (uint, uint) Key(in KernelCall call) => (call.Input<uint>(0)[0], call.Input<uint>(0)[1]);

        static void Run<T, TDraw>(in KernelCall call, TDraw draw, (uint, uint) key, long n, bool one, bool other, int second)
            where T : unmanaged where TDraw : struct, IDraw<T> =>
            DrawBlocks<T, TDraw>.Run(draw, key, new(call.Input<T>(1), one), new(call.Input<T>(second), other), call.Output<T>(), n);
    }

    internal sealed class Dropout(double rate, long count) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T> => new((in KernelCall call) =>
            RandomKernels.DropoutScale(call.Input<uint>(1), rate, call.Input<T>(0), call.Output<T>(), count), 0, (0, 0));
    }
}

/// <summary>Optimizer steps: the variable and its slots are read and written in place where the plan allows.</summary>
internal sealed unsafe class OptimizerTable(OptimizerUpdate op, long count) : IWideMaker
{
    public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var n = count;
        switch (op)
        {
            case SgdUpdate:
                return new((in KernelCall call) => OptimizerKernels.Sgd(Slot<T>(call, 0, 0), call.Input<T>(1), call.Input<T>(2), n), 0, (0, 0));
            case MomentumUpdate m:
                return new((in KernelCall call) => OptimizerKernels.Momentum(Slot<T>(call, 0, 0), Slot<T>(call, 2, 1), call.Input<T>(1),
                    call.Input<T>(3), m.Momentum, m.Nesterov, n), 0, (0, 0), (2, 1));
            case AdamUpdate { Amsgrad: false } a:
                return new((in KernelCall call) => OptimizerKernels.Adam(Slot<T>(call, 0, 0), Slot<T>(call, 2, 1), Slot<T>(call, 3, 2), default,
                    call.Input<T>(1), call.Input<T>(4), a.Beta1, a.Beta2, a.Epsilon, n), 0, (0, 0), (2, 1), (3, 2));
            default:
                var b = (AdamUpdate)op;
                return new((in KernelCall call) => OptimizerKernels.Adam(Slot<T>(call, 0, 0), Slot<T>(call, 2, 1), Slot<T>(call, 3, 2), Slot<T>(call, 4, 3),
                    call.Input<T>(1), call.Input<T>(5), b.Beta1, b.Beta2, b.Epsilon, n), 0, (0, 0), (2, 1), (3, 2), (4, 3));
        }
    }

    static Slot<T> Slot<T>(in KernelCall call, int input, int output) where T : unmanaged => new(call.Input<T>(input), call.Output<T>(output));
}
