using Keras.Parity.Tests.Goldens;
using Keras.Parity.Tests.Running;

namespace Keras.Parity.Tests;

/// <summary>Files that Keras saved: each loads, computes what was recorded, and is saved again as it was.</summary>
public class SavedFileTests
{
    /// <summary>Files that are refused, by what stands in the message.</summary>
    static readonly Dictionary<string, string> Refused = new()
    {
        ["model-Classifier-"] = "is unknown",
        ["model-M-"] = "is unknown",
        // A growth factor, which is a class of Python that is none of the kinds that configs hold.
        ["model-Functional-ef6d6686e92d.keras"] = "GrowthFactor",
        ["model-Functional-8794a8e24fcc.keras"] = "ComplexModel",
        // Dtypes by a map of policies, int8 among them.
        ["model-Functional-6b8bdf0d45be.keras"] = "Subclass",
        // A local class of a test, whose code was not recorded.
        ["model-Sequential-a032026696d2.keras"] = "CustomLayer",
        // A function of Python.
        ["model-Sequential-8ad63c8c3b5e.keras"] = "code of Python",
    };

    /// <summary>Weights in the file that the recorded number does not count, or counts twice: it was taken after a change of the model.</summary>
    static readonly string[] Recounted = ["model-Functional-ac907d45fbdc.keras", "model-Functional-fabbe12c361e.keras"];

    static string Folder => Path.Combine(GoldenFolder.Root, "saved");

