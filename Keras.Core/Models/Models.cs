using System.Text.Json.Nodes;

namespace Keras;

/// <summary>Functions on whole models, as <c>keras.models</c>.</summary>
public static partial class Models
{
    /// <summary>Makes the model that <see cref="Model.ToJson"/> describes; its weights are new.</summary>
    /// <param name="jsonString">The JSON, of this library or of Keras.</param>
    /// <param name="customObjects">Classes and functions of one's own by name. Default the registered ones.</param>
    /// <exception cref="ArgumentException">This is no model, a class is unknown, or the config does not fit together.</exception>
    /// <exception cref="ModelFileException">This is no JSON, or larger or deeper than files may be, or tf.keras wrote it with a function that has no equal.</exception>
    public static Model ModelFromJson(string jsonString, CustomObjects? customObjects = null)
    {
        ArgumentNullException.ThrowIfNull(jsonString);
        var node = PythonJson.Read(jsonString, "model_from_json")
            ?? throw Errors.Argument("model_from_json", "this is no model", "a JSON object", "null");
        using var scope = customObjects is null ? null : new CustomObjectScope(customObjects);
        // What tf.keras writes tells its version, as its files do.
        if (node is JsonObject old && JsonRead.TextOrNull(old[LegacyModel.Version]) is { } version && LegacyConfig.Major(version) < 3) node = LegacyConfig.Upgrade(old, version);
        return Serialization.Open<Layer>(node) as Model ?? throw Errors.Argument("model_from_json", "this is a layer, no model", "a model", JsonRead.Short(node["class_name"]));
    }
}
