namespace Keras.Kernels.Tests.Table;

/// <summary>Images in other sizes and places, beyond the recorded calls.</summary>
sealed class ImageTests
{
    static Tensor Ramp(Shape shape, DType dtype = DType.Float64) =>
        Ops.Cast(Tensor.Of([.. Enumerable.Range(0, (int)shape.Size).Select(i => (double)(i * 37 % 101))], shape), dtype);

    [Test]
    public void A_size_that_stays_changes_nothing([Values("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")] string method, [Values] bool antialias)
    {
        var x = Ramp([2, 5, 4, 3]);
        Assert.That(Ops.Resize(x, (5, 4), method, antialias).ToDoubles(), Is.EqualTo(x.ToDoubles()).Within(1e-12));
    }

    [Test]
    public void Integers_are_rounded_and_kept_within_their_range()
    {
        var ramp = Tensor.Of<byte>([0, 90, 160, 255], [1, 4, 1]);
        var y = Ops.Resize(ramp, (1, 8), "bicubic");
        Assert.That(y.DType, Is.EqualTo(DType.UInt8));
        Assert.That(y.ToDoubles(), Has.All.InRange(0.0, 255.0));
        Assert.That((y.ToDoubles()[0], y.ToDoubles()[7]), Is.EqualTo((0.0, 255.0)));
        Assert.That(Ops.Resize(Tensor.Of<short>([-3, 4], [1, 2, 1]), (1, 4)).ToDoubles(), Is.EqualTo(new double[] { -3, -1, 2, 4 }));
    }

    [Test]
    public void An_infinite_pixel_spoils_only_what_is_made_of_it([Values(1, 20)] int channels)
    {
        var values = new float[4 * 6 * channels];
        values[(8 * channels) + (channels / 2)] = float.PositiveInfinity;
        var y = Ops.Resize(Tensor.Of(values, [4, 6, channels]), (4, 12), "bilinear").ToDoubles();
        Assert.That(y.Count(v => !double.IsFinite(v)), Is.EqualTo(4));
        Assert.That(y.Count(double.IsNaN), Is.Zero);
    }

    [Test]
    public void Channels_may_stand_first()
    {
        var last = Ramp([2, 5, 6, 3]);
        var first = Ops.Transpose(last, [0, 3, 1, 2]);
        static Tensor Back(Tensor x) => Ops.Transpose(x, [0, 2, 3, 1]);
        Assert.That(Back(Ops.Resize(first, (7, 4), padToAspectRatio: true, dataFormat: "channels_first")).ToDoubles(),
            Is.EqualTo(Ops.Resize(last, (7, 4), padToAspectRatio: true).ToDoubles()).Within(1e-12));
        Assert.That(Back(Ops.GaussianBlur(first, (3, 5), (0.7, 2), "channels_first")).ToDoubles(), Is.EqualTo(Ops.GaussianBlur(last, (3, 5), (0.7, 2)).ToDoubles()).Within(1e-12));
        Assert.That(Ops.Transpose(Ops.SobelEdges(first, "channels_first"), [0, 2, 3, 1, 4]).ToDoubles(), Is.EqualTo(Ops.SobelEdges(last).ToDoubles()).Within(1e-12));
        Assert.That(Ops.Ssim(first, first * 0.9, 100, 3, dataFormat: "channels_first").ToDoubles(), Is.EqualTo(Ops.Ssim(last, last * 0.9, 100, 3).ToDoubles()).Within(1e-12));
        Assert.That(Back(Ops.ElasticTransform(first, 3, 2, seed: 5, dataFormat: "channels_first")).ToDoubles(), Is.EqualTo(Ops.ElasticTransform(last, 3, 2, seed: 5).ToDoubles()).Within(1e-12));
    }

    [Test]
    public void A_blur_keeps_the_size_with_an_even_window_and_the_sum_within()
    {
        var dot = new double[64];
        dot[27] = 1;
        var y = Ops.GaussianBlur(Tensor.Of(dot, [1, 8, 8, 1]), (4, 4));
        Assert.That(y.Shape, Is.EqualTo(Shape.Of(1, 8, 8, 1)));
        Assert.That(y.ToDoubles().Sum(), Is.EqualTo(1).Within(1e-12));
        // The window begins one element before the pixel and ends two behind it, so the dot spreads the other way round.
        Assert.That(Enumerable.Range(0, 8).Where(i => y.ToDoubles()[(i * 8) + 3] > 0), Is.EqualTo(new[] { 1, 2, 3, 4 }));
    }

