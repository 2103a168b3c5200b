namespace Keras.Parity.Tests.Goldens;

/// <summary>One recorded call: its area (folder), name (file), id, and everything it holds.</summary>
public sealed record GoldenCase(string Area, string Name, string Id, GoldenValue.Dict Fields)
{
    /// <summary>The field's value; an absent one is an error that names the case.</summary>
    public GoldenValue this[string field] => Find(field)
        ?? throw new KeyNotFoundException($"The golden {this} has no '{field}'. It has: {string.Join(", ", Fields.Items.Keys)}.");

    public GoldenValue? Find(string field) => Fields.Find(field);

    public override string ToString() => $"{Area}/{Name}/{Id}";
}

/// <summary>The recorded values on disk: the folder KERAS_GOLDENS names, else <c>tests/goldens</c> of the source tree.</summary>
public static class GoldenFolder
{
    /// <summary>The root of the source tree.</summary>
    public static string Sources { get; } = FindSources();

    public static string Root { get; } = Environment.GetEnvironmentVariable("KERAS_GOLDENS") is { Length: > 0 } named
        ? Path.GetFullPath(named)
        : Path.Combine(Sources, "tests", "goldens");

    /// <summary>Names of the files of an area, sorted: the ops, layers, … that have cases.</summary>
    public static IEnumerable<string> Names(string area) => Directory
        .EnumerateFiles(Path.Combine(Root, area), "*.jsonl")
        .Select(file => Path.GetFileNameWithoutExtension(file))
        .Order(StringComparer.Ordinal);

    /// <summary>All cases of an area, in a fixed order.</summary>
    public static IEnumerable<GoldenCase> Read(string area) => Names(area).SelectMany(name => Read(area, name));

    /// <summary>The cases of one file of an area.</summary>
    public static IEnumerable<GoldenCase> Read(string area, string name) => File
        .ReadLines(Path.Combine(Root, area, name + ".jsonl"))
        .Select(line => GoldenReader.Parse(line).As<GoldenValue.Dict>())
        .Select(fields => new GoldenCase(area, name, fields.Find("id")!.As<GoldenValue.Text>().Value, fields));

    /// <summary>A whole JSON file, such as <c>models/mlp_sgd/case.json</c>.</summary>
    public static GoldenValue ReadJson(string path) => GoldenReader.Parse(File.ReadAllText(Path.Combine(Root, path)));

    static string FindSources([System.Runtime.CompilerServices.CallerFilePath] string path = "")
    {
        // The sources' place when this was compiled, else above the assembly.
        foreach (var start in (string[])[Path.GetDirectoryName(path) ?? "/", AppContext.BaseDirectory])
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
                if (File.Exists(Path.Combine(folder.FullName, "Keras.Core", "Keras.Core.csproj"))) return folder.FullName;
        throw new DirectoryNotFoundException($"No sources above {AppContext.BaseDirectory}.");
    }
}
