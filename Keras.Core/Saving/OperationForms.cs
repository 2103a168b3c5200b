using System.Text.Json.Nodes;

namespace Keras;

/// <summary>An op outside of layers as Keras writes it.</summary>
/// <param name="Module">The last part of the module: <c>numpy</c>, <c>nn</c>, …</param>
/// <param name="ClassName">The class of the function.</param>
/// <param name="Config">What the class is made with.</param>
/// <param name="Arguments">Tensors, lists of tensors, and JSON for anything else, by their places.</param>
sealed record OperationForm(string Module, string ClassName, JsonObject Config, object?[] Arguments);

/// <summary>For each op that models may hold outside of layers the function of Keras that computes it.</summary>
static class OperationForms
{
    // Called in Keras as here where nothing else is said; what stands in another module than keras.src.ops.numpy is named with it.
    static readonly Dictionary<Type, (string Module, string ClassName)> Elementwise = new()
    {
        [typeof(Abs)] = ("numpy", "Absolute"),
        [typeof(IsNan)] = ("numpy", "Isnan"),
        [typeof(IsInf)] = ("numpy", "Isinf"),
        [typeof(IsFinite)] = ("numpy", "Isfinite"),
        [typeof(BesselI0)] = ("numpy", "I0"),
        [typeof(Erf)] = ("math", "Erf"),
        [typeof(Erfc)] = ("math", "Erfc"),
        [typeof(Erfinv)] = ("math", "Erfinv"),
        [typeof(Rsqrt)] = ("math", "Rsqrt"),
        [typeof(Sigmoid)] = ("nn", "Sigmoid"),
        [typeof(Softplus)] = ("nn", "Softplus"),
        [typeof(LogSigmoid)] = ("nn", "LogSigmoid"),
        [typeof(Relu)] = ("nn", "Relu"),
        [typeof(StopGradient)] = ("core", "StopGradient"),
        [typeof(ArgMax)] = ("numpy", "Argmax"),
        [typeof(ArgMin)] = ("numpy", "Argmin"),
        [typeof(Select)] = ("numpy", "Where"),
    };

    static readonly Type[] Same =
    [
        typeof(Add), typeof(Subtract), typeof(Multiply), typeof(Divide), typeof(FloorDivide), typeof(Mod), typeof(Power), typeof(Maximum), typeof(Minimum), typeof(Logaddexp),
        typeof(Hypot), typeof(BitwiseAnd), typeof(BitwiseOr), typeof(BitwiseXor), typeof(LeftShift), typeof(RightShift), typeof(Gcd), typeof(Equal), typeof(NotEqual), typeof(Less),
        typeof(LessEqual), typeof(Greater), typeof(GreaterEqual), typeof(Negative), typeof(Sign), typeof(Square), typeof(Sqrt), typeof(Cbrt), typeof(Reciprocal), typeof(Exp), typeof(Log),
        typeof(Sin), typeof(Cos), typeof(Tan), typeof(Arcsin), typeof(Arccos), typeof(Arctan), typeof(Sinh), typeof(Cosh), typeof(Tanh), typeof(Arcsinh), typeof(Arccosh), typeof(Arctanh),
        typeof(Floor), typeof(Ceil), typeof(Trunc), typeof(BitwiseNot), typeof(LogicalNot), typeof(Copy), typeof(Conj), typeof(Arctan2), typeof(Expm1), typeof(Log1p), typeof(Log2),
        typeof(Log10),
    ];

