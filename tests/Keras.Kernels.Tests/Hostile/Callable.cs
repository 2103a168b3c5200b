using System.Reflection;
using System.Runtime.CompilerServices;

namespace Keras.Kernels.Tests.Hostile;

/// <summary>A public function or constructor, and arguments with which it works, of which a test makes one wrong.</summary>
sealed class Callable(MethodBase method, Dictionary<string, object?> right)
{
    static readonly Type[] Owners = [typeof(Ops), typeof(Random), typeof(Activations)];

    /// <summary>Every public function of the ops, of the random numbers and of the activations.</summary>
    internal static IReadOnlyList<MethodInfo> Functions { get; } = [.. Owners
        .SelectMany(o => o.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
        .Where(m => !m.IsSpecialName && !m.IsDefined(typeof(CompilerGeneratedAttribute)))
        .Select(m => m.IsGenericMethodDefinition ? m.MakeGenericMethod([.. m.GetGenericArguments().Select(_ => typeof(Tensor))]) : m)
        .OrderBy(m => $"{m.DeclaringType!.Name}.{m}", StringComparer.Ordinal)];

    /// <summary>The functions that have a parameter of a kind, once for each such parameter.</summary>
    internal static IEnumerable<TestCaseData> With(Func<ParameterInfo, bool> kind) => Functions
        .SelectMany(f => f.GetParameters().Where(kind).Select(p => new TestCaseData(new Callable(f, RightCalls.Of(f, p.Name!)), p).SetArgDisplayNames(Text(f), p.Name!)));

    internal ParameterInfo[] Parameters { get; } = method.GetParameters();

    /// <summary>The argument of a parameter that works.</summary>
    internal object? this[ParameterInfo parameter] => Value(parameter);

    /// <summary>The shape of the first tensor.</summary>
    internal Shape First => Parameters.Select(Value).Select(v => v switch
    {
        Tensor x => x,
        IEnumerable<Tensor> xs => xs.FirstOrDefault(),
        _ => null,
    }).First(x => x is not null)!.Shape;

    internal object? Call() => Invoke(Arguments());

    /// <summary>Calls it with one argument replaced.</summary>
    internal object? Call(ParameterInfo parameter, object? wrong)
    {
        var arguments = Arguments();
        arguments[parameter.Position] = To(parameter.ParameterType, wrong);
        return Invoke(arguments);
    }

    object? Invoke(object?[] arguments) => method is ConstructorInfo constructor
        ? constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, arguments, null)
        : method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null);

    object?[] Arguments() => [.. Parameters.Select(Value)];

    object? Value(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (right.TryGetValue(parameter.Name!, out var given)) return To(type, given);
        if (!parameter.HasDefaultValue) return RightCalls.ByType(type);
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return parameter.DefaultValue is not { } value ? Nullable.GetUnderlyingType(type) is null && type.IsValueType ? Activator.CreateInstance(type) : null
            : plain.IsEnum ? Enum.ToObject(plain, value) : value;
    }

    /// <summary>The value as a parameter takes it: numbers and strings convert as they do where a call is written.</summary>
    internal static object? To(Type type, object? value)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (value is null || type.IsInstanceOfType(value)) return value;
        if (type == typeof(long) || type == typeof(double)) return Convert.ChangeType(value, type, System.Globalization.CultureInfo.InvariantCulture);
        var conversion = type.GetMethod("op_Implicit", [value.GetType()]) ?? throw new InvalidOperationException($"{value} is no {type}");
        return conversion.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [value], null);
    }

    /// <summary>Whether a parameter of a type takes a value, by itself or converted.</summary>
    internal static bool Takes(Type type, object? value) => (Nullable.GetUnderlyingType(type) ?? type) is var plain
        && (value is null || plain.IsInstanceOfType(value) || plain.GetMethod("op_Implicit", [value.GetType()]) is not null);

    static string Text(MethodInfo f) => $"{f.DeclaringType!.Name}.{f.Name}({string.Join(", ", f.GetParameters().Select(p => p.ParameterType.Name + " " + p.Name))})";

    public override string ToString() => method is MethodInfo function ? function.Name : method.DeclaringType!.Name;
}
