using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu.Recurrent;

/// <summary>h = tanh(z + h R).</summary>
internal readonly struct SimpleCell<T> : ICell<T> where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward(in ForwardRow<T> row, int units) => Sweep.Map<T, ForwardStep>(new(row), 0, units);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward(in BackwardRow<T> row, int units) => Sweep.Map<T, BackwardStep>(new(row), 0, units);

    readonly unsafe struct ForwardStep(ForwardRow<T> row) : IMapStep<T>
    {
        readonly ForwardRow<T> _row = row;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk
        {
            var zero = Vector512<T>.Zero;
            var h = CellMath.Tanh(chunk.Load(_row.Projected + i, zero) + chunk.Load(_row.Products + i, zero));
            chunk.Store(_row.State + i, h);
            chunk.Store(_row.Sequence + i, h);
        }
    }

    readonly unsafe struct BackwardStep(BackwardRow<T> row) : IMapStep<T>
    {
        readonly BackwardRow<T> _row = row;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk
        {
            var d = Arriving.Load(_row, i, chunk) * CellMath.SlopeOfTanh(chunk.Load(_row.After + i, Vector512<T>.Zero));
            chunk.Store(_row.Projected + i, d);
            chunk.Store(_row.Products + i, d);
            chunk.Store(_row.State + i, Vector512<T>.Zero);
        }
    }
}
