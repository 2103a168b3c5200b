namespace Keras.Optimizers;

/// <summary>Adam with an average over all points instead of a schedule of the learning rate. See https://arxiv.org/abs/2405.15682.</summary>
/// <param name="learningRate">A number or a schedule. Default 0.0025.</param>
/// <param name="beta1">The share of the averaged point in the point where gradients are taken. Default 0.9.</param>
/// <param name="beta2">The share of the running mean of squared gradients that stays at each step. Default 0.999.</param>
/// <param name="epsilon">Keeps the division away from zero. Default 1e-8.</param>
/// <param name="warmupSteps">Over how many steps the learning rate rises from 0. Default 0.</param>
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
public sealed class ScheduleFreeAdamW(LearningRateSchedule? learningRate = null, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, int warmupSteps = 0,
    double? weightDecay = null, double? clipnorm = null, double? clipvalue = null,
    double? globalClipnorm = null, bool useEma = false, double emaMomentum = 0.99, int? emaOverwriteFrequency = null, double? lossScaleFactor = null,
    int? gradientAccumulationSteps = null, string? name = null)
    : Optimizer(learningRate ?? 0.0025, weightDecay, clipnorm, clipvalue, globalClipnorm, useEma, emaMomentum, emaOverwriteFrequency,
        lossScaleFactor, gradientAccumulationSteps, name)
{
    /// <summary>The share of the averaged point in the point where gradients are taken. Default 0.9.</summary>
    public double Beta1 { get; } = beta1;

    /// <summary>The share of the running mean of squared gradients that stays at each step. Default 0.999.</summary>
    public double Beta2 { get; } = beta2;

    /// <summary>Keeps the division away from zero. Default 1e-8.</summary>
    public double Epsilon { get; } = epsilon;

    /// <summary>Over how many steps the learning rate rises from 0. Default 0.</summary>
    public int WarmupSteps { get; } = warmupSteps;

    /// <inheritdoc/>
    protected override void BuildSlots(IReadOnlyList<Variable> variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        foreach (var variable in variables)
        {
            AddSlot(variable, "momentum", Trace.Suspend(variable.Read).Detach());
            AddSlots([variable], ("velocity", 0));
        }
    }

    /// <inheritdoc/>
    protected override Tensor Update(Tensor w, Tensor gradient, Tensor learningRate, OptimizerStep step)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(step);
        var t = step.Number(w.DType);
        if (WarmupSteps > 0) learningRate *= Ops.Minimum(t / WarmupSteps, 1);
        var v = step["velocity"] + ((Ops.Square(gradient) - step["velocity"]) * (1 - Beta2));
        var before = step["momentum"];
        var point = before - (learningRate * gradient / (Ops.Sqrt(v / (1 - Ops.Power(Beta2, t))) + Epsilon));
        (step["momentum"], step["velocity"]) = (point, v);
        var average = (w - (before * (1 - Beta1))) / Beta1;
        average += (point - average) / t;
        return (point * (1 - Beta1)) + (average * Beta1);
    }
}
