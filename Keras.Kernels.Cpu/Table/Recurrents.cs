using System.Numerics;

namespace Keras.Kernels.Cpu;

using Keras.Kernels.Cpu.Recurrent;

/// <summary>Recurrent cells over whole sequences.</summary>
internal static unsafe class RecurrentTable
{
    const long Alignment = 64;

    static RecurrentShape Shape(RecurrentOp op, Shape sequence, Shape state) => new(state[0], sequence[1], state[1], op.Gates, op.Reverse);

    /// <summary>Where the parts of a scratch begin, and its size.</summary>
    static (long[] Offsets, long Total) Scratch(params ReadOnlySpan<long> sizes)
    {
        var (offsets, total) = (new long[sizes.Length], 0L);
        for (var i = 0; i < sizes.Length; i++)
        {
            offsets[i] = total;
            total += (Math.Max(1, sizes[i]) + Alignment - 1) / Alignment * Alignment;
        }
        return (offsets, total);
    }

    internal sealed class Forward(RecurrentSequence op, TensorType[] inputs) : IWideMaker
    {
        readonly RecurrentShape _shape = Shape(op, inputs[0].Shape, inputs[op.Place(RecurrentInput.State)].Shape);
        readonly int _memory = op.Place(RecurrentInput.Memory), _kernel = op.Place(RecurrentInput.Kernel), _bias = op.Place(RecurrentInput.Bias), _mask = op.Place(RecurrentInput.Mask);

        (int, int)[] InPlace => op.Saves && op.HasGates ? [(0, op.GatesPart)] : [];

        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T> => op.Kind switch
        {
            RecurrentKind.Simple => Make<T, SimpleCell<T>>(),
            RecurrentKind.Lstm => Make<T, Recurrent.LstmCell<T>>(),
            RecurrentKind.Gru => Make<T, GruCell<T>>(),
            _ => MakeResetBefore<T>(),
        };

        Kernel Make<T, TCell>() where T : unmanaged, IBinaryFloatingPointIeee754<T> where TCell : struct, ICell<T>
        {
            int units = _shape.Units, width = _shape.Width;
            var (offsets, total) = Scratch(Gemm.PackedBytes<T>(units, width), (long)_shape.Batch * _shape.Stride * sizeof(T));
            return new((in KernelCall call) =>
            {
                Gemm.PackB(units, width, call.Input<T>(_kernel), width, false, call.Scratch);
                var data = Data<T>(call, call.Scratch, call.Scratch + offsets[1]);
                Parallel.For(_shape.Blocks, new RecurrentForward<T, TCell>(_shape, data));
            }, total, InPlace);
        }

        Kernel MakeResetBefore<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            int units = _shape.Units, width = _shape.Width;
            var (offsets, total) = Scratch(Gemm.PackedBytes<T>(units, 2 * units), (long)_shape.Batch * _shape.Stride * sizeof(T),
                Gemm.PackedBytes<T>(units, units), (long)_shape.Batch * units * sizeof(T));
            return new((in KernelCall call) =>
            {
                T* kernel = call.Input<T>(_kernel), late = (T*)(call.Scratch + offsets[2]), reset = (T*)(call.Scratch + offsets[3]);
                Gemm.PackB(units, 2 * units, kernel, width, false, call.Scratch);
                Gemm.PackB(units, units, kernel + (2 * units), width, false, late);
                var data = Data<T>(call, call.Scratch, call.Scratch + offsets[1]);
                Parallel.For(_shape.Blocks, new ResetBeforeForward<T>(_shape, data, late, reset));
            }, total, InPlace);
        }