    [Test]
    public void Four_points_come_to_stand_at_four_others()
    {
        var x = Ramp([6, 6, 2]);
        var start = Tensor.Of([0.0, 0, 5, 0, 0, 5, 5, 5], [4, 2]);
        Assert.That(Ops.PerspectiveTransform(x, start, start).ToDoubles(), Is.EqualTo(x.ToDoubles()).Within(1e-9));
        var moved = Ops.PerspectiveTransform(x, start, start + Tensor.Of([1.0, 2], [2]), "nearest");
        Assert.That(Ops.GetItem(moved, TensorIndex.Slice(2, 6), TensorIndex.Slice(1, 6)).ToDoubles(), Is.EqualTo(Ops.GetItem(x, TensorIndex.Slice(0, 4), TensorIndex.Slice(0, 5)).ToDoubles()));
    }

    [Test]
    public void The_gradient_for_a_map_agrees_with_differences()
    {
        // On a plane no point is special.
        var plane = Tensor.Of([.. Enumerable.Range(0, 400).Select(i => (2.0 * (i / 20)) + (3 * (i % 20)))], [20, 20, 1]);
        var weights = Ramp([20, 20, 1]) * Ops.Cast(Ops.Pad(Ops.Ones([12, 12, 1]), [(4, 4), (4, 4), (0, 0)]), DType.Float64);
        Tensor Loss(Tensor map) => Ops.Sum(weights * Ops.AffineTransform(plane, map));
        double[] at = [0.9, 0.13, 0.31, -0.11, 1.07, 0.27, 0.0011, 0.0023];
        var map = Tensor.Of(at, [8]);
        var found = Gradients.Of(Loss(map), [map])[0].ToDoubles();
        for (var i = 0; i < 8; i++)
        {
            double At(double by) => Loss(Tensor.Of([.. at.Select((v, k) => k == i ? v + by : v)], [8])).Item();
            Assert.That(found[i], Is.EqualTo((At(1e-6) - At(-1e-6)) / 2e-6).Within(1e-6).Percent, $"{i}");
        }
    }

    [Test]
    public void Coordinates_far_outside_are_outside([Values("constant", "nearest", "wrap", "mirror", "reflect")] string mode, [Values(0, 1)] int order)
    {
        var far = Tensor.Of([1e30f, -1e30f, float.PositiveInfinity, float.NaN, int.MaxValue, int.MinValue], [1, 6]);
        var y = Ops.MapCoordinates(Tensor.Of([1f, 2, 3], [3]), far, order, mode, 7).ToDoubles();
        if (order == 0 && mode == "constant") Assert.That(y[..3], Is.All.EqualTo(7.0));
        if (order == 0 && mode == "nearest") Assert.That(y[..2], Is.EqualTo(new double[] { 3, 1 }));
        Assert.That(y[..2], Has.All.InRange(1.0, 7.0));
    }

    [Test]
    public void Sizes_may_be_unknown_until_it_runs()
    {
        var function = new CompiledFunction(x => [Run(x[0], Enlarge), Run(x[0], t => Ops.Resize(t, (3, 2), cropToAspectRatio: true)), Run(x[0], t => Ops.GaussianBlur(t)),
            Run(x[0], t => Ops.AffineTransform(t, Tensor.Of([1.0, 0, 1, 0, 1, 0, 0, 0], [8])))]);
        static Tensor Enlarge(Tensor t) => new Keras.Layers.UpSampling2D((2, 1), interpolation: "bilinear", dtype: "float64").Apply(t);
        static Tensor Run(Tensor x, Func<Tensor, Tensor> f)
        {
            var open = new Placeholder(new TensorType(DType.Float64, Shape.Of(-1, -1, -1, 2)), "open").On();
            return Graphs.Substitute([f(open)], new Dictionary<Tensor, Tensor> { [open] = x })[0];
        }
        var x = Ramp([1, 4, 5, 2]);
        var results = function.Invoke(x);
        Assert.That(results.Select(r => r.Shape), Is.EqualTo((Shape[])[[1, 8, 5, 2], [1, 3, 2, 2], [1, 4, 5, 2], [1, 4, 5, 2]]));
        Assert.That(results[3].ToDoubles()[..8], Is.EqualTo(x.ToDoubles()[2..10]));
    }

