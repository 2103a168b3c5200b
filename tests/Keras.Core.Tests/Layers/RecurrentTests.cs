namespace Keras.Core.Tests.Layers;

using System.Text.Json.Nodes;
using Keras.Initializers;
using Keras.Layers;

/// <summary>Rules of the recurrent layers that neither the table nor recorded calls show.</summary>
sealed class RecurrentTests
{
    static Tensor Draw(Shape shape, int seed = 1) => Ops.Cast(LayerTests.Draw(shape, seed), DType.Float32);

    static Tensor Mask(params int[] kept) => Tensor.Of([.. kept.SelectMany(k => Enumerable.Range(0, 4).Select(i => i < k))], [kept.Length, 4]);

    [Test]
    public void A_mask_makes_shorter_sequences_of_longer_ones()
    {
        var x = Draw([2, 4, 3]);
        foreach (var layer in new RNN[] { new LSTM(5), new GRU(5), new GRU(5, resetAfter: false), new SimpleRNN(5), new LSTM(5, unroll: true), new RNN(new RNNCell[] { new LSTMCell(4), new SimpleRNNCell(5) }) })
        {
            var masked = layer.Apply(x, mask: Mask(2, 4)).ToArray<float>();
            var cut = layer.Apply(x[..1, ..2]).ToArray<float>();
            Assert.That(masked[..5], Is.EqualTo(cut).Within(1e-6), layer.ToString());
            Assert.That(masked[5..], Is.EqualTo(layer.Apply(x[1..]).ToArray<float>()).Within(1e-6), layer.ToString());
        }
    }

    [Test]
    public void Stacked_cells_keep_their_states_where_the_mask_is_false()
    {
        RNNCell[] cells = [new LSTMCell(1, kernelInitializer: "ones", recurrentInitializer: "ones"), new LSTMCell(1, kernelInitializer: "ones", recurrentInitializer: "ones")];
        var y = new RNN(cells).Apply(Ops.Ones([2, 3, 4]), mask: Tensor.Of([true, true, true, true, true, false], [2, 3]));
        Assert.That(y.ToArray<float>(), Is.EqualTo(new[] { 0.7793f, 0.5998f }).Within(1e-4));
    }

    [Test]
    public void Backwards_gives_what_the_reversed_sequence_gives()
    {
        var x = Draw([2, 4, 3]);
        var forwards = new GRU(3, returnSequences: true, kernelInitializer: new GlorotUniform(1), recurrentInitializer: new GlorotUniform(2));
        var backwards = new GRU(3, returnSequences: true, goBackwards: true, kernelInitializer: new GlorotUniform(1), recurrentInitializer: new GlorotUniform(2));
        Assert.That(backwards.Apply(x).ToArray<float>(), Is.EqualTo(forwards.Apply(Ops.Flip(x, 1)).ToArray<float>()).Within(1e-6));
    }

    [Test]
    public void Padding_before_and_behind_is_the_same_for_both_directions()
    {
        var x = Tensor.Of([0f, 0, 1, 2, 1, 2, 0, 0], [2, 4, 1]);
        var y = new Bidirectional(new SimpleRNN(2)).Apply(new Masking().Apply(x)).ToArray<float>();
        var (before, behind) = (y[..4], y[4..]);
        Assert.That(behind, Is.EqualTo(before).Within(1e-6));
    }

    [Test]
    public void The_directions_begin_with_different_weights()
    {
        var layer = new Bidirectional(new LSTM(3));
        layer.Build([null, 4, 2]);
        Assert.That(layer.Weights[0].Value.ToArray<float>(), Is.Not.EqualTo(layer.Weights[3].Value.ToArray<float>()));
        Assert.That(layer.Weights.Select(w => w.Path), Is.EqualTo(new[] { layer.Layer, layer.BackwardLayer }
            .SelectMany(l => new[] { "kernel", "recurrent_kernel", "bias" }.Select(w => $"{layer.Name}/{l.Name}/lstm_cell/{w}"))));
    }

    [Test]
    public void Unit_forget_bias_begins_at_one()
    {
        var layer = new LSTM(2);
        layer.Build([null, 4, 2]);
        Assert.That(layer.Weights[2].Value.ToArray<float>(), Is.EqualTo(new[] { 0f, 0, 1, 1, 0, 0, 0, 0 }));
    }

