namespace Keras.Layers;

/// <summary>x above the threshold, limited to a largest value; else the slope times (x − threshold), as <c>keras.layers.ReLU</c>.</summary>
[NoBuildConfig]
public sealed class ReLU : Layer
{
    /// <summary>Chooses the shape of the function.</summary>
    /// <param name="maxValue">The largest result, 0 or more. Default none.</param>
    /// <param name="negativeSlope">The slope below the threshold, 0 or more. Default 0.</param>
    /// <param name="threshold">Where the function changes, 0 or more. Default 0.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A number is negative.</exception>
    public ReLU(double? maxValue = null, double negativeSlope = 0, double threshold = 0, string? name = null, DTypePolicy? dtype = null,
        bool trainable = true, Regularizer? activityRegularizer = null) : base(name, dtype, trainable, activityRegularizer)
    {
        Check("max_value", maxValue ?? 0);
        Check("negative_slope", negativeSlope);
        Check("threshold", threshold);
        (MaxValue, NegativeSlope, Threshold) = (maxValue, negativeSlope, threshold);
        SupportsMasking = true;

        void Check(string what, double value)
        {
            if (!(value >= 0)) throw Errors.Argument(Who, $"{what} is negative", "0 or more", value);
        }
    }

    /// <summary>The largest result, if any.</summary>
    public double? MaxValue { get; }

    /// <summary>The slope below the threshold.</summary>
    public double NegativeSlope { get; }

    /// <summary>Where the function changes.</summary>
    public double Threshold { get; }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Activations.Relu(x, NegativeSlope, MaxValue, Threshold);
}
