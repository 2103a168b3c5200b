using System.Text.Json.Nodes;

namespace Keras;

/// <summary>The functions of <c>keras.activations</c>. Each is known to layers by its name in snake case, such as
/// <c>"relu"</c>, with all arguments but the first at their defaults. Integers become the default floating dtype where
/// the result is not whole.</summary>
public static class Activations
{
    /// <summary>The activation that a name means, or one of one's own; the linear one where there is none.</summary>
    /// <param name="identifier">Keras's name, <see cref="ActivationFunction.Of(Func{Tensor, Tensor})"/> a function, or <c>null</c>.</param>
    /// <exception cref="ArgumentException">The name is unknown; the known ones are listed.</exception>
    public static ActivationFunction Get(ActivationFunction? identifier) => identifier ?? "linear";

    /// <summary>An activation as configs hold it: Keras's name, or the object that Keras writes for a registered function.</summary>
    /// <exception cref="NotSupportedException">It is a function of one's own that is not registered.</exception>
    public static JsonNode Serialize(ActivationFunction activation)
    {
        ArgumentNullException.ThrowIfNull(activation);
        return activation.Write();
    }

    /// <summary>The activation that a config means.</summary>
    /// <param name="config">A name, or the object that Keras writes for a function.</param>
    /// <param name="customObjects">Functions of one's own by name, looked at first. Default none.</param>
    /// <exception cref="ArgumentException">The name is unknown; the known ones are listed.</exception>
    public static ActivationFunction Deserialize(JsonNode? config, IReadOnlyDictionary<string, Func<Tensor, Tensor>>? customObjects = null)
    {
        if (config is null) return "linear";
        return ReadScope.Run(config, () => customObjects is not null && config is JsonValue or JsonObject && customObjects.GetValueOrDefault(JsonRead.FunctionName(config)) is { } own
            ? ActivationFunction.Of(own) : ActivationFunction.Read(config));
    }

    /// <summary>The tensor itself.</summary>
    public static Tensor Linear(Tensor x) => x;

    /// <summary>x above the threshold, limited to <paramref name="maxValue"/>; else
    /// <paramref name="negativeSlope"/> · (x − threshold), as <c>keras.activations.relu</c>.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="negativeSlope">The slope below the threshold. Default 0.</param>
    /// <param name="maxValue">The largest result. Default none.</param>
    /// <param name="threshold">Where the function changes. Default 0.</param>
    public static Tensor Relu(Tensor x, double negativeSlope = 0, double? maxValue = null, double threshold = 0)
    {
        if (negativeSlope != 0 && maxValue is null && threshold == 0) return Ops.LeakyRelu(x, negativeSlope);
        var y = threshold == 0 ? Ops.Relu(x) : Ops.Where(Ops.Greater(x, threshold), x, 0);
        if (maxValue is { } most) y = Ops.Clip(y, 0, most);
        return negativeSlope == 0 ? y : y - Ops.Relu(threshold - x) * negativeSlope;
    }

    /// <summary>x limited to [0, 6].</summary>
    public static Tensor Relu6(Tensor x) => Ops.Relu6(x);

    /// <summary>x, or <paramref name="negativeSlope"/> · x below 0.</summary>
    public static Tensor LeakyRelu(Tensor x, double negativeSlope = 0.2) => Ops.LeakyRelu(x, negativeSlope);

    /// <summary>x above 0, else <paramref name="alpha"/> · (exp(x) − 1).</summary>
    public static Tensor Elu(Tensor x, double alpha = 1) => Ops.Elu(x, alpha);

    /// <summary>The scaled exponential linear unit, which keeps mean and variance (Klambauer et al., 2017).</summary>
    public static Tensor Selu(Tensor x) => Ops.Selu(x);

    /// <summary>max(0, x) + min(0, alpha · (exp(x / alpha) − 1)).</summary>
    public static Tensor Celu(Tensor x, double alpha = 1) => Ops.Celu(x, alpha);

    /// <summary>x times the probability that a standard normal number is below x (Hendrycks and Gimpel, 2016).</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="approximate">Whether to approximate by tanh. Default false.</param>
    public static Tensor Gelu(Tensor x, bool approximate = false) => Ops.Gelu(x, approximate);

    /// <summary>The first half of an axis times the sigmoid of the second.</summary>
    /// <exception cref="ArgumentException">The axis has an odd length.</exception>
    public static Tensor Glu(Tensor x, int axis = -1) => Ops.Glu(x, axis);

