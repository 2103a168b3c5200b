using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Keras;

/// <summary>A function of tensors with weights of its own. Users call <see cref="Apply(Tensor, bool?, Tensor?)"/>; authors override
/// <see cref="Build(Nest)"/> to make weights and <see cref="Call(Nest, CallContext)"/> to compute, or their one-tensor forms.</summary>
[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields | DynamicallyAccessedMemberTypes.NonPublicFields)]
public abstract partial class Layer
{
    readonly List<Variable> _weights = [];
    readonly List<SeedGenerator> _seeds = [];
    readonly List<Layer> _sublayers = [];
    readonly Lock _building = new();
    volatile bool _built;
    bool _fieldsTracked;
    int _calls;
    bool _trainable = true;
    IReadOnlyList<Tensor> _lastLosses = [];

    /// <summary>What every layer has.</summary>
    /// <param name="name">Default the class name in snake case, with a number where it is taken.</param>
    /// <param name="dtype">The dtype policy. Default <see cref="DTypePolicy.Global"/>.</param>
    /// <param name="trainable">Whether optimizers update the weights. Default true.</param>
    /// <param name="activityRegularizer">A penalty on the outputs, divided by the batch size. Default none.</param>
    protected Layer(string? name = null, DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
    {
        Name = name ?? Naming.Automatic(GetType().Name);
        if (Name.Contains('/', StringComparison.Ordinal)) throw Errors.Argument(GetType().Name, "a name holds a slash", "a name without /", Name);
        Dtype = dtype ?? DTypePolicy.Global;
        _trainable = trainable;
        ActivityRegularizer = activityRegularizer;
    }

    /// <summary>The name, unique within a model.</summary>
    public string Name { get; internal set; }

    /// <summary>The dtype policy.</summary>
    public DTypePolicy Dtype { get; }

    /// <summary>The penalty on the outputs, if any.</summary>
    public Regularizer? ActivityRegularizer { get; }

    /// <summary>Whether the weights have been made.</summary>
    public bool Built => _built;

    /// <summary>Whether the layer passes masks on.</summary>
    public bool SupportsMasking { get; protected set; }

    /// <summary>What the layer wants of its inputs; empty for anything.</summary>
    public IReadOnlyList<InputSpec> InputSpec { get; protected set; } = [];

    /// <summary>The shapes that the weights were made for, as a structure; <c>null</c> before.</summary>
    internal Nest? BuiltFor { get; private set; }

    /// <summary>Whether a call that is told nothing is one of training.</summary>
    private protected virtual bool TrainsByDefault => false;

    /// <summary>Whether floating inputs are cast to the compute dtype.</summary>
    protected virtual bool CastsInputs => true;

    /// <summary>Whether the activity regularizer is for the outputs, not only for those of layers within.</summary>
    private protected virtual bool PenalizesOutputs => true;

    /// <summary>Whether optimizers update the weights. Setting it sets it for all layers within.</summary>
    public bool Trainable
    {
        get => _trainable;
        set
        {
            _trainable = value;
            foreach (var layer in Sublayers) layer.Trainable = value;
        }
    }

    /// <summary>How messages name the layer.</summary>
    internal string Who => $"{GetType().Name} \"{Name}\"";

    /// <summary>The layers within, in the order in which they were tracked.</summary>
    internal IReadOnlyList<Layer> Sublayers
    {
        get
        {
            TrackFields();
            return _sublayers;
        }
    }

    /// <summary>All weights, trainable and not, own ones first, in Keras's order.</summary>
    public virtual IReadOnlyList<Variable> Weights => [.. Own(trainable: true), .. Own(trainable: false), .. Sublayers.SelectMany(l => l.Weights).Distinct()];

    /// <summary>The weights that optimizers update; none if the layer is frozen.</summary>
    public IReadOnlyList<Variable> TrainableWeights => Trainable
        ? [.. Own(trainable: true), .. Sublayers.SelectMany(l => l.TrainableWeights).Distinct()]
        : [];

    /// <summary>The weights that optimizers leave alone.</summary>
    public IReadOnlyList<Variable> NonTrainableWeights
    {
        get
        {
            var trainable = TrainableWeights.ToHashSet();
            return [.. Weights.Where(w => !trainable.Contains(w))];
        }
    }

    /// <summary>All weights and the states of random generators.</summary>
    internal IEnumerable<Variable> Variables => [.. _weights, .. _seeds.Select(s => s.State), .. Sublayers.SelectMany(l => l.Variables).Distinct()];

    IEnumerable<Variable> Own(bool trainable) => _weights.Where(w => w.Trainable == trainable);

    /// <summary>The penalties of the weights, and what the last call on values added to the loss.</summary>
    public IReadOnlyList<Tensor> Losses => [.. _lastLosses, .. Penalties()];

    /// <summary>The penalties of all weights that are trained and regularized.</summary>
    internal IEnumerable<Tensor> Penalties() => TrainableWeights.Where(w => w.Regularizer is not null).Select(w => w.Regularizer!.Apply(w.Value));

    /// <summary>The number of weights' elements.</summary>
    /// <exception cref="InvalidOperationException">The weights have not been made.</exception>
    public long CountParams() => Built ? Weights.Sum(w => w.Shape.Size)
        : throw Errors.Invalid(Who, "the layer has no weights yet", "a built layer", "an unbuilt one", "Call it, or Build it for a shape.");

    /// <summary>The values of all weights, in order.</summary>
    public IReadOnlyList<Tensor> GetWeights() => [.. Weights.Select(w => w.Read().Detach())];

    /// <summary>Sets all weights, in order.</summary>
    /// <exception cref="ArgumentException">Their number or a shape differs; no weight is changed then.</exception>
    public void SetWeights(IReadOnlyList<Tensor> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var mine = Weights;
        if (mine.Count != weights.Count) throw Errors.Argument(Who, "the number of weights differs", mine.Count, weights.Count);
        for (var i = 0; i < mine.Count; i++)
            if (mine[i].Shape != weights[i].Shape)
                throw Errors.Argument(Who, $"the shape of weight \"{mine[i].Path}\" differs", mine[i].Shape, weights[i].Shape);
        for (var i = 0; i < mine.Count; i++) mine[i].Assign(weights[i]);
    }

    /// <summary>Makes a weight. Call it from <see cref="Build(Nest)"/>.</summary>
    /// <param name="shape">The shape, fully known.</param>
    /// <param name="initializer">Default glorot_uniform for floating dtypes, else zeros.</param>
    /// <param name="dtype">Default the policy's variable dtype.</param>
    /// <param name="trainable">Default true.</param>
    /// <param name="autocast">Whether it is read in the compute dtype. Default true.</param>
    /// <param name="regularizer">A penalty on its values. Default none.</param>
    /// <param name="constraint">A rule for its values. Default none.</param>
    /// <param name="name">Default <c>variable</c> and a number.</param>
    /// <exception cref="ArgumentException">A dimension is unknown.</exception>
    protected Variable AddWeight(Shape shape, Initializer? initializer = null, DType? dtype = null, bool trainable = true, bool autocast = true,
        Regularizer? regularizer = null, Constraint? constraint = null, string? name = null)
    {
        if (!shape.IsKnown) throw Errors.Argument(Who, $"weight \"{name}\" has an unknown dimension", "known dimensions", shape);
        var type = dtype ?? Dtype.VariableDType;
        initializer ??= type.IsFloating() ? "glorot_uniform" : "zeros";
        var weight = Trace.Suspend(() => new Variable(initializer.Apply(shape, type), trainable, name));
        weight.Path = $"{NameScope.Path}/{weight.Name}";
        (weight.Autocast, weight.Regularizer, weight.Constraint) = (autocast, regularizer, constraint);
        _weights.Add(weight);
        return weight;
    }

    /// <summary>Makes a layer's weights this layer's too.</summary>
    protected T Track<T>(T layer) where T : Layer
    {
        ArgumentNullException.ThrowIfNull(layer);
        if (!_sublayers.Contains(layer)) _sublayers.Add(layer);
        return layer;
    }

    /// <summary>Counts a symbolic call and gives the number of those before.</summary>
    internal int CountCall() => Interlocked.Increment(ref _calls) - 1;

    internal void Untrack(Layer layer) => _sublayers.Remove(layer);

    /// <summary>Tracks the layers, variables and generators that the fields of a user's class hold, in the order of their declaration.</summary>
    void TrackFields()
    {
        if (_fieldsTracked || GetType().Assembly == typeof(Layer).Assembly) return;
        _fieldsTracked = true;
        foreach (var field in GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            switch (field.DeclaringType == typeof(Layer) || field.DeclaringType == typeof(Model) ? null : field.GetValue(this))
            {
                case Layer layer: Track(layer); break;
                case IEnumerable<Layer> layers: foreach (var layer in layers) Track(layer); break;
                case Variable variable when !_weights.Contains(variable): _weights.Add(variable); break;
                case SeedGenerator seed when !_seeds.Contains(seed): _seeds.Add(seed); break;
                default: break;
            }
        }
    }

    /// <summary>Makes a random generator's state part of this layer's.</summary>
    protected SeedGenerator Track(SeedGenerator generator)
    {
        _seeds.Add(generator);
        return generator;
    }

    /// <summary>Adds a scalar to the loss of the model that is being called.</summary>
    protected static void AddLoss(Tensor loss) => CallScope.Current?.Losses.Add(loss);

    /// <summary>Makes the weights for an input of this shape; a second time it does nothing.</summary>
    public void Build(Shape inputShape) => EnsureBuilt(new Placeholder(new TensorType(Dtype.ComputeDType, inputShape), "input").On());

    /// <summary>Makes the weights. The tensors have shapes but no values. The default calls the form for one shape.</summary>
    protected virtual void Build(Nest inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.IsTensor) BuildWeights(inputs.Tensor.Shape);
    }

