using Keras.Parity.Tests.Goldens;

namespace Keras.Parity.Tests.Running;

/// <summary>Recorded steps of optimizers: the values of the variables after each.</summary>
static class OptimizerRun
{
    public static void Run(GoldenCase golden)
    {
        var optimizer = (Optimizer)Targets.Make(golden);
        var steps = golden["steps"].Elements;
        var variables = golden["variables"].Elements.Select(Make).ToArray();
        optimizer.ExcludeFromWeightDecay(variables.Where((_, i) => StaysUnderZeroGradients(golden, i)));
        for (var step = 0; step < steps.Count; step++)
        {
            optimizer.Apply([.. Gradients(steps[step]).Select(g => g is GoldenValue.Null ? null : GoldenTensors.Tensor(g))], variables);
            var expected = Values(steps[step]);
            for (var i = 0; i < variables.Length; i++)
                GoldenComparison.CheckValues($"step {step + 1}, {variables[i].Path}", (GoldenValue.Tensor)expected[i], variables[i].Value);
        }
    }

    static Variable Make(GoldenValue variable)
    {
        var path = variable.Find("path")!.As<GoldenValue.Text>().Value;
        return new Variable(GoldenTensors.Tensor(variable.Find("value")!), name: path[(path.LastIndexOf('/') + 1)..]) { Path = path };
    }

    /// <summary>Which variables a recorded call kept out of weight decay is not recorded, but it shows: without a gradient they stay as they are.</summary>
    static bool StaysUnderZeroGradients(GoldenCase golden, int index)
    {
        var before = (GoldenValue.Tensor)golden["variables"].Elements[index].Find("value")!;
        return golden["steps"].Elements.All(s => Gradients(s)[index] is GoldenValue.Tensor gradient && gradient.ToDoubles().All(g => g == 0)
            && ((GoldenValue.Tensor)Values(s)[index]).ToDoubles().SequenceEqual(before.ToDoubles()));
    }

    static IReadOnlyList<GoldenValue> Gradients(GoldenValue step) => step.Find("gradients")!.Elements;

    static IReadOnlyList<GoldenValue> Values(GoldenValue step) => step.Find("values")!.Elements;
}
