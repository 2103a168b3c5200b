namespace Keras.Layers;

/// <summary>One value for all places of each channel.</summary>
[NoBuildConfig]
public abstract class GlobalPooling : Layer
{
    private protected GlobalPooling(int rank, DataFormat dataFormat, bool keepdims, string? name, DTypePolicy? dtype, bool trainable,
        Regularizer? activityRegularizer) : base(name, dtype, trainable, activityRegularizer)
    {
        (DataFormat, Keepdims) = (dataFormat.Resolved, keepdims);
        Spatial = [.. Enumerable.Range(DataFormat.IsFirst ? 2 : 1, rank)];
        InputSpec = [new InputSpec(Ndim: rank + 2)];
    }

    /// <summary>Where the channels stand.</summary>
    public DataFormat DataFormat { get; }

    /// <summary>Whether the spatial axes stay, as 1.</summary>
    public bool Keepdims { get; }

    private protected Axes Spatial { get; }
}
