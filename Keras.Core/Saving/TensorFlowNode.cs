using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Keras;

/// <summary>A node of a graph as <c>TensorFlowOpLayer</c> of tf.keras 2.1 to 2.3 holds it: an op with attributes, and the inputs that are no tensors of the model.
/// It becomes the call of a function.</summary>
static class TensorFlowNode
{
    /// <summary>What an op's function is called, the names of its inputs after the first, and its attributes where the function's argument is called otherwise.
    /// <c>*</c>: the inputs before the named ones are a list.</summary>
    sealed record Op(string Function, string[] Inputs, params (string Attribute, string Argument)[] Attributes);

    static readonly Dictionary<string, Op> Ops = Read("""
        Abs abs | Neg negative | Sign sign | Square square | Sqrt sqrt | Rsqrt rsqrt | Exp exp | Expm1 expm1 | Log log | Log1p log1p | Sin sin | Cos cos | Tan tan | Asin asin | Acos acos
        Atan atan | Sinh sinh | Cosh cosh | Tanh tanh | Floor floor | Ceil ceil | Round round | Rint rint | Erf erf | Reciprocal reciprocal | Inv reciprocal | Sigmoid sigmoid
        Softplus softplus | Softsign softsign | Relu relu | Relu6 relu6 | Elu elu | Selu selu | LeakyRelu leaky_relu | Softmax softmax | LogSoftmax log_softmax | LogicalNot logical_not
        IsNan is_nan | IsInf is_inf | IsFinite is_finite | ZerosLike zeros_like | OnesLike ones_like | Identity identity | StopGradient stop_gradient | Shape shape
        Add add y | AddV2 add y | Sub subtract y | Mul multiply y | RealDiv truediv y | FloorDiv floordiv y | FloorMod floormod y | Pow pow y | Maximum maximum y | Minimum minimum y
        SquaredDifference squared_difference y | DivNoNan divide_no_nan y | Atan2 atan2 x | BiasAdd bias_add bias
        Equal equal y | NotEqual not_equal y | Greater greater y | GreaterEqual greater_equal y | Less less y | LessEqual less_equal y | LogicalAnd logical_and y | LogicalOr logical_or y
        MatMul matmul b | BatchMatMul matmul b adj_x=adjoint_a adj_y=adjoint_b | BatchMatMulV2 matmul b adj_x=adjoint_a adj_y=adjoint_b
        Mean reduce_mean axis keep_dims=keepdims | Sum reduce_sum axis keep_dims=keepdims | Max reduce_max axis keep_dims=keepdims | Min reduce_min axis keep_dims=keepdims
        Prod reduce_prod axis keep_dims=keepdims | All reduce_all axis keep_dims=keepdims | Any reduce_any axis keep_dims=keepdims | ArgMax argmax axis output_type=output_type | ArgMin argmin axis output_type=output_type
        Reshape reshape shape | Transpose transpose perm | ExpandDims expand_dims axis | Squeeze squeeze squeeze_dims=axis | Tile tile multiples | BroadcastTo broadcast_to shape
        ConcatV2 concat * axis | Pack stack * | AddN add_n * | Unpack unstack | Cast cast DstT=dtype | GatherV2 gather indices axis | SelectV2 where x y | ClipByValue clip_by_value clip_value_min clip_value_max
        Pad pad paddings | PadV2 pad paddings constant_values | MirrorPad pad paddings | StridedSlice strided_slice begin end strides | Slice slice begin size | Cumsum cumsum axis | ReverseV2 reverse axis
        OneHot one_hot depth on_value off_value | TopKV2 top_k k | Split split axis num_split=num_or_size_splits | SplitV split num_or_size_splits axis
        Conv2D conv2d filters | DepthwiseConv2dNative depthwise_conv2d filter | MaxPool max_pool | AvgPool avg_pool | SpaceToDepth space_to_depth | DepthToSpace depth_to_space
        ResizeBilinear resize_bilinear size | ResizeNearestNeighbor resize_nearest_neighbor size | Einsum einsum *
        """);

