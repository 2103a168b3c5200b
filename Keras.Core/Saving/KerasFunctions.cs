using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keras;

/// <summary>The functions that nodes of functional models may name: those of <see cref="Ops"/>, <see cref="Activations"/> that compute tensors of tensors.
/// Keras's class of a function is called as the function, in camel case.</summary>
static class KerasFunctions
{
    const string OpsModule = "keras.src.ops.", ActivationsModule = "keras.src.activations.";

    static readonly Dictionary<string, string> Others = new(StringComparer.OrdinalIgnoreCase)
    {
        ["BatchNorm"] = "BatchNormalization",
        ["LayerNorm"] = "LayerNormalization",
        ["RMSNorm"] = "RmsNormalization",
    };

    static readonly ConcurrentDictionary<(bool OfActivations, string Name), MethodInfo[]> Found = new();

    /// <summary>Whether a layer's place in a config holds a function.</summary>
    internal static bool IsFunction(JsonObject form) => JsonRead.TextOrNull(form["module"]) is { } module
        && (module.StartsWith(OpsModule, StringComparison.Ordinal) || module.StartsWith(ActivationsModule, StringComparison.Ordinal));

    /// <summary>The class of a function that is known.</summary>
    /// <exception cref="ArgumentException">It is unknown.</exception>
    internal static string Check(JsonObject form)
    {
        var name = JsonRead.TextOrNull(form["class_name"]) ?? throw new FormatException();
        if (Named(form, name).Length == 0)
            throw Errors.Argument("config", "the function of a node is unknown", "a function of keras.ops that computes a tensor of tensors", JsonRead.Short(name));
        return name;
    }

