using System.Text.Json.Nodes;

namespace Keras;

/// <summary>A penalty on the values of a tensor that joins the loss.</summary>
public abstract class Regularizer
{
    /// <summary>The penalty, a scalar.</summary>
    public abstract Tensor Apply(Tensor x);

    /// <summary>The regularizer as Keras writes it: <c>{"module", "class_name", "config"}</c>.</summary>
    public JsonObject Serialize() => Serialization.Write(this);

    /// <summary>The arguments that make the same again, by Keras's keys.</summary>
    public virtual JsonObject GetConfig() => ObjectConfig.Of(this);

    /// <summary>Makes a regularizer of what <see cref="Serialize"/> gives, or of a name.</summary>
    /// <param name="config">As Keras writes it, or a name.</param>
    /// <param name="customObjects">Classes of one's own by name. Default the registered ones.</param>
    /// <exception cref="ArgumentException">The class is unknown, or its config does not fit.</exception>
    public static Regularizer Deserialize(JsonNode config, CustomObjects? customObjects = null) => Serialization.Open<Regularizer>(config, customObjects);

    /// <summary>Reads Keras's name, such as <c>"l2"</c>.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the known ones are listed.</exception>
    public static implicit operator Regularizer(string name) => KnownTypes.Create<Regularizer>(name);
}
