using Keras.Kernels.Cpu;

namespace Keras.Kernels.Tests.Kernels;

/// <summary>Pooling with any padding, and averages that count it, which no op asks for.</summary>
sealed unsafe class PoolingTests
{
    static IEnumerable<Pool2D> Shapes() => Enumerable.Range(0, 40).Select(seed =>
    {
        var random = new System.Random(seed);
        int wh = random.Next(1, 5), ww = random.Next(1, 5), sy = random.Next(1, 4), sx = random.Next(1, 4), top = random.Next(wh), left = random.Next(ww);
        int height = random.Next(wh, 15), width = random.Next(ww, 20), bottom = random.Next(wh), right = random.Next(ww);
        return new Pool2D(random.Next(1, 4), height, width, random.Next(1, 40), wh, ww, sy, sx, top, left,
            ((height + top + bottom - wh) / sy) + 1, ((width + left + right - ww) / sx) + 1);
    });

    [TestCaseSource(nameof(Shapes))]
    public void Maxima_and_means_match_their_windows(Pool2D s)
    {
        var random = new System.Random(4);
        int inputs = s.Batch * s.Height * s.Width * s.Channels, outputs = s.Batch * s.OutHeight * s.OutWidth * s.Channels;
        // Few values, so that the first of equal maxima matters.
        using Memory<float> x = new([.. Enumerable.Range(0, inputs).Select(_ => (float)random.Next(-3, 4))]), g = new([.. Enumerable.Range(0, outputs).Select(_ => (float)random.Next(-9, 10))]);
        using Memory<float> max = new(outputs), mean = new(outputs), counted = new(outputs), dmax = new(inputs), dmean = new(inputs), dcounted = new(inputs);
        PoolingKernels.Max(s, x.Pointer, max.Pointer);
        PoolingKernels.MaxBackward(s, x.Pointer, g.Pointer, dmax.Pointer);
        PoolingKernels.Average(s, x.Pointer, mean.Pointer);
        PoolingKernels.AverageBackward(s, g.Pointer, dmean.Pointer);
        PoolingKernels.Average(s, x.Pointer, counted.Pointer, countPadding: true);
        PoolingKernels.AverageBackward(s, g.Pointer, dcounted.Pointer, countPadding: true);

        float[] X = x.Checked(), G = g.Checked();
        double[] emax = new double[outputs], emean = new double[outputs], ecounted = new double[outputs];
        double[] edmax = new double[inputs], edmean = new double[inputs], edcounted = new double[inputs];
        for (var to = 0; to < outputs; to++)
        {
            var places = Places(s, to).ToArray();
            var winner = places.Aggregate((best, p) => X[p] > X[best] ? p : best);
            (emax[to], emean[to], ecounted[to]) = (X[winner], places.Average(p => (double)X[p]), places.Sum(p => (double)X[p]) / s.WindowSize);
            edmax[winner] += G[to];
            foreach (var p in places)
            {
                edmean[p] += G[to] / (double)places.Length;
                edcounted[p] += G[to] / (double)s.WindowSize;
            }
        }
        Assert.Multiple(() =>
        {
            Assert.That(max.Checked(), Is.EqualTo(emax));
            Assert.That(dmax.Checked(), Is.EqualTo(edmax));
            // Sums of at most 16 numbers up to 9.
            Assert.That(mean.Checked(), Is.EqualTo(emean).Within(1e-6));
            Assert.That(counted.Checked(), Is.EqualTo(ecounted).Within(1e-6));
            Assert.That(dmean.Checked(), Is.EqualTo(edmean).Within(1e-5));
            Assert.That(dcounted.Checked(), Is.EqualTo(edcounted).Within(1e-5));
        });
    }

    static IEnumerable<int> Places(Pool2D s, int to)
    {
        var (pixel, c) = Math.DivRem(to, s.Channels);
        var (line, column) = Math.DivRem(pixel, s.OutWidth);
        var (n, row) = Math.DivRem(line, s.OutHeight);
        for (var i = 0; i < s.WindowHeight; i++)
            for (var j = 0; j < s.WindowWidth; j++)
            {
                var (h, w) = ((row * s.StrideHeight) - s.PadTop + i, (column * s.StrideWidth) - s.PadLeft + j);
                if (h >= 0 && h < s.Height && w >= 0 && w < s.Width) yield return (((((n * s.Height) + h) * s.Width) + w) * s.Channels) + c;
            }
    }
}
