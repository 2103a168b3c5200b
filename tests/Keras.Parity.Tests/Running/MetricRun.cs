using Keras.Parity.Tests.Goldens;

namespace Keras.Parity.Tests.Running;

/// <summary>Recorded metrics: updates since the last reset, then the result.</summary>
static class MetricRun
{
    public static void Run(GoldenCase golden)
    {
        var metric = Targets.Make(golden);
        foreach (var update in golden["updates"].Elements)
            Binder.Call(Targets.Methods(metric, "UpdateState"), metric, update.As<GoldenValue.Dict>().Items);
        var result = Binder.Call(Targets.Methods(metric, "Result"), metric, new Dictionary<string, GoldenValue>());
        new GoldenComparison(wide: false).Check("result", golden["result"], result);
    }
}
