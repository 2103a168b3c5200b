namespace Keras.Core.Tests.Layers;

using Keras.Initializers;
using Keras.Layers;
using Keras.Optimizers;

/// <summary>What single layers do beyond the rules for all.</summary>
sealed class CoreLayerTests
{
    [Test]
    public void LayerNormalization_has_the_epsilon_of_Keras() => Assert.That(
        new LayerNormalization().Apply(Tensor.Of([0.09484422f, 0.16441762f], [1, 2])).ToArray<float>(), Is.EqualTo([-0.739956f, 0.739956f]).Within(1e-5));

    [Test]
    public void GroupNormalization_of_a_constant_half_is_0() => Assert.That(
        new GroupNormalization(1, epsilon: 1e-7, dtype: "mixed_float16").Apply(Ops.Full([1, 2, 4], 70000f)).ToDoubles(), Has.All.Zero);

    [Test]
    public void Renormalization_is_as_in_its_definition()
    {
        const double Epsilon = 1e-3;
        var layer = new BatchNormalization(momentum: 0.9, renorm: true, renormMomentum: 0.8, dtype: "float64");
        var x = Tensor.Of([4.0, 6, 2, 8, -2, 5, 6, 4, 3], [3, 3]);
        layer.Build([null, 3]);
        double[] gamma = [1.1, 0.9, 1], beta = [0.1, 0, -0.1], mean = [5, 2, 3], variance = [2, 9, 1], stddev = [1.5, 3, 1], renormMean = [4, 3, 2],
            renormStddev = [1, 2, 3];
        layer.SetWeights([.. new[] { gamma, beta, mean, variance, stddev, renormMean, renormStddev }.Select(v => Tensor.Of(v, [3]))]);
        var y = layer.Apply(x, training: true).ToDoubles();
        var after = layer.GetWeights().Select(w => w.ToDoubles()).ToArray();
        for (var c = 0; c < 3; c++)
        {
            double[] column = [.. Enumerable.Range(0, 3).Select(r => x.ToDoubles()[(3 * r) + c])];
            var m = column.Average();
            var v = column.Average(q => (q - m) * (q - m));
            var s = Math.Sqrt(v + Epsilon);
            double r = s / renormStddev[c], d = (m - renormMean[c]) / renormStddev[c], moved = (stddev[c] * 0.9) + (s * 0.1);
            for (var row = 0; row < 3; row++) Assert.That(y[(3 * row) + c], Is.EqualTo(((((column[row] - m) / s * r) + d) * gamma[c]) + beta[c]).Within(1e-12));
            double[] expected = [(mean[c] * 0.9) + (m * 0.1), (moved * moved) - Epsilon, moved, (renormMean[c] * 0.8) + (m * 0.2), (renormStddev[c] * 0.8) + (s * 0.2)];
            Assert.That(after[2..].Select(w => w[c]), Is.EqualTo(expected).Within(1e-12));
        }
    }

