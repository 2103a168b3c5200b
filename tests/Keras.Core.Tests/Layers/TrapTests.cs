namespace Keras.Core.Tests.Layers;

using Keras.Layers;

// Others stand where their subject is: stacked cells under a mask and gates of a dropout in RecurrentTests; epsilon of LayerNormalization, constant halves and the
// fan of EinsumDense in CoreLayerTests; classes of Discretization in AdaptTests; reloaded weights of tokens in TextLayerTests.
sealed partial class TrapTests
{
    static Tensor Count(Shape shape, DType dtype = DType.Float32) => Ops.Cast(Ops.Reshape(Ops.Arange((int)shape.Size), shape), dtype);

    [TestCase(1, 7)]
    [TestCase(2, 8)]
    public void Dilation_of_a_transposed_convolution_counts(int dilation, int height) =>
        Assert.That(new Conv2DTranspose(1, (2, 1), dilationRate: (dilation, 1)).Apply(Ops.Ones([1, 6, 1, 1])).Shape, Is.EqualTo(Shape.Of(1, height, 1, 1)));

    [Test]
    public void Dilation_of_a_transposed_convolution_over_volumes_counts()
    {
        var y = new Conv3DTranspose(1, 3, dilationRate: 2, kernelInitializer: "ones").Apply(Ops.Ones([1, 3, 3, 3, 1]));
        Assert.That(y.Shape, Is.EqualTo(Shape.Of(1, 7, 7, 7, 1)));
        // Taps two apart: each axis counts 1 1 2 1 2 1 1 … overlaps, so the corner has one.
        Assert.That(y[0, 0, 0, 0, 0].Item(), Is.EqualTo(1));
        Assert.That(Ops.Sum(y).Item(), Is.EqualTo(27 * 27));
    }

    [Test]
    public void Same_transposed_convolution_over_volumes_is_the_gradient_of_a_convolution()
    {
        var layer = new Conv3DTranspose(32, 2, padding: "same");
        var x = Ops.Ones([1, 8, 8, 8, 16]);
        var y = layer.Apply(x);
        Assert.That(y.Shape, Is.EqualTo(Shape.Of(1, 8, 8, 8, 32)));
        var volume = Ops.Zeros([1, 8, 8, 8, 32]);
        var gradient = Gradients.Of(Ops.Sum(Ops.Conv(volume, layer.Weights[0].Value, padding: "same") * x), [volume])[0];
        Assert.That(y.ToArray<float>(), Is.EqualTo(gradient.ToArray<float>()).Within(1e-4));
    }

    [Test]
    public void Stride_and_dilation_together_sample_the_dilated_result()
    {
        var (x, depthwise, pointwise) = (Random.Normal([1, 10, 3], seed: 1), Random.Normal([2, 3, 1], seed: 2), Random.Normal([1, 3, 4], seed: 3));
        foreach (var f in new Func<int, Tensor>[]
        {
            s => Ops.DepthwiseConv(x, depthwise, s, dilationRate: 2), s => Ops.SeparableConv(x, depthwise, pointwise, s, dilationRate: 2),
        })
        {
            var (all, some) = (f(1), f(2));
            Assert.That(some.Shape[1], Is.EqualTo(4));
            Assert.That(some.ToArray<float>(), Is.EqualTo(Ops.Take(all, Tensor.Of([0, 2, 4, 6], [4]), 1).ToArray<float>()).Within(1e-6));
        }
    }

    [Test]
    public void An_empty_batch_of_images_gives_an_empty_batch()
    {
        foreach (var layer in new Layer[] { new Conv2D(4, 3), new DepthwiseConv2D(3), new SeparableConv2D(4, 3), new MaxPooling2D(3, 1), new AveragePooling2D(3, 1) })
            Assert.That(layer.Apply(Ops.Zeros([0, 8, 8, 3])).Shape, Is.EqualTo(Shape.Of(0, 6, 6, layer is Conv2D or SeparableConv2D ? 4 : 3)), layer.ToString());
        Assert.That(new Conv2DTranspose(4, 3).Apply(Ops.Zeros([0, 8, 8, 3])).Shape, Is.EqualTo(Shape.Of(0, 10, 10, 4)));
    }

    [Test]
    public void Flatten_of_channels_first_brings_channels_behind() =>
        Assert.That(new Flatten("channels_first").Apply(Count([1, 2, 2, 2])).ToArray<float>(), Is.EqualTo(new float[] { 0, 4, 1, 5, 2, 6, 3, 7 }));

