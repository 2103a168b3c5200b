using System.Reflection;
using Keras.Parity.Tests.Goldens;

namespace Keras.Parity.Tests.Running;

/// <summary>Calls a function with recorded arguments: each goes to the parameter of its name, as the parameter's type asks.</summary>
static class Binder
{
    /// <summary>Calls the first of the overloads that takes the arguments.</summary>
    /// <exception cref="MissingException">None does.</exception>
    public static object? Call(IEnumerable<MethodInfo> overloads, object? target, IReadOnlyDictionary<string, GoldenValue> arguments)
    {
        MissingException? reason = null;
        var methods = Narrowest(overloads).ToArray();
        foreach (var method in methods)
        {
            object?[] bound;
            try
            {
                bound = Bind(method, arguments, methods);
            }
            catch (MissingException e)
            {
                reason = e;
                continue;
            }
            return method.Invoke(target, BindingFlags.DoNotWrapExceptions, null, bound, null);
        }
        throw reason ?? new MissingException("no such function");
    }

    // As the compiler chooses: a whole number goes to an int before it goes to a double.
    static IEnumerable<MethodInfo> Narrowest(IEnumerable<MethodInfo> overloads) =>
        overloads.OrderBy(m => m.GetParameters().Length).ThenBy(m => m.GetParameters().Count(p => p.ParameterType == typeof(double)));

    static object?[] Bind(MethodInfo method, IReadOnlyDictionary<string, GoldenValue> arguments, MethodInfo[] overloads)
    {
        var open = arguments.ToDictionary(a => Key(a.Key), a => a.Value);
        var values = method.GetParameters().Select(p => open.Remove(Key(p.Name!), out var value) ? Argument(p, value, arguments) : Default(p)).ToArray();
        if (values.Length > 0 && method.GetParameters()[^1].ParameterType == typeof(IReadOnlyList<(string, int)>)) values[^1] = Lengths(open);
        // A flag that is off and a value that is not given ask for nothing that could be missing, unless another overload has the flag on.
        foreach (var (name, value) in open)
            if (value is not (GoldenValue.Null or GoldenValue.Bool { Value: false }) || value is GoldenValue.Bool && overloads.Any(o => IsOn(o, name))) throw new MissingException($"{method.Name} has no argument {name}");
        return values;
    }

    static bool IsOn(MethodInfo method, string flag) => method.GetParameters().Any(p => Key(p.Name!) == flag && p.DefaultValue is true);

    // Python's further keywords, as in rearrange(x, "(h w) c -> h w c", h=2): a list of names and sizes.
    static (string, int)[] Lengths(Dictionary<string, GoldenValue> open)
    {
        var lengths = open.Select(o => (o.Key, (int)Whole(o.Value))).ToArray();
        open.Clear();
        return lengths;
    }

    // negative_slope and negativeSlope, *operands and operands, abs_ and abs.
    static string Key(string name) => name.Replace("_", "", StringComparison.Ordinal).Replace("*", "", StringComparison.Ordinal).ToLowerInvariant();

    static object? Default(ParameterInfo parameter)
    {
        if (parameter.ParameterType == typeof(IReadOnlyList<(string, int)>)) return Array.Empty<(string, int)>();
        if (parameter.IsDefined(typeof(ParamArrayAttribute))) return Array.CreateInstance(parameter.ParameterType.GetElementType()!, 0);
        if (!parameter.HasDefaultValue) throw new MissingException($"{parameter.Member.Name} requires {parameter.Name}");
        var type = parameter.ParameterType;
        // Reflection gives null as the default of a struct argument.
        return parameter.DefaultValue is null && type.IsValueType && Nullable.GetUnderlyingType(type) is null
            ? Activator.CreateInstance(type) : parameter.DefaultValue;
    }

