namespace Keras;

/// <summary>One call of a layer on symbolic tensors: an edge of a functional model.</summary>
sealed class LayerCall(Layer layer, Nest inputs, bool? training)
{
    internal Layer Layer => layer;

    internal Nest Inputs => inputs;

    /// <summary>The training flag, where the call named one.</summary>
    internal bool? Training => training;

    internal IReadOnlyList<Tensor> Outputs { get; set; } = [];
}
