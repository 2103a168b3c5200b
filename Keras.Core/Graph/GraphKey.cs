namespace Keras;

/// <summary>The structure of a graph: ops, who feeds whom, and of leaves that stand for any value the types alone.</summary>
sealed class GraphKey : IEquatable<GraphKey>
{
    readonly object[] _ops;
    readonly int[] _edges;
    readonly int _hash;

    /// <param name="order">The nodes, inputs before what uses them.</param>
    /// <param name="roots">Which of them are given to the outside, in order.</param>
    /// <param name="isLeaf">Which of them stand for any value of their type.</param>
    internal GraphKey(List<Tensor> order, ReadOnlySpan<Tensor> roots, Func<Tensor, bool> isLeaf)
    {
        var numbers = new Dictionary<Tensor, int>(order.Count, ReferenceEqualityComparer.Instance);
        var edges = new List<int>(order.Count * 2);
        _ops = new object[order.Count];
        var hash = new HashCode();
        for (var i = 0; i < _ops.Length; i++)
        {
            var node = order[i];
            numbers[node] = i;
            var leaf = isLeaf(node);
            _ops[i] = leaf ? node.Type : node.Op;
            hash.Add(_ops[i]);
            if (leaf) continue;
            // Where each node's inputs end, as some ops take any number of them.
            edges.Add(node.Inputs.Length);
            foreach (var input in node.Inputs) edges.Add(numbers[input]);
        }
        foreach (var root in roots) edges.Add(numbers[root]);
        _edges = [.. edges];
        foreach (var edge in _edges) hash.Add(edge);
        _hash = hash.ToHashCode();
    }

    public bool Equals(GraphKey? other) => other is not null && _hash == other._hash
        && _ops.AsSpan().SequenceEqual(other._ops) && _edges.AsSpan().SequenceEqual(other._edges);

    public override bool Equals(object? obj) => Equals(obj as GraphKey);

    public override int GetHashCode() => _hash;
}
