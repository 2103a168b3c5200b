using System.Text.Json.Nodes;

namespace Keras;

/// <summary>For each function of TensorFlow that has an equal in keras.ops what it is there. A new one is one line.</summary>
static partial class TensorFlowFunctions
{
    /// <summary>Functions of each element of one tensor, or of two, without other arguments.</summary>
    static readonly Dictionary<string, (string Module, string ClassName)> OfOne = Read("""
        numpy abs Absolute | numpy negative Negative | numpy sign Sign | numpy square Square | numpy sqrt Sqrt | numpy exp Exp | numpy expm1 Expm1 | numpy log Log | numpy log1p Log1p
        numpy sin Sin | numpy cos Cos | numpy tan Tan | numpy asin Arcsin | numpy acos Arccos | numpy atan Arctan | numpy sinh Sinh | numpy cosh Cosh | numpy tanh Tanh
        numpy asinh Arcsinh | numpy acosh Arccosh | numpy atanh Arctanh | numpy floor Floor | numpy ceil Ceil | numpy reciprocal Reciprocal
        numpy logical_not LogicalNot | numpy is_nan Isnan | numpy is_inf Isinf | numpy is_finite Isfinite | numpy real Real | numpy imag Imag | numpy conj Conj | numpy identity Copy
        math rsqrt Rsqrt | math erf Erf | math erfinv Erfinv | core stop_gradient StopGradient
        nn sigmoid Sigmoid | nn log_sigmoid LogSigmoid | nn softplus Softplus | nn softsign Softsign | nn relu Relu | nn relu6 Relu6 | nn selu Selu
        """),
    OfTwo = Read("""
        numpy add Add | numpy subtract Subtract | numpy multiply Multiply | numpy scalar_mul Multiply | numpy divide Divide | numpy truediv TrueDivide | numpy floordiv FloorDivide
        numpy floormod Mod | numpy mod Mod | numpy divide_no_nan DivideNoNan | numpy pow Power | numpy maximum Maximum | numpy minimum Minimum | numpy atan2 Arctan2
        numpy eq Equal | numpy equal Equal | numpy ne NotEqual | numpy not_equal NotEqual | numpy greater Greater | numpy greater_equal GreaterEqual | numpy less Less | numpy less_equal LessEqual
        numpy logical_and LogicalAnd | numpy logical_or LogicalOr | numpy logical_xor LogicalXor
        """);

    /// <summary>Functions along axes that are all called in the same way.</summary>
    static readonly Dictionary<string, (string Module, string ClassName)> Reductions = Read("""
        numpy reduce_mean Mean | numpy reduce_sum Sum | numpy reduce_max Max | numpy reduce_min Min | numpy reduce_prod Prod | numpy reduce_all All | numpy reduce_any Any
        numpy reduce_std Std | numpy reduce_variance Var | math reduce_logsumexp Logsumexp
        """);

    // Of another meaning where TensorFlow 1 is named: conditions choose rows, pixels are taken from other places.
    static readonly string[] Unlike = ["compat.v1.where", "compat.v1.image.resize"];

