namespace Keras;

/// <summary>A function as a graph: what a loop repeats or a branch computes. It uses nothing but its parameters and small constants.
/// Compared by structure, so that a loop that is written anew in each call shares a plan.</summary>
sealed class Subgraph : IEquatable<Subgraph>
{
    readonly GraphKey _key;

    internal Subgraph(Tensor[] parameters, Tensor[] results)
    {
        (Parameters, Results) = (parameters, results);
        Tensor[] roots = [.. parameters, .. results];
        _key = new GraphKey(Graphs.Order(roots), roots, static node => node.Op is Placeholder);
    }

    internal Tensor[] Parameters { get; }

    internal Tensor[] Results { get; }

    internal TensorType[] ResultTypes => [.. Results.Select(r => r.Type)];

    internal static Tensor[] Placeholders(IEnumerable<TensorType> types) => [.. types.Select((t, i) => new Placeholder(t, $"parameter_{i}").On())];

    /// <summary>The same function for arguments of other types: shapes that were unknown when it was traced may be known now.</summary>
    internal Subgraph For(TensorType[] types)
    {
        if (Parameters.Select(p => p.Type).SequenceEqual(types)) return this;
        var parameters = Placeholders(types);
        return new Subgraph(parameters, Call(parameters));
    }

    /// <summary>The results for these arguments, as nodes of the caller's graph.</summary>
    internal Tensor[] Call(Tensor[] arguments)
    {
        var map = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < arguments.Length; i++) map[Parameters[i]] = arguments[i];
        return Graphs.Substitute(Results, map);
    }

    public bool Equals(Subgraph? other) => other is not null && Parameters.Length == other.Parameters.Length && _key.Equals(other._key);

    public override bool Equals(object? obj) => Equals(obj as Subgraph);

    public override int GetHashCode() => _key.GetHashCode();

    public override string ToString() => $"{{ {Results.Length} results of {Parameters.Length} }}";
}

/// <summary>Calls a user's function with placeholders and finds what it uses from outside: these become further arguments. Nodes that it
/// made itself stay inside, unless <paramref name="hoist"/> asks for those to be computed once that no parameter changes.</summary>
sealed class SubgraphTracer(Tensor[] parameters, bool hoist)
{
    const int Small = 64;

    [ThreadStatic] static HashSet<Tensor>? _created;

    readonly Dictionary<Tensor, Tensor> _captures = new(ReferenceEqualityComparer.Instance);

    internal List<Tensor> Captured { get; } = [];

    internal Tensor[] Parameters => [.. parameters, .. Captured.Select(c => _captures[c])];

    /// <summary>Called for every new node.</summary>
    internal static void Created(Tensor node) => _created?.Add(node);

    /// <summary>The results and what variables were assigned, both in terms of the parameters.</summary>
    /// <param name="function">The user's function.</param>
    /// <param name="states">What variables read as within.</param>
    internal (Tensor[] Results, Variable[] Assigned, Tensor[] Values) Trace(Func<IReadOnlyList<Tensor>> function, IReadOnlyDictionary<Variable, Tensor>? states = null)
    {
        var (outer, inner) = (_created, new HashSet<Tensor>(ReferenceEqualityComparer.Instance));
        _created = inner;
        try
        {
            var (results, updates) = Keras.Trace.RunWithin(function, states);
            Tensor[] roots = [.. results, .. updates.Select(u => u.Value)];
            _created = null;
            var closed = Close(roots, inner);
            return (closed[..results.Count], [.. updates.Select(u => u.Variable)], closed[results.Count..]);
        }
        finally
        {
            _created = outer;
            outer?.UnionWith(inner);
        }
    }

    Tensor[] Close(Tensor[] roots, HashSet<Tensor> inner)
    {
        var varying = new HashSet<Tensor>(parameters, ReferenceEqualityComparer.Instance);
        foreach (var node in Graphs.Order(roots))
            if (node.Inputs.ToArray().Any(varying.Contains)) varying.Add(node);
        bool IsOutside(Tensor node) => !varying.Contains(node) && node.Op switch
        {
            Constant => node.Type.Bytes > Small || !inner.Contains(node),
            Placeholder or VariableRead => true,
            _ => node.Value is not null || hoist || !inner.Contains(node),
        };
        return Graphs.Map(roots, (node, inputs) => IsOutside(node) ? Capture(node)
            : inputs.AsSpan().SequenceEqual(node.Inputs, ReferenceEqualityComparer.Instance) ? node : node.Op.On(inputs), IsOutside);
    }

    Tensor Capture(Tensor node)
    {
        if (_captures.TryGetValue(node, out var parameter)) return parameter;
        Captured.Add(node);
        return _captures[node] = new Placeholder(node.Type, $"capture_{Captured.Count}").On();
    }
}
