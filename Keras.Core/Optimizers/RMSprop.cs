namespace Keras.Optimizers;

/// <summary>Gradients over the root of the running mean of their squares. See https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf.</summary>
/// <param name="learningRate">A number or a schedule. Default 0.001.</param>
/// <param name="rho">The share of the running mean that stays at each step. Default 0.9.</param>
/// <param name="momentum">The share of the last step that is made again. Default 0.</param>
/// <param name="epsilon">Added to the mean of squares, within the root. Default 1e-7.</param>
/// <param name="centered">Whether the square of the mean gradient is taken off the mean of squares. Default false.</param>
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
public sealed class RMSprop(LearningRateSchedule? learningRate = null, double rho = 0.9, double momentum = 0, double epsilon = 1e-7,
    bool centered = false, double? weightDecay = null, double? clipnorm = null, double? clipvalue = null, double? globalClipnorm = null,
    bool useEma = false, double emaMomentum = 0.99, int? emaOverwriteFrequency = null, double? lossScaleFactor = null,
    int? gradientAccumulationSteps = null, string? name = null)
    : Optimizer(learningRate ?? 0.001, weightDecay, clipnorm, clipvalue, globalClipnorm, useEma, emaMomentum, emaOverwriteFrequency,
        lossScaleFactor, gradientAccumulationSteps, name)
{
    /// <summary>The share of the running mean that stays at each step. Default 0.9.</summary>
    public double Rho { get; } = rho;

    /// <summary>The share of the last step that is made again. Default 0.</summary>
    public double Momentum { get; } = momentum;

    /// <summary>Added to the mean of squares, within the root. Default 1e-7.</summary>
    public double Epsilon { get; } = epsilon;

    /// <summary>Whether the square of the mean gradient is taken off the mean of squares. Default false.</summary>
    public bool Centered { get; } = centered;

    /// <inheritdoc/>
    protected override void BuildSlots(IReadOnlyList<Variable> variables)
    {
        AddSlots(variables, ("velocity", 0));
        if (Momentum > 0) AddSlots(variables, ("momentum", 0));
        if (Centered) AddSlots(variables, ("average_gradient", 0));
    }

    /// <inheritdoc/>
    protected override Tensor Update(Tensor w, Tensor gradient, Tensor learningRate, OptimizerStep step)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(step);
        var square = step["velocity"] * Rho + Ops.Square(gradient) * (1 - Rho);
        step["velocity"] = square;
        if (Centered)
        {
            var mean = step["average_gradient"] * Rho + gradient * (1 - Rho);
            step["average_gradient"] = mean;
            square -= Ops.Square(mean);
        }
        var move = learningRate * gradient / Ops.Sqrt(square + Epsilon);
        if (Momentum <= 0) return w - move;
        move += step["momentum"] * Momentum;
        step["momentum"] = move;
        return w - move;
    }
}