    static Dictionary<string, (string, string)> Read(string table) => table.Split(['|', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Select(row => row.Split(' ')).ToDictionary(words => words[1], words => (words[0], words[2]), StringComparer.Ordinal);

    internal static bool IsElementwise(string function) => OfOne.ContainsKey(function) || OfTwo.ContainsKey(function);

    /// <summary>How a function is made of those of Keras; <c>null</c> for one that has no equal.</summary>
    internal static Action<TensorFlowCall>? Find(string fullName, string function)
    {
        if (Unlike.Contains(fullName)) return null;
        if (OfOne.TryGetValue(function, out var one)) return c => c.Op(one.Module, one.ClassName, [c.First]);
        if (OfTwo.TryGetValue(function, out var two)) return c => c.Op(two.Module, two.ClassName, [c.First, c.Second("y", "other", "x")]);
        if (Reductions.TryGetValue(function, out var reduction))
            return c => c.Op(reduction.Module, reduction.ClassName, [c.First], ("axis", c.Whole("axis", "reduction_indices")), ("keepdims", c.Flag("keepdims", "keep_dims")));
        return Others.GetValueOrDefault(function);
    }

    static readonly Dictionary<string, Action<TensorFlowCall>> Others = new(StringComparer.Ordinal)
    {
        // Numbers.
        ["round"] = c => c.Op("numpy", "Round", [c.First], ("decimals", 0)),
        ["rint"] = c => c.Op("numpy", "Round", [c.First], ("decimals", 0)),
        ["squared_difference"] = c => c.Op("numpy", "Square", [c.Op("numpy", "Subtract", [c.First, c.Second("y")])]),
        ["add_n"] = c => Sum(c, c.List()),
        ["bias_add"] = c => c.Op("numpy", "Add", [Last(c).First, c.Second("bias")]),
        ["clip_by_value"] = Clipped,
        ["cast"] = c => c.Op("core", "Cast", [c.First], ("dtype", c.Text("dtype") ?? throw new FormatException())),
        ["where"] = c => c.Op("numpy", "Where", [c.First, c.Second("x"), c.Second("y")]),
        ["zeros_like"] = c => Like(c, "ZerosLike"),
        ["ones_like"] = c => Like(c, "OnesLike"),

        // Activations.
        ["elu"] = c => c.Op("nn", "Elu", [c.First], ("alpha", 1.0)),
        ["leaky_relu"] = c => c.Op("nn", "LeakyRelu", [c.First], ("negative_slope", c.Plain("alpha") ?? 0.2)),
        ["gelu"] = c => c.Op("nn", "Gelu", [c.First], ("approximate", c.Flag("approximate"))),
        ["silu"] = Silu,
        ["swish"] = Silu,
        ["softmax"] = c => c.Op("nn", "Softmax", [c.First], ("axis", c.Whole("axis", "dim") ?? -1)),
        ["log_softmax"] = c => c.Op("nn", "LogSoftmax", [c.First], ("axis", c.Whole("axis", "dim") ?? -1)),

        // Along axes.
        ["l2_normalize"] = c => c.Op("nn", "Normalize", [c.First], ("axis", c.Whole("axis", "dim")), ("order", 2), ("epsilon", Math.Sqrt(c.Plain("epsilon") is { } least ? JsonRead.Number(least) : 1e-12))),
        ["reduce_euclidean_norm"] = Norm,
        ["norm"] = c => Norm(c.Plain("ord") is { } order && JsonRead.TextOrNull(order) is not ("euclidean" or "fro") ? throw c.Refused("there is no such norm", "ord \"euclidean\"", order) : c),
        ["moments"] = c => c.Op("nn", "Moments", [c.First], ("axes", c.Whole("axes")), ("keepdims", c.Flag("keepdims", "keep_dims")), ("synchronized", false)),
        ["batch_normalization"] = Normalized,
        ["argmax"] = c => Place(c, "Argmax"),
        ["argmin"] = c => Place(c, "Argmin"),
        ["cumsum"] = c => Cumulative(c, "Cumsum"),
        ["cumprod"] = c => Cumulative(c, "Cumprod"),
        ["top_k"] = c => c.Op("math", "TopK", [c.First], ("k", c.Whole("k") ?? 1), ("sorted", Only(c, "index_type", "int32").Plain("sorted") ?? true)),
        ["sort"] = c => Ordered(c, c.Whole("axis") ?? -1),
        ["reverse"] = c => c.Op("numpy", "Flip", [c.First], ("axis", c.Whole("axis"))),
        ["roll"] = c => c.Op("numpy", "Roll", [c.First], ("shift", c.Whole("shift")), ("axis", c.Whole("axis"))),

        // Shapes.
        ["reshape"] = Reshaped,
        ["expand_dims"] = c => c.Op("numpy", "ExpandDims", [c.First], ("axis", c.Whole("axis", "dim") ?? throw new FormatException())),
        ["squeeze"] = c => c.Op("numpy", "Squeeze", [c.First], ("axis", c.Whole("axis", "squeeze_dims") switch
        {
            JsonArray { Count: 0 } => null,
            JsonArray { Count: 1 } list => list[0]!.DeepClone(),
            var axis => axis,
        })),
        ["transpose"] = c => c.Op("numpy", "Transpose", [c.First], ("axes", c.Whole("perm"))),
        ["matrix_transpose"] = c => Swapped(c, c.First),
        ["broadcast_to"] = c => c.Op("numpy", "BroadcastTo", [c.First], ("shape", c.Whole("shape") ?? throw new FormatException())),
        ["tile"] = c => c.Op("numpy", "Tile", [c.First], ("repeats", c.Whole("multiples") ?? throw new FormatException())),
        ["repeat"] = c => c.Op("numpy", "Repeat", [c.First], ("repeats", c.Whole("repeats") ?? throw new FormatException()), ("axis", c.Whole("axis"))),
        ["concat"] = c => c.Op("numpy", "Concatenate", [c.List()], ("axis", c.Whole("axis") ?? throw new FormatException())),
        ["stack"] = c => c.Op("numpy", "Stack", [c.List()], ("axis", c.Whole("axis") ?? 0)),
        ["unstack"] = c => c.Op("core", "Unstack", [c.First], ("num", c.Whole("num")), ("axis", c.Whole("axis") ?? 0)),
        ["split"] = c => c.Op("numpy", "Split", [c.First], ("indices_or_sections", Places(c)), ("axis", c.Whole("axis") ?? 0)),
        ["pad"] = Padded,
        ["getitem"] = c => c.Op("numpy", "GetItem", [c.First, TensorFlowSlices.Of(c)]),
        ["strided_slice"] = c => c.Op("numpy", "GetItem", [c.First, TensorFlowSlices.Of(c)]),
        ["slice"] = c => c.Op("numpy", "GetItem", [c.First, TensorFlowSlices.Of(c)]),
        ["gather"] = c => c.Op("numpy", "Take", [c.First, c.Second("indices")], ("axis", Only(c, "batch_dims", 0).Whole("axis") ?? 0)),
        ["one_hot"] = c => c.Op("nn", "OneHot", [c.First], ("num_classes", Only(Only(c, "on_value", 1), "off_value", 0).Whole("depth") ?? throw new FormatException()),
            ("axis", c.Whole("axis") ?? -1), ("dtype", c.Text("dtype") ?? "float32"), ("sparse", false)),

        // Matrices.
        ["matmul"] = c => c.Op("numpy", "Matmul", [Side(c, c.First, "transpose_a", "adjoint_a"), Side(c, c.Second("b"), "transpose_b", "adjoint_b")]),
        ["matvec"] = c => c.Op("numpy", "Squeeze", [c.Op("numpy", "Matmul", [Side(c, c.First, "transpose_a", "adjoint_a"), c.Op("numpy", "ExpandDims", [c.Second("b")], ("axis", -1))])], ("axis", -1)),
        ["cross"] = c => c.Op("numpy", "Cross", [c.First, c.Second("b")], ("axisa", -1), ("axisb", -1), ("axisc", -1), ("axis", null)),
        ["tensordot"] = c => c.Op("numpy", "Tensordot", [c.First, c.Second("b")], ("axes", c.Plain("axes"))),
        ["einsum"] = c => c.Op("numpy", "Einsum", [.. c.List().Select(t => t?.DeepClone())], ("subscripts", c.Text("equation") ?? throw new FormatException())),
        ["det"] = c => c.Op("linalg", "Det", [c.First]),
        ["inv"] = c => c.Op("linalg", "Inv", [c.First]),
        ["trace"] = c => c.Op("numpy", "Trace", [c.First], ("offset", 0), ("axis1", -2), ("axis2", -1)),

        // Images.
        ["conv2d"] = c => c.Op("nn", "Conv", [Last(c).First, c.Second("filters", "filter")], ("strides", Window(c, "strides")), ("padding", Padding(c)), ("data_format", "channels_last"), ("dilation_rate", Window(c, "dilations"))),
        ["depthwise_conv2d"] = c => c.Op("nn", "DepthwiseConv", [Last(c).First, c.Second("filter", "filters")], ("strides", Window(c, "strides")), ("padding", Padding(c)), ("data_format", "channels_last"),
            ("dilation_rate", Window(c, "dilations"))),
        ["max_pool"] = c => Pooled(c, "MaxPool"),
        ["max_pool2d"] = c => Pooled(c, "MaxPool"),
        ["avg_pool"] = c => Pooled(c, "AveragePool"),
        ["avg_pool2d"] = c => Pooled(c, "AveragePool"),
        ["space_to_depth"] = c => c.Op("nn", "SpaceToDepth", [Last(c).First], ("block_size", c.Whole("block_size")), ("data_format", "channels_last")),
        ["depth_to_space"] = c => c.Op("nn", "DepthToSpace", [Last(c).First], ("block_size", c.Whole("block_size")), ("data_format", "channels_last")),
        ["image.resize"] = c => Resized(c, c.Text("method") ?? "bilinear", c.Flag("antialias")),
        ["resize_bilinear"] = c => Resized(HalfPixels(c), "bilinear", false),
        ["resize_nearest_neighbor"] = c => Resized(HalfPixels(c), "nearest", false),
        ["image.flip_left_right"] = c => c.Op("numpy", "Flip", [c.First], ("axis", -2)),
        ["image.flip_up_down"] = c => c.Op("numpy", "Flip", [c.First], ("axis", -3)),
        ["image.rgb_to_grayscale"] = c => c.Op("image", "RGBToGrayscale", [c.First], ("data_format", "channels_last")),
    };
}
