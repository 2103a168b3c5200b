using System.Text.Json.Nodes;

namespace Keras;

public abstract partial class Layer
{
    /// <summary>The arguments that make the same layer again, by Keras's keys.</summary>
    public virtual JsonObject GetConfig() => ObjectConfig.Of(this);

    /// <summary>The layer as Keras writes it, without its weights: <c>{"module", "class_name", "config"}</c>.</summary>
    public JsonObject Serialize() => ObjectConfig.Serialize(this, GetType().Assembly == typeof(Layer).Assembly ? "keras.layers" : null);

    /// <summary>Makes a layer of what <see cref="Serialize"/> gives.</summary>
    /// <exception cref="ArgumentException">The class is unknown, or its config does not fit.</exception>
    public static Layer Deserialize(JsonNode config) => ObjectConfig.Deserialize<Layer>(config);
}
