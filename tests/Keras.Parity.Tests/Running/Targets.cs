using System.Reflection;
using System.Text.Json.Nodes;
using Keras.Parity.Tests.Goldens;

namespace Keras.Parity.Tests.Running;

/// <summary>Finds what a recorded name means in the library, by the two naming rules.</summary>
static class Targets
{
    static readonly Type[] Exported = typeof(Tensor).Assembly.GetExportedTypes();

    static readonly Dictionary<string, string> FunctionClasses = new()
    {
        ["ops"] = "Ops",
        ["activations"] = "Activations",
        ["losses_fn"] = "LossFunctions",
        ["utils"] = "Utils",
        ["random"] = "Random",
    };

    /// <summary>The overloads of a function.</summary>
    public static IReadOnlyList<MethodInfo> Functions(string area, string name)
    {
        var holder = typeof(Tensor).Assembly.GetType($"Keras.{FunctionClasses[area]}") ?? throw new MissingException($"class {FunctionClasses[area]}");
        var wanted = Naming.Pascal(name);
        var found = holder.GetMethods(BindingFlags.Public | BindingFlags.Static).Where(m => m.Name == wanted).ToArray();
        return found.Length > 0 ? found : throw new MissingException($"{FunctionClasses[area]}.{wanted}");
    }

    public static IReadOnlyList<MethodInfo> Methods(object target, string name) =>
        [.. target.GetType().GetMethods(BindingFlags.Public | BindingFlags.Instance).Where(m => m.Name == name)];

    /// <summary>A new object of the recorded class and config.</summary>
    /// <param name="golden">The case.</param>
    /// <param name="dtype">The dtype, where Keras leaves it out of the config.</param>
    public static object Make(GoldenCase golden, string? dtype = null)
    {
        var type = Class(golden.Area, golden["config"].Find("class_name")!.As<GoldenValue.Text>().Value);
        var config = GoldenTensors.Config(golden["config"].Find("config")!);
        if (dtype is not null) config["dtype"] = dtype;
        CheckArguments(type, config);
        return ObjectConfig.Construct(type, config);
    }

    /// <summary>An object of a recorded config for a parameter of this type.</summary>
    public static object? Deserialize(JsonObject config, Type type)
    {
        var known = (string?)config["class_name"] is { } name ? Exported.FirstOrDefault(t => t.Name == name && t.IsAssignableTo(type)) : null;
        return known is null ? null : ObjectConfig.Construct(known, config["config"] as JsonObject ?? []);
    }

    static Type Class(string area, string name)
    {
        var room = Naming.Pascal(area);
        return Exported.FirstOrDefault(t => t.Name == name && !t.IsAbstract && IsIn(t.Namespace, room)) ?? throw new MissingException($"{room}.{name}");
    }

    static bool IsIn(string? space, string room) => space == $"Keras.{room}" || (room == "Schedules" && space?.StartsWith("Keras.Optimizers", StringComparison.Ordinal) == true);

    static void CheckArguments(Type type, JsonObject config)
    {
        var known = type.GetConstructors().SelectMany(c => c.GetParameters()).Select(p => Naming.ConfigKey(p.Name!)).ToHashSet();
        if ((string?)(config["dtype"] as JsonObject)?["class_name"] is { } policy and not "DTypePolicy") throw new MissingException(policy);
        if (config["lora_rank"] is not null && known.Contains("lora_rank")) throw new MissingException("low-rank adaptation");
        foreach (var (key, value) in config)
            if (!known.Contains(key) && value is not null && value.GetValueKind() != System.Text.Json.JsonValueKind.False
                && value is not JsonObject { Count: 0 })
                throw new MissingException($"{type.Name} has no argument {key}");
    }
}
