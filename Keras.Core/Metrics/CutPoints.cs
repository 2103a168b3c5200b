namespace Keras.Metrics;

/// <summary>Weights of right and wrong answers at each threshold, (thresholds) or (thresholds, labels).</summary>
readonly record struct Outcomes(Tensor TruePositives, Tensor FalsePositives, Tensor TrueNegatives, Tensor FalseNegatives);

/// <summary>Counts outcomes at many thresholds at once: each prediction goes to the bucket between two thresholds, then buckets are summed up.</summary>
sealed class CutPoints
{
    readonly bool _even;
    readonly int _least;
    readonly Tensor _sorted;
    readonly int[]? _places;

    CutPoints(double[] thresholds, bool even, DType dtype)
    {
        (Count, _even) = (thresholds.Length, even);
        // Nothing is below ends that lie outside.
        _least = thresholds[0] < 0 || thresholds[^1] > 1 ? 1 : 0;
        var sorted = thresholds.Order().ToArray();
        _sorted = Ops.Cast(Tensor.Of(sorted, [Count]), dtype);
        if (!sorted.SequenceEqual(thresholds)) _places = [.. thresholds.Select(t => Array.IndexOf(sorted, t))];
    }

    // Thresholds are sorted, compared and copied.
    const int BytesEach = 128;

    internal int Count { get; }

    /// <summary>Thresholds as they are given. Where they are spaced evenly over [0, 1] the bucket is computed, as in Keras, not searched for.</summary>
    internal static CutPoints At(IReadOnlyList<double> thresholds, DType dtype) => new([.. thresholds], IsEven(thresholds), dtype);

    /// <summary>This many thresholds from just below 0 to just above 1.</summary>
    internal static CutPoints Even(int count, DType dtype) => Around(Between(count), dtype);

    /// <summary>Those of this many even thresholds that lie between 0 and 1.</summary>
    internal static double[] Between(int count)
    {
        LoadScope.Ask("num_thresholds", "thresholds", (long)count * BytesEach);
        return [.. Enumerable.Range(1, Math.Max(0, count - 2)).Select(i => i / (count - 1.0))];
    }

    /// <summary>Thresholds with one more below 0 and one above 1.</summary>
    internal static CutPoints Around(double[] inner, DType dtype) =>
        new([-Config.Epsilon, .. inner.Order(), 1 + Config.Epsilon], inner.Length == 0 || IsEven([0, .. inner.Order(), 1]), dtype);

    static bool IsEven(IReadOnlyList<double> thresholds) =>
        thresholds.Count >= 3 && thresholds.Select((t, i) => Math.Abs(t - i / (thresholds.Count - 1.0))).Max() <= Config.Epsilon;

    /// <summary>The outcomes of a batch.</summary>
    /// <param name="yTrue">Truth values.</param>
    /// <param name="yPred">Predictions in the dtype of the state, of the same shape.</param>
    /// <param name="weight">Weights of the same shape.</param>
    /// <param name="labels">How many labels the last axis has that are counted apart; <c>null</c> for all together.</param>
    internal Outcomes Of(Tensor yTrue, Tensor yPred, Tensor weight, int? labels)
    {
        var bins = Count + 1;
        var ids = Bucket(yPred) + (Ops.Cast(yTrue, DType.Int32) * bins);
        if (labels is { } n) ids += Ops.Arange(n, dtype: DType.Int32) * (2 * bins);
        var groups = labels ?? 1;
        var sums = Ops.Reshape(Ops.SegmentSum(Ops.Ravel(weight), Ops.Ravel(ids), 2 * groups * bins), [groups, 2, bins]);
        // Both ends are summed up from their own side: a difference from the total would leave roundings where nothing is.
        var above = Ops.Flip(Ops.Cumsum(Ops.Flip(Ops.Narrow(sums, 2, 1, Count), 2), 2), 2);
        var below = Ops.Cumsum(Ops.Narrow(sums, 2, 0, Count), 2);
        return new(Part(above, 1, labels), Part(above, 0, labels), Part(below, 0, labels), Part(below, 1, labels));
    }

    /// <summary>How many thresholds are below each prediction.</summary>
    Tensor Bucket(Tensor yPred) => _even
        ? Ops.Cast(Ops.Minimum(Ops.Maximum(Ops.Ceil(yPred * (Count - 1)), _least), Count - 1), DType.Int32)
        : Ops.Cast(Ops.Searchsorted(_sorted, yPred), DType.Int32);

    Tensor Part(Tensor sums, int positive, int? labels)
    {
        var part = Ops.Squeeze(Ops.Narrow(sums, 1, positive, 1), 1);
        if (_places is not null) part = Ops.Take(part, Tensor.Of(_places, [Count]), -1);
        return labels is null ? Ops.Squeeze(part, 0) : Ops.Transpose(part);
    }
}
