using Keras.Kernels.Cpu;

namespace Keras.Kernels.Tests.Table;

/// <summary>What is drawn has the distribution that it should have: the largest distance between the share of draws up to a point and the
/// probability of that (Kolmogorov and Smirnov).</summary>
sealed class DistributionTests
{
    const int Count = 40_000;

    // Exceeded in one of a thousand samples of the right distribution; the seeds are fixed.
    const double Bound = 1.95;

    static readonly DType[] DTypes = [DType.Float32, DType.Float64];

    static void Fits(Tensor drawn, Func<double, double> cdf) => Assert.That(Distance(drawn.ToDoubles(), cdf), Is.LessThan(Bound));

    static double Distance(double[] values, Func<double, double> cdf)
    {
        Array.Sort(values);
        double largest = 0, below = 0;
        for (var i = 0; i < values.Length;)
        {
            var p = cdf(values[i]);
            var last = i;
            while (last < values.Length && values[last] == values[i]) last++;
            // Just before the value the share is i, at it all that equal it count.
            largest = Math.Max(largest, Math.Max(Math.Abs(p - ((double)last / values.Length)), Math.Abs(below - ((double)i / values.Length))));
            (below, i) = (p, last);
        }
        return largest * Math.Sqrt(values.Length);
    }

    /// <summary>As above, for distributions without jumps: just before a value the probability is that at it.</summary>
    static void FitsSmooth(Tensor drawn, Func<double, double> cdf)
    {
        var values = drawn.ToDoubles();
        Array.Sort(values);
        var largest = values.Select((v, i) => cdf(v) is var p ? Math.Max(p - (i / (double)Count), ((i + 1) / (double)Count) - p) : 0).Max();
        Assert.That(largest * Math.Sqrt(Count), Is.LessThan(Bound));
    }

    static double NormalCdf(double x) => x < -0.6 ? References.Erfc(-x / Math.Sqrt(2)) / 2 : x > 0.6 ? 1 - (References.Erfc(x / Math.Sqrt(2)) / 2) : (1 + References.Erf(x / Math.Sqrt(2))) / 2;

    [Test]
    public void Uniform_numbers([ValueSource(nameof(DTypes))] DType dtype) =>
        FitsSmooth(Random.Uniform([Count], -2, 3, dtype, 11), x => (x + 2) / 5);

    [Test]
    public void Normal_numbers([ValueSource(nameof(DTypes))] DType dtype) =>
        FitsSmooth(Random.Normal([Count], 1, 2, dtype, 12), x => NormalCdf((x - 1) / 2));

    [Test]
    public void Truncated_normal_numbers([ValueSource(nameof(DTypes))] DType dtype) =>
        FitsSmooth(Random.TruncatedNormal([Count], 1, 2, dtype, 13), x => (NormalCdf((x - 1) / 2) - NormalCdf(-2)) / (NormalCdf(2) - NormalCdf(-2)));

    [Test]
    public void Gamma_numbers([Values(0.1, 0.5, 1, 1.5, 7, 300, 1e5)] double alpha, [ValueSource(nameof(DTypes))] DType dtype) =>
        FitsSmooth(Random.Gamma([Count], alpha, dtype, 14), x => References.GammaCdf(alpha, x));

    [TestCase(0.5, 0.5)]
    [TestCase(0.2, 3)]
    [TestCase(2, 2)]
    [TestCase(1, 40)]
    [TestCase(300, 500)]
    public void Beta_numbers(double alpha, double beta)
    {
        foreach (var dtype in DTypes) FitsSmooth(Random.Beta([Count], alpha, beta, dtype, 15), x => References.BetaCdf(alpha, beta, x));
    }

    [TestCase(1, 0.3)]
    [TestCase(20, 0.1)]
    [TestCase(20, 0.9)]
    [TestCase(100, 0.3)]
    [TestCase(100, 0.75)]
    [TestCase(10_000, 0.5)]
    [TestCase(1_000_000, 0.002)]
    public void Binomial_numbers(int count, double p)
    {
        // At least k + 1 successes are as likely as a beta number up to p.
        foreach (var dtype in DTypes) Fits(Random.Binomial([Count], count, p, dtype, 16), k => k >= count ? 1 : 1 - References.BetaCdf(k + 1, count - k, p));
    }

