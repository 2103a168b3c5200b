namespace Keras;

/// <summary>Where an object stands. Paths are put together when they are asked for: together they are far larger than a file of
/// long names that are nested.</summary>
readonly record struct Hdf5Place(Hdf5Group? Parent, string Name)
{
    internal string Path => Parent is null ? "/" : Parent.Place.Parent is null ? $"/{Name}" : $"{Parent.Path}/{Name}";
}

/// <summary>A group or a dataset: something with a path and attributes.</summary>
abstract class Hdf5Object
{
    private protected Hdf5Object(Hdf5File file, Hdf5Place place, List<Hdf5Message> messages) => (File, Place, Messages) = (file, place, messages);

    private protected Hdf5File File { get; }

    private protected List<Hdf5Message> Messages { get; }

    /// <summary>The path from the file's root, such as <c>/layers/dense/vars</c>; the root's is <c>/</c>.</summary>
    internal string Path => Place.Path;

    internal Hdf5Place Place { get; }

    /// <summary>The last part of the path.</summary>
    internal string Name => Place.Name;

    Dictionary<string, Hdf5Attribute> Attributes => field ??= Hdf5Attribute.ReadAll(At(), Messages);

    /// <summary>The names of the attributes.</summary>
    internal IReadOnlyCollection<string> AttributeNames => Attributes.Keys;

    /// <summary>An attribute that is one text, or <c>null</c> where there is none of that name.</summary>
    /// <exception cref="ModelFileException">It is something else.</exception>
    internal string? TryText(string name) => TryTexts(name) switch
    {
        null => null,
        [var text] => text,
        var texts => throw Bad($"attribute \"{name}\" is not one text", "one", $"{texts.Length}"),
    };

    /// <summary>An attribute that is a list of texts, or <c>null</c> where there is none of that name. An empty array of any type
    /// is the empty list: h5py writes it so.</summary>
    /// <exception cref="ModelFileException">It is something else.</exception>
    internal string[]? TryTexts(string name) => Attributes.TryGetValue(name, out var attribute) ? attribute.Texts(At()) : null;

    private protected Hdf5Source At(Hdf5Place? place = null)
    {
        File.Source.Place = place ?? Place;
        return File.Source;
    }

    internal ModelFileException Bad(string what, object? expected, object? received, string? hint = null) => At().Bad(what, expected, received, hint);

    private protected Hdf5Message? Find(int type)
    {
        Hdf5Message? found = null;
        foreach (var message in Messages)
            if (message.Type == type)
                found = found is null ? message : throw Bad("the object says one thing twice", "one message of a type", $"two of type {type}");
        return found;
    }
}