    /// <summary>x · sigmoid(x).</summary>
    public static Tensor Silu(Tensor x) => Ops.Silu(x);

    /// <summary>x · sigmoid(x).</summary>
    public static Tensor Swish(Tensor x) => Ops.Silu(x);

    /// <summary>x · tanh(softplus(x)).</summary>
    public static Tensor Mish(Tensor x) => Ops.Mish(x);

    /// <summary>1 / (1 + exp(−x)).</summary>
    public static Tensor Sigmoid(Tensor x) => Ops.Sigmoid(x);

    /// <summary>log(sigmoid(x)), without overflow.</summary>
    public static Tensor LogSigmoid(Tensor x) => Ops.LogSigmoid(x);

    /// <summary>x / 6 + 0.5, limited to [0, 1].</summary>
    public static Tensor HardSigmoid(Tensor x) => Ops.HardSigmoid(x);

    /// <summary>x · hard_sigmoid(x).</summary>
    public static Tensor HardSilu(Tensor x) => Ops.HardSilu(x);

    /// <summary>x · hard_sigmoid(x).</summary>
    public static Tensor HardSwish(Tensor x) => Ops.HardSilu(x);

    /// <summary>x limited to [−1, 1].</summary>
    public static Tensor HardTanh(Tensor x) => Ops.HardTanh(x);

    /// <summary>x, or 0 within <paramref name="threshold"/> of 0.</summary>
    public static Tensor HardShrink(Tensor x, double threshold = 0.5) => Ops.HardShrink(x, threshold);

    /// <summary>x moved towards 0 by <paramref name="threshold"/>, and 0 within it.</summary>
    public static Tensor SoftShrink(Tensor x, double threshold = 0.5) => Ops.SoftShrink(x, threshold);

    /// <summary>The hyperbolic tangent.</summary>
    public static Tensor Tanh(Tensor x) => Ops.Tanh(x);

    /// <summary>x − tanh(x).</summary>
    public static Tensor TanhShrink(Tensor x) => Ops.TanhShrink(x);

    /// <summary>e to the power of x.</summary>
    public static Tensor Exponential(Tensor x) => Ops.Exp(x);

    /// <summary>log(1 + exp(x)), without overflow.</summary>
    public static Tensor Softplus(Tensor x) => Ops.Softplus(x);

    /// <summary>x / (1 + |x|).</summary>
    public static Tensor Softsign(Tensor x) => Ops.Softsign(x);

    /// <summary>exp(x) divided by its sum along an axis, or along several as one. Default the last.</summary>
    /// <exception cref="ArgumentException">There is no such axis.</exception>
    public static Tensor Softmax(Tensor x, Axes? axis = null) => Ops.Softmax(x, axis ?? -1);

    /// <summary>The logarithm of the softmax along an axis, or along several as one, without loss at small values. Default the last.</summary>
    /// <exception cref="ArgumentException">There is no such axis.</exception>
    public static Tensor LogSoftmax(Tensor x, Axes? axis = null) => Ops.LogSoftmax(x, axis ?? -1);

    /// <summary>0 up to −1, (x + 1)² / 4 up to 1, then x.</summary>
    public static Tensor SparsePlus(Tensor x) => Ops.SparsePlus(x);

    /// <summary>(x + 1) / 2, limited to [0, 1].</summary>
    public static Tensor SparseSigmoid(Tensor x) => Ops.SparseSigmoid(x);

    /// <summary>The point nearest to x among those whose elements along an axis are not negative and sum to 1: like a softmax, but most
    /// elements are 0 (Martins and Astudillo, 2016). Default the last axis.</summary>
    /// <exception cref="ArgumentException">There is no such axis, or it has no elements.</exception>
    public static Tensor Sparsemax(Tensor x, int axis = -1) => Ops.Sparsemax(x, axis);

    /// <summary>(x + √(x² + b)) / 2.</summary>
    public static Tensor Squareplus(Tensor x, double b = 4) => Ops.Squareplus(x, b);

    /// <summary>x above <paramref name="threshold"/>, else <paramref name="defaultValue"/>. Keras has no defaults here; by name
    /// both are 0.</summary>
    public static Tensor Threshold(Tensor x, double threshold = 0, double defaultValue = 0) =>
        Ops.Threshold(x, threshold, defaultValue);
}
