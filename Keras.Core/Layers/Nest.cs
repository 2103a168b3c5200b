namespace Keras;

/// <summary>A tensor, or a list or dictionary of them to any depth: the nested structures of Keras. Arrays, tensors, lists and dictionaries
/// convert implicitly. A dictionary is ordered by its keys.</summary>
public sealed class Nest
{
    readonly Tensor? _leaf;
    readonly IReadOnlyList<Nest> _items = [];

    Nest(Tensor leaf) => _leaf = leaf;

    Nest(IReadOnlyList<Nest> items, IReadOnlyList<string>? keys) => (_items, Keys) = (items, keys);

    /// <summary>The place of an optional input that is not given.</summary>
    public static Nest None { get; } = new([], null);

    /// <summary>Whether this is <see cref="None"/>.</summary>
    public bool IsNone => ReferenceEquals(this, None);

    /// <summary>The keys where this is a dictionary, in order; else <c>null</c>.</summary>
    public IReadOnlyList<string>? Keys { get; }

    /// <summary>Whether this is one tensor.</summary>
    public bool IsTensor => _leaf is not null;

    /// <summary>The parts of a list or of a dictionary, in the order of its keys.</summary>
    public IReadOnlyList<Nest> Items => _items;

    /// <summary>The one tensor.</summary>
    /// <exception cref="InvalidOperationException">This is a list or a dictionary.</exception>
    public Tensor Tensor => _leaf ?? throw Errors.Invalid("Nest", "one tensor is wanted", "a tensor", ToString());

    /// <summary>A list.</summary>
    public static Nest List(params IEnumerable<Nest> items) => new([.. items], null);

    /// <summary>A dictionary; its keys are sorted.</summary>
    public static Nest Dictionary(IEnumerable<KeyValuePair<string, Nest>> items)
    {
        var sorted = items.OrderBy(i => i.Key, StringComparer.Ordinal).ToArray();
        return new([.. sorted.Select(i => i.Value)], [.. sorted.Select(i => i.Key)]);
    }

#pragma warning disable CA2225 // The named twins are List, Dictionary and Tensor.Of.
    /// <summary>One tensor.</summary>
    public static implicit operator Nest(Tensor tensor) => new(tensor);

    /// <summary>A .NET array of any rank as one tensor.</summary>
    public static implicit operator Nest(Array values) =>
        values is Tensor[] tensors ? tensors : values is Nest[] nests ? List(nests) : Tensor.Of(values);

    /// <summary>A list of tensors.</summary>
    public static implicit operator Nest(Tensor[] tensors) => List(tensors.Select(t => (Nest)t));

    /// <summary>A list of tensors.</summary>
    public static implicit operator Nest(List<Tensor> tensors) => List(tensors.Select(t => (Nest)t));

    /// <summary>A list.</summary>
    public static implicit operator Nest(List<Nest> items) => List(items);

    /// <summary>A dictionary of tensors.</summary>
    public static implicit operator Nest(Dictionary<string, Tensor> tensors) =>
        Dictionary(tensors.Select(t => KeyValuePair.Create(t.Key, (Nest)t.Value)));

    /// <summary>A dictionary.</summary>
    public static implicit operator Nest(Dictionary<string, Nest> items) => Dictionary(items);
#pragma warning restore CA2225

    /// <summary>All tensors, depth first.</summary>
    public IReadOnlyList<Tensor> Flatten() => _leaf is not null ? [_leaf] : [.. _items.SelectMany(i => i.Flatten())];

    /// <summary>The same structure with each tensor replaced.</summary>
    public Nest Map(Func<Tensor, Tensor> function) =>
        _leaf is not null ? function(_leaf) : With([.. _items.Select(i => i.Map(function))]);

    /// <summary>The same structure with other parts; <see cref="None"/> stays.</summary>
    internal Nest With(IReadOnlyList<Nest> items) => IsNone ? this : new(items, Keys);

    /// <summary>The same structure with each tensor replaced by one, or by <see cref="None"/>.</summary>
    internal Nest Replace(Func<Tensor, Nest> function) => _leaf is not null ? function(_leaf) : With([.. _items.Select(i => i.Replace(function))]);

    /// <summary>All tensors and places of tensors that are not given, depth first.</summary>
    internal IReadOnlyList<Nest> Leaves() => _leaf is not null || IsNone ? [this] : [.. _items.SelectMany(i => i.Leaves())];

    /// <summary>The same structure around other tensors, given depth first.</summary>
    internal Nest Pack(IReadOnlyList<Tensor> tensors)
    {
        var next = 0;
        return Map(_ => tensors[next++]);
    }

    /// <summary>The structure alone: two of the same text take the same tensors.</summary>
    internal string Structure => _leaf is not null ? "*" : IsNone ? "-"
        : Keys is null ? $"[{string.Join(",", _items.Select(i => i.Structure))}]"
        : $"{{{string.Join(",", Keys.Zip(_items, (k, i) => $"{k}:{i.Structure}"))}}}";

    /// <summary>The shapes, in the structure.</summary>
    public override string ToString() => _leaf is not null ? _leaf.Shape.ToString() : IsNone ? "None"
        : Keys is null ? $"[{string.Join(", ", _items)}]"
        : $"{{{string.Join(", ", Keys.Zip(_items).Select(p => $"{p.First}: {p.Second}"))}}}";
}
