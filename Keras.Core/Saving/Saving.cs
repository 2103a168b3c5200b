using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json.Nodes;

namespace Keras;

/// <summary>What files may name, and objects as files hold them, as <c>keras.saving</c>. Reading never runs code: a name means a class of this
/// library, or what the program registered or passed by that name.</summary>
public static partial class Saving
{
    internal const DynamicallyAccessedMemberTypes Kept = DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.PublicProperties
        | DynamicallyAccessedMemberTypes.PublicMethods;

    static readonly Lock Lock = new();
    static readonly CustomObjects Registered = [];

    /// <summary>Makes a class of one's own nameable in configs and files, everywhere in the program.</summary>
    /// <typeparam name="T">A layer, loss, metric, optimizer, initializer, …: its public constructor takes what its config holds.</typeparam>
    /// <param name="package">Default that of its <see cref="RegisterKerasSerializableAttribute"/>, else <c>Custom</c>.</param>
    /// <param name="name">Default that of its attribute, else the class name.</param>
    /// <returns>The registered name, <c>package&gt;name</c>.</returns>
    /// <exception cref="ArgumentException">No config can hold such a class.</exception>
    public static string RegisterKerasSerializable<[DynamicallyAccessedMembers(Kept)] T>(string? package = null, string? name = null) where T : class =>
        RegisterKerasSerializable(typeof(T), package, name);

    /// <inheritdoc cref="RegisterKerasSerializable{T}"/>
    public static string RegisterKerasSerializable([DynamicallyAccessedMembers(Kept)] Type type, string? package = null, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(type);
        var said = type.GetCustomAttribute<RegisterKerasSerializableAttribute>();
        var full = FullName(package ?? said?.Package ?? "Custom", name ?? said?.Name ?? type.Name);
        lock (Lock) Registered.Add(full, type);
        return full;
    }

    /// <summary>Makes a function of one's own nameable in configs and files: an activation, a loss, a metric, the function of a <c>Lambda</c>.</summary>
    /// <param name="name">The name in the file: that of Python's function, or <c>package&gt;name</c>.</param>
    /// <param name="function">A function of a tensor, of two (targets and predictions), or of a <see cref="Nest"/>. A later one takes the name over.</param>
    /// <exception cref="ArgumentException">It takes other arguments.</exception>
    public static void RegisterKerasSerializable(string name, Delegate function)
    {
        lock (Lock) Registered.Add(name, function);
    }

    static string FullName(string package, string name) =>
        package.Contains('>', StringComparison.Ordinal) || name.Contains('>', StringComparison.Ordinal) || name.Length == 0
            ? throw Errors.Argument("Saving", "a registered name has a wrong form", "a package and a name without >", $"\"{package}\", \"{name}\"")
            : $"{package}>{name}";

    /// <summary>What is registered, and what the open scopes add; the names of the innermost scope count.</summary>
    public static IReadOnlyDictionary<string, object> GetCustomObjects()
    {
        var all = new Dictionary<string, object>(StringComparer.Ordinal);
        lock (Lock)
            foreach (var (name, item) in CustomObjectScope.Open.Append(Registered).SelectMany(o => o)) all.TryAdd(name, item);
        return all;
    }

    /// <summary>The name by which files call a class or function: <c>package&gt;name</c> where it is registered, else its own.</summary>
    public static string GetRegisteredName(object obj)
    {
        ArgumentNullException.ThrowIfNull(obj);
        lock (Lock)
            if (Registered.NameOf(obj) is { } name) return name;
        return obj switch
        {
            Type type => type.GetCustomAttribute<RegisterKerasSerializableAttribute>() is { } said ? FullName(said.Package, said.Name ?? type.Name) : type.Name,
            Delegate function => Naming.Snake(function.Method.Name),
            _ => GetRegisteredName(obj.GetType()),
        };
    }

    /// <summary>What a name means: a class or a function; <c>null</c> for an unknown one.</summary>
    /// <param name="name">The registered name.</param>
    /// <param name="customObjects">Looked at first. Default none.</param>
    /// <param name="moduleObjects">Looked at last. Default none.</param>
    public static object? GetRegisteredObject(string name, CustomObjects? customObjects = null, CustomObjects? moduleObjects = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (customObjects?.Find(name) is { } own) return own;
        if (CustomObjectScope.Open.Select(o => o.Find(name)).FirstOrDefault(o => o is not null) is { } inScope) return inScope;
        lock (Lock) return Registered.Find(name) ?? (name == LegacyConfig.OldHardSigmoid ? LegacyConfig.HardSigmoid : moduleObjects?.Find(name));
    }

    /// <summary>A class by its class name alone, where one and only one was registered under it in whichever package.</summary>
    internal static Type? FindByClassName(string name)
    {
        if (GetRegisteredObject(name) is Type exact) return exact;
        var ending = $">{name}";
        lock (Lock)
            return CustomObjectScope.Open.Append(Registered).SelectMany(o => o).Where(o => o.Key.EndsWith(ending, StringComparison.Ordinal)).Select(o => o.Value).OfType<Type>()
                .Distinct().ToArray() is [var only] ? only : null;
    }

    /// <summary>A function of one's own as Keras writes it: by its registered name.</summary>
    /// <exception cref="NotSupportedException">It is not registered.</exception>
    internal static JsonObject WriteFunction(Delegate function, string what, string? hint = null)
    {
        var name = hint is not null && function.Equals(GetRegisteredObject(hint)) ? hint : GetCustomObjects().FirstOrDefault(o => o.Value.Equals(function)).Key
            ?? throw Errors.Unsupported(what, "a function without a name cannot be saved", "one that Saving.RegisterKerasSerializable(name, function) was given", function.Method.Name);
        return WriteFunction(name);
    }

    internal static JsonObject WriteFunction(string name) => new()
    {
        ["module"] = "builtins",
        ["class_name"] = "function",
        ["config"] = name,
        ["registered_name"] = "function",
    };

    /// <summary>The classes that are registered, or in an open scope.</summary>
    internal static Type[] Types
    {
        get
        {
            lock (Lock) return [.. CustomObjectScope.Open.Append(Registered).SelectMany(o => o.Types).Distinct()];
        }
    }

    /// <summary>A layer, loss, metric, optimizer, initializer, … as Keras writes it: <c>{"module", "class_name", "config", "registered_name"}</c>;
    /// of numbers, strings, lists and the like their own form.</summary>
    /// <exception cref="NotSupportedException">Keras has no form for it.</exception>
    public static JsonNode? SerializeKerasObject(object? obj) => ValueKind.WriteAny(obj);

    /// <summary>The object that a config means.</summary>
    /// <typeparam name="T">What is wanted: <see cref="Layer"/>, <see cref="Loss"/>, <see cref="Optimizer"/>, …</typeparam>
    /// <param name="config">As <see cref="SerializeKerasObject"/> gives it, or a name.</param>
    /// <param name="customObjects">Classes and functions of one's own by name. Default the registered ones.</param>
    /// <exception cref="ArgumentException">The class is unknown or of another kind, or its config does not fit.</exception>
    public static T DeserializeKerasObject<T>(JsonNode config, CustomObjects? customObjects = null) where T : class => Serialization.Open<T>(config, customObjects);
}
