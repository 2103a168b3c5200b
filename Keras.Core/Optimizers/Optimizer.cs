using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Keras;

/// <summary>Changes variables by their gradients, step by step. Converts from Keras's names. Authors override <see cref="BuildSlots"/> and
/// <see cref="Update"/>. Works the same eagerly and within a compiled step. See https://keras.io/api/optimizers/.</summary>
public abstract partial class Optimizer
{
    const string IterationName = "iteration";

    readonly Variable _iterations;
    readonly Variable? _learningRate;
    readonly LearningRateSchedule? _schedule;
    readonly List<Variable> _variables = [];
    readonly Dictionary<Variable, Dictionary<string, Variable>> _slots = [];
    readonly HashSet<Variable> _undecayed = [];
    Variable[] _trainable = [];

    /// <summary>What all optimizers have.</summary>
    /// <param name="learningRate">A number or a schedule.</param>
    /// <param name="weightDecay">Which share of each variable, times the learning rate, is taken off it before each update. Default none.</param>
    /// <param name="clipnorm">The largest norm of a variable's gradient. Default no limit. At most one of the three limits is set.</param>
    /// <param name="clipvalue">The largest absolute value of an element of a gradient. Default no limit.</param>
    /// <param name="globalClipnorm">The largest norm of all gradients together. Default no limit.</param>
    /// <param name="useEma">Whether running averages of the variables are kept, and take their place when training ends. Default false.</param>
    /// <param name="emaMomentum">The share of the average that stays at each step, between 0 and 1. Default 0.99.</param>
    /// <param name="emaOverwriteFrequency">After how many steps the averages take the variables' place. Default only at the end.</param>
    /// <param name="lossScaleFactor">The factor that the loss was multiplied by, so that small gradients survive half precision. Default none.</param>
    /// <param name="gradientAccumulationSteps">How many gradients are averaged for each update, 2 or more. Default 1.</param>
    /// <param name="name">Default the snake case of the class, made unique.</param>
    /// <exception cref="ArgumentException">A value is out of range, or several limits are set.</exception>
    protected Optimizer(LearningRateSchedule learningRate, double? weightDecay = null, double? clipnorm = null, double? clipvalue = null,
        double? globalClipnorm = null, bool useEma = false, double emaMomentum = 0.99, int? emaOverwriteFrequency = null,
        double? lossScaleFactor = null, int? gradientAccumulationSteps = null, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(learningRate);
        Name = name ?? Naming.Automatic(GetType().Name);
        (WeightDecay, Clipnorm, Clipvalue, GlobalClipnorm) = (weightDecay, clipnorm, clipvalue, globalClipnorm);
        (UseEma, EmaMomentum, EmaOverwriteFrequency) = (useEma, emaMomentum, emaOverwriteFrequency);
        (LossScaleFactor, GradientAccumulationSteps) = (lossScaleFactor, gradientAccumulationSteps);
        CheckOptions();
        _iterations = Add(Tensor.Scalar(0, DType.Int32), IterationName);
        if (learningRate is ConstantRate constant) _learningRate = Add(Tensor.Scalar(constant.Rate, Config.Floatx), "learning_rate");
        else _schedule = learningRate;
    }

    void CheckOptions()
    {
        if (GradientAccumulationSteps < 2)
            throw Errors.Argument(Name, "gradient_accumulation_steps is too small", "2 or more, or none", GradientAccumulationSteps);
        if (UseEma && EmaMomentum is not (>= 0 and <= 1))
            throw Errors.Argument(Name, "ema_momentum is out of range", "between 0 and 1", EmaMomentum);
        if (UseEma && EmaOverwriteFrequency < 1)
            throw Errors.Argument(Name, "ema_overwrite_frequency is too small", "1 or more, or none", EmaOverwriteFrequency);
        double?[] limits = [Clipnorm, Clipvalue, GlobalClipnorm];
        if (limits.Count(l => l is not null) > 1)
            throw Errors.Argument(Name, "several limits of the gradients are set", "one of clipnorm, clipvalue and global_clipnorm",
                $"clipnorm {Clipnorm}, clipvalue {Clipvalue}, global_clipnorm {GlobalClipnorm}");
    }

    /// <summary>The first part of its variables' paths.</summary>
    public string Name { get; }

    /// <summary>How many steps were made, an int32 scalar.</summary>
    public Variable Iterations => Leader._iterations;

    /// <summary>The learning rate, a scalar that can be assigned.</summary>
    /// <exception cref="InvalidOperationException">The learning rate follows a schedule.</exception>
    public Variable LearningRate => Pacer._learningRate ?? throw Errors.Invalid(Name, "the learning rate follows a schedule and cannot be assigned",
        "an optimizer made with a number as learning rate", Schedule!.GetType().Name, "CurrentLearningRate gives its value.");

    /// <summary>The schedule of the learning rate, where there is one.</summary>
    public LearningRateSchedule? Schedule => Leader._schedule;

