namespace Keras.Kernels.Tests;

/// <summary>Convolutions that are made of others: over volumes, of each channel, transposed.</summary>
public class ConvolutionFunctionTests
{
    static Tensor Draw(Shape shape, int seed) => Ops.Cast(Keras.Random.Normal(shape, seed: seed), DType.Float64);

    static double Inner(Tensor a, Tensor b) => Ops.Sum(a * b).Item();

    [TestCase(1, 1, 1), TestCase(2, 1, 1), TestCase(1, 2, 1), TestCase(3, 2, 1), TestCase(1, 2, 2)]
    public void The_transpose_over_volumes_is_the_adjoint(int stride, int dilation, int multiplier)
    {
        Shape kernelShape = [2, 3, 1, 2, 3];
        Axes strides = (stride, multiplier, 1), dilations = (dilation, 1, 2);
        Tensor x = Draw([2, 7, 6, 5, 2], 1), kernel = Draw(kernelShape, 2);
        var y = Ops.Conv(x, kernel, strides, dilationRate: dilations);
        var given = Draw(y.Shape, 3);
        // Cut to what the kernel reaches, the input is as long as the transpose's result.
        var back = Ops.ConvTranspose(given, kernel, strides, outputPadding: 0, dilationRate: dilations);
        var part = Ops.Slice(x, [0, 0, 0, 0, 0], back.Shape);
        var expected = Gradients.Of(Ops.Sum(Ops.Conv(x, kernel, strides, dilationRate: dilations) * given), [x])[0];
        Assert.That(Inner(back, part), Is.EqualTo(Inner(y, given)).Within(1e-9));
        Assert.That(back.ToDoubles(), Is.EqualTo(Ops.Slice(expected, [0, 0, 0, 0, 0], back.Shape).ToDoubles()).Within(1e-12));
    }

    [TestCase("valid"), TestCase("same")]
    public void Volumes_sum_over_all_taps(string padding)
    {
        Tensor x = Draw([1, 4, 3, 5, 2], 1), kernel = Draw([3, 2, 2, 2, 4], 2);
        var y = Ops.Conv(x, kernel, 1, padding).ToDoubles();
        var low = padding == "same" ? (1, 0, 0) : (0, 0, 0);
        Shape to = padding == "same" ? [1, 4, 3, 5, 4] : [1, 2, 2, 4, 4];
        Assert.That(y, Is.EqualTo(Direct(x, kernel, to, low)).Within(1e-12));
    }

    static double[] Direct(Tensor x, Tensor kernel, Shape to, (int D, int H, int W) low)
    {
        double[] a = x.ToDoubles(), k = kernel.ToDoubles();
        var (shape, taps) = (x.Shape, kernel.Shape);
        return [.. from d in Enumerable.Range(0, to[1])
                   from h in Enumerable.Range(0, to[2])
                   from w in Enumerable.Range(0, to[3])
                   from f in Enumerable.Range(0, to[4])
                   select (from i in Enumerable.Range(0, taps[0])
                           from j in Enumerable.Range(0, taps[1])
                           from l in Enumerable.Range(0, taps[2])
                           from c in Enumerable.Range(0, taps[3])
                           let at = (D: d + i - low.D, H: h + j - low.H, W: w + l - low.W)
                           where at.D >= 0 && at.D < shape[1] && at.H >= 0 && at.H < shape[2] && at.W >= 0 && at.W < shape[3]
                           select a[(((((at.D * shape[2]) + at.H) * shape[3]) + at.W) * shape[4]) + c]
                               * k[(((((((i * taps[1]) + j) * taps[2]) + l) * taps[3]) + c) * taps[4]) + f]).Sum()];
    }

    [Test]
    public void Each_channel_of_a_volume_has_a_kernel_of_its_own()
    {
        Tensor x = Draw([2, 4, 4, 3, 3], 1), kernel = Draw([2, 2, 2, 3, 2], 2);
        var y = Ops.DepthwiseConv(x, kernel, padding: "same");
        for (var c = 0; c < 3; c++)
        {
            var alone = Ops.Conv(Ops.Take(x, Tensor.Of([c], [1]), -1), Ops.Take(kernel, Tensor.Of([c], [1]), 3), padding: "same");
            Assert.That(Ops.Slice(y, [0, 0, 0, 0, 2 * c], alone.Shape).ToDoubles(), Is.EqualTo(alone.ToDoubles()).Within(1e-12));
        }
    }

    [Test]
    public void Strides_and_dilation_together_sample_the_dilated_result()
    {
        Tensor x = Draw([1, 10, 3], 1), kernel = Draw([2, 3, 1], 2);
        var both = Ops.DepthwiseConv(x, kernel, 2, dilationRate: 2);
        var dense = Ops.DepthwiseConv(x, kernel, 1, dilationRate: 2);
        Assert.That(both.Shape, Is.EqualTo(Shape.Of(1, 4, 3)));
        Assert.That(both.ToDoubles(), Is.EqualTo(Ops.Take(dense, Tensor.Of([0, 2, 4, 6], [4]), 1).ToDoubles()).Within(1e-12));
    }

    [Test]
    public void Same_transposes_of_ones_count_the_taps_that_reach()
    {
        var y = Ops.ConvTranspose(Ops.Ones([1, 8, 8, 8, 16]), Ops.Ones([2, 2, 2, 32, 16]), 1, "same");
        Assert.That(y.Shape, Is.EqualTo(Shape.Of(1, 8, 8, 8, 32)));
        var values = y.ToDoubles();
        // Strides of 1 leave out the far side of what the kernel reaches, so that the first corner has one tap.
        Assert.That((values[0], values[^1]), Is.EqualTo((16.0, 128.0)));
    }

    [Test]
    public void Unknown_sizes_are_inferred_as_unknown()
    {
        var x = new Placeholder(new TensorType(DType.Float32, Shape.Of(Shape.Unknown, Shape.Unknown, 6, Shape.Unknown, 2)), "x").On();
        var y = Ops.Conv(x, Ops.Ones([3, 3, 3, 2, 4]), 2, "same");
        var back = Ops.ConvTranspose(y, Ops.Ones([3, 3, 3, 2, 4]), 2, "same");
        Assert.That(y.Shape, Is.EqualTo(Shape.Of(Shape.Unknown, Shape.Unknown, 3, Shape.Unknown, 4)));
        Assert.That(back.Shape, Is.EqualTo(Shape.Of(Shape.Unknown, Shape.Unknown, 6, Shape.Unknown, 2)));
    }

    [TestCase(0, 4), TestCase(2, 0)]
    public void Empty_volumes_give_empty_results(int batch, int depth)
    {
        var x = Ops.Ones([batch, depth, 5, 5, 3]);
        var y = Ops.Conv(x, Ops.Ones([3, 3, 3, 3, 4]), padding: "same");
        Assert.That(y.Shape, Is.EqualTo(Shape.Of(batch, depth, 5, 5, 4)));
        Assert.That(y.ToDoubles(), Is.Empty);
        Assert.That(Gradients.Of(Ops.Sum(y), [x])[0].ToDoubles(), Is.Empty);
    }

    [Test]
    public void A_window_deeper_than_the_volume_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => Ops.Conv(Ops.Ones([1, 2, 5, 5, 3]), Ops.Ones([3, 3, 3, 3, 4])));
        Assert.That(error!.Message, Does.StartWith("[conv] the window is larger than the input. Expected: a depth of at least 3. Received: (1, 2, 5, 5, 3)."));
    }
}
