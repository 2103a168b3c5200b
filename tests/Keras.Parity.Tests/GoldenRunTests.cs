using System.Diagnostics;
using Keras.Parity.Tests.Goldens;
using Keras.Parity.Tests.Running;

namespace Keras.Parity.Tests;

/// <summary>Runs every recorded call. A test is a file of calls; its message names each one that fails. What the library does not have is
/// counted and listed in the table at the end.</summary>
public class GoldenRunTests
{
    // So begins the excuse of a call of a layer whose results must be right all the same.
    const string GradientsAlone = "gradients: ";

    static readonly Tally Tally = new();
    static readonly Dictionary<string, string> Excuses = ReadExcuses();

    static readonly Dictionary<string, Action<GoldenCase>> Areas = new()
    {
        ["ops"] = FunctionRun.Run,
        ["activations"] = FunctionRun.Run,
        ["losses_fn"] = FunctionRun.Run,
        ["utils"] = FunctionRun.Run,
        ["layers"] = LayerRun.Run,
        ["losses"] = LossRun.Run,
        ["metrics"] = MetricRun.Run,
        ["optimizers"] = OptimizerRun.Run,
        ["regularizers"] = ObjectRun.Run,
        ["constraints"] = ObjectRun.Run,
        ["initializers"] = ObjectRun.Run,
        ["schedules"] = ObjectRun.Run,
    };

    static IEnumerable<TestCaseData> Files() => Areas.Keys
        .Where(area => Directory.Exists(Path.Combine(GoldenFolder.Root, area)))
        .SelectMany(area => GoldenFolder.Names(area).Select(name => new TestCaseData(area, name).SetName($"{area}/{name}")));

    [TestCaseSource(nameof(Files))]
    public void Recorded_calls(string area, string name) => Report(GoldenFolder.Read(area, name).Select(golden => Run(golden, Areas[area])));

    [Test]
    public void Random_numbers_have_the_bits_of_JAX() => Report(RandomRun.Read().Select(golden => Run(golden, RandomRun.Run)));

    [OneTimeTearDown]
    public static void PrintTable()
    {
        var folder = TestContext.CurrentContext.WorkDirectory;
        File.WriteAllText(Path.Combine(folder, "parity.txt"), $"{Tally.Areas()}\n{Tally.TargetTable()}");
        File.WriteAllText(Path.Combine(folder, "parity-cases.tsv"), Tally.Cases());
        TestContext.Progress.WriteLine($"{Tally.Areas()}Targets and cases: {folder}/parity.txt, parity-cases.tsv");
    }

    static void Report(IEnumerable<CaseResult> results)
    {
        const int Shown = 12;
        var failed = new List<CaseResult>();
        foreach (var result in results)
        {
            Tally.Add(result);
            if (result.Outcome == Outcome.Failed) failed.Add(result);
        }
        var lines = failed.Take(Shown).Select(r => $"{r.Golden.Id}: {r.Reason}");
        if (failed.Count > 0) Assert.Fail($"{failed.Count} calls differ from Keras:\n{string.Join('\n', lines)}");
    }

    static CaseResult Run(GoldenCase golden, Action<GoldenCase> run)
    {
        var excused = Excuses.TryGetValue(golden.Id, out var excuse);
        if (excused && !excuse!.StartsWith(GradientsAlone, StringComparison.Ordinal)) return new(golden, Outcome.Excused, excuse);
        try
        {
            if (excused) LayerRun.RunWithoutGradients(golden);
            else run(golden);
            return excused ? new(golden, Outcome.Excused, excuse!) : new(golden, Outcome.Passed, "");
        }
        catch (MissingException e)
        {
            return new(golden, Outcome.Missing, e.Message);
        }
        catch (DifferenceException e)
        {
            return new(golden, Outcome.Failed, e.Message);
        }
#pragma warning disable CA1031 // Whatever a call throws is how the case went; the next one runs all the same.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return new(golden, Outcome.Failed, $"{e.GetType().Name}: {e.Message} ({Place(e)})");
        }
    }

    static string Place(Exception e) => new StackTrace(e, false).GetFrames().Select(f => f.GetMethod())
        .Where(m => m?.DeclaringType?.Namespace?.StartsWith("Keras", StringComparison.Ordinal) == true && m.DeclaringType.Name != "Errors")
        .Select(m => $"{m!.DeclaringType!.Name}.{m.Name}").FirstOrDefault() ?? "unknown";

    static Dictionary<string, string> ReadExcuses()
    {
        using var reader = new StreamReader(typeof(GoldenRunTests).Assembly.GetManifestResourceStream("excuses.tsv")!);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).ToDictionary(f => f[0], f => f[1]);
    }
}
