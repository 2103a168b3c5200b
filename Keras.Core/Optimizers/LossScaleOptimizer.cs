using System.Diagnostics;

namespace Keras.Optimizers;

/// <summary>Multiplies the loss, so that small gradients survive half precision, and leaves the updates to another optimizer. A step whose gradients are
/// not all finite changes no weight and halves the scale; a number of finite steps in a row doubles it.
/// See https://keras.io/api/optimizers/loss_scale_optimizer/.</summary>
[ConfigKeys(Presence.Never, "ema_momentum")]
public sealed class LossScaleOptimizer : Optimizer
{
    // What is halved and doubled for ever would become 0 or infinite, and then no step finite any more.
    const double Least = 1.1754943508222875e-38, Most = 1.7014118346046923e38;

    /// <summary>Wraps an optimizer, whose own <see cref="Optimizer.LossScaleFactor"/> is taken off: the loss is scaled once.</summary>
    /// <param name="innerOptimizer">What updates the weights. It has the learning rate, the limits of the gradients and the number of steps.</param>
    /// <param name="initialScale">The first scale, above 0. One that is too high is lowered soon, one that is too low rises slowly. Default 32768.</param>
    /// <param name="dynamicGrowthSteps">After how many finite steps in a row the scale is doubled, 1 or more. Default 2000.</param>
    /// <param name="name">Default the snake case of the class, made unique.</param>
    /// <exception cref="ArgumentException">A value is out of range, or the optimizer scales the loss already.</exception>
    public LossScaleOptimizer(Optimizer innerOptimizer, double initialScale = 32768, int dynamicGrowthSteps = 2000, string? name = null) : base(0, name: name)
    {
        ArgumentNullException.ThrowIfNull(innerOptimizer);
        if (innerOptimizer is LossScaleOptimizer) throw Errors.Argument(Name, "the optimizer scales the loss already", "another optimizer", innerOptimizer);
        if (initialScale is not (> 0 and <= float.MaxValue)) throw Errors.Argument(Name, "initial_scale is out of range", "a number above 0", initialScale);
        if (dynamicGrowthSteps < 1) throw Errors.Argument(Name, "dynamic_growth_steps is too small", "1 or more", dynamicGrowthSteps);
        (InnerOptimizer, InitialScale, DynamicGrowthSteps) = (innerOptimizer, initialScale, dynamicGrowthSteps);
        innerOptimizer.SetLossScale(null);
    }

    /// <summary>What updates the weights.</summary>
    public Optimizer InnerOptimizer { get; }

    /// <summary>The first scale. Default 32768.</summary>
    public double InitialScale { get; }

    /// <summary>After how many finite steps in a row the scale is doubled. Default 2000.</summary>
    public int DynamicGrowthSteps { get; }

    /// <summary>The number of finite steps since the scale changed, an int32 scalar; <c>null</c> before <see cref="Optimizer.Build"/>.</summary>
    public Variable? StepCounter { get; private set; }

    /// <summary>The scale of the next step, a float32 scalar; <c>null</c> before <see cref="Optimizer.Build"/>.</summary>
    public Variable? DynamicScale { get; private set; }

    internal override IReadOnlyList<Optimizer> Inner => [InnerOptimizer];

    internal override Optimizer Leader => InnerOptimizer.Leader;

    internal override Optimizer Pacer => InnerOptimizer.Pacer;

    internal override IEnumerable<(string Name, object Value)> SavedAttributes => [("inner_optimizer", InnerOptimizer)];

    /// <summary>The loss multiplied by the scale, for gradients that are given to <see cref="Optimizer.Apply"/>.</summary>
    public override Tensor ScaleLoss(Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return DynamicScale is { } scale ? loss * scale.Read() : loss * InitialScale;
    }

    /// <inheritdoc/>
    protected override void BuildSlots(IReadOnlyList<Variable> variables)
    {
        StepCounter = Add(Tensor.Scalar(0, DType.Int32), "step_counter");
        DynamicScale = Add(Tensor.Scalar(InitialScale, DType.Float32), "dynamic_scale");
        InnerOptimizer.Build(variables);
    }

    private protected override IReadOnlyList<(Variable Variable, Tensor Value)> Step(List<(Variable Variable, Tensor Gradient)> pairs)
    {
        var (counter, scale) = (StepCounter!.Read(), DynamicScale!.Read());
        var finite = pairs.Select(p => Ops.All(Ops.Isfinite(p.Gradient))).Aggregate(Ops.LogicalAnd);
        var updates = InnerOptimizer.StepWithin(Each(pairs, (_, g) => g / scale));
        var grows = Ops.GreaterEqual(counter, DynamicGrowthSteps - 1);
        return
        [
            .. updates.Select(u => (u.Variable, Ops.Where(finite, u.Value, u.Variable.Read()))),
            (StepCounter, Ops.Where(Ops.LogicalAnd(finite, Ops.LogicalNot(grows)), counter + 1, 0)),
            (DynamicScale, Ops.Clip(scale * Ops.Where(finite, Ops.Where(grows, 2f, 1f), 0.5f), Least, Most)),
        ];
    }

    /// <summary>Not called: the inner optimizer makes the updates.</summary>
    protected override Tensor Update(Tensor w, Tensor gradient, Tensor learningRate, OptimizerStep step) => throw new UnreachableException();
}