    /// <summary>The function of Keras that an op is; <c>null</c> where there is none of the same arguments.</summary>
    internal static OperationForm? Of(Tensor tensor)
    {
        var (op, inputs) = (tensor.Op, tensor.Inputs.ToArray());
        if (Elementwise.TryGetValue(op.GetType(), out var named)) return Form(named.Module, named.ClassName, op is Reduction r ? Reduced(r) : [], inputs);
        if (Same.Contains(op.GetType())) return Form("numpy", op.GetType().Name, [], inputs);
        return op switch
        {
            Reduction reduction => Form("numpy", op.GetType().Name, Reduced(reduction), inputs),
            Round => Form("numpy", "Round", new() { ["decimals"] = 0 }, inputs),
            Clip when Scalar(inputs[1]) is { } low && Scalar(inputs[2]) is { } high => Form("numpy", "Clip", new() { ["x_min"] = low, ["x_max"] = high }, inputs[0]),
            Cast cast => Form("core", "Cast", new() { ["dtype"] = cast.DType.Name() }, inputs),
            Softmax => Form("nn", "Softmax", new() { ["axis"] = -1 }, inputs),
            LogSoftmax => Form("nn", "LogSoftmax", new() { ["axis"] = -1 }, inputs),
            LogSumExp => Form("math", "Logsumexp", new() { ["axis"] = -1, ["keepdims"] = false }, inputs),
            Gelu gelu => Form("nn", "Gelu", new() { ["approximate"] = gelu.Approximate }, inputs),
            Sort => Form("numpy", "Sort", new() { ["axis"] = -1 }, inputs),
            Argsort => Form("numpy", "Argsort", new() { ["axis"] = -1 }, inputs),
            TopK topK => Form("math", "TopK", new() { ["k"] = topK.K, ["sorted"] = true }, inputs),
            Cumprod cumprod => Form("numpy", "Cumprod", new() { ["axis"] = cumprod.Axis, ["dtype"] = null }, inputs),
            Cumsum { Reverse: false } cumsum => Form("numpy", "Cumsum", new() { ["axis"] = cumsum.Axis, ["dtype"] = null }, inputs),
            Take take => Form("numpy", "Take", new() { ["axis"] = take.Axis }, inputs),
            TakeAlong take => Form("numpy", "TakeAlongAxis", new() { ["axis"] = take.Axis }, inputs),
            Transpose transpose => Form("numpy", "Transpose", new() { ["axes"] = List(transpose.Permutation.Span) }, inputs),
            Triangle triangle => Form("numpy", triangle.Upper ? "Triu" : "Tril", new() { ["k"] = triangle.Diagonal }, inputs),
            Concatenate concatenate => Form("numpy", "Concatenate", new() { ["axis"] = concatenate.Axis }, [inputs]),
            MatMul { TransposeA: false, TransposeB: false, HasBias: false, Activation: Epilogue.None } => Form("numpy", "Matmul", [], inputs),
            Reshape when tensor.Shape.Count(d => d is null) <= 1 => Form("numpy", "Reshape", new() { ["newshape"] = List(tensor.Shape.Dims) }, inputs),
            BroadcastTo when tensor.Shape.IsKnown => Form("numpy", "BroadcastTo", new() { ["shape"] = List(tensor.Shape.Dims) }, inputs),
            Pad pad => Padded(pad, inputs),
            Slice slice => Form("numpy", "GetItem", [], [inputs[0], new JsonArray([.. Enumerable.Range(0, slice.Starts.Count).Select(i => Part(slice, i, inputs[0].Shape[i]))])]),
            GetItem item => Form("numpy", "GetItem", [], [inputs[0], new JsonArray([.. item.Key.Select(Index)])]),
            Convolution { HasBias: false, Activation: Epilogue.None } c when tensor.Rank == 4 => Form("nn", "Conv", new()
            {
                ["strides"] = List(c.Strides.Span),
                ["padding"] = c.Padding.ToString(),
                ["data_format"] = "channels_last",
                ["dilation_rate"] = List(c.Dilation.Span),
            }, inputs),
            MaxPool pool when IsPlain(pool.Window) => Form("nn", "MaxPool", Pooled(pool.Window), inputs),
            AveragePool pool when IsPlain(pool.Window) => Form("nn", "AveragePool", Pooled(pool.Window), inputs),
            Cholesky => Form("linalg", "Cholesky", new() { ["upper"] = false }, inputs),
            Det => Form("linalg", "Det", [], inputs),
            _ => null,
        };
    }