    static object? Argument(ParameterInfo parameter, GoldenValue value, IReadOnlyDictionary<string, GoldenValue> all)
    {
        var type = parameter.ParameterType;
        if (type.IsByRefLike) throw new MissingException($"{parameter.Member.Name} takes a span");
        // Where the default is something, Python's None is a value of its own.
        if (value is GoldenValue.Null && type.GetProperty("None") is { } none && none.PropertyType == type) return none.GetValue(null);
        if (value is GoldenValue.Null)
            return parameter.HasDefaultValue && parameter.DefaultValue is null ? Default(parameter)
                : Nullable.GetUnderlyingType(type) is not null || !type.IsValueType && new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable ? null
                : throw MissingException.Refused(type.Name, value);
        if (type == typeof(IReadOnlyList<(int, int)>)) return Pads(value, Rank(all));
        try
        {
            return Convert(value, type);
        }
        catch (MissingException e) when (e.IsRefusal)
        {
            throw MissingException.Refused($"{type.Name} {parameter.Name}", value);
        }
    }

    public static object? Convert(GoldenValue value, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(TensorIndex)) return Index(value);
        if (type == typeof(IReadOnlyList<TensorIndex>)) return IsList(value) ? Elements(value).Select(Index).ToArray() : new[] { Index(value) };
        if (value is GoldenValue.Null && !type.IsValueType) return null;
        if (type == typeof(object)) return IsList(value) && value is not GoldenValue.Tensor ? Elements(value) : GoldenTensors.Tensor(value);
        if (type == typeof(Tensor)) return GoldenTensors.Tensor(value);
        if (type == typeof(Nest)) return GoldenTensors.Nest(value);
        if (type == typeof(Shape)) return GoldenTensors.Shape(Dims(value));
        if (type == typeof(Axes)) return IsList(value) ? Axes.Create([.. Integers(value)]) : (Axes)(int)Whole(value);
        if (type == typeof(DType)) return GoldenTensors.DType(value is GoldenValue.Text dtype ? dtype.Value : throw MissingException.Refused("a dtype", value));
        if (type == typeof(string)) return value is GoldenValue.Text text ? text.Value : throw MissingException.Refused("a string", value);
        if (type == typeof(bool)) return value is GoldenValue.Bool or GoldenValue.Integer ? GoldenTensors.Number(value) != 0 : throw MissingException.Refused("a bool", value);
        // A whole float goes to a double where an overload takes one, as in arange(4.0).
        if (type == typeof(int)) return IsFloat(value) ? throw MissingException.Refused("an integer", value) : (int)Whole(value);
        if (type == typeof(long)) return Whole(value);
        if (type == typeof(double)) return value is GoldenValue.Bool ? throw MissingException.Refused("a number", value) : GoldenTensors.Number(value);
        if (type == typeof(float)) return (float)GoldenTensors.Number(value);
        return Tuple(value, type) ?? List(value, type) ?? Converted(value, type) ?? FromConfig(value, type) ?? throw MissingException.Refused(type.Name, value);
    }

    static bool IsFloat(GoldenValue value) =>
        value is GoldenValue.Real || (value is GoldenValue.Tensor array && DTypes.TryParse(array.DType, out var dtype) && dtype.IsFloating());

    static TensorIndex Index(GoldenValue value) => value switch
    {
        GoldenValue.Null => TensorIndex.NewAxis,
        GoldenValue.Ellipsis => TensorIndex.Ellipsis,
        GoldenValue.Slice slice => TensorIndex.Slice((int?)slice.Start, (int?)slice.Stop, (int)(slice.Step ?? 1)),
        _ => (int)Whole(value),
    };

    static object? Tuple(GoldenValue value, Type type)
    {
        if (!type.IsGenericType || type.FullName?.StartsWith("System.ValueTuple", StringComparison.Ordinal) != true) return null;
        var types = type.GetGenericArguments();
        var items = Elements(value);
        if (items.Count != types.Length) throw MissingException.Refused($"{types.Length} values", value);
        return Activator.CreateInstance(type, [.. types.Select((t, i) => Convert(items[i], t))]);
    }

    static Array? List(GoldenValue value, Type type)
    {
        var element = type.IsSZArray ? type.GetElementType()!
            : type.IsGenericType && type.IsAssignableFrom(type.GetGenericArguments()[0].MakeArrayType()) ? type.GetGenericArguments()[0] : null;
        if (element is null) return null;
        var items = Elements(value);
        var array = Array.CreateInstance(element, items.Count);
        for (var i = 0; i < items.Count; i++) array.SetValue(Convert(items[i], element), i);
        return array;
    }

    /// <summary>By the type's own implicit conversions, as source code would.</summary>
    static object? Converted(GoldenValue value, Type type)
    {
        object? given = value switch
        {
            GoldenValue.Text text => text.Value,
            GoldenValue.Integer integer => (int)integer.Value,
            GoldenValue.Real real => real.Value,
            GoldenValue.Bool truth => truth.Value,
            GoldenValue.Tensor or GoldenValue.Symbolic => GoldenTensors.Tensor(value),
            _ => null,
        };
        var conversions = type.GetMethods(BindingFlags.Public | BindingFlags.Static).Where(m => m.Name == "op_Implicit" && m.ReturnType == type).ToArray();
        foreach (var conversion in conversions)
        {
            var source = conversion.GetParameters()[0].ParameterType;
            if (given is not null && source == given.GetType()) return Invoke(conversion, given);
            if (given is int whole && source == typeof(double)) return Invoke(conversion, (double)whole);
        }
        foreach (var conversion in conversions)
        {
            var source = conversion.GetParameters()[0].ParameterType;
            if (source == type || source == typeof(string) || source.IsPrimitive) continue;
            try
            {
                return Invoke(conversion, Convert(value, source)!);
            }
            catch (MissingException)
            {
                // The next conversion may take it.
            }
        }
        return null;
    }

    static object? Invoke(MethodInfo method, object argument) => method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [argument], null);

    static object? FromConfig(GoldenValue value, Type type) =>
        GoldenTensors.HasSymbol(value) || value is not GoldenValue.Dict ? null
        : Targets.Deserialize(GoldenTensors.Config(value), type);

    static IReadOnlyList<GoldenValue> Elements(GoldenValue value) => value switch
    {
        GoldenValue.List or GoldenValue.Tuple => value.Elements,
        GoldenValue.Tensor { Shape.Length: > 0 } array => GoldenTensors.Rows(array),
        _ => throw MissingException.Refused("a list", value),
    };

    static long Whole(GoldenValue value) => value is not (GoldenValue.Bool or GoldenValue.Text) && GoldenTensors.Number(value) is var number && number == Math.Floor(number)
        ? (long)number : throw MissingException.Refused("an integer", value);

    static IEnumerable<int> Integers(GoldenValue value) => IsList(value) ? Elements(value).Select(v => (int)Whole(v)) : [(int)Whole(value)];

    static IEnumerable<long?> Dims(GoldenValue value) =>
        IsList(value) ? Elements(value).Select(v => v is GoldenValue.Null ? (long?)null : Whole(v)) : [Whole(value)];

    static bool IsList(GoldenValue value) => value is GoldenValue.List or GoldenValue.Tuple or GoldenValue.Tensor { Shape.Length: > 0 };

    // As ops.pad reads them: one number for all sides, one pair for all axes, or a pair an axis.
    static (int, int)[] Pads(GoldenValue value, int rank)
    {
        if (!IsList(value)) return [.. Enumerable.Repeat(((int)Whole(value), (int)Whole(value)), rank)];
        var pairs = Elements(value).Any(e => !IsList(e)) ? [value] : Elements(value);
        var read = pairs.Select(p => Integers(p).ToArray()).Select(p => p.Length == 2 ? (p[0], p[1]) : throw MissingException.Refused("pairs", value)).ToArray();
        return read.Length == 1 ? [.. Enumerable.Repeat(read[0], rank)] : read;
    }

    static int Rank(IReadOnlyDictionary<string, GoldenValue> arguments) => arguments.GetValueOrDefault("x") switch
    {
        GoldenValue.Tensor array => array.Shape.Length,
        GoldenValue.Symbolic symbolic => symbolic.Shape.Count,
        _ => 0,
    };
}
