namespace Keras;

// Activations that are compositions; those with kernels of their own stand with the unary ops.
public static partial class Ops
{
    /// <summary>Each element, or with a slope of 0.2 below 0.</summary>
    public static Tensor LeakyRelu(Tensor x, double negativeSlope = 0.2) => Where(Greater(x, 0), x, AsFloating(x) * negativeSlope);

    /// <summary>Each element limited to [0, 6].</summary>
    public static Tensor Relu6(Tensor x) => Clip(x, 0, 6);

    /// <summary>x above 0, else alpha (exp(x) - 1).</summary>
    public static Tensor Elu(Tensor x, double alpha = 1)
    {
        x = AsFloating(x);
        return Where(Greater(x, 0), x, Expm1(Minimum(x, 0)) * alpha);
    }

    /// <summary>The scaled exponential linear unit, which keeps mean and variance.</summary>
    public static Tensor Selu(Tensor x) => Elu(x, 1.6732632423543772848170429916717) * 1.0507009873554804934193349852946;

    /// <summary>max(0, x) + min(0, alpha (exp(x / alpha) - 1)).</summary>
    public static Tensor Celu(Tensor x, double alpha = 1)
    {
        x = AsFloating(x);
        return Relu(x) + Expm1(Minimum(x, 0) / alpha) * alpha;
    }

    /// <summary>x sigmoid(x).</summary>
    public static Tensor Silu(Tensor x)
    {
        x = AsFloating(x);
        return x * Sigmoid(x);
    }

    /// <summary>x sigmoid(x).</summary>
    public static Tensor Swish(Tensor x) => Silu(x);

    /// <summary>x tanh(softplus(x)).</summary>
    public static Tensor Mish(Tensor x)
    {
        x = AsFloating(x);
        return x * Tanh(Softplus(x));
    }

    /// <summary>x times the probability that a standard normal number is below x, or its usual approximation by tanh.</summary>
    public static Tensor Gelu(Tensor x, bool approximate = true) => new Gelu(approximate).On(AsFloating(x));

    /// <summary>x / (1 + |x|).</summary>
    public static Tensor Softsign(Tensor x)
    {
        x = AsFloating(x);
        return x / (1 + Absolute(x));
    }

    /// <summary>x / 6 + 0.5, limited to [0, 1].</summary>
    public static Tensor HardSigmoid(Tensor x) => Clip(AsFloating(x) / 6 + 0.5, 0, 1);

    /// <summary>x hard_sigmoid(x).</summary>
    public static Tensor HardSilu(Tensor x) => AsFloating(x) * HardSigmoid(x);

    /// <summary>x hard_sigmoid(x).</summary>
    public static Tensor HardSwish(Tensor x) => HardSilu(x);

    /// <summary>Each element limited to [-1, 1].</summary>
    public static Tensor HardTanh(Tensor x) => Clip(AsFloating(x), -1, 1);

    /// <summary>Each element, or 0 within the threshold of 0.</summary>
    public static Tensor HardShrink(Tensor x, double threshold = 0.5) => Where(Greater(Absolute(x), threshold), x, 0);

    /// <summary>Each element moved towards 0 by the threshold, and 0 within it.</summary>
    public static Tensor SoftShrink(Tensor x, double threshold = 0.5) =>
        Where(Greater(x, threshold), x - threshold, Where(Less(x, -threshold), x + threshold, 0));

    /// <summary>x - tanh(x).</summary>
    public static Tensor TanhShrink(Tensor x) => AsFloating(x) - Tanh(x);

    /// <summary>Each element above the threshold, else a default value.</summary>
    public static Tensor Threshold(Tensor x, double threshold, double defaultValue) => Where(Greater(x, threshold), x, defaultValue);

    /// <summary>(x + √(x² + b)) / 2.</summary>
    public static Tensor Squareplus(Tensor x, double b = 4)
    {
        x = AsFloating(x);
        return (x + Sqrt(Square(x) + b)) / 2;
    }

    /// <summary>0 up to -1, (x + 1)² / 4 up to 1, then x.</summary>
    public static Tensor SparsePlus(Tensor x)
    {
        x = AsFloating(x);
        return Where(LessEqual(x, -1), 0, Where(Less(x, 1), Square(x + 1) * 0.25, x));
    }

    /// <summary>(x + 1) / 2, limited to [0, 1].</summary>
    public static Tensor SparseSigmoid(Tensor x) => Clip((AsFloating(x) + 1) * 0.5, 0, 1);

    /// <summary>The first half of an axis times the sigmoid of the second.</summary>
    /// <exception cref="ArgumentException">The axis has an odd length.</exception>
    public static Tensor Glu(Tensor x, int axis = -1)
    {
        x = AsFloating(x);
        var at = x.Shape.Axis(axis, "glu");
        var half = x.Shape[at] % 2 == 0 ? x.Shape[at] / 2
            : throw Errors.Argument("glu", "the axis does not divide in two", "an even length", x.Shape);
        return Narrow(x, at, 0, half) * Sigmoid(Narrow(x, at, half, half));
    }
}
