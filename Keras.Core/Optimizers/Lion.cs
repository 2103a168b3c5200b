namespace Keras.Optimizers;

/// <summary>Steps of one size, by the sign of a running mean of the gradients. See https://arxiv.org/abs/2302.06675.</summary>
/// <param name="learningRate">A number or a schedule. Default 0.001.</param>
/// <param name="beta1">The share of the mean in the sign that is stepped by. Default 0.9.</param>
/// <param name="beta2">The share of the mean that stays at each step. Default 0.99.</param>
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
public sealed class Lion(LearningRateSchedule? learningRate = null, double beta1 = 0.9, double beta2 = 0.99, double? weightDecay = null,
    double? clipnorm = null, double? clipvalue = null, double? globalClipnorm = null, bool useEma = false, double emaMomentum = 0.99,
    int? emaOverwriteFrequency = null, double? lossScaleFactor = null, int? gradientAccumulationSteps = null, string? name = null)
    : Optimizer(learningRate ?? 0.001, weightDecay, clipnorm, clipvalue, globalClipnorm, useEma, emaMomentum, emaOverwriteFrequency,
        lossScaleFactor, gradientAccumulationSteps, name)
{
    /// <summary>The share of the mean in the sign that is stepped by. Default 0.9.</summary>
    public double Beta1 { get; } = beta1;

    /// <summary>The share of the mean that stays at each step. Default 0.99.</summary>
    public double Beta2 { get; } = beta2;

    /// <inheritdoc/>
    protected override void BuildSlots(IReadOnlyList<Variable> variables) => AddSlots(variables, ("momentum", 0));

    /// <inheritdoc/>
    protected override Tensor Update(Tensor w, Tensor gradient, Tensor learningRate, OptimizerStep step)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(step);
        var m = step["momentum"];
        step["momentum"] = m * Beta2 + gradient * (1 - Beta2);
        return w - learningRate * Ops.Sign(m * Beta1 + gradient * (1 - Beta1));
    }
}
