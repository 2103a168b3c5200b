namespace Keras.Core.Tests.Layers;

using Keras.Layers;

/// <summary>What the layers that change images at random do in training.</summary>
sealed class AugmentationTests
{
    const int Count = 64;

    static readonly Interval Unit = (0, 1);

    static IEnumerable<TestCaseData> Layers()
    {
        Func<int, DataFormat, Augmentation>[] all =
        [
            (s, f) => new RandomFlip(seed: s, dataFormat: f),
            (s, f) => new RandomRotation(0.2, seed: s, dataFormat: f),
            (s, f) => new RandomTranslation(0.3, 0.2, seed: s, dataFormat: f),
            (s, f) => new RandomZoom((-0.3, 0.4), 0.2, seed: s, dataFormat: f),
            (s, f) => new RandomShear(0.3, 0.2, seed: s, dataFormat: f),
            (s, f) => new RandomPerspective(seed: s, dataFormat: f),
            (s, f) => new RandomCrop(6, 4, seed: s, dataFormat: f),
            (s, f) => new RandomBrightness(0.3, Unit, s, f),
            (s, f) => new RandomContrast(0.5, Unit, s, f),
            (s, f) => new RandomHue(0.5, Unit, f, s),
            (s, f) => new RandomSaturation(0.9, Unit, f, s),
            (s, f) => new RandomColorDegeneration(0.5, Unit, f, s),
            (s, f) => new RandomGrayscale(0.5, f, s),
            (s, f) => new RandomInvert(1, Unit, s, f),
            (s, f) => new RandomPosterization((1, 4), Unit, f, s),
            (s, f) => new RandomSharpness(1, Unit, f, s),
            (s, f) => new RandomGaussianBlur(1, (3, 5), (0.5, 2), Unit, f, s),
            (s, f) => new RandomElasticTransform(1, 1, valueRange: Unit, seed: s, dataFormat: f),
            (s, f) => new RandomErasing(1, valueRange: Unit, seed: s, dataFormat: f),
            (s, f) => new RandomColorJitter(Unit, 0.2, 0.3, 0.9, 0.2, s, f),
            (s, f) => new Solarization(0.3, 0.6, Unit, s, f),
            (s, f) => new MixUp(0.4, f, s),
            (s, f) => new CutMix(1, s, f),
            (s, f) => new RandAugment(Unit, seed: s, dataFormat: f),
            (s, f) => new AugMix(Unit, 2, 2, seed: s, dataFormat: f),
        ];
        return all.Select(make => new TestCaseData(make).SetArgDisplayNames(make(1, default).GetType().Name));
    }

    static IEnumerable<TestCaseData> Except(params string[] names) => Layers().Where(c => !names.Contains(((Func<int, DataFormat, Augmentation>)c.Arguments[0]!)(1, default).GetType().Name));

    // Noise that fills a rectangle is drawn in the shape of the images.
    static IEnumerable<TestCaseData> AlikeInBothFormats() => Except(nameof(RandomErasing));

    // RandAugment draws its layers for the batch, and what is mixed of equal images are these.
    static IEnumerable<TestCaseData> ByImage() => Except(nameof(RandAugment), nameof(MixUp), nameof(CutMix));

    static Tensor Images(int seed = 1) => Random.Uniform([Count, 8, 7, 3], seed: seed);

    static Tensor Ramp(int height, int width) => Ops.Reshape(Ops.Arange(height * width, dtype: DType.Float32), [1, height, width, 1]);

    static Tensor Many(Tensor image) => Ops.Repeat(image, Count, 0);

    [TestCaseSource(nameof(Layers))]
    public void Draws_by_its_seed_and_stays_within_the_range(Func<int, DataFormat, Augmentation> make)
    {
        var x = Images();
        var layer = make(5, default);
        var (first, second) = (layer.Apply(x), layer.Apply(x));
        var shape = layer is RandomCrop ? Shape.Of(Count, 6, 4, 3) : x.Shape;
        Assert.Multiple(() =>
        {
            Assert.That(first.Shape, Is.EqualTo(shape));
            Assert.That(first.ToArray<float>(), Has.All.InRange(-1e-5f, 1 + 1e-5f));
            Assert.That(first.ToArray<float>(), Is.Not.EqualTo(second.ToArray<float>()));
            Assert.That(make(5, default).Apply(x, true).ToArray<float>(), Is.EqualTo(first.ToArray<float>()));
            Assert.That(make(6, default).Apply(x, true).ToArray<float>(), Is.Not.EqualTo(first.ToArray<float>()));
            Assert.That(layer.Apply(x, false).ToArray<float>(), Is.EqualTo(x.ToArray<float>()));
        });
    }

