namespace Keras.Core.Tests.Layers;

using Keras.Layers;

/// <summary>Rules that hold for one layer each.</summary>
sealed class LayerRuleTests
{
    static readonly Tensor Steps = Tensor.Of([1f, 2, 3, 4, 5, 6], [1, 3, 2]);
    static readonly Tensor FirstTwo = Tensor.Of([true, true, false], [1, 3]);

    [Test]
    public void BatchNormalization_learns_the_statistics_of_batches()
    {
        var layer = new BatchNormalization(momentum: 0.5);
        var y = layer.Apply(Tensor.Of([1f, 10, 3, 30], [2, 2]), training: true).ToArray<float>();
        Assert.Multiple(() =>
        {
            Assert.That(y, Is.EqualTo(new[] { -0.9995f, -1, 0.9995f, 1 }).Within(1e-4));
            Assert.That(layer.MovingMean!.Value.ToArray<float>(), Is.EqualTo(new[] { 1f, 10 }).Within(1e-6));
            Assert.That(layer.MovingVariance!.Value.ToArray<float>(), Is.EqualTo(new[] { 1f, 50.5f }).Within(1e-5));
        });
    }

    [Test]
    public void BatchNormalization_learns_nothing_when_frozen()
    {
        var layer = new BatchNormalization(trainable: false);
        var y = layer.Apply(Tensor.Of([1f, 3], [2, 1]), training: true).ToArray<float>();
        Assert.That(y, Is.EqualTo(new[] { 1f, 3 }).Within(2e-3));
        Assert.That(layer.MovingMean!.Value.Item(), Is.Zero);
    }

    [Test]
    public void BatchNormalization_leaves_out_masked_steps()
    {
        var layer = new BatchNormalization(momentum: 0);
        layer.Apply(Steps, training: true, mask: FirstTwo);
        Assert.Multiple(() =>
        {
            Assert.That(layer.MovingMean!.Value.ToArray<float>(), Is.EqualTo(new[] { 2f, 3 }).Within(1e-5));
            Assert.That(layer.MovingVariance!.Value.ToArray<float>(), Is.EqualTo(new[] { 1f, 1 }).Within(1e-5));
        });
    }

    [Test]
    public void Symbolic_calls_change_no_state()
    {
        var normalization = new BatchNormalization();
        var dropout = new Dropout(0.5, seed: 1);
        var y = dropout.Apply(normalization.Apply(Layer.Input(3), training: true), training: true);
        Assert.Multiple(() =>
        {
            Assert.That(y.Shape, Is.EqualTo(Shape.Of(Shape.Unknown, 3)));
            Assert.That(normalization.MovingMean!.Value.ToArray<float>(), Is.EqualTo(new float[3]));
            Assert.That(dropout.Variables.Single().Value.ToArray<uint>(), Is.EqualTo(new uint[] { 1, 0 }));
        });
    }

    [Test]
    public void Masking_finds_steps_and_GlobalAveragePooling1D_leaves_them_out()
    {
        var x = new Masking(9).Apply(Tensor.Of([1f, 2, 3, 9, 9, 9], [1, 3, 2]));
        var mean = new GlobalAveragePooling1D().Apply(x);
        Assert.Multiple(() =>
        {
            Assert.That(x.ToArray<float>(), Is.EqualTo(new[] { 1f, 2, 3, 9, 0, 0 }));
            Assert.That(x.Mask!.ToArray<bool>(), Is.EqualTo(new[] { true, true, false }));
            Assert.That(mean.ToArray<float>(), Is.EqualTo(new[] { 2f, 5.5f }));
            Assert.That(mean.Mask, Is.Null);
        });
    }

    [Test]
    public void Softmax_gives_masked_places_nothing()
    {
        var mask = Tensor.Of([true, true, false, false, false, false], [2, 3]);
        var y = new Keras.Layers.Softmax().Apply(Tensor.Of([1f, 1, 5, 1, 2, 3], [2, 3]), mask: mask).ToArray<float>();
        Assert.That(y, Is.EqualTo(new[] { 0.5f, 0.5f, 0, 0, 0, 0 }).Within(1e-6));
    }

    [Test]
    public void Merge_layers_join_masks()
    {
        var (a, b, bare) = (Steps.Renewed(), (Steps * 2).Renewed(), Steps.Renewed());
        (a.Mask, b.Mask) = (FirstTwo, Tensor.Of([false, true, false], [1, 3]));
        Assert.Multiple(() =>
        {
            Assert.That(new Keras.Layers.Add().Apply([a, b]).Mask!.ToArray<bool>(), Is.EqualTo(new[] { true, true, false }));
            Assert.That(new Keras.Layers.Add().Apply([a, bare]).Mask, Is.Null);
            Assert.That(new Keras.Layers.Maximum().Apply([a, b]).ToArray<float>(), Is.EqualTo(new[] { 1f, 2, 6, 8, 5, 6 }));
            Assert.That(new Keras.Layers.Multiply().Apply([a, b]).ToArray<float>(), Is.EqualTo(new[] { 1f, 2, 18, 32, 0, 0 }));
            Assert.That(new Keras.Layers.Concatenate().Apply([a, bare]).Mask!.ToArray<bool>(), Has.All.True);
            Assert.That(new Keras.Layers.Concatenate(1).Apply([a, b]).Mask!.ToArray<bool>(), Is.EqualTo(new[] { true, true, false, false, true, false }));
            Assert.That(new Keras.Layers.Concatenate().Apply([bare, bare]).Mask, Is.Null);
        });
    }