    /// <summary>The learning rate of the next step, a scalar.</summary>
    public Tensor CurrentLearningRate => Pacer._learningRate?.Read() ?? Schedule!.Apply(Iterations.Read());

    /// <summary>The share of each variable, times the learning rate, that is taken off before each update.</summary>
    public double? WeightDecay { get; }

    /// <summary>The largest norm of a variable's gradient.</summary>
    public double? Clipnorm { get; }

    /// <summary>The largest absolute value of an element of a gradient.</summary>
    public double? Clipvalue { get; }

    /// <summary>The largest norm of all gradients together.</summary>
    public double? GlobalClipnorm { get; }

    /// <summary>Whether running averages of the variables are kept.</summary>
    public bool UseEma { get; }

    /// <summary>The share of the average that stays at each step.</summary>
    public double EmaMomentum { get; }

    /// <summary>After how many steps the averages take the variables' place.</summary>
    public int? EmaOverwriteFrequency { get; }

    /// <summary>The factor that the loss was multiplied by.</summary>
    public double? LossScaleFactor { get; private set; }

    /// <summary>How many gradients are averaged for each update.</summary>
    public int? GradientAccumulationSteps { get; }

    /// <summary>Whether the slots for a list of variables are made.</summary>
    public bool Built { get; private set; }

    /// <summary>The step count, the learning rate and the slots, in Keras's order.</summary>
    public IReadOnlyList<Variable> Variables => [.. _variables, .. Inner.SelectMany(o => o.Variables)];

    /// <summary>The optimizers that this one leaves the updates to.</summary>
    internal virtual IReadOnlyList<Optimizer> Inner => [];

    /// <summary>The optimizer whose number of steps and schedule this one shows as its own.</summary>
    internal virtual Optimizer Leader => this;

    /// <summary>The optimizer whose learning rate this one shows as its own.</summary>
    internal virtual Optimizer Pacer => this;

    /// <summary>What files keep beside the variables: optimizers within.</summary>
    internal virtual IEnumerable<(string Name, object Value)> SavedAttributes => [];

    /// <summary>The variables that are there before <see cref="Build"/>.</summary>
    IEnumerable<Variable> FirstVariables => [_iterations, .. _learningRate is { } rate ? [rate] : Array.Empty<Variable>(), .. Inner.SelectMany(o => o.FirstVariables)];

    /// <summary>Makes the slots for the variables that are to be trained. Later calls change nothing.</summary>
    public void Build(IReadOnlyList<Variable> variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        if (Built) return;
        _trainable = [.. variables];
        foreach (var variable in variables) _slots[variable] = [];
        foreach (var variable in variables)
        {
            if (UseEma) AddSlot(variable, Average, 0);
            if (GradientAccumulationSteps is not null) AddSlot(variable, Accumulator, 0);
        }
        BuildSlots(variables);
        foreach (var inner in Inner) inner.ExcludeFromWeightDecay(_undecayed);
        Built = true;
    }

    /// <summary>Makes what the optimizer remembers: calls of <see cref="AddSlots"/> in Keras's order.</summary>
    protected virtual void BuildSlots(IReadOnlyList<Variable> variables)
    {
    }

    /// <summary>Makes slots of the variables' shapes and dtypes: for each variable all of the names, each with its first value.</summary>
    protected void AddSlots(IReadOnlyList<Variable> variables, params ReadOnlySpan<(string Name, double Value)> slots)
    {
        ArgumentNullException.ThrowIfNull(variables);
        foreach (var variable in variables)
            foreach (var (name, value) in slots) AddSlot(variable, name, value);
    }

    void AddSlot(Variable variable, string name, double value) => AddSlot(variable, name, Ops.Full(variable.Shape, value, variable.DType));

    /// <summary>Makes one slot of a variable with a first value of any shape.</summary>
    /// <param name="variable">The variable.</param>
    /// <param name="slot">The slot's name.</param>
    /// <param name="value">Its first value.</param>
    /// <param name="name">The last part of its path. Default the variable's path and the slot's name.</param>
    private protected void AddSlot(Variable variable, string slot, Tensor value, string? name = null) =>
        _slots[variable][slot] = Add(value, name ?? $"{variable.Path.Replace('/', '_')}_{slot}");

    /// <summary>The share of a variable that decays.</summary>
    private protected virtual double? DecayOf(Variable variable) => WeightDecay;

    /// <summary>Makes a variable of the optimizer that belongs to none of the trained ones.</summary>
    private protected Variable Add(Tensor value, string name)
    {
        var variable = new Variable(value, trainable: false, name) { Path = $"{Name}/{name}", Autocast = false };
        _variables.Add(variable);
        return variable;
    }

