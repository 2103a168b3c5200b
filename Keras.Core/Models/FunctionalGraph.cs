namespace Keras;

/// <summary>The graph of layers between the inputs and the outputs of a model: found by walking back from the outputs, run from the inputs.</summary>
sealed class FunctionalGraph
{
    readonly List<Tensor> _order = [];
    readonly HashSet<Tensor> _inputs;
    readonly string _who;

    internal FunctionalGraph(string who, Nest inputs, Nest outputs)
    {
        (_who, Inputs, Outputs) = (who, inputs, outputs);
        _inputs = new HashSet<Tensor>(inputs.Flatten(), ReferenceEqualityComparer.Instance);
        foreach (var input in _inputs)
            if (!input.IsSymbolic) throw Errors.Argument(who, "an input of a model must come from an Input", "a symbolic tensor", input);
        Sort();
        Layers = FindLayers();
    }

    internal Nest Inputs { get; }

    internal Nest Outputs { get; }

    /// <summary>The layers in Keras's order: those furthest from the outputs first.</summary>
    internal IReadOnlyList<Layer> Layers { get; }

    /// <summary>The calls of layers, inputs before what uses them.</summary>
    internal IEnumerable<LayerCall> Calls => _order.Select(t => t.History).OfType<LayerCall>().Distinct();

    /// <summary>What a tensor is made of: the inputs of the layer that made it, or of its op where no layer did.</summary>
    IReadOnlyList<Tensor> Needs(Tensor tensor)
    {
        if (_inputs.Contains(tensor)) return [];
        if (tensor.History is { } call) return call.Inputs.Flatten();
        return tensor.Mask is null ? tensor.Inputs.ToArray() : [.. tensor.Inputs, tensor.Mask];
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
        if (tensor.Op is Placeholder && !_inputs.Contains(tensor))
            throw Errors.Argument(_who, "the outputs need an Input that is not among the inputs", Inputs, $"Input \"{tensor.Op.Name}\"");
    }

    // As keras/src/ops/function.py (map_graph): depth from the outputs, ties in the order of the first visit.
    List<Layer> FindLayers()
    {
        var calls = Calls.ToList();
        var visits = VisitOrder();
        var depths = calls.ToDictionary(c => c, _ => 0);
        var layers = new Dictionary<Layer, int>();
        foreach (var call in Enumerable.Reverse(calls))
        {
            var depth = Math.Max(depths[call], layers.GetValueOrDefault(call.Layer));
            layers[call.Layer] = depths[call] = depth;
            foreach (var parent in Parents(call)) depths[parent] = Math.Max(depths[parent], depth + 1);
        }
        return [.. layers.Keys.OrderByDescending(l => layers[l]).ThenBy(l => visits[l])];
    }

    /// <summary>The calls that a call's inputs come from, also through ops outside of layers.</summary>
    HashSet<LayerCall> Parents(LayerCall call)
    {
        var parents = new HashSet<LayerCall>();
        if (call.Outputs.Any(_inputs.Contains)) return parents;
        var stack = new Stack<Tensor>(call.Inputs.Flatten());
        while (stack.TryPop(out var tensor))
        {
            if (tensor.History is { } parent) parents.Add(parent);
            else
                foreach (var need in Needs(tensor)) stack.Push(need);
        }
        return parents;
    }

    Dictionary<Layer, int> VisitOrder()
    {
        var visits = new Dictionary<Layer, int>();
        var stack = new Stack<Tensor>(Outputs.Flatten().Reverse());
        var seen = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        while (stack.TryPop(out var tensor))
        {
            if (!seen.Add(tensor)) continue;
            if (tensor.History is { } call) visits.TryAdd(call.Layer, visits.Count);
            foreach (var need in Needs(tensor).Reverse()) stack.Push(need);
        }
        return visits;
    }

    /// <summary>The outputs for other inputs.</summary>
    internal Nest Run(Nest inputs)
    {
        var values = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var (symbol, value) in Inputs.Flatten().Zip(Arrange(inputs).Flatten())) values[symbol] = Fit(value, symbol);
        foreach (var tensor in _order)
        {
            if (values.ContainsKey(tensor)) continue;
            if (!tensor.IsSymbolic) values[tensor] = tensor;
            else if (tensor.History is { } call) Repeat(call, values);
            else values[tensor] = Repeat(tensor, values);
        }
        return Outputs.Map(t => values[t]);
    }

    static void Repeat(LayerCall call, Dictionary<Tensor, Tensor> values)
    {
        var results = call.Layer.ApplyWith(call.Options, call.Inputs.Map(t => values[t]), call.Training).Flatten();
        for (var i = 0; i < results.Count; i++) values[call.Outputs[i]] = results[i];
    }

    static Tensor Repeat(Tensor tensor, Dictionary<Tensor, Tensor> values)
    {
        var result = tensor.Op.On([.. tensor.Inputs.ToArray().Select(t => values[t])]);
        if (tensor.Mask is not null) result.Mask = values[tensor.Mask];
        return result;
    }

    /// <summary>The names of the outputs: the keys of a dictionary, else those of the layers that made them.</summary>
    internal IReadOnlyList<string> OutputNames => Outputs.Keys ?? [.. Outputs.Flatten().Select(o => o.History?.Layer.Name ?? "output")];

    IReadOnlyList<string> InputNames => Inputs.Keys ?? [.. Inputs.Flatten().Select(i => i.Op.Name)];

    /// <summary>The given tensors in the structure of the inputs; a dictionary is read by the names of the inputs.</summary>
    /// <exception cref="ArgumentException">Their number or names are others.</exception>
    internal Nest Arrange(Nest given) => Inputs.Pack(Arrange(given, InputNames, "input"));

    /// <summary>The given targets or weights in the order of the outputs.</summary>
    /// <exception cref="ArgumentException">Their names are others.</exception>
    internal Nest ArrangeTargets(Nest given) => given.Keys is null ? given : Nest.List(Arrange(given, OutputNames, "output").Select(t => (Nest)t));

    IReadOnlyList<Tensor> Arrange(Nest given, IReadOnlyList<string> names, string kind)
    {
        if (given.Keys is { } keys)
        {
            if (!names.All(keys.Contains) || keys.Count != names.Count)
                throw Errors.Argument(_who, $"the names of the {kind}s differ", string.Join(", ", names), string.Join(", ", keys));
            given = Nest.List(names.Select(n => given.Items[keys.ToList().IndexOf(n)]));
        }
        var tensors = given.Flatten();
        return tensors.Count == names.Count ? tensors : throw Errors.Argument(_who, $"the number of {kind}s is wrong", names.Count, tensors.Count);
    }

    Tensor Fit(Tensor value, Tensor symbol)
    {
        var fitted = Ops.Cast(value, symbol.DType);
        if (fitted.Rank == symbol.Rank + 1 && fitted.Shape[-1] == 1) fitted = Ops.Squeeze(fitted, -1);
        else if (fitted.Rank == symbol.Rank - 1 && symbol.Shape[-1] == 1) fitted = Ops.ExpandDims(fitted, -1);
        if (!symbol.Shape.Matches(fitted.Shape))
            throw Errors.Argument(_who, $"the shape does not fit input \"{symbol.Op.Name}\"", symbol.Shape, value.Shape);
        if (!ReferenceEquals(fitted, value)) fitted.Mask = value.Mask;
        return fitted;
    }
}
