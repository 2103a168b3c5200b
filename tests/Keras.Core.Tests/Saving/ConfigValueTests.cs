using System.Text.Json.Nodes;
using Keras.Core.Tests.Layers;
using Keras.Tests;

namespace Keras.Core.Tests.Saving;

/// <summary>Any value may stand at any place of a config: the object is made, or the config is refused as all configs are.</summary>
sealed class ConfigValueTests
{
    static readonly string[] Values =
    [
        "null", "true", "-3", "1.5", "99", "30000000", "2147483647", "1e300", "\"x\"", "[]", "[null]", "[0]", "[1, 2]", "[[1, 2], [3]]", "{}", "{\"class_name\": \"Dense\", \"config\": {\"units\": 2}}",
        "{\"class_name\": 3, \"config\": []}", "{\"class_name\": \"function\", \"config\": \"relu\"}",
    ];

    const long Weights = 1 << 20;

    static IEnumerable<TestCaseData> Layers() => from row in LayerTable.Rows
                                                 from make in (Func<Layer>?[])[() => Built(row), row.Other]
                                                 where make is not null
                                                 group make by row.Type into made
                                                 select new TestCaseData((object)made.ToArray()).SetArgDisplayNames(made.Key.Name);

    [TestCaseSource(nameof(Layers)), Hostile("B07")]
    public void A_layer_is_made_or_refused(Func<Layer>[] makes)
    {
        foreach (var make in makes) Check(make().Serialize(), node => Layer.Deserialize(node));
    }

    static Layer Built(LayerRow row)
    {
        var layer = row.Make(null);
        Tensor[] inputs = [.. row.Inputs.Select(s => new Placeholder(new TensorType(DType.Float32, s), "x").On())];
        layer.Apply(inputs.Length == 1 ? inputs[0] : inputs);
        return layer;
    }

    static JsonObject Model(bool functional)
    {
        var x = Layer.Input(3);
        var y = new Keras.Layers.Dense(2, "relu", kernelRegularizer: "l2").Apply(x) * 2;
        var model = functional ? new Model(x, new Keras.Layers.Add().Apply([y, new Keras.Layers.BatchNormalization().Apply(y)]))
            : new Sequential([new Keras.Layers.Input([4, 3]), new Keras.Layers.Bidirectional(new Keras.Layers.LSTM(2)), new Keras.Layers.Dense(2)]);
        model.Compile("adam", "mse", metrics: ["mae", new Keras.Metrics.AUC()]);
        return model.Serialize();
    }

    [TestCase(true), TestCase(false), Hostile("B08")]
    public void A_model_is_made_or_refused(bool functional) => Check(Model(functional), node => Layer.Deserialize(node));

    [TestCase(true), TestCase(false)]
    public void An_old_model_is_made_or_refused(bool functional)
    {
        foreach (var version in (string[])["1.2.2", "2.15.0", "3.16.0"])
            Check(Model(functional), node => ModelLoader.Build(LegacyConfig.Upgrade(node, version), "model_config"));
    }

    static IEnumerable<string> Functions()
    {
        yield return TensorFlowFiles.Slice("""[{"start": null, "stop": null, "step": null}, {"start": 1, "stop": null, "step": 2}]""");
        yield return TensorFlowFiles.Slice("""[1, {"class_name": "__ellipsis__"}, null]""");
        yield return TensorFlowFiles.Layer("math.add", """["x", 0, 0, {"y": 1.5, "name": null}]""");
        yield return TensorFlowFiles.Layer("__operators__.add", """["x", 0, 0, {"y": ["x", 0, 0], "name": null}]""");
        yield return TensorFlowFiles.Layer("math.reduce_sum", """["x", 0, 0, {"axis": [1, 2], "keepdims": true, "name": null}]""");
        yield return TensorFlowFiles.Layer("reshape", """["x", 0, 0, {"shape": [-1, 12], "name": null}]""");
        yield return TensorFlowFiles.Layer("concat", """[["x", 0, 0, {"axis": 1, "name": null}], ["x", 0, 0, {"axis": 1, "name": null}]]""");
        yield return TensorFlowFiles.Layer("cast", """["x", 0, 0, {"dtype": "float32", "name": null}]""");
        yield return TensorFlowFiles.Layer("clip_by_value", """["x", 0, 0, {"clip_value_min": 0.0, "clip_value_max": 1.0, "name": null}]""");
        yield return TensorFlowFiles.Layer("compat.v1.transpose", """["x", 0, 0, {"perm": [0, 2, 1], "name": null}]""");
        yield return TensorFlowFiles.Layer("split", """["x", 0, 0, {"num_or_size_splits": 2, "axis": -1, "name": null}]""");
        yield return TensorFlowFiles.Layer("tile", """["x", 0, 0, {"multiples": [1, 2, 1], "name": null}]""");
        yield return TensorFlowFiles.Layer("compat.v1.pad", """["x", 0, 0, {"paddings": [[0, 0], [1, 1], [0, 0]], "name": null}]""");
        yield return TensorFlowFiles.Layer("one_hot", """["x", 0, 0, {"depth": 3, "name": null}]""");
    }

