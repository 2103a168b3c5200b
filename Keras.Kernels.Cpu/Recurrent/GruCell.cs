using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu.Recurrent;

/// <summary>Gates for update and reset from z + (h R + b), the candidate n = tanh(z + reset (h R + b)); then h = u h + (1 - u) n.</summary>
internal readonly struct GruCell<T> : ICell<T> where T : unmanaged
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
            var zero = Vector512<T>.Zero;
            long second = i + _units, third = second + _units;
            var update = CellMath.Sigmoid(chunk.Load(_row.Projected + i, zero) + chunk.Load(_row.Products + i, zero));
            var reset = CellMath.Sigmoid(chunk.Load(_row.Projected + second, zero) + chunk.Load(_row.Products + second, zero));
            var product = chunk.Load(_row.Products + third, zero);
            var next = CellMath.Tanh(chunk.Load(_row.Projected + third, zero) + (reset * product));
            var h = (update * chunk.Load(_row.State + i, zero)) + ((Vector512<T>.One - update) * next);
            chunk.Store(_row.State + i, h);
            chunk.Store(_row.Sequence + i, h);
            if (_row.Gates == null) return;
            chunk.Store(_row.Gates + i, update);
            chunk.Store(_row.Gates + second, reset);
            chunk.Store(_row.Gates + third, next);
            chunk.Store(_row.Inner + i, product);
        }
    }

    readonly unsafe struct BackwardStep(BackwardRow<T> row, long units) : IMapStep<T>
    {
        readonly BackwardRow<T> _row = row;
        readonly long _units = units;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk
        {
            Vector512<T> zero = Vector512<T>.Zero, one = Vector512<T>.One;
            long second = i + _units, third = second + _units;
            Vector512<T> update = chunk.Load(_row.Gates + i, zero), reset = chunk.Load(_row.Gates + second, zero), next = chunk.Load(_row.Gates + third, zero);
            var dh = Arriving.Load(_row, i, chunk);
            var dnext = dh * (one - update) * CellMath.SlopeOfTanh(next);
            var dupdate = dh * (chunk.Load(_row.Before + i, zero) - next) * CellMath.Slope(update);
            var dreset = dnext * chunk.Load(_row.Inner + i, zero) * CellMath.Slope(reset);
            chunk.Store(_row.Projected + i, dupdate);
            chunk.Store(_row.Projected + second, dreset);
            chunk.Store(_row.Projected + third, dnext);
            chunk.Store(_row.Products + i, dupdate);
            chunk.Store(_row.Products + second, dreset);
            chunk.Store(_row.Products + third, dnext * reset);
            chunk.Store(_row.ResetProducts + i, dnext * reset);
            chunk.Store(_row.State + i, dh * update);
        }
    }
}
