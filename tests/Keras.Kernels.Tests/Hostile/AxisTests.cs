using System.Reflection;
using Keras.Tests;

namespace Keras.Kernels.Tests.Hostile;

/// <summary>Axes that are not there, and axes named twice, of every function that takes axes.</summary>
[NonParallelizable]
sealed class AxisTests
{
    // How many axes more than the first tensor's there are to choose from.
    static readonly Dictionary<string, int> More = new() { ["Stack"] = 1, ["OneHot"] = 1, ["MultiHot"] = 1, ["SparseCategoricalCrossentropy"] = 1, ["Linspace"] = 1, ["Logspace"] = 1, ["Geomspace"] = 1 };

    // Axes that work, where the first one does not.
    static readonly Dictionary<string, Axes> Right = new()
    {
        ["Rot90"] = (0, 1),
        ["Norm"] = (0, 1),
        ["Transpose"] = (2, 0, 1),
        ["Moveaxis.destination"] = 2,
        ["Glu"] = -1,
        ["CategoricalCrossentropy"] = -1,
        ["SparseCategoricalCrossentropy"] = -1,
        ["ScaleAndTranslate"] = (1, 2),
        ["Swapaxes.axis2"] = 1,
        ["Diagonal.axis2"] = 1,
        ["Trace.axis2"] = 1,
    };

    // What sums shifts of one axis, as NumPy does.
    static readonly string[] Twice = ["Roll"];

    static bool IsAxis(ParameterInfo p) => (p.Name!.Contains("axis", StringComparison.OrdinalIgnoreCase) || p.Name is "axes" or "source" or "destination" or "spatialDims")
        && (Nullable.GetUnderlyingType(p.ParameterType) ?? p.ParameterType) is var type && (type == typeof(int) || type == typeof(Axes) || type == typeof((Axes, Axes)))
        // A number of axes.
        && !(p.Member.Name == "Tensordot" && type == typeof(int));

    static IEnumerable<TestCaseData> All => Callable.With(IsAxis);

    static Axes RightOf(Callable call, ParameterInfo p) => Right.TryGetValue($"{call}.{p.Name}", out var own) || Right.TryGetValue($"{call}", out own) ? own : 0;

    static object Given(ParameterInfo p, Axes axes) => (Nullable.GetUnderlyingType(p.ParameterType) ?? p.ParameterType) is var type
        && type == typeof(int) ? axes[0] : type == typeof((Axes, Axes)) ? (axes, axes) : axes;

    static int Rank(Callable call, int count) => call.First.Rank + ($"{call}" == "ExpandDims" ? count : More.GetValueOrDefault($"{call}"));

    [TestCaseSource(nameof(All)), Hostile("K03")]
    public void Axes_that_are_not_there_are_refused(Callable call, ParameterInfo p)
    {
        var right = RightOf(call, p);
        Refusal.Compute(call.Call(p, Given(p, right)));
        var rank = Rank(call, right.Count);
        Assert.Multiple(() =>
        {
            foreach (var axis in (int[])[rank, -rank - 1, 99, -99, int.MaxValue, int.MinValue, int.MinValue + 1])
                Assert.That(Refusal.Fault(() => call.Call(p, Given(p, (int[])[axis, .. right.Span[1..]]))), Is.Null, $"{p.Name}: {axis}");
            if (IsList(p)) Assert.That(Refusal.Fault(() => call.Call(p, Given(p, (int[])[.. right, rank + 1]))), Is.Null, $"{p.Name}: {right}, {rank + 1}");
        });
    }

    static bool IsList(ParameterInfo p) => Given(p, 0) is not int;

    static IEnumerable<TestCaseData> Lists => All.Where(c => IsList((ParameterInfo)c.Arguments[1]!) && !Twice.Contains(((Callable)c.Arguments[0]!).ToString()));

    [TestCaseSource(nameof(Lists)), Hostile("K03")]
    public void Axes_named_twice_are_refused(Callable call, ParameterInfo p)
    {
        var right = RightOf(call, p);
        var rank = Rank(call, Math.Max(2, right.Count));
        Assert.Multiple(() =>
        {
            foreach (var again in (int[])[right[0], right[0] < 0 ? right[0] + rank : right[0] - rank])
            {
                int[] twice = right.Count > 1 ? [right[0], again, .. right.Span[2..]] : [right[0], again];
                Assert.That(Refusal.Fault(() => call.Call(p, Given(p, twice))), Is.Null, $"{p.Name}: {string.Join(", ", twice)}");
            }
        });
    }

    [Test]
    public void The_table_names_functions_that_there_are() => Assert.That(RightCalls.Unused(), Is.Empty);
}