    static MethodInfo[] Named(JsonObject form, string name) =>
        Found.GetOrAdd((JsonRead.TextOrNull(form["module"])?.StartsWith(ActivationsModule, StringComparison.Ordinal) == true, Others.GetValueOrDefault(name, name)), Find);

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "ILLink.Descriptors.xml keeps the public types of this assembly whole.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Functions that give no tensors, as those to .NET arrays, are not called.")]
    static MethodInfo[] Find((bool OfActivations, string Name) key) => [.. Methods(key.OfActivations ? typeof(Activations) : typeof(Ops))
        .Where(m => !m.IsGenericMethod && string.Equals(m.Name, key.Name, StringComparison.OrdinalIgnoreCase) && IsResult(m.ReturnType) && !m.GetParameters().Any(p => typeof(Delegate).IsAssignableFrom(p.ParameterType)))
        .OrderBy(m => m.GetParameters().Length)];

    static MethodInfo[] Methods([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] Type type) => type.GetMethods(BindingFlags.Public | BindingFlags.Static);

    static bool IsResult(Type type) => type == typeof(Tensor) || type.IsAssignableTo(typeof(IReadOnlyList<Tensor>))
        || (type.IsAssignableTo(typeof(ITuple)) && type.GenericTypeArguments.All(t => t == typeof(Tensor)));

    /// <summary>Calls a function as a node says.</summary>
    /// <param name="className">Its class in Keras.</param>
    /// <param name="who">The node's name.</param>
    /// <param name="form">The node.</param>
    /// <param name="config">The arguments that the class was made with.</param>
    /// <param name="given">The arguments of the call.</param>
    /// <param name="tensors">The tensors of their numbers.</param>
    /// <exception cref="ArgumentException">The function takes no such arguments.</exception>
    internal static Nest Invoke(string className, string who, JsonObject form, JsonObject config, GivenArguments given, IReadOnlyList<Tensor> tensors)
    {
        Exception? last = null;
        foreach (var method in Named(form, className))
        {
            object?[]? arguments;
            try
            {
                arguments = Bound(method.GetParameters(), config, given, tensors);
            }
            catch (Exception e) when (e is FormatException or OverflowException or InvalidOperationException or ArgumentException)
            {
                last = e;
                continue;
            }
            if (arguments is not null) return Result(method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null));
        }
        throw new ArgumentException(Errors.Message($"{className} \"{who}\"", "the function takes no such arguments",
            string.Join(" or ", Named(form, className).Select(m => $"({string.Join(", ", m.GetParameters().Select(p => Naming.ConfigKey(p.Name!)))})")),
            $"{string.Join(", ", config.Select(p => $"{p.Key}: {JsonRead.Short(p.Value)}"))}, {given.Positional.Count} by place"), last);
    }

    static Nest Result(object? result) => result switch
    {
        Tensor tensor => tensor,
        IReadOnlyList<Tensor> list => Nest.List(list.Select(t => (Nest)t)),
        ITuple tuple => Nest.List(Enumerable.Range(0, tuple.Length).Select(i => (Nest)(Tensor)tuple[i]!)),
        _ => throw new FormatException(),
    };

    /// <summary>The arguments for a method: those of the config and those named by their names, the others by their places; <c>null</c> where some are left.</summary>
    static object?[]? Bound(ParameterInfo[] parameters, JsonObject config, GivenArguments given, IReadOnlyList<Tensor> tensors)
    {
        var named = config.Where(p => p.Key != "name").Concat(given.Named).ToDictionary(p => Plain(p.Key), p => p.Value);
        var (values, next) = (new object?[parameters.Length], 0);
        for (var i = 0; i < values.Length; i++)
        {
            var parameter = parameters[i];
            if (named.Remove(Plain(parameter.Name!), out var value)) values[i] = Value(parameter, value, tensors);
            else if (parameter.IsDefined(typeof(ParamCollectionAttribute)) && next < given.Positional.Count && CallForm.Number(given.Positional[next]) is not null)
                (values[i], next) = (given.Positional.Skip(next).Select(n => CallForm.Read(n, tensors).Tensor).ToArray(), given.Positional.Count);
            else if (next < given.Positional.Count) values[i] = Value(parameter, given.Positional[next++], tensors);
            else if (parameter.HasDefaultValue) values[i] = ObjectConfig.DefaultOf(parameter);
            else return null;
        }
        return next == given.Positional.Count && named.Values.All(v => v is null || v.GetValueKind() == JsonValueKind.False) ? values : null;
    }

    // As Keras's names and ours differ in underscores alone.
    static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();

    static object? Value(ParameterInfo parameter, JsonNode? node, IReadOnlyList<Tensor> tensors)
    {
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        if (type == typeof(IReadOnlyList<TensorIndex>)) return (node is JsonArray list ? list : [node?.DeepClone()]).Select(Index).ToArray();
        if (node is null) return parameter.HasDefaultValue ? ObjectConfig.DefaultOf(parameter) : throw new FormatException();
        if (type == typeof(Tensor)) return CallForm.Read(node, tensors) is var nest && nest.IsTensor ? nest.Tensor : JsonRead.Values(node);
        if (type == typeof(IReadOnlyList<Tensor>)) return CallForm.Read(node, tensors).Items is { Count: > 0 } items ? items.Select(i => i.Tensor).ToArray() : throw new FormatException();
        if (type == typeof((Tensor, Tensor))) return CallForm.Read(node, tensors).Items is [var a, var b] ? (a.Tensor, b.Tensor) : throw new FormatException();
        if (type == typeof((int, int))) return JsonRead.Integers(node) is [var x, var y] ? (x, y) : throw new FormatException();
        if (type == typeof((double, double))) return JsonRead.Items(node).Select(JsonRead.Number).ToArray() is [var x, var y] ? (x, y) : throw new FormatException();
        if (type == typeof((Axes, Axes))) return JsonRead.List(node) is [var x, var y] ? ((Axes)JsonRead.Integers(x), (Axes)JsonRead.Integers(y)) : throw new FormatException();
        if (type == typeof(IReadOnlyList<(int, int)>)) return JsonRead.Items(node).Select(p => JsonRead.Integers(p) is [var x, var y] ? (x, y) : throw new FormatException()).ToArray();
        return ValueKind.Of(type) is { } kind ? kind.Read(node, type) : throw new FormatException();
    }

    static TensorIndex Index(JsonNode? node)
    {
        if (node is null) return TensorIndex.NewAxis;
        if (node is not JsonObject o) return JsonRead.Int(node);
        if (JsonRead.Text(o["class_name"]) == "__ellipsis__") return TensorIndex.Ellipsis;
        if (JsonRead.Text(o["class_name"]) != "__slice__") throw new FormatException();
        var config = JsonRead.Object(o["config"]);
        int? Part(string key) => config[key] is { } value ? JsonRead.Int(value) : null;
        return TensorIndex.Slice(Part("start"), Part("stop"), Part("step") ?? 1);
    }
}
