namespace Keras.Optimizers;

/// <summary>Adam with Nesterov's momentum. See https://cs229.stanford.edu/proj2015/054_report.pdf.</summary>
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
public sealed class Nadam(LearningRateSchedule? learningRate = null, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-7,
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

    Variable? _product;
    Tensor? _factor;

    Tensor Share(Tensor t) => Beta1 * (1 - Ops.Power(0.96, t) * 0.5);

    private protected override void BeginStep(OptimizerStep step)
    {
        _factor = _product!.Read() * Share(step.Number(_product.DType));
        step.SetGated(_product, _factor);
    }

    /// <inheritdoc/>
    protected override void BuildSlots(IReadOnlyList<Variable> variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        AddSlots(variables, ("momentum", 0), ("velocity", 0));
        _product = Add(Tensor.Scalar(1, variables.Count > 0 ? variables[0].DType : Config.Floatx), "variable");
        // Keras gives this one no path.
        _product.Path = _product.Name;
    }

    /// <inheritdoc/>
    protected override Tensor Update(Tensor w, Tensor gradient, Tensor learningRate, OptimizerStep step)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(step);
        var t = step.Number(w.DType);
        var (share, next) = (Share(t), Share(t + 1));
        var product = Ops.Cast(_factor!, w.DType);
        var m = step["momentum"] + (gradient - step["momentum"]) * (1 - Beta1);
        var v = step["velocity"] + (Ops.Square(gradient) - step["velocity"]) * (1 - Beta2);
        (step["momentum"], step["velocity"]) = (m, v);
        var ahead = m * (next / (1 - product * next)) + gradient * ((1 - share) / (1 - product));
        return w - ahead * learningRate / (Ops.Sqrt(v / (1 - Ops.Power(Beta2, t))) + Epsilon);
    }
}

/// <summary>Adam with the largest gradient so far instead of the mean of squares. See https://arxiv.org/abs/1412.6980.</summary>
/// <param name="learningRate">A number or a schedule. Default 0.001.</param>
/// <param name="beta1">The share of the running mean of gradients that stays at each step. Default 0.9.</param>
/// <param name="beta2">The share of the largest gradient that stays at each step. Default 0.999.</param>
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
public sealed class Adamax(LearningRateSchedule? learningRate = null, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-7,
    double? weightDecay = null, double? clipnorm = null, double? clipvalue = null, double? globalClipnorm = null, bool useEma = false,
    double emaMomentum = 0.99, int? emaOverwriteFrequency = null, double? lossScaleFactor = null, int? gradientAccumulationSteps = null,
    string? name = null)
    : Optimizer(learningRate ?? 0.001, weightDecay, clipnorm, clipvalue, globalClipnorm, useEma, emaMomentum, emaOverwriteFrequency,
        lossScaleFactor, gradientAccumulationSteps, name)
{
    /// <summary>The share of the running mean of gradients that stays at each step. Default 0.9.</summary>
    public double Beta1 { get; } = beta1;

    /// <summary>The share of the largest gradient that stays at each step. Default 0.999.</summary>
    public double Beta2 { get; } = beta2;

    /// <summary>Keeps the division away from zero. Default 1e-7.</summary>
    public double Epsilon { get; } = epsilon;

    /// <inheritdoc/>
    protected override void BuildSlots(IReadOnlyList<Variable> variables) => AddSlots(variables, ("momentum", 0), ("norm", 0));

    /// <inheritdoc/>
    protected override Tensor Update(Tensor w, Tensor gradient, Tensor learningRate, OptimizerStep step)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(step);
        var m = step["momentum"] + (gradient - step["momentum"]) * (1 - Beta1);
        var u = Ops.Maximum(step["norm"] * Beta2, Ops.Absolute(gradient));
        (step["momentum"], step["norm"]) = (m, u);
        return w - m * (learningRate / (1 - Ops.Power(Beta1, step.Number(w.DType)))) / (u + Epsilon);
    }
}
