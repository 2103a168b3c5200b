namespace Keras;

/// <summary>What losses and metrics share: the rule for ranks that differ by one, masks as weights, and a division that gives 0 for 0.</summary>
static class Weighting
{
    /// <summary>Brings two tensors whose ranks differ by one to the same rank, where the last axis of the larger one is 1. A vector is expanded,
    /// anything else is squeezed.</summary>
    internal static (Tensor, Tensor) SameRank(Tensor a, Tensor b)
    {
        if (a.Rank == b.Rank + 1 && a.Shape[-1] == 1)
            return b.Rank == 1 ? (a, Ops.ExpandDims(b, -1)) : (Ops.Squeeze(a, -1), b);
        if (b.Rank == a.Rank + 1 && b.Shape[-1] == 1)
            return a.Rank == 1 ? (Ops.ExpandDims(a, -1), b) : (a, Ops.Squeeze(b, -1));
        return (a, b);
    }

    /// <summary>Targets in the dtype of the predictions, both of one rank; an error in this function's name where they do not broadcast.</summary>
    internal static (Tensor True, Tensor Pred) Align(string who, Tensor yTrue, Tensor yPred)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        (yTrue, yPred) = SameRank(Ops.Cast(yTrue, yPred.DType), yPred);
        Shape.Broadcast(yTrue.Shape, yPred.Shape, who);
        return (yTrue, yPred);
    }

    /// <summary>The quotient, or 0 where the divisor is 0.</summary>
    internal static Tensor DivideNoNan(Tensor a, Tensor b)
    {
        var zero = Ops.Equal(b, 0);
        return Ops.Where(zero, 0, a / Ops.Where(zero, 1, b));
    }

    /// <summary>The number of elements as a scalar of the tensor's dtype; counted when it runs where the shape is not known.</summary>
    internal static Tensor Count(Tensor x) =>
        x.Shape.IsKnown ? Tensor.Scalar(x.Shape.Size, x.DType) : Ops.Sum(Ops.OnesLike(x));

    /// <summary>The weights with a mask joined to them as factors 0 and 1.</summary>
    internal static Tensor? WithMask(Tensor? weight, Tensor? mask, DType dtype, bool balanced = false)
    {
        if (mask is null) return weight is null ? null : Ops.Cast(weight, dtype);
        var factor = Ops.Cast(mask, dtype);
        // The mean over all elements of values weighted by total / kept is the mean over the kept ones.
        if (balanced) factor *= DivideNoNan(Count(factor), Ops.Sum(factor));
        if (weight is null) return factor;
        (factor, weight) = SameRank(factor, Ops.Cast(weight, dtype));
        return weight * factor;
    }
}
