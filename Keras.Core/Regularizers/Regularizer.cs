using System.Text.Json.Nodes;

namespace Keras;

/// <summary>A penalty on the values of a tensor that joins the loss.</summary>
public abstract class Regularizer
{
    /// <summary>The penalty, a scalar.</summary>
    public abstract Tensor Apply(Tensor x);

    /// <summary>The regularizer as Keras writes it: <c>{"module", "class_name", "config"}</c>.</summary>
    public JsonObject Serialize() => ObjectConfig.Serialize(this, "keras.regularizers");

    /// <summary>Makes a regularizer of what <see cref="Serialize"/> gives, or of a name.</summary>
    /// <exception cref="ArgumentException">The class is unknown, or its config does not fit.</exception>
    public static Regularizer Deserialize(JsonNode config) => ObjectConfig.Deserialize<Regularizer>(config);

    /// <summary>Reads Keras's name, such as <c>"l2"</c>.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the known ones are listed.</exception>
    public static implicit operator Regularizer(string name) => KnownTypes.Create<Regularizer>(name);
}
