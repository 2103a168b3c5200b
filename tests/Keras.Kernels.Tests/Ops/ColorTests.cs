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
    public void Cropping_undoes_padding()
    {
        var x = Image(0.2, 0.7, 0.4, 0.9, 0.3, 0.6);
        var padded = Ops.PadImages(x, topPadding: 1, leftPadding: 2, targetHeight: 4, targetWidth: 5);
        Assert.That(padded.Shape, Is.EqualTo(Shape.Of(4, 5, 3)));
        Assert.That(Ops.CropImages(padded, topCropping: 1, leftCropping: 2, bottomCropping: 2, rightCropping: 1).ToDoubles(), Is.EqualTo(x.ToDoubles()));
        Assert.That(() => Ops.PadImages(x, topPadding: 1), Throws.ArgumentException.With.Message.Contains("the height is not determined"));
    }
}
