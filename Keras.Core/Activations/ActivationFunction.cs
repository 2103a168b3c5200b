using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Keras;

/// <summary>What a layer applies to its result, element by element or along the last axis: one of Keras's activations by name, or a function
/// of one's own.</summary>
public sealed class ActivationFunction
{
    static readonly Dictionary<string, Func<Tensor, Tensor>> Known = Find();

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
        ? function
        : throw Errors.Argument("activation", "unknown name", string.Join(", ", Known.Keys.Order(StringComparer.Ordinal)), $"\"{name}\""));

    // The functions of the class Activations are the known names: the list is not written twice.
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "The class is kept whole by ILLink.Descriptors.xml.")]
    static Dictionary<string, Func<Tensor, Tensor>> Find()
    {
        var known = new Dictionary<string, Func<Tensor, Tensor>>(StringComparer.Ordinal);
        foreach (var method in typeof(Activations).GetMethods(BindingFlags.Public | BindingFlags.Static).Where(m => m.ReturnType == typeof(Tensor)))
            known[Naming.ConfigKey(char.ToLowerInvariant(method.Name[0]) + method.Name[1..])] = x => Invoke(method, x);
        return known;
    }

    static Tensor Invoke(MethodInfo method, Tensor x)
    {
        var parameters = method.GetParameters();
        var arguments = new object?[parameters.Length];
        arguments[0] = x;
        for (var i = 1; i < arguments.Length; i++) arguments[i] = parameters[i].DefaultValue is DBNull ? null : parameters[i].DefaultValue;
        return (Tensor)method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
    }

    /// <summary>Keras's name.</summary>
    public override string ToString() => Name;
}