    [TestCaseSource(nameof(AlikeInBothFormats))]
    public void Gives_images_of_either_format_the_same(Func<int, DataFormat, Augmentation> make)
    {
        var x = Images();
        var last = make(5, "channels_last").Apply(x);
        var first = make(5, "channels_first").Apply(Ops.Moveaxis(x, -1, 1));
        Assert.That(Ops.Moveaxis(first, 1, -1).ToArray<float>(), Is.EqualTo(last.ToArray<float>()).Within(1e-4));
    }

    static Augmentation Half(Augmentation layer) => (Augmentation)ObjectConfig.Copy(layer, new() { ["dtype"] = new DTypePolicy("mixed_float16") });

    [TestCaseSource(nameof(Layers))]
    public void Takes_one_image_half_precision_bytes_and_symbols(Func<int, DataFormat, Augmentation> make)
    {
        var image = Random.Uniform([8, 7, 3], seed: 1);
        var shape = make(5, default) is RandomCrop ? Shape.Of(6, 4, 3) : image.Shape;
        Assert.Multiple(() =>
        {
            Assert.That(make(5, default).Apply(image).Shape, Is.EqualTo(shape));
            Assert.That(make(5, default).Apply(image).ToArray<float>(), Has.All.InRange(-1e-5f, 1 + 1e-5f));
            var half = Half(make(5, default)).Apply(image);
            Assert.That(half.DType, Is.EqualTo(DType.Float16));
            Assert.That(half.ToDoubles(), Has.All.InRange(-1e-2, 1.01));
            Assert.That(make(5, default).Apply(Ops.Cast(Images() * 2, DType.UInt8)).ToArray<float>(), Has.All.InRange(-1e-5f, 2 + 1e-5f));
            Assert.That(make(5, default).Apply(Ops.Cast(Images() * 2, DType.UInt8)).DType, Is.EqualTo(DType.Float32));
            var unknown = make(5, default) is RandomCrop ? shape : Shape.Of(Shape.Unknown, Shape.Unknown, 3);
            Assert.That(make(5, default).Apply(Layer.Input(null, null, 3), true).Shape, Is.EqualTo(Shape.Of(Shape.Unknown).Append(unknown)));
        });
    }

    [TestCaseSource(nameof(ByImage))]
    public void Treats_each_image_in_its_own_way(Func<int, DataFormat, Augmentation> make)
    {
        var y = make(5, default).Apply(Many(Random.Uniform([1, 8, 7, 3], seed: 1)));
        var images = Enumerable.Range(0, Count).Select(i => string.Join(' ', y[i].ToArray<float>()));
        Assert.That(images.Distinct().Count(), Is.GreaterThan(1));
    }

    [Test]
    public void RandomFlip_mirrors_half_of_the_images_with_masks_and_boxes()
    {
        var x = Many(Ramp(2, 3));
        var boxes = Many(Tensor.Of([0f, 0, 1, 2], [1, 1, 4]));
        var result = new RandomFlip("horizontal", 3, boundingBoxFormat: "xyxy").Apply(Nest.Dictionary(
        [
            new("images", x), new("segmentation_masks", Ops.Cast(x, DType.Int32)),
            new("bounding_boxes", Nest.Dictionary([new("boxes", boxes), new("labels", Ops.Ones([Count, 1], DType.Int32))])),
        ]));
        var moved = result.Items[0].Items[0].Tensor.ToArray<float>();
        var (images, masks) = (result.Items[1].Tensor.ToArray<float>(), result.Items[2].Tensor.ToArray<int>());
        var flips = 0;
        for (var i = 0; i < Count; i++)
        {
            var flipped = images[i * 6] == 2;
            flips += flipped ? 1 : 0;
            Assert.That(images[(i * 6)..((i * 6) + 6)], Is.EqualTo(flipped ? new float[] { 2, 1, 0, 5, 4, 3 } : [0, 1, 2, 3, 4, 5]));
            Assert.That(masks[(i * 6)..((i * 6) + 6)], Is.EqualTo(flipped ? new[] { 2, 1, 0, 5, 4, 3 } : [0, 1, 2, 3, 4, 5]));
            Assert.That(moved[(i * 4)..((i * 4) + 4)], Is.EqualTo(flipped ? new float[] { 2, 0, 3, 2 } : [0, 0, 1, 2]));
        }
        Assert.That(flips, Is.InRange(16, 48));
    }

