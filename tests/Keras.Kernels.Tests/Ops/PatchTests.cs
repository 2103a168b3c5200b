namespace Keras.Kernels.Tests.Table;

/// <summary>Functions of windows that are composed: pairs that are each other's adjoint, or inverse.</summary>
sealed class PatchTests
{
    static readonly (Axes Kernel, Axes Dilation, Axes Padding, Axes Stride)[] Foldings =
        [(2, 1, 0, 2), ((3, 2), 1, (1, 0), (1, 2)), (2, 2, 1, 1), ((2, 3), 1, 0, (2, 3))];

    [TestCaseSource(nameof(Foldings))]
    public void Fold_is_the_gradient_of_unfold((Axes Kernel, Axes Dilation, Axes Padding, Axes Stride) f)
    {
        var x = Numbers([2, 3, 6, 7]);
        var columns = Ops.Unfold(x, f.Kernel, f.Dilation, f.Padding, f.Stride);
        var weights = Numbers(columns.Shape);
        var gradient = Gradients.Of(Ops.Sum(columns * weights), [x])[0];
        var folded = Ops.Fold(weights, (6, 7), f.Kernel, f.Dilation, f.Padding, f.Stride);
        Assert.That(gradient.ToDoubles(), Is.EqualTo(folded.ToDoubles()).Within(1e-12));
        Assert.That(Gradients.Of(Ops.Sum(folded * x), [weights])[0].ToDoubles(), Is.EqualTo(columns.ToDoubles()).Within(1e-12));
    }

    [TestCase("channels_last")]
    [TestCase("channels_first")]
    public void Blocks_return_from_the_channels(string format)
    {
        var x = Numbers([2, 6, 6, 6]);
        Assert.That(Ops.DepthToSpace(Ops.SpaceToDepth(x, 3, format), 3, format).ToDoubles(), Is.EqualTo(x.ToDoubles()));
    }

    [TestCase("valid", 6, 9)]
    [TestCase("same", 7, 8)]
    public void Images_are_put_together_from_their_patches(string padding, int height, int width)
    {
        var x = Numbers([2, height, width, 3]);
        var patches = Ops.ExtractPatches(x, 3, padding: padding);
        Assert.That(Ops.ReconstructPatches(patches, 3, (height, width), padding: padding).ToDoubles(), Is.EqualTo(x.ToDoubles()));
    }

    [Test]
    public void Patches_have_the_gradient_of_a_sum_over_windows()
    {
        var x = Numbers([1, 5, 5, 2]);
        var counts = Gradients.Of(Ops.Sum(Ops.ExtractPatches(x, 3, strides: 1)), [x])[0];
        int[] along = [1, 2, 3, 2, 1];
        Assert.That(counts.ToDoubles(), Is.EqualTo(along.SelectMany(a => along.SelectMany(b => (double[])[a * b, a * b])).ToArray()));
    }

    [TestCase(5, 3)]
    [TestCase(3, 5)]
    [TestCase(4, 2)]
    public void Correlations_sum_products_at_each_shift(int n, int m)
    {
        var (a, v) = (Numbers([n]), Numbers([m]));
        var (x, y) = (a.ToDoubles(), v.ToDoubles());
        var expected = Enumerable.Range(1 - m, n + m - 1).Select(k => Enumerable.Range(0, m).Where(i => i + k >= 0 && i + k < n).Sum(i => x[i + k] * y[i]));
        Assert.That(Ops.Correlate(a, v, "full").ToDoubles(), Is.EqualTo(expected.ToArray()).Within(1e-12));
    }

    [Test]
    public void Sizes_that_do_not_fit_are_refused()
    {
        Assert.That(() => Ops.Unfold(Numbers([1, 1, 2, 2]), 3), Throws.ArgumentException.With.Message.Contains("larger than the padded image"));
        Assert.That(() => Ops.ReconstructPatches(Numbers([1, 2, 2, 12]), 2, (4, 4), strides: 1), Throws.ArgumentException.With.Message.Contains("overlap"));
        Assert.That(() => Ops.SpaceToDepth(Numbers([1, 5, 4, 1]), 2), Throws.ArgumentException.With.Message.Contains("do not divide"));
    }

    static Tensor Numbers(Shape shape)
    {
        var random = new System.Random(3);
        return Nd.Make(shape, _ => random.NextDouble() - 0.5).Tensor(DType.Float64);
    }
}
