namespace Keras.Optimizers;

/// <summary>Scales gradients by a mean of their squares that is kept by rows and columns only. See https://arxiv.org/abs/1804.04235.</summary>
/// <param name="learningRate">A number or a schedule. Default 0.001.</param>
/// <param name="beta2Decay">The exponent by which the mean of squares forgets ever more slowly, below 0. Default -0.8.</param>
/// <param name="epsilon1">Added to squared gradients. Default 1e-30.</param>
/// <param name="epsilon2">The least size of a variable that the step is measured by. Default 0.001.</param>
/// <param name="clipThreshold">The largest root mean square of an update. Default 1.</param>
/// <param name="relativeStep">Whether the learning rate falls with the root of the steps at least. Default true.</param>
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
public sealed class Adafactor(LearningRateSchedule? learningRate = null, double beta2Decay = -0.8, double epsilon1 = 1e-30, double epsilon2 = 0.001, double clipThreshold = 1, bool relativeStep = true,
    double? weightDecay = null, double? clipnorm = null, double? clipvalue = null,
    double? globalClipnorm = null, bool useEma = false, double emaMomentum = 0.99, int? emaOverwriteFrequency = null, double? lossScaleFactor = null,
    int? gradientAccumulationSteps = null, string? name = null)
    : Optimizer(learningRate ?? 0.001, weightDecay, clipnorm, clipvalue, globalClipnorm, useEma, emaMomentum, emaOverwriteFrequency,
        lossScaleFactor, gradientAccumulationSteps, name)
{
    /// <summary>The exponent by which the mean of squares forgets ever more slowly, below 0. Default -0.8.</summary>
    public double Beta2Decay { get; } = beta2Decay;

    /// <summary>Added to squared gradients. Default 1e-30.</summary>
    public double Epsilon1 { get; } = epsilon1;

    /// <summary>The least size of a variable that the step is measured by. Default 0.001.</summary>
    public double Epsilon2 { get; } = epsilon2;

    /// <summary>The largest root mean square of an update. Default 1.</summary>
    public double ClipThreshold { get; } = clipThreshold;

    /// <summary>Whether the learning rate falls with the root of the steps at least. Default true.</summary>
    public bool RelativeStep { get; } = relativeStep;

    /// <inheritdoc/>
    protected override void BuildSlots(IReadOnlyList<Variable> variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        foreach (var variable in variables)
        {
            if (variable.Shape.Rank >= 2)
            {
                var shape = variable.Shape;
                AddSlot(variable, "rows", Ops.Zeros(shape.Slice(0, shape.Rank - 1), variable.DType), variable.Name);
                AddSlot(variable, "columns", Ops.Zeros(Shape.Of([.. shape.Dims[..^2], shape[-1]]), variable.DType), variable.Name);
            }
            AddSlots([variable], ("velocity", 0));
        }
    }

    /// <inheritdoc/>
    protected override Tensor Update(Tensor w, Tensor gradient, Tensor learningRate, OptimizerStep step)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(step);
        var t = step.Number(w.DType);
        var falling = 1 / Ops.Sqrt(t);
        var share = 1 - Ops.Power(t, Beta2Decay);
        // relativeStep changes nothing, as in Keras: the step's size falls in any case.
        var size = Ops.Maximum(Rms(w), Epsilon2) * Ops.Minimum(learningRate, falling);
        var update = gradient / Ops.Sqrt(Squares(Ops.Square(gradient) + Epsilon1, share, step));
        return w - (size * (update / Ops.Maximum(Rms(update) / ClipThreshold, 1)));
    }

    static Tensor Squares(Tensor squares, Tensor share, OptimizerStep step)
    {
        Tensor Kept(string slot, Tensor now) => step[slot] = (step[slot] * share) + (now * (1 - share));
        if (squares.Rank < 2) return Kept("velocity", squares);
        var rows = Kept("rows", Ops.Mean(squares, -1));
        var columns = Kept("columns", Ops.Mean(squares, -2));
        return step["velocity"] = Ops.ExpandDims(rows / Ops.Mean(rows, -1, keepdims: true), -1) * Ops.ExpandDims(columns, -2);
    }

    static Tensor Rms(Tensor x) => Ops.Sqrt(Ops.Mean(Ops.Square(x)));
}
