namespace Keras.Layers;

/// <summary>One value for each window over the spatial axes of (batch, spatial…, channels), or channels first.</summary>
[NoBuildConfig]
public abstract class Pooling : Layer
{
    private protected Pooling(int rank, Axes poolSize, Axes? strides, Padding padding, DataFormat dataFormat, string? name, DTypePolicy? dtype,
        bool trainable, Regularizer? activityRegularizer) : base(name, dtype, trainable, activityRegularizer)
    {
        PoolSize = poolSize.Expand(rank, Who, "pool_size");
        Strides = strides is { } given ? given.Expand(rank, Who, "strides") : PoolSize;
        (Padding, DataFormat) = (padding.NotCausal(Who), dataFormat.Resolved);
        InputSpec = [new InputSpec(Ndim: rank + 2)];
    }

    /// <summary>The window, one number a spatial axis.</summary>
    public Axes PoolSize { get; }

    /// <summary>The steps of the window, one number a spatial axis.</summary>
    public Axes Strides { get; }

    /// <summary>What happens at the border.</summary>
    public Padding Padding { get; }

    /// <summary>Where the channels stand.</summary>
    public DataFormat DataFormat { get; }
}

/// <summary>The largest element of each window.</summary>
public abstract class MaxPooling : Pooling
{
    private protected MaxPooling(int rank, Axes? poolSize, Axes? strides, Padding padding, DataFormat dataFormat, string? name,
        DTypePolicy? dtype, bool trainable, Regularizer? activityRegularizer)
        : base(rank, poolSize ?? 2, strides, padding, dataFormat, name, dtype, trainable, activityRegularizer)
    {
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Ops.MaxPool(x, PoolSize, Strides, Padding, DataFormat);
}

/// <summary>The mean of each window; what lies outside of the input does not count.</summary>
public abstract class AveragePooling : Pooling
{
    private protected AveragePooling(int rank, Axes poolSize, Axes? strides, Padding padding, DataFormat dataFormat, string? name,
        DTypePolicy? dtype, bool trainable, Regularizer? activityRegularizer)
        : base(rank, poolSize, strides, padding, dataFormat, name, dtype, trainable, activityRegularizer)
    {
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Ops.AveragePool(x, PoolSize, Strides, Padding, DataFormat);
}
