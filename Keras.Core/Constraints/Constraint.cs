using System.Text.Json.Nodes;

namespace Keras;

/// <summary>A rule that the values of a variable are brought to after each optimizer step.</summary>
public abstract class Constraint
{
    /// <summary>The values nearest to the given ones that keep the rule.</summary>
    public abstract Tensor Apply(Tensor w);

    /// <summary>The constraint as Keras writes it: <c>{"module", "class_name", "config"}</c>.</summary>
    public JsonObject Serialize() => Serialization.Write(this);

    /// <summary>The arguments that make the same again, by Keras's keys.</summary>
    public virtual JsonObject GetConfig() => ObjectConfig.Of(this);

    /// <summary>Makes a constraint of what <see cref="Serialize"/> gives, or of a name.</summary>
    /// <param name="config">As Keras writes it, or a name.</param>
    /// <param name="customObjects">Classes of one's own by name. Default the registered ones.</param>
    /// <exception cref="ArgumentException">The class is unknown, or its config does not fit.</exception>
    public static Constraint Deserialize(JsonNode config, CustomObjects? customObjects = null) => Serialization.Open<Constraint>(config, customObjects);

    /// <summary>Reads Keras's name, such as <c>"non_neg"</c>.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the known ones are listed.</exception>
    public static implicit operator Constraint(string name) => KnownTypes.Create<Constraint>(name);
}