    [Test]
    public void States_are_returned_and_taken()
    {
        var x = Draw([2, 4, 3]);
        var layer = new LSTM(3, returnState: true, name: "l");
        var whole = layer.Apply((Nest)x).Flatten();
        var half = layer.Apply((Nest)x[.., ..2]).Flatten();
        var rest = layer.Apply(x[.., 2..], new[] { half[1], half[2] }).Flatten();
        for (var i = 0; i < 3; i++) Assert.That(rest[i].ToArray<float>(), Is.EqualTo(whole[i].ToArray<float>()).Within(1e-6));
        Assert.That(whole[0].ToArray<float>(), Is.EqualTo(whole[1].ToArray<float>()));
    }

    [Test]
    public void States_pass_through_a_functional_model()
    {
        var x = Draw([2, 4, 3]);
        var input = Layer.Input(4, 3);
        var states = new GRU(3, returnState: true, recurrentInitializer: new GlorotUniform(1), kernelInitializer: new GlorotUniform(2)).Apply((Nest)input).Items[1];
        var decoder = new GRU(3, returnSequences: true, recurrentInitializer: new GlorotUniform(1), kernelInitializer: new GlorotUniform(2));
        var model = new Model(input, decoder.Apply(input, states));
        var twice = decoder.Apply(Ops.Concatenate([x, x], 1))[.., 4..];
        Assert.That(model.Predict(x, verbose: 0).ToArray<float>(), Is.EqualTo(twice.ToArray<float>()).Within(1e-6));
    }

    [Test]
    public void Stateful_layers_go_on_until_they_are_reset()
    {
        var x = Draw([2, 4, 3]);
        var model = new Sequential([new Input([4, 3], batchSize: 2), new LSTM(3, stateful: true)]);
        var layer = (RNN)model.Layers[0];
        var first = model.Predict(x, batchSize: 2, verbose: 0).ToArray<float>();
        var second = model.Predict(x, batchSize: 2, verbose: 0).ToArray<float>();
        layer.ResetState();
        var again = model.Predict(x, batchSize: 2, verbose: 0).ToArray<float>();
        var eager = layer.Apply(x).ToArray<float>();
        Assert.Multiple(() =>
        {
            Assert.That(second, Is.Not.EqualTo(first));
            Assert.That(again, Is.EqualTo(first));
            Assert.That(eager, Is.EqualTo(second).Within(1e-6));
            Assert.That(model.Weights, Has.Count.EqualTo(3));
        });
    }

    [Test]
    public void Dropout_is_the_same_at_all_steps()
    {
        var layer = new SimpleRNN(6, activation: "linear", kernelInitializer: new Keras.Initializers.Identity(), recurrentInitializer: "zeros", dropout: 0.5, returnSequences: true, seed: 3);
        var y = layer.Apply(Ops.Ones([2, 4, 6]), training: true).ToArray<float>();
        Assert.Multiple(() =>
        {
            Assert.That(y, Has.Some.Zero.And.Some.EqualTo(2f));
            for (var i = 0; i < y.Length; i++) Assert.That(y[i], Is.EqualTo(y[(i / 24 * 24) + (i % 6)]));
            Assert.That(layer.Apply(Ops.Ones([2, 4, 6]), training: true).ToArray<float>(), Is.Not.EqualTo(y));
            Assert.That(layer.Apply(Ops.Ones([2, 4, 6])).ToArray<float>(), Has.All.EqualTo(1f));
        });
    }

    [Test]
    public void Recurrent_dropout_has_masks_for_each_gate()
    {
        var cell = new GRUCell(8, recurrentDropout: 0.5, seed: 1);
        var masks = cell.Draw(new TensorType(DType.Float32, [2, 3]), [new TensorType(DType.Float32, [2, 8])]);
        var drawn = masks.Items[1].Flatten().Select(m => m.ToArray<float>()).ToArray();
        Assert.That(masks.Items[0].Flatten(), Is.Empty);
        Assert.That(drawn, Has.Length.EqualTo(3));
        Assert.That(drawn[0], Is.Not.EqualTo(drawn[1]));
        Assert.That(drawn[1], Is.Not.EqualTo(drawn[2]));
    }

