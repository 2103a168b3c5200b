using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace Keras;

/// <summary>The classes that a name in a config or a string argument can mean: the public ones of this library that derive from one of its
/// open bases, and those that the program registers. Nothing else can be named.</summary>
static class KnownTypes
{
    static readonly Dictionary<string, string> Aliases = new()
    {
        ["mse"] = "MeanSquaredError",
        ["mae"] = "MeanAbsoluteError",
        ["mape"] = "MeanAbsolutePercentageError",
        ["msle"] = "MeanSquaredLogarithmicError",
        ["bce"] = "BinaryCrossentropy",
        ["kld"] = "KLDivergence",
        ["uniform"] = "RandomUniform",
        ["normal"] = "RandomNormal",
        ["one"] = "Ones",
        ["zero"] = "Zeros",
        ["identityinitializer"] = "Identity",
        ["orthogonalinitializer"] = "Orthogonal",
        ["stftinitializer"] = "STFT",
    };

    /// <summary>Classes whose names in files are others than here, with the modules that Keras writes for them.</summary>
    static readonly Dictionary<Type, (string Module, string Name, string? Registered)> Others = new()
    {
        [typeof(Model)] = ("keras.src.models.functional", "Functional", "Functional"),
        [typeof(Sequential)] = ("keras", "Sequential", null),
        [typeof(Layers.Input)] = ("keras.layers", "InputLayer", null),
        [typeof(Losses.LossFunctionWrapper)] = ("keras.src.losses.losses", "LossFunctionWrapper", "LossFunctionWrapper"),
        [typeof(DTypePolicy)] = ("keras", "DTypePolicy", null),
        [typeof(FloatDTypePolicy)] = ("keras.dtype_policies", "FloatDTypePolicy", null),
    };

    // What holds an object of another framework, or code.
    static readonly string[] Refused = ["TorchModuleWrapper", "TFSMLayer", "JaxLayer", "FlaxLayer", "__lambda__", "__typespec__"];

    static readonly Type[] Bases = [typeof(Layer), typeof(Loss), typeof(Metric), typeof(Optimizer), typeof(LearningRateSchedule), typeof(Initializer), typeof(Regularizer),
        typeof(Constraint), typeof(DTypePolicy)];