    [Test]
    public void Dropout_keeps_the_mean_and_draws_anew()
    {
        var layer = new Dropout(0.25, seed: 5);
        var ones = Ops.Ones([10000]);
        var (first, second) = (layer.Apply(ones, training: true).ToArray<float>(), layer.Apply(ones, training: true).ToArray<float>());
        Assert.Multiple(() =>
        {
            Assert.That(first.Distinct().Order(), Is.EqualTo(new[] { 0, 4 / 3f }).Within(1e-6));
            Assert.That(first.Average(), Is.EqualTo(1).Within(0.02));
            Assert.That(first, Is.Not.EqualTo(second));
            Assert.That(layer.Apply(ones).ToArray<float>(), Has.All.EqualTo(1f));
            Assert.That(new Dropout(0).Variables, Is.Empty);
            Assert.That(new Dropout(1).Apply(ones, training: true).ToArray<float>(), Has.All.Zero);
        });
    }

    [Test]
    public void Dropout_shares_the_draw_along_axes_of_1()
    {
        var shared = new Dropout(0.5, [null, 1, null], seed: 1).Apply(Ops.Ones([2, 5, 8]), training: true).ToArray<float>();
        var spatial = new SpatialDropout1D(0.5, seed: 1).Apply(Ops.Ones([2, 5, 8]), training: true).ToArray<float>();
        foreach (var y in new[] { shared, spatial })
        {
            Assert.That(y, Has.Some.Zero.And.Some.EqualTo(2f));
            for (var i = 0; i < y.Length; i++) Assert.That(y[i], Is.EqualTo(y[(i / 40 * 40) + (i % 8)]));
        }
    }

    [Test]
    public void Noise_has_the_spread_that_was_asked_for()
    {
        var ones = Ops.Ones([20000]);
        Assert.Multiple(() =>
        {
            Assert.That(Ops.Std(new GaussianNoise(0.5, seed: 1).Apply(ones, training: true)).Item(), Is.EqualTo(0.5).Within(0.02));
            Assert.That(Ops.Std(new GaussianDropout(0.2, seed: 1).Apply(ones, training: true)).Item(), Is.EqualTo(0.5).Within(0.02));
        });
    }

    [Test]
    public void ActivityRegularization_adds_to_the_loss()
    {
        var layer = new ActivityRegularization(l1: 1, l2: 2);
        layer.Apply(Tensor.Of([1f, -2], [2, 1]));
        Assert.That(layer.Losses.Single().Item(), Is.EqualTo((3 + (2 * 5)) / 2.0).Within(1e-6));
    }

    [TestCaseSource(nameof(Mistakes))]
    public void Mistakes_are_named(Action action, string text) =>
        Assert.That(action, Throws.InstanceOf<Exception>().With.Message.Contains(text).And.Message.StartsWith("["));