    [Test]
    public void No_steps_give_zeros_and_the_states_as_they_were()
    {
        var outputs = new LSTM(2, returnState: true).Apply(Ops.Zeros([3, 0, 4]), new[] { Ops.Ones([3, 2]), Ops.Full([3, 2], 2) }).Flatten();
        Assert.That(outputs.Select(o => o.ToArray<float>()[0]), Is.EqualTo(new[] { 0f, 1, 2 }));
    }

    [Test]
    public void Cells_of_ones_own_train()
    {
        Utils.SetRandomSeed(1);
        var model = new Sequential([new Input(5, 1), new RNN(new Leaky(4)), new Dense(1)]);
        model.Compile(new Keras.Optimizers.Adam(0.02), "mse");
        var x = Draw([64, 5, 1]);
        var history = model.Fit(x, Ops.Sum(x, 1), epochs: 30, verbose: 0);
        Assert.That(history["loss"][^1], Is.LessThan(history["loss"][0] / 2));
    }

    [Test]
    public void Steps_of_unknown_number_are_run_as_they_come()
    {
        var model = new Sequential([new Input(Shape.Of(Shape.Unknown, 2), null), new Bidirectional(new GRU(3, returnSequences: true)), new TimeDistributed(new Dense(1))]);
        Assert.That(model.Outputs.Tensor.Shape, Is.EqualTo(Shape.Of(Shape.Unknown, Shape.Unknown, 1)));
        foreach (var steps in new[] { 2, 5 }) Assert.That(model.Predict(Draw([3, steps, 2]), verbose: 0).Shape, Is.EqualTo(Shape.Of(3, steps, 1)));
    }

    [Test]
    public void Statistics_are_those_of_each_step()
    {
        var layer = new TimeDistributed(new BatchNormalization(momentum: 0));
        layer.Apply(Tensor.Of([1f, 10, 3, 30], [2, 2, 1]), training: true);
        Assert.That(((BatchNormalization)layer.Layer).MovingMean!.Value.Item(), Is.EqualTo(20).Within(1e-4));
    }

    [Test]
    public void Configs_hold_cells_and_wrapped_layers()
    {
        var made = new Bidirectional(new RNN(new RNNCell[] { new LSTMCell(3), new GRUCell(2) }, returnSequences: true), MergeMode.None);
        var config = made.GetConfig();
        var again = (Bidirectional)ObjectConfig.Construct(typeof(Bidirectional), JsonNode.Parse(config.ToJsonString())!.AsObject());
        Assert.That(again.GetConfig().ToJsonString(), Is.EqualTo(config.ToJsonString()));
        Assert.That((string?)config["layer"]!["config"]!["cell"]!["config"]!["cells"]![1]!["class_name"], Is.EqualTo("GRUCell"));
        Assert.That(config["merge_mode"], Is.Null);
    }

    [Test]
    public void Convolutions_come_back_from_the_config_of_both_directions()
    {
        var made = new Bidirectional(new ConvLSTM2D(2, 3, returnSequences: true));
        var again = Layer.Deserialize(JsonNode.Parse(made.Serialize().ToJsonString())!);
        Assert.That(again.GetConfig().ToJsonString(), Is.EqualTo(made.GetConfig().ToJsonString()));
        Assert.That(((Bidirectional)again).Layer.ZeroOutputForMask);
    }

    [Test]
    public void Layers_that_see_a_batch_see_that_of_a_step()
    {
        var (loud, low) = (new MelSpectrogram(16, 8, samplingRate: 100, numMelBins: 4, minFreq: 1), Draw([2, 40]) * 1e-4);
        var both = new TimeDistributed(loud).Apply(Ops.Stack([Draw([2, 40]), low], 1));
        Assert.That(both[.., 1].ToDoubles(), Is.EqualTo(loud.Apply(low).ToDoubles()).Within(1e-4));
        // What is 0 or 1 in all images of a step stays it, whichever of them are mixed.
        foreach (var layer in new Layer[] { new MixUp(seed: 1), new CutMix(seed: 1) })
            Assert.That(new TimeDistributed(layer).Apply(Ops.Stack([Ops.Zeros([4, 6, 6, 3]), Ops.Ones([4, 6, 6, 3])], 1), training: true)[.., 0].ToDoubles(),
                Has.All.EqualTo(0));
        var sum = new Lambda((Func<Tensor, Tensor>)(x => x / Ops.Sum(x)));
        Assert.That(Ops.Sum(new TimeDistributed(sum).Apply(Ops.Ones([2, 3, 4]))).Item(), Is.EqualTo(3).Within(1e-6));
    }