    static readonly Type[] All = Find();

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "ILLink.Descriptors.xml keeps the public types of this assembly.")]
    static Type[] Find() => [.. typeof(KnownTypes).Assembly.GetExportedTypes().Where(t => t is { IsAbstract: false, IsGenericType: false })];

    /// <summary>A class of the program that configs may name.</summary>
    /// <exception cref="ArgumentException">No config can hold such a class.</exception>
    internal static Type Checked(Type type) => type is { IsAbstract: false, IsGenericTypeDefinition: false } && Array.Exists(Bases, b => b.IsAssignableFrom(type)) ? type
        : throw Errors.Argument("CustomObjects", "no config can hold such a class", string.Join(", ", Bases.Select(b => b.Name)), type.Name);

    /// <summary>A new object of the class that a name means, with all arguments at their defaults.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the known ones are listed.</exception>
    internal static T Create<T>(string name) where T : class => (T)ObjectConfig.Construct(Named<T>(name), _ => null);

    /// <summary>The class that a class name, its snake case or an alias means.</summary>
    static Type Named<T>(string name) where T : class
    {
        if (Saving.GetRegisteredObject(name) is Type own && own.IsAssignableTo(typeof(T))) return own;
        var wanted = Aliases.GetValueOrDefault(name.ToLowerInvariant(), name);
        return TryFind<T>(wanted) ?? throw Errors.Argument(typeof(T).Name.ToLowerInvariant(), "unknown name",
            string.Join(", ", Of<T>().Select(Shown<T>).Order(StringComparer.Ordinal)), $"\"{name}\"");
    }

    // Keras spells optimizers without underscores, and accepts both.
    static string Shown<T>(Type type) => typeof(T) == typeof(Optimizer) ? type.Name.ToLowerInvariant() : Naming.Snake(type.Name);

    static Type? TryFind<T>(string name) => Of<T>().FirstOrDefault(t => t.Name == name || Naming.Snake(t.Name) == name
        || string.Equals(t.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>All classes of a kind.</summary>
    internal static IEnumerable<Type> Of<T>() => All.Concat(Saving.Types).Where(t => t.IsAssignableTo(typeof(T)));

    /// <summary>The module, the name and the registered name that Keras writes for a class.</summary>
    internal static (string? Module, string Name, string? Registered) NameOf(Type type)
    {
        if (Others.TryGetValue(type, out var other)) return other;
        if (type.Assembly != typeof(KnownTypes).Assembly) return (null, type.Name, Saving.GetRegisteredName(type));
        var room = type.Namespace == "Keras" ? "keras.dtype_policies"
            : type.Namespace!.ToLowerInvariant();
        return (room, type.Name, null);
    }

    /// <summary>The name of a serialized object's class, with its package where it is a registered one; <c>null</c> where it says none.</summary>
    internal static string? NameIn(JsonObject node) => JsonRead.TextOrNull(node["registered_name"]) is { } registered && registered.Contains('>', StringComparison.Ordinal)
        ? registered : JsonRead.TextOrNull(node["class_name"]);

    /// <summary>The class that a serialized object is of.</summary>
    /// <exception cref="ArgumentException">It is unknown, refused, or of another kind, or its names do not agree.</exception>
    internal static Type Resolve<T>(JsonObject node) where T : class
    {
        var kind = typeof(T).Name.ToLowerInvariant();
        var name = JsonRead.TextOrNull(node["class_name"]) ?? throw Errors.Argument(kind, "the config names no class", "class_name, a string", JsonRead.Short(node["class_name"]));
        var (module, registered) = (JsonRead.TextOrNull(node["module"]), JsonRead.TextOrNull(node["registered_name"]));
        var shown = JsonRead.Short(name);
        if (Refused.Contains(name))
            throw Errors.Argument(kind, "the class holds code or an object of another framework, which is never loaded", "a class of Keras or a registered one", shown,
                "Write it in C# as a class of its own and pass it as a custom object.");
        var builtIn = module is null || module == "keras" || module.StartsWith("keras.", StringComparison.Ordinal) ? BuiltIn<T>(name) : null;
        var custom = registered is not null && Saving.GetRegisteredObject(registered) is Type exact ? exact
            : module is null || builtIn is null ? Saving.FindByClassName(name) : null;
        // One meaning a file: both names say the same class, or one of them is no class's.
        var agree = registered is null || registered == name || registered.EndsWith($">{name}", StringComparison.Ordinal)
            || (custom is not null && custom.Name == name ? Saving.GetRegisteredName(custom) == registered : custom is not null && builtIn is null);
        if (!agree || (builtIn is not null && module is not null && registered?.Contains('>', StringComparison.Ordinal) == true))
            throw Errors.Argument(kind, "class_name and registered_name mean different classes", shown, JsonRead.Short(registered));
        var found = custom ?? builtIn ?? throw Unknown(kind, name, module, registered);
        return found.IsAssignableTo(typeof(T)) ? found : throw Errors.Argument(kind, "the class is of another kind", kind, shown);
    }

    static ArgumentException Unknown(string kind, string name, string? module, string? registered) => Errors.Argument(kind, "the class is unknown",
        "a class of Keras, or one that the program registered",
        $"class_name {JsonRead.Short(name)}, module {JsonRead.Short(module)}, registered_name {JsonRead.Short(registered)}",
        "Write it in C# and register it: Saving.RegisterKerasSerializable<YourClass>(package, name), or pass customObjects.");

    static Type? BuiltIn<T>(string name)
    {
        if (name == "Model" && typeof(Model).IsAssignableTo(typeof(T))) return typeof(Model);
        foreach (var (type, names) in Others)
            if (names.Name == name && type.IsAssignableTo(typeof(T))) return type;
        // Optimizers are matched without regard to case, initializers and metrics by snake case too, as in Keras.
        var exact = Array.Find(All, t => t.Name == name && t.IsAssignableTo(typeof(T)) && t != typeof(Model));
        if (exact is not null || typeof(T) == typeof(Layer)) return exact;
        var wanted = Aliases.GetValueOrDefault(name.ToLowerInvariant(), name);
        return Array.Find(All, t => t.IsAssignableTo(typeof(T)) && (Naming.Snake(t.Name) == wanted || string.Equals(t.Name, wanted, StringComparison.OrdinalIgnoreCase)));
    }
}
