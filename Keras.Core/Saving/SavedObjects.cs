using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Keras;

/// <summary>The order in which files go through a model and its parts, and the path at which they keep each: Keras's, where attributes go by their
/// names, and the items of a list by their classes.</summary>
/// <remarks>As keras/src/saving/saving_lib.py: an object that could not be taken up at one path is tried again at the next one that leads to it.</remarks>
sealed class SavedObjects
{
    readonly Func<object, string, bool> _visit;
    readonly HashSet<object> _done = new(ReferenceEqualityComparer.Instance);
    readonly HashSet<object> _failed = new(ReferenceEqualityComparer.Instance);
    readonly HashSet<object> _active = new(ReferenceEqualityComparer.Instance);

    readonly Func<string, bool>? _isMissing;

    SavedObjects(Func<object, string, bool> visit, Func<string, bool>? isMissing) => (_visit, _isMissing) = (visit, isMissing);

    /// <summary>The name of the array of a number.</summary>
    internal static string Number(int i) => i.ToString(CultureInfo.InvariantCulture);

    /// <summary>Visits a layer, an optimizer or all of a model: whoever is visited at a path says whether it found there what it wants.</summary>
    /// <param name="root">The layer, model or optimizer at the empty path.</param>
    /// <param name="visit">Gets layers and optimizers with their paths.</param>
    /// <param name="isMissing">Whether there is nothing at a path: lists within lists that are missing are passed over, with a warning.</param>
    /// <returns>Those that found nothing at any path.</returns>
    internal static IReadOnlyCollection<object> Walk(object root, Func<object, string, bool> visit, Func<string, bool>? isMissing = null)
    {
        var walk = new SavedObjects(visit, isMissing);
        walk.Visit(root, "");
        return walk._failed;
    }

    /// <summary>Each object once, at the first path that leads to it.</summary>
    internal static IReadOnlyList<(string Path, object Saved)> Of(object root)
    {
        var all = new List<(string, object)>();
        Walk(root, (saved, path) =>
        {
            all.Add((path, saved));
            return true;
        });
        return all;
    }

    /// <summary>The name of an object, which files mention beside its weights.</summary>
    internal static string NameOf(object saved) => saved is Layer layer ? layer.Name : ((Optimizer)saved).Name;

    /// <summary>The weights that files keep for an object itself, in their order.</summary>
    internal static IReadOnlyList<Variable> VariablesOf(object saved) => saved is Layer layer ? layer.OwnVariables : ((Optimizer)saved).Variables;

    /// <summary>Whether files reach something by this value.</summary>
    internal static bool IsSaved(object? value) => value is Layer or Optimizer || (Items(value) is not null && Contents(value).Any());

    /// <summary>The layers that a value is or holds, at any depth.</summary>
    internal static IEnumerable<Layer> LayersIn(object? value) => value is Layer layer ? [layer] : Contents(value).OfType<Layer>();

    static IEnumerable<object> Contents(object? container)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        return Within(container);

        IEnumerable<object> Within(object? value) => Items(value) is not { } items || !seen.Add(value!) ? []
            : items.SelectMany(item => item is Layer or Optimizer ? [item] : Within(item));
    }

    /// <summary>The items of a list, a tuple or a dictionary; <c>null</c> of anything else.</summary>
    static IEnumerable<object?>? Items(object? value) => value switch
    {
        null or string or Layer => null,
        IDictionary dictionary => dictionary.Values.Cast<object?>(),
        IEnumerable<Layer> layers => layers,
        ITuple tuple => Enumerable.Range(0, tuple.Length).Select(i => tuple[i]),
        ICollection and IEnumerable<object?> items => items,
        // A list of tuples, which are values.
        IList { Count: > 0 } list when list[0] is ITuple => list.Cast<object?>(),
        _ => null,
    };

    void Visit(object saved, string path)
    {
        if (_done.Contains(saved) || !_active.Add(saved)) return;
        var found = _visit(saved, path);
        if (!found) _failed.Add(saved);
        var failures = _failed.Count;
        foreach (var (name, value) in Attributes(saved)) Follow(value, Join(path, name), null);
        _active.Remove(saved);
        if (!found) return;
        _failed.Remove(saved);
        if (_failed.Count <= failures) _done.Add(saved);
    }

    static IEnumerable<(string Name, object Value)> Attributes(object saved) => saved is not Layer layer ? ((Optimizer)saved).SavedAttributes
        : layer.SavedAttributes.OrderBy(a => IsFirst(layer, a.Name) ? "" : a.Name.StartsWith('_') ? $"~{a.Name}" : a.Name, StringComparer.Ordinal);

    // The layers of a graph come before what a class of the program adds to it.
    static bool IsFirst(Layer layer, string name) => name == Model.LayersAttribute && layer is Model { Graph: not null } or Sequential;

    void Follow(object? value, string path, HashSet<object>? containers)
    {
        if (value is Layer or Optimizer) Visit(value, path);
        else if (Items(value) is { } items && (containers ??= new(ReferenceEqualityComparer.Instance)).Add(value!)) FollowItems(items, path, containers);
    }

    void FollowItems(IEnumerable<object?> items, string path, HashSet<object> containers)
    {
        var counts = new Dictionary<string, int>();
        foreach (var item in items)
            if (item is Layer or Optimizer) Follow(item, Join(path, Unique(Naming.Snake(ClassOf(item)))), containers);
            else if (Items(item) is not null) FollowWithin(item, Join(path, Unique("container")), containers);

        string Unique(string name)
        {
            var before = counts.GetValueOrDefault(name, 0);
            counts[name] = before + 1;
            return before == 0 ? name : $"{name}_{before}";
        }
    }

    /// <summary>Follows a list within a list, where the file has it: older files do not.</summary>
    void FollowWithin(object? container, string path, HashSet<object> containers)
    {
        if (_isMissing is null || !_isMissing(path)) Follow(container, path, containers);
        else if (Contents(container).FirstOrDefault(c => !_done.Contains(c) && !_active.Contains(c)) is { } left)
            Callbacks.Messages.Warn(path, $"the file has nothing here, as files of old versions. {left} and others in this list keep their values.");
    }

    static string Join(string path, string name) => path.Length == 0 ? name : $"{path}/{name}";

    /// <summary>The class as Python calls it.</summary>
    internal static string ClassOf(object saved) => saved is Layers.GroupQueryAttention ? "GroupedQueryAttention" : KnownTypes.NameOf(saved.GetType()).Name;
}
