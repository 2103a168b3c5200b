using System.Numerics;
using System.Runtime.CompilerServices;

namespace Keras.Kernels.Cpu.Recurrent;

/// <summary>The addresses of a forward run; what is not there is null.</summary>
internal unsafe struct ForwardData<T> where T : unmanaged
{
    public T* Projected, FirstState, FirstMemory, Bias;
    public T* Sequence, State, Memory, Gates, Inner;
    public byte* Mask;
    /// <summary>The kernel of the state, packed.</summary>
    public T* Kernel;
    /// <summary>Room for (batch, gates · units), a stride apart.</summary>
    public T* Products;
}

/// <summary>One row of a step: its inputs and products, the states that it changes, and what is kept.</summary>
internal unsafe struct ForwardRow<T> where T : unmanaged
{
    public T* Projected, Products, State, Memory, Sequence, Gates, Inner;
}

/// <summary>What a cell does with the row of a step.</summary>
internal interface ICell<T> where T : unmanaged
{
    static abstract void Forward(in ForwardRow<T> row, int units);

    static abstract void Backward(in BackwardRow<T> row, int units);
}

/// <summary>Blocks of samples through all steps: product with the states, then gates, while they are in the cache.</summary>
internal readonly unsafe struct RecurrentForward<T, TCell>(RecurrentShape shape, ForwardData<T> data) : IBlocks
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TCell : struct, ICell<T>
{
    readonly RecurrentShape _shape = shape;
    readonly ForwardData<T> _data = data;

    public void Run(int block)
    {
        var (first, count) = _shape.Block(block);
        var (units, width) = (_shape.Units, _shape.Width);
        Rows.Copy(_data.FirstState, _data.State, first, count, units);
        if (_data.Memory != null) Rows.Copy(_data.FirstMemory, _data.Memory, first, count, units);
        T* products = _data.Products + ((long)first * _shape.Stride), state = _data.State + ((long)first * units);
        for (var step = 0; step < _shape.Steps; step++)
        {
            Gemm.RunPacked(count, width, units, state, units, false, _data.Kernel, products, _shape.Stride, bias: _data.Bias);
            for (var sample = first; sample < first + count; sample++) Row(sample, step);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Row(int sample, int step)
    {
        var (units, width) = (_shape.Units, _shape.Width);
        long at = _shape.Given(sample, step), state = (long)sample * units;
        var row = new ForwardRow<T>
        {
            Projected = _data.Projected + (at * width),
            Products = _data.Products + ((long)sample * _shape.Stride),
            State = _data.State + state,
            Memory = _data.Memory == null ? null : _data.Memory + state,
            Sequence = _data.Sequence + (_shape.Computed(sample, step) * units),
            Gates = _data.Gates == null ? null : _data.Gates + (at * width),
            Inner = _data.Inner == null ? null : _data.Inner + (at * units),
        };
        if (_data.Mask == null || _data.Mask[at] != 0)
        {
            TCell.Forward(row, units);
            return;
        }
        Bulk.Move(row.State, row.Sequence, units);
        if (row.Gates != null) Bulk.Clear(row.Gates, width);
        if (row.Inner == null) return;
        if (row.Memory == null) Bulk.Clear(row.Inner, units);
        else Bulk.Move(row.Memory, row.Inner, units);
    }
}

internal static unsafe class Rows
{
    /// <summary>Copies rows from one array to the same places of another.</summary>
    public static void Copy<T>(T* from, T* to, int first, int count, int units) where T : unmanaged
    {
        var at = (long)first * units;
        Bulk.Move(from + at, to + at, (long)count * units);
    }
}