    [Test]
    public void RandomRotation_turns_counter_clockwise_with_boxes()
    {
        var x = Ops.Reshape(Tensor.Of([0f, 1, 2, 3, 4, 5, 6, 7, 8], [9]), [1, 3, 3, 1]);
        var layer = new RandomRotation((0.25, 0.25), "constant", boundingBoxFormat: "xyxy");
        var result = layer.Apply(Nest.Dictionary([new("images", x), new("bounding_boxes", Nest.Dictionary([new("boxes", Tensor.Of([2f, 0, 3, 1], [1, 1, 4]))]))]));
        Assert.Multiple(() =>
        {
            Assert.That(result.Items[1].Tensor.ToArray<float>(), Is.EqualTo(new float[] { 2, 5, 8, 1, 4, 7, 0, 3, 6 }).Within(1e-4));
            Assert.That(result.Items[0].Items[0].Tensor.ToArray<float>(), Is.EqualTo(new float[] { 0, 0, 1, 1 }).Within(1e-4));
        });
    }

    [Test]
    public void RandomTranslation_moves_down_and_to_the_right()
    {
        var layer = new RandomTranslation((0.5, 0.5), (-0.5, -0.5), "constant", fillValue: 9, boundingBoxFormat: "xyxy");
        var result = layer.Apply(Nest.Dictionary(
            [new("images", Ramp(2, 2)), new("bounding_boxes", Nest.Dictionary([new("boxes", Tensor.Of([1f, 0, 2, 1], [1, 1, 4]))]))]));
        Assert.Multiple(() =>
        {
            Assert.That(result.Items[1].Tensor.ToArray<float>(), Is.EqualTo(new float[] { 9, 9, 1, 9 }).Within(1e-5));
            Assert.That(result.Items[0].Items[0].Tensor.ToArray<float>(), Is.EqualTo(new float[] { 0, 1, 1, 2 }).Within(1e-5));
        });
    }

    [Test]
    public void RandomZoom_magnifies_below_0()
    {
        var y = new RandomZoom((-0.5, -0.5)).Apply(Ramp(1, 5)).ToArray<float>();
        Assert.That(y, Is.EqualTo(new[] { 1, 1.5f, 2, 2.5f, 3 }).Within(1e-5));
    }

    [Test]
    public void RandomShear_moves_rows_by_their_number()
    {
        var y = new RandomShear((1, 1), seed: 2, fillMode: "wrap").Apply(Many(Ramp(2, 3)));
        var images = Enumerable.Range(0, Count).Select(i => string.Join(' ', y[i].ToArray<float>()));
        Assert.That(images.Distinct().Order(), Is.EqualTo(new[] { "0 1 2 4 5 3", "0 1 2 5 3 4" }));
    }

    [Test]
    public void RandomPerspective_keeps_everything_in_view()
    {
        var x = Ops.Ones([Count, 9, 9, 1]);
        var result = new RandomPerspective(seed: 3, boundingBoxFormat: "rel_xyxy").Apply(Nest.Dictionary(
            [new("images", x), new("bounding_boxes", Nest.Dictionary([new("boxes", Ops.Tile(Tensor.Of([0f, 0, 1, 1], [1, 1, 4]), (Count, 1, 1)))]))]));
        var boxes = result.Items[0].Items[0].Tensor.ToArray<float>();
        Assert.Multiple(() =>
        {
            Assert.That(boxes, Has.All.InRange(0f, 1f));
            Assert.That(boxes.Distinct().Count(), Is.GreaterThan(100));
            Assert.That(Ops.Mean(result.Items[1].Tensor).Item(), Is.InRange(0.2, 0.9));
            Assert.That(new RandomPerspective(0).Apply(Images()).ToArray<float>(), Is.EqualTo(Images().ToArray<float>()).Within(1e-4));
        });
    }

