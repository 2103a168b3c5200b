using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keras;

/// <summary>Turns an object into the config that Keras writes for it, and back. Both are derived from the constructor: an argument's name is the
/// key, the property of the same name holds the value.</summary>
static class ObjectConfig
{
    /// <summary>The constructor that users call: the one with the most arguments.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "ILLink.Descriptors.xml keeps the public types of this assembly whole.")]
    static ConstructorInfo Constructor(Type type) =>
        type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).FirstOrDefault()
        ?? throw Errors.Unsupported(type.Name, "the class has no public constructor", "one", "none");

    /// <summary>Calls the constructor; an argument that has no value gets its default.</summary>
    internal static object Construct(Type type, Func<ParameterInfo, object?> value)
    {
        var constructor = Constructor(type);
        var arguments = constructor.GetParameters().Select(p => value(p) ?? Default(type, p)).ToArray();
        return constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, arguments, null);
    }

    [UnconditionalSuppressMessage("Trimming", "IL2072", Justification = "The argument types are value types of this assembly.")]
    static object? Default(Type type, ParameterInfo parameter)
    {
        if (!parameter.HasDefaultValue)
            throw Errors.Argument(type.Name, $"{Naming.ConfigKey(parameter.Name!)} is missing", "a value", "none");
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
            return config[key] is { } value ? Read(type, key, value, parameter.ParameterType) : config.ContainsKey(key) ? Null(parameter.ParameterType) : null;
        });
        used.UnionWith(type.GetCustomAttribute<AlsoInConfigAttribute>()?.Keys ?? []);
        foreach (var (key, value) in config)
            if (!used.Contains(key) && value is not null && !IsIgnored(value))
                throw Errors.Argument(type.Name, $"\"{key}\" is no argument", string.Join(", ", used), value.ToJsonString());
        return made;
    }

    // Keras writes null for the choice "none".
    static object? Null(Type type)
    {
        if (type == typeof(Reduce)) return Reduce.None;
        if (type == typeof(Layers.MergeMode)) return Layers.MergeMode.None;
        if (type == typeof(SignalWindow)) return SignalWindow.None;
        if (type == typeof(WindowScaling)) return WindowScaling.None;
        if (type == typeof(Layers.Standardization)) return Layers.Standardization.None;
        if (type == typeof(Layers.TextSplit)) return Layers.TextSplit.None;
        if (type == typeof(Metrics.ClassAggregation)) return Metrics.ClassAggregation.None;
        return null;
    }

    /// <summary>A new object like another one, with some arguments replaced. Layers within are copied too, and what draws first weights draws anew.</summary>
    internal static object Copy(object made, Dictionary<string, object?>? replaced = null) => Construct(made.GetType(), (ParameterInfo parameter) =>
        replaced is not null && replaced.TryGetValue(parameter.Name!, out var value) ? value : Property(made, parameter) switch
        {
            Layer layer => Copy(layer),
            IReadOnlyList<Layers.RNNCell> cells => cells.Select(c => (Layers.RNNCell)Copy(c)).ToArray(),
            IReadOnlyList<Layer> layers => layers.Select(l => (Layer)Copy(l)).ToArray(),
            Initializer initializer => Copy(initializer),
            // What a layer calls weights are its variables, not the argument.
            IReadOnlyList<Variable> => null,
            var other => other,
        });

    // Keras writes flags of features that are off for every layer, and arguments of functions that take none.
    static bool IsIgnored(JsonNode value) => value.GetValueKind() == JsonValueKind.False || value is JsonObject { Count: 0 };

    /// <summary>Makes an object of one of the open kinds from <c>{"class_name", "config"}</c>, or from a name.</summary>
    /// <exception cref="ArgumentException">The class is unknown, or its config does not fit.</exception>
    internal static T Deserialize<T>(JsonNode node) where T : class => node is JsonObject o
        ? (T)Construct(KnownTypes.Type<T>((string?)o["class_name"] ?? ""), o["config"] as JsonObject ?? [])
        : KnownTypes.Create<T>((string?)node ?? "");

    static Layer DeserializeLayer(JsonNode node, Type type) => Deserialize<Layer>(node) is var layer && layer.GetType().IsAssignableTo(type)
        ? layer : throw Errors.Argument("config", "a layer is of another kind", type.Name, layer.GetType().Name);

    static object? Read(Type owner, string key, JsonNode value, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        try
        {
            return type switch
            {
                _ when type == typeof(int) => (int)Number(value),
                _ when type == typeof(double) => Number(value),
                _ when type == typeof(bool) => (bool)value,
                _ when type == typeof(double[]) || type == typeof(IReadOnlyList<double>) => (double[])[.. value.AsArray().Select(v => Number(v!))],
                _ when type == typeof(IReadOnlyList<int>) => Integers(value),
                _ when type == typeof(Metrics.Thresholds) => value is JsonArray list ? (Metrics.Thresholds)(double[])[.. Numbers(list)] : Number(value),
                _ when type == typeof(Metrics.AUCCurve) => (Metrics.AUCCurve)(string)value!,
                _ when type == typeof(Metrics.AUCSummation) => (Metrics.AUCSummation)(string)value!,
                _ when type == typeof(Metrics.FScoreAverage) => (Metrics.FScoreAverage)(string)value!,
                _ when type == typeof(Metrics.ClassAggregation) => (Metrics.ClassAggregation)(string)value!,
                _ when type == typeof(IReadOnlyDictionary<string, double>) => value.AsObject().ToDictionary(n => n.Key, n => Number(n.Value!)),
                _ when type == typeof(long) => (long)value,
                _ when type == typeof(IReadOnlyList<long>) => value.AsArray().Select(v => (long)v!).ToArray(),
                _ when type == typeof(IReadOnlyList<string>) => value.AsArray().Select(v => (string)v!).ToArray(),
                _ when type == typeof(IReadOnlyDictionary<string, Feature>) => value.AsObject().ToDictionary(f => f.Key, f => Feature.Read(f.Value)),
                _ when type == typeof(IReadOnlyList<Cross>) => value.AsArray().Select(Cross.Read).ToArray(),
                _ when type == typeof(Layers.Token) => value.GetValueKind() == JsonValueKind.String ? (Layers.Token)(string)value! : (long)value,
                _ when type == typeof(Layers.Salt) => value is JsonArray ? new Layers.Salt((ulong)value[0]!, (ulong)value[1]!) : (Layers.Salt)(ulong)value,
                _ when type == typeof(Layers.Standardization) => (Layers.Standardization)(string)value!,
                _ when type == typeof(Layers.TextSplit) => (Layers.TextSplit)(string)value!,
                _ when type == typeof(DType) => DTypes.Parse((string)value!),
                _ when type == typeof(LearningRateSchedule) => value is JsonObject ? Deserialize<LearningRateSchedule>(value) : (LearningRateSchedule)Number(value),
                _ when type == typeof(Tensor) => Values(value),
                _ when type == typeof(string) => (string?)value,
                _ when type == typeof(Axes) => value is JsonArray ? (Axes)Integers(value) : (int)Number(value),
                _ when type == typeof(Shape) => (Shape)Integers(value),
                _ when type == typeof(Interval) => value is JsonArray pair ? Interval.Of([.. pair.Select(v => Number(v!))]) : Number(value),
                _ when type == typeof(Padding) => (Padding)(string)value!,
                _ when type == typeof(DataFormat) => (DataFormat)(string)value!,
                _ when type == typeof(Interpolation) => (Interpolation)(string)value!,
                _ when type == typeof(FillMode) => (FillMode)(string)value!,
                _ when type == typeof(Reduce) => (Reduce)(string)value!,
                _ when type == typeof(SignalWindow) => value is JsonValue ? (SignalWindow)(string)value! : Values(value),
                _ when type == typeof(WindowScaling) => (WindowScaling)(string)value!,
                _ when type == typeof(ActivationFunction) => (ActivationFunction)FunctionName(value),
                _ when type == typeof(Losses.LossFunction) => (Losses.LossFunction)FunctionName(value),
                _ when type == typeof(Layers.LambdaFunction) => Layers.LambdaFunction.Registered(FunctionName(value)),
                _ when type == typeof(DTypePolicy) => DTypePolicy.Deserialize(value),
                _ when type == typeof(IReadOnlyDictionary<string, DTypePolicy>) => value.AsObject().ToDictionary(n => n.Key, n => DTypePolicy.Deserialize(n.Value!)),
                _ when type == typeof(Layers.QuantizationConfig) => new Layers.QuantizationConfig(value.AsObject()),
                _ when type == typeof(Initializer) => Deserialize<Initializer>(value),
                _ when type == typeof(Regularizer) => Deserialize<Regularizer>(value),
                _ when type == typeof(Constraint) => Deserialize<Constraint>(value),
                _ when type == typeof(Layers.MergeMode) => (Layers.MergeMode)(string)value!,
                _ when type.IsAssignableTo(typeof(Layer)) => DeserializeLayer(value, type),
                _ when type == typeof(IReadOnlyList<Layers.RNNCell>) => value.AsArray().Select(v => (Layers.RNNCell)DeserializeLayer(v!, typeof(Layers.RNNCell))).ToArray(),
                _ when type == typeof(IReadOnlyList<Layer>) => value.AsArray().Select(v => Deserialize<Layer>(v!)).ToArray(),
                _ => throw Errors.Unsupported(owner.Name, $"\"{key}\" cannot be read from a config", "a known kind of argument", type.Name),
            };
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or OverflowException)
        {
            throw new ArgumentException(Errors.Message(owner.Name, $"\"{key}\" has a wrong value", type.Name, value.ToJsonString()), e);
        }
    }

    // A number that was never text has the type that it was written from.
    static double Number(JsonNode value) => value is JsonValue v && v.TryGetValue<double>(out var number) ? number
        : double.Parse(value.GetValueKind() == JsonValueKind.String ? (string)value! : value.ToJsonString(), CultureInfo.InvariantCulture);

    // Borders come as pairs in a list: (before, after) for each axis.
    static int[] Integers(JsonNode? value) => value switch
    {
        null => [Shape.Unknown],
        JsonArray array => [.. array.SelectMany(Integers)],
        _ => [(int)Number(value)],
    };

    /// <summary>A number, lists of numbers, or an array as Keras writes one.</summary>
    static Tensor Values(JsonNode value)
    {
        if (value is JsonObject o) return Ops.Cast(Values(o["config"]!["value"]!), DTypes.Parse((string?)o["config"]!["dtype"] ?? "float32"));
        if (value is not JsonArray) return value.GetValueKind() == JsonValueKind.Number && Number(value) % 1 == 0 ? (int)Number(value) : Number(value);
        var dims = new List<int>();
        for (JsonNode? part = value; part is JsonArray list; part = list.Count > 0 ? list[0] : null) dims.Add(list.Count);
        return Tensor.Of([.. Numbers(value)], Shape.Of([.. dims]));
    }

    static IEnumerable<double> Numbers(JsonNode? value) => value is JsonArray list ? list.SelectMany(Numbers) : [Number(value!)];

    internal static string FunctionName(JsonNode value) => value is JsonObject o ? (string?)o["config"] ?? "" : (string)value!;

    // As Keras, whose classes write these only where there is something to write.
    static readonly string[] OnlyWhereGiven = ["activityRegularizer", "loraRank", "loraAlpha", "gptqUnpackedColumnSize", "useCudnn"];

    /// <summary>The config of an object, by the arguments of its constructor but those excepted.</summary>
    internal static JsonObject Of(object made, params ReadOnlySpan<string> except)
    {
        var config = new JsonObject();
        foreach (var parameter in Constructor(made.GetType()).GetParameters())
        {
            if (except.Contains(parameter.Name)) continue;
            var value = Property(made, parameter);
            // As Keras, which writes these only where they are given.
            if (value is null && (OnlyWhereGiven.Contains(parameter.Name) || (parameter.Name == "thresholds" && made is Metrics.AUC))) continue;
            config[Naming.ConfigKey(parameter.Name!)] = Write(value);
        }
        return config;
    }

    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "ILLink.Descriptors.xml keeps the public types of this assembly whole.")]
    static object? Property(object made, ParameterInfo parameter)
    {
        var name = char.ToUpperInvariant(parameter.Name![0]) + parameter.Name[1..];
        var property = made.GetType().GetProperty(name)
            ?? throw Errors.Unsupported(made.GetType().Name, "a constructor argument has no property of its name", name, "none");
        return property.GetValue(made);
    }

    /// <summary>An object as Keras writes it: module, class, config.</summary>
    internal static JsonObject Serialize(object made, string? module) => new()
    {
        ["module"] = module,
        ["class_name"] = made.GetType().Name,
        ["config"] = made is Layer layer ? layer.GetConfig() : Of(made),
        ["registered_name"] = module is null ? made.GetType().Name : null,
    };

    static JsonArray Nested(ReadOnlySpan<double> values, ReadOnlySpan<int> dims)
    {
        var list = new JsonArray();
        var part = values.Length / Math.Max(1, dims[0]);
        for (var i = 0; i < dims[0]; i++)
            list.Add(dims.Length == 1 ? (JsonNode)values[i] : Nested(values.Slice(i * part, part), dims[1..]));
        return list;
    }

    static JsonNode? Write(object? value) => value switch
    {
        null => null,
        int i => i,
        long l => l,
        double d => d,
        bool b => b,
        string s => s,
        DType dtype => dtype.Name(),
        Tensor { Rank: 0 } scalar => scalar.Item() is var number && scalar.DType.IsInteger() ? (int)number : number,
        Tensor tensor => Nested(tensor.ToDoubles(), tensor.Shape.Dims),
        IReadOnlyList<long> numbers => new JsonArray([.. numbers.Select(n => (JsonNode)n)]),
        IReadOnlyList<string> strings => new JsonArray([.. strings.Select(s => (JsonNode)s)]),
        IReadOnlyDictionary<string, Feature> features => new JsonObject(features.Select(f => KeyValuePair.Create(f.Key, (JsonNode?)f.Value.Serialize()))),
        IReadOnlyList<Cross> crosses => new JsonArray([.. crosses.Select(c => c.Serialize())]),
        Layers.Token token => token.Text is { } text ? text : token.Number,
        Layers.Salt salt => new JsonArray(salt.First, salt.Second),
        Layers.Standardization standardize => standardize == Layers.Standardization.None ? null : standardize.ToString(),
        Layers.TextSplit split => split == Layers.TextSplit.None ? null : split.ToString(),
        Metrics.Thresholds { IsNumber: true } threshold => threshold[0],
        IReadOnlyList<double> numbers => new JsonArray([.. numbers.Select(n => (JsonNode)n)]),
        Variable { Shape.Rank: 0 } variable => variable.Read().Item(),
        LearningRateSchedule => Serialize(value, "keras.optimizers.schedules"),
        Interval { IsNumber: true } number => number.High,
        Interval interval => new JsonArray(interval.Low, interval.High),
        Axes { IsNumber: true } axes => axes[0],
        Axes axes => new JsonArray([.. axes.Select(a => (JsonNode)a)]),
        Shape shape => new JsonArray([.. shape.Select(d => (JsonNode?)d)]),
        Metrics.FScoreAverage or Metrics.ClassAggregation => value.ToString() is var choice && choice == "none" ? null : choice,
        Metrics.AUCCurve or Metrics.AUCSummation => value.ToString(),
        IReadOnlyList<int> integers => new JsonArray([.. integers.Select(i => (JsonNode)i)]),
        Padding or DataFormat or Interpolation or FillMode or Reduce => value.ToString(),
        SignalWindow window => Write(window.Config),
        WindowScaling scaling => scaling.Config,
        ActivationFunction activation => activation.Name,
        Losses.LossFunction { IsCustom: false } function => function.Name,
        Layers.LambdaFunction function => function.Serialize(),
        IReadOnlyDictionary<string, double> numbers => new JsonObject(numbers.Select(n => KeyValuePair.Create(n.Key, (JsonNode?)n.Value))),
        DTypePolicy policy => policy.Serialize(),
        IReadOnlyDictionary<string, DTypePolicy> policies => new JsonObject(policies.Select(n => KeyValuePair.Create(n.Key, (JsonNode?)n.Value.Serialize()))),
        Layers.QuantizationConfig quantization => quantization.Serialize(),
        Initializer => Serialize(value, "keras.initializers"),
        Regularizer => Serialize(value, "keras.regularizers"),
        Constraint => Serialize(value, "keras.constraints"),
        Layers.MergeMode mode => mode == Layers.MergeMode.None ? null : mode.ToString(),
        Layer layer => layer.Serialize(),
        IReadOnlyList<Layer> layers => new JsonArray([.. layers.Select(Write)]),
        _ => throw Errors.Unsupported("config", "this kind of value cannot be written", "a known kind of argument", value.GetType().Name),
    };
}
