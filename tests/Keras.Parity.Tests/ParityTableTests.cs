using System.Reflection;
using System.Text;
using Keras.Parity.Tests.Goldens;

namespace Keras.Parity.Tests;

/// <summary>Which of Keras's functions are there, with all of its arguments: <c>docs/parity.md</c>, which this test writes and holds true.</summary>
public class ParityTableTests
{
    static readonly Dictionary<string, string> Holders = new() { ["ops"] = "Ops", ["random"] = "Random", ["activations"] = "Activations" };

    /// <summary>What has another form in .NET.</summary>
    static readonly Dictionary<string, string> OtherForms = new()
    {
        ["keras.ops.shape"] = "`Tensor.Shape`",
        ["keras.ops.dtype"] = "`Tensor.DType`",
        ["keras.ops.custom_gradient"] = "`CustomGradient(result, inputs, rule)`",
        ["keras.ops.jvp"] = "an overload whose function gives more stands for `has_aux`",
        ["keras.Operation"] = "any function of tensors: it takes symbolic ones as it is; a `Layer` where it has weights",
        ["keras.ops.scan"] = "lists of tensors for structures",
    };

    [Test]
    public void The_table_is_true()
    {
        var path = Path.Combine(GoldenFolder.Sources, "docs", "parity.md");
        var table = Table();
        var written = File.Exists(path) ? File.ReadAllText(path) : "";
        if (written == table) return;
        if (Environment.GetEnvironmentVariable("KERAS_WRITE_DOCS") is not null) File.WriteAllText(path, table);
        else Assert.Fail($"docs/parity.md is out of date: run this test with KERAS_WRITE_DOCS=1 to write it anew.\n{table[..Math.Min(table.Length, 600)]}");
    }

    static string Table()
    {
        var rows = Rows().Select(r => (r.Area, r.Path, Lack: Lack(r.Area, r.Path, r.Arguments))).ToArray();
        var text = new StringBuilder("# Parity with Keras 3.16\n\nWhich functions are there, with all of Keras's arguments under the naming rule. Written by `ParityTableTests`\n"
            + "(`KERAS_WRITE_DOCS=1 dotnet test tests/Keras.Parity.Tests -c Release --filter ParityTable`); what they compute is held by the recorded calls.\n\n"
            + "| area | functions | there |\n| --- | --- | --- |\n");
        foreach (var area in rows.GroupBy(r => r.Area))
            text.Append($"| {area.Key} | {area.Count()} | {area.Count(r => r.Lack is null)} |\n");
        text.Append("\n## Missing\n\n| function | what |\n| --- | --- |\n");
        foreach (var row in rows.Where(r => r.Lack is not null)) text.Append($"| `{row.Path}` | {row.Lack} |\n");
        text.Append("\n## In another form\n\n| function | form |\n| --- | --- |\n");
        foreach (var (function, form) in OtherForms) text.Append($"| `{function}` | {form} |\n");
        return text.ToString();
    }

    static IEnumerable<(string Area, string Path, string[] Arguments)> Rows()
    {
        using var stream = typeof(ParityTableTests).Assembly.GetManifestResourceStream("api.tsv")!;
        using var reader = new StreamReader(stream);
        foreach (var line in reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = line.Split('\t');
            yield return (fields[0], fields[2], Arguments(fields[3]));
        }
    }

    static string[] Arguments(string signature) =>
        [.. signature.Split(',').Select(a => Key(a.Split('=')[0])).Where(a => a.Length > 0 && char.IsAsciiLetter(a[0]))];

    /// <summary>What is missing, or <c>null</c>.</summary>
    static string? Lack(string area, string path, string[] arguments)
    {
        if (OtherForms.ContainsKey(path)) return null;
        var name = Naming.Pascal(path[(path.LastIndexOf('.') + 1)..]);
        var holder = typeof(Tensor).Assembly.GetType($"Keras.{Holders[area]}")!;
        if (typeof(Tensor).Assembly.GetType($"Keras.{name}") is { IsPublic: true, IsAbstract: false }) return null;
        var overloads = holder.GetMethods(BindingFlags.Public | BindingFlags.Static).Where(m => m.Name == name).ToArray();
        if (overloads.Length == 0) return "absent";
        var known = overloads.SelectMany(m => m.GetParameters()).Select(p => Key(p.Name!)).ToHashSet();
        string[] unknown = [.. arguments.Where(a => !known.Contains(a))];
        return unknown.Length == 0 ? null : $"no argument {string.Join(", ", unknown.Select(u => $"`{u}`"))}";
    }

    static string Key(string name) => name.Trim().Trim('*').Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
}
