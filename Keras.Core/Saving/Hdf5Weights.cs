namespace Keras;

/// <summary>Weights in the layout of <c>model.weights.h5</c>: those of the object at a path are the arrays 0, 1, 2, … of the group
/// <c>path/vars</c>.</summary>
sealed class Hdf5Weights : WeightsSource
{
    internal const string Variables = "vars";

    const int MostParts = 64;

    // Keras 2.13 and 2.14 called the list of a model's layers so.
    const string OldLayers = "_layer_checkpoint_dependencies";

    readonly Hdf5Group _root;
    readonly bool _isOld, _hasBackslashes;

    /// <summary>Reads the weights of a file that stays open while they are read.</summary>
    internal Hdf5Weights(Hdf5File file)
    {
        _root = file.Root;
        _isOld = _root.Names.Contains(OldLayers);
        // Keras 2.15 joined paths as the machine's file system does.
        _hasBackslashes = _root.Names.Any(n => n.Contains('\\', StringComparison.Ordinal));
    }

    internal override VariableStore Get(string path)
    {
        var store = new VariableStore(path);
        foreach (var dataset in VariablesAt(path)?.Datasets ?? []) store.Add(dataset.Name, Stored(dataset));
        return store;
    }

    internal override bool Has(string path) => Find(path) is not null
        || (_hasBackslashes && _root.Names.Any(n => n.StartsWith(path.Replace('/', '\\') + '\\', StringComparison.Ordinal)));

    Hdf5Group? VariablesAt(string path) => Find(path)?.TryGroup(Variables) ?? Find(Private(path))?.TryGroup(Variables);

    Hdf5Group? Find(string path) => _root.TryGroup(path)
        ?? (_isOld ? _root.TryGroup(string.Join('/', path.Split('/').Select(p => p == Model.LayersAttribute ? OldLayers : p))) : null)
        ?? (_hasBackslashes ? _root.TryGroup(path.Replace('/', '\\')) : null);

    // Files of Keras 3.0 to 3.2 know the parts of attention by the names of private attributes.
    static string Private(string path) => $"{path[..(path.LastIndexOf('/') + 1)]}_{path[(path.LastIndexOf('/') + 1)..]}";

    /// <summary>The path of a group below another one, as it is called today.</summary>
    /// <exception cref="ModelFileException">It has too many parts.</exception>
    internal static string Modern(Hdf5Group group) => group.Name == OldLayers ? Model.LayersAttribute
        : group.Place.Parent is not { Place.Parent: null } ? group.Name
        : group.Name.AsSpan().Count('\\') <= MostParts ? group.Name.Replace('\\', '/') : throw group.Bad("the path has too many parts", $"at most {MostParts}", "more");

    internal static StoredArray Stored(Hdf5Dataset dataset) => new(new TensorType(dataset.DType, dataset.Shape), () =>
    {
        var data = new HostData(dataset.Bytes);
        Read(dataset, data);
        return data;
    })
    { ReadInto = data => Read(dataset, data) };

    static void Read(Hdf5Dataset dataset, HostData data)
    {
        dataset.ReadInto(data.Address, data.Bytes);
        GC.KeepAlive(data);
    }

    /// <summary>All arrays at and below a path, by the paths of their objects.</summary>
    internal IEnumerable<(string Path, VariableStore Store)> Below(string path)
    {
        if (Find(path) is not { } top) yield break;
        var stack = new Stack<(string Path, Hdf5Group Group)>([(path, top)]);
        while (stack.TryPop(out var at))
        {
            if (at.Group.TryGroup(Variables) is not null) yield return (at.Path, Get(at.Path));
            foreach (var group in at.Group.Groups.Where(g => g.Name != Variables)) stack.Push(($"{at.Path}/{group.Name}", group));
        }
    }
}
