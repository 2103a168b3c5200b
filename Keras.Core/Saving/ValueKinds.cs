using System.Text.Json.Nodes;
using Keras.Layers;
using Keras.Losses;
using Keras.Metrics;
using Keras.Optimizers;

namespace Keras;

/// <summary>All kinds of values in configs: a new choice, or a new class that arguments may have, is one line here.</summary>
static class ValueKinds
{
    internal static readonly ValueKind[] All =
    [
        Kind(JsonRead.Int, i => i),
        Kind(JsonRead.Long, l => l),
        Kind(JsonRead.Number, d => d),
        Kind(JsonRead.Bool, b => b),
        Kind<string>(JsonRead.Text, s => s),
        Kind(n => DTypes.Parse(JsonRead.Text(n)), d => d.Name()),
        Choice(s => (Padding)s),
        Choice(s => (DataFormat)s),
        Choice(s => (Interpolation)s),
        Choice(s => (FillMode)s),
        Choice(s => (AUCCurve)s),
        Choice(s => (AUCSummation)s),
        Choice(s => (FScoreAverage)s, FScoreAverage.None),
        Choice(s => (ClassAggregation)s, ClassAggregation.None),
        Choice(s => (MergeMode)s, MergeMode.None),
        Choice(s => (WindowScaling)s, WindowScaling.None, w => w.Config),
        Choice(s => (Standardization)s, Standardization.None),
        Choice(s => (TextSplit)s, TextSplit.None),
        Choice(s => (Reduce)s, Reduce.None),
        Kind(n => n is JsonValue ? (SignalWindow)JsonRead.Text(n) : JsonRead.Values(n), w => ValueKind.WriteAny(w.Config), SignalWindow.None),
        Kind(n => n is JsonArray ? (Axes)JsonRead.Integers(n) : JsonRead.Int(n), WriteAxes),
        Kind(n => (Shape)JsonRead.Integers(n), s => new JsonArray([.. s.Select(d => (JsonNode?)d)])),
        Kind(n => n is JsonArray ? Interval.Of([.. JsonRead.Items(n).Select(JsonRead.Number)]) : JsonRead.Number(n), i => i.IsNumber ? i.High : new JsonArray(i.Low, i.High)),
        Kind(n => n is JsonArray ? (Thresholds)(double[])[.. JsonRead.Items(n).Select(JsonRead.Number)] : JsonRead.Number(n),
            t => t.IsNumber ? t[0] : new JsonArray([.. t.Select(v => (JsonNode)v)])),
        Kind(n => n is JsonArray list ? new Salt(JsonRead.Unsigned(list[0]!), JsonRead.Unsigned(list[1]!)) : (Salt)JsonRead.Unsigned(n), s => new JsonArray(s.First, s.Second)),
        Kind(n => JsonRead.TextOrNull(n) is { } text ? (Token)text : JsonRead.Long(n), t => t.Text is { } text ? text : t.Number),
        Kind(JsonRead.Values, WriteTensor),
        Kind<Variable>(_ => throw new FormatException(), v => v.Read().Item()),
        Kind(ActivationFunction.Read, a => a.Write()),
        Kind(n => LossFunction.Read(JsonRead.FunctionName(n)), f => f.Write()),
        Kind<Func<Tensor, Tensor, Tensor>>(n => LossFunction.ReadMetric(JsonRead.FunctionName(n)), LossFunction.WriteMetric),
        Kind(n => LambdaFunction.Registered(JsonRead.FunctionName(n)), f => f.Serialize()),
        Kind(n => new QuantizationConfig(JsonRead.Object(n)), q => q.Serialize()),
        Kind(n => n is JsonObject ? Serialization.Read<LearningRateSchedule>(n) : (LearningRateSchedule)JsonRead.Number(n), s => Serialization.Write(s)),
        Kind(Feature.Read, f => f.Serialize()),
        Kind(Cross.Read, c => c.Serialize()),
        Kind(DTypePolicy.Read, p => Serialization.Write(p)),
        Object<Initializer>(),
        Object<Regularizer>(),
        Object<Constraint>(),
        Object<Optimizer>(),
        Kind(OptimizerMap.Read, m => m.Write()),
        Object<Loss>(),
        Object<Metric>(),
        Object<Layer>(),
        List<int>(), List<long>(), List<double>(), List<string>(), List<Cross>(), List<RNNCell>(), List<Layer>(),
        Table<double>(), Table<DTypePolicy>(), Table<Optimizer>(), Table<Feature>(),
    ];

    static ValueKind Kind<T>(Func<JsonNode, T> read, Func<T, JsonNode?> write, object? none = null) => new(typeof(T), (n, _) => read(n), v => write((T)v), none);

    /// <summary>A closed set of names.</summary>
    static ValueKind Choice<T>(Func<string, T> read, T? none = null, Func<T, JsonNode?>? write = null) where T : struct =>
        new(typeof(T), (n, _) => read(JsonRead.Text(n)), v => write is not null ? write((T)v) : v.Equals(none) ? null : v.ToString(), none);

    /// <summary>A class of an open set, by module, class and config.</summary>
    static ValueKind Object<T>() where T : class => new(typeof(T), (n, wanted) => Serialization.Read<T>(n, wanted), Serialization.Write);

    static ValueKind List<T>() => new(typeof(IReadOnlyList<T>), (n, _) => JsonRead.Items(n).Select(i => (T)ValueKind.Of(typeof(T))!.Read(i, typeof(T))!).ToArray(),
        v => new JsonArray([.. ((IReadOnlyList<T>)v).Select(i => ValueKind.WriteAny(i))]));

    static ValueKind Table<T>() => new(typeof(IReadOnlyDictionary<string, T>),
        (n, _) => JsonRead.Object(n).ToDictionary(p => p.Key, p => (T)ValueKind.Of(typeof(T))!.Read(p.Value ?? throw new FormatException(), typeof(T))!),
        v => new JsonObject(((IReadOnlyDictionary<string, T>)v).Select(p => KeyValuePair.Create(p.Key, ValueKind.WriteAny(p.Value)))));

    static JsonNode WriteAxes(Axes axes) => axes.IsNumber ? axes[0] : new JsonArray([.. axes.Select(a => (JsonNode)a)]);

    /// <summary>An array that is written with its dtype.</summary>
    internal static JsonNode? Typed(Tensor? tensor, string form) => tensor is not { Rank: > 0 } ? ValueKind.WriteAny(tensor)
        : new JsonObject { ["class_name"] = form, ["config"] = new JsonObject { ["value"] = WriteTensor(tensor), ["dtype"] = tensor.DType.Name() } };

    static JsonNode? WriteTensor(Tensor tensor) => tensor.Rank > 0 ? Nested(tensor.ToDoubles(), tensor.Shape.Dims)
        : tensor.DType.IsInteger() ? (long)tensor.Item() : tensor.Item();

    static JsonArray Nested(ReadOnlySpan<double> values, ReadOnlySpan<int> dims)
    {
        var list = new JsonArray();
        var part = values.Length / Math.Max(1, dims[0]);
        for (var i = 0; i < dims[0]; i++)
            list.Add(dims.Length == 1 ? (JsonNode)values[i] : Nested(values.Slice(i * part, part), dims[1..]));
        return list;
    }
}
