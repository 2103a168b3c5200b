using System.Text.Json.Nodes;

namespace Keras;

/// <summary>What a layer applies to its result, element by element or along the last axis: one of Keras's activations by name, or a function
/// of one's own.</summary>
public sealed class ActivationFunction
{
    static readonly Dictionary<string, Func<Tensor[], Tensor>> Known = KnownFunctions.Of(typeof(Activations), 1);

    readonly Func<Tensor, Tensor> _function;
    Layer? _layer;

    ActivationFunction(string name, Func<Tensor, Tensor> function) => (Name, _function) = (name, function);

    /// <summary>Keras's name, or <c>custom</c>.</summary>
    public string Name { get; }

    /// <summary>Whether it is a function of one's own.</summary>
    internal bool IsCustom => _layer is not null || !Known.ContainsKey(Name);

    /// <summary>Whether it gives its input back.</summary>
    internal bool IsLinear => Name == "linear";

    /// <summary>Wraps a function of one's own.</summary>
    public static ActivationFunction Of(Func<Tensor, Tensor> function) => new("custom", function);

    /// <summary>The activation of a tensor.</summary>
    public Tensor Apply(Tensor x) => _function(x);

    /// <summary>Reads Keras's name, such as <c>"relu"</c>.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the known ones are listed.</exception>
    public static implicit operator ActivationFunction(string name) => new(name, Known.TryGetValue(name, out var function)
        ? x => function([x])
        : throw Errors.Argument("activation", "unknown name", string.Join(", ", Known.Keys.Order(StringComparer.Ordinal)), $"\"{name}\""));

    /// <summary>Reads what a config holds: a name, the object that Keras writes for a function, or a layer.</summary>
    internal static ActivationFunction Read(JsonNode node)
    {
        if (node is JsonObject o && JsonRead.TextOrNull(o["class_name"]) is not ("function" or "__lambda__")) return Of(Serialization.Read<Layer>(node));
        var name = JsonRead.FunctionName(node);
        return Saving.GetRegisteredObject(name) is Func<Tensor, Tensor> own ? new ActivationFunction(name, own) : name;
    }

    /// <summary>The form in a config: the bare name of one of Keras's, else the object that Keras writes for a function or a layer.</summary>
    /// <exception cref="NotSupportedException">It is a function of one's own that is not registered.</exception>
    internal JsonNode Write() => _layer is not null ? _layer.Serialize() : IsCustom ? Saving.WriteFunction(_function, "activation", Name) : Name;

    /// <summary>Wraps a layer.</summary>
    internal static ActivationFunction Of(Layer layer) => new(layer.Name, x => layer.Apply(x)) { _layer = layer };

    /// <summary>Keras's name.</summary>
    public override string ToString() => Name;
}
