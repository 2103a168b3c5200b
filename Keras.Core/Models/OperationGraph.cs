namespace Keras;

/// <summary>What is computed between the inputs and the outputs of a functional model as Keras counts it: calls of layers, and each op outside of
/// layers as an operation of its own.</summary>
sealed class OperationGraph
{
    readonly FunctionalGraph _graph;
    readonly Dictionary<Tensor, Tensor> _written = new(ReferenceEqualityComparer.Instance);
    readonly Dictionary<object, int> _visits = new(ReferenceEqualityComparer.Instance);
    readonly List<object> _nodes = [];
    readonly Dictionary<object, List<LayerCall>> _calls = new(ReferenceEqualityComparer.Instance);

    internal OperationGraph(FunctionalGraph graph)
    {
        _graph = graph;
        Walk();
        // Inputs that no output needs come before all that is as near to the outputs.
        foreach (var input in graph.Inputs.Flatten())
            if (graph.CallOf(input) is { } call && _visits.TryAdd(call.Layer, -1)) _nodes.Add(call);
        foreach (var call in _nodes.OfType<LayerCall>().OrderBy(c => c.Index))
        {
            if (!_calls.TryGetValue(call.Layer, out var calls)) _calls[call.Layer] = calls = [];
            calls.Add(call);
        }
        Operations = Sorted();
    }

    /// <summary>Layers, and tensors for ops outside of layers, in Keras's order: those furthest from the outputs first.</summary>
    internal IReadOnlyList<object> Operations { get; }

    /// <summary>The calls of a layer within this graph, in the order in which they were made.</summary>
    internal IReadOnlyList<LayerCall> CallsOf(Layer layer) => _calls[layer];

    /// <summary>Where a tensor comes from: a layer or a tensor for an op, the number of the call, the number of the result.</summary>
    internal (object Operation, int Node, int Result) SourceOf(Tensor tensor)
    {
        tensor = Written(tensor);
        if (_graph.CallOf(tensor) is { } call) return (call.Layer, _calls[call.Layer].IndexOf(call), Place(call.Outputs, tensor));
        return tensor.Op is Part part ? (Written(tensor.Inputs[0]), 0, part.Index) : (tensor, 0, 0);
    }

    // The input of a model that begins within another one stands for what was before.
    static int Place(IReadOnlyList<Tensor> outputs, Tensor tensor)
    {
        for (var i = 0; i < outputs.Count; i++)
            if (ReferenceEquals(outputs[i], tensor)) return i;
        return 0;
    }

    /// <summary>The tensor that files hold in place of one: what a fused op without a form of its own is made of, and what a mere copy copies.</summary>
    internal Tensor Written(Tensor tensor)
    {
        if (_written.TryGetValue(tensor, out var known)) return known;
        return _written[tensor] = Found(tensor);
    }

    Tensor Found(Tensor tensor)
    {
        if (!tensor.IsSymbolic || _graph.CallOf(tensor) is not null || tensor.Op is Leaf) return tensor;
        if (tensor.Op is Identity) return Written(tensor.Inputs[0]);
        if (tensor.Op is Part part)
        {
            var whole = Written(tensor.Inputs[0]);
            return whole.Op is Pack ? Written(whole.Inputs[part.Index]) : ReferenceEquals(whole, tensor.Inputs[0]) ? tensor : Written(part.On(whole));
        }
        return OperationForms.Simpler(tensor) is { } simpler ? Written(simpler) : tensor;
    }

    object NodeOf(Tensor tensor) => _graph.CallOf(tensor) is { } call ? call : tensor.Op is Part ? Written(tensor.Inputs[0]) : tensor;

    static object OperationOf(object node) => node is LayerCall call ? call.Layer : node;

    IEnumerable<Tensor> Needs(object node) => (node is LayerCall call ? [.. call.Inputs.Flatten(), .. CallForm.Masks(call)] : ((Tensor)node).Inputs.ToArray())
        .Where(t => t.IsSymbolic).Select(Written);

    static bool IsInput(object node) => node is LayerCall { Layer: Keras.Layers.Input };

    // As keras/src/ops/function.py (map_graph): depth first from the outputs.
    void Walk()
    {
        var done = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var stack = new Stack<(object Node, bool Expanded)>();
        foreach (var output in _graph.Outputs.Flatten().Reverse().Where(o => o.IsSymbolic)) stack.Push((NodeOf(Written(output)), false));
        while (stack.TryPop(out var top))
        {
            if (top.Expanded)
            {
                _nodes.Add(top.Node);
                continue;
            }
            if (!done.Add(top.Node)) continue;
            _visits.TryAdd(OperationOf(top.Node), _visits.Count);
            stack.Push((top.Node, true));
            if (IsInput(top.Node)) continue;
            foreach (var need in Needs(top.Node).Reverse()) stack.Push((NodeOf(need), false));
        }
    }

    List<object> Sorted()
    {
        var depths = new Dictionary<object, int>(ReferenceEqualityComparer.Instance);
        var operations = new Dictionary<object, int>(ReferenceEqualityComparer.Instance);
        foreach (var node in Enumerable.Reverse(_nodes))
        {
            var operation = OperationOf(node);
            var depth = Math.Max(depths.GetValueOrDefault(node), operations.GetValueOrDefault(operation));
            operations[operation] = depths[node] = depth;
            if (IsInput(node)) continue;
            foreach (var parent in Needs(node).Select(NodeOf)) depths[parent] = Math.Max(depths.GetValueOrDefault(parent), depth + 1);
        }
        return [.. operations.Keys.OrderByDescending(o => operations[o]).ThenBy(o => _visits[o])];
    }
}