    [TestCaseSource(nameof(Mistakes))]
    public void Mistakes_are_named(Action action, string text) =>
        Assert.That(action, Throws.InstanceOf<Exception>().With.Message.Contains(text).And.Message.StartsWith("["));

    static IEnumerable<TestCaseData> Mistakes()
    {
        yield return Case(() => _ = new LSTM(0), "units is not positive");
        yield return Case(() => _ = new GRU(2, dropout: 1.5), "rate is no probability");
        yield return Case(() => new LSTM(2).Apply(Ops.Ones([2, 3])), "a wrong rank");
        yield return Case(() => Twice(new LSTM(2), Ops.Ones([2, 3, 4]), Ops.Ones([2, 3, 5])), "a wrong dimension at axis -1");
        yield return Case(() => new LSTM(2, stateful: true).Build([null, 3, 4]), "needs a fixed batch size");
        yield return Case(() => Twice(new LSTM(2, stateful: true), Ops.Ones([4, 3, 1]), Ops.Ones([2, 3, 1])), "Expected: 4. Received: 2");
        yield return Case(() => new LSTM(2).ResetState(), "only a stateful layer");
        yield return Case(() => new LSTM(2).Apply(Ops.Ones([2, 3, 4]), Ops.Ones([2, 2])), "the number of states is wrong. Expected: 2. Received: 1");
        yield return Case(() => new GRU(2).Apply(Ops.Ones([2, 3, 4]), Ops.Ones([2, 3])), "the shape of state 0 does not fit");
        yield return Case(() => new GRU(2).Apply(Ops.Ones([2, 3, 4]), mask: Ops.Ones([2, 4])), "the mask does not fit the sequence");
        yield return Case(() => new GRU(2, unroll: true).Apply(Layer.Input(null, 3)), "cannot be unrolled");
        yield return Case(() => new GRUCell(2).Apply((Nest)Ops.Ones([2, 3])), "the number of states is wrong");
        yield return Case(() => _ = new StackedRNNCells([]), "there are no cells");
        yield return Case(() => _ = new Bidirectional(new LSTM(2), backwardLayer: new LSTM(2)), "both layers go the same way");
        yield return Case(() => _ = new Bidirectional(new LSTM(2), backwardLayer: new LSTM(2, returnSequences: true, goBackwards: true)), "the layers differ");
        yield return Case(() => _ = new Bidirectional(new LSTM(2), "max"), "merge_mode");
        yield return Case(() => new ConvLSTM2D(2, 3).Build([null, 4, null, 5, 1]), "the size of the images is not known");
        yield return Case(() => new TimeDistributed(new Dense(2)).Apply(Ops.Ones([2, 3, 4]), mask: Ops.Ones([3, 2])), "the mask does not fit");

        static void Twice(Layer layer, Tensor first, Tensor second)
        {
            layer.Apply(first);
            layer.Apply(second);
        }

        static TestCaseData Case(Action action, string text) => new TestCaseData(action, text).SetName($"Mistakes_are_named({text})");
    }

    sealed class Leaky(int units) : RNNCell
    {
        Variable? _kernel;

        public override IReadOnlyList<Shape> StateSize => [[units]];

        protected override void BuildWeights(Shape inputShape) => _kernel = AddWeight([inputShape[-1] + units, units], name: "kernel");

        protected override (Tensor Output, IReadOnlyList<Tensor> States) Call(Tensor x, IReadOnlyList<Tensor> states, CallContext context)
        {
            var h = states[0] * 0.5 + Ops.Tanh(Ops.Matmul(Ops.Concatenate([x, states[0]], -1), _kernel!.Value)) * 0.5;
            return (h, [h]);
        }
    }

