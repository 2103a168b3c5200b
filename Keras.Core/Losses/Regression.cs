namespace Keras.Losses;

/// <summary>The mean of squared differences. See <see cref="LossFunctions.MeanSquaredError"/>.</summary>
/// <param name="reduction">How the losses of a batch become one. Default the mean over all of them.</param>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">In which dtype it is computed. Default <see cref="Config.Floatx"/>.</param>
public sealed class MeanSquaredError(Reduce reduction = default, string name = "mean_squared_error",
    DType? dtype = null)
    : Loss(name, reduction, dtype)
{
    /// <inheritdoc/>
    protected internal override Tensor Call(Tensor yTrue, Tensor yPred) => LossFunctions.MeanSquaredError(yTrue, yPred);
}

/// <summary>The mean of absolute differences. See <see cref="LossFunctions.MeanAbsoluteError"/>.</summary>
/// <param name="reduction">How the losses of a batch become one. Default the mean over all of them.</param>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">In which dtype it is computed. Default <see cref="Config.Floatx"/>.</param>
public sealed class MeanAbsoluteError(Reduce reduction = default, string name = "mean_absolute_error",
    DType? dtype = null)
    : Loss(name, reduction, dtype)
{
    /// <inheritdoc/>
    protected internal override Tensor Call(Tensor yTrue, Tensor yPred) => LossFunctions.MeanAbsoluteError(yTrue, yPred);
}

/// <summary>The mean of relative differences, in percent. See <see cref="LossFunctions.MeanAbsolutePercentageError"/>.</summary>
/// <param name="reduction">How the losses of a batch become one. Default the mean over all of them.</param>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">In which dtype it is computed. Default <see cref="Config.Floatx"/>.</param>
public sealed class MeanAbsolutePercentageError(Reduce reduction = default,
    string name = "mean_absolute_percentage_error", DType? dtype = null)
    : Loss(name, reduction, dtype)
{
    /// <inheritdoc/>
    protected internal override Tensor Call(Tensor yTrue, Tensor yPred) => LossFunctions.MeanAbsolutePercentageError(yTrue, yPred);
}

/// <summary>The mean of squared differences of logarithms. See <see cref="LossFunctions.MeanSquaredLogarithmicError"/>.</summary>
/// <param name="reduction">How the losses of a batch become one. Default the mean over all of them.</param>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">In which dtype it is computed. Default <see cref="Config.Floatx"/>.</param>
public sealed class MeanSquaredLogarithmicError(Reduce reduction = default,
    string name = "mean_squared_logarithmic_error", DType? dtype = null)
    : Loss(name, reduction, dtype)
{
    /// <inheritdoc/>
    protected internal override Tensor Call(Tensor yTrue, Tensor yPred) => LossFunctions.MeanSquaredLogarithmicError(yTrue, yPred);
}

/// <summary>The negative cosine between targets and predictions. See <see cref="LossFunctions.CosineSimilarity"/>.</summary>
/// <param name="axis">The axis of the vectors. Default the last.</param>
/// <param name="reduction">How the losses of a batch become one. Default the mean over all of them.</param>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">In which dtype it is computed. Default <see cref="Config.Floatx"/>.</param>
public sealed class CosineSimilarity(int axis = -1, Reduce reduction = default, string name = "cosine_similarity",
    DType? dtype = null)
    : Loss(name, reduction, dtype)
{
    /// <summary>The axis of the vectors. Default the last.</summary>
    public int Axis { get; } = axis;

    /// <inheritdoc/>
    protected internal override Tensor Call(Tensor yTrue, Tensor yPred) => LossFunctions.CosineSimilarity(yTrue, yPred, Axis);
}

/// <summary>Squares for small differences, absolute values for large ones. See <see cref="LossFunctions.Huber"/>.</summary>
/// <param name="delta">Where small ends. Default 1.</param>
/// <param name="reduction">How the losses of a batch become one. Default the mean over all of them.</param>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">In which dtype it is computed. Default <see cref="Config.Floatx"/>.</param>
public sealed class Huber(double delta = 1, Reduce reduction = default, string name = "huber_loss",
    DType? dtype = null)
    : Loss(name, reduction, dtype)
{
    /// <summary>Where small ends. Default 1.</summary>
    public double Delta { get; } = delta;

    /// <inheritdoc/>
    protected internal override Tensor Call(Tensor yTrue, Tensor yPred) => LossFunctions.Huber(yTrue, yPred, Delta);
}

/// <summary>The logarithm of the hyperbolic cosine of the differences. See <see cref="LossFunctions.LogCosh"/>.</summary>
/// <param name="reduction">How the losses of a batch become one. Default the mean over all of them.</param>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">In which dtype it is computed. Default <see cref="Config.Floatx"/>.</param>
public sealed class LogCosh(Reduce reduction = default, string name = "log_cosh", DType? dtype = null)
    : Loss(name, reduction, dtype)
{
    /// <inheritdoc/>
    protected internal override Tensor Call(Tensor yTrue, Tensor yPred) => LossFunctions.LogCosh(yTrue, yPred);
}
