namespace Keras.Core.Tests.Layers;

using Keras.Layers;

/// <summary>Faults that other frameworks had in layers: small inputs with known results.</summary>
sealed partial class TrapTests
{
    static Tensor Masked(Tensor x, params bool[] mask)
    {
        var y = x.Renewed();
        y.Mask = Tensor.Of(mask, Shape.Of([.. x.Shape.Dims[..^1]]).Size == mask.Length ? x.Shape.Slice(0, x.Rank - 1) : x.Shape);
        return y;
    }

    [Test]
    public void Loss_and_metric_count_the_steps_of_a_mask_alone()
    {
        var model = new Sequential([new Input(3, 1), new Masking(0)]);
        model.Compile("sgd", "mae", metrics: ["mae"]);
        var logs = model.Evaluate(new float[,,] { { { 1 }, { 0 }, { 1 } } }, new float[,,] { { { 0 }, { 1 }, { 1 } } }, verbose: 0);
        Assert.That(new[] { logs["loss"], logs["mae"] }, Is.EqualTo(new[] { 0.5, 0.5 }).Within(1e-6));
    }

    [Test]
    public void A_batch_whose_mask_is_all_false_has_the_loss_0_and_no_gradient()
    {
        var prediction = Masked(Tensor.Of([1f, 2, 3, 4], [4, 1]), false, false, false, false);
        var loss = new Keras.Losses.MeanSquaredError().Apply(Ops.Zeros([4, 1]), prediction);
        Assert.That(loss.Item(), Is.Zero);
        Assert.That(Gradients.Of(loss, [prediction])[0].ToDoubles(), Has.All.Zero);
        var model = new Sequential([new Input(4, 1), new Masking(), new Dense(1, kernelInitializer: "ones")]);
        model.Compile("sgd", "mse");
        Assert.That(model.TrainOnBatch(new float[1, 4, 1], new float[,,] { { { 1 }, { 2 }, { 3 }, { 4 } } })["loss"], Is.Zero);
        Assert.That(model.GetWeights()[0].Item(), Is.EqualTo(1));
    }

    [Test]
    public void Joined_steps_have_a_mask_each_also_where_the_batch_is_unknown()
    {
        float[,,] a = { { { 0 }, { 1 }, { 0 }, { 1 } } }, b = { { { 1 }, { 1 }, { 1 }, { 1 } } };
        Tensor x = Layer.Input(4, 1), y = Layer.Input(4, 1);
        foreach (var (axis, mask) in new[] { (1, new[] { false, true, false, true, true, true, true, true }), (2, [true, true, true, true]) })
        {
            var layer = new Keras.Layers.Concatenate(axis);
            Assert.That(layer.Apply([new Masking().Apply(Tensor.Of(a)), Tensor.Of(b)]).Mask!.ToArray<bool>(), Is.EqualTo(mask));
            var model = new Model(new[] { x, y }, layer.Apply([new Masking().Apply(x), y]));
            foreach (var count in new[] { 1, 3 })
            {
                var rows = model.Apply([Ops.Repeat(Tensor.Of(a), count, 0), Ops.Repeat(Tensor.Of(b), count, 0)]).Mask!;
                Assert.That(rows.ToArray<bool>(), Is.EqualTo(Enumerable.Repeat(mask, count).SelectMany(m => m)));
            }
        }
    }

    [Test]
    public void Padding_of_tokens_before_and_behind_is_the_same_for_both_directions()
    {
        var embedded = new Embedding(3, 2, maskZero: true).Apply(Tensor.Of(new[,] { { 0, 0, 1, 2 }, { 1, 2, 0, 0 } }));
        var y = new Bidirectional(new SimpleRNN(2)).Apply(embedded).ToArray<float>();
        var (before, behind) = (y[..4], y[4..]);
        Assert.That(behind, Is.EqualTo(before).Within(1e-6));
        Assert.That(y, Has.None.Zero);
    }

    [Test]
    public void Backwards_gives_steps_as_processed_and_Bidirectional_turns_them_round()
    {
        var x = Tensor.Of([1f, 2, 3, 4, 5, 6], [1, 6, 1]);
        SimpleRNN Sum(bool back) => new(1, "linear", kernelInitializer: "ones", recurrentInitializer: "ones", returnSequences: true, goBackwards: back);
        Assert.That(Sum(true).Apply(x).ToArray<float>(), Is.EqualTo(new float[] { 6, 11, 15, 18, 20, 21 }));
        Assert.That(Sum(false).Apply(Ops.Flip(x, 1)).ToArray<float>(), Is.EqualTo(new float[] { 6, 11, 15, 18, 20, 21 }));
        Assert.That(new Bidirectional(Sum(false), backwardLayer: Sum(true)).Apply(x).ToArray<float>(),
            Is.EqualTo(new float[] { 1, 21, 3, 20, 6, 18, 10, 15, 15, 11, 21, 6 }));
    }

