namespace Keras.Optimizers;

/// <summary>Steps by the running mean of the gradients over the root of that of their squares. See https://arxiv.org/abs/1412.6980.</summary>
/// <param name="learningRate">A number or a schedule. Default 0.001.</param>
/// <param name="beta1">The share of the running mean of gradients that stays at each step. Default 0.9.</param>
/// <param name="beta2">The share of the running mean of squared gradients that stays at each step. Default 0.999.</param>
/// <param name="epsilon">Keeps the division away from zero. Default 1e-7.</param>
/// <param name="amsgrad">Whether the largest mean of squares so far is divided by. Default false.</param>
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
public class Adam(LearningRateSchedule? learningRate = null, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-7,
    bool amsgrad = false, double? weightDecay = null, double? clipnorm = null, double? clipvalue = null, double? globalClipnorm = null,
    bool useEma = false, double emaMomentum = 0.99, int? emaOverwriteFrequency = null, double? lossScaleFactor = null,
    int? gradientAccumulationSteps = null, string? name = null)
    : Optimizer(learningRate ?? 0.001, weightDecay, clipnorm, clipvalue, globalClipnorm, useEma, emaMomentum, emaOverwriteFrequency,
        lossScaleFactor, gradientAccumulationSteps, name)
{
    /// <summary>The share of the running mean of gradients that stays at each step. Default 0.9.</summary>
    public double Beta1 { get; } = beta1;

    /// <summary>The share of the running mean of squared gradients that stays at each step. Default 0.999.</summary>
    public double Beta2 { get; } = beta2;

    /// <summary>Keeps the division away from zero. Default 1e-7.</summary>
    public double Epsilon { get; } = epsilon;

    /// <summary>Whether the largest mean of squares so far is divided by. Default false.</summary>
    public bool Amsgrad { get; } = amsgrad;

    /// <inheritdoc/>
    protected override void BuildSlots(IReadOnlyList<Variable> variables)
    {
        AddSlots(variables, ("momentum", 0), ("velocity", 0));
        if (Amsgrad) AddSlots(variables, ("velocity_hat", 0));
    }

    /// <inheritdoc/>
    protected override Tensor Update(Tensor w, Tensor gradient, Tensor learningRate, OptimizerStep step)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(step);
        // Both corrections of the means' start at zero, in one scalar.
        var alpha = step.Once("alpha", w.DType, dtype =>
        {
            var t = step.Number(dtype);
            return learningRate * Ops.Sqrt(1 - Ops.Power(Beta2, t)) / (1 - Ops.Power(Beta1, t));
        });
        var update = new AdamUpdate(Beta1, Beta2, Epsilon, Amsgrad);
        var updated = Amsgrad
            ? update.Apply(w, gradient, step["momentum"], step["velocity"], step["velocity_hat"], alpha)
            : update.Apply(w, gradient, step["momentum"], step["velocity"], alpha);
        (step["momentum"], step["velocity"]) = (updated[1], updated[2]);
        if (Amsgrad) step["velocity_hat"] = updated[3];
        return updated[0];
    }
}

/// <summary>Adam with weight decay. See https://arxiv.org/abs/1711.05101.</summary>
/// <param name="learningRate">A number or a schedule. Default 0.001.</param>
/// <param name="weightDecay">The share of each variable, times the learning rate, that is taken off before each update. Default 0.004.</param>
/// <param name="beta1">The share of the running mean of gradients that stays at each step. Default 0.9.</param>
/// <param name="beta2">The share of the running mean of squared gradients that stays at each step. Default 0.999.</param>
/// <param name="epsilon">Keeps the division away from zero. Default 1e-7.</param>
/// <param name="amsgrad">Whether the largest mean of squares so far is divided by. Default false.</param>
/// <param name="clipnorm">The largest norm of a variable's gradient. Default no limit.</param>
/// <param name="clipvalue">The largest absolute value of an element of a gradient. Default no limit.</param>
/// <param name="globalClipnorm">The largest norm of all gradients together. Default no limit.</param>
/// <param name="useEma">Whether running averages of the variables are kept. Default false.</param>
/// <param name="emaMomentum">The share of the average that stays at each step. Default 0.99.</param>
/// <param name="emaOverwriteFrequency">After how many steps the averages take the variables' place. Default at the end.</param>
/// <param name="lossScaleFactor">The factor that the loss was multiplied by. Default none.</param>
/// <param name="gradientAccumulationSteps">How many gradients are averaged for each update. Default 1.</param>
/// <param name="name">Default the snake case of the class, made unique.</param>
public sealed class AdamW(LearningRateSchedule? learningRate = null, double? weightDecay = 0.004, double beta1 = 0.9, double beta2 = 0.999,
    double epsilon = 1e-7, bool amsgrad = false, double? clipnorm = null, double? clipvalue = null, double? globalClipnorm = null,
    bool useEma = false, double emaMomentum = 0.99, int? emaOverwriteFrequency = null, double? lossScaleFactor = null,
    int? gradientAccumulationSteps = null, string? name = null)
    : Adam(learningRate, beta1, beta2, epsilon, amsgrad, weightDecay, clipnorm, clipvalue, globalClipnorm, useEma, emaMomentum,
        emaOverwriteFrequency, lossScaleFactor, gradientAccumulationSteps, name);