    [Test]
    public void Equal_images_are_similar_by_one_and_gradients_are_finite()
    {
        var x = Ramp([2, 12, 12, 3]) / 101;
        Assert.That(Ops.Ssim(x, x).ToDoubles(), Is.All.EqualTo(1.0).Within(1e-12));
        Assert.That(Gradients.Of(Ops.Sum(Ops.Ssim(x, x * 0.5)), [x])[0].ToDoubles(), Has.All.Matches<double>(double.IsFinite));
    }

    [Test]
    public void An_elastic_image_is_moved_and_the_same_for_the_same_seed()
    {
        var x = Ramp([2, 9, 8, 1]);
        var (y, z) = (Ops.ElasticTransform(x, 5, 2, seed: 3).ToDoubles(), Ops.ElasticTransform(x, 5, 2, seed: 3).ToDoubles());
        Assert.That(y, Is.EqualTo(z).And.Not.EqualTo(x.ToDoubles()));
        Assert.That(y, Has.All.InRange(0.0, 100.0));
    }

    static IEnumerable<TestCaseData> Mistakes() => new (Func<Tensor> Call, string Message)[]
    {
        (() => Ops.Resize(Ops.Ones([4, 4]), (2, 2)), "[resize] the rank is not that of an image or a batch of images. Expected: 3 or 4 dimensions. Received: (4, 4)."),
        (() => Ops.Resize(Ops.Ones([4, 4, 1]), (2, 0)), "[resize] the size is not positive. Expected: a height and width above 0. Received: (2, 0)."),
        (() => Ops.Resize(Ops.Ones([4, 4, 1]), (2, 2), fillMode: "wrap"), "[resize] borders are filled with a constant. Expected: \"constant\". Received: \"wrap\"."),
        (() => Ops.Resize(Ops.Ones([4, 4, 1]), (2, 2), "cubic"), "[interpolation] unknown value. Expected: \"nearest\", \"bilinear\", \"bicubic\", \"lanczos3\", \"lanczos5\". Received: \"cubic\"."),
        (() => Ops.MapCoordinates(Ops.Ones([4, 4]), Ops.Ones([3, 5]), 1), "[map_coordinates] the coordinates do not fit. Expected: (2, points…) for (4, 4). Received: (3, 5)."),
        (() => Ops.MapCoordinates(Ops.Ones([4, 4]), [Ops.Ones([5])], 1), "[map_coordinates] there is not one coordinate a dimension. Expected: 2 for (4, 4). Received: 1."),
        (() => Ops.MapCoordinates(Ops.Ones([4]), Ops.Ones([1, 5]), 3), "[map_coordinates] unknown order. Expected: 0 or 1. Received: 3."),
        (() => Ops.AffineTransform(Ops.Ones([4, 4, 1]), Ops.Ones([8]), "bicubic"),
            "[affine_transform] the interpolation does not serve points that lie anywhere. Expected: \"nearest\" or \"bilinear\". Received: \"bicubic\"."),
        (() => Ops.Resize(Ops.Ones([4, 4, 1], DType.Complex64), (2, 2)), "[ResampleImages] the result is not whole. Expected: a floating dtype. Received: complex64."),
        (() => Ops.MapCoordinates(Ops.Ones([4], DType.Complex64), Ops.Ones([1, 5]), 1), "[SamplePoints] complex numbers are not interpolated. Expected: a real dtype. Received: complex64."),
        (() => Ops.GaussianBlur(Ops.Ones([4, 4, 1]), (0, 3)), "[gaussian_blur] the window is empty. Expected: a size above 0. Received: 0."),
        (() => Ops.Ssim(Ops.Ones([9, 9, 1]), Ops.Ones([9, 9, 1])), "[ResampleImages] the filter is larger than the image. Expected: 11 pixels or more. Received: (9, 9, 1)."),
    }.Select(m => new TestCaseData(m.Call, m.Message));

    [TestCaseSource(nameof(Mistakes))]
    public void Mistakes_are_named(Func<Tensor> call, string message) => Assert.That(() => call(), Throws.ArgumentException.With.Message.EqualTo(message));
}
