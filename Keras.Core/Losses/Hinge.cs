namespace Keras.Losses;

/// <summary>The distance from the right side of a margin. See <see cref="LossFunctions.Hinge"/>.</summary>
/// <param name="reduction">How the losses of a batch become one. Default the mean over all of them.</param>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">In which dtype it is computed. Default <see cref="Config.Floatx"/>.</param>
public sealed class Hinge(Reduce reduction = default, string name = "hinge", DType? dtype = null)
    : Loss(name, reduction, dtype)
{
    /// <inheritdoc/>
    protected internal override Tensor Call(Tensor yTrue, Tensor yPred) => LossFunctions.Hinge(yTrue, yPred);
}

/// <summary>The squared distance from the right side of a margin. See <see cref="LossFunctions.SquaredHinge"/>.</summary>
/// <param name="reduction">How the losses of a batch become one. Default the mean over all of them.</param>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">In which dtype it is computed. Default <see cref="Config.Floatx"/>.</param>
public sealed class SquaredHinge(Reduce reduction = default, string name = "squared_hinge", DType? dtype = null)
    : Loss(name, reduction, dtype)
{
    /// <inheritdoc/>
    protected internal override Tensor Call(Tensor yTrue, Tensor yPred) => LossFunctions.SquaredHinge(yTrue, yPred);
}

/// <summary>The distance of the right class from the best wrong one. See <see cref="LossFunctions.CategoricalHinge"/>.</summary>
/// <param name="reduction">How the losses of a batch become one. Default the mean over all of them.</param>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">In which dtype it is computed. Default <see cref="Config.Floatx"/>.</param>
public sealed class CategoricalHinge(Reduce reduction = default, string name = "categorical_hinge",
    DType? dtype = null)
    : Loss(name, reduction, dtype)
{
    /// <inheritdoc/>
    protected internal override Tensor Call(Tensor yTrue, Tensor yPred) => LossFunctions.CategoricalHinge(yTrue, yPred);
}
