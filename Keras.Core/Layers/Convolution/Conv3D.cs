namespace Keras.Layers;

/// <summary>Convolution of volumes (batch, depth, height, width, channels) with a kernel (depth, height, width, channels / groups, filters), as <c>keras.layers.Conv3D</c>. The
/// kernel is not flipped.</summary>
public sealed class Conv3D : Convolutional
{
    /// <summary>Chooses the filters and what belongs to the weights.</summary>
    /// <param name="filters">The channels of the output, a multiple of the groups.</param>
    /// <param name="kernelSize">The window, one number or (depth, height, width).</param>
    /// <param name="strides">The steps of the window. Default 1.</param>
    /// <param name="padding">Default valid.</param>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <param name="dilationRate">The distance between the elements of a window. Default 1; above 1 only with strides of 1.</param>
    /// <param name="groups">Into how many groups the channels are split, each with filters of its own. Default 1.</param>
    /// <param name="activation">Applied to the result. Default none.</param>
    /// <param name="useBias">Whether a bias is added. Default true.</param>
    /// <param name="kernelInitializer">The first kernel. Default glorot_uniform.</param>
    /// <param name="biasInitializer">The first bias. Default zeros.</param>
    /// <param name="kernelRegularizer">A penalty on the kernel. Default none.</param>
    /// <param name="biasRegularizer">A penalty on the bias. Default none.</param>
    /// <param name="kernelConstraint">A rule for the kernel. Default none.</param>
    /// <param name="biasConstraint">A rule for the bias. Default none.</param>
    /// <param name="loraRank">The rank of a trained addition to a frozen kernel. Not supported yet: the layer refuses it when it is built. Default none.</param>
    /// <param name="loraAlpha">What the addition is scaled by, divided by its rank. Default the rank.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A number is not positive, the filters do not divide into the groups, or both strides and dilation
    /// are above 1.</exception>
    public Conv3D(int filters, Axes kernelSize, Axes? strides = null, Padding padding = default, DataFormat dataFormat = default,
        Axes? dilationRate = null, int groups = 1, ActivationFunction? activation = null, bool useBias = true,
        Initializer? kernelInitializer = null, Initializer? biasInitializer = null, Regularizer? kernelRegularizer = null,
        Regularizer? biasRegularizer = null, Regularizer? activityRegularizer = null, Constraint? kernelConstraint = null,
        Constraint? biasConstraint = null, int? loraRank = null, double? loraAlpha = null, string? name = null, DTypePolicy? dtype = null,
        bool trainable = true)
        : base(3, filters, kernelSize, strides, padding, dataFormat, dilationRate, groups, activation, useBias, kernelInitializer,
            biasInitializer, kernelRegularizer, biasRegularizer, activityRegularizer, kernelConstraint, biasConstraint, loraRank, loraAlpha,
            name, dtype, trainable)
    {
    }
}
