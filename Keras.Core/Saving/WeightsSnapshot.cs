namespace Keras;

/// <summary>The weights of a model and the state of its optimizer as they are at one moment. Taking it copies nothing: training may go on while it
/// is written.</summary>
sealed class WeightsSnapshot
{
    readonly List<Part> _parts = [];

    /// <summary>What is given.</summary>
    internal WeightsSnapshot(IEnumerable<Part> parts) => _parts.AddRange(parts);

    internal WeightsSnapshot(Model model, bool includeOptimizer = true)
    {
        foreach (var (path, saved) in SavedObjects.Of(model))
        {
            if (saved is Optimizer && !includeOptimizer) continue;
            var store = new VariableStore(path);
            if (saved is Layer layer) layer.SaveOwnVariables(store);
            else ((Optimizer)saved).SaveOwnVariables(store);
            _parts.Add(new Part(path, SavedObjects.NameOf(saved), [.. store.Arrays]));
        }
        if (includeOptimizer && model.UnknownOptimizer is { } kept) _parts.AddRange(kept.Parts.Select(v => new Part(v.Path, null, v.Arrays)));
    }

    internal IReadOnlyList<Part> Parts => _parts;

    /// <summary>The bytes of all arrays.</summary>
    internal long Bytes => _parts.Sum(p => p.Arrays.Sum(a => a.Array.Type.Bytes));

    /// <summary>Writes them as one HDF5 file.</summary>
    internal void WriteTo(Stream stream)
    {
        var writer = new Hdf5Writer();
        foreach (var part in _parts)
        {
            AddGroup(writer, part);
            foreach (var (name, array) in part.Arrays) Add(writer, part, name, array);
        }
        writer.WriteTo(stream);
    }

    static void AddGroup(Hdf5Writer writer, Part part)
    {
        var group = writer.Root.Group(part.Group);
        if (part.Name is not null) group.Attribute("name", part.Name);
    }

    static void Add(Hdf5Writer writer, Part part, string name, StoredArray array) =>
        writer.Root.Dataset($"{part.Group}/{name}", array.Type.DType, array.Type.Shape, to => to.Write(array.Read().Span));

    /// <summary>Spreads them over several files, as Keras does: a file is full when the next array would make it larger than it may be.</summary>
    /// <exception cref="ArgumentException">One array alone is larger than a file may be.</exception>
    internal IReadOnlyList<Shard> Split(long most)
    {
        var shards = new List<Shard> { new() };
        long size = 0;
        foreach (var part in _parts)
        {
            AddGroup(shards[^1].Writer, part);
            foreach (var (name, array) in part.Arrays)
            {
                var bytes = array.Type.Bytes;
                if (bytes > most)
                    throw Errors.Argument(part.Group, $"array \"{name}\" is larger than a shard may be", $"at most {most} bytes", bytes, "A larger maxShardSize makes room.");
                if (size + bytes > most)
                {
                    shards.Add(new());
                    size = 0;
                }
                size += bytes;
                Add(shards[^1].Writer, part, name, array);
                shards[^1].Groups.Add($"/{part.Group}");
            }
        }
        return shards;
    }

    /// <summary>One of several files.</summary>
    internal sealed class Shard
    {
        internal Hdf5Writer Writer { get; } = new();

        /// <summary>The paths of the groups of which it holds arrays.</summary>
        internal HashSet<string> Groups { get; } = [];
    }

    /// <summary>The arrays of one object.</summary>
    /// <param name="Path">Where the walk through a model finds it.</param>
    /// <param name="Name">Its own name, where it is known.</param>
    /// <param name="Arrays">Its arrays by name.</param>
    internal sealed record Part(string Path, string? Name, IReadOnlyList<(string Name, StoredArray Array)> Arrays)
    {
        internal string Group => Path.Length == 0 ? Hdf5Weights.Variables : $"{Path}/{Hdf5Weights.Variables}";
    }
}
