namespace Keras;

/// <summary>A group: named groups and datasets.</summary>
sealed class Hdf5Group : Hdf5Object
{
    readonly int _depth;
    readonly Dictionary<string, Hdf5Link> _links;
    readonly Dictionary<string, Hdf5Object?> _opened = [];

    internal Hdf5Group(Hdf5File file, Hdf5Place place, List<Hdf5Message> messages) : base(file, place, messages)
    {
        _depth = place.Parent is { } parent ? parent._depth + 1 : 0;
        if (_depth > file.Source.Limits.MaxDepth) throw Bad("groups are nested too deep", $"at most {file.Source.Limits.MaxDepth}", _depth);
        _links = Hdf5Links.Read(At(), messages);
        Names = _links.Values.All(link => link.Order is not null) ? [.. _links.Keys.OrderBy(name => _links[name].Order)] : [.. _links.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>The names of everything in the group, by order of creation where the file tells it and else by name: as h5py gives
    /// them.</summary>
    internal IReadOnlyList<string> Names { get; }

    /// <summary>The groups in this one.</summary>
    /// <exception cref="ModelFileException">A name is a link that is not followed.</exception>
    internal IEnumerable<Hdf5Group> Groups => Names.Select(Open).OfType<Hdf5Group>();

    /// <summary>The datasets in this group.</summary>
    /// <exception cref="ModelFileException">A name is a link that is not followed.</exception>
    internal IEnumerable<Hdf5Dataset> Datasets => Names.Select(Open).OfType<Hdf5Dataset>();

    /// <summary>The group at a path below this one, or <c>null</c> where there is none.</summary>
    /// <exception cref="ModelFileException">The path has a link that is not followed, or the file is damaged there.</exception>
    internal Hdf5Group? TryGroup(string path) => Find(path) as Hdf5Group;

    /// <summary>The dataset at a path below this group, or <c>null</c> where there is none.</summary>
    /// <exception cref="ModelFileException">The path has a link that is not followed, or the file is damaged there.</exception>
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
        if (!_links.TryGetValue(name, out var link)) return null;
        if (_opened.TryGetValue(name, out var known)) return known;
        var source = At(new Hdf5Place(this, name));
        if (link.Refused is { } kind) throw source.Bad("links to somewhere else are not followed", "a hard link", kind, "Save the file again with the data in it.");
        return _opened[name] = File.Open(source.Place, link.Address);
    }
}
