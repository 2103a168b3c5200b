namespace Keras.Metrics;

/// <summary>The base of metrics that are a weighted mean of values over all samples.</summary>
public abstract class RunningMean : Metric
{
    readonly Variable _total;
    readonly Variable _count;

    private protected RunningMean(string? name, DType? dtype) : base(name, dtype) =>
        (_total, _count) = (AddVariable(Shape.Scalar, "total"), AddVariable(Shape.Scalar, "count"));

    /// <summary>Adds values, one or more a sample, with weights.</summary>
    private protected void Accumulate(Tensor values, Tensor? sampleWeight)
    {
        var (samples, weights) = Samples.Reduce(values, sampleWeight, Dtype, (x, axes) => Ops.Mean(x, axes));
        var count = weights is not null ? Ops.Sum(weights)
            : samples.Rank == 0 ? 1
            : Weighting.Count(samples);
        Variable.AssignAll([(_total, _total.Read() + Ops.Sum(samples)), (_count, _count.Read() + count)]);
    }

    /// <summary>The mean so far, a scalar; 0 before the first update.</summary>
    public override Tensor Result() => Weighting.DivideNoNan(_total.Read(), _count.Read());
}

/// <summary>Brings values and weights to one value and one weight for each sample.</summary>
static class Samples
{
    internal static (Tensor Values, Tensor? Weights) Reduce(Tensor values, Tensor? weight, DType dtype, Func<Tensor, Axes, Tensor> reduce)
    {
        var mask = values.Mask;
        values = Ops.Cast(values, dtype);
        if (weight is not null)
        {
            weight = Weighting.WithMask(weight, mask, dtype)!;
            (values, weight) = Weighting.SameRank(values, weight);
            if (values.Rank > weight.Rank) values = reduce(values, From(weight.Rank, values.Rank));
            weight = Ops.BroadcastLike(weight, values);
            values *= weight;
            if (weight.Rank > 1) weight = reduce(weight, From(1, weight.Rank));
        }
        return (values.Rank > 1 ? reduce(values, From(1, values.Rank)) : values, weight);
    }

    static Axes From(int first, int end) => Enumerable.Range(first, end - first).ToArray();
}