    [Test]
    public void Borders_of_a_resized_image_have_the_fill_value()
    {
        var y = new Resizing(10, 20, padToAspectRatio: true, fillValue: 0.5).Apply(Ops.Zeros([1, 10, 10, 3]));
        Assert.That(y.Shape, Is.EqualTo(Shape.Of(1, 10, 20, 3)));
        Assert.That(Ops.Concatenate([y[.., .., ..5], y[.., .., 15..]], 2).ToDoubles(), Has.All.EqualTo(0.5));
        Assert.That(y[.., .., 5..15].ToDoubles(), Has.All.Zero);
    }

    [Test]
    public void Bytes_that_a_cubic_curve_overshoots_stay_within_their_range()
    {
        var x = Tensor.Of(Enumerable.Range(0, 16).Select(i => (byte)(i % 4 < 2 ? 0 : 255)).ToArray(), [1, 4, 4, 1]);
        var exact = Ops.Resize(Ops.Cast(x, DType.Float32), (8, 8), "bicubic").ToDoubles();
        Assert.That(exact.Min(), Is.LessThan(-1));
        Assert.That(exact.Max(), Is.GreaterThan(256));
        Assert.That(Ops.Resize(x, (8, 8), "bicubic").ToDoubles(), Is.EqualTo(exact.Select(v => Math.Clamp(Math.Round(v), 0, 255))));
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(-5)]
    public void Steps_and_blocks_that_make_no_sense_are_refused(int size)
    {
        Assert.That(() => Ops.SpaceToDepth(Ops.Ones([1, 4, 4, 1]), size), Throws.ArgumentException);
        Assert.That(() => Ops.DepthToSpace(Ops.Ones([1, 4, 4, 4]), size), Throws.ArgumentException);
        Assert.That(() => Ops.ExtractSequences(Ops.Ones([8]), 4, size), Throws.ArgumentException);
        Assert.That(() => Ops.Stft(Ops.Ones([8]), 4, size, 4), Throws.ArgumentException);
        Assert.That(() => new STFTSpectrogram(frameLength: 4, frameStep: size), Throws.ArgumentException);
    }

    [Test]
    public void A_block_of_one_pixel_is_refused() => Assert.That(() => Ops.SpaceToDepth(Ops.Ones([1, 4, 4, 1]), 1), Throws.ArgumentException);

    [Test]
    public void A_blur_with_an_even_window_keeps_the_size_and_reaches_further_back()
    {
        var x = Ops.Reshape(Ops.OneHot(Tensor.Of([27], [1]), 64), [1, 8, 8, 1]);
        var y = Ops.GaussianBlur(x, (4, 4));
        Assert.That(y.Shape, Is.EqualTo(x.Shape));
        // 1 before and 2 behind: what stands at 3 is seen from 1 to 4.
        Assert.That(Enumerable.Range(0, 8).Where(i => y[0, 3, i, 0].Item() > 0), Is.EqualTo(new[] { 1, 2, 3, 4 }));
    }

    [Test]
    public void A_layer_that_trains_by_default_does_not_make_others_train()
    {
        var (before, norm) = (new Layer[] { new Resizing(4, 4), new RandomTranslation(0, 0), new Rescaling(1) }, new BatchNormalization());
        var model = new Sequential([new Input(8, 8, 1), .. before, norm]);
        var x = Random.Normal([2, 8, 8, 1], seed: 1);
        Assert.That(model.Apply(x).ToArray<float>(), Is.EqualTo((new Resizing(4, 4).Apply(x) / Math.Sqrt(1.001)).ToArray<float>()).Within(1e-5));
        model.Predict(x);
        Assert.That(norm.MovingMean!.Value.Item(), Is.Zero);
        Assert.That(norm.MovingVariance!.Value.Item(), Is.EqualTo(1));
    }

