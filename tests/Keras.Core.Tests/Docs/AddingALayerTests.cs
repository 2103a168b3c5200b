using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Keras;
using Keras.Layers;

// As in a program of one's own.
namespace Docs;

/// <summary>The code of <c>docs/adding-a-layer.md</c>, and what that page says of it.</summary>
sealed partial class AddingALayerTests
{
    /// <summary>Multiplies each channel by a weight. In training it adds noise, and keeps the mean of what it sees.</summary>
    [RegisterKerasSerializable("mine")]
    public sealed class Scale : Layer
    {
        readonly SeedGenerator _noise;
        Variable? _weight, _mean;

        public Scale(double stddev = 0.1, Initializer? initializer = null, int? seed = null, string? name = null, DTypePolicy? dtype = null, bool trainable = true)
            : base(name, dtype, trainable)
        {
            (Stddev, Initializer, Seed) = (stddev, initializer ?? "ones", seed);
            _noise = new SeedGenerator(seed);
            SupportsMasking = true;
        }

        public double Stddev { get; }

        public Initializer Initializer { get; }

        public int? Seed { get; }

        protected override void BuildWeights(Shape inputShape)
        {
            _weight = AddWeight([inputShape[-1]], Initializer, name: "weight");
            _mean = AddWeight([], "zeros", trainable: false, autocast: false, name: "mean");
            InputSpec = [new InputSpec(MinNdim: 2, Axes: new Dictionary<int, int> { [-1] = inputShape[-1] })];
        }

        protected override Tensor Call(Tensor x, CallContext context)
        {
            if (context.Training)
            {
                _mean!.Assign((_mean.Value * 0.9) + (Ops.Mean(Ops.Cast(x, DType.Float32)) * 0.1));
                x += Keras.Random.Normal(x.Shape, stddev: Stddev, dtype: x.DType, seed: _noise);
            }
            return x * _weight!.Value;
        }
    }

    /// <summary>A projection of one input, weakened by another one where it is given.</summary>
    public sealed class Gate(int units, string? name = null) : Layer(name)
    {
        readonly Dense _value = new(units), _gate = new(units, activation: "sigmoid");

        public int Units { get; } = units;

        protected override Nest Call(Nest inputs, CallContext context)
        {
            var x = _value.Apply(inputs.Items[0].Tensor);
            return inputs.Items[1].IsNone ? x : x * _gate.Apply(inputs.Items[1].Tensor);
        }
    }

    [Test]
    public void A_layer_of_ones_own_is_used_like_any_other()
    {
        var (x, y) = (Keras.Random.Normal([6, 5, 4], seed: 1), Ops.Ones([6, 1]));
        Saving.RegisterKerasSerializable<Scale>();
        var model = new Sequential([new Input(5, 4), new Masking(), new Scale(seed: 1, name: "scale"), new LSTM(3), new Dense(1)]);
        model.Compile("adam", "mse");
        model.Fit(x, y, verbose: 0);
        var again = (Scale)Layer.Deserialize(model.GetLayer("scale").Serialize());
        var layer = (Scale)model.GetLayer("scale");
        Assert.That(again.GetConfig().ToJsonString(), Is.EqualTo(layer.GetConfig().ToJsonString()));
        Assert.That((string?)layer.Serialize()["registered_name"], Is.EqualTo("mine>Scale"));
        Assert.That((double?)layer.GetConfig()["stddev"], Is.EqualTo(0.1));
        Assert.That(layer.Weights.Select(w => w.Name), Is.EqualTo(new[] { "weight", "mean" }));
        Assert.That(layer.TrainableWeights, Has.Count.EqualTo(1));
        Assert.That(layer.Weights[0].Value.ToArray<float>(), Has.None.EqualTo(1f), "trained");
        Assert.That(layer.Weights[1].Value.Item(), Is.EqualTo(Ops.Mean(x).Item() * 0.1).Within(1e-6), "one step");
        Assert.That(model.Predict(x).ToArray<float>(), Is.EqualTo(model.Apply(x).ToArray<float>()).Within(1e-6));
        var clone = Keras.Models.CloneModel(model);
        clone.SetWeights(model.GetWeights());
        Assert.That(clone.Predict(x).ToArray<float>(), Is.EqualTo(model.Predict(x).ToArray<float>()));
    }

    [Test]
    public void What_the_page_says_holds()
    {
        var x = Keras.Random.Normal([2, 3, 4], seed: 1);
        var mask = Tensor.Of([true, false, true, true, true, false], [2, 3]);
        var layer = new Scale(0, initializer: "ones");
        Assert.That(layer.Apply(x, mask: mask).Mask, Is.SameAs(mask));
        Assert.That(() => layer.Apply(Ops.Ones([2, 5])), Throws.ArgumentException.With.Message.StartsWith($"[Scale \"{layer.Name}\"] the input has a wrong dimension at axis -1."));
        Assert.That(layer.Variables.Count(), Is.EqualTo(3), "the generator's state is the layer's");
        Assert.That(new TimeDistributed(new Scale(0)).Apply(x).ToArray<float>(), Is.EqualTo(x.ToArray<float>()));
        var (one, other) = (new Scale(seed: 3).Apply(x, training: true).ToArray<float>(), new Scale(seed: 3).Apply(x, training: true).ToArray<float>());
        Assert.That(other, Is.EqualTo(one));
        var half = new Scale(0, dtype: "mixed_float16");
        Assert.That(half.Apply(Ops.Full([2, 4], 1000), training: true).DType, Is.EqualTo(DType.Float16));
        Assert.That(half.Weights.Select(w => w.DType), Has.All.EqualTo(DType.Float32));
        Assert.That(half.Weights[1].Value.Item(), Is.EqualTo(100).Within(1e-4));
        Assert.That(new Scale().ComputeOutputShape([null, 7, 4]), Is.EqualTo(Shape.Of(-1, 7, 4)));
    }

    [Test]
    public void Layers_within_a_layer_are_its_own()
    {
        Tensor x = Ops.Ones([2, 4]), by = Ops.Zeros([2, 5]);
        var gate = new Gate(3);
        var gated = gate.Apply([x, by]);
        Assert.That(gate.CountParams(), Is.EqualTo((4 * 3) + 3 + (5 * 3) + 3));
        Assert.That(gate.Apply(Nest.List(x, Nest.None)).Tensor.ToArray<float>(), Is.EqualTo((gated * 2).ToArray<float>()).Within(1e-5));
        Assert.That(gate.SavedAttributes.Select(a => a.Name), Is.EqualTo(new[] { "value", "gate" }));
        var again = (Gate)Layer.Deserialize(JsonNode.Parse(gate.Serialize().ToJsonString())!, new() { { "Gate", typeof(Gate) } });
        again.SetWeights(gate.GetWeights());
        Assert.That(again.Apply([x, by]).ToArray<float>(), Is.EqualTo(gated.ToArray<float>()));
    }

    [Test]
    public void The_page_shows_this_code()
    {
        var here = Flat(File.ReadAllText(Here()));
        var page = File.ReadAllText(Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", "..", "docs", "adding-a-layer.md"));
        var blocks = Block().Matches(page).Select(m => Flat(m.Groups[1].Value)).ToArray();
        Assert.That(blocks, Has.Length.EqualTo(3));
        foreach (var block in blocks) Assert.That(here, Does.Contain(block));
    }

    static string Here([CallerFilePath] string path = "") => path;

    static string Flat(string text) => Spaces().Replace(text, " ").Trim();

    [GeneratedRegex(@"```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
