using System.Text.Json.Nodes;
using Keras.Parity.Tests.Goldens;

namespace Keras.Parity.Tests.Running;

/// <summary>Recorded values as tensors, structures of tensors and configs.</summary>
static class GoldenTensors
{
    public static Tensor Tensor(GoldenValue value) => value switch
    {
        GoldenValue.Tensor array => Literal(array),
        GoldenValue.Symbolic symbolic => Symbol(symbolic),
        GoldenValue.Scalar scalar => Keras.Tensor.Scalar(Number(scalar.Value), DType(scalar.DType)),
        GoldenValue.Integer { Value: >= int.MinValue and <= int.MaxValue } integer => (int)integer.Value,
        GoldenValue.Integer integer => Keras.Tensor.Scalar(integer.Value, Keras.DType.Int64),
        GoldenValue.Real real => real.Value,
        GoldenValue.Bool truth => truth.Value,
        GoldenValue.Complex complex => new System.Numerics.Complex(complex.Re, complex.Im),
        GoldenValue.List or GoldenValue.Tuple => Nested(value),
        _ => throw MissingException.Refused("a tensor", value),
    };

    public static Nest Nest(GoldenValue value) => value switch
    {
        GoldenValue.List or GoldenValue.Tuple => Keras.Nest.List(value.Elements.Select(Nest)),
        GoldenValue.Dict dict => Keras.Nest.Dictionary(dict.Items.Select(i => KeyValuePair.Create(i.Key, Nest(i.Value)))),
        _ => Tensor(value),
    };

    public static DType DType(string name) => DTypes.TryParse(name, out var dtype)
        ? dtype : throw MissingException.Refused("a dtype", new GoldenValue.Text(name));

    public static Shape Shape(IEnumerable<long> dims) => Keras.Shape.Of([.. dims.Select(d => checked((int)d))]);

    public static Shape Shape(IEnumerable<long?> dims) => Shape(dims.Select(d => d ?? Keras.Shape.Unknown));

    /// <summary>A Python number as a double.</summary>
    public static double Number(GoldenValue value) => value switch
    {
        GoldenValue.Integer integer => integer.Value,
        GoldenValue.Real real => real.Value,
        GoldenValue.Bool truth => truth.Value ? 1 : 0,
        GoldenValue.Scalar scalar => Number(scalar.Value),
        GoldenValue.Tensor { Length: 1 } array => array.ToDoubles()[0],
        _ => throw MissingException.Refused("a number", value),
    };

    /// <summary>A config as the JSON text that a file holds, read again.</summary>
    public static JsonObject Config(GoldenValue value) => JsonNode.Parse(Json(value)!.ToJsonString())!.AsObject();

    static JsonNode? Json(GoldenValue value) => value switch
    {
        GoldenValue.Null => null,
        GoldenValue.Bool truth => truth.Value,
        GoldenValue.Integer integer => integer.Value,
        GoldenValue.Real real when double.IsFinite(real.Value) => real.Value,
        GoldenValue.Text text => text.Value,
        GoldenValue.List or GoldenValue.Tuple => new JsonArray([.. value.Elements.Select(Json)]),
        GoldenValue.Dict dict => new JsonObject(dict.Items.Select(i => KeyValuePair.Create(i.Key, Json(i.Value)))),
        GoldenValue.Tensor array => List(array.ToDoubles(), array.Shape),
        GoldenValue.Scalar scalar => Json(scalar.Value),
        _ => throw MissingException.Refused("a config", value),
    };

    /// <summary>Whether a 64-bit dtype occurs in the value: only then may results be 64-bit, see <see cref="GoldenComparison"/>.</summary>
    public static bool HasWide(GoldenValue value) => value switch
    {
        GoldenValue.Tensor array => IsWide(array.DType),
        GoldenValue.Symbolic symbolic => IsWide(symbolic.DType),
        GoldenValue.Scalar scalar => IsWide(scalar.DType),
        GoldenValue.Text text => IsWide(text.Value),
        GoldenValue.List or GoldenValue.Tuple => value.Elements.Any(HasWide),
        GoldenValue.Dict dict => dict.Items.Values.Any(HasWide),
        _ => false,
    };

    public static bool HasSymbol(GoldenValue value) => value switch
    {
        GoldenValue.Symbolic => true,
        GoldenValue.List or GoldenValue.Tuple => value.Elements.Any(HasSymbol),
        GoldenValue.Dict dict => dict.Items.Values.Any(HasSymbol),
        _ => false,
    };

    /// <summary>The parts of an array along its first axis, as Python iterates over it.</summary>
    public static IReadOnlyList<GoldenValue> Rows(GoldenValue.Tensor array)
    {
        var count = (int)array.Shape[0];
        var size = count == 0 ? 0 : array.Data.Length / count;
        return [.. Enumerable.Range(0, count).Select(i => array with { Shape = array.Shape[1..], Data = array.Data[(i * size)..((i + 1) * size)] })];
    }

    static bool IsWide(string dtype) => dtype is "float64" or "int64" or "uint64" or "complex128";

    static Tensor Literal(GoldenValue.Tensor array) =>
        Keras.Tensor.Literal(new TensorType(DType(array.DType), Shape(array.Shape)), HostData.Of<byte>(array.Data));

    static Tensor Symbol(GoldenValue.Symbolic symbolic) =>
        new Placeholder(new TensorType(DType(symbolic.DType), Shape(symbolic.Shape)), "symbolic").On();

    // As convert_to_tensor reads a nested list: floats give floatx, integers int32, truth values bool.
    static Tensor Nested(GoldenValue value)
    {
        var leaves = Leaves(value).ToArray();
        if (leaves.Any(l => l is not (GoldenValue.Integer or GoldenValue.Real or GoldenValue.Bool)))
            return Ops.Stack([.. value.Elements.Select(Tensor)]);
        var dtype = leaves.All(l => l is GoldenValue.Bool) && leaves.Length > 0 ? Keras.DType.Bool
            : leaves.All(l => l is GoldenValue.Integer) && leaves.Length > 0 ? Keras.DType.Int32
            : Keras.Config.Floatx;
        var type = new TensorType(dtype, Dims(value));
        if (type.Shape.Size != leaves.Length) throw MissingException.Refused("a list of equally long lists", value);
        var data = new HostData(type.Bytes);
        for (var i = 0; i < leaves.Length; i++) Elements.Write(dtype, data.Span, i, Number(leaves[i]));
        return Keras.Tensor.Literal(type, data);
    }

    static IEnumerable<GoldenValue> Leaves(GoldenValue value) =>
        value is GoldenValue.List or GoldenValue.Tuple ? value.Elements.SelectMany(Leaves) : [value];

    static Shape Dims(GoldenValue value) => value is not (GoldenValue.List or GoldenValue.Tuple) ? Keras.Shape.Scalar
        : Keras.Shape.Of(value.Elements.Count).Append(value.Elements.Count == 0 ? Keras.Shape.Scalar : Dims(value.Elements[0]));

    static JsonNode List(ReadOnlySpan<double> values, ReadOnlySpan<long> shape)
    {
        if (shape.IsEmpty) return values[0];
        var items = new JsonArray();
        var size = shape[0] == 0 ? 0 : values.Length / (int)shape[0];
        for (var i = 0; i < shape[0]; i++) items.Add(List(values.Slice(i * size, size), shape[1..]));
        return items;
    }
}