    /// <summary>The same of ops that have a function in Keras, for one that has none; <c>null</c> where it has one, or is not made of others.</summary>
    internal static Tensor? Simpler(Tensor tensor)
    {
        if (Of(tensor) is not null) return null;
        var inputs = tensor.Inputs.ToArray();
        try
        {
            return tensor.Op switch
            {
                MatMul { HasBias: false, Activation: Epilogue.None } m => new MatMul().On(m.TransposeA ? Swapped(inputs[0]) : inputs[0], m.TransposeB ? Swapped(inputs[1]) : inputs[1]),
                Cumsum sum => Ops.Flip(new Cumsum(sum.Axis).On(Ops.Flip(inputs[0], sum.Axis)), sum.Axis),
                var op => op.Decompose(inputs),
            };
        }
        // A decomposition may need sizes that are not known yet.
        catch (ArgumentException)
        {
            return null;
        }
    }

    static Tensor Swapped(Tensor x) => Ops.Swapaxes(x, -1, -2);

    static OperationForm Form(string module, string className, JsonObject config, params object?[] arguments) => new(module, className, config, arguments);

    static JsonObject Reduced(Reduction reduction) => new()
    {
        ["axis"] = reduction is ArgExtreme ? reduction.Axes[0] : List(reduction.Axes.Span),
        ["keepdims"] = reduction.Keepdims,
    };

    static JsonArray List(ReadOnlySpan<int> values) => [.. values.ToArray().Select(v => (JsonNode)v)];

    static OperationForm Padded(Pad pad, Tensor[] inputs)
    {
        var widths = new JsonArray([.. Enumerable.Range(0, pad.Low.Count).Select(i => new JsonArray(pad.Low[i], pad.High[i]))]);
        return Form("numpy", "Pad", new() { ["pad_width"] = widths, ["mode"] = "constant" }, inputs[0], inputs[1]);
    }

    static bool IsPlain(Window window) => window.Dilation.All(d => d == 1);

    static JsonObject Pooled(Window window) => new()
    {
        ["pool_size"] = List(window.Size.Span),
        ["strides"] = List(window.Strides.Span),
        ["padding"] = window.Padding.ToString(),
        ["data_format"] = "channels_last",
    };

    static JsonNode? Scalar(Tensor x) => !x.IsOpen && x.Rank == 0 && x.DType is not DType.Bool && !x.DType.IsComplex() ? Number(x) : null;

    /// <summary>A number as JSON.</summary>
    internal static JsonNode Number(Tensor x) => x.DType == DType.Bool ? x.Item() != 0 : x.DType.IsInteger() ? (long)x.Item() : x.Item();

    static JsonObject Part(Slice slice, int axis, int dim)
    {
        var (start, step, size) = (slice.Starts[axis], slice.Steps[axis], slice.Sizes[axis]);
        if (size == Shape.Unknown) return SliceForm(start == 0 ? null : start, null, step == 1 ? null : step);
        var stop = start + ((long)size * step);
        // What ends before the first element has no number of its own: -1 is the last.
        int? end = size == 0 ? start : stop < 0 || stop == dim ? null : (int)stop;
        return SliceForm(start == 0 && step > 0 ? null : start, end, step == 1 ? null : step);
    }

    static JsonNode? Index(TensorIndex index) => index.Kind switch
    {
        TensorIndex.Kinds.NewAxis => null,
        TensorIndex.Kinds.Ellipsis => new JsonObject { ["class_name"] = "__ellipsis__", ["config"] = new JsonObject() },
        TensorIndex.Kinds.Place => index.Start,
        _ => SliceForm(index.Start, index.Stop, index.Step == 1 ? null : index.Step),
    };

    static JsonObject SliceForm(int? start, int? stop, int? step) =>
        new() { ["class_name"] = "__slice__", ["config"] = new JsonObject { ["start"] = start, ["stop"] = stop, ["step"] = step } };
}
