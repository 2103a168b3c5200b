namespace Keras.Fuzz.Tests;

/// <summary>Random tensors of one call: shapes and dtypes that have something to do with each other, values from tame to extreme.</summary>
sealed class Tensors(Dice dice)
{
    const int MaxElements = 2000;

    static readonly DType[] Types = Enum.GetValues<DType>();

    static readonly double[] Specials =
    [
        double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0, -0.0, 1, -1, 0.5, -0.5, double.Epsilon, 1.1754943508222875e-38, double.MaxValue, double.MinValue,
        float.MaxValue, float.MinValue, float.Epsilon, 65504, -65505, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue, ulong.MaxValue, 1e-300, 127, 128, 255, 256,
    ];

    readonly List<Shape> _shapes = [];
    DType? _dtype;

    /// <summary>The shape of the first tensor, around which the other arguments are drawn.</summary>
    internal Shape First => _shapes.Count > 0 ? _shapes[0] : Shape.Of(2, 3);

    internal DType AnyType() => dice.Chance(0.6) ? dice.Pick(DType.Float32, DType.Float32, DType.Float64, DType.Int32) : dice.Pick<DType>(Types);

    internal Tensor Draw(string name)
    {
        if (Arguments.IsCount(name)) return dice.Within(-1, 6);
        var shape = Small(ShapeFor(name));
        _shapes.Add(shape);
        return dice.Chance(0.05) ? Scalar() : Of(name, shape);
    }

    /// <summary>A tensor of a shape.</summary>
    internal Tensor Of(string name, Shape shape)
    {
        var whole = IsIndex(name) && dice.Chance(0.9);
        var dtype = whole ? dice.Pick(DType.Int32, DType.Int64, DType.UInt8)
            : _dtype is { } same && dice.Chance(0.8) ? same
            : AnyType();
        if (!whole) _dtype ??= dtype;
        var type = new TensorType(dtype, shape);
        var tensor = Tensor.Literal(type, Values(type, whole));
        return dice.Chance(0.1) ? Ops.Transpose(Ops.Transpose(tensor)) : tensor;
    }

    static Shape Small(Shape shape)
    {
        while (shape.Size > MaxElements) shape = shape.With(shape.Dims.IndexOf(shape.Max()!.Value), shape.Max()!.Value / 2);
        return shape;
    }

    Tensor Scalar() => dice.Below(3) switch
    {
        0 => dice.Within(-2, 3),
        1 => dice.Chance(0.5),
        _ => Number(dice.Below(4)),
    };

    static bool IsIndex(string name) => name.Contains("ind", StringComparison.OrdinalIgnoreCase) || name.Contains("Ids", StringComparison.Ordinal)
        || name.Contains("label", StringComparison.OrdinalIgnoreCase) || name is "targets" or "target" or "repeats" or "index";

    Shape ShapeFor(string name)
    {
        if (_shapes.Count == 0) return name is "images" or "image" or "inputs" && dice.Chance(0.8) ? Image() : dice.Chance(0.2) ? Square() : Free();
        var first = _shapes[0];
        if (name.EndsWith("ernel", StringComparison.Ordinal) && first.Rank > 1 && dice.Chance(0.9)) return Kernel(name, first);
        return dice.Below(9) switch
        {
            0 => Free(),
            1 => Shape.Scalar,
            2 => Shape.Of(first.Rank > 0 ? first[-1] : 1),
            3 when first.Rank > 0 => Shape.Of(first[0]),
            4 when first.Rank > 0 => first.Slice(0, first.Rank - 1),
            5 when first.Rank > 1 => first.With(-1, first[-2]).With(-2, first[-1]),
            6 when first.Rank > 0 => first.With(dice.Below(first.Rank), dice.Chance(0.7) ? 1 : Dim()),
            _ => first,
        };
    }

    internal Shape Free()
    {
        var rank = dice.Chance(0.02) ? dice.Within(6, 12) : dice.Pick(0, 1, 1, 2, 2, 2, 3, 3, 4, 5);
        var dims = new int[rank];
        for (var i = 0; i < rank; i++) dims[i] = rank > 5 ? dice.Within(1, 2) : Dim();
        return dims;
    }

    int Dim() => dice.Chance(0.05) ? 0 : dice.Chance(0.03) ? dice.Within(15, 70) : dice.Within(1, 5);

    Shape Square()
    {
        var n = dice.Within(1, 5);
        return dice.Chance(0.5) ? [n, n] : [dice.Within(1, 3), n, n];
    }

    Shape Image()
    {
        var dims = new int[dice.Within(3, 5)];
        for (var i = 0; i < dims.Length; i++) dims[i] = dice.Within(1, 6);
        if (dice.Chance(0.5)) dims[^1] = dice.Pick(1, 3, 4);
        if (dice.Chance(0.05)) dims[dice.Below(dims.Length)] = 0;
        return dims;
    }

    Shape Kernel(string name, Shape inputs)
    {
        var dims = new int[inputs.Rank];
        for (var i = 0; i < dims.Length - 2; i++) dims[i] = dice.Within(1, 3);
        dims[^2] = dice.Chance(0.9) ? inputs[-1] : dice.Within(1, 4);
        dims[^1] = dice.Within(1, 3);
        if (name.StartsWith("point", StringComparison.Ordinal))
        {
            for (var i = 0; i < dims.Length - 2; i++) dims[i] = 1;
            dims[^2] *= dice.Within(1, 2);
        }
        if (dice.Chance(0.03)) dims[dice.Below(dims.Length)] = 0;
        return dims;
    }

    HostData Values(TensorType type, bool index)
    {
        var data = new HostData(type.Bytes);
        // Index-like ones mostly fit some axis; of the others whole tensors are tame, or mixed with what is extreme.
        var style = index ? 0 : dice.Pick(0, 1, 1, 1, 2, 3);
        var bound = Math.Max(1, First.Rank > 0 ? First[dice.Below(First.Rank)] : 2);
        for (var i = 0; i < type.Shape.Size; i++)
            Elements.Write(type.DType, data.Span, i, index ? dice.Chance(0.03) ? dice.Pick(-1, bound, int.MinValue, int.MaxValue, 1e18) : dice.Below(bound) : Number(style));
        return data;
    }

    double Number(int style) => style switch
    {
        0 => dice.Within(-3, 3),
        1 => (dice.Unit() * 4) - 2,
        2 => dice.Chance(0.2) ? dice.Pick<double>(Specials) : (dice.Unit() * 4) - 2,
        _ => dice.Pick<double>(Specials),
    };
}
