using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Keras;

/// <summary>A model as it is at one moment, to be written as an old <c>.h5</c> file, as Keras 3 still writes them.</summary>
sealed class LegacySnapshot
{
    /// <summary>The most bytes that a list of names may have in one attribute.</summary>
    const int MostOfAttribute = 64512;

    /// <summary>What a text takes in the list itself.</summary>
    const int Reference = 16;

    readonly Hdf5Writer _writer = new();

    /// <summary>Takes the model as it is.</summary>
    /// <exception cref="NotSupportedException">It holds something that no file can.</exception>
    internal LegacySnapshot(Model model, bool includeOptimizer)
    {
        var root = _writer.Root;
        var config = Serialization.Write(model);
        About(root);
        root.Attribute(LegacyModel.Config, PythonJson.Write(Strip(config)));
        if (includeOptimizer && config["compile_config"] is JsonObject { Count: > 0 } compiled) root.Attribute(LegacyModel.Training, PythonJson.Write(Training(compiled)));
        var weights = root.Group(LegacyWeights.Group);
        About(weights);
        Attribute(weights, LegacyWeights.LayerNames, [.. model.Layers.Select(l => l.Name)]);
        foreach (var layer in model.Layers) Add(weights.Group(layer.Name), LegacyWeights.Ordered(layer));
        Add(weights.Group(LegacyWeights.TopLevel), model.OwnVariables);
        if (includeOptimizer && model.Optimizer is { Variables: { Count: > 0 } slots }) Add(root.Group(LegacyModel.Optimizer), slots);
    }

    internal void WriteTo(Stream to) => _writer.WriteTo(to);

    static void About(Hdf5GroupWriter group)
    {
        group.Attribute(LegacyModel.Version, ModelSnapshot.KerasVersion);
        // What kernels look like; nothing reads more into it.
        group.Attribute(LegacyModel.Backend, "tensorflow");
    }

    static void Add(Hdf5GroupWriter group, IReadOnlyList<Variable> variables)
    {
        Attribute(group, LegacyWeights.WeightNames, [.. variables.Select(v => v.Path)]);
        foreach (var variable in variables)
        {
            var value = variable.Read();
            group.Dataset(variable.Path, variable.DType, variable.Shape, to => to.Write(value.EvaluateToKeep().Span));
        }
    }

    /// <summary>Writes a list of names, over several attributes where it is long.</summary>
    static void Attribute(Hdf5GroupWriter group, string name, string[] texts)
    {
        var size = texts.Length == 0 ? 0 : Math.Max(Reference, texts.Max(Encoding.UTF8.GetByteCount));
        var parts = (int)Math.Max(1, (((long)texts.Length * size) + MostOfAttribute - 1) / MostOfAttribute);
        while (parts > 1 && (long)size * ((texts.Length + parts - 1) / parts) > MostOfAttribute) parts++;
        if (parts == 1) group.Attribute(name, texts);
        else
            for (var (i, start) = (0, 0); i < parts; i++)
            {
                // The first ones take what does not divide evenly.
                var count = (texts.Length / parts) + (i < texts.Length % parts ? 1 : 0);
                group.Attribute(name + i.ToString(CultureInfo.InvariantCulture), texts[start..(start + count)]);
                start += count;
            }
    }

    /// <summary>A layer or model without what old readers do not know; what is within its config stays as it is.</summary>
    static JsonObject Strip(JsonObject node)
    {
        if (LegacyConfig.IsOperation(node)) return (JsonObject)node.DeepClone();
        var config = node["config"]!.DeepClone();
        if (config["layers"] is JsonArray layers && (config["output_layers"] is not null || NameOf(node) == "Sequential"))
            for (var i = 0; i < layers.Count; i++) layers[i] = Strip((JsonObject)layers[i]!);
        var made = new JsonObject { ["class_name"] = NameOf(node), ["config"] = config };
        foreach (var key in (string[])["name", "inbound_nodes"])
            if (node[key] is { } value) made[key] = value.DeepClone();
        return made;
    }

    static string NameOf(JsonObject node) => KnownTypes.NameIn(node)!;

    static JsonObject Training(JsonObject compiled)
    {
        var made = new JsonObject();
        foreach (var (key, value) in compiled)
            if (key != "optimizer") made[key] = Plain(value);
        if (compiled["optimizer"] is JsonObject optimizer) made["optimizer_config"] = Plain(optimizer);
        return made;
    }

    /// <summary>Objects without their modules, functions by their names.</summary>
    static JsonNode? Plain(JsonNode? value) => value switch
    {
        JsonObject o when JsonRead.TextOrNull(o["class_name"]) == "function" => o["config"]?.DeepClone(),
        JsonObject o when o["class_name"] is not null && o.ContainsKey("config") => new JsonObject { ["class_name"] = NameOf(o), ["config"] = o["config"]?.DeepClone() },
        _ => JsonRead.WithParts(value, Plain),
    };
}
