namespace Keras.Layers;

/// <summary>A layer around another one, whose weights it has too, as <c>keras.layers.Wrapper</c>. Derive from it and call <see cref="Layer"/>.</summary>
public abstract class Wrapper : Layer
{
    /// <summary>Wraps a layer.</summary>
    /// <param name="layer">The layer within.</param>
    /// <inheritdoc cref="Keras.Layer.Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    protected Wrapper(Layer layer, string? name = null, DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(name, dtype, trainable, activityRegularizer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        Layer = Track(layer, "layer");
    }

    /// <summary>The layer within.</summary>
    public Layer Layer { get; }

    /// <summary>Makes the weights of the layer within, for the same input.</summary>
    protected override void BuildWeights(Shape inputShape) => Layer.Build(inputShape);
}
