namespace Keras;

/// <summary>A group: named groups and datasets.</summary>
sealed class Hdf5Group : Hdf5Object
{
    readonly Hdf5Group? _parent;
    readonly long _address;
    readonly int _depth;
    readonly Dictionary<string, Hdf5Object?> _opened = [];
    readonly List<Hdf5Link> _links;
    readonly Dictionary<string, Hdf5Link> _byName;

    internal Hdf5Group(Hdf5File file, string path, List<Hdf5Message> messages, long address, Hdf5Group? parent) : base(file, path, messages)
    {
        (_address, _parent, _depth) = (address, parent, parent is null ? 0 : parent._depth + 1);
        if (_depth > file.Source.Limits.MaxDepth) throw Bad("groups are nested too deep", $"at most {file.Source.Limits.MaxDepth}", _depth);
        _links = Hdf5Links.Read(At(), messages);
        _byName = _links.ToDictionary(link => link.Name);
    }

    /// <summary>The names of everything in the group, by order of creation where the file tells it and else by name.</summary>
    internal IEnumerable<string> Names => _links.Select(link => link.Name);

    /// <summary>The groups in this one.</summary>
    /// <exception cref="ModelFileException">A name is a link that is not followed.</exception>
    internal IEnumerable<Hdf5Group> Groups => Names.Select(Open).OfType<Hdf5Group>();

    /// <summary>The datasets in this group.</summary>
    internal IEnumerable<Hdf5Dataset> Datasets => Names.Select(Open).OfType<Hdf5Dataset>();

    /// <summary>The group at a path below this one, or <c>null</c> where there is none.</summary>
    internal Hdf5Group? TryGroup(string path) => Find(path) as Hdf5Group;

    /// <summary>The dataset at a path below this group, or <c>null</c> where there is none.</summary>
    internal Hdf5Dataset? TryDataset(string path) => Find(path) as Hdf5Dataset;

    Hdf5Object? Find(string path)
    {
        Hdf5Object? found = this;
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries)) found = (found as Hdf5Group)?.Open(name);
        return found;
    }

    /// <summary>The object of a name; <c>null</c> where there is none, or neither a group nor a dataset.</summary>
    Hdf5Object? Open(string name)
    {
        if (!_byName.TryGetValue(name, out var link)) return null;
        if (_opened.TryGetValue(name, out var known)) return known;
        var path = Path == "/" ? $"/{name}" : $"{Path}/{name}";
        if (link.Refused is { } kind)
            throw new ModelFileException("HDF5", path, "links to somewhere else are not followed", "a hard link", kind, "Save the file again with the data in it.");
        for (var above = this; above is not null; above = above._parent)
            if (above._address == link.Address) throw new ModelFileException("HDF5", path, "the group holds itself", "groups in a tree", $"a link to {above.Path}");
        return _opened[name] = File.Open(path, link.Address, this);
    }
}
