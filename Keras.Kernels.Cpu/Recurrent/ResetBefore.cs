using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu.Recurrent;

/// <summary>A GRU that resets the state before its last product, which waits for the reset gate: two products a step.
/// The kernel is packed in two: for the first two gates, and <paramref name="late"/> for the candidate.</summary>
internal readonly unsafe struct ResetBeforeForward<T>(RecurrentShape shape, ForwardData<T> data, T* late, T* reset) : IBlocks
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    readonly RecurrentShape _shape = shape;
    readonly ForwardData<T> _data = data;
    readonly T* _late = late, _reset = reset;

    public void Run(int block)
    {
        var (first, count) = _shape.Block(block);
        var (units, stride) = (_shape.Units, _shape.Stride);
        Rows.Copy(_data.FirstState, _data.State, first, count, units);
        T* products = _data.Products + ((long)first * stride), state = _data.State + ((long)first * units), reset = _reset + ((long)first * units);
        for (var step = 0; step < _shape.Steps; step++)
        {
            Gemm.RunPacked(count, 2 * units, units, state, units, false, _data.Kernel, products, stride);
            for (var sample = first; sample < first + count; sample++) Gates(sample, step);
            Gemm.RunPacked(count, units, units, reset, units, false, _late, products + (2 * units), stride);
            for (var sample = first; sample < first + count; sample++) State(sample, step);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Gates(int sample, int step)
    {
        var units = _shape.Units;
        var projected = _data.Projected + (_shape.Given(sample, step) * _shape.Width);
        T* products = _data.Products + ((long)sample * _shape.Stride), state = _data.State + ((long)sample * units);
        Sweep.Map<T, ResetBeforeGates<T>>(new(projected, products, state, _reset + ((long)sample * units), units), 0, units);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void State(int sample, int step)
    {
        var (units, width, at) = (_shape.Units, _shape.Width, _shape.Given(sample, step));
        T* products = _data.Products + ((long)sample * _shape.Stride), state = _data.State + ((long)sample * units);
        var sequence = _data.Sequence + (_shape.Computed(sample, step) * units);
        var gates = _data.Gates == null ? null : _data.Gates + (at * width);
        if (_data.Mask == null || _data.Mask[at] != 0)
        {
            Sweep.Map<T, ResetBeforeState<T>>(new(_data.Projected + (at * width), products, state, sequence, gates, units), 0, units);
            return;
        }
        Bulk.Move(state, sequence, units);
        if (gates != null) Bulk.Clear(gates, width);
    }
}

/// <summary>Backwards: the product for the reset gate comes before its gradient is known.</summary>
internal readonly unsafe struct ResetBeforeBackward<T>(RecurrentShape shape, BackwardData<T> data, T* late, T* recalled, T* reset) : IBlocks
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    readonly RecurrentShape _shape = shape;
    readonly BackwardData<T> _data = data;
    readonly T* _late = late, _recalled = recalled, _reset = reset;

    public void Run(int block)
    {
        var (first, count) = _shape.Block(block);
        var (units, stride) = (_shape.Units, _shape.Stride);
        T* products = _data.Products + ((long)first * stride), state = _data.State + ((long)first * units), recalled = _recalled + ((long)first * units);
        if (_data.OfState == null) Bulk.Clear(state, (long)count * units);
        else Rows.Copy(_data.OfState, _data.State, first, count, units);
        for (var step = _shape.Steps - 1; step >= 0; step--)
        {
            for (var sample = first; sample < first + count; sample++) Row(sample, step, isLate: true);
            Gemm.RunPacked(count, units, units, products + (2 * units), stride, false, _late, recalled, units);
            for (var sample = first; sample < first + count; sample++) Row(sample, step, isLate: false);
            Gemm.RunPacked(count, units, 2 * units, products, stride, false, _data.Kernel, state, units, accumulate: true);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Row(int sample, int step, bool isLate)
    {
        var (units, width) = (_shape.Units, _shape.Width);
        long at = _shape.Given(sample, step), computed = _shape.Computed(sample, step), first = (long)sample * units;
        var row = new BackwardRow<T>
        {
            Gates = _data.Gates + (at * width),
            Before = step == 0 ? _data.FirstState + first : _data.Sequence + ((computed - 1) * units),
            Arriving = _data.OfSequence == null ? null : _data.OfSequence + (computed * units),
            State = _data.State + first,
            Projected = _data.Projected + (at * width),
            Products = _data.Products + ((long)sample * _shape.Stride),
        };
        var counts = _data.Mask == null || _data.Mask[at] != 0;
        if (isLate)
        {
            Bulk.Move(row.Before, _data.Before + (at * units), units);
            if (counts)
            {
                Sweep.Map<T, ResetBeforeLate<T>>(new(row, units), 0, units);
                return;
            }
            if (row.Arriving != null) Sweep.Map<T, AddStep<T>>(new(row.State, row.Arriving), 0, units);
            Bulk.Clear(row.Products, width);
        }
        else if (counts)
        {
            Sweep.Map<T, ResetBeforeEarly<T>>(new(row, _recalled + first, _reset + (at * units), units), 0, units);
        }
        else
        {
            Bulk.Clear(row.Projected, width);
            Bulk.Clear(_reset + (at * units), units);
        }
    }
}

/// <summary>Update and reset gates, in the place of their products, and the state as reset.</summary>
internal readonly unsafe struct ResetBeforeGates<T>(T* projected, T* products, T* state, T* reset, long units) : IMapStep<T> where T : unmanaged
{
    readonly T* _projected = projected, _products = products, _state = state, _reset = reset;
    readonly long _units = units;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk
    {
        var zero = Vector512<T>.Zero;
        var gate = CellMath.Sigmoid(chunk.Load(_projected + _units + i, zero) + chunk.Load(_products + _units + i, zero));
        chunk.Store(_products + i, CellMath.Sigmoid(chunk.Load(_projected + i, zero) + chunk.Load(_products + i, zero)));
        chunk.Store(_products + _units + i, gate);
        chunk.Store(_reset + i, gate * chunk.Load(_state + i, zero));
    }
}

internal readonly unsafe struct ResetBeforeState<T>(T* projected, T* products, T* state, T* sequence, T* gates, long units) : IMapStep<T> where T : unmanaged
{
    readonly T* _projected = projected, _products = products, _state = state, _sequence = sequence, _gates = gates;
    readonly long _units = units;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk
    {
        var zero = Vector512<T>.Zero;
        long second = i + _units, third = second + _units;
        var update = chunk.Load(_products + i, zero);
        var next = CellMath.Tanh(chunk.Load(_projected + third, zero) + chunk.Load(_products + third, zero));
        var h = (update * chunk.Load(_state + i, zero)) + ((Vector512<T>.One - update) * next);
        chunk.Store(_state + i, h);
        chunk.Store(_sequence + i, h);
        if (_gates == null) return;
        chunk.Store(_gates + i, update);
        chunk.Store(_gates + second, chunk.Load(_products + second, zero));
        chunk.Store(_gates + third, next);
    }
}

/// <summary>The gradients of the candidate and of the update gate, among the products.</summary>
internal readonly unsafe struct ResetBeforeLate<T>(BackwardRow<T> row, long units) : IMapStep<T> where T : unmanaged
{
    readonly BackwardRow<T> _row = row;
    readonly long _units = units;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk
    {
        var zero = Vector512<T>.Zero;
        Vector512<T> update = chunk.Load(_row.Gates + i, zero), next = chunk.Load(_row.Gates + (2 * _units) + i, zero);
        var dh = Arriving.Load(_row, i, chunk);
        chunk.Store(_row.Products + i, dh * (chunk.Load(_row.Before + i, zero) - next) * CellMath.Slope(update));
        chunk.Store(_row.Products + (2 * _units) + i, dh * (Vector512<T>.One - update) * CellMath.SlopeOfTanh(next));
        chunk.Store(_row.State + i, dh * update);
    }
}

/// <summary>The gradient of the reset gate, from that of the state as reset; then those of all inputs are known.</summary>
internal readonly unsafe struct ResetBeforeEarly<T>(BackwardRow<T> row, T* recalled, T* reset, long units) : IMapStep<T> where T : unmanaged
{
    readonly BackwardRow<T> _row = row;
    readonly T* _recalled = recalled, _reset = reset;
    readonly long _units = units;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk
    {
        var zero = Vector512<T>.Zero;
        long second = i + _units, third = second + _units;
        Vector512<T> reset = chunk.Load(_row.Gates + second, zero), before = chunk.Load(_row.Before + i, zero), recalled = chunk.Load(_recalled + i, zero);
        var dreset = recalled * before * CellMath.Slope(reset);
        chunk.Store(_row.State + i, chunk.Load(_row.State + i, zero) + (recalled * reset));
        chunk.Store(_reset + i, reset * before);
        chunk.Store(_row.Products + second, dreset);
        chunk.Store(_row.Projected + i, chunk.Load(_row.Products + i, zero));
        chunk.Store(_row.Projected + second, dreset);
        chunk.Store(_row.Projected + third, chunk.Load(_row.Products + third, zero));
    }
}
