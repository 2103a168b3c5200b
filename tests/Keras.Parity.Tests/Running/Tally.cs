using System.Collections.Concurrent;
using System.Text;
using Keras.Parity.Tests.Goldens;

namespace Keras.Parity.Tests.Running;

/// <summary>How a recorded case went.</summary>
public enum Outcome
{
    Passed,
    Failed,
    /// <summary>It makes no sense outside Python; the reason stands in excuses.tsv.</summary>
    Excused,
    /// <summary>The library has no such class, function or argument yet.</summary>
    Missing,
    /// <summary>Its numbers are drawn by another generator than the recorded ones: dtypes, shapes and structure were compared; the statistics of such
    /// layers have tests of their own.</summary>
    Drawn,
}

/// <summary>One case and how it went.</summary>
public sealed record CaseResult(GoldenCase Golden, Outcome Outcome, string Reason);

/// <summary>All results of a run, and the tables made of them.</summary>
sealed class Tally
{
    readonly ConcurrentBag<CaseResult> _results = [];

    public void Add(CaseResult result) => _results.Add(result);

    /// <summary>One row an area: <c>area passed failed excused missing drawn</c>.</summary>
    public string Areas() => Table("area", result => result.Golden.Area);

    /// <summary>One row a target.</summary>
    public string TargetTable() => Table("target", result => $"{result.Golden.Area}/{result.Golden.Name}");

    /// <summary>One line a case that did not pass: outcome, case, reason.</summary>
    public string Cases() => string.Concat(_results
        .Where(r => r.Outcome != Outcome.Passed)
        .OrderBy(r => r.Outcome).ThenBy(r => r.Golden.ToString(), StringComparer.Ordinal)
        .Select(r => $"{r.Outcome}\t{r.Golden}\t{r.Reason.ReplaceLineEndings(" ")}\n"));

    string Table(string title, Func<CaseResult, string> key)
    {
        var rows = _results.GroupBy(key).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => (g.Key, g.ToArray())).Append(("total", _results.ToArray()));
        var text = new StringBuilder($"{title,-44}  passed  failed excused missing   drawn\n");
        foreach (var (name, results) in rows)
        {
            text.Append($"{name,-44}");
            foreach (var outcome in Enum.GetValues<Outcome>()) text.Append($"{results.Count(r => r.Outcome == outcome),8}");
            text.Append('\n');
        }
        return text.ToString();
    }
}
