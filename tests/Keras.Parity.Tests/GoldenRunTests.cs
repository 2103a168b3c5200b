using System.Diagnostics;
using Keras.Parity.Tests.Goldens;
using Keras.Parity.Tests.Running;

namespace Keras.Parity.Tests;

/// <summary>Runs every recorded call. A test is a file of calls; its message names each one that fails. What the library does not have is
/// counted and listed in the table at the end.</summary>
public class GoldenRunTests
{
    // What such an excuse begins with: gradients need not be right, but results must; numbers are drawn, but dtypes and shapes must be right.
    const string GradientsAlone = "gradients: ", NumbersDrawn = "random: ";

    /// <summary>What the library says that it does not have: nothing else may go missing.</summary>
    static readonly string[] NotThere =
    [
        "QuantizedDTypePolicy", "QuantizedFloat8DTypePolicy", "Int4DTypePolicy", "TernaryDTypePolicy", "GPTQDTypePolicy", "AWQDTypePolicy",
        "low-rank adaptation", "Conv1D has no argument lora_alpha", "Conv2D has no argument lora_alpha", "Conv3D has no argument lora_alpha",
        // There are no tensors of strings.
        "Expected: IReadOnlyList`1 sequences. Received: [[\"1\"], [\"1\", \"2\"], [\"1\", \"2\", \"3\"]].",
    ];

    static readonly Tally Tally = new();
    static readonly Dictionary<string, string> Excuses = ReadExcuses();

    static readonly Dictionary<string, Action<GoldenCase, Depth>> Areas = new()
    {
        ["ops"] = Whole(FunctionRun.Run),
        ["activations"] = Whole(FunctionRun.Run),
        ["losses_fn"] = Whole(FunctionRun.Run),
        ["utils"] = Whole(FunctionRun.Run),
        ["layers"] = LayerRun.Run,
        ["losses"] = LossRun.Run,
        ["metrics"] = Whole(MetricRun.Run),
        ["optimizers"] = Whole(OptimizerRun.Run),
        ["regularizers"] = Whole(ObjectRun.Run),
        ["constraints"] = Whole(ObjectRun.Run),
        ["initializers"] = Whole(ObjectRun.Run),
        ["schedules"] = Whole(ObjectRun.Run),
    };

    static Action<GoldenCase, Depth> Whole(Action<GoldenCase> run) => (golden, depth) =>
    {
        if (depth != Depth.All) throw new InvalidOperationException($"Calls of {golden.Area} are compared as a whole; their excuse cannot be one of a part.");
        run(golden);
    };

    static IEnumerable<TestCaseData> Files() => Areas.Keys
        .Where(area => Directory.Exists(Path.Combine(GoldenFolder.Root, area)))
        .SelectMany(area => GoldenFolder.Names(area).Select(name => new TestCaseData(area, name).SetName($"{area}/{name}")));

    [TestCaseSource(nameof(Files))]
    public void Recorded_calls(string area, string name) => Report(GoldenFolder.Read(area, name).Select(golden => Run(golden, Areas[area])));

    [Test]
    public void Random_numbers_have_the_bits_of_JAX() => Report(RandomRun.Read().Select(golden => Run(golden, Whole(RandomRun.Run))));

    [Test]
    public void Every_excuse_is_of_a_recorded_call()
    {
        var recorded = Areas.Keys.SelectMany(area => GoldenFolder.Names(area).SelectMany(name => GoldenFolder.Read(area, name))).Select(golden => golden.Id).ToHashSet();
        Assert.That(Excuses.Keys.Where(id => !recorded.Contains(id)), Is.Empty);
    }

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

    static CaseResult Run(GoldenCase golden, Action<GoldenCase, Depth> run)
    {
        if (!Excuses.TryGetValue(golden.Id, out var excuse)) return Try(golden, run, Depth.All);
        var depth = excuse.StartsWith(GradientsAlone, StringComparison.Ordinal) ? Depth.Results : excuse.StartsWith(NumbersDrawn, StringComparison.Ordinal) ? Depth.Types : Depth.All;
        if (depth != Depth.All && Try(golden, run, depth) is { Outcome: not Outcome.Passed } part) return part;
        if (depth == Depth.Types) return new(golden, Outcome.Drawn, excuse);
        // An excuse that is needed no more hides what breaks later.
        return Try(golden, run, Depth.All).Outcome == Outcome.Passed
            ? new(golden, Outcome.Failed, $"the call is right, so it needs no excuse: {excuse}")
            : new(golden, Outcome.Excused, excuse);
    }

    static CaseResult Try(GoldenCase golden, Action<GoldenCase, Depth> run, Depth depth)
    {
        try
        {
            run(golden, depth);
            return new(golden, Outcome.Passed, "");
        }
        catch (MissingException e)
        {
            return new(golden, NotThere.Contains(e.Message) ? Outcome.Missing : Outcome.Failed, e.Message);
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
