using System.Text.Json.Nodes;
using Keras.Layers;
using Keras.Parity.Tests.Goldens;

namespace Keras.Parity.Tests.Running;

/// <summary>Recorded calls of layers: outputs, masks, gradients for inputs and weights, and what the call changed.</summary>
static class LayerRun
{
    static LayerRun()
    {
        // The Python functions that the recorded tests make layers of, under the names that the configs have.
        LambdaFunction.Register("square", x => Ops.Square(x));
        LambdaFunction.Register("stacker", (Tensor x) => Ops.Concatenate([x, x], 1));
    }

    public static void Run(GoldenCase golden)
    {
        var (layer, call, outputs) = CheckCall(golden);
        CheckGradients(golden, layer, call, outputs);
    }

    /// <summary>A recorded call without its gradients.</summary>
    public static void RunWithoutGradients(GoldenCase golden) => CheckCall(golden);

    static (Layer Layer, LayerInvocation Call, Nest Outputs) CheckCall(GoldenCase golden)
    {
        var layer = (Layer)Targets.Make(golden);
        var kwargs = golden["kwargs"].As<GoldenValue.Dict>().Items;
        var call = LayerInvocation.Of(layer, golden, kwargs);
        // The weights do not depend on values, so the first call makes them; a call that is not asked for values computes nothing.
        layer.EnsureBuilt(call.Placeholders());
        SetWeights(layer, Kept(golden["weights"]));
        var outputs = Outputs(golden, layer, call);
        CheckMasks(golden, outputs);
        if (golden.Find("weights_after") is { } after) CheckWeights("weights_after", layer, Kept(after));
        return (layer, call, outputs);
    }

    // A recorded call of a stateful layer may come after others on the same input, whose number is not recorded: one of the first must fit.
    const int StatefulCalls = 5;

    static Nest Outputs(GoldenCase golden, Layer layer, LayerInvocation call)
    {
        var comparison = new GoldenComparison(wide: false, layer.Dtype.ComputeDType.Name());
        for (var calls = KeepsState(layer) ? StatefulCalls : 1; ; calls--)
        {
            var outputs = call.Apply();
            try
            {
                comparison.Check("outputs", golden["outputs"], outputs);
                return outputs;
            }
            catch (DifferenceException) when (calls > 1)
            {
                // The next call begins with other states.
            }
        }
    }

    static bool KeepsState(Layer layer) => layer is RNN { Stateful: true } or Bidirectional { Layer.Stateful: true };

    /// <summary>The recorded weights. The states of random generators, which Keras lists among them, are no weights here.</summary>
    static GoldenValue[] Kept(GoldenValue weights) => [.. weights.Elements.Where(w => !Path(w).EndsWith("seed_generator_state", StringComparison.Ordinal))];

    static void SetWeights(Layer layer, GoldenValue[] recorded)
    {
        var mine = layer.Weights;
        var expected = string.Join(", ", recorded.Select(w => $"{LastName(Path(w))} {GoldenTensors.Shape(Value(w).Shape)}"));
        var received = string.Join(", ", mine.Select(w => $"{LastName(w.Path)} {w.Shape}"));
        if (expected != received) throw new DifferenceException($"weights. Expected: {expected}. Received: {received}.");
        layer.SetWeights([.. recorded.Select(w => GoldenTensors.Tensor(Value(w)))]);
    }

    static void CheckWeights(string what, Layer layer, GoldenValue[] recorded)
    {
        for (var i = 0; i < recorded.Length; i++) GoldenComparison.CheckValues($"{what} {Path(recorded[i])}", Value(recorded[i]), layer.Weights[i].Value, layer.Dtype.ComputeDType.Name());
    }

    static void CheckMasks(GoldenCase golden, Nest outputs)
    {
        var expected = golden.Find("output_masks")?.Elements;
        var received = outputs.Flatten();
        for (var i = 0; i < received.Count; i++)
        {
            var mask = expected is null ? new GoldenValue.Null() : expected[i];
            new GoldenComparison(wide: false).Check($"output_masks[{i}]", mask, received[i].Mask);
        }
    }

    static void CheckGradients(GoldenCase golden, Layer layer, LayerInvocation call, Nest outputs)
    {
        var inputs = golden.Find("input_gradients")?.Elements ?? [];
        var weights = golden.Find("weight_gradients")?.Elements ?? [];
        if (inputs.Count + weights.Count == 0) return;
        // The recorded gradients of a stateful layer are those of the call after the recorded one.
        var loss = Probe.Loss((KeepsState(layer) ? call.Apply() : outputs).Flatten());
        var floats = inputs.Count == 0 ? [] : call.Watched.Where(t => t.DType.IsFloating()).ToArray();
        if (floats.Length != inputs.Count) throw new MissingException($"gradients for {inputs.Count} of {floats.Length} inputs");
        var variables = weights.Select(w => Find(layer, Path(w))).ToArray();
        var found = Gradients.Of(loss, [.. floats, .. variables.Select(v => v.Read())]);
        var compute = layer.Dtype.ComputeDType.Name();
        var recorded = inputs.Concat(weights.Select(w => w.Find("value"))).OfType<GoldenValue.Tensor>().ToArray();
        var tolerance = layer is AttentionLayer ? Rounding(compute, recorded) : Tolerance.Of(compute);
        for (var i = 0; i < inputs.Count; i++)
            if (inputs[i] is GoldenValue.Tensor gradient) GoldenComparison.CheckValues($"input_gradients[{i}]", gradient, found[i], compute, tolerance);
        for (var i = 0; i < weights.Count; i++)
            if (weights[i].Find("value") is GoldenValue.Tensor gradient) GoldenComparison.CheckValues($"weight_gradients {Path(weights[i])}", gradient, found[inputs.Count + i], compute, tolerance);

        Variable Find(Layer owner, string path)
        {
            var index = Kept(golden["weights"]).Select(Path).ToList().IndexOf(path);
            return owner.Weights[index];
        }
    }

    // A gradient may be the small rest of large terms, as of a bias that a softmax cancels: how far one may be off goes by the largest of the call.
    static Tolerance Rounding(string dtype, IEnumerable<GoldenValue.Tensor> gradients)
    {
        var tolerance = Tolerance.Of(dtype);
        return tolerance with { Absolute = Math.Max(tolerance.Absolute, tolerance.Relative * gradients.SelectMany(g => g.ToDoubles()).Select(Math.Abs).DefaultIfEmpty().Max()) };
    }

    static string Path(GoldenValue weight) => weight.Find("path")!.As<GoldenValue.Text>().Value;

    static GoldenValue.Tensor Value(GoldenValue weight) => weight.Find("value")!.As<GoldenValue.Tensor>();

    static string LastName(string path) => path[(path.LastIndexOf('/') + 1)..];
}

/// <summary>The recorded way to make a scalar of results, whose gradients tell all of theirs: sum(output · cos(0.7 i + 0.3)).</summary>
static class Probe
{
    public static Tensor Loss(IEnumerable<Tensor> outputs) => outputs.Where(o => o.DType.IsFloating())
        .Select(o => Ops.Sum(Ops.Cast(o, DType.Float32) * Weights(o.Shape))).Aggregate(Ops.Add);

    static Tensor Weights(Shape shape) =>
        Tensor.Of([.. Enumerable.Range(0, (int)shape.Size).Select(i => (float)Math.Cos((0.7 * i) + 0.3))], shape);
}
