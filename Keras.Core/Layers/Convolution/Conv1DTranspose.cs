namespace Keras.Layers;

/// <summary>Transposed convolution of (batch, steps, features) with a kernel (window, filters, features), as
/// <c>keras.layers.Conv1DTranspose</c>: the adjoint of <see cref="Conv1D"/>.</summary>
public sealed class Conv1DTranspose : ConvolutionalTranspose
{
    /// <summary>Chooses the filters and what belongs to the weights.</summary>
    /// <param name="filters">The channels of the output.</param>
    /// <param name="kernelSize">The window.</param>
    /// <param name="strides">The steps between the places where the filters are added. Default 1.</param>
    /// <param name="padding">Default valid.</param>
    /// <param name="outputPadding">By how much the output is longer than the shortest one possible, less than the strides. Default what the padding says.</param>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <param name="dilationRate">The distance between the elements of a window. Default 1; above 1 only with strides of 1.</param>
    /// <param name="activation">Applied to the result. Default none.</param>
    /// <param name="useBias">Whether a bias is added. Default true.</param>
    /// <param name="kernelInitializer">The first kernel. Default glorot_uniform.</param>
    /// <param name="biasInitializer">The first bias. Default zeros.</param>
    /// <param name="kernelRegularizer">A penalty on the kernel. Default none.</param>
    /// <param name="biasRegularizer">A penalty on the bias. Default none.</param>
    /// <param name="kernelConstraint">A rule for the kernel. Default none.</param>
    /// <param name="biasConstraint">A rule for the bias. Default none.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A number is not positive, the output padding is not below the strides, or both strides and dilation
    /// are above 1.</exception>
    public Conv1DTranspose(int filters, Axes kernelSize, Axes? strides = null, Padding padding = default, Axes? outputPadding = null,
        DataFormat dataFormat = default, Axes? dilationRate = null, ActivationFunction? activation = null, bool useBias = true,
        Initializer? kernelInitializer = null, Initializer? biasInitializer = null, Regularizer? kernelRegularizer = null,
        Regularizer? biasRegularizer = null, Regularizer? activityRegularizer = null, Constraint? kernelConstraint = null,
        Constraint? biasConstraint = null, string? name = null, DTypePolicy? dtype = null, bool trainable = true)
        : base(1, filters, kernelSize, strides, padding, outputPadding, dataFormat, dilationRate, activation, useBias, kernelInitializer,
            biasInitializer, kernelRegularizer, biasRegularizer, activityRegularizer, kernelConstraint, biasConstraint, name, dtype, trainable)
    {
    }
}
