using System.Text.Json.Nodes;
using Keras.Parity.Tests.Goldens;
using Keras.Parity.Tests.Running;

namespace Keras.Parity.Tests;

/// <summary>Recorded training runs: the same weights before must give the same history, weights, evaluation and predictions.</summary>
public class ModelGoldenTests
{
    // BatchNormalization takes a bias before it out again, so the bias's gradient is nothing but rounding, which Adam scales up to whole steps.
    // Bias and moving mean drift together. No two orders of summing agree in them; with the recorded ones put in, all results have to.
    static readonly Dictionary<string, string[]> Drifting = new()
    {
        ["convnet_adam"] = ["convnet/conv2d_1/bias", "convnet/batch_normalization/moving_mean"],
        // What a bias of the keys adds to all scores of a query is nothing to their softmax: its gradient is rounding, and Lion takes the sign.
        ["transformer_lion"] = ["mha/key/bias"],
    };

    // What the models still need, by name: they are counted as missing, like calls without a target.
    static readonly Dictionary<string, string> Missing = [];

    static IEnumerable<string> Names() => All().Where(IsThere);

    static IEnumerable<string> All() => Directory.EnumerateDirectories(Path.Combine(GoldenFolder.Root, "models")).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal);

    [TestCaseSource(nameof(Names))]
    public void A_training_run_goes_as_in_Keras(string name)
    {
        var golden = GoldenFolder.ReadJson($"models/{name}/case.json");
        Check(golden, Build(golden), Drifting.GetValueOrDefault(name, []));
    }

    static bool IsThere(string name)
    {
        try
        {
            var golden = GoldenFolder.ReadJson($"models/{name}/case.json");
            Compile(Build(golden), golden);
            CheckFit(((GoldenValue.Dict)golden.Find("fit")!).Items);
            return true;
        }
        catch (MissingException e)
        {
            Missing[name] = e.Message;
            return false;
        }
    }

    [OneTimeTearDown]
    public static void PrintMissing() => TestContext.Progress.WriteLine(
        $"models: {All().Count() - Missing.Count} run, {Missing.Count} missing: {string.Join("; ", Missing.Select(m => $"{m.Key} needs {m.Value}"))}");

    static void Check(GoldenValue golden, Model model, string[] drifting)
    {
        SetWeights(model, golden.Find("weights_before")!.Elements);
        var comparison = new GoldenComparison(wide: false, Through(model));
        var outputs = model.Apply(Data(golden, "input")).Flatten();
        for (var i = 0; i < outputs.Count; i++) comparison.Check($"output {i}", golden.Find("outputs")!.Elements[i], outputs[i]);
        Compile(model, golden);
        CheckRun(golden, model, drifting);
    }

    static string Through(Model model) => model.Layers.Any(l => l.Dtype.ComputeDType == DType.BFloat16) ? "bfloat16" : "float32";

    /// <summary>Trains a compiled model as it was recorded, and compares all that comes of it.</summary>
    internal static void CheckRun(GoldenValue golden, Model model, string name) => CheckRun(golden, model, Drifting.GetValueOrDefault(name, []));

    static void CheckRun(GoldenValue golden, Model model, string[] drifting)
    {
        var (x, y, through) = (Data(golden, "input"), Data(golden, "target"), Through(model));
        var history = Fit(model, x, y, ((GoldenValue.Dict)golden.Find("fit")!).Items);
        var tolerance = through == "float32" ? Tolerance.Training : Tolerance.Of(through);
        CheckHistory((GoldenValue.Dict)golden.Find("history")!, history, tolerance.Relative);
        CheckWeights(golden.Find("weights_after")!.Elements, model.Weights, tolerance, drifting);
        CheckWeights(golden.Find("optimizer_after")!.Elements, model.Optimizer!.Variables, tolerance, drifting);
        foreach (var recorded in golden.Find("weights_after")!.Elements.Where(w => drifting.Contains(PathOf(w))))
            model.Weights.Single(w => w.Path == PathOf(recorded)).Assign(GoldenTensors.Tensor(recorded.Find("value")!));
        CheckInference(golden, model, x, y, tolerance.Relative);
    }

    /// <summary>In double precision one step down the whole gradient moves what drifts by rounding alone, and the rest by far more.</summary>
    [TestCaseSource(nameof(DriftingNames))]
    public void What_drifts_has_no_gradient(string name)
    {
        var golden = GoldenFolder.ReadJson($"models/{name}/case.json");
        var config = JsonNode.Parse(Config(golden).ToJsonString().Replace("\"float32\"", "\"float64\"", StringComparison.Ordinal))!;
        var model = (Model)Layer.Deserialize(config);
        SetWeights(model, golden.Find("weights_before")!.Elements);
        Assert.That(model.Weights.Select(w => w.DType), Is.All.EqualTo(DType.Float64));
        var compile = GoldenTensors.Config(golden.Find("compile")!);
        compile["optimizer"] = new Optimizers.SGD(1).Serialize();
        model.CompileFromConfig(compile);
        var before = model.TrainableWeights.Select(w => w.Value.ToDoubles()).ToArray();
        var (x, y) = (Data(golden, "input"), Data(golden, "target"));
        model.Fit(x, y, batchSize: y.Flatten()[0].Shape[0], epochs: 1, verbose: 0, shuffle: false);
        var steps = model.TrainableWeights.Zip(before, (w, b) => (w.Path, Size: w.Value.ToDoubles().Zip(b, (v, u) => Math.Abs(v - u)).Max())).ToLookup(s => Drifting[name].Contains(s.Path), s => s.Size);
        TestContext.Out.WriteLine($"{steps[true].Max():g3} of {steps[false].Min():g3} to {steps[false].Max():g3}");
        Assert.That(steps[true].Max(), Is.LessThan(1e-14).And.LessThan(1e-9 * steps[false].Min()));
    }

    static readonly string[] DriftingNames = [.. Drifting.Keys];

    static void CheckInference(GoldenValue golden, Model model, Nest x, Nest y, double relative)
    {
        var evaluated = model.Evaluate(x, y, batchSize: 7, verbose: 0);
        foreach (var (key, value) in ((GoldenValue.Dict)golden.Find("evaluate")!).Items)
            CheckNumber($"evaluate {key}", GoldenTensors.Number(value), evaluated[key], relative);
        var predictions = model.PredictAll(x, batchSize: 7).Flatten();
        Assert.That(predictions, Has.Count.EqualTo(golden.Find("predictions")!.Elements.Count));
        for (var output = 0; output < predictions.Count; output++)
        {
            var expected = golden.Find("predictions")!.Elements[output].As<GoldenValue.Tensor>().ToDoubles();
            var received = predictions[output].ToDoubles();
            Assert.That(received, Has.Length.EqualTo(expected.Length));
            var scale = expected.Max(Math.Abs);
            for (var i = 0; i < expected.Length; i++) Assert.That(received[i], Is.EqualTo(expected[i]).Within(relative * scale), $"prediction {i} of output {output}");
        }
    }

    static Model Build(GoldenValue golden) => (Model)Layer.Deserialize(Config(golden));

    static JsonObject Config(GoldenValue golden)
    {
        var config = (JsonObject)GoldenTensors.Config(golden.Find("config")!).DeepClone();
        config["compile_config"] = null;
        return config;
    }

    static void Compile(Model model, GoldenValue golden) => model.CompileFromConfig(GoldenTensors.Config(golden.Find("compile")!));

    static void CheckFit(IReadOnlyDictionary<string, GoldenValue> fit)
    {
        string[] known = ["epochs", "batch_size", "validation_split", "class_weight"];
        if (fit.Keys.FirstOrDefault(k => !known.Contains(k)) is { } other) throw new MissingException($"Fit has no argument {other}");
    }

    /// <summary>Trains a model once more as it was recorded.</summary>
    internal static void Fit(GoldenValue golden, Model model) => Fit(model, Data(golden, "input"), Data(golden, "target"), ((GoldenValue.Dict)golden.Find("fit")!).Items);

    static History Fit(Model model, Nest x, Nest y, IReadOnlyDictionary<string, GoldenValue> fit)
    {
        CheckFit(fit);
        var split = fit.GetValueOrDefault("validation_split") is { } share ? GoldenTensors.Number(share) : 0;
        var weights = fit.GetValueOrDefault("class_weight") is GoldenValue.Dict classes
            ? classes.Items.ToDictionary(c => int.Parse(c.Key, System.Globalization.CultureInfo.InvariantCulture), c => GoldenTensors.Number(c.Value)) : null;
        return model.Fit(x, y, (int)GoldenTensors.Number(fit["batch_size"]), (int)GoldenTensors.Number(fit["epochs"]), verbose: 0,
            validationSplit: split, shuffle: false, classWeight: weights);
    }

    static Nest Data(GoldenValue golden, string kind)
    {
        var data = golden.Find($"{kind}s")!.Elements.Select(GoldenTensors.Nest).ToArray();
        return golden.Find($"{kind}_names") is GoldenValue.List { Items: var names }
            ? Nest.Dictionary(names.Zip(data, (n, d) => KeyValuePair.Create(n.As<GoldenValue.Text>().Value, d))) : data.Single();
    }

    static void SetWeights(Model model, IReadOnlyList<GoldenValue> weights)
    {
        CheckPaths(weights, model.Weights);
        model.SetWeights([.. weights.Select(w => GoldenTensors.Tensor(w.Find("value")!))]);
    }

    // The layer that saw data before it came into the model had its weights under its own name.
    internal static void CheckPaths(IReadOnlyList<GoldenValue> expected, IReadOnlyList<Variable> received) =>
        Assert.That(received.Select(w => w.Path.StartsWith("prep/normalization/", StringComparison.Ordinal) ? w.Path["prep/".Length..] : w.Path), Is.EqualTo(expected.Select(PathOf)));

    static void CheckWeights(IReadOnlyList<GoldenValue> expected, IReadOnlyList<Variable> received, Tolerance tolerance, string[] except)
    {
        CheckPaths(expected, received);
        for (var i = 0; i < expected.Count; i++)
            if (!except.Contains(PathOf(expected[i])))
                GoldenComparison.CheckValues(PathOf(expected[i]), (GoldenValue.Tensor)expected[i].Find("value")!, received[i].Value, other: tolerance);
    }

    static void CheckHistory(GoldenValue.Dict expected, History received, double relative)
    {
        Assert.That(received.Values.Keys, Is.EquivalentTo(expected.Items.Keys));
        foreach (var (name, values) in expected.Items)
            for (var epoch = 0; epoch < values.Elements.Count; epoch++)
                CheckNumber($"{name} of epoch {epoch}", GoldenTensors.Number(values.Elements[epoch]), received[name][epoch], relative);
    }

    static void CheckNumber(string what, double expected, double received, double relative) =>
        Assert.That(received, Is.EqualTo(expected).Within((relative * Math.Abs(expected)) + 1e-7), what);

    static string PathOf(GoldenValue weight) => weight.Find("path")!.As<GoldenValue.Text>().Value;
}