    static IEnumerable<string> Models() => Directory.EnumerateFiles(Folder, "model-*").Select(f => Path.GetFileName(f)!)
        .Where(f => !f.EndsWith(".json", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    static IEnumerable<string> Loading() => Models().Where(m => !Refused.Keys.Any(m.StartsWith) && !IsAdapted(m));

    /// <summary>Whether a file has quantized weights or low-rank ones beside the others.</summary>
    static bool IsAdapted(string name)
    {
        if (!name.EndsWith(".keras", StringComparison.Ordinal)) return false;
        using var file = File.OpenRead(Path.Combine(Folder, name));
        var zip = new ZipArchiveReader(file);
        var config = System.Text.Encoding.UTF8.GetString(zip.ReadAll(zip.Find("config.json")!));
        return config.Contains("\"Quantized", StringComparison.Ordinal) || config.Contains("\"lora_rank\": ", StringComparison.Ordinal);
    }

    [TestCaseSource(nameof(Loading))]
    public void A_model_loads_and_computes_what_was_recorded(string name)
    {
        var golden = GoldenFolder.ReadJson($"saved/{name}.json");
        var model = Saving.LoadModel(Path.Combine(Folder, name), SavedClasses.All);
        Check(golden, model, name);
        using var again = new MemoryStream();
        using (new CustomObjectScope(SavedClasses.All)) model.Save(again);
        again.Position = 0;
        var second = Saving.LoadModel(again, SavedClasses.All);
        Check(golden, second, name);
        Assert.That(Values(second), Is.EqualTo(Values(model)));
        if (name.EndsWith(".keras", StringComparison.Ordinal)) SavedFileShape.Compare(File.ReadAllBytes(Path.Combine(Folder, name)), again.ToArray());
    }

    static IEnumerable<string> Refusals() => Models().Where(m => Refused.Keys.Any(m.StartsWith) || IsAdapted(m));

    [TestCaseSource(nameof(Refusals))]
    public void What_cannot_be_loaded_is_refused_by_name(string name)
    {
        var expected = Refused.FirstOrDefault(r => name.StartsWith(r.Key, StringComparison.Ordinal)).Value ?? "not supported yet";
        Assert.That(() => Saving.LoadModel(Path.Combine(Folder, name), SavedClasses.All), Throws.TypeOf<ModelFileException>().With.Message.Contains(expected));
    }

    static IEnumerable<string> Weights() => Directory.EnumerateFiles(Folder, "weights-*.h5").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal);

    [TestCaseSource(nameof(Weights))]
    public void A_file_of_weights_is_read_whole_and_written_as_it_was(string name)
    {
        var file = File.ReadAllBytes(Path.Combine(Folder, name));
        var root = Hdf5File.Open(new MemoryStream(file)).Root;
        var writer = new Hdf5Writer();
        Copy(root, writer.Root);
        using var again = new MemoryStream();
        writer.WriteTo(again);
        Assert.That(SavedFileShape.Lines(Hdf5File.Open(again).Root), Is.EqualTo(SavedFileShape.Lines(root)));
        Assert.That(Arrays(Hdf5File.Open(again).Root), Is.EqualTo(Arrays(root)));
    }

    static void Copy(Hdf5Group from, Hdf5GroupWriter to)
    {
        foreach (var attribute in from.AttributeNames) to.Attribute(attribute, from.TryText(attribute)!);
        foreach (var dataset in from.Datasets) to.Dataset(dataset.Name, dataset.DType, dataset.Shape, Hdf5Weights.Stored(dataset).Read().Span.ToArray());
        foreach (var group in from.Groups) Copy(group, to.Group(group.Name));
    }

    static IEnumerable<string> Arrays(Hdf5Group group) => group.Groups.OrderBy(g => g.Path, StringComparer.Ordinal).SelectMany(Arrays)
        .Concat(group.Datasets.OrderBy(d => d.Path, StringComparer.Ordinal).Select(d => $"{d.Path} {Convert.ToBase64String(Hdf5Weights.Stored(d).Read().Span)}"));

    /// <summary>Files of weights for which there is a whole model of the same layers.</summary>
    static IEnumerable<TestCaseData> WeightsOfModels()
    {
        var models = Loading().GroupBy(LayersOf).ToDictionary(g => g.Key, g => g.First());
        return Weights().Where(w => models.ContainsKey(LayersOf(w))).Select(w => new TestCaseData(w, models[LayersOf(w)]));
    }

    static string LayersOf(string name)
    {
        var golden = GoldenFolder.ReadJson($"saved/{name}.json");
        return string.Join(";", golden.Find("summary")!.Find("layers")!.Elements.Select(l => $"{((GoldenValue.Text)l.Elements[0]).Value} {GoldenTensors.Number(l.Elements[2])}"));
    }

    [TestCaseSource(nameof(WeightsOfModels))]
    public void Weights_go_into_a_model_of_the_same_layers(string name, string model)
    {
        var golden = GoldenFolder.ReadJson($"saved/{name}.json");
        var made = Saving.LoadModel(Path.Combine(Folder, model), SavedClasses.All);
        made.LoadWeights(Path.Combine(Folder, name));
        // Weights of half precision came from a model that computed in it.
        using var file = File.OpenRead(Path.Combine(Folder, name));
        var dtype = Hdf5File.Open(file).Root.TryDataset("layers/dense/vars/0")?.DType ?? DType.Float32;
        Check(golden, made, model, dtype.Name());
    }

    static IEnumerable<string> Canaries() => Weights().Where(w => LayersOf(w).StartsWith("CanaryLayer", StringComparison.Ordinal));

    [TestCaseSource(nameof(Canaries))]
    public void Weights_go_into_a_model_with_a_class_of_ones_own(string name)
    {
        var model = new Sequential([new Layers.Input(3), new SavedClasses.CanaryLayer(), new Layers.Dense(1)]);
        model.LoadWeights(Path.Combine(Folder, name));
        Check(GoldenFolder.ReadJson($"saved/{name}.json"), model, name);
    }

    static void Check(GoldenValue golden, Model model, string name, string through = "float32")
    {
        var summary = golden.Find("summary")!;
        if (!Recounted.Contains(name)) Assert.That(model.Weights, Has.Count.EqualTo((int)GoldenTensors.Number(summary.Find("weights")!)));
        if (golden.Find("outputs") is not { } outputs) return;
        var inputs = golden.Find("inputs")!.Elements.Select(GoldenTensors.Tensor).ToArray();
        var received = model.PredictAll(model.Graph is null ? inputs.Single() : model.Inputs.Pack(inputs)).Flatten();
        Assert.That(received, Has.Count.EqualTo(outputs.Elements.Count));
        foreach (var (expected, output) in outputs.Elements.Zip(received)) new GoldenComparison(wide: false, through).Check("output", expected, output);
    }

    /// <summary>All that files keep, by path.</summary>
    static IEnumerable<(string, string)> Values(Model model) => SavedObjects.Of(model)
        .SelectMany(s => SavedObjects.VariablesOf(s.Saved).Select(v => (s.Path, Convert.ToBase64String(v.Read().Evaluate().Span))));
}
