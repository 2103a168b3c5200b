namespace Keras.Layers;

/// <summary>One value for each of a fixed number of windows over the spatial axes of (batch, spatial…, channels), or channels first.</summary>
[NoBuildConfig]
public abstract class AdaptivePooling : Layer
{
    private protected AdaptivePooling(int rank, Axes outputSize, DataFormat dataFormat, string? name, DTypePolicy? dtype, bool trainable,
        Regularizer? activityRegularizer) : base(name, dtype, trainable, activityRegularizer)
    {
        (OutputSize, DataFormat) = (outputSize.Expand(rank, Who, "output_size"), dataFormat.Resolved);
        InputSpec = [new InputSpec(Ndim: rank + 2)];
    }

    /// <summary>How many windows, one number a spatial axis.</summary>
    public Axes OutputSize { get; }

    /// <summary>Where the channels stand.</summary>
    public DataFormat DataFormat { get; }
}
