using System.Numerics;
using System.Runtime.CompilerServices;

namespace Keras.Kernels.Cpu.Sequences;

/// <summary>The inputs of a batch: logarithms of probabilities, labels, and how many of the labels and steps of each sequence count.</summary>
internal readonly unsafe struct CtcBatch<T>(CtcSizes sizes, T* scores, int* labels, int* counts, int* steps, long rows)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal readonly CtcSizes Sizes = sizes;
    private readonly T* _scores = scores;
    private readonly int* _labels = labels;
    private readonly int* _counts = counts;
    private readonly int* _steps = steps;
    private readonly long _rows = rows;

    internal int Steps(int item) => _steps[item];

    /// <summary>The states of a sequence, in memory of this thread that holds the rows of a kernel too.</summary>
    internal CtcStates<T> States(int item) =>
        new(Sizes, _scores + (item * Sizes.Steps * Sizes.Classes), _labels + (item * Sizes.Labels), _counts[item],
            Scratch.Get<T>(ScratchUse.Rows, checked((CtcStates<T>.OwnRows + _rows) * Sizes.Stride(CtcStates<T>.Lanes))));
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
        T* from = states.Row(0), to = states.Row(1);
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
        Bulk.Clear(gradient, sizes.Steps * sizes.Classes);
        Forth(states, steps);
        T* from = states.Row(sizes.Steps + 1), to = states.Row(sizes.Steps + 2), share = states.Row(sizes.Steps + 3);
        states.End(from);
        states.Clear(to);
        var shift = T.Zero;
        for (var t = steps - 1; t >= 0; t--)
        {
            states.Emit(t);
            shift = states.Retreat(from, to, shift);
            states.Share(states.Row(t + 1), to, share);
            states.Spread(share, -_factors[block], gradient + (t * sizes.Classes));
            var next = from;
            from = to;
            to = next;
        }
    }

    private static void Forth(in CtcStates<T> states, int steps)
    {
        states.Begin(states.Row(0));
        var shift = T.Zero;
        for (var t = 0; t < steps; t++)
        {
            states.Emit(t);
            states.Clear(states.Row(t + 1));
            shift = states.Advance(states.Row(t), states.Row(t + 1), shift);
        }
    }
}
