namespace Keras.Layers;

/// <summary>Long short-term memory over signals, (batch, time, steps, channels) or channels first, as <c>keras.layers.ConvLSTM1D</c> (Shi et al., 2015).</summary>
public sealed class ConvLSTM1D : ConvLSTM
{
    /// <summary>Chooses the filters, what belongs to the weights, and what is returned.</summary>
    /// <param name="filters">The channels of the states and of the output, 1 or more.</param>
    /// <param name="kernelSize">The window.</param>
    /// <param name="strides">The steps of the window over the input. Default 1.</param>
    /// <param name="padding">What happens at the border of the input. Default valid.</param>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <param name="dilationRate">The distance between the elements of a window over the input. Default 1.</param>
    /// <param name="activation">Applied to the candidate and to the memory. Default tanh.</param>
    /// <param name="recurrentActivation">Applied to the gates. Default sigmoid.</param>
    /// <param name="useBias">Whether a bias is added. Default true.</param>
    /// <param name="kernelInitializer">The first kernel, (window…, channels, 4 · filters). Default glorot_uniform.</param>
    /// <param name="recurrentInitializer">The first kernel of the state, (window…, filters, 4 · filters). Default orthogonal.</param>
    /// <param name="biasInitializer">The first bias. Default zeros.</param>
    /// <param name="unitForgetBias">Whether the bias of the gate for forgetting begins at 1. Default true.</param>
    /// <param name="kernelRegularizer">A penalty on the kernel. Default none.</param>
    /// <param name="recurrentRegularizer">A penalty on the kernel of the state. Default none.</param>
    /// <param name="biasRegularizer">A penalty on the bias. Default none.</param>
    /// <param name="activityRegularizer">A penalty on the outputs, divided by the batch size. Default none.</param>
    /// <param name="kernelConstraint">A rule for the kernel. Default none.</param>
    /// <param name="recurrentConstraint">A rule for the kernel of the state. Default none.</param>
    /// <param name="biasConstraint">A rule for the bias. Default none.</param>
    /// <param name="dropout">The probability that an element of the input is dropped in training, the same at all steps. Default 0.</param>
    /// <param name="recurrentDropout">The probability that an element of the state is dropped in training, the same at all steps. Default 0.</param>
    /// <param name="seed">The seed of dropout. Default one drawn now.</param>
    /// <param name="returnSequences">Whether the outputs of all steps are returned, not only the last one. Default false.</param>
    /// <param name="returnState">Whether the last states are returned too. Default false.</param>
    /// <param name="goBackwards">Whether to begin at the last step; sequences are returned in the order of computing. Default false.</param>
    /// <param name="stateful">Whether a call begins with the states that the call before ended with. It needs a fixed batch size. Default false.</param>
    /// <param name="name">Default the class name in snake case, with a number where it is taken.</param>
    /// <param name="dtype">The dtype policy. Default <see cref="DTypePolicy.Global"/>.</param>
    /// <param name="trainable">Whether optimizers update the weights. Default true.</param>
    /// <exception cref="ArgumentException">A number is not positive, both strides and dilation are above 1, or a rate is outside of [0, 1].</exception>
    public ConvLSTM1D(int filters, Axes kernelSize, Axes? strides = null, Padding padding = default, DataFormat dataFormat = default,
        Axes? dilationRate = null, ActivationFunction? activation = null, ActivationFunction? recurrentActivation = null, bool useBias = true,
        Initializer? kernelInitializer = null, Initializer? recurrentInitializer = null, Initializer? biasInitializer = null,
        bool unitForgetBias = true, Regularizer? kernelRegularizer = null, Regularizer? recurrentRegularizer = null,
        Regularizer? biasRegularizer = null, Regularizer? activityRegularizer = null, Constraint? kernelConstraint = null,
        Constraint? recurrentConstraint = null, Constraint? biasConstraint = null, double dropout = 0, double recurrentDropout = 0,
        int? seed = null, bool returnSequences = false, bool returnState = false, bool goBackwards = false, bool stateful = false,
        string? name = null, DTypePolicy? dtype = null, bool trainable = true)
        : base(1, new ConvLSTMCell(filters, kernelSize.Expand(1, "ConvLSTM1D", "kernel_size"), strides, padding, dataFormat, dilationRate, activation,
            recurrentActivation, useBias, kernelInitializer, recurrentInitializer, biasInitializer, unitForgetBias, kernelRegularizer, recurrentRegularizer,
            biasRegularizer, kernelConstraint, recurrentConstraint, biasConstraint, dropout, recurrentDropout, seed, "conv_lstm_cell", dtype, trainable),
            returnSequences, returnState, goBackwards, stateful, name, dtype, trainable, activityRegularizer)
    {
    }
}
