using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keras;

/// <summary>The index of a set of safetensors files: which file beside it holds which tensor.</summary>
sealed class SafetensorsIndex
{
    const string Format = "safetensors index";

    readonly string _folder;
    readonly Dictionary<string, List<string>> _shards = [];
    readonly Dictionary<string, string> _metadata = [];

    /// <summary>Reads and checks it; no other file is touched.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFileException">It is no index, or names files elsewhere.</exception>
    internal SafetensorsIndex(string path, LoadLimits limits)
    {
        // A link to an index is followed, but its shards are beside the link: so caches of downloads are built.
        _folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var root = Read(path, limits) as JsonObject ?? throw Bad(null, "this is no index", "a JSON object", "another value");
        if (root["weight_map"] is not JsonObject map) throw Bad("weight_map", "this is no index", "an object of file names", "none");
        if (map.Count > limits.MaxEntries) throw Bad("weight_map", "there are too many tensors", $"at most {limits.MaxEntries}", map.Count, "LoadLimits.MaxEntries allows more.");
        foreach (var (name, value) in map)
        {
            var file = FileName(name, value);
            if (!_shards.TryGetValue(file, out var names)) _shards.Add(file, names = []);
            names.Add(name);
        }
        if (root["metadata"] is JsonObject metadata)
            foreach (var (name, value) in metadata)
                _metadata.Add(name, value?.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : PythonJson.Write(value));
    }

    /// <summary>The files, each with the tensors that it shall have.</summary>
    internal IReadOnlyDictionary<string, List<string>> Shards => _shards;

    internal IReadOnlyDictionary<string, string> Metadata => _metadata;

    static JsonNode? Read(string path, LoadLimits limits)
    {
        using var stream = InputFile.Open(path);
        if (stream.Length > limits.MaxTextBytes)
            throw Bad(null, "the index is too long", $"at most {limits.MaxTextBytes} bytes", $"{stream.Length} bytes", "LoadLimits.MaxTextBytes allows more.");
        var text = new byte[stream.Length];
        var read = stream.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
        return PythonJson.Read(text.AsSpan(0, read), Path.GetFileName(path), limits);
    }

    /// <summary>The name of a file in the index's own folder. Nothing else is ever opened because an index says so.</summary>
    static string FileName(string tensor, JsonNode? value)
    {
        var name = value?.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : throw Bad(tensor, "the file is not named", "a string", value is null ? "null" : $"{value.GetValueKind()}");
        const string ending = ".safetensors";
        var isPlain = name.Length is > 0 and <= 255 && name.EndsWith(ending, StringComparison.Ordinal) && name != ending && !name.AsSpan().ContainsAny("/\\:") && !name.Any(char.IsControl);
        return isPlain ? name : throw Bad(tensor, "the file is not one beside the index", $"a plain name that ends with {ending}", ModelFileException.Quoted(name));
    }

    internal FileStream Open(string shard)
    {
        try
        {
            return InputFile.Open(Path.Combine(_folder, shard));
        }
        catch (FileNotFoundException e)
        {
            throw Bad(shard, "a file of the set is missing", "the file beside the index", "no such file", inner: e);
        }
    }

    /// <summary>Makes sure that a file has the tensors that the index says and no others, so that a name has one meaning.</summary>
    internal static void Check(string shard, List<string> names, SafetensorsHeader header)
    {
        var there = header.Entries.Select(e => e.Name).ToHashSet();
        if (names.Find(n => !there.Contains(n)) is { } missing) throw Bad(shard, "a tensor is missing", ModelFileException.Quoted(missing), $"{there.Count} tensors");
        there.ExceptWith(names);
        if (there.Count > 0) throw Bad(shard, "the file has a tensor that the index does not say is there", $"{names.Count} tensors", ModelFileException.Quoted(there.First()));
    }

    static ModelFileException Bad(string? path, string what, object expected, object received, string? hint = null, Exception? inner = null) =>
        new(Format, path, what, expected, received, hint, inner);
}
