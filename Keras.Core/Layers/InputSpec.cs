namespace Keras;

/// <summary>What a layer wants of an input: rank, dtype, dimensions at some axes.</summary>
/// <param name="DType">The dtype, or any.</param>
/// <param name="Shape">The whole shape, or any; unknown dimensions match all.</param>
/// <param name="Ndim">The rank, or any.</param>
/// <param name="MaxNdim">The highest rank, or any.</param>
/// <param name="MinNdim">The lowest rank, or any.</param>
/// <param name="Axes">Dimensions at some axes, which may count from the end.</param>
/// <param name="AllowLastAxisSqueeze">Whether a last axis of 1 may be there or not where the whole shape is compared. Default false.</param>
/// <param name="Name">The key of the input in a dictionary. Default by place.</param>
/// <param name="Optional">Whether <see cref="Nest.None"/> may stand for the input. Default false.</param>
public sealed record InputSpec(DType? DType = null, Shape? Shape = null, int? Ndim = null, int? MaxNdim = null, int? MinNdim = null,
    IReadOnlyDictionary<int, int>? Axes = null, bool AllowLastAxisSqueeze = false, string? Name = null, bool Optional = false)
{
    /// <summary>Refuses an input that does not fit.</summary>
    internal void Check(string who, Nest input)
    {
        if (input.IsTensor) Check(who, input.Tensor.Type);
        else if (!Optional) throw Errors.Argument(who, "an input is missing", Name is null ? "a tensor" : $"\"{Name}\"", input);
    }

    /// <summary>Refuses a tensor that does not fit.</summary>
    internal void Check(string who, TensorType input)
    {
        var shape = input.Shape;
        if (Ndim is { } rank && shape.Rank != rank) throw Errors.Argument(who, "the input has a wrong rank", $"{rank} dimensions", shape);
        if (MaxNdim is { } most && shape.Rank > most) throw Errors.Argument(who, "the input has a wrong rank", $"at most {most} dimensions", shape);
        if (MinNdim is { } least && shape.Rank < least) throw Errors.Argument(who, "the input has a wrong rank", $"at least {least} dimensions", shape);
        if (DType is { } dtype && input.DType != dtype) throw Errors.Argument(who, "the input has a wrong dtype", dtype.Name(), input.DType.Name());
        if (Shape is { } whole && !Compared(whole).Matches(Compared(shape))) throw Errors.Argument(who, "the input has a wrong shape", whole, shape);
        if (Axes is null) return;
        foreach (var (axis, dim) in Axes)
            if (axis >= shape.Rank || axis < -shape.Rank || (shape[axis] != dim && shape[axis] != Keras.Shape.Unknown))
                throw Errors.Argument(who, $"the input has a wrong dimension at axis {axis}", dim, shape);
    }

    /// <summary>The input of the name in a dictionary.</summary>
    internal Nest Find(string who, Nest inputs) => inputs.Keys!.ToList().IndexOf(Name!) is var place and >= 0 ? inputs.Items[place]
        : Optional ? Nest.None : throw Errors.Argument(who, "an input is missing", $"\"{Name}\"", string.Join(", ", inputs.Keys!));

    Shape Compared(Shape shape) => AllowLastAxisSqueeze && shape.Rank > 0 && shape[-1] == 1 ? shape.Slice(0, shape.Rank - 1) : shape;
}
