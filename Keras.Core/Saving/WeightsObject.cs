namespace Keras;

/// <summary>What a file of weights keeps for one object, and for those within it.</summary>
sealed class WeightsObject
{
    /// <summary>Its arrays by name.</summary>
    internal OrderedDictionary<string, StoredArray> Arrays { get; } = [];

    /// <summary>The objects within it, by the last parts of their paths.</summary>
    internal OrderedDictionary<string, WeightsObject> Parts { get; } = [];

    /// <summary>The name that a layer or an optimizer was given, where the file tells it.</summary>
    internal string? Name { get; private set; }

    /// <summary>Whether it has a place for arrays, also where it has none.</summary>
    bool HasPlace { get; set; }

    /// <summary>Whether there are arrays in it or in what is within it.</summary>
    internal bool HoldsArrays => Arrays.Count > 0 || Parts.Values.Any(p => p.HoldsArrays);

    /// <summary>What a file holds; arrays are read when they are wanted.</summary>
    /// <exception cref="ModelFileException">The file is damaged, or has arrays that belong to no object.</exception>
    internal static WeightsObject Of(Hdf5Group root)
    {
        var made = new WeightsObject();
        made.Read(root);
        return made;
    }

    internal static WeightsObject Of(WeightsSnapshot weights)
    {
        var root = new WeightsObject();
        foreach (var part in weights.Parts) root.At(part.Path).Take(part.Name, part.Arrays);
        return root;
    }

    void Take(string? name, IEnumerable<(string Name, StoredArray Array)> arrays)
    {
        (Name, HasPlace) = (name, true);
        foreach (var (key, array) in arrays) Arrays[key] = array;
    }

    void Read(Hdf5Group group, bool isPlace = false)
    {
        if (!isPlace && group.Datasets.FirstOrDefault() is { } stray) throw stray.Bad("the array belongs to no object", $"arrays in groups {Hdf5Weights.Variables}", "one elsewhere");
        foreach (var inner in group.Groups)
            if (inner.Name != Hdf5Weights.Variables) At(Hdf5Weights.Modern(inner)).Read(inner);
            else
            {
                Take(inner.TryText("name"), inner.Datasets.Select(d => (d.Name, Hdf5Weights.Stored(d))));
                // An object may be called so, too.
                if (inner.Groups.Any()) At(inner.Name).Read(inner, isPlace: true);
            }
    }

    /// <summary>The object at a path below this one, made where there is none.</summary>
    WeightsObject At(string path)
    {
        var at = this;
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            at = at.Parts.TryGetValue(name, out var part) ? part : at.Parts[name] = new WeightsObject();
        return at;
    }

    /// <summary>All objects that have a place for arrays, to be written at and below a path.</summary>
    internal IEnumerable<WeightsSnapshot.Part> All(string path = "")
    {
        if (HasPlace || Arrays.Count > 0) yield return new(path, Name, [.. Arrays.Select(a => (a.Key, a.Value))]);
        foreach (var (name, part) in Parts)
            foreach (var inner in part.All(path.Length == 0 ? name : $"{path}/{name}")) yield return inner;
    }

    /// <summary>The object at a path, and the one that it is a part of.</summary>
    internal (WeightsObject Parent, WeightsObject Found)? Find(string path)
    {
        (WeightsObject Parent, WeightsObject Found) at = (this, this);
        foreach (var name in path.Split('/'))
        {
            if (!at.Found.Parts.TryGetValue(name, out var part)) return null;
            at = (at.Found, part);
        }
        return at;
    }

    /// <summary>The paths below a path of all objects of a name.</summary>
    internal IEnumerable<string> Named(string name, string path = "") => Parts.SelectMany(p =>
    {
        var full = path.Length == 0 ? p.Key : $"{path}/{p.Key}";
        var inner = p.Value.Named(name, full);
        return p.Key == name ? inner.Prepend(full) : inner;
    });
}