    [Test]
    public void A_mask_that_was_used_goes_no_further_so_that_a_loss_meets_none_of_another_length()
    {
        var model = new Sequential([new Input(8, 2), new Masking(), new LSTM(4, returnSequences: true), new Conv1D(5, 2, strides: 2)]);
        var x = Ops.Concatenate([Random.Normal([3, 6, 2], seed: 1), Ops.Zeros([3, 2, 2])], 1);
        Assert.That(model.Apply(x).Mask, Is.Null);
        Assert.That(((LSTM)model.Layers[1]).Apply(new Masking().Apply(x)).Mask, Is.Null);
        model.Compile("sgd", "ctc");
        Assert.That(model.TrainOnBatch(x, new[,] { { 1, 2 }, { 3, 4 }, { 1, 1 } })["loss"], Is.GreaterThan(0).And.LessThan(100));
    }

    sealed class Told(string dtype) : Layer(dtype: dtype)
    {
        public Tensor? Mask { get; private set; }

        protected override Tensor? ComputeMask(Nest inputs, CallContext context) => context.Mask;

        protected override Tensor Call(Tensor x, CallContext context)
        {
            Mask = context.Mask;
            Assert.That(x.DType, Is.EqualTo(DType.Float16));
            return x;
        }
    }

    [Test]
    public void A_cast_of_the_input_keeps_its_mask()
    {
        var layer = new Told("float16");
        var y = layer.Apply(Masked(Ops.Zeros([1, 2]), true, false));
        Assert.That(layer.Mask!.ToArray<bool>(), Is.EqualTo(new[] { true, false }));
        Assert.That(y.Mask!.ToArray<bool>(), Is.EqualTo(new[] { true, false }));
    }

    sealed class Forgetful : Layer
    {
        public Forgetful() => SupportsMasking = true;

        protected override Tensor Call(Tensor x, CallContext context)
        {
            x.Mask = null;
            return x;
        }
    }

    [Test]
    public void A_layer_that_clears_the_mask_of_its_input_passes_it_on_all_the_same() => Assert.That(
        new Forgetful().Apply(Masked(Ops.Ones([4, 4]), true, true, true, true)).Mask!.ToArray<bool>(), Is.EqualTo(new[] { true, true, true, true }));

    [Test]
    public void Softmax_of_a_row_that_is_all_masked_is_0()
    {
        bool[] mask = [true, true, false, false, false, false, false, false, true, true, true, true];
        var y = new Keras.Layers.Softmax().Apply(Tensor.Of([1f, 2, 5, 1, 1, 1, 1, 1, 3, 1, 2, 4], [3, 4]), mask: Tensor.Of(mask, [3, 4]));
        Assert.That(y.ToArray<float>(), Is.EqualTo(new[] { 0.268941f, 0.731059f, 0, 0, 0, 0, 0, 0, 0.236883f, 0.032059f, 0.087144f, 0.643914f }).Within(1e-6));
    }

    [TestCase(false, true, new float[] { 0, 1 })]
    [TestCase(false, false, new float[] { 0, 0 })]
    public void Softmax_of_masked_negative_halves_is_a_number(bool first, bool second, float[] expected)
    {
        foreach (var policy in new[] { "float16", "mixed_float16", "bfloat16" })
        {
            var x = Tensor.Of([-100f, -100], [1, 2]);
            var y = new Keras.Layers.Softmax(dtype: policy).Apply(x, mask: Tensor.Of([first, second], [1, 2]));
            Assert.That(y.ToDoubles(), Is.EqualTo(expected), policy);
            Assert.That(Gradients.Of(Ops.Sum(y * Tensor.Of([1f, 2], [1, 2])), [x])[0].ToDoubles(), Has.All.Matches<double>(double.IsFinite), policy);
        }
    }

    [Test]
    public void An_activation_passes_a_mask_on_and_computes_as_without()
    {
        var y = new Activation("softmax").Apply(new Masking(0).Apply(Tensor.Of([3f, 1, 2, 2, 0, 0], [1, 6])));
        Assert.That(y.ToArray<float>(), Is.EqualTo(new[] { 0.507442f, 0.068677f, 0.186678f, 0.186678f, 0.025265f, 0.025265f }).Within(2e-5));
        Assert.That(y.Mask!.ToArray<bool>(), Is.EqualTo(new[] { true }));
    }
}
