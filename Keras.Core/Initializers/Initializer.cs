using System.Text.Json.Nodes;

namespace Keras;

/// <summary>Makes the first values of a variable.</summary>
public abstract class Initializer
{
    /// <summary>Values of a shape.</summary>
    /// <param name="shape">The shape, fully known.</param>
    /// <param name="dtype">Default <see cref="Config.Floatx"/>.</param>
    public abstract Tensor Apply(Shape shape, DType? dtype = null);

    /// <summary>The initializer as Keras writes it: <c>{"module", "class_name", "config"}</c>.</summary>
    public JsonObject Serialize() => Serialization.Write(this);

    /// <summary>The arguments that make the same again, by Keras's keys.</summary>
    public virtual JsonObject GetConfig() => ObjectConfig.Of(this);

    /// <summary>Makes an initializer of what <see cref="Serialize"/> gives, or of a name.</summary>
    /// <param name="config">As Keras writes it, or a name.</param>
    /// <param name="customObjects">Classes of one's own by name. Default the registered ones.</param>
    /// <exception cref="ArgumentException">The class is unknown, or its config does not fit.</exception>
    public static Initializer Deserialize(JsonNode config, CustomObjects? customObjects = null) => Serialization.Open<Initializer>(config, customObjects);

    /// <summary>Reads Keras's name, such as <c>"glorot_uniform"</c> or <c>"zeros"</c>.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the known ones are listed.</exception>
    public static implicit operator Initializer(string name) => KnownTypes.Create<Initializer>(name);
}
