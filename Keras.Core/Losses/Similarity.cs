namespace Keras.Losses;

/// <summary>1 less the overlap of two areas relative to their sizes. See <see cref="LossFunctions.Dice"/>.</summary>
/// <param name="reduction">How the losses of a batch become one. Default the mean over all of them.</param>
/// <param name="name">The name in logs.</param>
/// <param name="axis">The axes that make one loss; all where none is named.</param>
/// <param name="dtype">In which dtype it is computed. Default <see cref="Config.Floatx"/>.</param>
public sealed class Dice(Reduce reduction = default, string name = "dice", Axes? axis = null, DType? dtype = null)
    : Loss(name, reduction, dtype)
{
    /// <summary>The axes that make one loss; all where none is named.</summary>
    public Axes? Axis { get; } = axis;

    /// <inheritdoc/>
    protected internal override Tensor Call(Tensor yTrue, Tensor yPred) => LossFunctions.Dice(yTrue, yPred, Axis);
}

/// <summary>As Dice, with false positives and false negatives weighted. See <see cref="LossFunctions.Tversky"/>.</summary>
/// <param name="alpha">The weight of false positives. Default 0.5.</param>
/// <param name="beta">The weight of false negatives. Default 0.5.</param>
/// <param name="reduction">How the losses of a batch become one. Default the mean over all of them.</param>
/// <param name="name">The name in logs.</param>
/// <param name="axis">The axes that make one loss; all where none is named.</param>
/// <param name="dtype">In which dtype it is computed. Default <see cref="Config.Floatx"/>.</param>
public sealed class Tversky(double alpha = 0.5, double beta = 0.5, Reduce reduction = default,
    string name = "tversky", Axes? axis = null, DType? dtype = null)
    : Loss(name, reduction, dtype)
{
    /// <summary>The weight of false positives. Default 0.5.</summary>
    public double Alpha { get; } = alpha;

    /// <summary>The weight of false negatives. Default 0.5.</summary>
    public double Beta { get; } = beta;

    /// <summary>The axes that make one loss; all where none is named.</summary>
    public Axes? Axis { get; } = axis;

    /// <inheritdoc/>
    protected internal override Tensor Call(Tensor yTrue, Tensor yPred) => LossFunctions.Tversky(yTrue, yPred, Alpha, Beta, Axis);
}

/// <summary>Pulls embeddings of one class together and pushes those of different classes apart. See <see cref="LossFunctions.Circle"/>.</summary>
/// <param name="gamma">How steep the loss is. Default 80.</param>
/// <param name="margin">How far from the ideal embeddings may stay. Default 0.4.</param>
/// <param name="removeDiagonal">Whether an embedding is not compared with itself. Default true.</param>
/// <param name="reduction">How the losses of a batch become one. Default the mean over all of them.</param>
/// <param name="name">The name in logs.</param>
/// <param name="dtype">In which dtype it is computed. Default <see cref="Config.Floatx"/>.</param>
public sealed class Circle(double gamma = 80, double margin = 0.4, bool removeDiagonal = true, Reduce reduction = default, string name = "circle",
    DType? dtype = null) : Loss(name, reduction, dtype)
{
    /// <summary>How steep the loss is. Default 80.</summary>
    public double Gamma { get; } = gamma;

    /// <summary>How far from the ideal embeddings may stay. Default 0.4.</summary>
    public double Margin { get; } = margin;

    /// <summary>Whether an embedding is not compared with itself. Default true.</summary>
    public bool RemoveDiagonal { get; } = removeDiagonal;

    /// <inheritdoc/>
    protected override bool KeepsLabels => true;

    /// <inheritdoc/>
    protected internal override Tensor Call(Tensor yTrue, Tensor yPred) =>
        LossFunctions.Circle(yTrue, yPred, removeDiagonal: RemoveDiagonal, gamma: Gamma, margin: Margin);
}
