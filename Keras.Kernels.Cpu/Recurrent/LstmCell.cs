using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu.Recurrent;

/// <summary>Gates for input, forgetting, candidate and output, from z + h R; then c = f c + i g, h = o tanh(c).</summary>
internal readonly struct LstmCell<T> : ICell<T> where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward(in ForwardRow<T> row, int units) => Sweep.Map<T, ForwardStep>(new(row, units), 0, units);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward(in BackwardRow<T> row, int units) => Sweep.Map<T, BackwardStep>(new(row, units), 0, units);

    readonly unsafe struct ForwardStep(ForwardRow<T> row, long units) : IMapStep<T>
    {
        readonly ForwardRow<T> _row = row;
        readonly long _units = units;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk
        {
            var (input, forget) = (CellMath.Sigmoid(Before(i, chunk)), CellMath.Sigmoid(Before(i + _units, chunk)));
            var candidate = CellMath.Tanh(Before(i + (2 * _units), chunk));
            var output = CellMath.Sigmoid(Before(i + (3 * _units), chunk));
            var c = (forget * chunk.Load(_row.Memory + i, Vector512<T>.Zero)) + (input * candidate);
            var h = output * CellMath.Tanh(c);
            chunk.Store(_row.Memory + i, c);
            chunk.Store(_row.State + i, h);
            chunk.Store(_row.Sequence + i, h);
            if (_row.Gates == null) return;
            chunk.Store(_row.Gates + i, input);
            chunk.Store(_row.Gates + i + _units, forget);
            chunk.Store(_row.Gates + i + (2 * _units), candidate);
            chunk.Store(_row.Gates + i + (3 * _units), output);
            chunk.Store(_row.Inner + i, c);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        Vector512<T> Before<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk =>
            chunk.Load(_row.Projected + i, Vector512<T>.Zero) + chunk.Load(_row.Products + i, Vector512<T>.Zero);
    }

    readonly unsafe struct BackwardStep(BackwardRow<T> row, long units) : IMapStep<T>
    {
        readonly BackwardRow<T> _row = row;
        readonly long _units = units;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk
        {
            var zero = Vector512<T>.Zero;
            Vector512<T> input = chunk.Load(_row.Gates + i, zero), forget = chunk.Load(_row.Gates + i + _units, zero);
            Vector512<T> candidate = chunk.Load(_row.Gates + i + (2 * _units), zero), output = chunk.Load(_row.Gates + i + (3 * _units), zero);
            var bounded = CellMath.Tanh(chunk.Load(_row.Inner + i, zero));
            var dh = Arriving.Load(_row, i, chunk);
            var dc = chunk.Load(_row.Memory + i, zero) + (dh * output * CellMath.SlopeOfTanh(bounded));
            Store(i, dc * candidate * CellMath.Slope(input), chunk);
            Store(i + _units, dc * chunk.Load(_row.MemoryBefore + i, zero) * CellMath.Slope(forget), chunk);
            Store(i + (2 * _units), dc * input * CellMath.SlopeOfTanh(candidate), chunk);
            Store(i + (3 * _units), dh * bounded * CellMath.Slope(output), chunk);
            chunk.Store(_row.Memory + i, dc * forget);
            chunk.Store(_row.State + i, zero);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void Store<TChunk>(long i, Vector512<T> gradient, TChunk chunk) where TChunk : struct, IChunk
        {
            chunk.Store(_row.Projected + i, gradient);
            chunk.Store(_row.Products + i, gradient);
        }
    }
}
