namespace Keras.Layers;

/// <summary>The mean of each of a fixed number of windows of (batch, steps, features), as <c>keras.layers.AdaptiveAveragePooling1D</c>.</summary>
public sealed class AdaptiveAveragePooling1D : AdaptivePooling
{
    /// <summary>Chooses the windows.</summary>
    /// <param name="outputSize">How many windows, one number or one a spatial axis.</param>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A number is not positive.</exception>
    public AdaptiveAveragePooling1D(Axes outputSize, DataFormat dataFormat = default, string? name = null, DTypePolicy? dtype = null,
        bool trainable = true, Regularizer? activityRegularizer = null)
        : base(1, outputSize, dataFormat, name, dtype, trainable, activityRegularizer)
    {
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Ops.AdaptiveAveragePool(x, OutputSize, DataFormat);
}