    static Dictionary<string, Op> Read(string table)
    {
        var ops = new Dictionary<string, Op>(StringComparer.Ordinal);
        foreach (var row in table.Split(['|', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var words = row.Split(' ');
            ops[words[0]] = new Op(words[1], [.. words[2..].Where(w => !w.Contains('='))], [.. words[2..].Where(w => w.Contains('=')).Select(w => (w.Split('=')[0], w.Split('=')[1]))]);
        }
        return ops;
    }

    // Dtypes follow from the inputs, and how it is computed is nobody's business.
    static readonly string[] Passed = ["N", "incompatible_shape_error", "use_cudnn_on_gpu", "explicit_paddings"];

    static readonly Dictionary<string, string> Types = new()
    {
        ["DT_HALF"] = "float16",
        ["DT_BFLOAT16"] = "bfloat16",
        ["DT_FLOAT"] = "float32",
        ["DT_DOUBLE"] = "float64",
        ["DT_BOOL"] = "bool",
    };

    /// <summary>The call that a node is.</summary>
    /// <param name="definition">The node.</param>
    /// <param name="constants">Inputs that are no tensors of the model, by their places.</param>
    /// <param name="tensors">Those that are, one or a list.</param>
    /// <returns>The op, the function it is, the first argument and the others.</returns>
    internal static (string Op, string Function, JsonNode? First, JsonObject Arguments) Read(JsonObject definition, JsonObject? constants, JsonNode? tensors)
    {
        var name = JsonRead.Text(definition["op"]);
        List<JsonNode?> inputs = tensors is JsonArray list ? [.. list.Select(t => t?.DeepClone())] : [tensors];
        foreach (var (place, constant) in (constants ?? []).Select(c => (Place: int.Parse(c.Key, NumberStyles.None, CultureInfo.InvariantCulture), c.Value)).OrderBy(c => c.Place))
            inputs.Insert(place <= inputs.Count ? place : throw new FormatException(), constant?.DeepClone());
        var arguments = new JsonObject();
        if (!Ops.TryGetValue(name, out var op)) return (name, name, inputs.Count == 1 ? inputs[0] : new JsonArray([.. inputs]), arguments);
        var first = First(op, inputs);
        foreach (var (argument, value) in op.Inputs.Where(i => i != "*").Zip(inputs)) arguments[argument] = value;
        foreach (var (key, attribute) in definition["attr"] as JsonObject ?? [])
            if (op.Attributes.FirstOrDefault(a => a.Attribute == key).Argument is { } argument) arguments[argument] = Value(JsonRead.Object(attribute));
            else if (!Passed.Contains(key) && !key.StartsWith('_') && JsonRead.Object(attribute) is var other && !other.ContainsKey("type")) arguments[key] = Value(other);
        return (name, op.Function, first, arguments);
    }

    /// <summary>Takes the first argument out of the inputs.</summary>
    static JsonNode? First(Op op, List<JsonNode?> inputs)
    {
        var named = op.Inputs.Count(i => i != "*");
        var isList = op.Inputs.Contains("*");
        if (isList ? inputs.Count <= named : inputs.Count > named + 1 || inputs.Count == 0) throw new FormatException();
        // Split alone names its axis first.
        if (op.Function == "split" && named == 1)
        {
            (inputs[0], inputs[1]) = (inputs[1], inputs[0]);
            return Taken(inputs);
        }
        if (!isList) return Taken(inputs);
        var list = inputs[..^named];
        inputs.RemoveRange(0, list.Count);
        return new JsonArray([.. list]);
    }

    static JsonNode? Taken(List<JsonNode?> inputs)
    {
        var first = inputs[0];
        inputs.RemoveAt(0);
        return first;
    }

    /// <summary>The value of an attribute, in the form of JSON for protocol buffers: whole numbers as text, text in base64.</summary>
    static JsonNode? Value(JsonObject attribute) => attribute.Count != 1 ? null : attribute.Single() switch
    {
        ("b", { } value) => JsonRead.Bool(value),
        ("f", { } value) => JsonRead.Number(value),
        ("i", { } value) => Whole(value),
        ("s", { } value) => Encoding.UTF8.GetString(Convert.FromBase64String(JsonRead.Text(value))),
        ("type", { } value) when JsonRead.Text(value) is var type => Types.GetValueOrDefault(type) ?? type.Replace("DT_", "", StringComparison.Ordinal).ToLowerInvariant(),
        ("list", JsonObject list) => list["i"] is JsonArray items ? new JsonArray([.. items.Select(i => (JsonNode)Whole(i ?? throw new FormatException()))]) : null,
        _ => null,
    };

    static int Whole(JsonNode value) => JsonRead.TextOrNull(value) is { } text ? int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : JsonRead.Int(value);
}
