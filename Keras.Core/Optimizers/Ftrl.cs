namespace Keras.Optimizers;

/// <summary>Follows the regularized leader, for sparse models. See https://research.google.com/pubs/archive/41159.pdf.</summary>
/// <param name="learningRate">A number or a schedule. Default 0.001.</param>
/// <param name="learningRatePower">The exponent of the sum of squares in the step's size, 0 or less. Default -0.5.</param>
/// <param name="initialAccumulatorValue">The sum of squares at the start. Default 0.1.</param>
/// <param name="l1RegularizationStrength">The weight of absolute values in the penalty. Default 0.</param>
/// <param name="l2RegularizationStrength">The weight of squares in the penalty. Default 0.</param>
/// <param name="l2ShrinkageRegularizationStrength">The weight of squares in a penalty on the gradient alone. Default 0.</param>
/// <param name="beta">Added to the penalty of squares, over twice the learning rate. Default 0.</param>
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
public sealed class Ftrl(LearningRateSchedule? learningRate = null, double learningRatePower = -0.5, double initialAccumulatorValue = 0.1,
    double l1RegularizationStrength = 0, double l2RegularizationStrength = 0, double l2ShrinkageRegularizationStrength = 0,
    double beta = 0, double? weightDecay = null, double? clipnorm = null, double? clipvalue = null, double? globalClipnorm = null,
    bool useEma = false, double emaMomentum = 0.99, int? emaOverwriteFrequency = null, double? lossScaleFactor = null,
    int? gradientAccumulationSteps = null, string? name = null)
    : Optimizer(learningRate ?? 0.001, weightDecay, clipnorm, clipvalue, globalClipnorm, useEma, emaMomentum, emaOverwriteFrequency,
        lossScaleFactor, gradientAccumulationSteps, name)
{
    /// <summary>The exponent of the sum of squares in the step's size, 0 or less. Default -0.5.</summary>
    public double LearningRatePower { get; } = learningRatePower;

    /// <summary>The sum of squares at the start. Default 0.1.</summary>
    public double InitialAccumulatorValue { get; } = initialAccumulatorValue;

    /// <summary>The weight of absolute values in the penalty. Default 0.</summary>
    public double L1RegularizationStrength { get; } = l1RegularizationStrength;

    /// <summary>The weight of squares in the penalty. Default 0.</summary>
    public double L2RegularizationStrength { get; } = l2RegularizationStrength;

    /// <summary>The weight of squares in a penalty on the gradient alone. Default 0.</summary>
    public double L2ShrinkageRegularizationStrength { get; } = l2ShrinkageRegularizationStrength;

    /// <summary>Added to the penalty of squares, over twice the learning rate. Default 0.</summary>
    public double Beta { get; } = beta;

    /// <inheritdoc/>
    protected override void BuildSlots(IReadOnlyList<Variable> variables) =>
        AddSlots(variables, ("accumulator", InitialAccumulatorValue), ("linear", 0));

    /// <inheritdoc/>
    protected override Tensor Update(Tensor w, Tensor gradient, Tensor learningRate, OptimizerStep step)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(step);
        var (old, sum) = (step["accumulator"], step["accumulator"] + Ops.Square(gradient));
        var (oldRoot, root) = (Ops.Power(old, -LearningRatePower), Ops.Power(sum, -LearningRatePower));
        var linear = step["linear"] + gradient + w * (2 * L2ShrinkageRegularizationStrength) - (root - oldRoot) / learningRate * w;
        (step["accumulator"], step["linear"]) = (sum, linear);
        var quadratic = root / learningRate + (L2RegularizationStrength + Beta / (learningRate * 2)) * 2;
        return (Ops.Clip(linear, -L1RegularizationStrength, L1RegularizationStrength) - linear) / quadratic;
    }
}