        ForwardData<T> Data<T>(in KernelCall call, byte* kernel, byte* products) where T : unmanaged => new()
        {
            Projected = call.Input<T>(0),
            FirstState = call.Input<T>(1),
            FirstMemory = op.HasMemory ? call.Input<T>(_memory) : null,
            Bias = op.HasBias ? call.Input<T>(_bias) : null,
            Mask = op.Masked ? call.Input<byte>(_mask) : null,
            Sequence = call.Output<T>(),
            State = call.Output<T>(1),
            Memory = op.HasMemory ? call.Output<T>(2) : null,
            Gates = op.Saves && op.HasGates ? call.Output<T>(op.GatesPart) : null,
            Inner = op.Saves && op.HasInner ? call.Output<T>(op.GatesPart + 1) : null,
            Kernel = (T*)kernel,
            Products = (T*)products,
        };
    }

    internal sealed class Backward(RecurrentSequenceGradient op, TensorType[] inputs) : IWideMaker
    {
        readonly RecurrentShape _shape = Shape(op, inputs[op.Place(RecurrentInput.Sequence)].Shape, inputs[op.Place(RecurrentInput.State)].Shape);

        int Samples => checked(_shape.Batch * _shape.Steps);

        // What is read of a step is read before the gradients of the same step take its place.
        (int, int)[] InPlace => op.HasBias ? [(0, 0), (1, op.KernelPart + 1)] : op.HasGates ? [(0, 0)] : [];

        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T> => op.Kind switch
        {
            RecurrentKind.Simple => Make<T, SimpleCell<T>>(),
            RecurrentKind.Lstm => Make<T, Recurrent.LstmCell<T>>(),
            RecurrentKind.Gru => Make<T, GruCell<T>>(),
            _ => MakeResetBefore<T>(),
        };

        Kernel Make<T, TCell>() where T : unmanaged, IBinaryFloatingPointIeee754<T> where TCell : struct, ICell<T>
        {
            int units = _shape.Units, width = _shape.Width;
            var (offsets, total) = Scratch(Gemm.PackedBytes<T>(width, units), (long)_shape.Batch * _shape.Stride * sizeof(T), (long)Samples * units * sizeof(T));
            return new((in KernelCall call) =>
            {
                Gemm.PackB(width, units, Find<T>(call, RecurrentInput.Kernel), width, true, call.Scratch);
                var data = Data<T>(call, call.Scratch, call.Scratch + offsets[1], call.Scratch + offsets[2]);
                Parallel.For(_shape.Blocks, new RecurrentBackward<T, TCell>(_shape, data));
                T* target = call.Output<T>(op.KernelPart);
                var early = op.HasBias ? width - units : width;
                OfKernel(early, data.Before, data.Projected, width, target);
                if (op.HasBias) OfKernel(units, data.Before, data.ResetProducts, units, target + early);
            }, total, InPlace);
        }

        Kernel MakeResetBefore<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            int units = _shape.Units, width = _shape.Width, early = 2 * _shape.Units;
            var (offsets, total) = Scratch(Gemm.PackedBytes<T>(early, units), (long)_shape.Batch * _shape.Stride * sizeof(T), (long)Samples * units * sizeof(T),
                Gemm.PackedBytes<T>(units, units), (long)_shape.Batch * units * sizeof(T), (long)Samples * units * sizeof(T));
            return new((in KernelCall call) =>
            {
                T* kernel = Find<T>(call, RecurrentInput.Kernel), late = (T*)(call.Scratch + offsets[3]);
                T* recalled = (T*)(call.Scratch + offsets[4]), reset = (T*)(call.Scratch + offsets[5]);
                Gemm.PackB(early, units, kernel, width, true, call.Scratch);
                Gemm.PackB(units, units, kernel + early, width, true, late);
                var data = Data<T>(call, call.Scratch, call.Scratch + offsets[1], call.Scratch + offsets[2]);
                Parallel.For(_shape.Blocks, new ResetBeforeBackward<T>(_shape, data, late, recalled, reset));
                T* target = call.Output<T>(op.KernelPart);
                OfKernel(early, data.Before, data.Projected, width, target);
                OfKernel(units, reset, data.Projected + early, width, target + early);
            }, total, InPlace);
        }

        /// <summary>The sum over all steps of what was before them times the gradients of some columns.</summary>
        void OfKernel<T>(int columns, T* before, T* gradients, int stride, T* target) where T : unmanaged =>
            Gemm.Run(_shape.Units, columns, Samples, before, _shape.Units, true, gradients, stride, false, target, _shape.Width);

        BackwardData<T> Data<T>(in KernelCall call, byte* kernel, byte* products, byte* before) where T : unmanaged => new()
        {
            Gates = Find<T>(call, RecurrentInput.Gates),
            Inner = Find<T>(call, RecurrentInput.Inner),
            Sequence = Find<T>(call, RecurrentInput.Sequence),
            FirstState = Find<T>(call, RecurrentInput.State),
            FirstMemory = Find<T>(call, RecurrentInput.Memory),
            OfSequence = Find<T>(call, RecurrentInput.SequenceGradient),
            OfState = Find<T>(call, RecurrentInput.StateGradient),
            OfMemory = Find<T>(call, RecurrentInput.MemoryGradient),
            Mask = Find<byte>(call, RecurrentInput.Mask),
            Projected = call.Output<T>(),
            State = call.Output<T>(1),
            Memory = op.HasMemory ? call.Output<T>(2) : null,
            ResetProducts = op.HasBias ? call.Output<T>(op.KernelPart + 1) : null,
            Kernel = (T*)kernel,
            Products = (T*)products,
            Before = (T*)before,
        };

        T* Find<T>(in KernelCall call, RecurrentInput input) where T : unmanaged => op.Has(input) ? call.Input<T>(op.Place(input)) : null;
    }
}
