namespace Keras.Optimizers;

/// <summary>Adam with the size of each variable's step tied to the size of the variable. See https://arxiv.org/abs/1904.00962.</summary>
/// <param name="learningRate">A number or a schedule. Default 0.001.</param>
/// <param name="beta1">The share of the running mean of gradients that stays at each step. Default 0.9.</param>
/// <param name="beta2">The share of the running mean of squared gradients that stays at each step. Default 0.999.</param>
/// <param name="epsilon">Keeps the division away from zero. Default 1e-7.</param>
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
public sealed class Lamb(LearningRateSchedule? learningRate = null, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-7,
    double? weightDecay = null, double? clipnorm = null, double? clipvalue = null, double? globalClipnorm = null, bool useEma = false,
    double emaMomentum = 0.99, int? emaOverwriteFrequency = null, double? lossScaleFactor = null, int? gradientAccumulationSteps = null,
    string? name = null)
    : Optimizer(learningRate ?? 0.001, weightDecay, clipnorm, clipvalue, globalClipnorm, useEma, emaMomentum, emaOverwriteFrequency,
        lossScaleFactor, gradientAccumulationSteps, name)
{
    /// <summary>The share of the running mean of gradients that stays at each step. Default 0.9.</summary>
    public double Beta1 { get; } = beta1;

    /// <summary>The share of the running mean of squared gradients that stays at each step. Default 0.999.</summary>
    public double Beta2 { get; } = beta2;

    /// <summary>Keeps the division away from zero. Default 1e-7.</summary>
    public double Epsilon { get; } = epsilon;

    /// <inheritdoc/>
    protected override void BuildSlots(IReadOnlyList<Variable> variables) => AddSlots(variables, ("momentum", 0), ("velocity", 0));

    /// <inheritdoc/>
    protected override Tensor Update(Tensor w, Tensor gradient, Tensor learningRate, OptimizerStep step)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(step);
        var t = step.Number(w.DType);
        var m = step["momentum"] + (gradient - step["momentum"]) * (1 - Beta1);
        var v = step["velocity"] + (Ops.Square(gradient) - step["velocity"]) * (1 - Beta2);
        (step["momentum"], step["velocity"]) = (m, v);
        var update = m / (1 - Ops.Power(Beta1, t)) / (Ops.Sqrt(v / (1 - Ops.Power(Beta2, t))) + Epsilon);
        var (size, length) = (Norm([w]), Norm([update]));
        var ratio = Ops.Where(Ops.LogicalAnd(size > 0, length > 0), size / length, 1);
        return w - ratio * learningRate * update;
    }
}
