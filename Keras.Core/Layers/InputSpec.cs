namespace Keras;

/// <summary>What a layer wants of an input: rank, dtype, dimensions at some axes.</summary>
/// <param name="DType">The dtype, or any.</param>
/// <param name="Shape">The whole shape, or any; unknown dimensions match all.</param>
/// <param name="Ndim">The rank, or any.</param>
/// <param name="MaxNdim">The highest rank, or any.</param>
/// <param name="MinNdim">The lowest rank, or any.</param>
/// <param name="Axes">Dimensions at some axes, which may count from the end.</param>
public sealed record InputSpec(DType? DType = null, Shape? Shape = null, int? Ndim = null, int? MaxNdim = null, int? MinNdim = null,
    IReadOnlyDictionary<int, int>? Axes = null)
{
    /// <summary>Refuses a tensor that does not fit.</summary>
    internal void Check(string who, TensorType input)
    {
        var shape = input.Shape;
        if (Ndim is { } rank && shape.Rank != rank) throw Errors.Argument(who, "the input has a wrong rank", $"{rank} dimensions", shape);
        if (MaxNdim is { } most && shape.Rank > most) throw Errors.Argument(who, "the input has a wrong rank", $"at most {most} dimensions", shape);
        if (MinNdim is { } least && shape.Rank < least) throw Errors.Argument(who, "the input has a wrong rank", $"at least {least} dimensions", shape);
        if (DType is { } dtype && input.DType != dtype) throw Errors.Argument(who, "the input has a wrong dtype", dtype.Name(), input.DType.Name());
        if (Shape is { } whole && !whole.Matches(shape)) throw Errors.Argument(who, "the input has a wrong shape", whole, shape);
        foreach (var (axis, dim) in Axes ?? new Dictionary<int, int>())
            if (shape[axis] != dim && shape[axis] != Keras.Shape.Unknown)
                throw Errors.Argument(who, $"the input has a wrong dimension at axis {axis}", dim, shape);
    }
}
