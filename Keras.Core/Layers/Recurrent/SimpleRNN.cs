namespace Keras.Layers;

/// <summary>A layer whose output is fed back: h = activation(x · kernel + h · recurrent kernel + bias) at each step of (batch, time, features), as
/// <c>keras.layers.SimpleRNN</c>.</summary>
[ConfigKeys(Presence.WhereGiven, "seed")]
public sealed class SimpleRNN : RecurrentLayer
{
    /// <summary>Chooses the size, what belongs to the weights, and what is returned.</summary>
    /// <param name="units">The size of the state and of the output, 1 or more.</param>
    /// <param name="activation">Applied to the result. Default tanh.</param>
    /// <param name="useBias">Whether a bias is added. Default true.</param>
    /// <param name="kernelInitializer">The first kernel, (inputs, units). Default glorot_uniform.</param>
    /// <param name="recurrentInitializer">The first kernel of the state, (units, units). Default orthogonal.</param>
    /// <param name="biasInitializer">The first bias. Default zeros.</param>
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
    /// <param name="returnSequences">Whether the outputs of all steps are returned, (batch, time, units), not only the last one. Default false.</param>
    /// <param name="returnState">Whether the last state is returned too. Default false.</param>
    /// <param name="goBackwards">Whether to begin at the last step; sequences are returned in the order of computing. Default false.</param>
    /// <param name="stateful">Whether a call begins with the states that the call before ended with. It needs a fixed batch size. Default false.</param>
    /// <param name="unroll">Whether each step becomes a part of the graph of its own. It needs a known number of steps. Default false.</param>
    /// <param name="zeroOutputForMask">Whether the output of a step that does not count is zero, not that of the step before. Default false.</param>
    /// <param name="name">Default the class name in snake case, with a number where it is taken.</param>
    /// <param name="dtype">The dtype policy. Default <see cref="DTypePolicy.Global"/>.</param>
    /// <param name="trainable">Whether optimizers update the weights. Default true.</param>
    /// <exception cref="ArgumentException">There are no units, or a rate is outside of [0, 1].</exception>
    public SimpleRNN(int units, ActivationFunction? activation = null, bool useBias = true, Initializer? kernelInitializer = null,
        Initializer? recurrentInitializer = null, Initializer? biasInitializer = null, Regularizer? kernelRegularizer = null,
        Regularizer? recurrentRegularizer = null, Regularizer? biasRegularizer = null, Regularizer? activityRegularizer = null,
        Constraint? kernelConstraint = null, Constraint? recurrentConstraint = null, Constraint? biasConstraint = null, double dropout = 0,
        double recurrentDropout = 0, bool returnSequences = false, bool returnState = false, bool goBackwards = false, bool stateful = false,
        bool unroll = false, int? seed = null, bool zeroOutputForMask = false, string? name = null, DTypePolicy? dtype = null, bool trainable = true)
        : base(new SimpleRNNCell(units, activation, useBias, kernelInitializer, recurrentInitializer, biasInitializer, kernelRegularizer,
            recurrentRegularizer, biasRegularizer, kernelConstraint, recurrentConstraint, biasConstraint, dropout, recurrentDropout, seed,
            "simple_rnn_cell", dtype, trainable), returnSequences, returnState, goBackwards, stateful, unroll, zeroOutputForMask, name, dtype, trainable, activityRegularizer)
    {
    }

    /// <summary>The size of the state and of the output.</summary>
    public int Units => Cell.StateSize[0][0];
}
