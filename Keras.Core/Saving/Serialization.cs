using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json.Nodes;

namespace Keras;

/// <summary>Objects as Keras writes them: <c>{"module", "class_name", "config", "registered_name"}</c>, with what else belongs to layers and models.</summary>
static class Serialization
{
    /// <summary>The deepest nesting of JSON and of objects within objects.</summary>
    internal const int MaxDepth = 1024, MaxNested = 200;

    internal static JsonObject Write(object made) => made is Model model ? WriteScope.Run(() => Form(model)) : Form(made);

    static JsonObject Form(object made)
    {
        var (module, name, registered) = KnownTypes.NameOf(made.GetType());
        var node = new JsonObject { ["module"] = module, ["class_name"] = name };
        node["config"] = made switch
        {
            Layer layer => layer.GetConfig(),
            Optimizer optimizer => optimizer.GetConfig(),
            Loss loss => loss.GetConfig(),
            Metric metric => metric.GetConfig(),
            LearningRateSchedule schedule => schedule.GetConfig(),
            Initializer initializer => initializer.GetConfig(),
            Regularizer regularizer => regularizer.GetConfig(),
            Constraint constraint => constraint.GetConfig(),
            DTypePolicy policy => policy.GetConfig(),
            _ => ObjectConfig.Of(made),
        };
        node["registered_name"] = registered;
        if (made is Layer built && built.GetBuildConfig() is { } shapes) node["build_config"] = shapes;
        if (made is Model model) node["compile_config"] = model.GetCompileConfig() ?? [];
        if (made is Layer shared) WriteScope.Mark(shared, node);
        return node;
    }

    /// <summary>Reads from outside: what is given may be anything, and any failure is an error that says where.</summary>
    internal static T Open<T>(JsonNode config, CustomObjects? customObjects = null) where T : class
    {
        ArgumentNullException.ThrowIfNull(config);
        using var scope = customObjects is null ? null : new CustomObjectScope(customObjects);
        return ReadScope.Run(config, () => Read<T>(config));
    }

    /// <summary>Reads a config from outside by a class's own reader.</summary>
    internal static T Open<T>(JsonObject config, Func<JsonObject, T> read, CustomObjects? customObjects) where T : Layer
    {
        ArgumentNullException.ThrowIfNull(config);
        using var scope = customObjects is null ? null : new CustomObjectScope(customObjects);
        return ReadScope.Run(config, () =>
        {
            var made = (T)ReadScope.Within([], () => read(config));
            CheckName(typeof(T), made.Name);
            return made;
        });
    }

    internal static T Read<T>(JsonNode node, Type? wanted = null) where T : class
    {
        if (node is not JsonObject o)
            return typeof(T) != typeof(Layer) && JsonRead.TextOrNull(node) is { } name ? KnownTypes.Create<T>(name) : throw new FormatException();
        if (JsonRead.TextOrNull(o["class_name"]) == "function" && typeof(T) != typeof(Layer)) return Function<T>(JsonRead.FunctionName(o));
        var made = ReadScope.Current is { } scope ? scope.Nested(o, () => Make<T>(o)) : Make<T>(o);
        wanted ??= typeof(T);
        return wanted.IsInstanceOfType(made) ? (T)made : throw Errors.Argument("config", $"a {typeof(T).Name.ToLowerInvariant()} is of another kind", wanted.Name, made.GetType().Name);
    }

    static T Function<T>(string name) where T : class => Saving.GetRegisteredObject(name) is Func<Tensor, Tensor, Tensor> own
        ? typeof(T) == typeof(Loss) ? (T)(object)Loss.Of(own, name) : typeof(T) == typeof(Metric) ? (T)(object)Metric.Of(own, name) : KnownTypes.Create<T>(name)
        : KnownTypes.Create<T>(name);

    static object Make<T>(JsonObject node) where T : class
    {
        var type = KnownTypes.Resolve<T>(node);
        var config = node["config"] switch
        {
            null => [],
            JsonObject o => o,
            var other => throw Errors.Argument(type.Name, "the config is of another kind", "an object", JsonRead.Short(other)),
        };
        if (!type.IsAssignableTo(typeof(Layer))) return ObjectConfig.Construct(type, config);
        var layer = ReadScope.Within(node, () => type == typeof(Sequential) ? Sequential.Read(config) : type == typeof(Model) || Model.IsFunctional(type, config) ? Model.Read(type, config)
            : (Layer)(FromConfig(type) is { } own ? own(config) : ObjectConfig.Construct(type, config)));
        CheckName(type, layer.Name);
        if (layer is Model model && node["compile_config"] is JsonObject { Count: > 0 } compiled) ReadScope.WhenBuilt(() => model.CompileFromConfig(compiled));
        return layer;
    }

    /// <summary>The class's own reader: a public static method <c>FromConfig(JsonObject)</c>.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "ILLink.Descriptors.xml keeps the public types of this assembly whole; registering a type keeps its methods.")]
    static Func<JsonObject, object>? FromConfig(Type type) =>
        type.GetMethod("FromConfig", BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly, [typeof(JsonObject)]) is { } method && method.ReturnType.IsAssignableTo(typeof(Layer))
            ? config => method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [config], null)! : null;

    // Names are shown to people and are parts of paths in files.
    static void CheckName(Type type, string name)
    {
        if (name.Length is 0 or > 1000 || name is "." or ".." || name.Any(c => char.IsControl(c) || c is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069')))
            throw Errors.Argument(type.Name, "the name is no name", "1 to 1000 printable characters", JsonRead.Short(name));
    }
}
