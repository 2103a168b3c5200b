using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keras.Core.Tests.Layers;

/// <summary>The configs that Keras wrote for recorded layers come back as they were.</summary>
sealed class LayerConfigTests
{
    // Keras has two names for one class.
    static readonly Dictionary<string, string> OtherFiles = new() { ["GroupQueryAttention"] = "GroupedQueryAttention" };

    // The one recorded Pipeline has a layer that its test wrote.
    static IEnumerable<string> Recorded() =>
        LayerTable.Rows.Select(r => r.Type.Name).Distinct().Where(name => File.Exists(Recording(name)) && name != "Pipeline");

    [TestCaseSource(nameof(Recorded))]
    public void Config_is_what_Keras_writes(string name)
    {
        var type = LayerTable.Rows.First(r => r.Type.Name == name).Type;
        var configs = Configs(name);
        Assert.That(configs, Is.Not.Empty);
        foreach (var config in configs)
        {
            var layer = (Layer)ObjectConfig.Construct(type, config);
            Assert.That(Canonical(layer.GetConfig()), Is.EqualTo(Canonical(config)).Using<JsonElement>(JsonElement.DeepEquals));
        }
    }

    static JsonObject[] Configs(string name) =>
        [.. File.ReadLines(Recording(name)).Select(line => JsonNode.Parse(line)!["config"]!["config"]!.AsObject()).Where(IsPlain)];

    // Layers of the recorded tests themselves are not among ours; nor are those with a Python function, nor convolutions with low-rank adaptation.
    static bool IsPlain(JsonObject config) => (config["lora_rank"] is null || !config.ContainsKey("filters"))
        && config["activation"] is not JsonObject && config["output_shape"] is not JsonObject && config.Select(p => p.Value).Concat(config["cell"]?["config"]?["cells"]?.AsArray() ?? []).Concat(config["layers"]?.AsArray() ?? []).OfType<JsonObject>().All(IsOurs);

    static bool IsOurs(JsonObject part) => part["module"]?.GetValue<string>().Contains("_test", StringComparison.Ordinal) != true;

    static JsonElement Canonical(JsonNode config)
    {
        foreach (var part in config.AsObject().Select(p => p.Value).SelectMany(p => p is JsonArray list ? [.. list] : new[] { p }).OfType<JsonObject>())
        {
            // A layer that is built says for which shape; those here are not.
            foreach (var key in (string[])["shared_object_id", "build_config"]) part.Remove(key);
            // A function is written as its name.
            if (part["config"] is not JsonObject inner) continue;
            part["config"] = JsonNode.Parse(Canonical(inner).GetRawText());
        }
        return JsonDocument.Parse(config.ToJsonString()).RootElement;
    }

    static string Recording(string name) => Path.Combine(Root, "layers", $"{OtherFiles.GetValueOrDefault(name, name)}.jsonl");

    static string Root { get; } = Environment.GetEnvironmentVariable("KERAS_GOLDENS") is { Length: > 0 } named ? named : AboveTests();

    static string AboveTests()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, "tests", "goldens"))) folder = folder.Parent;
        return Path.Combine(folder?.FullName ?? "", "tests", "goldens");
    }
}
