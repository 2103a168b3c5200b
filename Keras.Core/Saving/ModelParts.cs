using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Keras;

/// <summary>The parts of a saved model by name: members of a zip archive, or files of a folder.</summary>
abstract class ModelParts : IDisposable
{
    internal const string Metadata = "metadata.json", Config = "config.json", Weights = "model.weights.h5", OldWeights = "model.weights.npz", Assets = "assets/";

    /// <summary>Whether there is such a part.</summary>
    internal abstract bool Has(string name);

    /// <summary>A part's content.</summary>
    internal abstract byte[] Read(string name, long most);

    /// <summary>A part to be read and moved in.</summary>
    private protected abstract Stream Open(string name);

    /// <summary>The names of the parts right below a folder.</summary>
    private protected abstract IEnumerable<string> Below(string folder);

    /// <summary>The weights, an HDF5 file.</summary>
    /// <exception cref="ModelFileException">There are none, or none that can be read.</exception>
    internal Stream OpenWeights() => Has(Weights) ? Open(Weights)
        : throw new ModelFileException("Keras", null, "the file has no weights that can be read", Weights,
            Has(OldWeights) ? $"{OldWeights}, which holds Python objects" : "none", Has(OldWeights) ? "Save it in Keras as .keras again." : null);

    /// <summary>What the layer at a path of the walk keeps beside its weights. What no layer asks for is never read.</summary>
    internal IReadOnlyDictionary<string, byte[]> AssetsAt(string path, long most)
    {
        var folder = path.Length == 0 ? Assets : $"{Assets}{path}/";
        return new AssetFiles(folder, Below(folder), name => Read(folder + name, most));
    }

    public virtual void Dispose()
    {
    }
}

/// <summary>A <c>.keras</c> file.</summary>
sealed class ZipParts(Stream stream, LoadLimits limits) : ModelParts
{
    readonly ZipArchiveReader _archive = new(stream, limits);

    internal override bool Has(string name) => _archive.Find(name) is not null;

    internal override byte[] Read(string name, long most) => _archive.ReadAll(Find(name), most);

    private protected override Stream Open(string name) => _archive.OpenSeekable(Find(name));

    /// <summary>Copies all parts but one to another archive.</summary>
    internal void CopyTo(ZipArchiveWriter to, string except)
    {
        foreach (var member in _archive.Members.Where(m => m.Name != except && !m.Name.EndsWith('/')))
            to.Add(member.Name, target =>
            {
                using var content = _archive.Open(member);
                content.CopyTo(target);
            }, ZipArchiveWriter.NoTime, member.Bytes);
    }

    private protected override IEnumerable<string> Below(string folder) => _archive.Members.Select(m => m.Name)
        .Where(n => n.StartsWith(folder, StringComparison.Ordinal) && n.Length > folder.Length && !n.AsSpan(folder.Length).Contains('/')).Select(n => n[folder.Length..]);

    ZipMember Find(string name) => _archive.Find(name) ?? throw new ModelFileException("zip", null, "the file has no such part", name, "none", "This is no saved model.");
}

/// <summary>The same parts as files, as Keras's <c>save(zipped=False)</c> leaves them.</summary>
sealed class FolderParts(string folder) : ModelParts
{
    internal override bool Has(string name) => File.Exists(PathOf(name));

    internal override byte[] Read(string name, long most)
    {
        using var stream = Open(name);
        if (stream.Length > most) throw new ModelFileException("folder", name, "the file is too large", $"at most {most} bytes", $"{stream.Length} bytes");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    private protected override Stream Open(string name)
    {
        var path = PathOf(name);
        if (!File.Exists(path)) throw new ModelFileException("folder", null, "the folder has no such file", name, "none", "This is no saved model.");
        // A link could name any file of the machine.
        return new FileInfo(path).LinkTarget is null ? InputFile.Open(path) : throw new ModelFileException("folder", name, "links are not followed", "a file", "a link");
    }

    private protected override IEnumerable<string> Below(string name)
    {
        var path = PathOf(name);
        return Directory.Exists(path) ? Directory.EnumerateFiles(path).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal) : [];
    }

    string PathOf(string name) => Path.Combine(folder, name.Replace('/', Path.DirectorySeparatorChar));
}

/// <summary>Files by name, each read when it is asked for.</summary>
sealed class AssetFiles(string folder, IEnumerable<string> names, Func<string, byte[]> read) : IReadOnlyDictionary<string, byte[]>
{
    readonly HashSet<string> _names = [.. names];

    public int Count => _names.Count;

    public IEnumerable<string> Keys => _names;

    public IEnumerable<byte[]> Values => _names.Select(read);

    public byte[] this[string key] => TryGetValue(key, out var content) ? content : throw Errors.Argument(folder, "there is no such file", $"\"{key}\"", $"{Count} others");

    public bool ContainsKey(string key) => _names.Contains(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out byte[] value)
    {
        value = _names.Contains(key) ? read(key) : null;
        return value is not null;
    }

    public IEnumerator<KeyValuePair<string, byte[]>> GetEnumerator() => _names.Select(n => KeyValuePair.Create(n, read(n))).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
