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

    // How often the recorded test had called a stateful layer on the same input before, where it had: its outputs tell, the recording does not.
    static readonly Dictionary<string, int> EarlierCalls = new[]
    {
        "604aa4ac0bc3", "6b561c23504c", "7f98e7b8b7d3", "80f5910ac0e9", "b42d09229618", "be0517a73484", "cd74e20c850b",
        "d078f1356938", "d0eb6dfc0f6e", "d73b66309188", "ddb846cac642", "e0dffd3cfa0d", "e8f6dc79c7ce",
    }.ToDictionary(id => id, _ => 1).Concat(new[] { "af078ac623a6", "b57155c2e485", "d003d340a564", "d161ed04eaca" }.Select(id => KeyValuePair.Create(id, 4))).ToDictionary();

    public static void Run(GoldenCase golden, Depth depth)
    {
        var layer = (Layer)Targets.Make(golden);
        var call = LayerInvocation.Of(layer, golden, golden["kwargs"].As<GoldenValue.Dict>().Items);
        // The weights do not depend on values, so the first call makes them; a call that is not asked for values computes nothing.
        layer.EnsureBuilt(call.Placeholders());
        SetWeights(layer, Kept(golden["weights"]));
        for (var i = EarlierCalls.GetValueOrDefault(golden.Id); i > 0; i--) call.Apply();
        var outputs = call.Apply();
        new GoldenComparison(wide: false, layer.Dtype.ComputeDType.Name(), depth).Check("outputs", golden["outputs"], outputs);
        CheckMasks(golden, outputs);
        if (golden.Find("weights_after") is { } after) CheckWeights("weights_after", layer, Kept(after));
        if (depth == Depth.All) CheckGradients(golden, layer, call, outputs);
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
        if (floats.Length != inputs.Count) throw new DifferenceException($"input_gradients. Expected: {inputs.Count}. Received: {floats.Length}.");
        var variables = weights.Select(w => Find(layer, Path(w))).ToArray();
        var found = Gradients.Of(loss, [.. floats, .. variables.Select(v => v.Read())]);
        var compute = layer.Dtype.ComputeDType.Name();
        var recorded = inputs.Concat(weights.Select(w => w.Find("value"))).OfType<GoldenValue.Tensor>().ToArray();
        var exact = layer is AttentionLayer ? new Lazy<Tensor[]>(() => InDouble(golden)) : null;
        for (var i = 0; i < inputs.Count; i++)
            if (inputs[i] is GoldenValue.Tensor gradient) Check($"input_gradients[{i}]", gradient, i);
        for (var i = 0; i < weights.Count; i++)
            if (weights[i].Find("value") is GoldenValue.Tensor gradient) Check($"weight_gradients {Path(weights[i])}", gradient, inputs.Count + i);

        void Check(string what, GoldenValue.Tensor gradient, int place)
        {
            try
            {
                GoldenComparison.CheckValues(what, gradient, found[place], compute);
            }
            catch (DifferenceException) when (exact is not null && IsAsExact(gradient, found[place], exact.Value[place], Rounding(compute, recorded)))
            {
                // Both are roundings of one gradient.
            }
        }

        Variable Find(Layer owner, string path)
        {
            var index = Kept(golden["weights"]).Select(Path).ToList().IndexOf(path);
            return owner.Weights[index];
        }
    }

    /// <summary>The gradients of the recorded call computed in double precision, inputs first.</summary>
    static Tensor[] InDouble(GoldenCase golden)
    {
        var layer = (Layer)Targets.Make(golden, "float64");
        var call = LayerInvocation.Of(layer, golden, golden["kwargs"].As<GoldenValue.Dict>().Items);
        layer.EnsureBuilt(call.Placeholders());
        SetWeights(layer, Kept(golden["weights"]));
        var loss = Probe.Loss(call.Apply().Flatten());
        Tensor[] floats = golden.Find("input_gradients")?.Elements is not { Count: > 0 } ? [] : [.. call.Watched.Where(t => t.DType.IsFloating())];
        var paths = Kept(golden["weights"]).Select(Path).ToList();
        var variables = (golden.Find("weight_gradients")?.Elements ?? []).Select(w => layer.Weights[paths.IndexOf(Path(w))]);
        return [.. Gradients.Of(loss, [.. floats, .. variables.Select(v => v.Read())])];
    }

    // Gradients of scores are small rests of large terms, that of a key's bias is 0: both sides are off by the rounding of the terms. The recording must
    // be within that of the gradient in double precision, and this library's no further from it than twice the recording.
    static bool IsAsExact(GoldenValue.Tensor recorded, Tensor received, Tensor exact, Tolerance rounding)
    {
        if (GoldenTensors.Shape(recorded.Shape) != received.Shape) return false;
        var (theirs, ours, wanted) = (recorded.ToDoubles(), received.ToDoubles(), exact.ToDoubles());
        double Off(double[] values) => wanted.Zip(values, (w, v) => Math.Abs(w - v)).DefaultIfEmpty().Max();
        return wanted.Zip(theirs, rounding.Allows).All(allowed => allowed) && Off(ours) <= 2 * Off(theirs);
    }

    // What rounding explains, relative to the largest gradient of the call.
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
