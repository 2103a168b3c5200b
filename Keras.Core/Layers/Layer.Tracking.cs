using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Keras;

// What a layer holds: layers within, by the names that files know them by, and the states of random generators.
public abstract partial class Layer
{
    readonly List<SeedGenerator> _seeds = [];
    // A list of this length is quicker to look through than a table is to make.
    const int Many = 32;

    readonly List<Layer> _sublayers = [];
    HashSet<Layer>? _known;
    readonly List<(string Name, object Value)> _attributes = [];
    readonly HashSet<object> _discarded = new(ReferenceEqualityComparer.Instance);
    bool _fieldsTracked;

    /// <summary>The layers within, in the order in which they were tracked.</summary>
    internal IReadOnlyList<Layer> Sublayers
    {
        get
        {
            TrackFields();
            return _sublayers;
        }
    }

    /// <summary>The weights that files keep for this layer itself, in their order.</summary>
    internal virtual IReadOnlyList<Variable> OwnVariables
    {
        get
        {
            TrackFields();
            return [.. Own(trainable: true), .. Own(trainable: false)];
        }
    }

    /// <summary>What files reach from here: layers, optimizers, and lists and dictionaries of them, by Keras's names of the attributes.</summary>
    internal virtual IEnumerable<(string Name, object Value)> SavedAttributes
    {
        get
        {
            var named = new HashSet<string>();
            var values = new HashSet<object>(ReferenceEqualityComparer.Instance);
            foreach (var (name, value) in _attributes.Concat(Fields().Where(f => SavedObjects.IsSaved(f.Value)).Select(f => (f.Name, f.Value!))))
                if (values.Add(value)) yield return (Unique(name), value);

            string Unique(string name)
            {
                var unique = name;
                for (var n = 1; !named.Add(unique); n++) unique = $"{name}_{n}";
                return unique;
            }
        }
    }

    /// <summary>Makes a layer's weights this layer's too.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="attribute">How weights files call it: the name of the attribute in Python. Default the snake case of the field that holds it.</param>
    protected T Track<T>(T layer, string? attribute = null) where T : Layer
    {
        ArgumentNullException.ThrowIfNull(layer);
        if (!IsTracked(layer))
        {
            _sublayers.Add(layer);
            _known?.Add(layer);
        }
        if (attribute is not null) _attributes.Add((attribute, layer));
        return layer;
    }

    /// <summary>Makes the weights of the layers of a list this layer's too.</summary>
    /// <inheritdoc cref="Track{T}(T, string?)"/>
    protected IReadOnlyList<T> Track<T>(IReadOnlyList<T> layers, string attribute) where T : Layer
    {
        ArgumentNullException.ThrowIfNull(layers);
        foreach (var layer in layers) Track(layer);
        _attributes.Add((attribute, layers));
        return layers;
    }

    /// <summary>Makes a random generator's state part of this layer's.</summary>
    protected SeedGenerator Track(SeedGenerator generator)
    {
        _seeds.Add(generator);
        return generator;
    }

    internal void Untrack(Layer layer)
    {
        _sublayers.Remove(layer);
        _known = null;
    }

    bool IsTracked(Layer layer) => _sublayers.Count < Many ? _sublayers.Contains(layer) : (_known ??= [.. _sublayers]).Contains(layer);

    /// <summary>What brings the layer back to what it is now, so that a call after one that failed builds anew.</summary>
    Action Unbuilding()
    {
        TrackFields();
        var (weights, seeds, sublayers, attributes, spec) = (_weights.Count, _seeds.Count, _sublayers.Count, _attributes.Count, InputSpec);
        return () =>
        {
            Discard(_weights, weights);
            Discard(_seeds, seeds);
            Discard(_sublayers, sublayers);
            _known = null;
            _attributes.RemoveRange(attributes, _attributes.Count - attributes);
            (InputSpec, BuiltFor, _built) = (spec, null, false);
            Unbuild();
        };
    }

    /// <summary>Drops what else a build made.</summary>
    private protected virtual void Unbuild()
    {
    }

    void Discard<T>(List<T> tracked, int kept) where T : class
    {
        // Fields still hold them, until another build.
        _discarded.UnionWith(tracked.Skip(kept));
        tracked.RemoveRange(kept, tracked.Count - kept);
    }

    /// <summary>After a build: what fields hold now counts.</summary>
    void LookAtFieldsAgain()
    {
        _discarded.Clear();
        _fieldsTracked = false;
    }

    /// <summary>Tracks the layers, variables and generators that the fields of a user's class hold, in the order of their declaration.</summary>
    void TrackFields()
    {
        if (_fieldsTracked) return;
        _fieldsTracked = true;
        foreach (var (_, value) in Fields())
        {
            if (value is null || _discarded.Contains(value)) continue;
            if (value is Variable variable && !_weights.Contains(variable)) _weights.Add(variable);
            else if (value is SeedGenerator seed && !_seeds.Contains(seed)) _seeds.Add(seed);
            else
                foreach (var layer in SavedObjects.LayersIn(value).Where(l => !_discarded.Contains(l))) Track(layer);
        }
    }

    /// <summary>The fields that the program's own classes declare, those of base classes first, by the names that they would have in Python.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "The annotation of Layer keeps the fields of each class derived from it.")]
    IEnumerable<(string Name, object? Value)> Fields()
    {
        var types = new Stack<Type>();
        for (var type = GetType(); type.Assembly != typeof(Layer).Assembly; type = type.BaseType!) types.Push(type);
        foreach (var type in types)
            foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                yield return (Naming.Attribute(field.Name), field.GetValue(this));
    }
}