    /// <summary>Makes the weights for one input. The default makes none.</summary>
    protected virtual void BuildWeights(Shape inputShape)
    {
    }

    /// <summary>Computes the outputs. The default calls the form for one tensor.</summary>
    protected virtual Nest Call(Nest inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (!inputs.IsTensor) throw Errors.Argument(Who, "the layer takes one tensor", "one tensor", inputs);
        return Call(inputs.Tensor, context);
    }

    /// <summary>Computes the output of one tensor.</summary>
    protected virtual Tensor Call(Tensor x, CallContext context) => throw Errors.Unsupported(Who, "the layer computes nothing", "an override of Call", "none");

    /// <summary>The mask of the outputs. The default is that of the first input where the layer supports masking.</summary>
    protected virtual Tensor? ComputeMask(Nest inputs, CallContext context) => SupportsMasking ? context?.Mask : null;

    /// <summary>The shape of the output for an input of this shape.</summary>
    public Shape ComputeOutputShape(Shape inputShape)
    {
        var input = new Placeholder(new TensorType(Dtype.ComputeDType, inputShape), "input").On();
        return Apply(input).Shape;
    }

    /// <summary>Applies the layer to a tensor, and makes its weights at the first call.</summary>
    /// <param name="x">The input.</param>
    /// <param name="training">Whether to behave as in training. Default as the calls above say, else not.</param>
    /// <param name="mask">Which steps count. Default the mask of the input.</param>
    /// <exception cref="ArgumentException">The input does not fit the layer.</exception>
    public Tensor Apply(Tensor x, bool? training = null, Tensor? mask = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (mask is not null && !ReferenceEquals(mask, x.Mask))
        {
            x = x.Renewed();
            x.Mask = mask;
        }
        return Apply((Nest)x, training).Tensor;
    }

