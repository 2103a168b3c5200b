namespace Keras.Layers;

/// <summary>Convolution of each channel of (batch, steps, features) on its own with a kernel (window, features,
/// multiplier), as <c>keras.layers.DepthwiseConv1D</c>.</summary>
public sealed class DepthwiseConv1D : DepthwiseConvolutional
{
    /// <summary>Chooses the window and what belongs to the weights.</summary>
    /// <param name="kernelSize">The window.</param>
    /// <param name="strides">The steps of the window. Default 1.</param>
    /// <param name="padding">Default valid.</param>
    /// <param name="depthMultiplier">How many channels each channel of the input gives. Default 1.</param>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <param name="dilationRate">The distance between the elements of a window. Default 1; above 1 only with strides of 1.</param>
    /// <param name="activation">Applied to the result. Default none.</param>
    /// <param name="useBias">Whether a bias is added. Default true.</param>
    /// <param name="depthwiseInitializer">The first depthwise kernel. Default glorot_uniform.</param>
    /// <param name="biasInitializer">The first bias. Default zeros.</param>
    /// <param name="depthwiseRegularizer">A penalty on the depthwise kernel. Default none.</param>
    /// <param name="biasRegularizer">A penalty on the bias. Default none.</param>
    /// <param name="depthwiseConstraint">A rule for the depthwise kernel. Default none.</param>
    /// <param name="biasConstraint">A rule for the bias. Default none.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A number is not positive, or both strides and dilation
    /// are above 1.</exception>
    public DepthwiseConv1D(Axes kernelSize, Axes? strides = null, Padding padding = default, int depthMultiplier = 1,
        DataFormat dataFormat = default, Axes? dilationRate = null, ActivationFunction? activation = null, bool useBias = true,
        Initializer? depthwiseInitializer = null, Initializer? biasInitializer = null, Regularizer? depthwiseRegularizer = null,
        Regularizer? biasRegularizer = null, Regularizer? activityRegularizer = null, Constraint? depthwiseConstraint = null,
        Constraint? biasConstraint = null, string? name = null, DTypePolicy? dtype = null, bool trainable = true)
        : base(1, kernelSize, strides, padding, depthMultiplier, dataFormat, dilationRate, activation, useBias, depthwiseInitializer,
            biasInitializer, depthwiseRegularizer, biasRegularizer, activityRegularizer, depthwiseConstraint, biasConstraint, name, dtype,
            trainable)
    {
    }
}
