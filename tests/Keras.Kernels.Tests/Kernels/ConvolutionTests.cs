using System.Numerics;
using Keras.Kernels.Cpu;

namespace Keras.Kernels.Tests.Kernels;

// Within the namespace: the op of the same name is nearer than the file's usings.
using Convolution = Keras.Kernels.Cpu.Convolution;

/// <summary>Convolutions of random shapes, with any padding, against the sum that defines them.</summary>
sealed unsafe class ConvolutionTests
{
    // Relative to the sum of the terms' magnitudes. Winograd's transforms add a few roundings to those of the sum.
    const double Steps = 16;

    static ConvShape Shape(int seed)
    {
        var random = new System.Random(seed);
        int Pick(params int[] from) => from[random.Next(from.Length)];
        var groups = Pick(1, 1, 1, 2, 3);
        var (cin, cout) = (groups * Pick(1, 2, 3, 5, 8, 17), groups * Pick(1, 2, 4, 7, 16, 33));
        // Every fourth is depthwise.
        if (seed % 4 == 0) (groups, cout) = (cin, cin * Pick(1, 1, 2));
        var (kh, kw, sy, sx, dy, dx) = (Pick(1, 2, 3, 3, 5), Pick(1, 2, 3, 3, 4), Pick(1, 1, 2, 3), Pick(1, 1, 2), Pick(1, 1, 2), Pick(1, 1, 3));
        // Every third is the case of Winograd.
        if (seed % 3 == 0) (kh, kw, sy, sx, dy, dx) = (3, 3, 1, 1, 1, 1);
        int top = random.Next(kh), left = random.Next(kw), bottom = random.Next(kh), right = random.Next(kw);
        int height = random.Next(1, 14) + ((kh - 1) * dy), width = random.Next(1, 18) + ((kw - 1) * dx);
        return new(Pick(1, 2, 3), height, width, cin, (((height + top + bottom) - ((kh - 1) * dy) - 1) / sy) + 1, (((width + left + right) - ((kw - 1) * dx) - 1) / sx) + 1, cout,
            kh, kw, sy, sx, dy, dx, top, left, groups);
    }

    [Test]
    public void Every_direction_matches_its_sum([Range(0, 119)] int seed)
    {
        var shape = Shape(seed);
        Check<float>(shape, Math.Pow(2, -23));
        Check<double>(shape, Math.Pow(2, -52));
    }

    static void Check<T>(in ConvShape shape, double step) where T : unmanaged, INumber<T>
    {
        var random = new System.Random(9);
        using Memory<T> x = Draw<T>(shape.InLength, random), w = Draw<T>(shape.KernelLength, random), dy = Draw<T>(shape.OutLength, random),
            bias = Draw<T>(shape.OutChannels, random);
        using Memory<T> y = new(shape.OutLength), dx = new(shape.InLength), dw = new(shape.KernelLength);
        using Memory<byte> forward = new(Convolution.ForwardScratch<T>(shape)), input = new(Convolution.InputGradientScratch<T>(shape)),
            filter = new(Convolution.FilterGradientScratch<T>(shape));
        Convolution.Forward(shape, x.Pointer, w.Pointer, bias.Pointer, false, y.Pointer, forward.Pointer);
        Convolution.InputGradient(shape, dy.Pointer, w.Pointer, dx.Pointer, input.Pointer);
        Convolution.FilterGradient(shape, x.Pointer, dy.Pointer, dw.Pointer, filter.Pointer);

        Sums ys = new(shape.OutLength), dxs = new(shape.InLength), dws = new(shape.KernelLength);
        double[] X = Doubles(x), W = Doubles(w), G = Doubles(dy), B = Doubles(bias);
        for (var i = 0; i < G.Length; i++) ys.Add(i, B[i % B.Length]);
        foreach (var (from, tap, to) in Terms(shape))
        {
            ys.Add(to, X[from] * W[tap]);
            dxs.Add(from, G[to] * W[tap]);
            dws.Add(tap, G[to] * X[from]);
        }
        forward.Checked();
        input.Checked();
        filter.Checked();
        Assert.Multiple(() =>
        {
            Assert.That(ys.Error(Doubles(y)) / step, Is.LessThan(Steps), $"forward {typeof(T).Name}");
            Assert.That(dxs.Error(Doubles(dx)) / step, Is.LessThan(Steps), $"input gradient {typeof(T).Name}");
            Assert.That(dws.Error(Doubles(dw)) / step, Is.LessThan(Steps), $"filter gradient {typeof(T).Name}");
        });
    }

    static Memory<T> Draw<T>(long count, System.Random random) where T : unmanaged, INumber<T> =>
        new([.. Enumerable.Range(0, (int)count).Select(_ => T.CreateTruncating((random.NextDouble() * 2) - 1))]);

    static double[] Doubles<T>(Memory<T> memory) where T : unmanaged, INumber<T> => Array.ConvertAll(memory.Checked(), double.CreateTruncating);

    static IEnumerable<(int From, int Tap, int To)> Terms(ConvShape s)
    {
        var to = 0;
        for (var n = 0; n < s.Batch; n++)
            for (var row = 0; row < s.OutHeight; row++)
                for (var column = 0; column < s.OutWidth; column++)
                    for (var f = 0; f < s.OutChannels; f++, to++)
                        for (var i = 0; i < s.KernelHeight; i++)
                            for (var j = 0; j < s.KernelWidth; j++)
                            {
                                var (h, w) = ((row * s.StrideY) - s.PadTop + (i * s.DilationY), (column * s.StrideX) - s.PadLeft + (j * s.DilationX));
                                if (h < 0 || h >= s.Height || w < 0 || w >= s.Width) continue;
                                for (var c = 0; c < s.GroupIn; c++)
                                    yield return ((((((n * s.Height) + h) * s.Width) + w) * s.InChannels) + (f / s.GroupOut * s.GroupIn) + c,
                                        (((((i * s.KernelWidth) + j) * s.GroupIn) + c) * s.OutChannels) + f, to);
                            }
    }

    sealed class Sums(long count)
    {
        readonly double[] _sums = new double[count], _sizes = new double[count];

        internal void Add(int at, double term)
        {
            _sums[at] += term;
            _sizes[at] += Math.Abs(term);
        }

        internal double Error(double[] values)
        {
            double worst = 0;
            for (var i = 0; i < values.Length; i++)
            {
                var error = Math.Abs(values[i] - _sums[i]);
                if (!(error == 0)) worst = Math.Max(worst, double.IsNaN(error) ? double.PositiveInfinity : error / _sizes[i]);
            }
            return worst;
        }
    }
}
