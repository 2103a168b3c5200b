namespace Keras.Losses;

/// <summary>The loss of connectionist temporal classification, for labels without places in a sequence. See <see cref="LossFunctions.Ctc"/>.</summary>
/// <param name="reduction">How the losses of a batch become one. Default the mean over all of them.</param>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">In which dtype it is computed. Default <see cref="Config.Floatx"/>.</param>
public sealed class CTC(Reduce reduction = default, string name = "ctc", DType? dtype = null) : Loss(name, reduction, dtype)
{
    /// <inheritdoc/>
    protected override bool KeepsLabels => true;

    /// <inheritdoc/>
    protected internal override Tensor Call(Tensor yTrue, Tensor yPred) => LossFunctions.Ctc(yTrue, yPred);
}
