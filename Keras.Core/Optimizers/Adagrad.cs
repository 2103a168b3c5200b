namespace Keras.Optimizers;

/// <summary>Gradients over the root of the sum of their squares so far. See https://jmlr.org/papers/v12/duchi11a.html.</summary>
/// <param name="learningRate">A number or a schedule. Default 0.001.</param>
/// <param name="initialAccumulatorValue">The sum of squares at the start. Default 0.1.</param>
/// <param name="epsilon">Added to the sum of squares, within the root. Default 1e-7.</param>
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
public sealed class Adagrad(LearningRateSchedule? learningRate = null, double initialAccumulatorValue = 0.1, double epsilon = 1e-7,
    double? weightDecay = null, double? clipnorm = null, double? clipvalue = null, double? globalClipnorm = null, bool useEma = false,
    double emaMomentum = 0.99, int? emaOverwriteFrequency = null, double? lossScaleFactor = null, int? gradientAccumulationSteps = null,
    string? name = null)
    : Optimizer(learningRate ?? 0.001, weightDecay, clipnorm, clipvalue, globalClipnorm, useEma, emaMomentum, emaOverwriteFrequency,
        lossScaleFactor, gradientAccumulationSteps, name)
{
    /// <summary>The sum of squares at the start. Default 0.1.</summary>
    public double InitialAccumulatorValue { get; } = initialAccumulatorValue;

    /// <summary>Added to the sum of squares, within the root. Default 1e-7.</summary>
    public double Epsilon { get; } = epsilon;

    /// <inheritdoc/>
    protected override void BuildSlots(IReadOnlyList<Variable> variables) => AddSlots(variables, ("accumulator", InitialAccumulatorValue));

    /// <inheritdoc/>
    protected override Tensor Update(Tensor w, Tensor gradient, Tensor learningRate, OptimizerStep step)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(step);
        var sum = step["accumulator"] + Ops.Square(gradient);
        step["accumulator"] = sum;
        return w - learningRate * gradient / Ops.Sqrt(sum + Epsilon);
    }
}

/// <summary>Gradients scaled by the ratio of past steps to past gradients. See https://arxiv.org/abs/1212.5701.</summary>
/// <param name="learningRate">A number or a schedule. Default 0.001.</param>
/// <param name="rho">The share of the running means that stays at each step. Default 0.95.</param>
/// <param name="epsilon">Added to the means of squares, within the roots. Default 1e-7.</param>
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
public sealed class Adadelta(LearningRateSchedule? learningRate = null, double rho = 0.95, double epsilon = 1e-7,
    double? weightDecay = null, double? clipnorm = null, double? clipvalue = null, double? globalClipnorm = null, bool useEma = false,
    double emaMomentum = 0.99, int? emaOverwriteFrequency = null, double? lossScaleFactor = null, int? gradientAccumulationSteps = null,
    string? name = null)
    : Optimizer(learningRate ?? 0.001, weightDecay, clipnorm, clipvalue, globalClipnorm, useEma, emaMomentum, emaOverwriteFrequency,
        lossScaleFactor, gradientAccumulationSteps, name)
{
    /// <summary>The share of the running means that stays at each step. Default 0.95.</summary>
    public double Rho { get; } = rho;

    /// <summary>Added to the means of squares, within the roots. Default 1e-7.</summary>
    public double Epsilon { get; } = epsilon;

    /// <inheritdoc/>
    protected override void BuildSlots(IReadOnlyList<Variable> variables) =>
        AddSlots(variables, ("accumulated_grad", 0), ("accumulated_delta_var", 0));

    /// <inheritdoc/>
    protected override Tensor Update(Tensor w, Tensor gradient, Tensor learningRate, OptimizerStep step)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(step);
        var (squares, moves) = (step["accumulated_grad"] * Rho + Ops.Square(gradient) * (1 - Rho), step["accumulated_delta_var"]);
        var move = -(Ops.Sqrt(moves + Epsilon) * gradient / Ops.Sqrt(squares + Epsilon));
        (step["accumulated_grad"], step["accumulated_delta_var"]) = (squares, moves * Rho + Ops.Square(move) * (1 - Rho));
        return w + learningRate * move;
    }
}
