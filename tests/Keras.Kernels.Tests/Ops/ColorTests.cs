namespace Keras.Kernels.Tests.Table;

/// <summary>Colours and borders of images, beyond the recorded calls.</summary>
sealed class ColorTests
{
    static Tensor Image(params double[] values) => Tensor.Of(values, [1, values.Length / 3, 3]);

    [Test]
    public void Hsv_and_rgb_are_inverse_to_each_other()
    {
        var random = new System.Random(3);
        var rgb = Image([.. Enumerable.Range(0, 300).Select(_ => random.NextDouble())]);
        Assert.That(Ops.HsvToRgb(Ops.RgbToHsv(rgb)).ToDoubles(), Is.EqualTo(rgb.ToDoubles()).Within(1e-12));
    }

    [Test]
    public void Grey_has_no_hue_and_finite_gradients()
    {
        var grey = Image(0.5, 0.5, 0.5, 0, 0, 0, 1, 1, 1);
        Assert.That(Ops.RgbToHsv(grey).ToDoubles(), Is.EqualTo(new double[] { 0, 0, 0.5, 0, 0, 0, 0, 0, 1 }));
        Assert.That(Gradients.Of(Ops.Sum(Ops.RgbToHsv(grey)), [grey])[0].ToDoubles(), Has.All.Matches<double>(double.IsFinite));
    }

    [Test]
    public void Gradients_of_colours_agree_with_differences([Values] bool back)
    {
        Tensor F(Tensor x) => Ops.Sum((back ? Ops.HsvToRgb(x) : Ops.RgbToHsv(x)) * Image(1, 2, 3, 0.5, -1, 2));
        double[] at = [0.2, 0.7, 0.4, 0.9, 0.3, 0.6];
        var x = Image(at);
        var found = Gradients.Of(F(x), [x])[0].ToDoubles();
        for (var i = 0; i < at.Length; i++)
        {
            double At(double by) => F(Image([.. at.Select((v, k) => k == i ? v + by : v)])).Item();
            Assert.That(found[i], Is.EqualTo((At(1e-6) - At(-1e-6)) / 2e-6).Within(1e-7), $"{i}");
        }
    }

    [Test]
    public void Channels_may_stand_first()
    {
        var last = Image(0.2, 0.7, 0.4, 0.9, 0.3, 0.6);
        var first = Ops.Transpose(last, [2, 0, 1]);
        Assert.That(Ops.Transpose(Ops.RgbToHsv(first, "channels_first"), [1, 2, 0]).ToDoubles(), Is.EqualTo(Ops.RgbToHsv(last).ToDoubles()));
        Assert.That(Ops.RgbToGrayscale(first, "channels_first").ToDoubles(), Is.EqualTo(Ops.RgbToGrayscale(last).ToDoubles()));
    }

    [Test]
    public void Images_of_unknown_size_are_checked_when_their_size_is_known()
    {
        var function = new CompiledFunction(x => [Run(x[0], grows: true), Run(x[0], grows: false)]);
        static Tensor Run(Tensor x, bool grows)
        {
            var open = new Placeholder(new TensorType(DType.Float64, Shape.Of(Shape.Unknown, 2, 3)), "open").On();
            var y = grows ? Ops.PadImages(open, topPadding: 1, leftPadding: 0, targetHeight: 4, targetWidth: 2)
                : Ops.CropImages(open, topCropping: 1, leftCropping: 0, targetHeight: 2, targetWidth: 2);
            return Graphs.Substitute([y], new Dictionary<Tensor, Tensor> { [open] = x })[0];
        }
        var x = Tensor.Of([.. Enumerable.Range(0, 18).Select(i => (double)i)], [3, 2, 3]);
        var results = function.Invoke(x);
        Assert.That(results[0].ToDoubles(), Is.EqualTo(Enumerable.Repeat(0.0, 6).Concat(x.ToDoubles())));
        Assert.That(results[1].ToDoubles(), Is.EqualTo(x.ToDoubles()[6..]));
        Assert.That(() => Run(Ops.Concatenate([x, x], 0), grows: true).ToDoubles(), Throws.ArgumentException.With.Message.Contains("the height does not fit"));
        Assert.That(() => Run(Ops.Narrow(x, 0, 0, 2), grows: false).ToDoubles(), Throws.ArgumentException.With.Message.Contains("the height does not fit"));
    }

    [Test]
    public void Cropping_undoes_padding()
    {
        var x = Image(0.2, 0.7, 0.4, 0.9, 0.3, 0.6);
        var padded = Ops.PadImages(x, topPadding: 1, leftPadding: 2, targetHeight: 4, targetWidth: 5);
        Assert.That(padded.Shape, Is.EqualTo(Shape.Of(4, 5, 3)));
        Assert.That(Ops.CropImages(padded, topCropping: 1, leftCropping: 2, bottomCropping: 2, rightCropping: 1).ToDoubles(), Is.EqualTo(x.ToDoubles()));
        Assert.That(() => Ops.PadImages(x, topPadding: 1), Throws.ArgumentException.With.Message.Contains("the height is not determined"));
    }
}