    /// <summary>Keeps variables out of weight decay.</summary>
    /// <param name="varList">The variables. Default none.</param>
    /// <param name="varNames">Regular expressions; a variable whose name one of them finds is kept out, among the built ones. Default none.</param>
    /// <exception cref="InvalidOperationException">Names are given and the optimizer is not built.</exception>
    public void ExcludeFromWeightDecay(IEnumerable<Variable>? varList = null, IEnumerable<string>? varNames = null)
    {
        if (varList is not null) _undecayed.UnionWith(varList);
        foreach (var inner in Inner) inner.ExcludeFromWeightDecay(_undecayed);
        if (varNames is null) return;
        if (!Built) throw Errors.Invalid(Name, "the variables are not known yet", "Build first", "names before Build");
        foreach (var pattern in varNames)
            _undecayed.UnionWith(_trainable.Where(v => Regex.IsMatch(v.Name, pattern, RegexOptions.None, TimeSpan.FromSeconds(1))));
        foreach (var inner in Inner) inner.ExcludeFromWeightDecay(_undecayed);
    }

    /// <summary>The loss multiplied by <see cref="LossScaleFactor"/>, for gradients that are given to <see cref="Apply"/>.</summary>
    public virtual Tensor ScaleLoss(Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return LossScaleFactor is { } factor ? loss * factor : loss;
    }

    /// <summary>Says what the loss is multiplied by, where another optimizer does that.</summary>
    internal void SetLossScale(double? factor)
    {
        LossScaleFactor = factor;
        foreach (var inner in Inner) inner.SetLossScale(factor);
    }

    /// <summary>Puts the running averages in the variables' place, as at the end of training. Without <see cref="UseEma"/> nothing happens.</summary>
    public void FinalizeVariableValues()
    {
        if (UseEma) Variable.AssignAll([.. _trainable.Select(v => (v, _slots[v][Average].Read()))]);
        foreach (var inner in Inner) inner.FinalizeVariableValues();
    }

    /// <summary>Sets all variables of the optimizer, in the order of <see cref="Variables"/>.</summary>
    /// <exception cref="ArgumentException">The number of values or a shape is another one.</exception>
    public void SetWeights(IReadOnlyList<Tensor> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var variables = Variables;
        if (weights.Count != variables.Count)
            throw Errors.Argument(Name, "the number of values is wrong", variables.Count, weights.Count);
        Variable.AssignAll([.. variables.Zip(weights)]);
    }

    /// <summary>Writes all variables, numbered.</summary>
    internal void SaveOwnVariables(VariableStore store)
    {
        foreach (var (i, variable) in Variables.Index()) store[SavedObjects.Number(i)] = variable.Read();
    }

    /// <summary>Takes all variables up, or none, with a warning, where the file has another number of them.</summary>
    /// <exception cref="ArgumentException">The shapes differ, or the number of steps is none.</exception>
    internal void LoadOwnVariables(VariableStore store)
    {
        if (store.Names.Count == 0) return;
        Variable[] all = [.. Variables], first = [.. FirstVariables];
        // The file is from before the first step: what follows has its first values still.
        var mine = store.Names.Count == first.Length ? first
            // Before Keras 3 the learning rate was no variable.
            : store.Names.Count == all.Length - 1 && _learningRate is not null ? [.. all.Where(v => v != _learningRate)] : all;
        if (store.Names.Count != mine.Length)
        {
            Callbacks.Messages.Warn(Name, $"the file has {store.Names.Count} variables of the optimizer and it has {all.Length}: it starts anew.");
            return;
        }
        for (var i = 0; i < mine.Length; i++)
        {
            var number = SavedObjects.Number(i);
            if (mine[i].Name == IterationName && store.Contains(number) && store[number] is { Rank: 0 } steps && steps.Item() is not (>= 0 and <= int.MaxValue))
                throw Errors.Argument(Name, "the number of steps is none", "0 or more", steps.Item());
            store.Load(number, mine[i]);
        }
    }

    /// <summary>The arguments that make the same optimizer again, by Keras's keys.</summary>
    public virtual JsonObject GetConfig() => ObjectConfig.Of(this);

    /// <summary>The optimizer as Keras writes it: <c>{"module", "class_name", "config", "registered_name"}</c>.</summary>
    public JsonObject Serialize() => Serialization.Write(this);

    /// <summary>Makes an optimizer of what <see cref="Serialize"/> gives, or of a name.</summary>
    /// <param name="config">As Keras writes it, or a name.</param>
    /// <param name="customObjects">Classes and functions of one's own by name. Default the registered ones.</param>
    /// <exception cref="ArgumentException">The class is unknown, or its config does not fit.</exception>
    public static Optimizer Deserialize(JsonNode config, CustomObjects? customObjects = null) => Serialization.Open<Optimizer>(config, customObjects);

    /// <summary>Reads Keras's name, such as <c>"adam"</c>.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the known ones are listed.</exception>
    public static implicit operator Optimizer(string name) => KnownTypes.Create<Optimizer>(name);

    /// <summary>Class and name.</summary>
    public override string ToString() => $"{GetType().Name} \"{Name}\"";
}
