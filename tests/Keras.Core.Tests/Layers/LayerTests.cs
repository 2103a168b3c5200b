using System.Text.Json.Nodes;

namespace Keras.Core.Tests.Layers;

/// <summary>What holds for every layer, by <see cref="LayerTable"/>.</summary>
sealed class LayerTests
{
    static IReadOnlyList<LayerRow> Rows => LayerTable.Rows;

    static IEnumerable<LayerRow> Trained => Rows.Where(r => r is { Params: > 0, Adapted: false });

    static IEnumerable<LayerRow> Smooth => Rows.Where(r => !r.StraightThrough);

    static IEnumerable<LayerRow> Varied => Rows.Where(r => r.Other is not null);

    static IEnumerable<LayerRow> VariedInAll => Varied.Where(r => !r.Fixed.Contains("*"));

    // Softmax takes a mask of its scores, and Masking makes one.
    static IEnumerable<LayerRow> OfSteps => Rows.Where(r => r.Inputs is [{ Rank: 3 }] && r.Type != typeof(Keras.Layers.Softmax) && r.Type != typeof(Keras.Layers.Masking));

    [Test]
    public void Table_has_every_layer()
    {
        var rows = Rows.Select(r => r.Type).ToHashSet();
        // Input has no arguments to call; models, and layers that take strings, have tests of their own.
        var missing = typeof(Layer).Assembly.GetExportedTypes()
            .Where(t => t.Namespace == "Keras.Layers" && t.IsAssignableTo(typeof(Layer)) && !t.IsAbstract && t != typeof(Keras.Layers.Input) && !TextLayerTests.Types.Contains(t)
                && !rows.Contains(t));
        Assert.That(missing.Select(t => t.Name), Is.Empty);
    }

    [TestCaseSource(nameof(Rows))]
    public void Builds_and_infers_shapes(LayerRow row)
    {
        var layer = row.Make(null);
        var output = Apply(layer, row, Values(row, DType.Float32)).Tensor;
        Assert.Multiple(() =>
        {
            Assert.That(output.Shape, Is.EqualTo(row.Output));
            Assert.That(layer.Weights, Has.Count.EqualTo(row.Weights));
            Assert.That(layer.CountParams(), Is.EqualTo(row.Params));
            Assert.That(output.ToDoubles(), Has.All.Matches<double>(double.IsFinite));
        });
        var unknown = row.Make(null);
        var inputs = row.Inputs.Select(s => new Keras.Layers.Input(s.Slice(1, s.Rank - 1), null).Output).ToArray();
        var inferred = First(unknown.Apply(Pack(inputs), row.Training)).Tensor.Shape;
        Assert.That(inferred, Is.EqualTo(row.Output.With(0, Shape.Unknown)));
    }

    [TestCaseSource(nameof(Rows))]
    public void Computes_in_every_policy(LayerRow row)
    {
        // Ternary kernels jump at a threshold, onto which half precision may put a weight.
        Utils.SetRandomSeed(1);
        var exact = row.Make("float64");
        var reference = Apply(exact, row, Values(row, DType.Float64)).Tensor.ToDoubles();
        foreach (var (policy, dtype, tolerance) in new[] { ("float32", DType.Float32, 1e-5), ("mixed_bfloat16", DType.BFloat16, 0.1) })
        {
            var layer = row.Make(policy);
            layer.EnsureBuilt(Values(row, DType.Float32));
            layer.SetWeights(exact.GetWeights());
            var output = Apply(layer, row, Values(row, DType.Float32)).Tensor;
            Assert.That(output.DType, Is.EqualTo(row.Gives ?? dtype));
            if (row is { Training: true, Random: true }) continue;
            Assert.That(output.ToDoubles(), Is.EqualTo(reference).AsCollection.Using<double>((a, b) => Math.Abs(a - b) <= tolerance * (1 + Math.Abs(b)) ? 0 : 1), policy);
            Assert.That(layer.Weights.Select(w => w.DType).Where(w => w.IsFloating()), Has.All.EqualTo(DType.Float32));
        }
    }

    [TestCaseSource(nameof(Rows))]
    public void Comes_back_from_its_config(LayerRow row) => RoundTrip(row.Make(null));

    [TestCaseSource(nameof(Varied))]
    public void Keeps_every_argument_in_its_config(LayerRow row) => RoundTrip(row.Other!());

    [TestCaseSource(nameof(VariedInAll))]
    public void Is_kept_with_other_arguments_than_the_defaults(LayerRow row)
    {
        var plain = row.Make(null).GetConfig();
        var same = row.Other!().GetConfig().Where(p => !row.Fixed.Contains(p.Key) && plain.TryGetPropertyValue(p.Key, out var value) && JsonNode.DeepEquals(value, p.Value));
        // A required argument may be equal in both.
        var required = row.Type.GetConstructors().MaxBy(c => c.GetParameters().Length)!.GetParameters().Where(p => !p.HasDefaultValue).Select(p => Naming.ConfigKey(p.Name!));
        Assert.That(same.Select(p => p.Key).Except(required), Is.Empty, "left at their defaults");
    }

