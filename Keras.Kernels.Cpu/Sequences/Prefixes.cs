namespace Keras.Kernels.Cpu.Sequences;

/// <summary>A beginning of a reading: another one and a label behind it. The first node is the empty one.</summary>
internal struct Prefix
{
    internal int Parent;
    internal int Label;
    internal int Depth;
    internal ulong Hash;
}

/// <summary>A prefix that a step may lead to: one that is there, or one with a label more.</summary>
internal struct Candidate
{
    internal int Node;
    internal int Label;
    internal double Total;
    internal double Emit;
    internal double Mask;

    internal const int Itself = -1;
}

/// <summary>The prefixes of a search, as a tree. The same prefix may be there twice, made at different steps.</summary>
internal unsafe struct Prefixes(Prefix* nodes)
{
    private readonly Prefix* _nodes = nodes;
    private int _count = 1;

    internal static void Begin(Prefix* nodes) => *nodes = new() { Parent = -1, Label = -1, Hash = 0x9E3779B97F4A7C15 };

    internal readonly ref Prefix this[int node] => ref _nodes[node];

    /// <summary>The node of a candidate; a new one where it has a label more.</summary>
    internal int Node(in Candidate c)
    {
        if (c.Label == Candidate.Itself)
            return c.Node;
        var parent = _nodes[c.Node];
        _nodes[_count] = new() { Parent = c.Node, Label = c.Label, Depth = parent.Depth + 1, Hash = Mix(parent.Hash, c.Label) };
        return _count++;
    }

    internal readonly bool Same(int a, int b)
    {
        if (_nodes[a].Depth != _nodes[b].Depth || _nodes[a].Hash != _nodes[b].Hash)
            return false;
        for (; a != b; a = _nodes[a].Parent, b = _nodes[b].Parent)
            if (_nodes[a].Label != _nodes[b].Label)
                return false;
        return true;
    }

    /// <summary>The order of prefixes with equal scores: where they first differ, the larger class comes first, and the end before any.</summary>
    internal readonly bool IsBefore(in Candidate a, in Candidate b)
    {
        var (left, right) = (new Walk(a, Depth(a)), new Walk(b, Depth(b)));
        var isBefore = left.Depth < right.Depth;
        while (left.Depth > right.Depth)
            left.Pop(_nodes);
        while (right.Depth > left.Depth)
            right.Pop(_nodes);
        while (left.Depth > 0)
        {
            var (x, y) = (left.Pop(_nodes), right.Pop(_nodes));
            if (x != y)
                isBefore = x > y;
            if (left.Node == right.Node)
                break;
        }
        return isBefore;
    }

    private readonly int Depth(in Candidate c) => _nodes[c.Node].Depth + (c.Label == Candidate.Itself ? 0 : 1);

    private static ulong Mix(ulong hash, int label)
    {
        unchecked
        {
            hash = (hash ^ (uint)label) * 0xBF58476D1CE4E5B9;
            return (hash ^ (hash >> 29)) * 0x94D049BB133111EB;
        }
    }

    /// <summary>From the last label of a candidate to its first.</summary>
    private struct Walk(in Candidate c, int depth)
    {
        private int _label = c.Label;

        internal int Node { get; private set; } = c.Node;

        internal int Depth { get; private set; } = depth;

        internal int Pop(Prefix* nodes)
        {
            Depth--;
            var label = _label;
            _label = Candidate.Itself;
            if (label != Candidate.Itself)
                return label;
            label = nodes[Node].Label;
            Node = nodes[Node].Parent;
            return label;
        }
    }
}
