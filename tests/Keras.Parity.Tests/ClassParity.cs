using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keras.Layers;
using Keras.Optimizers;

namespace Keras.Parity.Tests;

/// <summary>What a class lacks of Keras's constructor: arguments, their order, their defaults.</summary>
static class ClassParity
{
    // Where a class of one argument or more cannot be made from what its arguments' types suggest.
    static readonly Dictionary<string, object> Examples = new()
    {
        ["EinsumDense.equation"] = "ab,bc->ac",
        ["EinsumDense.outputShape"] = Shape.Of(2),
        ["Permute.dims"] = Axes.Create([2, 1]),
        ["Dot.axes"] = (Axes)1,
        ["StackedRNNCells.cells"] = new RNNCell[] { new LSTMCell(2) },
        ["DTypePolicy.name"] = "float32",
        ["Discretization.numBins"] = 2,
        ["RandomPosterization.factor"] = (Interval)4,
        ["QuantizedDTypePolicy.mode"] = "int8",
        ["QuantizedFloat8DTypePolicy.mode"] = "float8",
        ["Int4DTypePolicy.mode"] = "int4/128",
        ["GPTQDTypePolicy.mode"] = "gptq/4/128",
        ["AWQDTypePolicy.mode"] = "awq/4/128",
        ["TernaryDTypePolicy.mode"] = "ternary",
        ["Rescaling.scale"] = Tensor.Scalar(0.5, DType.Float32),
        ["MeanMetricWrapper.fn"] = (Func<Tensor, Tensor, Tensor>)LossFunctions.MeanSquaredError,
        ["PiecewiseConstantDecay.boundaries"] = new[] { 1.0 },
    };

    /// <summary>The rooms that a class of an area may stand in.</summary>
    public static Type? Find(string area, string path)
    {
        var name = path[(path.LastIndexOf('.') + 1)..];
        var room = Naming.Pascal(area);
        string[] spaces = [$"Keras.{room}", $"Keras.{room}.Schedules", "Keras"];
        return spaces.Select(s => typeof(Tensor).Assembly.GetType($"{s}.{name}")).FirstOrDefault(t => t is { IsPublic: true });
    }

