namespace Keras;

/// <summary>One call of a layer on symbolic tensors: an edge of a functional model.</summary>
sealed class LayerCall(Layer layer, Nest inputs, bool? training, object? options = null)
{
    internal Layer Layer => layer;

    internal Nest Inputs => inputs;

    /// <summary>The training flag, where the call named one.</summary>
    internal bool? Training => training;

    /// <summary>What else the call was told, in the layer's own form.</summary>
    internal object? Options => options;

    /// <summary>How many calls the layer had before.</summary>
    internal int Index { get; } = layer.CountCall();

    /// <summary>How the file that holds the call names its inputs, where one does.</summary>
    internal CallStyle? Style { get; set; }

    internal IReadOnlyList<Tensor> Outputs { get; set; } = [];
}
