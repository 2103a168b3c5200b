using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu.Sequences;

/// <summary>The sizes of a batch of sequences and labels.</summary>
internal readonly record struct CtcSizes(long Batch, long Steps, long Classes, long Labels, int Blank)
{
    /// <summary>Elements from one row of states to the next: the states in whole vectors, between vectors that are never reached.</summary>
    internal long Stride(int lanes) => ((2 * Labels) + lanes) / lanes * lanes + (2 * lanes);
}

/// <summary>
/// The states of one sequence: its labels with a blank before, between and after them. A row holds, for each state, the logarithm of the probability
/// of all ways to it, less a number that keeps the largest at 0.
/// </summary>
internal readonly unsafe struct CtcStates<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _scores;
    private readonly int* _labels;
    private readonly long _classes;
    private readonly int _blank;
    private readonly long _stride;
    private readonly T* _penalties;
    private readonly T* _emissions;

    internal CtcStates(in CtcSizes sizes, T* scores, int* labels, int count, T* rows)
    {
        _stride = sizes.Stride(Lanes);
        _scores = scores;
        _labels = labels;
        (_classes, _blank) = (sizes.Classes, sizes.Blank);
        (Count, Padded) = ((2L * count) + 1, ((2L * count) + Lanes) / Lanes * Lanes);
        _penalties = rows + Lanes;
        _emissions = rows + _stride + Lanes;
        Clear(_penalties);
        Clear(_emissions);
        for (var k = 1; k < count; k++)
            _penalties[(2 * k) + 1] = labels[k] == labels[k - 1] ? Forbidden : T.Zero;
    }

    internal static int Lanes => Vector512<T>.Count;

    /// <summary>The rows that it keeps for itself.</summary>
    internal static int OwnRows => 2;

    internal static T Forbidden => T.CreateTruncating(CtcOp.Forbidden);

    internal static T Never => T.CreateTruncating(CtcOp.Never);

    private static T Least => T.CreateTruncating(-80);

    internal long Count { get; }

    /// <summary>The states in whole vectors.</summary>
    internal long Padded { get; }

    /// <summary>A row of the kernel's; the element before the first state can be read, and the one behind the last.</summary>
    internal T* Row(long row) => _penalties + ((OwnRows + row) * _stride);

    /// <summary>A row that no way leads to.</summary>
    internal void Clear(T* row)
    {
        var never = Vector512.Create(Never);
        for (long s = -Lanes; s <= Padded; s += Lanes)
            never.Store(row + s);
    }

    /// <summary>Before the first step: in front of the labels.</summary>
    internal void Begin(T* row)
    {
        Clear(row);
        for (long s = 0; s < Count; s++)
            row[s] = Forbidden;
        row[0] = T.Zero;
    }

    /// <summary>Behind the last step: all labels read, with or without a blank after them.</summary>
    internal void End(T* row)
    {
        Clear(row);
        row[Count - 1] = T.Zero;
    }

    /// <summary>What the classes of the states cost at a step.</summary>
    internal void Emit(long step)
    {
        var scores = _scores + (step * _classes);
        var blank = Bounded(scores[_blank]);
        var e = _emissions;
        *e = blank;
        for (long k = 0; k < Count / 2; k++)
        {
            e[(2 * k) + 1] = Bounded(scores[_labels[k]]);
            e[(2 * k) + 2] = blank;
        }
    }

    /// <summary>One step onwards, after <see cref="Emit"/>.</summary>
    /// <returns>The largest element, to be taken off at the next step.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal T Advance(T* from, T* to, T shift)
    {
        var (largest, less) = (Vector512.Create(T.NegativeInfinity), Vector512.Create(shift));
        for (long s = 0; s < Padded; s += Lanes)
        {
            var y = Join(Vector512.Load(from + s), Vector512.Load(from + s - 1), Vector512.Load(from + s - 2) + Vector512.Load(_penalties + s));
            y += Vector512.Load(_emissions + s) - less;
            y.Store(to + s);
            largest = Vector512.MaxNative(largest, y);
        }
        return LaneMath.Max(largest);
    }

    /// <summary>One step back, after <see cref="Emit"/>.</summary>
    /// <returns>The largest element, to be taken off at the next step.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal T Retreat(T* from, T* to, T shift)
    {
        var (largest, less) = (Vector512.Create(T.NegativeInfinity), Vector512.Create(shift));
        for (long s = 0; s < Padded; s += Lanes)
        {
            var skip = Vector512.Load(from + s + 2) + Vector512.Load(_penalties + s + 2);
            var y = Join(Vector512.Load(from + s), Vector512.Load(from + s + 1), skip);
            y += Vector512.Load(_emissions + s) - less;
            y.Store(to + s);
            largest = Vector512.MaxNative(largest, y);
        }
        return LaneMath.Max(largest);
    }

    /// <summary>The logarithm of the probability of the ways that end in a row, which has them less a number.</summary>
    internal double Total(T* row)
    {
        var blank = double.CreateTruncating(row[Count - 1]);
        if (Count == 1)
            return blank;
        var label = double.CreateTruncating(row[Count - 2]);
        var max = Math.Max(blank, label);
        return max + Math.Log(Math.Exp(blank - max) + Math.Exp(label - max));
    }

    /// <summary>The share of each state in all ways at a step, in place of the row that came forth and the one that came back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Share(T* forth, T* back, T* share)
    {
        var largest = Vector512.Create(T.NegativeInfinity);
        for (long s = 0; s < Padded; s += Lanes)
        {
            // Both rows have the step's own emission.
            var y = Vector512.Load(forth + s) + (Vector512.Load(back + s) - Vector512.Load(_emissions + s));
            y.Store(share + s);
            largest = Vector512.MaxNative(largest, y);
        }
        var (max, sum) = (Vector512.Create(LaneMath.Max(largest)), Vector512<T>.Zero);
        for (long s = 0; s < Padded; s += Lanes)
        {
            var less = Vector512.Load(share + s) - max;
            // Where it does not count it is 0: the tiny numbers before that are slow.
            var e = Vector512.AndNot(Exp(less), Vector512.LessThan(less, Vector512.Create(Least)));
            e.Store(share + s);
            sum += e;
        }
        var scale = T.One / LaneMath.Sum(sum);
        for (long s = 0; s < Padded; s += Lanes)
            (Vector512.Load(share + s) * scale).Store(share + s);
    }

    /// <summary>Adds the shares to their classes, times a factor.</summary>
    internal void Spread(T* share, T factor, T* gradient)
    {
        var blank = *share;
        for (long k = 0; k < Count / 2; k++)
        {
            gradient[_labels[k]] += factor * share[(2 * k) + 1];
            blank += share[(2 * k) + 2];
        }
        gradient[_blank] += factor * blank;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Join(Vector512<T> a, Vector512<T> b, Vector512<T> c)
    {
        var max = Vector512.MaxNative(Vector512.MaxNative(a, b), c);
        var sum = Exp(a - max) + Exp(b - max) + Exp(c - max);
        // The logarithm means nothing for NaN: the product brings it back.
        return max + LaneMath.MulAdd(sum, Vector512<T>.Zero, LaneMath.LogNormal(sum));
    }

    // Beside 1 there is no difference between exp(-80) and less. The bound comes first, so that NaN stays.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Exp(Vector512<T> x) => LaneMath.Exp(Vector512.MaxNative(Vector512.Create(Least), x));

    private static T Bounded(T score) => score < Never ? Never : score;
}
