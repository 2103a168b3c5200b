using System.Globalization;
using System.Text;

namespace Keras;

/// <summary>A layer, or the model itself, as a file's configuration lists it.</summary>
/// <param name="Depth">How many models and wrappers it is within: 0 for the model itself.</param>
/// <param name="ClassName">Its class: <c>Dense</c>, or <c>package&gt;name</c> of a registered one.</param>
/// <param name="Name">Its name; empty where the file gives none.</param>
/// <param name="Input">The shape of its input as Keras shows it, such as <c>(None, 3)</c>; <c>null</c> where the file does not say.</param>
public sealed record ModelFileLayer(int Depth, string ClassName, string Name, string? Input);

/// <summary>An array in a file.</summary>
/// <param name="Path">Where in the file it is, such as <c>layers/dense/vars/0</c>.</param>
/// <param name="DType">The type of its elements; <c>null</c> where they are none that a tensor can have.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Bytes">How much memory its elements take.</param>
public sealed record ModelFileArray(string Path, DType? DType, Shape Shape, long Bytes);

/// <summary>What is in a file of a model or of weights, without making the model: <c>.keras</c> and the folder of its parts, <c>.h5</c> of any
/// age, <c>.weights.h5</c>, <c>.weights.json</c>, safetensors, <c>.npy</c>, <c>.npz</c>, or a model's configuration as JSON. What the file is, its
/// content says.</summary>
/// <example><code>Console.WriteLine(ModelFileInfo.Read("model.keras"));</code></example>
public sealed class ModelFileInfo
{
    const int WidestColumn = 80;
    const string Gap = "  ";

    internal ModelFileInfo(string name) => FileName = name;

    /// <summary>The file's name without its folder.</summary>
    public string FileName { get; }

    /// <summary>What kind of file it is, in words.</summary>
    public string Format { get; internal set; } = "unknown";

    /// <summary>The file's length; of a folder, the length of all its files.</summary>
    public long FileBytes { get; internal set; }

    /// <summary>The version of Keras that wrote it; <c>null</c> where it does not say.</summary>
    public string? KerasVersion { get; internal set; }

    /// <summary>What Keras ran on then; <c>null</c> where it does not say.</summary>
    public string? Backend { get; internal set; }

    /// <summary>When it was saved, as the file says; <c>null</c> where it does not.</summary>
    public string? DateSaved { get; internal set; }

    /// <summary>The class of the optimizer that the model was compiled with; <c>null</c> for none.</summary>
    public string? Optimizer { get; internal set; }

    /// <summary>The layers of the configuration in its order, the model itself first; empty where the file has none.</summary>
    public IReadOnlyList<ModelFileLayer> Layers { get; internal set; } = [];

    /// <summary>The arrays, in the file's order; numbered ones by their number.</summary>
    public IReadOnlyList<ModelFileArray> Arrays => ArrayList;

    /// <summary>What else there is, such as a layer's vocabulary, with its length.</summary>
    public IReadOnlyList<(string Name, long Bytes)> Others => OtherList;

    /// <summary>Whether the model can be loaded; <c>null</c> where that was not tried, or the file holds none.</summary>
    public bool? CanBeLoaded { get; internal set; }

    /// <summary>Why the file, or a part of it, cannot be read or loaded; empty where all can.</summary>
    public IReadOnlyList<string> Problems => ProblemList;

    internal List<ModelFileArray> ArrayList { get; } = [];

    internal List<(string Name, long Bytes)> OtherList { get; } = [];

    internal List<string> ProblemList { get; } = [];

    /// <summary>Reads what a file holds. Damage is no exception, but listed in <see cref="Problems"/> beside what is still readable.</summary>
    /// <param name="path">The file, or the folder of a model's parts. Files that a list of shards names are looked for beside it.</param>
    /// <param name="limits">What the file may ask for. Default <see cref="LoadLimits.Default"/>.</param>
    /// <param name="tryLoad">Whether a saved model is loaded too, with all its weights, to tell whether it can be. Default false.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static ModelFileInfo Read(string path, LoadLimits? limits = null, bool tryLoad = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new ModelFileReader(path, limits ?? LoadLimits.Default).Read(tryLoad);
    }

    /// <summary>All of it as text, a line for each layer and array.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Plain(FileName)}: {Format}, {Size(FileBytes)}\n");
        string?[] facts = [KerasVersion is null ? null : $"Keras {Plain(KerasVersion)}", Backend is null ? null : $"on {Plain(Backend)}",
            DateSaved is null ? null : $"saved {Plain(DateSaved)}", Optimizer is null ? null : $"compiled with {Plain(Optimizer)}"];
        if (facts.Any(f => f is not null)) text.AppendJoin(", ", facts.Where(f => f is not null)).Append('\n');
        Append(text, "layer", Layers.Count(l => l.Depth > 0), null, Layers.Select(l => (Indented(l), Plain(l.Name), l.Input is null ? "" : $"takes {Plain(l.Input)}")));
        Append(text, "array", Arrays.Count, Arrays.Aggregate(0L, (sum, a) => unchecked(sum + a.Bytes)), Arrays.Select(a => (Plain(a.Path), $"{a.DType?.Name() ?? "no numbers"} {a.Shape}", Size(a.Bytes))));
        Append(text, "other part", Others.Count, Others.Sum(o => o.Bytes), Others.Select(o => (Plain(o.Name), "", Size(o.Bytes))));
        if (CanBeLoaded is { } can) text.Append(can ? "\nIt can be loaded.\n" : "\nIt cannot be loaded.\n");
        if (Problems.Count > 0) text.Append('\n').Append(Problems.Count == 1 ? "Problem" : "Problems").Append('\n');
        foreach (var problem in Problems) text.Append("  ").Append(problem).Append('\n');
        return text.ToString().TrimEnd('\n');
    }

    /// <summary>A table; a text that is too wide for its column moves only its own line.</summary>
    static void Append(StringBuilder text, string what, int count, long? bytes, IEnumerable<(string First, string Second, string Third)> rows)
    {
        var all = rows.ToList();
        if (all.Count == 0) return;
        text.Append(CultureInfo.InvariantCulture, $"\n{(count == 0 ? "no" : $"{count:N0}")} {what}{(count == 1 ? "" : "s")}{(bytes is { } size ? $", {Size(size)}" : "")}\n");
        var (first, second) = (Width(all.Select(r => r.First)), Width(all.Select(r => r.Second)));
        foreach (var row in all) text.Append(Gap).Append($"{Padded(row.First, first)}{Padded(row.Second, second)}{row.Third}".TrimEnd()).Append('\n');
    }

    static int Width(IEnumerable<string> column) => Math.Min(WidestColumn, column.Max(c => c.Length));

    static string Padded(string text, int width) => width == 0 ? "" : text.PadRight(width) + Gap;

    static string Indented(ModelFileLayer layer) => new string(' ', Math.Min(WidestColumn, Gap.Length * layer.Depth)) + Plain(layer.ClassName);

    static string Plain(string text) => ModelFileException.Show(text);

    static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} {(bytes == 1 ? "byte" : "bytes")}");
}
