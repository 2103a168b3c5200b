using System.Text.Json.Nodes;

namespace Keras.Parity.Tests;

/// <summary>Compares two <c>.keras</c> files in all but the values: members, keys of configs, groups, arrays, attributes.</summary>
static class SavedFileShape
{
    /// <param name="isStarted">Whether the optimizer has made a step: loading gives it what it remembers, as in Keras.</param>
    internal static void Compare(byte[] expected, byte[] received, bool isStarted = true)
    {
        var (theirs, ours) = (Zip(expected), Zip(received));
        Assert.That(ours.Members.Select(m => m.Name), Is.EqualTo(theirs.Members.Select(m => m.Name)), "members");
        Assert.That(ours.Members.Select(m => m.IsDeflated), Is.All.False);
        Same("config.json", Lines(Config(theirs)), Lines(Config(ours)));
        Same("model.weights.h5", Lines(Weights(theirs)), Lines(Weights(ours)).Where(l => isStarted || !l.StartsWith("/optimizer/vars/", StringComparison.Ordinal) || l[16] is '0' or '1' && l[17] == ' '));
        foreach (var member in theirs.Members.Where(m => m.Name.StartsWith("assets/", StringComparison.Ordinal)))
            Assert.That(ours.ReadAll(ours.Find(member.Name)!), Is.EqualTo(theirs.ReadAll(member)), member.Name);
    }

    /// <summary>Compares two old files in all but the values, and the backend that wrote them.</summary>
    internal static void CompareLegacy(byte[] expected, byte[] received)
    {
        var (theirs, ours) = (Hdf5File.Open(new MemoryStream(expected)).Root, Hdf5File.Open(new MemoryStream(received)).Root);
        foreach (var config in (string[])["model_config", "training_config"])
            Same(config, Lines(JsonNode.Parse(theirs.TryText(config)!)), Lines(JsonNode.Parse(ours.TryText(config)!)));
        Same("groups", LegacyLines(theirs), LegacyLines(ours));
    }

    static IEnumerable<string> LegacyLines(Hdf5Group group) => group.Groups.SelectMany(LegacyLines)
        .Append($"{group.Path} {string.Join(", ", group.AttributeNames.Where(a => !a.EndsWith("_config", StringComparison.Ordinal) && a != "backend").Order(StringComparer.Ordinal).Select(a => $"{a}={string.Join('|', group.TryTexts(a)!)}"))}")
        .Concat(group.Datasets.Select(d => $"{d.Path} {d.DType} {d.Shape}"));

    static void Same(string what, IEnumerable<string> expected, IEnumerable<string> received)
    {
        string[] theirs = [.. expected.Order(StringComparer.Ordinal)], ours = [.. received.Order(StringComparer.Ordinal)];
        if (!theirs.SequenceEqual(ours))
            Assert.Fail($"{what}: missing: {string.Join("; ", theirs.Except(ours))}. Too much: {string.Join("; ", ours.Except(theirs))}.");
    }

    static ZipArchiveReader Zip(byte[] file) => new(new MemoryStream(file));

    static JsonNode Config(ZipArchiveReader zip) => PythonJson.Read(zip.ReadAll(zip.Find("config.json")!), "config.json")!;

    static Hdf5Group Weights(ZipArchiveReader zip) => Hdf5File.Open(new MemoryStream(zip.ReadAll(zip.Find("model.weights.h5")!))).Root;

    internal static IEnumerable<string> Lines(JsonNode? node, string path = "") => node switch
    {
        JsonObject o => o.Where(p => p.Key != "shared_object_id").SelectMany(p => Lines(p.Value, $"{path}/{p.Key}")),
        JsonArray list => list.SelectMany((v, i) => Lines(v, $"{path}/{i}")),
        _ => IsOfPython(path, node) ? [] : [$"{path} {node?.ToJsonString() ?? "null"}"],
    };

    // Keras on PyTorch writes classes of its own for optimizers, and modules of Python are none here.
    static bool IsOfPython(string path, JsonNode? node) => (path.Contains("/optimizer/", StringComparison.Ordinal) && path.Split('/')[^1] is "module" or "registered_name")
        || (path.EndsWith("/module", StringComparison.Ordinal) && (node is null || (string)node! is var module && module.Contains("_test", StringComparison.Ordinal)));

    internal static IEnumerable<string> Lines(Hdf5Group group)
    {
        // The numbers of automatic names are the process's.
        var about = string.Join(", ", group.AttributeNames.Select(a => $"{a}={group.TryText(a)!.TrimEnd("0123456789".ToCharArray()).TrimEnd('_')}"));
        return group.Groups.OrderBy(g => g.Path, StringComparer.Ordinal).SelectMany(Lines).Prepend($"{group.Path} {about}")
            .Concat(group.Datasets.OrderBy(d => d.Path, StringComparer.Ordinal).Select(d => $"{d.Path} {d.DType} {d.Shape} {string.Join(", ", d.AttributeNames)}"));
    }
}
