namespace Keras;

/// <summary>An open safetensors file, or a set of them with an index: names, types and metadata are known, and each tensor is read when asked for.
/// Safe to use from several threads.</summary>
public sealed class SafetensorsFile : IDisposable
{
    const string Format = SafetensorsHeader.Format;

    readonly Lock _reading = new();
    readonly List<(SafetensorsHeader Header, Stream Stream)> _parts = [];
    readonly Dictionary<string, (int Part, SafetensorsEntry Entry)> _byName = [];
    readonly List<string> _names = [];
    readonly bool _owns;

    internal SafetensorsFile(Stream stream, bool owns, LoadLimits limits)
    {
        _owns = owns;
        var header = SafetensorsHeader.Read(stream, limits);
        Add(header, stream);
        Metadata = header.Metadata;
    }

    internal SafetensorsFile(SafetensorsIndex index, LoadLimits limits)
    {
        _owns = true;
        Metadata = index.Metadata;
        try
        {
            foreach (var (path, names) in index.Shards)
            {
                var stream = index.Open(path);
                try
                {
                    var header = SafetensorsHeader.Read(stream, limits);
                    SafetensorsIndex.Check(path, names, header);
                    Add(header, stream);
                }
                catch
                {
                    stream.Dispose();
                    throw;
                }
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The names of the tensors, in the order of their bytes.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>What the writer said about the file; of an index the entries of its metadata as text.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    void Add(SafetensorsHeader header, Stream stream)
    {
        foreach (var entry in header.Entries)
        {
            _byName.Add(entry.Name, (_parts.Count, entry));
            _names.Add(entry.Name);
        }
        _parts.Add((header, stream));
    }

    /// <summary>Whether there is a tensor of this name.</summary>
    public bool Contains(string name) => _byName.ContainsKey(name);

    /// <summary>A tensor's element type and shape.</summary>
    /// <exception cref="ArgumentException">There is no tensor of this name.</exception>
    public TensorType TypeOf(string name) => Find(name).Entry.Type;

    /// <summary>Reads a tensor.</summary>
    /// <exception cref="ArgumentException">There is no tensor of this name.</exception>
    /// <exception cref="ModelFileException">The file has changed since it was opened, or a truth value is none.</exception>
    public Tensor Read(string name)
    {
        var (part, entry) = Find(name);
        var (header, stream) = _parts[part];
        lock (_reading)
        {
            stream.Position = header.DataStart + entry.Start;
            return Tensor.Literal(entry.Type, RawArray.Read(Format, name, entry.Type, stream));
        }
    }

    /// <summary>Reads all tensors.</summary>
    /// <exception cref="ModelFileException">The file has changed since it was opened, or a truth value is none.</exception>
    public Dictionary<string, Tensor> ReadAll()
    {
        var tensors = new Dictionary<string, Tensor>(_names.Count);
        foreach (var name in _names) tensors.Add(name, Read(name));
        return tensors;
    }

    (int Part, SafetensorsEntry Entry) Find(string name) => _byName.TryGetValue(name, out var found) ? found
        : throw Errors.Argument(Format, "there is no tensor of this name", $"one of {_names.Count} names", ModelFileException.Quoted(name));

    /// <summary>Closes the files that were opened by their path.</summary>
    public void Dispose()
    {
        if (!_owns) return;
        foreach (var (_, stream) in _parts) stream.Dispose();
    }
}
