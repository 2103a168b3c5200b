namespace Keras.Layers;

/// <summary>Convolution of each channel of images (batch, height, width, channels) on its own, then of the channels alone, as
/// <c>keras.layers.SeparableConv2D</c>.</summary>
public sealed class SeparableConv2D : SeparableConvolutional
{
    /// <summary>Chooses the window, the filters and what belongs to the weights.</summary>
    /// <param name="filters">The channels of the output.</param>
    /// <param name="kernelSize">The window, one number or (height, width).</param>
    /// <param name="strides">The steps of the window. Default 1.</param>
    /// <param name="padding">Default valid.</param>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <param name="dilationRate">The distance between the elements of a window. Default 1; above 1 only with strides of 1.</param>
    /// <param name="depthMultiplier">How many channels each channel of the input gives. Default 1.</param>
    /// <param name="activation">Applied to the result. Default none.</param>
    /// <param name="useBias">Whether a bias is added. Default true.</param>
    /// <param name="depthwiseInitializer">The first depthwise kernel. Default glorot_uniform.</param>
    /// <param name="pointwiseInitializer">The first pointwise kernel. Default glorot_uniform.</param>
    /// <param name="biasInitializer">The first bias. Default zeros.</param>
    /// <param name="depthwiseRegularizer">A penalty on the depthwise kernel. Default none.</param>
    /// <param name="pointwiseRegularizer">A penalty on the pointwise kernel. Default none.</param>
    /// <param name="biasRegularizer">A penalty on the bias. Default none.</param>
    /// <param name="depthwiseConstraint">A rule for the depthwise kernel. Default none.</param>
    /// <param name="pointwiseConstraint">A rule for the pointwise kernel. Default none.</param>
    /// <param name="biasConstraint">A rule for the bias. Default none.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A number is not positive, or both strides and dilation
    /// are above 1.</exception>
    public SeparableConv2D(int filters, Axes kernelSize, Axes? strides = null, Padding padding = default, DataFormat dataFormat = default,
        Axes? dilationRate = null, int depthMultiplier = 1, ActivationFunction? activation = null, bool useBias = true,
        Initializer? depthwiseInitializer = null, Initializer? pointwiseInitializer = null, Initializer? biasInitializer = null,
        Regularizer? depthwiseRegularizer = null, Regularizer? pointwiseRegularizer = null, Regularizer? biasRegularizer = null,
        Regularizer? activityRegularizer = null, Constraint? depthwiseConstraint = null, Constraint? pointwiseConstraint = null,
        Constraint? biasConstraint = null, string? name = null, DTypePolicy? dtype = null, bool trainable = true)
        : base(2, filters, kernelSize, strides, padding, dataFormat, dilationRate, depthMultiplier, activation, useBias, depthwiseInitializer,
            pointwiseInitializer, biasInitializer, depthwiseRegularizer, pointwiseRegularizer, biasRegularizer, activityRegularizer,
            depthwiseConstraint, pointwiseConstraint, biasConstraint, name, dtype, trainable)
    {
    }
}
