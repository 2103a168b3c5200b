namespace Keras.Layers;

/// <summary>Applies an activation to a tensor of any shape, as <c>keras.layers.Activation</c>.</summary>
[NoBuildConfig]
public sealed class Activation : ActivatedLayer
{
    /// <summary>Chooses the function.</summary>
    /// <param name="activation">The function, such as <c>"relu"</c>.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    public Activation(ActivationFunction activation, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null) : base(activation, name, dtype, trainable, activityRegularizer) => SupportsMasking = true;

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Activation.Apply(x);
}
