namespace Keras.Layers;

/// <summary>A layer that applies an activation to its result.</summary>
public abstract class ActivatedLayer : Layer
{
    private protected ActivatedLayer(ActivationFunction? activation, string? name, DTypePolicy? dtype, bool trainable,
        Regularizer? activityRegularizer) : base(name, dtype, trainable, activityRegularizer) => Activation = activation ?? "linear";

    /// <summary>The activation; <c>linear</c> where none was given.</summary>
    public ActivationFunction Activation { get; }
}
