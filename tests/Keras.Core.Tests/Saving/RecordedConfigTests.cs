using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keras.Core.Tests.Saving;

/// <summary>What Keras wrote for the objects of the recorded calls comes back as it was: module, class, config and registered name.</summary>
sealed class RecordedConfigTests
{
    // Classes of the recorded tests themselves, and those of which no class here is of the name.
    static bool IsOurs(JsonObject node) => !((string?)node["module"] ?? "_test").Contains("_test", StringComparison.Ordinal);

    static IEnumerable<TestCaseData> Recorded() =>
        from area in (string[])["losses", "metrics", "optimizers", "schedules", "initializers", "regularizers", "constraints"]
        from file in Directory.EnumerateFiles(Path.Combine(Goldens.Root, area), "*.jsonl").Order(StringComparer.Ordinal)
        where Configs(file).Any()
        select new TestCaseData(area, file).SetName($"{area}/{Path.GetFileNameWithoutExtension(file)}");

    [TestCaseSource(nameof(Recorded))]
    public void Objects_are_written_as_Keras_writes_them(string area, string file)
    {
        foreach (var config in Configs(file))
            Assert.That(Plain(Again(area, config)), Is.EqualTo(Plain(config)).Using<JsonElement>(JsonElement.DeepEquals), config.ToJsonString());
    }

    static IEnumerable<JsonObject> Configs(string file) => File.ReadLines(file).Select(l => Decoded(JsonNode.Parse(l)!["config"])).OfType<JsonObject>().Where(IsOurs);

    // Keras leaves these out of its configs, and so loses them; here they are written, as arguments of the same constructors.
    static readonly Dictionary<string, string> Kept = new() { ["CosineSimilarity"] = "axis", ["SparseTopKCategoricalAccuracy"] = "from_sorted_ids", ["Identity"] = "gain" };

    [OneTimeSetUp]
    public static void RegisterRecordedFunctions()
    {
        foreach (var name in (string[])["test>mse", "my_custom_package>my_mean_squared_error"])
            Keras.Saving.RegisterKerasSerializable(name, (Tensor t, Tensor p) => LossFunctions.MeanSquaredError(t, p));
    }

    static JsonObject Again(string area, JsonNode config) => area switch
    {
        "losses" => Loss.Deserialize(config).Serialize(),
        "metrics" => Metric.Deserialize(config).Serialize(),
        "optimizers" => Optimizer.Deserialize(config).Serialize(),
        "schedules" => LearningRateSchedule.Deserialize(config).Serialize(),
        "initializers" => Initializer.Deserialize(config).Serialize(),
        "regularizers" => Regularizer.Deserialize(config).Serialize(),
        _ => Constraint.Deserialize(config).Serialize(),
    };

    // Recorded values within a config: arrays and numbers that JSON has no word for.
    static JsonNode? Decoded(JsonNode? node) => node switch
    {
        JsonObject o when o["tensor"] is JsonObject && o.Count == 1 => null,
        JsonObject o => new JsonObject(o.Select(p => KeyValuePair.Create(p.Key, Decoded(p.Value)))),
        JsonArray a => new JsonArray([.. a.Select(Decoded)]),
        _ => node?.DeepClone(),
    };

    // The torch backend writes a module of its own for its optimizers, of a class that is the same.
    static JsonElement Plain(JsonNode config)
    {
        var copy = config.DeepClone().AsObject();
        if (((string?)copy["module"])!.StartsWith("keras.src.backend.torch.optimizers", StringComparison.Ordinal)) (copy["module"], copy["registered_name"]) = ("keras.optimizers", null);
        copy.Remove("shared_object_id");
        if (Kept.TryGetValue((string)copy["class_name"]!, out var more)) copy["config"]!.AsObject().Remove(more);
        return JsonDocument.Parse(copy.ToJsonString()).RootElement;
    }
}
