using System.Diagnostics.CodeAnalysis;
using System.Reflection;

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

    static readonly Type[] All = Find();
    static volatile Type[] _registered = [];

    /// <summary>Makes a class of the program nameable.</summary>
    internal static void Register(Type type) => _registered = [.. _registered.Where(t => t.Name != type.Name), type];

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "ILLink.Descriptors.xml keeps the public types of this assembly.")]
    static Type[] Find() => [.. typeof(KnownTypes).Assembly.GetExportedTypes().Where(t => t is { IsAbstract: false, IsGenericType: false })];

    /// <summary>A new object of the class that a name means, with all arguments at their defaults.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the known ones are listed.</exception>
    internal static T Create<T>(string name) where T : class => (T)ObjectConfig.Construct(Type<T>(name), _ => null);

    /// <summary>The class that a class name, its snake case or an alias means.</summary>
    internal static Type Type<T>(string name) where T : class
    {
        var wanted = Aliases.GetValueOrDefault(name.ToLowerInvariant(), name);
        return TryFind<T>(wanted) ?? throw Errors.Argument(typeof(T).Name.ToLowerInvariant(), "unknown name",
            string.Join(", ", Of<T>().Select(Shown<T>).Order(StringComparer.Ordinal)), $"\"{name}\"");
    }

    // Keras spells optimizers without underscores, and accepts both.
    static string Shown<T>(Type type) => typeof(T) == typeof(Optimizer) ? type.Name.ToLowerInvariant() : Naming.Snake(type.Name);

    static Type? TryFind<T>(string name) => Of<T>().FirstOrDefault(t => t.Name == name || Naming.Snake(t.Name) == name
        || string.Equals(t.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>All classes of a kind.</summary>
    internal static IEnumerable<Type> Of<T>() => All.Concat(_registered).Where(t => t.IsAssignableTo(typeof(T)));
}