    /// <summary>What is missing, or <c>null</c>.</summary>
    /// <param name="type">The class.</param>
    /// <param name="signature">Keras's arguments with their defaults.</param>
    /// <param name="excused">Arguments that have another form.</param>
    public static string? Lack(Type type, string signature, IReadOnlyCollection<string> excused)
    {
        var wanted = Split(signature).Where(a => !excused.Contains(a.Name)).ToArray();
        var constructors = type.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance).Where(c => c.IsPublic || c.IsFamily).ToArray();
        if (wanted.Length == 0) return null;
        if (constructors.Length == 0) return "no constructor";
        var parameters = constructors.OrderByDescending(c => c.GetParameters().Length).First().GetParameters();
        var keys = parameters.Select(p => Key(p.Name!)).ToList();
        var lacks = wanted.Where(a => !keys.Contains(Key(a.Name))).Select(a => $"no argument `{a.Name}`").ToList();
        var here = wanted.Where(a => keys.Contains(Key(a.Name))).ToArray();
        var places = here.Select(a => keys.IndexOf(Key(a.Name))).ToArray();
        // The base classes take their arguments by name only.
        if (!type.IsAbstract && !places.SequenceEqual(places.Order())) lacks.Add("another order");
        else if (!type.IsAbstract && here.Length == wanted.Length && Stranger([.. here.Select(a => a.Name), .. excused], keys) is { } stranger) lacks.Add($"`{parameters[stranger].Name}` stands before Keras's last argument");
        object? made = null;
        try
        {
            if (!type.IsAbstract && Array.Exists(here, a => a.Default is not null)) made = Make(type);
        }
        catch (ArgumentException e)
        {
            lacks.Add($"defaults unknown, `Examples` of the table are none: {e.Message}");
        }
        foreach (var argument in here)
            if (Difference(made, parameters[keys.IndexOf(Key(argument.Name))], argument.Default) is { } difference) lacks.Add($"`{argument.Name}`: {difference}");
        return lacks.Count == 0 ? null : string.Join(", ", lacks);
    }

    /// <summary>How the defaults of a function differ from Keras's, over all of its overloads; an overload without an argument stands for the default.
    /// What C# cannot write as a default is <c>null</c> here, and held by the recorded calls.</summary>
    public static IEnumerable<string> Differences(MethodInfo[] overloads, string signature, string[] excused)
    {
        foreach (var (name, wanted) in Split(signature))
        {
            if (wanted is null || excused.Contains(name) || Array.Exists(overloads, m => !m.GetParameters().Any(p => Key(p.Name!) == Key(name)))) continue;
            var defaults = overloads.SelectMany(m => m.GetParameters()).Where(p => Key(p.Name!) == Key(name) && p.HasDefaultValue).ToArray();
            if (defaults.Length == 0) yield return $"`{name}` is needed, {wanted} in Keras";
            else if (!Array.Exists(defaults, p => IsDefault(p, wanted))) yield return $"`{name}`: {defaults[0].DefaultValue ?? "none"}, {wanted} in Keras";
        }
    }

    static bool IsDefault(ParameterInfo parameter, string wanted)
    {
        var type = parameter.ParameterType;
        if (parameter.DefaultValue is { } raw) return Python(wanted) == (raw is Enum ? Name(raw.ToString()!) : Plain(JsonValue.Create(raw)));
        return wanted == "None" || !type.IsValueType || Nullable.GetUnderlyingType(type) is not null || Name(Activator.CreateInstance(type)!.ToString()!) == Python(wanted);
    }

    static int? Stranger(string[] here, List<string> keys)
    {
        var last = here.Max(name => keys.IndexOf(Key(name)));
        var known = here.Select(Key).ToHashSet();
        var index = keys.FindIndex(k => !known.Contains(k));
        return index >= 0 && index < last ? index : null;
    }

    static object Make(Type type) => ObjectConfig.Construct(type, p => p.HasDefaultValue && !Examples.ContainsKey($"{type.Name}.{p.Name}") ? null : Example(type, p));

    static object? Example(Type type, ParameterInfo p) =>
        Examples.TryGetValue($"{type.Name}.{p.Name}", out var example) ? example : p.ParameterType switch
        {
            var t when t == typeof(int) => 2,
            var t when t == typeof(double) => 0.5,
            var t when t == typeof(string) => "example",
            var t when t == typeof(Shape) => Shape.Of(2),
            var t when t == typeof(Axes) => (Axes)2,
            var t when t == typeof(ActivationFunction) => (ActivationFunction)"relu",
            var t when t == typeof(LambdaFunction) => (LambdaFunction)(Func<Tensor, Tensor>)(x => x),
            var t when t == typeof(LearningRateSchedule) => (LearningRateSchedule)0.1,
            var t when t.IsAssignableFrom(typeof(LSTMCell)) && t != typeof(Layer) => new LSTMCell(2),
            var t when t.IsAssignableFrom(typeof(LSTM)) && t != typeof(Layer) => new LSTM(2),
            var t when t == typeof(Layer) => new Dense(2),
            var t when t == typeof(Optimizer) => new SGD(),
            var t when t == typeof(OptimizerMap) => new OptimizerMap(new SGD()),
            var t when t.IsAssignableFrom(typeof(double[])) => new double[] { 0.5, 0.25 },
            var t when t.IsAssignableFrom(typeof(Layer[])) => new Layer[] { new Dense(2) },
            var t when t.IsAssignableFrom(typeof(int[])) => new[] { 1 },
            _ => p.ParameterType.IsValueType ? Activator.CreateInstance(p.ParameterType) : null,
        };

    // None is null here, whatever the constructor then takes in its place; a default that C# cannot write is null too, and the property tells it.
    static string? Difference(object? made, ParameterInfo parameter, string? wanted)
    {
        // cuDNN or not: yes, no, or null for wherever it can.
        if (wanted is null || (wanted == "'auto'" && parameter.ParameterType == typeof(bool?))) return null;
        if (!parameter.HasDefaultValue) return $"needed here, {wanted} in Keras";
        if (wanted == "None") return parameter.DefaultValue is null || Nullable.GetUnderlyingType(parameter.ParameterType) is not null ? null : $"{parameter.DefaultValue}, None in Keras";
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        var received = parameter.DefaultValue is { } raw and not Enum ? Plain(JsonValue.Create(raw)) : made is null ? null : Resolved(made, parameter);
        // A number stands for the interval from 0 to it.
        if (type == typeof(Interval) && received == $"0,{Python(wanted)}") return null;
        return received is null || Python(wanted) == received ? null : $"{received}, {wanted} in Keras";
    }

    static string? Resolved(object made, ParameterInfo parameter)
    {
        return Plain(ObjectConfig.Of(made, parameter));
    }

    /// <summary>A value without its form: numbers of a list, a name in small letters, the class of an object.</summary>
    static string Plain(JsonNode? value) => value switch
    {
        null => "none",
        JsonObject o => Name((string?)o["class_name"] ?? "{}"),
        JsonArray list => List(list.SelectMany(v => v is JsonArray inner ? inner.Select(Plain) : [Plain(v)])),
        _ => value.GetValueKind() switch
        {
            JsonValueKind.String => Name((string)value!),
            JsonValueKind.Number => Number((double)Convert.ChangeType(value.ToJsonString(), typeof(double), CultureInfo.InvariantCulture)),
            _ => value.ToJsonString(),
        },
    };

    static string Python(string text)
    {
        text = text.Replace(" ", "", StringComparison.Ordinal);
        if (text is "True" or "False") return text.ToLowerInvariant();
        if (text[0] is '\'' or '"') return Name(text[1..^1]);
        if (text == "2.0**15") return Number(32768);
        if (text[0] == '(') return List(text.Split(['(', ')', ','], StringSplitOptions.RemoveEmptyEntries).Select(Python));
        return double.TryParse(text, CultureInfo.InvariantCulture, out var number) ? Number(number) : Name(text);
    }

    // A list of equal numbers and the number are one default: strides of 1 and of (1, 1).
    static string List(IEnumerable<string> items) => items.ToArray() is var all && all.Distinct().Count() == 1 ? all[0] : string.Join(",", all);

    // Learning rates are float32 variables.
    static string Number(double value) => ((float)value).ToString("R", CultureInfo.InvariantCulture);

    static string Name(string name) => KnownAlias(name).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();

    static string KnownAlias(string name) => name == "uniform" ? "RandomUniform" : name;

    static IEnumerable<(string Name, string? Default)> Split(string signature)
    {
        var (start, depth) = (0, 0);
        for (var i = 0; i <= signature.Length; i++)
        {
            if (i < signature.Length) depth += signature[i] == '(' ? 1 : signature[i] == ')' ? -1 : 0;
            if (i < signature.Length && (depth > 0 || signature[i] != ',')) continue;
            var parts = signature[start..i].Trim().Split('=', 2);
            start = i + 1;
            if (parts[0].Length > 0 && char.IsAsciiLetter(parts[0][0])) yield return (parts[0], parts.Length > 1 ? parts[1].Trim() : null);
        }
    }

    static string Key(string name) => name.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
}
