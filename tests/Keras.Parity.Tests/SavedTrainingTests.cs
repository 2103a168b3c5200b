using Keras.Parity.Tests.Goldens;
using Keras.Parity.Tests.Running;

namespace Keras.Parity.Tests;

/// <summary>Models that Keras saved before and after a training run: they go on as they did there.</summary>
public class SavedTrainingTests
{
    static string FolderOf(string name) => Path.Combine(GoldenFolder.Root, "models", name);

    static string FileOf(string name, string file) => Path.Combine(FolderOf(name), file);

    static IEnumerable<string> Names() => Directory.EnumerateDirectories(Path.Combine(GoldenFolder.Root, "models")).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal);

    static GoldenValue Golden(string name) => GoldenFolder.ReadJson($"models/{name}/case.json");

    [Test]
    public void The_models_after_training_have_its_weights_and_state([ValueSource(nameof(Names))] string name, [Values("after.keras", "after.h5")] string file)
    {
        var golden = Golden(name);
        var model = Saving.LoadModel(FileOf(name, file));
        CheckEqual(golden.Find("weights_after")!.Elements, model.Weights);
        CheckEqual(golden.Find("optimizer_after")!.Elements, model.Optimizer!.Variables);
    }

    [TestCaseSource(nameof(Names))]
    public void Weights_alone_fit_the_model_of_before(string name)
    {
        var golden = Golden(name);
        var model = Saving.LoadModel(FileOf(name, "before.keras"));
        CheckEqual(golden.Find("weights_before")!.Elements, model.Weights);
        model.LoadWeights(FileOf(name, "after.weights.h5"));
        CheckEqual(golden.Find("weights_after")!.Elements, model.Weights);
        CheckEqual(golden.Find("optimizer_after")!.Elements, model.Optimizer!.Variables);
    }

    [Test]
    public void Saved_again_they_are_as_Keras_saved_them([ValueSource(nameof(Names))] string name, [Values("before.keras", "after.keras")] string file)
    {
        var model = Saving.LoadModel(FileOf(name, file));
        using var again = new MemoryStream();
        model.Save(again);
        SavedFileShape.Compare(File.ReadAllBytes(FileOf(name, file)), again.ToArray(), isStarted: file == "after.keras");
        again.Position = 0;
        Assert.That(Values(Saving.LoadModel(again)), Is.EqualTo(Values(model)));
    }

    [TestCaseSource(nameof(Names))]
    public void Old_files_are_saved_again_as_Keras_saved_them(string name)
    {
        var model = Saving.LoadModel(FileOf(name, "after.h5"));
        var path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{name}.h5");
        try
        {
            model.Save(path);
            // A layer that saw data before it came into its model had its weights under its own name there.
            if (name != "normalization_adapted") SavedFileShape.CompareLegacy(File.ReadAllBytes(FileOf(name, "after.h5")), File.ReadAllBytes(path));
            Assert.That(Values(Saving.LoadModel(path)), Is.EqualTo(Values(model)));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [TestCaseSource(nameof(Names))]
    public void A_run_that_was_saved_goes_on_as_one_that_was_not(string name)
    {
        var golden = Golden(name);
        var unbroken = Saving.LoadModel(FileOf(name, "before.keras"));
        ModelGoldenTests.CheckRun(golden, unbroken, name);
        using var half = new MemoryStream();
        unbroken.Save(half);
        half.Position = 0;
        var resumed = Saving.LoadModel(half);
        Assert.That(Values(resumed), Is.EqualTo(Values(unbroken)));
        ModelGoldenTests.Fit(golden, unbroken);
        ModelGoldenTests.Fit(golden, resumed);
        Assert.That(Values(resumed), Is.EqualTo(Values(unbroken)));
    }

    static void CheckEqual(IReadOnlyList<GoldenValue> expected, IReadOnlyList<Variable> received)
    {
        ModelGoldenTests.CheckPaths(expected, received);
        foreach (var (value, variable) in expected.Zip(received))
            Assert.That(variable.Read().ToDoubles(), Is.EqualTo(GoldenTensors.Tensor(value.Find("value")!).ToDoubles()), variable.Path);
    }

    static IEnumerable<(string, string)> Values(Model model) => SavedObjects.Of(model)
        .SelectMany(s => SavedObjects.VariablesOf(s.Saved).Select(v => (s.Path, Convert.ToBase64String(v.Read().Evaluate().Span))));
}
