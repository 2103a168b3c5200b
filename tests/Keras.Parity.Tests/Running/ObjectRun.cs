using Keras.Parity.Tests.Goldens;

namespace Keras.Parity.Tests.Running;

/// <summary>Recorded calls of regularizers, constraints, initializers and schedules: one object, one call.</summary>
static class ObjectRun
{
    static readonly Dictionary<string, string> FirstArguments = new()
    {
        ["regularizers"] = "x",
        ["constraints"] = "w",
        ["initializers"] = "shape",
        ["schedules"] = "step",
    };

    public static void Run(GoldenCase golden)
    {
        var made = Targets.Make(golden);
        var arguments = new Dictionary<string, GoldenValue>((golden.Find("kwargs") as GoldenValue.Dict)?.Items ?? new Dictionary<string, GoldenValue>());
        if (golden["args"].Elements is [var first, ..]) arguments[FirstArguments[golden.Area]] = first;
        var wide = arguments.Values.Any(GoldenTensors.HasWide);
        new GoldenComparison(wide).Check("result", golden["result"], Binder.Call(Targets.Methods(made, "Apply"), made, arguments));
    }
}