    static readonly Func<int, bool, bool, RNN>[] Whole =
    [
        (seed, backwards, unroll) => new LSTM(5, kernelInitializer: new GlorotUniform(seed), recurrentInitializer: new GlorotUniform(seed + 1), returnSequences: true, returnState: true, goBackwards: backwards, unroll: unroll),
        (seed, backwards, unroll) => new GRU(5, biasInitializer: new GlorotUniform(seed + 2), kernelInitializer: new GlorotUniform(seed), recurrentInitializer: new GlorotUniform(seed + 1), returnSequences: true, returnState: true, goBackwards: backwards, unroll: unroll),
        (seed, backwards, unroll) => new GRU(5, useBias: false, kernelInitializer: new GlorotUniform(seed), recurrentInitializer: new GlorotUniform(seed + 1), returnSequences: true, returnState: true, goBackwards: backwards, unroll: unroll),
        (seed, backwards, unroll) => new GRU(5, resetAfter: false, kernelInitializer: new GlorotUniform(seed), recurrentInitializer: new GlorotUniform(seed + 1), returnSequences: true, returnState: true, goBackwards: backwards, unroll: unroll),
        (seed, backwards, unroll) => new SimpleRNN(5, kernelInitializer: new GlorotUniform(seed), recurrentInitializer: new GlorotUniform(seed + 1), returnSequences: true, returnState: true, goBackwards: backwards, unroll: unroll),
    ];

    [Test]
    public void One_op_for_all_steps_gives_what_the_steps_give([Range(0, 4)] int kind, [Values] bool backwards, [Values] bool masked, [Values] bool given)
    {
        var (x, mask) = (Draw([3, 4, 3]), masked ? Tensor.Of([true, false, true, true, false, false, true, false, false, false, false, false], [3, 4]) : null);
        (Tensor[] Results, IReadOnlyList<Tensor> Gradients) Run(bool unroll)
        {
            var (layer, input) = (Whole[kind](3, backwards, unroll), x.Renewed());
            input.Mask = mask;
            Tensor[] states = given ? [.. Enumerable.Range(0, layer.Cell.StateSize.Count).Select(i => Draw([3, 5], seed: 7 + i))] : [];
            Tensor[] results = [.. layer.Apply((Nest)(Tensor[])[input, .. states], training: true).Flatten()];
            Assert.That(Graphs.Order(results).Any(n => n.Op is RecurrentSequence), Is.Not.EqualTo(unroll));
            var loss = results.Select((r, i) => Ops.Sum(r * Draw(r.Shape, seed: 20 + i))).Aggregate((a, b) => a + b);
            return (results, Gradients.Of(loss, [input, .. states, .. layer.TrainableWeights.Select(w => w.Read())]));
        }
        var (one, steps) = (Run(unroll: false), Run(unroll: true));
        foreach (var (a, b) in one.Results.Zip(steps.Results)) Assert.That(a.ToArray<float>(), Is.EqualTo(b.ToArray<float>()).Within(1e-6));
        foreach (var (a, b) in one.Gradients.Zip(steps.Gradients))
            Assert.That(a.ToArray<float>(), Is.EqualTo(b.ToArray<float>()).Within(2e-6));
    }

    static readonly RNNCell[] Cells = [new SimpleRNNCell(2), new GRUCell(2), new LSTMCell(2)];

    [TestCaseSource(nameof(Cells))]
    public void Cells_may_say_how_they_compute(RNNCell cell)
    {
        var layer = new RNN(cell);
        var made = layer.Serialize();
        made["config"]!["cell"]!["config"]!["implementation"] = 1;
        Assert.That(Layer.Deserialize(made).GetConfig().ToJsonString(), Is.EqualTo(layer.GetConfig().ToJsonString()));
    }

    [Test]
    public void Other_activations_and_recurrent_dropout_go_step_by_step()
    {
        var x = Draw([2, 4, 3]);
        foreach (var layer in new RNN[] { new LSTM(5, activation: "relu"), new GRU(5, recurrentActivation: "hard_sigmoid"), new SimpleRNN(5, activation: "relu"), new LSTM(5, recurrentDropout: 0.5) })
            Assert.That(Graphs.Order([layer.Apply(x, training: true)]).Any(n => n.Op is RecurrentSequence), Is.False, layer.ToString());
    }
}