    static void RoundTrip(Layer layer)
    {
        var config = layer.GetConfig();
        var again = (Layer)ObjectConfig.Construct(layer.GetType(), JsonNode.Parse(config.ToJsonString())!.AsObject());
        Assert.That(again.GetConfig().ToJsonString(), Is.EqualTo(config.ToJsonString()));
    }

    [TestCaseSource(nameof(Smooth))]
    public void Has_right_gradients(LayerRow row)
    {
        var layer = row.Make("float64");
        var inputs = Values(row, DType.Float64).Flatten();
        layer.EnsureBuilt(Pack(inputs));
        layer.SetWeights([.. layer.Weights.Select((w, i) => w.Trainable ? Draw(w.Shape, 90 + i) : w.Read())]);
        var weights = layer.TrainableWeights;
        var found = Gradients.Of(Loss(inputs, weights), [.. inputs, .. weights.Select(w => w.Read())]);
        for (var i = 0; i < found.Count; i++)
        {
            var shape = found[i].Shape;
            var direction = Draw(shape, 50 + i).ToDoubles();
            var along = found[i].ToDoubles().Zip(direction, (g, d) => g * d).Sum();
            var numeric = (Shifted(i, direction, 1e-5) - Shifted(i, direction, -1e-5)) / 2e-5;
            Assert.That(along, Is.EqualTo(numeric).Within(1e-5 * Math.Max(1, Math.Abs(numeric))), i < inputs.Count ? $"input {i}" : weights[i - inputs.Count].Name);
        }

        Tensor Loss(IReadOnlyList<Tensor> xs, IReadOnlyList<Variable> _)
        {
            var y = Apply(layer, row, Pack(xs)).Tensor;
            return Ops.Sum(y * Draw(y.Shape, 7));
        }

        double Shifted(int at, double[] direction, double step)
        {
            if (at < inputs.Count) return Loss([.. inputs.Select((x, i) => i == at ? Moved(x, direction, step) : x)], weights).Item();
            var weight = weights[at - inputs.Count];
            var before = weight.Read();
            weight.Assign(Moved(before, direction, step));
            var loss = Loss(inputs, weights).Item();
            weight.Assign(before);
            return loss;
        }
    }

    [TestCaseSource(nameof(Trained))]
    public void A_step_lowers_the_loss(LayerRow row)
    {
        var layer = row.Make(null);
        var inputs = Values(row, DType.Float32);
        var wanted = Ops.Cast(Draw(row.Output, 11), DType.Float32);
        var before = Loss();
        var gradients = Gradients.Of(before, layer.TrainableWeights);
        for (var i = 0; i < gradients.Count; i++) layer.TrainableWeights[i].Assign(layer.TrainableWeights[i] - gradients[i] * 0.01);
        Assert.That(Loss().Item(), Is.LessThan(before.Item()));

        Tensor Loss() => Ops.Mean(Ops.Square(Apply(layer, row, inputs).Tensor - wanted));
    }

    [TestCaseSource(nameof(OfSteps))]
    public void Passes_masks_on_where_it_should(LayerRow row)
    {
        var layer = row.Make(null);
        var x = Values(row, DType.Float32).Tensor;
        var mask = Tensor.Of([.. Enumerable.Range(0, x.Shape[0] * x.Shape[1]).Select(i => i % 3 > 0)], [x.Shape[0], x.Shape[1]]);
        if (layer is Keras.Layers.GlobalAveragePooling1D) Assert.That(layer.Apply(x, row.Training, mask).Mask, Is.Null);
        else Assert.That(layer.Apply(x, row.Training, mask).Mask, layer.SupportsMasking ? Is.SameAs(mask) : Is.Null);
    }

    static Nest Apply(Layer layer, LayerRow row, Nest inputs) => First(layer.Apply(inputs, row.Training));

    // Of a cell the output, of which its states are not a part.
    static Nest First(Nest outputs) => outputs.IsTensor ? outputs : outputs.Items[0];

    static Nest Values(LayerRow row, DType dtype) => Pack([.. row.Inputs.Select((s, i) => Ops.Cast(Draw(s, i + 1), dtype))]);

    static Nest Pack(IReadOnlyList<Tensor> xs) => xs.Count == 1 ? xs[0] : xs.ToArray();

    static Tensor Moved(Tensor x, double[] direction, double step) => Tensor.Of([.. x.ToDoubles().Zip(direction, (v, d) => v + (step * d))], x.Shape);

    internal static Tensor Draw(Shape shape, int seed)
    {
        var random = new System.Random(seed);
        return Tensor.Of([.. Enumerable.Range(0, (int)shape.Size).Select(_ => (random.NextDouble() * 2) - 1)], shape);
    }
}
