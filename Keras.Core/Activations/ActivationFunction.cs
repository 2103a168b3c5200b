namespace Keras;

/// <summary>What a layer applies to its result, element by element or along the last axis: one of Keras's activations by name, or a function
/// of one's own.</summary>
public sealed class ActivationFunction
{
    static readonly Dictionary<string, Func<Tensor[], Tensor>> Known = KnownFunctions.Of(typeof(Activations), 1);

    readonly Func<Tensor, Tensor> _function;

    ActivationFunction(string name, Func<Tensor, Tensor> function) => (Name, _function) = (name, function);

    /// <summary>Keras's name, or <c>custom</c>.</summary>
    public string Name { get; }

    /// <summary>Whether it is a function of one's own.</summary>
    internal bool IsCustom => !Known.ContainsKey(Name);

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

    /// <summary>Keras's name.</summary>
    public override string ToString() => Name;
}