    [Test]
    public void Tiny_parameters_of_the_beta_distribution_give_no_NaN()
    {
        var values = Random.Beta([1000], 1e-3, 1e-3, seed: 1).ToDoubles();
        Assert.That(values, Has.All.InRange(0, 1));
        Assert.That(values.Average(), Is.EqualTo(0.5).Within(0.08));
    }

    [Test]
    public void Parameters_broadcast_and_each_row_has_its_own()
    {
        var drawn = Random.Gamma([2, Count], Tensor.Of([0.5f, 9f], [2, 1]), seed: 3);
        var means = Ops.Mean(drawn, 1).ToDoubles();
        Assert.That(means[0], Is.EqualTo(0.5).Within(0.02));
        Assert.That(means[1], Is.EqualTo(9).Within(0.08));
    }

    [Test]
    public void Limits_of_the_parameters() => Assert.Multiple(() =>
    {
        Assert.That(Random.Binomial([4], Tensor.Of([5.0, 5, -1, 5], [4]), Tensor.Of([0, 1, 0.5, double.NaN], [4]), DType.Float64, 1).ToDoubles(), Is.EqualTo(new[] { 0, 5, double.NaN, double.NaN }));
        Assert.That(Random.Gamma([3], Tensor.Of([0, -1, double.PositiveInfinity], [3]), DType.Float64, 1).ToDoubles(), Is.EqualTo(new[] { 0, double.NaN, double.PositiveInfinity }));
        Assert.That(() => Random.Gamma([3], Ops.Ones([2])), Throws.ArgumentException);
        Assert.That(() => Random.Binomial([3], Ops.Ones([2, 3]), 0.5), Throws.ArgumentException.With.Message.Contains("a parameter does not broadcast to the shape"));
        Assert.That(() => Random.Beta([3], 1, 1, DType.Int32), Throws.ArgumentException.With.Message.Contains("the dtype is not a floating one"));
    });

    [Test]
    [NonParallelizable]
    public void The_seed_alone_decides()
    {
        var threads = CpuDevice.Threads;
        double[] Draw(int seed) => [.. Random.Gamma([5000], 0.7, seed: seed).ToDoubles(), .. Random.Beta([5000], 2, 3, seed: seed).ToDoubles(), .. Random.Binomial([5000], 50, 0.4, seed: seed).ToDoubles()];
        try
        {
            CpuDevice.Threads = 1;
            var alone = Draw(7);
            CpuDevice.Threads = 4;
            Assert.That(Draw(7), Is.EqualTo(alone));
            Assert.That(Draw(8), Is.Not.EqualTo(alone));
        }
        finally
        {
            CpuDevice.Threads = threads;
        }
    }

    [TestCase(DType.Int8, -129, 0)]
    [TestCase(DType.Int8, 0, 129)]
    [TestCase(DType.UInt8, -1, 5)]
    [TestCase(DType.UInt8, 0, 257)]
    [TestCase(DType.Int16, 0, 40_000)]
    [TestCase(DType.Int32, 0, 1L << 32)]
    [TestCase(DType.UInt64, -1, 1)]
    public void Integers_beyond_their_dtype_are_refused(DType dtype, long minval, long maxval) =>
        Assert.That(() => Random.Randint([1], minval, maxval, dtype), Throws.ArgumentException.With.Message.Contains("the range is not within the dtype's"));

    [TestCase(DType.Int8, -128, 128)]
    [TestCase(DType.UInt8, 0, 256)]
    [TestCase(DType.UInt64, 0, long.MaxValue)]
    [TestCase(DType.Int64, long.MinValue, long.MaxValue)]
    public void Integers_up_to_the_limits_of_their_dtype_are_drawn(DType dtype, long minval, long maxval) =>
        Assert.That(Random.Randint([100], minval, maxval, dtype, 1).ToDoubles(), Has.All.InRange((double)minval, (double)maxval));
}