    [Test]
    public void RandomCrop_takes_every_place_with_masks_and_boxes()
    {
        var x = Many(Ramp(3, 4));
        var result = new RandomCrop(2, 2, 1, boundingBoxFormat: "xyxy").Apply(Nest.Dictionary(
        [
            new("images", x), new("segmentation_masks", Ops.Squeeze(x, -1)),
            new("bounding_boxes", Nest.Dictionary([new("boxes", Many(Tensor.Of([0f, 0, 4, 3], [1, 1, 4]))), new("labels", Ops.Ones([Count, 1]))])),
        ]));
        var images = result.Items[1].Tensor.ToArray<float>();
        Assert.Multiple(() =>
        {
            Assert.That(Enumerable.Range(0, Count).Select(i => images[i * 4]).Distinct().Order(), Is.EqualTo(new float[] { 0, 1, 2, 4, 5, 6 }));
            Assert.That(Enumerable.Range(0, Count).Select(i => images[(i * 4) + 3] - images[i * 4]), Has.All.EqualTo(5f));
            Assert.That(result.Items[2].Tensor.Shape, Is.EqualTo(Shape.Of(Count, 2, 2)));
            Assert.That(result.Items[2].Tensor.ToArray<float>(), Is.EqualTo(images));
            Assert.That(result.Items[0].Items[0].Tensor[0].ToArray<float>(), Is.EqualTo(new float[] { 0, 0, 2, 2 }));
        });
    }

    [Test]
    public void Brightness_and_contrast_have_the_spread_that_was_asked_for()
    {
        var grey = Ops.Full([2000, 1, 2, 1], 0.5f);
        var brighter = new RandomBrightness((-0.2, 0.4), Unit, 1).Apply(grey);
        var contrast = new RandomContrast((0.5, 1), Unit, 1).Apply(grey + Tensor.Of([-0.1f, 0.1f], [2, 1]));
        Assert.Multiple(() =>
        {
            Assert.That(Ops.Mean(brighter).Item(), Is.EqualTo(0.6).Within(0.01));
            Assert.That(brighter.ToArray<float>(), Has.All.InRange(0.3f, 0.9f));
            Assert.That(Ops.Mean(contrast).Item(), Is.EqualTo(0.5).Within(1e-5));
            Assert.That(Ops.Mean(Ops.Abs(contrast - 0.5)).Item(), Is.EqualTo(0.125).Within(0.003));
        });
    }

    [Test]
    public void Colours_change_as_named()
    {
        var red = Many(Tensor.Of([0.8f, 0.2f, 0.2f], [1, 1, 1, 3]));
        Assert.Multiple(() =>
        {
            Assert.That(new RandomHue((1, 1), Unit).Apply(red)[0].ToArray<float>(), Is.EqualTo(new[] { 0.2f, 0.8f, 0.8f }).Within(1e-5));
            Assert.That(new RandomSaturation((0, 0), Unit).Apply(red)[0].ToArray<float>(), Has.All.EqualTo(0.8f).Within(1e-5));
            Assert.That(new RandomSaturation((0.5, 0.5), Unit).Apply(red)[0].ToArray<float>(), Is.EqualTo(new[] { 0.8f, 0.2f, 0.2f }).Within(1e-5));
            Assert.That(new RandomSaturation((1, 1), Unit).Apply(red)[0].ToArray<float>(), Is.EqualTo(new[] { 0.8f, 0, 0 }).Within(1e-5));
            Assert.That(new RandomColorDegeneration((1, 1), Unit).Apply(red)[0].ToArray<float>().Distinct().Count(), Is.EqualTo(1));
            Assert.That(new RandomInvert((1, 1), Unit).Apply(red)[0].ToArray<float>(), Is.EqualTo(new[] { 0.2f, 0.8f, 0.8f }).Within(1e-5));
            Assert.That(new Solarization(0, (0.5, 0.5), Unit).Apply(red)[0].ToArray<float>(), Is.EqualTo(new[] { 0.2f, 0.2f, 0.2f }).Within(1e-5));
            Assert.That(new RandomGrayscale(1).Apply(red)[0].ToArray<float>(), Has.All.EqualTo((0.8f * 0.2989f) + (0.2f * 0.701f)).Within(1e-4));
            Assert.That(new RandomColorJitter(Unit).Apply(red).ToArray<float>(), Is.EqualTo(red.ToArray<float>()));
        });
    }

