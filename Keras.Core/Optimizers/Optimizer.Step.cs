namespace Keras;

// One step, in Keras's order: missing gradients, loss scale, accumulation, limits, decay, update, averages, constraints, count.
public abstract partial class Optimizer
{
    const string Average = "average";
    const string Accumulator = "gradient_accumulator";

    /// <summary>Makes one step.</summary>
    /// <param name="gradients">One for each variable; <c>null</c> where the loss does not depend on it.</param>
    /// <param name="trainableVariables">The variables, among those the optimizer was built with. Default all of them.</param>
    /// <exception cref="ArgumentException">The number of gradients, a shape or a variable is wrong, or there is no gradient at all.</exception>
    /// <exception cref="InvalidOperationException">No variables are given and the optimizer is not built.</exception>
    public void Apply(IReadOnlyList<Tensor?> gradients, IReadOnlyList<Variable>? trainableVariables = null)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        if (gradients.Count == 0) return;
        if (trainableVariables is null && !Built)
            throw Errors.Invalid(Name, "the variables are not known yet", "Build first, or the variables as an argument", "gradients alone");
        Build(trainableVariables ?? _trainable);
        Variable.AssignAll(Step(Pair(gradients, trainableVariables ?? _trainable)));
    }

    /// <summary>What a step with these gradients makes of the variables and of what the optimizer remembers.</summary>
    private protected virtual IReadOnlyList<(Variable Variable, Tensor Value)> Step(List<(Variable Variable, Tensor Gradient)> pairs)
    {
        var step = new OptimizerStep(this);
        Advance(step, pairs);
        step.Set(Iterations, Iterations.Read() + 1);
        return step.Updates;
    }

    /// <summary>The step of an optimizer within another one.</summary>
    internal IReadOnlyList<(Variable Variable, Tensor Value)> StepWithin(IReadOnlyList<(Variable Variable, Tensor Gradient)> pairs) =>
        Step(Pair([.. pairs.Select(p => p.Gradient)], [.. pairs.Select(p => p.Variable)]));

    List<(Variable Variable, Tensor Gradient)> Pair(IReadOnlyList<Tensor?> gradients, IReadOnlyList<Variable> variables)
    {
        if (gradients.Count != variables.Count)
            throw Errors.Argument(Name, "the number of gradients is wrong", variables.Count, gradients.Count);
        var pairs = new List<(Variable, Tensor)>();
        for (var i = 0; i < variables.Count; i++)
        {
            var variable = variables[i];
            if (!_slots.ContainsKey(variable))
                throw Errors.Argument(Name, "the optimizer was built for other variables", "one of those given to Build", variable);
            if (gradients[i] is not { } gradient) continue;
            if (!gradient.Shape.Matches(variable.Shape))
                throw Errors.Argument(Name, $"the gradient of {variable.Path} has another shape", variable.Shape, gradient.Shape);
            pairs.Add((variable, Ops.Cast(gradient, variable.DType)));
        }
        return pairs.Count > 0 ? pairs
            : throw Errors.Argument(Name, "there is no gradient for any variable", "a loss that depends on the variables", "none");
    }

    void Advance(OptimizerStep step, List<(Variable Variable, Tensor Gradient)> pairs)
    {
        if (LossScaleFactor is { } scale) pairs = Each(pairs, (_, g) => g / scale);
        if (GradientAccumulationSteps is { } count)
        {
            step.Gate = Ops.Equal((Iterations.Read() + 1) % count, 0);
            pairs = Each(pairs, (v, g) =>
            {
                var sum = _slots[v][Accumulator].Read() + g;
                step.Set(_slots[v][Accumulator], Ops.Where(step.Gate, 0, sum));
                return sum / count;
            });
        }
        pairs = Clip(pairs);
        BeginStep(step);
        foreach (var (variable, gradient) in pairs)
        {
            var (w, rate) = (variable.Read(), step.LearningRate(variable.DType));
            if (DecayOf(variable) is { } decay && !_undecayed.Contains(variable)) w -= w * decay * rate;
            step.Current = _slots[variable];
            step.SetGated(variable, Update(w, gradient, rate, step));
        }
        if (UseEma) UpdateAverages(step);
        foreach (var (variable, _) in pairs)
            if (variable.Constraint is { } constraint) step.Set(variable, constraint.Apply(step.Get(variable)));
    }

    private protected static List<(Variable, Tensor)> Each(List<(Variable Variable, Tensor Gradient)> pairs, Func<Variable, Tensor, Tensor> change) =>
        [.. pairs.Select(p => (p.Variable, change(p.Variable, p.Gradient)))];

    List<(Variable, Tensor)> Clip(List<(Variable Variable, Tensor Gradient)> pairs)
    {
        if (Clipnorm is > 0) return Each(pairs, (_, g) => g * Clipnorm.Value / Ops.Maximum(Norm([g]), Clipnorm.Value));
        if (Clipvalue is > 0) return Each(pairs, (_, g) => Ops.Clip(g, -Clipvalue.Value, Clipvalue.Value));
        if (GlobalClipnorm is not > 0) return pairs;
        var norm = Norm(pairs.Select(p => p.Gradient));
        // The last term is 0, or NaN where the norm is not finite.
        var factor = Ops.Minimum(1 / norm, 1 / GlobalClipnorm.Value) * GlobalClipnorm.Value + (norm - norm);
        return Each(pairs, (v, g) => g * Ops.Cast(factor, v.DType));
    }

    private protected static Tensor Norm(IEnumerable<Tensor> tensors) =>
        Ops.Sqrt(tensors.Select(t => Ops.Sum(Ops.Square(t))).Aggregate(Ops.Add));

    void UpdateAverages(OptimizerStep step)
    {
        // The first average is the variable itself.
        var later = Ops.NotEqual(step.Count, 0);
        foreach (var variable in _trainable)
        {
            var slot = _slots[variable][Average];
            var momentum = Ops.Cast(later, variable.DType) * EmaMomentum;
            var average = momentum * slot.Read() + (1 - momentum) * step.Get(variable);
            step.Set(slot, average);
            if (EmaOverwriteFrequency is { } frequency)
                step.Set(variable, Ops.Where(Ops.Equal((step.Count + 1) % frequency, 0), average, step.Get(variable)));
        }
    }

    /// <summary>Called once a step before the variables are updated.</summary>
    private protected virtual void BeginStep(OptimizerStep step)
    {
    }

    /// <summary>The new value of a variable. New values of its slots are set on the way: <c>step["momentum"] = …</c>.</summary>
    /// <param name="w">The variable, after weight decay.</param>
    /// <param name="gradient">Its gradient, of its shape and dtype.</param>
    /// <param name="learningRate">The learning rate in the variable's dtype, a scalar.</param>
    /// <param name="step">The variable's slots and the number of the step.</param>
    protected abstract Tensor Update(Tensor w, Tensor gradient, Tensor learningRate, OptimizerStep step);
}

