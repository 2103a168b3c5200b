namespace Keras;

/// <summary>The graph of layers between the inputs and the outputs of a model: found by walking back from the outputs, run from the inputs.</summary>
sealed class FunctionalGraph
{
    readonly List<Tensor> _order = [];
    // The Input that each input comes from: of its own, or one that stands for what was before an inner tensor.
    readonly Dictionary<Tensor, LayerCall> _inputs = new(ReferenceEqualityComparer.Instance);
    readonly string _who;

    internal FunctionalGraph(string who, Nest inputs, Nest outputs)
    {
        (_who, Inputs, Outputs) = (who, inputs, outputs);
        foreach (var input in inputs.Flatten())
            _inputs[input] = input.IsSymbolic ? Begin(input) : throw Errors.Argument(who, "an input of a model must come from an Input", "a symbolic tensor", input);
        Sort();
        Operations = new OperationGraph(this);
        Layers = [.. Operations.Operations.OfType<Layer>().Where(l => l is not Operation)];
        CheckNames();
    }

    internal Nest Inputs { get; }

    internal Nest Outputs { get; }

    /// <summary>What is computed, in Keras's order.</summary>
    internal OperationGraph Operations { get; }

    /// <summary>The layers in Keras's order: those furthest from the outputs first.</summary>
    internal IReadOnlyList<Layer> Layers { get; }

    /// <summary>The calls of layers, inputs before what uses them.</summary>
    internal IEnumerable<LayerCall> Calls => _order.Select(CallOf).OfType<LayerCall>().Distinct();

    static LayerCall Begin(Tensor input) => input.History is { Layer: Keras.Layers.Input } own ? own
        : Keras.Layers.Input.Like(input, Naming.Automatic($"{input.History?.Layer.Name ?? input.Op.Name}_input")).Output.History!;

    /// <summary>New symbolic tensors like the inputs, of the same names.</summary>
    internal Nest NewInputs() => Inputs.Map(t => Keras.Layers.Input.Like(t, _inputs[t].Layer.Name, IsOptional(t)).Output);

    bool IsOptional(Tensor input) => _inputs[input].Layer is Keras.Layers.Input { Optional: true };

    /// <summary>The call of a layer that a tensor comes from in this graph.</summary>
    internal LayerCall? CallOf(Tensor tensor) => _inputs.GetValueOrDefault(tensor) ?? tensor.History;

    /// <summary>What a tensor is made of: the inputs of the layer that made it, or of its op where no layer did.</summary>
    IReadOnlyList<Tensor> Needs(Tensor tensor)
    {
        if (_inputs.ContainsKey(tensor)) return [];
        if (tensor.History is { } call) return call.Inputs.Flatten();
        return tensor.Mask is null ? tensor.Inputs.ToArray() : [.. tensor.Inputs, tensor.Mask];
    }