    [Test]
    public void Filters_smooth_what_lies_inside()
    {
        var x = Ops.Reshape(Tensor.Of([0f, 0, 0, 0, 13, 0, 0, 0, 0], [9]), [1, 3, 3, 1]);
        Assert.Multiple(() =>
        {
            Assert.That(new RandomSharpness((1, 1)).Apply(x).ToArray<float>(), Is.EqualTo(new float[] { 0, 0, 0, 0, 5, 0, 0, 0, 0 }).Within(1e-5));
            Assert.That(new RandomGaussianBlur((1, 1)).Apply(x).ToArray<float>(), Is.EqualTo(Ops.GaussianBlur(x).ToArray<float>()).Within(1e-5));
            Assert.That(new RandomElasticTransform((0, 0)).Apply(Images()).ToArray<float>(), Is.EqualTo(Images().ToArray<float>()).Within(1e-5));
        });
    }

    [Test]
    public void RandomErasing_covers_the_area_that_was_asked_for()
    {
        var y = new RandomErasing((1, 1), (0.1, 0.1), 0, Unit, 1).Apply(Ops.Ones([512, 32, 32, 1]));
        // The border cuts some off.
        Assert.That(Ops.Mean(y).Item(), Is.InRange(0.9, 0.94));
    }

    [Test]
    public void MixUp_and_CutMix_mix_labels_as_images()
    {
        var images = Ops.Reshape(Ops.Arange(Count, dtype: DType.Float32), [Count, 1, 1, 1]) * Ops.Ones([1, 10, 10, 1]);
        var labels = Ops.Eye(Count);
        foreach (var layer in new Augmentation[] { new MixUp(1, seed: 1), new CutMix(seed: 1) })
        {
            var result = layer.Apply(Nest.Dictionary([new("images", images), new("labels", labels)]));
            var mixed = result.Items[1].Tensor;
            Assert.That(Ops.Sum(mixed, -1).ToArray<float>(), Has.All.EqualTo(1f).Within(1e-5));
            var expected = Ops.Matmul(mixed, Ops.Arange(Count, dtype: DType.Float32)).ToArray<float>();
            Assert.That(Ops.Mean(result.Items[0].Tensor, (1, 2, 3)).ToArray<float>(), Is.EqualTo(expected).Within(1e-3));
            Assert.That(Ops.Mean(Ops.Max(mixed, -1)).Item(), Is.InRange(0.6, 0.9), layer.Name);
        }
    }

    [Test]
    public void RandAugment_moves_boxes_with_images_and_trains_nothing()
    {
        var layer = new RandAugment(Unit, boundingBoxFormat: "rel_xyxy", seed: 4);
        var result = layer.Apply(Nest.Dictionary([new("images", Images()), new("bounding_boxes", Nest.Dictionary(
            [new("boxes", Ops.Tile(Tensor.Of([0.2f, 0.2f, 0.8f, 0.8f], [1, 1, 4]), (Count, 1, 1))), new("labels", Ops.Ones([Count, 1]))]))]));
        Assert.Multiple(() =>
        {
            Assert.That(result.Items[0].Items[0].Tensor.ToArray<float>(), Has.All.InRange(0f, 1f));
            Assert.That(layer.Weights, Is.Empty);
        });
    }

    [Test]
    public void A_model_changes_images_in_training_alone()
    {
        var input = Layer.Input(8, 7, 3);
        var model = new Model(input, new RandomCrop(8, 7, 1).Apply(new RandomFlip(seed: 1).Apply(input)));
        var x = Images();
        Assert.Multiple(() =>
        {
            Assert.That(model.Predict(x).ToArray<float>(), Is.EqualTo(x.ToArray<float>()));
            Assert.That(model.Apply(x, true).ToArray<float>(), Is.Not.EqualTo(x.ToArray<float>()));
        });
    }

