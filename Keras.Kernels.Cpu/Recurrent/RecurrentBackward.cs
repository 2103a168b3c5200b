using System.Numerics;
using System.Runtime.CompilerServices;

namespace Keras.Kernels.Cpu.Recurrent;

/// <summary>The addresses of a backward run; what is not there is null.</summary>
internal unsafe struct BackwardData<T> where T : unmanaged
{
    public T* Gates, Inner, Sequence, FirstState, FirstMemory;
    public T* OfSequence, OfState, OfMemory;
    public byte* Mask;
    /// <summary>The results; those of the first states hold what goes from step to step until then.</summary>
    public T* Projected, State, Memory, ResetProducts;
    /// <summary>The transposed kernel of the state, packed.</summary>
    public T* Kernel;
    /// <summary>Room for (batch, gates · units), a stride apart.</summary>
    public T* Products;
    /// <summary>Room for the states before all steps, in the order of the inputs.</summary>
    public T* Before;
}

/// <summary>One row of a step: what it was computed from and gave, and the gradients that arrive and go on.</summary>
internal unsafe struct BackwardRow<T> where T : unmanaged
{
    public T* Gates, Inner, Before, After, MemoryBefore, Arriving;
    public T* State, Memory;
    public T* Projected, Products, ResetProducts;
}

/// <summary>Blocks of samples through all steps from the last to the first. The sum for the kernel is one product behind it.</summary>
internal readonly unsafe struct RecurrentBackward<T, TCell>(RecurrentShape shape, BackwardData<T> data) : IBlocks
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TCell : struct, ICell<T>
{
    readonly RecurrentShape _shape = shape;
    readonly BackwardData<T> _data = data;

    public void Run(int block)
    {
        var (first, count) = _shape.Block(block);
        var (units, width) = (_shape.Units, _shape.Width);
        Start(_data.OfState, _data.State, first, count);
        if (_data.Memory != null) Start(_data.OfMemory, _data.Memory, first, count);
        T* products = _data.Products + ((long)first * _shape.Stride), state = _data.State + ((long)first * units);
        for (var step = _shape.Steps - 1; step >= 0; step--)
        {
            for (var sample = first; sample < first + count; sample++) Row(sample, step);
            Gemm.RunPacked(count, units, width, products, _shape.Stride, false, _data.Kernel, state, units, accumulate: true);
        }
    }

    void Start(T* arriving, T* carried, int first, int count)
    {
        if (arriving == null) Bulk.Clear(carried + ((long)first * _shape.Units), (long)count * _shape.Units);
        else Rows.Copy(arriving, carried, first, count, _shape.Units);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Row(int sample, int step)
    {
        var (units, width) = (_shape.Units, _shape.Width);
        long at = _shape.Given(sample, step), computed = _shape.Computed(sample, step), state = (long)sample * units;
        var row = new BackwardRow<T>
        {
            Gates = _data.Gates == null ? null : _data.Gates + (at * width),
            Inner = _data.Inner == null ? null : _data.Inner + (at * units),
            Before = step == 0 ? _data.FirstState + state : _data.Sequence + ((computed - 1) * units),
            After = _data.Sequence + (computed * units),
            Arriving = _data.OfSequence == null ? null : _data.OfSequence + (computed * units),
            State = _data.State + state,
            Memory = _data.Memory == null ? null : _data.Memory + state,
            Projected = _data.Projected + (at * width),
            Products = _data.Products + ((long)sample * _shape.Stride),
            ResetProducts = _data.ResetProducts == null ? null : _data.ResetProducts + (at * units),
        };
        if (_data.Memory != null) row.MemoryBefore = step == 0 ? _data.FirstMemory + state : _data.Inner + (_shape.Given(sample, step - 1) * units);
        Bulk.Move(row.Before, _data.Before + (at * units), units);
        if (_data.Mask == null || _data.Mask[at] != 0)
        {
            TCell.Backward(row, units);
            return;
        }
        if (row.Arriving != null) Sweep.Map<T, AddStep<T>>(new(row.State, row.Arriving), 0, units);
        Bulk.Clear(row.Projected, width);
        Bulk.Clear(row.Products, width);
        if (row.ResetProducts != null) Bulk.Clear(row.ResetProducts, units);
    }
}
