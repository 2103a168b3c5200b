using System.Text;
using System.Text.Json.Nodes;

namespace Keras;

/// <summary>Weights spread over several HDF5 files, which a <c>.weights.json</c> beside them lists.</summary>
sealed class ShardedWeights : WeightsSource, IDisposable
{
    internal const string Ending = ".weights.json", MapKey = "weight_map";

    readonly Dictionary<string, string[]> _map = [];
    readonly Dictionary<string, (FileStream Stream, Hdf5Weights Weights)> _shards = [];
    readonly string _folder;
    readonly LoadLimits _limits;

    /// <summary>Opens all files that the list names.</summary>
    /// <exception cref="ModelFileException">The list is none, or a file is missing, elsewhere or damaged.</exception>
    internal ShardedWeights(string path, LoadLimits limits)
    {
        (_folder, _limits) = (Path.GetDirectoryName(Path.GetFullPath(path))!, limits);
        var file = Path.GetFileName(path);
        try
        {
            foreach (var (group, names) in Map(path, file)) _map[group] = [.. Names(file, group, names).Select(name => Open(file, name))];
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    JsonObject Map(string path, string file)
    {
        using var stream = InputFile.Open(path);
        if (stream.Length > _limits.MaxTextBytes)
            throw new ModelFileException("JSON", file, "the text is too long", $"at most {_limits.MaxTextBytes} bytes", $"{stream.Length} bytes");
        var text = new byte[stream.Length];
        stream.ReadExactly(text);
        return (PythonJson.Read(text, file, _limits) as JsonObject)?[MapKey] as JsonObject
            ?? throw new ModelFileException("JSON", file, "this is no list of sharded weights", "an object weight_map", "none");
    }

    static IEnumerable<string> Names(string file, string group, JsonNode? names)
    {
        foreach (var name in names is JsonArray list ? list : [names?.DeepClone()])
            yield return JsonRead.TextOrNull(name) ?? throw new ModelFileException("JSON", file, $"an entry of weight_map is of another kind: \"{ModelFileException.Show(group)}\"",
                "a file name or a list of them", name is null ? "null" : name.GetValueKind());
    }

    string Open(string file, string name)
    {
        if (_shards.ContainsKey(name)) return name;
        if (_shards.Count >= _limits.MaxMembers) throw new ModelFileException("JSON", file, "there are too many shards", $"at most {_limits.MaxMembers}", "more");
        var stream = OpenShard(_folder, name);
        _shards[name] = (stream, null!);
        _shards[name] = (stream, new Hdf5Weights(Hdf5File.Open(stream, _limits)));
        return name;
    }

    /// <summary>Opens a file that a list names.</summary>
    /// <exception cref="ModelFileException">It is not in the list's folder, or a link.</exception>
    internal static FileStream OpenShard(string folder, string name)
    {
        var shown = $"\"{ModelFileException.Show(name)}\"";
        if (name is "" or "." or ".." || name.AsSpan().IndexOfAny("/\\:\0") >= 0)
            throw new ModelFileException("JSON", null, "a shard lies elsewhere", "the name of a file in the same folder", shown);
        var file = new FileInfo(Path.Combine(folder, name));
        if (!file.Exists) throw new ModelFileException("JSON", null, "a shard is missing", $"a file {shown} beside this one", "none");
        if (file.LinkTarget is not null) throw new ModelFileException("JSON", null, "a shard is a link", "a file in the same folder", $"a link {shown}");
        return InputFile.Open(file.FullName);
    }

    internal override VariableStore Get(string path)
    {
        var store = new VariableStore(path);
        foreach (var shard in _map.GetValueOrDefault(path.Length == 0 ? $"/{Hdf5Weights.Variables}" : $"/{path}/{Hdf5Weights.Variables}", []).Distinct())
            foreach (var (name, array) in _shards[shard].Weights.Get(path).Arrays)
            {
                if (store.Contains(name))
                    throw new ModelFileException("HDF5", $"/{path}/{Hdf5Weights.Variables}/{name}", "two shards have the same array", "one", $"another one in \"{shard}\"");
                store.Add(name, array);
            }
        return store;
    }

    internal override bool Has(string path) => _map.Keys.Any(k => k.StartsWith($"/{path}/", StringComparison.Ordinal));

    public void Dispose()
    {
        foreach (var (stream, _) in _shards.Values) stream.Dispose();
    }

    /// <summary>Writes the files, the list last.</summary>
    /// <param name="weights">What to write.</param>
    /// <param name="path">The list's path.</param>
    /// <param name="most">The most bytes of arrays in a file.</param>
    internal static void Write(WeightsSnapshot weights, string path, long most)
    {
        var shards = weights.Split(most);
        var (folder, stem) = (Path.GetDirectoryName(Path.GetFullPath(path))!, Path.GetFileName(path)[..^Ending.Length]);
        var map = new Dictionary<string, List<string>>();
        var files = new List<(string, Action<Stream>)>();
        for (var i = 0; i < shards.Count; i++)
        {
            var name = $"{stem}_{i:00000}{WeightsFile.Ending}";
            files.Add((Path.Combine(folder, name), shards[i].Writer.WriteTo));
            foreach (var group in shards[i].Groups)
            {
                if (!map.TryGetValue(group, out var names)) map[group] = names = [];
                names.Add(name);
            }
        }
        var list = new JsonObject
        {
            ["metadata"] = new JsonObject { ["total_size"] = (double)weights.Bytes },
            [MapKey] = new JsonObject(map.Select(m => KeyValuePair.Create(m.Key, m.Value is [var only] ? (JsonNode?)only : new JsonArray([.. m.Value.Select(n => (JsonNode)n)])))),
        };
        files.Add((path, to => to.Write(Encoding.UTF8.GetBytes(PythonJson.Write(list, indent: 4)))));
        AtomicFile.Write(files);
    }
}