    void CheckNames()
    {
        if (Operations.Operations.OfType<Layer>().GroupBy(l => l.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw Errors.Argument(_who, "two layers have the same name", "different names", $"\"{twice.Key}\" {twice.Count()} times");
    }

    void Sort()
    {
        var done = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        var stack = new Stack<(Tensor Tensor, bool Expanded)>();
        foreach (var output in Outputs.Flatten().Reverse()) stack.Push((output, false));
        while (stack.TryPop(out var top))
        {
            var (tensor, expanded) = top;
            if (expanded) _order.Add(tensor);
            else if (done.Add(tensor))
            {
                Connected(tensor);
                stack.Push((tensor, true));
                foreach (var need in Needs(tensor).Reverse()) stack.Push((need, false));
            }
        }
    }

    void Connected(Tensor tensor)
    {
        if (tensor.Op is Placeholder && !_inputs.ContainsKey(tensor))
            throw Errors.Argument(_who, "the outputs need an Input that is not among the inputs", Inputs, $"Input \"{tensor.Op.Name}\"");
    }

    /// <summary>The outputs for other inputs.</summary>
    /// <param name="inputs">In the structure of <see cref="Inputs"/>.</param>
    /// <param name="apply">What repeats the call of a layer. Default calls the layer itself.</param>
    internal Nest Run(Nest inputs, Func<LayerCall, Nest, Nest>? apply = null)
    {
        apply ??= (call, given) => call.Layer.ApplyWith(call.Options, given, call.Training);
        var values = new Dictionary<Tensor, Nest>(ReferenceEqualityComparer.Instance);
        foreach (var (symbol, value) in Inputs.Flatten().Zip(Arrange(inputs).Leaves())) values[symbol] = value.IsNone ? value : Fit(value.Tensor, symbol);
        foreach (var tensor in _order)
        {
            if (values.ContainsKey(tensor)) continue;
            if (!tensor.IsSymbolic) values[tensor] = tensor;
            else if (tensor.History is { } call) Repeat(call, values, apply);
            else values[tensor] = Repeat(tensor, values);
        }
        return Outputs.Replace(t => values[t]);
    }

    static void Repeat(LayerCall call, Dictionary<Tensor, Nest> values, Func<LayerCall, Nest, Nest> apply)
    {
        var results = apply(call, call.Inputs.Replace(t => values[t])).Leaves();
        for (var i = 0; i < results.Count; i++) values.TryAdd(call.Outputs[i], results[i]);
    }

    Tensor Repeat(Tensor tensor, Dictionary<Tensor, Nest> values)
    {
        var result = tensor.Op.On([.. tensor.Inputs.ToArray().Select(t => Given(t, tensor.Op, values))]);
        if (tensor.Mask is not null) result.Mask = Given(tensor.Mask, tensor.Op, values);
        return result;
    }

    Tensor Given(Tensor symbol, Op op, Dictionary<Tensor, Nest> values) => values[symbol] is { IsNone: false } value ? value.Tensor
        : throw Errors.Argument(_who, $"an optional input goes to {op.Name}, which needs it", $"\"{CallOf(symbol)?.Layer.Name}\"", "none", "A layer may decide what is done without it.");

    /// <summary>The names of the outputs: the keys of a dictionary, else those of the layers that made them.</summary>
    internal IReadOnlyList<string> OutputNames => Outputs.Keys ?? [.. Outputs.Flatten().Select(o => o.History?.Layer.Name ?? "output")];

    IReadOnlyList<string> InputNames => [.. Inputs.Flatten().Select(i => _inputs[i].Layer.Name)];

    /// <summary>The given tensors in the structure of the inputs: a dictionary is read by the names of the inputs, and what else it holds is passed over.</summary>
    /// <exception cref="ArgumentException">Their number or names are others.</exception>
    internal Nest Arrange(Nest given)
    {
        if (given.Keys is not null && Inputs.Keys is null) given = ByName(given, InputNames, "input", Inputs.Leaves());
        return Matched(Inputs, given);
    }

    Nest Matched(Nest wanted, Nest given)
    {
        if (wanted.IsTensor && given.IsNone)
            return IsOptional(wanted.Tensor) ? given : throw Errors.Argument(_who, "an input is missing", $"\"{_inputs[wanted.Tensor].Layer.Name}\"", given);
        if (wanted.Keys is { } names && (given.Keys is not null || names.Count > 1))
        {
            if (given.Keys is null)
                throw Errors.Argument(_who, "a list does not tell which input is which", $"a dictionary with the names {string.Join(", ", names)}", given);
            given = ByName(given, names, "input", wanted.Items);
        }
        if (wanted.Items.Count > 0 && wanted.Items.Count == given.Items.Count) return wanted.With([.. wanted.Items.Zip(given.Items, Matched)]);
        var (count, tensors) = (wanted.Flatten().Count, given.Flatten());
        return tensors.Count == count ? wanted.Pack(tensors) : throw Errors.Argument(_who, "the number of inputs is wrong", count, tensors.Count);
    }

    /// <summary>The given targets or weights in the order of the outputs.</summary>
    /// <exception cref="ArgumentException">Their names are others.</exception>
    internal Nest ArrangeTargets(Nest given)
    {
        if (given.Keys is not { } keys) return given;
        if (keys.Except(OutputNames).Any()) throw Misnamed(OutputNames, keys, "output");
        return Nest.List(ByName(given, OutputNames, "output").Flatten().Select(t => (Nest)t));
    }

    /// <summary>The parts of a dictionary in the order of names. What is wanted may be optional, and is left out then.</summary>
    Nest ByName(Nest given, IReadOnlyList<string> names, string kind, IReadOnlyList<Nest>? wanted = null)
    {
        var places = given.Keys!.Select((key, at) => (key, at)).ToDictionary(p => p.key, p => p.at);
        return Nest.List(names.Select((name, i) => places.TryGetValue(name, out var at) ? given.Items[at]
            : wanted?[i] is { IsTensor: true } input && IsOptional(input.Tensor) ? Nest.None : throw Misnamed(names, given.Keys!, kind)));
    }

    ArgumentException Misnamed(IReadOnlyList<string> names, IReadOnlyList<string> keys, string kind) =>
        Errors.Argument(_who, $"the names of the {kind}s differ", string.Join(", ", names), string.Join(", ", keys));

    /// <summary>Refuses data that do not fall into batches of the size that an input fixes, where states are kept from batch to batch.</summary>
    internal void CheckBatches(ArrayData data)
    {
        if (data.Samples == 0 || !Layers.Any(KeepsStates)) return;
        foreach (var input in _inputs.Keys)
        {
            if (input.Rank == 0 || input.Shape[0] is var size && size == Shape.Unknown) continue;
            var (batch, last) = (Math.Min(data.BatchSize, data.Samples), data.Samples - ((data.Steps - 1) * data.BatchSize));
            if (batch != size || last != size)
                throw Errors.Argument(_who, $"input \"{_inputs[input].Layer.Name}\" has a fixed batch size", $"batches of {size}",
                    batch == size ? $"{data.Samples} samples, {last} in the last batch" : $"a batch of {batch}");
        }
    }

    static bool KeepsStates(Layer layer) => layer is Keras.Layers.RNN { Stateful: true } || layer.Sublayers.Any(KeepsStates);

    Tensor Fit(Tensor value, Tensor symbol)
    {
        var fitted = Ops.Cast(value, symbol.DType);
        if (fitted.Rank == symbol.Rank + 1 && fitted.Shape[-1] == 1) fitted = Ops.Squeeze(fitted, -1);
        else if (fitted.Rank == symbol.Rank - 1 && symbol.Shape[-1] == 1) fitted = Ops.ExpandDims(fitted, -1);
        // As in Keras, layers take another number of samples than an Input may name, unless one of them says that it does not.
        if (fitted.Rank != symbol.Rank || !(symbol.Rank == 0 ? symbol.Shape : symbol.Shape.With(0, Shape.Unknown)).Matches(fitted.Shape))
            throw Errors.Argument(_who, $"the shape does not fit input \"{_inputs[symbol].Layer.Name}\"", symbol.Shape, value.Shape);
        if (!ReferenceEquals(fitted, value)) fitted.Mask = value.Mask;
        return fitted;
    }
}
