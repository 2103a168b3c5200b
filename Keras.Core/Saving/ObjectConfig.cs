using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keras;

/// <summary>Turns an object into the config that Keras writes for it, and back. Both are derived from the constructor: an argument's name is the
/// key, the property of the same name holds the value.</summary>
static class ObjectConfig
{
    static readonly ConditionalWeakTable<Type, ConstructorInfo> Constructors = [];

    /// <summary>The constructor that users call: the one with the most arguments.</summary>
    static ConstructorInfo Constructor(Type type) => Constructors.GetValue(type, FindConstructor);

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "ILLink.Descriptors.xml keeps the public types of this assembly whole; registering a type keeps it.")]
    static ConstructorInfo FindConstructor(Type type) =>
        type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).FirstOrDefault()
        ?? throw Errors.Unsupported(type.Name, "the class has no public constructor", "one", "none");

    /// <summary>Whether the constructor has these arguments.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "ILLink.Descriptors.xml keeps the public types of this assembly whole; registering a type keeps it.")]
    internal static bool Takes(Type type, params ReadOnlySpan<string> names)
    {
        if (type.GetConstructors().Length == 0) return false;
        var parameters = Constructor(type).GetParameters();
        foreach (var name in names)
            if (!parameters.Any(p => p.Name == name)) return false;
        return true;
    }

    /// <summary>Calls the constructor; an argument that has no value gets its default.</summary>
    internal static object Construct(Type type, Func<ParameterInfo, object?> value)
    {
        var constructor = Constructor(type);
        var arguments = constructor.GetParameters().Select(p => value(p) ?? Default(type, p)).ToArray();
        return constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, arguments, null);
    }

    static object? Default(Type type, ParameterInfo parameter) => parameter.HasDefaultValue ? DefaultOf(parameter)
        : throw Errors.Argument(type.Name, $"{Naming.ConfigKey(parameter.Name!)} is missing", "a value", "none");

    [UnconditionalSuppressMessage("Trimming", "IL2072", Justification = "The argument types are value types of this assembly.")]
    internal static object? DefaultOf(ParameterInfo parameter)
    {
        // Reflection gives null as the default of a struct argument.
        var missing = parameter.DefaultValue is null && parameter.ParameterType.IsValueType
            && Nullable.GetUnderlyingType(parameter.ParameterType) is null;
        return missing ? Activator.CreateInstance(parameter.ParameterType) : parameter.DefaultValue;
    }

    /// <summary>Makes an object of a class from its config.</summary>
    /// <exception cref="ArgumentException">A key is no argument of the class, or a value does not fit its argument.</exception>
    internal static object Construct(Type type, JsonObject config)
    {
        var used = new HashSet<string>();
        var made = Construct(type, parameter =>
        {
            var key = Naming.ConfigKey(parameter.Name!);
            used.Add(key);
            return config[key] is { } value ? Read(type, key, value, parameter.ParameterType)
                : config.ContainsKey(key) ? ValueKind.Of(parameter.ParameterType)?.None : null;
        });
        used.UnionWith(ConfigKeysAttribute.PassedOver(type));
        foreach (var (key, value) in config)
            if (!used.Contains(key) && value is not null && !IsIgnored(value))
                throw Errors.Argument(type.Name, $"\"{ModelFileException.Show(key)}\" is no argument", string.Join(", ", used), JsonRead.Short(value));
        return made;
    }

    /// <summary>A new object like another one, with some arguments replaced. Layers within are copied too, and what draws first weights draws anew.</summary>
    internal static object Copy(object made, Dictionary<string, object?>? replaced = null) =>
        // What a model is made of is its graph, not its arguments.
        made is Sequential or Model { Graph: not null } ? Models.CloneModel((Model)made) : CopyArguments(made, replaced);

    /// <summary>A new object by copies of the constructor's arguments.</summary>
    internal static object CopyArguments(object made, Dictionary<string, object?>? replaced) =>
        Construct(made.GetType(), (ParameterInfo parameter) => replaced is not null && replaced.TryGetValue(parameter.Name!, out var value) ? value : Property(made, parameter) switch
        {
            Layer layer => Copy(layer),
            IReadOnlyList<Layers.RNNCell> cells => cells.Select(c => (Layers.RNNCell)Copy(c)).ToArray(),
            IReadOnlyList<Layer> layers => layers.Select(l => (Layer)Copy(l)).ToArray(),
            IReadOnlyDictionary<string, Feature> features => features.ToDictionary(f => f.Key, f => f.Value.Copied()),
            Initializer initializer => Copy(initializer),
            // What a layer calls weights are its variables, not the argument.
            IReadOnlyList<Variable> => null,
            var other => other,
        });

    // Keras writes flags of features that are off for every layer, and arguments of functions that take none.
    static bool IsIgnored(JsonNode value) => value.GetValueKind() == JsonValueKind.False || value is JsonObject { Count: 0 };

    static object? Read(Type owner, string key, JsonNode value, Type type)
    {
        var kind = ValueKind.Of(type) ?? throw Errors.Unsupported(owner.Name, $"\"{key}\" cannot be read from a config", "a known kind of argument", type.Name);
        try
        {
            return kind.Read(value, type);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or OverflowException or ArgumentOutOfRangeException)
        {
            var expected = (Nullable.GetUnderlyingType(type) ?? type).Name;
            throw new ArgumentException(Errors.Message(owner.Name, $"\"{key}\" has a wrong value", expected, JsonRead.Short(value)), e);
        }
        // What a value says of itself gets the key in front, once.
        catch (ArgumentException e) when (e.Message.Length < 1000 && !e.Message.StartsWith($"[{owner.Name}]", StringComparison.Ordinal))
        {
            throw new ArgumentException($"[{owner.Name}] \"{key}\": {e.Message}", e);
        }
    }

    /// <summary>The config of an object, by the arguments of its constructor.</summary>
    internal static JsonObject Of(object made)
    {
        var config = new JsonObject();
        foreach (var parameter in Constructor(made.GetType()).GetParameters())
        {
            var key = Naming.ConfigKey(parameter.Name!);
            var presence = ConfigKeysAttribute.Of(made.GetType(), key);
            if (presence == Presence.Never) continue;
            if (Property(made, parameter) is { } value) config[key] = ValueKind.WriteAny(value);
            else if (presence != Presence.WhereGiven) config[key] = null;
        }
        return config;
    }

    /// <summary>The form of what one argument of the constructor has become.</summary>
    internal static JsonNode? Of(object made, ParameterInfo parameter) => ValueKind.WriteAny(Property(made, parameter));

    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "ILLink.Descriptors.xml keeps the public types of this assembly whole; registering a type keeps it.")]
    static object? Property(object made, ParameterInfo parameter)
    {
        var name = char.ToUpperInvariant(parameter.Name![0]) + parameter.Name[1..];
        if (made is Optimizer { Schedule: { } schedule } && name == nameof(Optimizer.LearningRate)) return schedule;
        var property = made.GetType().GetProperty(name)
            ?? throw Errors.Unsupported(made.GetType().Name, "a constructor argument has no property of its name", name, "none");
        return property.GetValue(made);
    }
}
