using System.Numerics;
using System.Runtime.CompilerServices;

namespace Keras.Kernels.Cpu.Sequences;

/// <summary>The inputs of a batch: logarithms of probabilities, labels, and how many of the labels and steps of each sequence count.</summary>
internal readonly unsafe struct CtcBatch<T>(CtcSizes sizes, T* scores, int* labels, int* counts, int* steps, T* scratch, long rows)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal readonly CtcSizes Sizes = sizes;
    private readonly T* _scores = scores;
    private readonly int* _labels = labels;
    private readonly int* _counts = counts;
    private readonly int* _steps = steps;
    private readonly T* _scratch = scratch;
    private readonly long _rows = rows;

    /// <summary>The rows of a kernel for one sequence, in bytes for all.</summary>
    internal static long Scratch(in CtcSizes sizes, long rows) =>
        checked(sizes.Batch * (CtcStates<T>.OwnRows + rows) * sizes.Stride(CtcStates<T>.Lanes) * sizeof(T));

    internal int Steps(int item) => _steps[item];

    internal CtcStates<T> States(int item) =>
        new(Sizes, _scores + (item * Sizes.Steps * Sizes.Classes), _labels + (item * Sizes.Labels), _counts[item], Memory(item));

    /// <summary>A row for states; the element before the first state can be read, and the one behind the last.</summary>
    internal T* Row(int item, long row) => Memory(item) + ((CtcStates<T>.OwnRows + row) * Sizes.Stride(CtcStates<T>.Lanes)) + CtcStates<T>.Lanes;

    private T* Memory(int item) => _scratch + (item * (CtcStates<T>.OwnRows + _rows) * Sizes.Stride(CtcStates<T>.Lanes));
}

/// <summary>The loss of each sequence.</summary>
internal readonly unsafe struct CtcForward<T>(CtcBatch<T> batch, T* losses) : IBlocks
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal const long Rows = 2;

    private readonly CtcBatch<T> _batch = batch;
    private readonly T* _losses = losses;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int block)
    {
        var states = _batch.States(block);
        T* from = _batch.Row(block, 0), to = _batch.Row(block, 1);
        states.Begin(from);
        states.Clear(to);
        var (shift, taken) = (T.Zero, 0.0);
        for (var t = 0; t < _batch.Steps(block); t++)
        {
            states.Emit(t);
            taken += double.CreateTruncating(shift);
            shift = states.Advance(from, to, shift);
            var next = from;
            from = to;
            to = next;
        }
        _losses[block] = T.CreateTruncating(-(taken + states.Total(from)));
    }
}

/// <summary>The gradient of the losses: the forward rows are kept, and met by rows that come back.</summary>
internal readonly unsafe struct CtcBackward<T>(CtcBatch<T> batch, T* factors, T* gradients) : IBlocks
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly CtcBatch<T> _batch = batch;
    private readonly T* _factors = factors;
    private readonly T* _gradients = gradients;

    /// <summary>One for each step, the one before the first, two that come back, and one for shares.</summary>
    internal static long Rows(in CtcSizes sizes) => sizes.Steps + 4;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int block)
    {
        var (states, sizes, steps) = (_batch.States(block), _batch.Sizes, _batch.Steps(block));
        var gradient = _gradients + (block * sizes.Steps * sizes.Classes);
        new Span<byte>(gradient, checked((int)(sizes.Steps * sizes.Classes * sizeof(T)))).Clear();
        Forth(states, block, steps);
        T* from = _batch.Row(block, sizes.Steps + 1), to = _batch.Row(block, sizes.Steps + 2), share = _batch.Row(block, sizes.Steps + 3);
        states.End(from);
        states.Clear(to);
        var shift = T.Zero;
        for (var t = steps - 1; t >= 0; t--)
        {
            states.Emit(t);
            shift = states.Retreat(from, to, shift);
            states.Share(_batch.Row(block, t + 1), to, share);
            states.Spread(share, -_factors[block], gradient + (t * sizes.Classes));
            var next = from;
            from = to;
            to = next;
        }
    }

    private void Forth(in CtcStates<T> states, int block, int steps)
    {
        states.Begin(_batch.Row(block, 0));
        var shift = T.Zero;
        for (var t = 0; t < steps; t++)
        {
            states.Emit(t);
            states.Clear(_batch.Row(block, t + 1));
            shift = states.Advance(_batch.Row(block, t), _batch.Row(block, t + 1), shift);
        }
    }
}