    [TestCaseSource(nameof(Layers))]
    public void Takes_no_images_and_single_pixels(Func<int, DataFormat, Augmentation> make) => Assert.Multiple(() =>
    {
        Assert.That(make(5, default).Apply(Ops.Ones([0, 8, 7, 3])).Shape.Size, Is.Zero);
        Assert.That(make(5, default).Apply(Ops.Ones([0, 8, 7, 3])).ToArray<float>(), Is.Empty);
        Assert.That(make(5, default).Apply(Ops.Ones([2, 1, 1, 3])).ToArray<float>(), Has.All.InRange(0f, 1 + 1e-5f));
    });

    [Test]
    public void A_step_of_training_draws_anew()
    {
        var flip = new RandomFlip(seed: 1);
        var model = new Sequential([flip, new RandAugment(Unit), new AugMix(Unit, 2, 1), new RandomErasing(valueRange: Unit), new Flatten(), new Dense(2)]);
        model.Compile("sgd", "mse");
        model.Fit(Images(), Ops.Ones([Count, 2]), batchSize: Count / 2, epochs: 1, verbose: 0);
        Assert.That(flip.Variables.Single().Value.ToArray<uint>(), Is.EqualTo(new uint[] { 1, 2 }));
    }

    [Test]
    public void Contrast_layers_reach_the_whole_range()
    {
        var x = (Images() * 0.2) + 0.4;
        var limited = new ContrastLimitedAdaptiveHistogramEqualization(Unit, 40, 1).Apply(Random.Uniform([1, 64, 64, 1], seed: 1) * 0.2 + 0.4);
        Assert.Multiple(() =>
        {
            foreach (var layer in new Layer[] { new AutoContrast(Unit), new Equalization(Unit) })
            {
                var y = layer.Apply(x);
                Assert.That(Ops.Min(y, (1, 2)).ToArray<float>(), Has.All.EqualTo(0f).Within(1e-5), layer.Name);
                Assert.That(Ops.Max(y, (1, 2)).ToArray<float>(), Has.All.EqualTo(1f).Within(1e-5), layer.Name);
            }
            Assert.That(new Equalization(Unit, 64).Apply(Ops.Full([1, 2, 2, 1], 0.5f)).ToArray<float>(), Has.All.EqualTo(0.5f).Within(1e-5));
            Assert.That(Ops.Std(limited).Item(), Is.GreaterThan(0.2));
        });
    }

    [TestCaseSource(nameof(Mistakes))]
    public void Mistakes_are_named(Action action, string text) =>
        Assert.That(action, Throws.ArgumentException.With.Message.Contains(text).And.Message.StartsWith("["));

    static IEnumerable<TestCaseData> Mistakes()
    {
        yield return Case(() => _ = new RandomFlip("sideways"), "unknown value");
        yield return Case(() => _ = new RandomRotation(2), "factor is out of range");
        yield return Case(() => _ = new RandomZoom(0.1, interpolation: "bicubic"), "does not serve points");
        yield return Case(() => _ = new RandomBrightness((0.5, 0.1)), "rising ones");
        yield return Case(() => _ = new RandomContrast(-0.1), "factor is out of range");
        yield return Case(() => _ = new RandomHue(0.1, (1, 0)), "value_range is no range");
        yield return Case(() => _ = new RandomCrop(0, 1), "the size is not positive");
        yield return Case(() => _ = new RandomPosterization(1.5), "factor is no number of bits");
        yield return Case(() => _ = new RandomGaussianBlur(kernelSize: 4), "kernel_size is even");
        yield return Case(() => _ = new RandAugment(numOps: 12), "num_ops is out of range");
        yield return Case(() => new RandomFlip().Apply(Ops.Ones([3, 3])), "the rank is not that of an image");
        yield return Case(() => new RandomHue(0.1).Apply(Ops.Ones([1, 3, 3, 1])), "there are not 3 channels");

        static TestCaseData Case(Action action, string text) => new TestCaseData(action, text).SetName($"Augmentation_mistakes_are_named({text})");
    }
}
