namespace Keras;

public static partial class Ops
{
    static Tensor ReplaceNan(Tensor x, Tensor value) => x.DType.IsInexact() ? Where(Isnan(x), value, x) : x;

    /// <summary>The sum over some axes, NaN counted as 0; all axes where none is named.</summary>
    public static Tensor Nansum(Tensor x, Axes? axis = null, bool keepdims = false) => Sum(ReplaceNan(x, 0), axis, keepdims);

    /// <summary>The product over some axes, NaN counted as 1; all axes where none is named.</summary>
    public static Tensor Nanprod(Tensor x, Axes? axis = null, bool keepdims = false) => Prod(ReplaceNan(x, 1), axis, keepdims);

    /// <summary>The mean of the elements over some axes that are not NaN; NaN where all are. All axes where none is named; an empty list
    /// changes nothing.</summary>
    public static Tensor Nanmean(Tensor x, Axes? axis = null, bool keepdims = false)
    {
        if (axis is { Count: 0 } || !x.DType.IsInexact()) return Mean(x, axis, keepdims);
        // Half precision neither counts nor sums far.
        var wide = x.DType.Size() < 4 ? Cast(x, DType.Float32) : x;
        var count = Sum(Cast(LogicalNot(Isnan(wide)), wide.DType), axis, keepdims);
        return Cast(Nansum(wide, axis, keepdims) / count, x.DType);
    }

    /// <summary>The variance (divided by the count) of the elements over some axes that are not NaN; NaN where all are. All axes where none
    /// is named.</summary>
    public static Tensor Nanvar(Tensor x, Axes? axis = null, bool keepdims = false)
    {
        x = AsFloating(x);
        return Nanmean(Square(x - Nanmean(x, axis, keepdims: true)), axis, keepdims);
    }

    /// <summary>The standard deviation of the elements over some axes that are not NaN; NaN where all are. All axes where none is
    /// named.</summary>
    public static Tensor Nanstd(Tensor x, Axes? axis = null, bool keepdims = false) => Sqrt(Nanvar(x, axis, keepdims));

    /// <summary>The largest element over some axes that is not NaN; NaN where all are. All axes where none is named.</summary>
    /// <exception cref="ArgumentException">An axis has no elements.</exception>
    public static Tensor Nanmax(Tensor x, Axes? axis = null, bool keepdims = false) =>
        NanExtreme(x, axis, keepdims, Max(ReplaceNan(x, x.DType.Ends().Low), axis, keepdims));

    /// <summary>The smallest element over some axes that is not NaN; NaN where all are. All axes where none is named.</summary>
    /// <exception cref="ArgumentException">An axis has no elements.</exception>
    public static Tensor Nanmin(Tensor x, Axes? axis = null, bool keepdims = false) =>
        NanExtreme(x, axis, keepdims, Min(ReplaceNan(x, x.DType.Ends().High), axis, keepdims));

    static Tensor NanExtreme(Tensor x, Axes? axis, bool keepdims, Tensor extreme) =>
        x.DType.IsFloating() ? Where(All(Isnan(x), axis, keepdims), double.NaN, extreme) : extreme;

    /// <summary>Where along an axis the largest element that is not NaN stands, as int32; -1 where all are NaN. In the flattened tensor
    /// where no axis is named.</summary>
    /// <exception cref="ArgumentException">The axis is out of range or has no elements.</exception>
    public static Tensor Nanargmax(Tensor x, int? axis = null, bool keepdims = false) =>
        NanPlace(x, axis, keepdims, Argmax(ReplaceNan(x, x.DType.Ends().Low), axis, keepdims));

    /// <summary>Where along an axis the smallest element that is not NaN stands, as int32; -1 where all are NaN. In the flattened tensor
    /// where no axis is named.</summary>
    /// <exception cref="ArgumentException">The axis is out of range or has no elements.</exception>
    public static Tensor Nanargmin(Tensor x, int? axis = null, bool keepdims = false) =>
        NanPlace(x, axis, keepdims, Argmin(ReplaceNan(x, x.DType.Ends().High), axis, keepdims));

    static Tensor NanPlace(Tensor x, int? axis, bool keepdims, Tensor place) => x.DType.IsFloating()
        ? Where(All(Isnan(x), axis is { } given ? (Axes?)given : default, keepdims), -1, place)
        : place;

    /// <summary>The sums of all elements up to each one along an axis, NaN counted as 0.</summary>
    /// <param name="x">A tensor.</param>
    /// <param name="axis">The axis. Default none: the flattened tensor. An empty list sums nothing.</param>
    /// <param name="dtype">In which dtype to sum. Default x's; bool is summed as int32.</param>
    /// <exception cref="ArgumentException">The axis is out of range, or there are several.</exception>
    public static Tensor Nancumsum(Tensor x, Axes? axis = null, DType? dtype = null) => AlongOne(axis, ReplaceNan(x, 0), dtype, Cumsum, "nancumsum");

    static Tensor AlongOne(Axes? axis, Tensor x, DType? dtype, Func<Tensor, int?, DType?, Tensor> cumulate, string who) => axis switch
    {
        null => cumulate(x, null, dtype),
        { Count: 0 } => dtype is { } wanted ? Cast(x, wanted) : AsNumber(x),
        { Count: 1 } one => cumulate(x, one[0], dtype),
        { } several => throw Errors.Argument(who, "there are several axes", "one axis", several),
    };
}
