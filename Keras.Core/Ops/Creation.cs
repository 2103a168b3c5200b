namespace Keras;

/// <summary>0, 1, 2, … along one axis of a shape.</summary>
sealed record Iota(TensorType Type) : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) => Type;
}

public static partial class Ops
{
    /// <summary>The values as a tensor, in another dtype where one is named. Numbers become int32, or the default floating dtype.</summary>
    /// <param name="x">A tensor, or a number.</param>
    /// <param name="dtype">Default x's.</param>
    /// <param name="sparse">Whether the result is sparse, which no tensor is. Default no.</param>
    /// <param name="ragged">Whether the rows of the result may differ in length, which those of no tensor do. Default no.</param>
    /// <exception cref="NotSupportedException">A sparse or ragged tensor is asked for.</exception>
    public static Tensor ConvertToTensor(Tensor x, DType? dtype = null, bool? sparse = null, bool? ragged = null)
    {
        Dense(sparse == true, "convert_to_tensor");
        Dense(ragged == true, "convert_to_tensor", "ragged");
        return dtype is { } wanted ? Cast(x, wanted) : x.IsWeak ? Cast(x, Strong(x.DType)) : x;
    }

    static void Dense(bool other, string who, string kind = "sparse")
    {
        if (other) throw Errors.Unsupported(who, $"there are no {kind} tensors", $"{kind}: false", "true");
    }

    /// <summary>A tensor of one value.</summary>
    public static Tensor Full(Shape shape, Tensor fillValue, DType? dtype = null) =>
        BroadcastTo(Cast(fillValue, dtype ?? Config.Floatx), shape);

    /// <summary>A tensor of zeros. Default dtype <see cref="Config.Floatx"/>.</summary>
    public static Tensor Zeros(Shape shape, DType? dtype = null) => Full(shape, 0, dtype);

    /// <summary>A tensor of ones. Default dtype <see cref="Config.Floatx"/>.</summary>
    public static Tensor Ones(Shape shape, DType? dtype = null) => Full(shape, 1, dtype);

    /// <summary>One value in the shape of another tensor.</summary>
    public static Tensor FullLike(Tensor x, Tensor fillValue, DType? dtype = null)
    {
        var value = Cast(fillValue, dtype ?? x.DType);
        // With unknown dimensions the shape is only known when x is.
        return x.Shape.IsKnown ? BroadcastTo(value, x.Shape) : Where(Cast(x, DType.Bool), value, value);
    }

    /// <summary>Zeros in the shape of another tensor.</summary>
    public static Tensor ZerosLike(Tensor x, DType? dtype = null) => FullLike(x, 0, dtype);

    /// <summary>Ones in the shape of another tensor.</summary>
    public static Tensor OnesLike(Tensor x, DType? dtype = null) => FullLike(x, 1, dtype);

    /// <summary>The numbers from <paramref name="start"/> in steps, <paramref name="stop"/> left out. With one argument from 0 to it.</summary>
    /// <exception cref="ArgumentException">The step is 0.</exception>
    public static Tensor Arange(double start, double? stop = null, double step = 1, DType? dtype = null) =>
        Sequence(start, stop, step, dtype ?? Config.Floatx);

    /// <summary>The whole numbers from <paramref name="start"/> in steps, <paramref name="stop"/> left out, as int32. With one argument from 0
    /// to it.</summary>
    /// <exception cref="ArgumentException">The step is 0.</exception>
    public static Tensor Arange(int start, int? stop = null, int step = 1, DType? dtype = null) =>
        Sequence(start, stop, step, dtype ?? DType.Int32);

    static Tensor Sequence(double start, double? stop, double step, DType type)
    {
        if (step == 0) throw Errors.Argument("arange", "the step is 0", "another step", step);
        var (from, to) = stop is { } end ? (start, end) : (0, start);
        var exact = Math.Ceiling((to - from) / step);
        if (!(exact <= int.MaxValue)) throw Errors.Argument("arange", "there are too many numbers", $"at most {int.MaxValue}", $"{from} to {to} in steps of {step}");
        var count = (int)Math.Max(0, exact);
        var compute = type == DType.Bool ? DType.Int32 : type.IsFloating() && type.Size() < 4 ? DType.Float32 : type;
        return Cast((new Iota(new TensorType(compute, [count])).On() * Tensor.Scalar(step, compute)) + Tensor.Scalar(from, compute), type);
    }

    /// <summary>For each index a row of zeros with a 1 at that place; zeros only where it is out of range.</summary>
    /// <param name="x">Integers of any shape.</param>
    /// <param name="numClasses">The length of the rows.</param>
    /// <param name="axis">Where the axis of the classes is put. Default the last.</param>
    /// <param name="dtype">Default <see cref="Config.Floatx"/>.</param>
    /// <param name="sparse">Whether the result is sparse, which no tensor is. Default no.</param>
    /// <exception cref="ArgumentException">There are no classes.</exception>
    /// <exception cref="NotSupportedException">A sparse tensor is asked for.</exception>
    public static Tensor OneHot(Tensor x, int numClasses, int axis = -1, DType? dtype = null, bool sparse = false)
    {
        Dense(sparse, "one_hot");
        if (numClasses < 1) throw Errors.Argument("one_hot", "there are no classes", "1 or more", numClasses);
        var at = axis < 0 ? axis + x.Rank + 1 : axis;
        var classes = Reshape(Arange(numClasses, dtype: x.DType), Shape.Of([.. Enumerable.Range(0, x.Rank + 1).Select(i => i == at ? numClasses : 1)]));
        return Cast(Equal(ExpandDims(x, at), classes), dtype ?? Config.Floatx);
    }
}