    [Test]
    public void A_short_last_batch_of_a_stateful_layer_is_refused_before_any_step()
    {
        var model = new Sequential([new Input([3, 2], batchSize: 4), new LSTM(2, stateful: true), new Dense(1)], name: "kept");
        model.Compile("sgd", "mse");
        var before = model.GetWeights().Select(w => w.ToDoubles()).ToArray();
        var (x, y) = (Random.Normal([10, 3, 2], seed: 1), Ops.Ones([10, 1]));
        foreach (var action in new Action[]
        {
            () => model.Fit(x, y, batchSize: 4, verbose: 0), () => model.Evaluate(x, y, batchSize: 4, verbose: 0), () => model.Predict(x, batchSize: 4),
            () => model.TrainOnBatch(x[..2], y[..2]), () => model.Predict(x[..8], batchSize: 2),
        })
            Assert.That(action, Throws.ArgumentException.With.Message.Match(@"^\[Sequential ""kept""\] .*\b4\b.*\b2\b"));
        Assert.That(model.GetWeights().Select(w => w.ToDoubles()), Is.EqualTo(before));
        Assert.That(model.Predict(x[..8], batchSize: 4).Shape, Is.EqualTo(Shape.Of(8, 1)));
        Assert.That(() => model.Apply(x[..2]), Throws.ArgumentException.With.Message.Match(@"^\[LSTM .*\b4\b.*\b2\b"));
        var free = new Sequential([new Input([3, 2], batchSize: 4), new LSTM(2), new Dense(1)]);
        Assert.That(free.Predict(x, batchSize: 4).Shape, Is.EqualTo(Shape.Of(10, 1)), "no states");
    }

    [Test]
    public void States_are_kept_between_calls_and_reset_by_hand_alone()
    {
        var model = new Sequential([new Input([3, 2], batchSize: 2), new LSTM(2, stateful: true), new Dense(1)]);
        var (x, layer) = (Random.Normal([2, 3, 2], seed: 1), (LSTM)model.Layers[0]);
        float[] Predicted() => model.Predict(x, batchSize: 2).ToArray<float>();
        var (first, second) = (Predicted(), Predicted());
        layer.ResetState();
        Assert.That(Predicted(), Is.EqualTo(first).And.Not.EqualTo(second));
        model.Compile(new Keras.Optimizers.SGD(0), "mse");
        layer.ResetState();
        model.Fit(x, Ops.Ones([2, 1]), batchSize: 2, verbose: 0, shuffle: false);
        Assert.That(Predicted(), Is.EqualTo(second).Within(1e-6));
    }

    [Test]
    public void The_moving_variance_is_that_of_the_batch_divided_by_its_number()
    {
        var layer = new BatchNormalization(momentum: 0);
        layer.Apply(Tensor.Of([1f, 2, 3, 4], [4, 1]), training: true);
        Assert.That(layer.MovingVariance!.Value.Item(), Is.EqualTo(1.25).Within(1e-6));
        var image = new BatchNormalization(momentum: 0);
        image.Apply(Tensor.Of([1f, 2, 3, 4], [1, 2, 2, 1]), training: true);
        Assert.That(image.MovingVariance!.Value.Item(), Is.EqualTo(1.25).Within(1e-6));
    }

    [Test]
    public void One_value_a_channel_has_a_variance()
    {
        var layer = new BatchNormalization();
        var y = layer.Apply(Random.Normal([1, 1, 1, 3], seed: 1), training: true);
        Assert.That(y.ToDoubles(), Has.All.EqualTo(0).Within(1e-6));
        Assert.That(layer.MovingVariance!.Value.ToDoubles(), Has.All.EqualTo(0.99).Within(1e-6));
    }

    [Test]
    public void Seed_0_is_a_seed()
    {
        var ones = Ops.Ones([100]);
        foreach (var draw in new Func<Tensor>[]
        {
            () => new Dropout(0.5, seed: 0).Apply(ones, training: true), () => new Keras.Initializers.RandomNormal(seed: 0).Apply([9]), () => Random.Normal([9], seed: 0),
        })
        {
            var (first, second) = (draw().ToArray<float>(), draw().ToArray<float>());
            Assert.That(second, Is.EqualTo(first));
        }
    }

    [Test]
    public void Attention_takes_several_dimensions_before_the_steps()
    {
        var x = Random.Normal([2, 8, 6, 4], seed: 1);
        foreach (var layer in new ScoredAttention[] { new Keras.Layers.Attention(), new AdditiveAttention() })
        {
            var (output, scores) = layer.ApplyWithScores(x, x);
            Assert.That((output.Shape, scores.Shape), Is.EqualTo((Shape.Of(2, 8, 6, 4), Shape.Of(2, 8, 6, 6))));
            var alone = layer.ApplyWithScores(x[0], x[0]).Output;
            Assert.That(output[0].ToArray<float>(), Is.EqualTo(alone.ToArray<float>()).Within(1e-5));
        }
    }
}