    [TestCaseSource(nameof(Functions))]
    public void A_model_with_functions_is_made_or_refused(string layer) =>
        Check(JsonNode.Parse(TensorFlowFiles.Graph(layer))!.AsObject(), node => ModelLoader.Build(LegacyConfig.Upgrade(node, "2.9.0"), "model_config"));

    [TestCase("2.15.0"), TestCase("3.16.0")]
    public void How_an_old_model_was_compiled_is_read_or_passed_over(string version)
    {
        var model = (Model)Layer.Deserialize(Model(true));
        Check(model.GetCompileConfig()!, node => model.CompileFromConfig(LegacyConfig.UpgradeTraining(node, version)));
    }

    static IEnumerable<TestCaseData> Others() => KnownTypes.Of<Optimizer>().Concat(KnownTypes.Of<Loss>()).Concat(KnownTypes.Of<Metric>()).Concat(KnownTypes.Of<Initializer>()).Concat(KnownTypes.Of<Regularizer>())
        .Concat(KnownTypes.Of<Constraint>()).Where(t => t.Assembly == typeof(Layer).Assembly && HasDefaults(t)).Select(t => new TestCaseData(t).SetArgDisplayNames(t.Name));

    static bool HasDefaults(Type type) => type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).First().GetParameters().All(p => p.HasDefaultValue);

    [TestCaseSource(nameof(Others))]
    public void A_part_is_made_or_refused(Type type)
    {
        switch (ObjectConfig.Construct(type, _ => null))
        {
            case Optimizer optimizer: Check(optimizer.Serialize(), n => Optimizer.Deserialize(n)); break;
            case Loss loss: Check(loss.Serialize(), n => Loss.Deserialize(n)); break;
            case Metric metric: Check(metric.Serialize(), n => Metric.Deserialize(n)); break;
            case Initializer initializer: Check(initializer.Serialize(), n => Initializer.Deserialize(n)); break;
            case Regularizer regularizer: Check(regularizer.Serialize(), n => Regularizer.Deserialize(n)); break;
            case Constraint constraint: Check(constraint.Serialize(), n => Constraint.Deserialize(n)); break;
        }
    }

    /// <summary>Reads a form with each of the values at each of its places, as files do: with a bound for weights.</summary>
    static void Check(JsonObject form, Action<JsonObject> read)
    {
        var text = form.ToJsonString();
        Assert.That(() => read(JsonNode.Parse(text)!.AsObject()), Throws.Nothing);
        foreach (var path in Paths(form, []))
            foreach (var value in Values)
            {
                bool IsRead()
                {
                    var changed = JsonNode.Parse(text)!.AsObject();
                    Replace(changed, path, JsonNode.Parse(value));
                    try
                    {
                        return LoadScope.Run(Weights, () =>
                        {
                            read(changed);
                            return (true, Array.Empty<Variable>());
                        });
                    }
                    catch (Exception e) when (e is ArgumentException or NotSupportedException or ModelFileException or DeviceOutOfMemoryException)
                    {
                        return e.Message.Length < 4000 ? false : throw new AssertionException($"{string.Join('.', path)} = {value}: {e.Message}");
                    }
                    catch (Exception e)
                    {
                        throw new AssertionException($"{string.Join('.', path)} = {value}", e);
                    }
                }
                var allocated = GC.GetAllocatedBytesForCurrentThread();
                Soon.Does(IsRead, Files.Samples.TimeAllowed);
                Assert.That(GC.GetAllocatedBytesForCurrentThread() - allocated, Is.LessThan(Files.Samples.MemoryAllowed), $"{string.Join('.', path)} = {value}");
            }
    }

    static IEnumerable<object[]> Paths(JsonNode? node, object[] path)
    {
        if (path.Length > 0) yield return path;
        if (node is JsonObject o)
        {
            foreach (var (key, value) in o.ToArray())
                foreach (var inner in Paths(value, [.. path, key])) yield return inner;
        }
        else if (node is JsonArray list)
        {
            for (var i = 0; i < list.Count; i++)
                foreach (var inner in Paths(list[i], [.. path, i])) yield return inner;
        }
    }

    static void Replace(JsonNode node, object[] path, JsonNode? value)
    {
        foreach (var step in path[..^1]) node = step is string key ? node[key]! : node[(int)step]!;
        if (path[^1] is string last) node[last] = value;
        else node[(int)path[^1]] = value;
    }
}
