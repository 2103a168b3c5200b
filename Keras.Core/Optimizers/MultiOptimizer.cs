using System.Diagnostics;

namespace Keras.Optimizers;

/// <summary>Leaves each variable to one of several optimizers, which have learning rates of their own: see <see cref="Optimizers"/>.
/// See https://keras.io/api/optimizers/multi_optimizer/.</summary>
public sealed class MultiOptimizer : Optimizer
{
    readonly Func<Variable, Optimizer> _select;
    readonly Dictionary<Variable, Optimizer> _of = [];
    readonly List<Optimizer> _inner;

    /// <summary>Chooses by a map.</summary>
    /// <param name="optimizerMap">Which optimizer is for which path.</param>
    /// <param name="lossScaleFactor">The factor that the loss is multiplied by, in place of what the optimizers say. Default none.</param>
    /// <param name="name">Default the snake case of the class, made unique.</param>
    public MultiOptimizer(OptimizerMap optimizerMap, double? lossScaleFactor = null, string? name = null)
        : this(v => optimizerMap[v.Path], (optimizerMap ?? throw new ArgumentNullException(nameof(optimizerMap))).Optimizers, lossScaleFactor, name) => OptimizerMap = optimizerMap;

    MultiOptimizer(Func<Variable, Optimizer> select, IEnumerable<Optimizer> inner, double? lossScaleFactor, string? name) : base(0, name: name)
    {
        (_select, _inner) = (select, [.. inner]);
        SetLossScale(lossScaleFactor);
    }

    /// <summary>Chooses by a function, which is called once for each variable. Such an optimizer cannot be saved.</summary>
    /// <param name="selector">The optimizer of a variable.</param>
    /// <param name="lossScaleFactor">The factor that the loss is multiplied by, in place of what the optimizers say. Default none.</param>
    /// <param name="name">Default the snake case of the class, made unique.</param>
    public static MultiOptimizer Of(Func<Variable, Optimizer> selector, double? lossScaleFactor = null, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return new(selector, [], lossScaleFactor, name);
    }

    /// <summary>Which optimizer is for which path, where a map says it.</summary>
    public OptimizerMap? OptimizerMap { get; }

    /// <summary>The optimizers: those of the map in its order, the default last; of a function those that it gave.</summary>
    public IReadOnlyList<Optimizer> Optimizers => [.. _inner];

    internal override IReadOnlyList<Optimizer> Inner => _inner;

    internal override Optimizer Pacer => throw Errors.Invalid(Name, "there are several learning rates", "one of Optimizers", "the optimizer of them all");

    internal override IEnumerable<(string Name, object Value)> SavedAttributes => [("optimizers", _inner)];

    /// <inheritdoc/>
    public override System.Text.Json.Nodes.JsonObject GetConfig() => OptimizerMap is not null ? base.GetConfig()
        : throw Errors.Unsupported(Name, "a function that chooses optimizers cannot be written", "an OptimizerMap", "a function");

    /// <inheritdoc/>
    protected override void BuildSlots(IReadOnlyList<Variable> variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        foreach (var variable in variables) _of[variable] = Choose(variable);
        foreach (var group in variables.GroupBy(v => _of[v])) group.Key.Build([.. group]);
    }

    Optimizer Choose(Variable variable)
    {
        var optimizer = _select(variable);
        if (optimizer is null or MultiOptimizer or LossScaleOptimizer)
            throw Errors.Argument(Name, $"there is no optimizer that updates {variable.Path}", "one that updates it", optimizer?.ToString() ?? "none");
        if (_inner.Contains(optimizer)) return optimizer;
        _inner.Add(optimizer);
        optimizer.SetLossScale(LossScaleFactor);
        return optimizer;
    }

    private protected override IReadOnlyList<(Variable Variable, Tensor Value)> Step(List<(Variable Variable, Tensor Gradient)> pairs) =>
        [.. pairs.GroupBy(p => _of[p.Variable]).SelectMany(g => g.Key.StepWithin([.. g])), (Iterations, Iterations.Read() + 1)];

    /// <summary>Not called: the inner optimizers make the updates.</summary>
    protected override Tensor Update(Tensor w, Tensor gradient, Tensor learningRate, OptimizerStep step) => throw new UnreachableException();
}
