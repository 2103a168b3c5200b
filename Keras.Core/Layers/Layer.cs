using System.Diagnostics.CodeAnalysis;

namespace Keras;

/// <summary>A function of tensors with weights of its own. Users call <see cref="Apply(Tensor, bool?, Tensor?)"/>; authors override
/// <see cref="Build(Nest)"/> to make weights and <see cref="Call(Nest, CallContext)"/> to compute, or their one-tensor forms.</summary>
[ConfigKeys(Presence.WhereGiven, "activity_regularizer", "lora_rank", "lora_alpha", "gptq_unpacked_column_size")]
[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields | DynamicallyAccessedMemberTypes.NonPublicFields)]
public abstract partial class Layer
{
    readonly Lock _building = new();
    volatile bool _built;
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

    /// <summary>Whether each sample of a batch is computed by itself, so that what is no batch may be given as one. Layers with statistics see a batch
    /// as a whole, and of those of other libraries nothing is known.</summary>
    internal virtual bool IsBySample => GetType().Assembly == typeof(Layer).Assembly && _weights.All(w => w.Trainable) && Sublayers.All(l => l.IsBySample);

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

    /// <summary>Counts a symbolic call and gives the number of those before.</summary>
    internal int CountCall() => Interlocked.Increment(ref _calls) - 1;

    /// <summary>Adds a scalar to the loss of the model that is being called.</summary>
    protected static void AddLoss(Tensor loss) => CallScope.Current?.Losses.Add(loss);

    /// <summary>Makes the weights for an input of this shape; a second time it does nothing.</summary>
    /// <exception cref="ArgumentException">The shape does not fit the layer, which is as before then.</exception>
    public void Build(Shape inputShape)
    {
        if (Built) return;
        var dtype = InputSpec is [{ DType: { } wanted }] ? wanted : Dtype.ComputeDType;
        Tensor input = new Placeholder(new TensorType(dtype, inputShape), "input").On();
        Check(input);
        CallScope.Run((_, _) =>
        {
            EnsureBuilt(input);
            return HoldsUnbuilt ? Apply((Nest)input) : input;
        });
    }

    /// <summary>Whether layers within are built by a call alone.</summary>
    bool HoldsUnbuilt => GetType().Assembly != typeof(Layer).Assembly && Sublayers.Any(l => !l.Built);

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
        return Apply((Nest)Masked(x, mask), training).Tensor;
    }

    /// <summary>The tensor with another mask, where one is given.</summary>
    internal static Tensor Masked(Tensor x, Tensor? mask)
    {
        if (mask is null || ReferenceEquals(mask, x.Mask)) return x;
        x = x.Renewed();
        x.Mask = mask;
        return x;
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
            if (!inputs.IsTensor && inputs.Flatten().Count == 0) throw Errors.Argument(Who, "there are no inputs", "1 tensor or more", inputs);
            inputs = CastsInputs ? Cast(inputs) : inputs;
            Check(inputs);
            EnsureBuilt(inputs);
            var context = new CallContext(scope.Training ?? TrainsByDefault, [.. inputs.Leaves().Select(l => l.IsNone ? null : l.Tensor.Mask)]) { Options = options };
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
        var given = named ? [.. InputSpec.Select(i => i.Find(Who, inputs))] : inputs.Leaves();
        if (given.Count != InputSpec.Count) throw Errors.Argument(Who, "the number of inputs is wrong", InputSpec.Count, given.Count);
        for (var i = 0; i < given.Count; i++) InputSpec[i].Check(Who, given[i]);
    }

    internal void EnsureBuilt(Nest inputs)
    {
        if (_built) return;
        lock (_building)
        {
            if (_built) return;
            Dtype.Check(Who);
            var outer = Autocast.Enter(null);
            var undo = Unbuilding();
            try
            {
                NameScope.Run(Name, () => Named(() => Build(inputs)));
            }
            catch
            {
                undo();
                throw;
            }
            finally
            {
                Autocast.Enter(outer);
            }
            BuiltFor = inputs.Map(t => new Placeholder(t.Type, "input").On());
            LookAtFieldsAgain();
            _built = true;
            CallScope.Current?.IfItFails(undo);
        }
    }

    /// <summary>Errors of the functions that a layer calls get its name in front; those of layers within have one.</summary>
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
        catch (ArgumentException e) when (e.GetType() == typeof(ArgumentException) && e.Message.StartsWith('[') && e.Message.IndexOf(']', StringComparison.Ordinal) is > 0 and var end
            && !e.Message.AsSpan(0, end).Contains('"'))
        {
            throw new ArgumentException($"[{Who}]{e.Message[(end + 1)..]}", e);
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
            foreach (var output in outputs.Flatten()) AddLoss(ActivityRegularizer.Apply(output) / (output.Rank == 0 ? 1 : Ops.CountOver(output, 0)));
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