/// <summary>What an optimizer's update knows of its step: the slots of the variable, and the number of the step.</summary>
public sealed class OptimizerStep
{
    readonly Optimizer _optimizer;
    readonly List<Variable> _order = [];
    readonly Dictionary<Variable, Tensor> _values = [];
    readonly Dictionary<(string, DType), Tensor> _scalars = [];

    internal OptimizerStep(Optimizer optimizer)
    {
        _optimizer = optimizer;
        Count = optimizer.GradientAccumulationSteps is { } steps
            ? Ops.FloorDivide(optimizer.Iterations.Read(), steps) : optimizer.Iterations.Read();
    }

    /// <summary>How many updates were made before, an integer scalar.</summary>
    internal Tensor Count { get; }

    /// <summary>Whether this step updates or only gathers gradients, where gradients are gathered.</summary>
    internal Tensor? Gate { get; set; }

    internal Dictionary<string, Variable> Current { get; set; } = [];

    internal IReadOnlyList<(Variable, Tensor)> Updates => [.. _order.Select(v => (v, _values[v]))];

    /// <summary>A slot of the variable by its name; what is set is its value after the step.</summary>
    public Tensor this[string slot]
    {
        get => Get(Current[slot]);
        set => SetGated(Current[slot], value);
    }

    /// <summary>The number of this update, from 1, as a scalar of a dtype.</summary>
    public Tensor Number(DType dtype) => Once("number", dtype, d => Ops.Cast(Count + 1, d));

    internal Tensor LearningRate(DType dtype) => Once("rate", dtype, d => Ops.Cast(_optimizer.CurrentLearningRate, d));

    /// <summary>A scalar that all variables of a dtype share, made when it is first asked for.</summary>
    internal Tensor Once(string name, DType dtype, Func<DType, Tensor> make)
    {
        if (!_scalars.TryGetValue((name, dtype), out var value)) _scalars[(name, dtype)] = value = make(dtype);
        return value;
    }

    internal Tensor Get(Variable variable) => _values.GetValueOrDefault(variable) ?? variable.Read();

    internal void Set(Variable variable, Tensor value)
    {
        if (!_values.ContainsKey(variable)) _order.Add(variable);
        _values[variable] = value;
    }

    internal void SetGated(Variable variable, Tensor value) =>
        Set(variable, Gate is null ? value : Ops.Where(Gate, value, Get(variable)));
}