    [Test]
    public void Renormalization_is_clipped()
    {
        var limits = new Dictionary<string, double> { ["rmin"] = 1, ["rmax"] = 1, ["dmax"] = 0 };
        var x = Tensor.Of([4f, 6, 2, 8, -2, 5], [3, 2]);
        var clipped = new BatchNormalization(renorm: true, renormClipping: limits).Apply(x, training: true);
        Assert.That(clipped.ToArray<float>(), Is.EqualTo(new BatchNormalization().Apply(x, training: true).ToArray<float>()).Within(1e-6));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_mask_leaves_places_out_of_the_statistics(bool renorm)
    {
        var x = Tensor.Of([1f, 3, 100, 5, -100, 100], [2, 3, 1]);
        var mask = Tensor.Of([true, true, false, true, false, false], [2, 3]);
        var (masked, plain) = (new BatchNormalization(momentum: 0, renorm: renorm), new BatchNormalization(momentum: 0, renorm: renorm));
        masked.Apply(x, training: true, mask);
        plain.Apply(Tensor.Of([1f, 3, 5], [3, 1, 1]), training: true);
        Assert.That(masked.GetWeights().Select(w => w.ToDoubles()[0]), Is.EqualTo(plain.GetWeights().Select(w => w.ToDoubles()[0])).Within(1e-5));
    }

    [Test]
    public void SpectralNormalization_brings_the_largest_singular_value_to_1()
    {
        var inner = new Dense(3, kernelInitializer: new GlorotUniform(seed: 1));
        var layer = new SpectralNormalization(inner, powerIterations: 300);
        layer.Apply(Ops.Ones([1, 4]), training: true);
        var (_, values, _) = Ops.Svd(inner.Kernel!.Value);
        Assert.That(values.ToArray<float>()[0], Is.EqualTo(1).Within(1e-4));
        var before = inner.Kernel.Value.ToArray<float>();
        layer.Apply(Ops.Ones([1, 4]));
        Assert.That(inner.Kernel.Value.ToArray<float>(), Is.EqualTo(before));
    }

    [Test]
    public void SpectralNormalization_leaves_a_kernel_of_zeros()
    {
        var inner = new Dense(3, kernelInitializer: "zeros");
        new SpectralNormalization(inner).Apply(Ops.Ones([1, 4]), training: true);
        Assert.That(inner.Kernel!.Value.ToArray<float>(), Has.All.Zero);
    }

    [Test]
    public void SpectralNormalization_trains_in_a_model()
    {
        var inner = new Dense(1, useBias: false, kernelInitializer: new GlorotUniform(seed: 1));
        var model = new Sequential([new Input(2), new SpectralNormalization(inner)]);
        model.Compile(new SGD(0.1), "mse");
        var x = Tensor.Of([1f, 0, 0, 1, 1, 1, -1, 1], [4, 2]);
        var history = model.Fit(x, Ops.Matmul(x, Tensor.Of([0.6f, 0.8f], [2, 1])), epochs: 60, verbose: 0);
        Assert.That(history["loss"][^1], Is.LessThan(1e-3).And.LessThan(history["loss"][0]));
    }

    [Test]
    public void Embedding_masks_zero_and_takes_a_table()
    {
        var table = Tensor.Of([0f, 1, 2, 3, 4, 5], [3, 2]);
        var layer = new Embedding(3, 2, maskZero: true, weights: table);
        var y = layer.Apply(Tensor.Of([2, 0, 1], [1, 3]));
        Assert.Multiple(() =>
        {
            Assert.That(y.ToArray<float>(), Is.EqualTo([4f, 5, 0, 1, 2, 3]));
            Assert.That(y.Mask!.ToArray<bool>(), Is.EqualTo([true, false, true]));
            Assert.That(layer.GetConfig().ContainsKey("weights"), Is.False);
            Assert.That(new Embedding(3, 2).Apply(Tensor.Of([2, 0, 1], [1, 3])).Mask, Is.Null);
        });
    }

    [TestCase(true)]
    [TestCase(false)]
    public void ReversibleEmbedding_goes_back_in_a_model_too(bool tied)
    {
        var layer = new ReversibleEmbedding(5, 3, tied, logitSoftCap: 2);
        var ids = new Input([4], null, DType.Int32).Output;
        var model = new Model(ids, layer.Apply(layer.Apply(ids), reverse: true));
        var x = Tensor.Of([0, 1, 2, 3], [1, 4]);
        var rows = Ops.Take(layer.Embeddings!.Value, x, 0);
        var logits = Ops.Matmul(rows, tied ? Ops.Transpose(layer.Embeddings) : layer.ReverseEmbeddings!);
        Assert.That(model.Predict(x).ToArray<float>(), Is.EqualTo((Ops.Tanh(logits / 2) * 2).ToArray<float>()).Within(1e-6));
    }

    [Test]
    public void EinsumDense_counts_heads_as_outputs()
    {
        var layer = new EinsumDense("abc,cde->abde", [null, 3, 4]);
        layer.Build([null, null, 32]);
        // Glorot's limit for 32 inputs and 3 · 4 outputs.
        Assert.That(layer.Kernel!.Value.ToArray<float>().Max(MathF.Abs), Is.InRange(0.33, 0.36928));
    }

    [Test]
    public void TernaryDense_passes_gradients_to_the_kernel()
    {
        var layer = new TernaryDense(1, threshold: 0.5, useBias: false);
        layer.Build([null, 3]);
        layer.SetWeights([Tensor.Of([0.2f, 0.7f, -0.9f], [3, 1])]);
        var y = layer.Apply(Tensor.Of([1f, 10, 100], [1, 3]));
        Assert.Multiple(() =>
        {
            Assert.That(y.Item(), Is.EqualTo(-90));
            Assert.That(Gradients.Of(y, [layer.Kernel!])[0].ToArray<float>(), Is.EqualTo([1f, 10, 100]));
        });
    }

    [Test]
    public void Lambda_takes_several_tensors()
    {
        var layer = new Lambda((Nest xs) => xs.Items[0].Tensor - xs.Items[1].Tensor);
        Assert.That(layer.Apply([Tensor.Of([3f], [1]), Tensor.Of([1f], [1])]).ToArray<float>(), Is.EqualTo([2f]));
        Assert.That(() => ObjectConfig.Construct(typeof(Lambda), new System.Text.Json.Nodes.JsonObject { ["function"] = "unheard_of" }), Throws.ArgumentException.With.Message.Contains("Register"));
    }

    [Test]
    public void AlphaDropout_keeps_mean_and_variance()
    {
        var x = Random.Normal([20000], seed: 5);
        var y = new AlphaDropout(0.3, seed: 1).Apply(x, training: true);
        Assert.Multiple(() =>
        {
            Assert.That(Ops.Mean(y).Item(), Is.EqualTo(0).Within(0.03));
            Assert.That(Ops.Std(y).Item(), Is.EqualTo(1).Within(0.03));
            Assert.That(y.ToArray<float>().GroupBy(v => v).Max(g => g.Count()), Is.EqualTo(6000).Within(200));
        });
    }
}
