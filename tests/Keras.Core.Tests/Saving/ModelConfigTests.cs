using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keras.Core.Tests.Saving;

/// <summary>What Keras wrote for whole models comes back as it was.</summary>
sealed class ModelConfigTests
{
    // What is refused, by what stands in the config.
    static readonly Dictionary<string, string> Refused = new()
    {
        ["\"module\":\"keras.src.saving.saving_lib_test\""] = "a class that the recorded test defines in Python",
        ["\"module\":\"keras.src.saving.saving_api_test\""] = "a class that the recorded test defines in Python",
        ["\"module\":\"keras.src.utils.torch_utils_test\""] = "a class that the recorded test defines in Python",
        ["\"module\":\"keras.src.dtype_policies.dtype_policy_map_test\""] = "a class that the recorded test defines in Python",
        ["\"class_name\":\"Quantized"] = "quantized weights",
        ["\"class_name\":\"Int4DTypePolicy\""] = "quantized weights",
        ["\"lora_rank\":2"] = "low-rank adaptation",
        ["\"lora_rank\":4"] = "low-rank adaptation",
        ["\"__lambda__\""] = "code of Python",
    };

    static IEnumerable<TestCaseData> Recorded() =>
        from folder in Directory.EnumerateDirectories(Path.Combine(Goldens.Root, "models")).Order(StringComparer.Ordinal)
        select new TestCaseData(folder).SetName($"models/{Path.GetFileName(folder)}");

    [TestCaseSource(nameof(Recorded))]
    public void Trained_models_are_written_as_Keras_writes_them(string folder)
    {
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "case.json")))!["config"]!;
        Check(config);
    }

    static IEnumerable<TestCaseData> Saved() =>
        from file in Directory.EnumerateFiles(Path.Combine(Goldens.Root, "saved"), "*.keras").Order(StringComparer.Ordinal)
        select new TestCaseData(file).SetName($"saved/{Path.GetFileNameWithoutExtension(file)}");

    [TestCaseSource(nameof(Saved))]
    public void Saved_models_are_written_as_Keras_writes_them(string file)
    {
        using var archive = ZipFile.OpenRead(file);
        using var entry = archive.GetEntry("config.json")!.Open();
        var config = JsonNode.Parse(entry)!;
        var text = config.ToJsonString(new() { WriteIndented = false });
        if (Refused.Keys.Any(k => text.Contains(k, StringComparison.Ordinal))) Assert.That(() => Layer.Deserialize(config), Throws.InstanceOf<ArgumentException>().Or.InstanceOf<NotSupportedException>());
        else Check(config);
    }

    [TestCase("k_func"), TestCase("k_mixed_bfloat16")]
    public void Models_of_other_files_are_written_as_Keras_writes_them(string name) =>
        Check(JsonNode.Parse(File.ReadAllText(Path.Combine(TestContext.CurrentContext.TestDirectory, "Saving", "data", $"{name}.config.json")))!);

    static void Check(JsonNode config)
    {
        var expected = Plain(config);
        var received = Plain(Layer.Deserialize(config).Serialize());
        if (!JsonElement.DeepEquals(expected, received)) Assert.Fail(Difference(expected, received, "$")!);
    }

    static string? Difference(JsonElement a, JsonElement b, string path)
    {
        if (JsonElement.DeepEquals(a, b)) return null;
        if (a.ValueKind == JsonValueKind.Object && b.ValueKind == JsonValueKind.Object)
        {
            foreach (var p in a.EnumerateObject())
                if (!b.TryGetProperty(p.Name, out var other)) return $"{path}.{p.Name} is missing: {p.Value}";
                else if (Difference(p.Value, other, $"{path}.{p.Name}") is { } found) return found;
            return $"{path} has more: {string.Join(", ", b.EnumerateObject().Where(p => !a.TryGetProperty(p.Name, out _)).Select(p => $"{p.Name}: {p.Value}"))}";
        }
        if (a.ValueKind == JsonValueKind.Array && b.ValueKind == JsonValueKind.Array && a.GetArrayLength() == b.GetArrayLength())
            for (var i = 0; i < a.GetArrayLength(); i++)
                if (Difference(a[i], b[i], $"{path}[{i}]") is { } found) return found;
        return $"{path}: expected {a}, received {b}";
    }

    // The torch backend writes a module of its own for its optimizers; ids of what is shared are any numbers.
    static JsonElement Plain(JsonNode config)
    {
        var copy = config.DeepClone();
        Walk(copy);
        return JsonDocument.Parse(copy.ToJsonString()).RootElement;

        static void Walk(JsonNode? node)
        {
            if (node is JsonObject o)
            {
                if (((string?)(o["module"] as JsonValue))?.StartsWith("keras.src.backend.torch.optimizers", StringComparison.Ordinal) == true) (o["module"], o["registered_name"]) = ("keras.optimizers", null);
                o.Remove("shared_object_id");
                foreach (var p in o.ToArray()) Walk(p.Value);
            }
            else if (node is JsonArray list)
            {
                foreach (var item in list) Walk(item);
            }
        }
    }
}