    static IEnumerable<TestCaseData> Mistakes()
    {
        yield return Case(() => _ = new Dense(0), "units is not positive");
        yield return Case(() => new Dense(2).Apply(Ops.Ones([3])), "at least 2 dimensions");
        yield return Case(() => new Dense(2).Build([null, null]), "unknown dimension");
        yield return Case(() => _ = new Conv2D(0, 3), "filters is not positive");
        yield return Case(() => _ = new Conv2D(3, 3, groups: 2), "filters do not divide into the groups");
        yield return Case(() => new Conv2D(4, 3, groups: 2).Build([null, 8, 8, 3]), "channels do not divide into the groups");
        yield return Case(() => new Conv2D(4, 3).Build([null, 8, 8, null]), "number of channels is not known");
        yield return Case(() => _ = new Conv2D(4, 0), "kernel_size is too small");
        yield return Case(() => _ = new Conv2D(4, 3, strides: 2, dilationRate: 2), "cannot both be above 1");
        yield return Case(() => _ = new Conv2D(4, 3, padding: "causal"), "causal");
        yield return Case(() => _ = new MaxPooling2D(padding: "causal"), "causal");
        yield return Case(() => _ = new MaxPooling2D((1, 2, 3)), "pool_size has a wrong number of values");
        yield return Case(() => _ = new Dropout(1.5), "rate is no probability");
        yield return Case(() => _ = new Permute((1, 3)), "dims is no permutation");
        yield return Case(() => new Keras.Layers.Reshape((2, 2)).Apply(Ops.Ones([1, 5])), "do not fit target_shape");
        yield return Case(() => _ = new Keras.Layers.Reshape((-1, -1)), "target_shape is no shape");
        yield return Case(() => new Keras.Layers.Add().Apply(Ops.Ones([1, 5])), "takes a list of tensors");
        yield return Case(() => new Keras.Layers.Add().Apply([Ops.Ones([1, 5]), Ops.Ones([2, 5])]), "batch sizes differ");
        yield return Case(() => new Keras.Layers.Subtract().Apply([Ops.Ones([1, 5])]), "number of inputs is wrong");
        yield return Case(() => new Keras.Layers.Concatenate().Apply([Ops.Ones([1, 5]), Ops.Ones([2, 5])]), "shapes differ");
        yield return Case(() => new Cropping1D(2).Apply(Ops.Ones([1, 4, 1])), "cropping leaves nothing");
        yield return Case(() => _ = new BatchNormalization(renormClipping: new Dictionary<string, double> { ["rmin"] = 1 }), "renorm_clipping does not fit");
        yield return Case(() => new GroupNormalization(3).Build([null, 4]), "channels do not fall into equal groups");
        yield return Case(() => _ = new GroupNormalization(0), "there are no groups");
        yield return Case(() => new SpectralNormalization(new Flatten()).Build([null, 4]), "nothing to normalize");
        yield return Case(() => _ = new SpectralNormalization(new Dense(1), 0), "power_iterations is not positive");
        yield return Case(() => _ = new Embedding(0, 2), "input_dim is not positive");
        yield return Case(() => _ = new Embedding(2, 2, weights: Ops.Ones([2, 3])), "the table has another shape");
        yield return Case(() => new Embedding(2, 2).Apply(Tensor.Of([0, 2], [2])).ToArray<float>(), "out of range");
        yield return Case(() => new ReversibleEmbedding(5, 3).Apply(Ops.Ones([2, 4]), reverse: true), "vectors have another length");
        yield return Case(() => _ = new EinsumDense("ab,bc", [3]), "the equation is none");
        yield return Case(() => _ = new EinsumDense("ab,bc->ad", [3]), "the equation is none");
        yield return Case(() => _ = new EinsumDense("ab,bc->ac", [3], biasAxes: "b"), "bias_axes has a letter");
        yield return Case(() => new EinsumDense("ab,bc->ac", [3]).Build([null, 2, 3]), "do not fit the equation");
        yield return Case(() => new EinsumDense("abc,cd->abd", [3, 4]).Build([null, 2, 3]), "the dimensions of b differ");
        yield return Case(() => _ = new TernaryDense(3, -1), "threshold is negative");
        yield return Case(() => new Lambda(x => x * 2, outputShape: [4]).Apply(Ops.Ones([1, 3])), "gives another shape");
        yield return Case(() => new Lambda(x => x * 2).GetConfig(), "without a name cannot be saved");
        yield return Case(() => _ = new Dot((1, 2, 3)), "too many axes");
        yield return Case(() => new Dot(1).Apply([Ops.Ones([1, 5]), Ops.Ones([1, 4])]), "dimensions to sum over differ");
        yield return Case(() => new Dot(0).Apply([Ops.Ones([1, 5]), Ops.Ones([1, 5])]), "an axis is that of the batch");
        yield return Case(() => _ = new Normalization(mean: 1), "mean and variance do not fit");
        yield return Case(() => new Normalization(mean: 1, variance: 1).Adapt(Ops.Ones([1, 5])), "mean and variance were given");
        yield return Case(() => new Normalization().Adapt([]), "nothing to adapt to");
        yield return Case(() => new Normalization().Adapt([Ops.Ones([2, 5]), Ops.Ones([2, 4])]), "wrong dimension");
        yield return Case(() => _ = new Discretization(), "there are no bins");
        yield return Case(() => _ = new Discretization([1.0, 0]), "do not rise");
        yield return Case(() => new Discretization(numBins: 3).Apply(Ops.Ones([2])), "bins are not known");
        yield return Case(() => new Discretization([1.0]).Adapt(Ops.Ones([2])), "the bounds were given");
        yield return Case(() => _ = new CategoryEncoding(3, "int"), "unknown value");
        yield return Case(() => _ = new CategoryEncoding(3, sparse: true), "no sparse tensors");
        yield return Case(() => new CategoryEncoding(3).Apply(Tensor.Of([0, 2], [2]), countWeights: Ops.Ones([2])), "weights that do not fit");
        yield return Case(() => _ = new MaxNumBoundingBoxes(0), "max_number is not positive");

        static TestCaseData Case(Action action, string text) => new TestCaseData(action, text).SetName($"Mistakes_are_named({text})");
    }
}
