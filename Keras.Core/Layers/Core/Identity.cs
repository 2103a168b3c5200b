namespace Keras.Layers;

/// <summary>Gives its input back, as <c>keras.layers.Identity</c>.</summary>
[NoBuildConfig]
public sealed class Identity : Layer
{
    /// <summary>Makes the layer.</summary>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    public Identity(string? name = null, DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(name, dtype, trainable, activityRegularizer) => SupportsMasking = true;

    /// <inheritdoc/>
    protected override Nest Call(Nest inputs, CallContext context) => inputs;
}