    /// <summary>Applies the layer to several tensors.</summary>
    /// <inheritdoc cref="Apply(Tensor, bool?, Tensor?)"/>
    public Tensor Apply(Tensor[] xs, bool? training = null) => Apply((Nest)xs, training).Tensor;

    /// <summary>Applies the layer to a structure of tensors.</summary>
    /// <inheritdoc cref="Apply(Tensor, bool?, Tensor?)"/>
    public Nest Apply(Nest inputs, bool? training = null) => ApplyWith(null, inputs, training);

    /// <summary>Applies the layer with what else a call of it may be told; a model that calls it again tells the same.</summary>
    internal Nest ApplyWith(object? options, Nest inputs, bool? training)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return CallScope.Run((scope, outermost) =>
        {
            scope.Training = training ?? scope.Training;
            var given = inputs;
            inputs = CastsInputs ? Cast(inputs) : inputs;
            Check(inputs);
            EnsureBuilt(inputs);
            var context = new CallContext(scope.Training ?? TrainsByDefault, [.. inputs.Flatten().Select(t => t.Mask)]) { Options = options };
            // A call on tensors without values changes no state: what it assigns in a trace of its own is dropped.
            var outputs = Trace.Current is null && given.Flatten().Any(t => t.IsOpen)
                ? Trace.Run(() => Compute(inputs, context)).Result
                : Compute(inputs, context);
            outputs = Finish(given, outputs, context, training);
            if (outermost && Trace.Current is null) _lastLosses = [.. scope.Losses];
            return outputs;
        });
    }

    Nest Cast(Nest inputs) => inputs.Map(t =>
    {
        if (!t.DType.IsFloating() || t.DType == Dtype.ComputeDType) return t;
        var cast = Ops.Cast(t, Dtype.ComputeDType);
        cast.Mask = t.Mask;
        return cast;
    });

    void Check(Nest inputs)
    {
        if (InputSpec.Count == 0) return;
        var named = inputs.Keys is not null && InputSpec.All(i => i.Name is not null);
        var tensors = named ? [.. InputSpec.Select(i => i.Find(Who, inputs))] : inputs.Flatten();
        if (tensors.Count != InputSpec.Count) throw Errors.Argument(Who, "the number of inputs is wrong", InputSpec.Count, tensors.Count);
        for (var i = 0; i < tensors.Count; i++) InputSpec[i].Check(Who, tensors[i].Type);
    }

    internal void EnsureBuilt(Nest inputs)
    {
        if (_built) return;
        lock (_building)
        {
            if (_built) return;
            Dtype.Check(Who);
            var outer = Autocast.Enter(null);
            try
            {
                NameScope.Run(Name, () => Named(() => Build(inputs)));
            }
            catch
            {
                // A failed build leaves no half of the weights behind, so that the next call can build anew.
                _weights.Clear();
                throw;
            }
            finally
            {
                Autocast.Enter(outer);
            }
            BuiltFor = inputs.Map(t => new Placeholder(t.Type, "input").On());
            _fieldsTracked = false;
            _built = true;
        }
    }

    /// <summary>Errors of the functions that a layer calls get its name in front, once.</summary>
    void Named(Action action) => Named<object?>(() =>
    {
        action();
        return null;
    });

    T Named<T>(Func<T> function)
    {
        try
        {
            return function();
        }
        catch (ArgumentException e) when (e.GetType() == typeof(ArgumentException) && !e.Message.Contains('"' + Name + '"', StringComparison.Ordinal)
            && e.Message.StartsWith('['))
        {
            throw new ArgumentException($"[{Who}]{e.Message[(e.Message.IndexOf(']', StringComparison.Ordinal) + 1)..]}", e);
        }
    }

    Nest Compute(Nest inputs, CallContext context)
    {
        var outer = Autocast.Enter(Dtype.ComputeDType);
        var result = default(Nest);
        try
        {
            NameScope.Run(Name, () => result = Named(() => Call(inputs, context)));
        }
        finally
        {
            Autocast.Enter(outer);
        }
        return result!;
    }

    /// <summary>Gives the outputs their masks, their penalty and, where the inputs are symbolic, their place in the graph of layers.</summary>
    Nest Finish(Nest inputs, Nest outputs, CallContext context, bool? training)
    {
        var known = inputs.Flatten();
        var symbolic = known.Any(t => t.IsSymbolic);
        // An output that is an input becomes a node of its own, so that it can have a mask and a place of its own.
        outputs = outputs.Map(t => known.Contains(t) ? t.Renewed() : t);
        if (ComputeMask(inputs, context) is { } mask)
            foreach (var output in outputs.Flatten()) output.Mask ??= mask;
        if (ActivityRegularizer is not null && PenalizesOutputs)
            foreach (var output in outputs.Flatten()) AddLoss(ActivityRegularizer.Apply(output) / Ops.CountOver(output, 0));
        if (!symbolic) return outputs;
        var call = new LayerCall(this, inputs, training, context.Options) { Outputs = outputs.Flatten() };
        foreach (var output in call.Outputs) output.History = call;
        return outputs;
    }

    /// <summary>A symbolic tensor: the input of a functional model.</summary>
    /// <param name="dims">The shape without the batch; <c>null</c> for an unknown dimension.</param>
    public static Tensor Input(params ReadOnlySpan<int?> dims) => new Layers.Input(dims.ToArray()).Output;

    /// <summary>Class and name.</summary>
    public override string ToString() => Who;
}

/// <summary>What a layer is told when it is called.</summary>
/// <param name="Training">Whether to behave as in training.</param>
/// <param name="Masks">The masks of the inputs, depth first; <c>null</c> where there is none.</param>
public sealed record CallContext(bool Training, IReadOnlyList<Tensor?> Masks)
{
    /// <summary>The mask of the first input.</summary>
    public Tensor? Mask => Masks.Count > 0 ? Masks[0] : null;

    /// <summary>What else the call was told, in the layer's own form.</summary>
    internal object? Options { get; init; }
}
