namespace Keras.Layers;

/// <summary>x, or a slope times x below 0, as <c>keras.layers.LeakyReLU</c>.</summary>
[NoBuildConfig]
public sealed class LeakyReLU : Layer
{
    /// <summary>Chooses the slope.</summary>
    /// <param name="negativeSlope">The slope below 0. Default 0.3.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    public LeakyReLU(double negativeSlope = 0.3, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null) : base(name, dtype, trainable, activityRegularizer)
    {
        NegativeSlope = negativeSlope;
        SupportsMasking = true;
    }

    /// <summary>The slope below 0.</summary>
    public double NegativeSlope { get; }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Ops.LeakyRelu(x, NegativeSlope);
}
