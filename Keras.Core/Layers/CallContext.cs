namespace Keras;

/// <summary>What a layer is told when it is called.</summary>
/// <param name="Training">Whether to behave as in training.</param>
/// <param name="Masks">The masks of the inputs, depth first; <c>null</c> where there is none.</param>
public sealed record CallContext(bool Training, IReadOnlyList<Tensor?> Masks)
{
    /// <summary>The mask of the first input.</summary>
    public Tensor? Mask => Masks.Count > 0 ? Masks[0] : null;

    /// <summary>What else the call was told, in the layer's own form.</summary>
    internal object? Options { get; init; }
}
