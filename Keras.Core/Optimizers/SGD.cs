namespace Keras.Optimizers;

/// <summary>Gradient descent, optionally with momentum: the plain <c>w -= rate · g</c>. See https://keras.io/api/optimizers/sgd/.</summary>
/// <param name="learningRate">A number or a schedule. Default 0.01.</param>
/// <param name="momentum">The share of the last step that is made again, between 0 and 1. Default 0.</param>
/// <param name="nesterov">Whether the gradient counts as that behind the momentum's step. Default false.</param>
/// <param name="weightDecay">The share of each variable, times the learning rate, that is taken off before each update. Default none.</param>
/// <param name="clipnorm">The largest norm of a variable's gradient. Default no limit.</param>
/// <param name="clipvalue">The largest absolute value of an element of a gradient. Default no limit.</param>
/// <param name="globalClipnorm">The largest norm of all gradients together. Default no limit.</param>
/// <param name="useEma">Whether running averages of the variables are kept. Default false.</param>
/// <param name="emaMomentum">The share of the average that stays at each step. Default 0.99.</param>
/// <param name="emaOverwriteFrequency">After how many steps the averages take the variables' place. Default at the end.</param>
/// <param name="lossScaleFactor">The factor that the loss was multiplied by. Default none.</param>
/// <param name="gradientAccumulationSteps">How many gradients are averaged for each update. Default 1.</param>
/// <param name="name">Default the snake case of the class, made unique.</param>
public sealed class SGD(LearningRateSchedule? learningRate = null, double momentum = 0, bool nesterov = false, double? weightDecay = null,
    double? clipnorm = null, double? clipvalue = null, double? globalClipnorm = null, bool useEma = false, double emaMomentum = 0.99,
    int? emaOverwriteFrequency = null, double? lossScaleFactor = null, int? gradientAccumulationSteps = null, string? name = null)
    : Optimizer(learningRate ?? 0.01, weightDecay, clipnorm, clipvalue, globalClipnorm, useEma, emaMomentum, emaOverwriteFrequency,
        lossScaleFactor, gradientAccumulationSteps, name)
{
    /// <summary>The share of the last step that is made again, between 0 and 1. Default 0.</summary>
    public double Momentum { get; } = momentum is >= 0 and <= 1 ? momentum
        : throw Errors.Argument("SGD", "momentum is out of range", "between 0 and 1", momentum);

    /// <summary>Whether the gradient counts as that behind the momentum's step. Default false.</summary>
    public bool Nesterov { get; } = nesterov;

    /// <inheritdoc/>
    protected override void BuildSlots(IReadOnlyList<Variable> variables)
    {
        if (Momentum != 0) AddSlots(variables, ("momentum", 0));
    }

    /// <inheritdoc/>
    protected override Tensor Update(Tensor w, Tensor gradient, Tensor learningRate, OptimizerStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        if (Momentum == 0) return new SgdUpdate().Apply(w, gradient, learningRate)[0];
        var updated = new MomentumUpdate(Momentum, Nesterov).Apply(w, gradient, step["momentum"], learningRate);
        step["momentum"] = updated[1];
        return updated[0];
    }
}
