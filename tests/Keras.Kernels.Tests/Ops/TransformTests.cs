using System.Runtime.InteropServices;
using Keras.Kernels.Cpu;

namespace Keras.Kernels.Tests.Table;

/// <summary>Fourier transforms of every kind of length, and what is made of them.</summary>
sealed class TransformTests
{
    // Powers, products of each radix, primes with a butterfly and without, and what takes several threads.
    static readonly int[] Lengths =
        [.. Enumerable.Range(1, 70), 81, 97, 101, 121, 125, 128, 177, 183, 210, 243, 244, 256, 343, 384, 427, 500, 512, 625, 729, 1000, 1009, 1024, 1331, 2018, 2048];

    static readonly int[] LongLengths = [16_384, 20_000, 19_683, 32_771, 65_536, 65_537, 120_120, 262_144];

    static double Tolerance(DType dtype, int length) => dtype.Step() * (8 + (4 * Math.Log2(length)));

    [Test]
    public void Every_length_agrees_with_the_plain_sum([Values(DType.Float32, DType.Float64)] DType dtype, [Values(1, 3, 17)] int rows) => Assert.Multiple(() =>
    {
        foreach (var n in Lengths)
        {
            var (re, im) = (Numbers([rows, n], 1), Numbers([rows, n], 2));
            var (x, y) = Ops.Fft((re.Tensor(dtype), im.Tensor(dtype)));
            var (a, b) = Ops.Rfft(re.Tensor(dtype));
            var (checkedRows, half) = (rows == 1 ? (int[])[0] : [0, rows - 1], (n / 2) + 1);
            foreach (var row in checkedRows)
            {
                var expected = OpTable.Dft(Row(re, row), Row(im, row));
                Near(Row(x, row), expected.Re, dtype, $"real parts of {n}");
                Near(Row(y, row), expected.Im, dtype, $"imaginary parts of {n}");
                expected = OpTable.Dft(Row(re, row), new double[n]);
                Near([.. Row(a, row), .. Row(b, row)], [.. expected.Re[..half], .. expected.Im[..half]], dtype, $"real numbers of {n}");
            }
            Near(Ops.Irfft((a, b), n).ToDoubles(), re.Values, dtype, $"way back of {n}");
        }
    });

    static void Near(double[] actual, double[] expected, DType dtype, string what)
    {
        var scale = expected.Max(Math.Abs) + dtype.Step();
        Assert.That(actual.Zip(expected, (a, e) => Math.Abs(a - e)).Max() / scale, Is.LessThan(Tolerance(dtype, expected.Length)), what);
    }

    [TestCaseSource(nameof(LongLengths))]
    public void Long_transforms_keep_energy_and_return(int n)
    {
        foreach (var dtype in DTypeRules.Wide)
        {
            var (re, im) = (Numbers([1, n], 3), Numbers([1, n], 4));
            var (x, y) = Ops.Fft((re.Tensor(dtype), im.Tensor(dtype)));
            var energy = Nd.Sum(x.ToDoubles().Concat(y.ToDoubles()).Select(v => v * v)) / n;
            Assert.That(energy / Nd.Sum(re.Values.Concat(im.Values).Select(v => v * v)), Is.EqualTo(1).Within(Tolerance(dtype, n)));
            // The parts exchanged turn it the other way.
            var (b, a) = Ops.Fft((y, x));
            Near(a.ToDoubles(), [.. re.Values.Select(v => v * n)], dtype, "real parts");
            Near(b.ToDoubles(), [.. im.Values.Select(v => v * n)], dtype, "imaginary parts");
            Near(Ops.Irfft(Ops.Rfft(re.Tensor(dtype)), n).ToDoubles(), re.Values, dtype, "real numbers");
        }
    }

    [TestCaseSource(nameof(LongLengths))]
    public void A_wave_gives_one_line(int n)
    {
        var k = n / 3;
        var wave = Nd.Make([1, n], i => Math.Cos(2 * Math.PI * ((long)i[1] * k % n) / n));
        var (x, y) = Ops.Rfft(wave.Tensor(DType.Float64));
        var expected = new double[(n / 2) + 1];
        expected[k] = n / 2.0;
        Near(x.ToDoubles(), expected, DType.Float64, "real parts");
        Assert.That(y.ToDoubles().Max(Math.Abs) / n, Is.LessThan(Tolerance(DType.Float64, n)));
    }

    [TestCase(24), TestCase(67), TestCase(1000)]
    public void The_transform_is_linear(int n)
    {
        var (a, b) = (Numbers([2, n], 5), Numbers([2, n], 6));
        var (x, y, sum) = (Ops.Rfft(a.Tensor(DType.Float64)), Ops.Rfft(b.Tensor(DType.Float64)), Ops.Rfft((2 * a.Tensor(DType.Float64)) - (3 * b.Tensor(DType.Float64))));
        Near(sum.Real.ToDoubles(), ((2 * x.Real) - (3 * y.Real)).ToDoubles(), DType.Float64, "real parts");
        Near(sum.Imaginary.ToDoubles(), ((2 * x.Imaginary) - (3 * y.Imaginary)).ToDoubles(), DType.Float64, "imaginary parts");
    }

    [Test]
    [NonParallelizable]
    public void Bits_do_not_depend_on_threads([Values(16_384, 19_683, 32_771)] int n, [Values(1, 5)] int rows)
    {
        var threads = CpuDevice.Threads;
        double[] Bits(int count)
        {
            CpuDevice.Threads = count;
            var x = Ops.Rfft(Numbers([rows, n], 7).Tensor(DType.Float32));
            var y = Ops.Fft((Numbers([rows, n], 7).Tensor(DType.Float32), Numbers([rows, n], 8).Tensor(DType.Float32)));
            return [.. x.Real.ToDoubles(), .. x.Imaginary.ToDoubles(), .. y.Real.ToDoubles(), .. Ops.Irfft(x, n).ToDoubles()];
        }
        try
        {
            var alone = Bits(1);
            Assert.That(Bits(2).SequenceEqual(alone) && Bits(4).SequenceEqual(alone), Is.True);
        }
        finally
        {
            CpuDevice.Threads = threads;
        }
    }

    // Rows do not see each other, whatever stands in them.
    [TestCase(7), TestCase(30), TestCase(67), TestCase(512)]
    public void A_row_that_is_no_number_harms_no_other(int n)
    {
        var x = Nd.Make([9, n], i => i[0] == 4 ? double.NaN : 1 + i[1]);
        var (re, _) = Ops.Rfft(x.Tensor(DType.Float32));
        for (var row = 0; row < 9; row++) Assert.That(Row(re, row).All(double.IsFinite), Is.EqualTo(row != 4));
    }

    [TestCase(3, 4), TestCase(16, 128), TestCase(1, 5)]
    public void Two_axes_return(int height, int width)
    {
        var (re, im) = (Numbers([2, height, width], 9), Numbers([2, height, width], 10));
        var (a, b) = Ops.Ifft2(Ops.Fft2((re.Tensor(DType.Float64), im.Tensor(DType.Float64))));
        Near(a.ToDoubles(), re.Values, DType.Float64, "real parts");
        Near(b.ToDoubles(), im.Values, DType.Float64, "imaginary parts");
    }

    [Test]
    public void Lengths_cut_and_fill()
    {
        var x = Nd.Vector(1, 2, 3, 4).Tensor(DType.Float64);
        Assert.That(Ops.Rfft(x, 2).Real.ToDoubles(), Is.EqualTo(new double[] { 3, -1 }));
        Assert.That(Ops.Rfft(x, 6).Real.ToDoubles(), Is.EqualTo(Ops.Rfft(Nd.Vector(1, 2, 3, 4, 0, 0).Tensor(DType.Float64)).Real.ToDoubles()));
    }

    [Test]
    public void Half_precision_is_computed_in_single()
    {
        var x = Ops.Rfft(Nd.Vector(1, 2, 3, 4).Tensor(DType.Float16));
        Assert.That(x.Real.DType, Is.EqualTo(DType.Float16));
        Assert.That(x.Real.ToDoubles(), Is.EqualTo(new double[] { 10, -2, -2 }));
    }

    [TestCase("hann", 32, 8, 32, true)]
    [TestCase("hamming", 20, 5, 32, true)]
    [TestCase(null, 16, 4, 16, false)]
    public void Signals_return_from_short_transforms(string? window, int length, int stride, int fft, bool center)
    {
        var x = Numbers([2, 160], 11).Tensor(DType.Float64);
        var weights = window is null ? SignalWindow.None : (SignalWindow)window;
        var back = Ops.Istft(Ops.Stft(x, length, stride, fft, weights, center), length, stride, fft, 160, weights, center);
        Assert.That(back.ToDoubles(), Is.EqualTo(x.ToDoubles()).Within(1e-12));
    }

    [Test]
    public void Short_transforms_have_gradients()
    {
        var x = Numbers([40], 12);
        Tensor Loss(Tensor signal)
        {
            var (re, im) = Ops.Stft(signal, 8, 4, 8);
            return Ops.Sum(Ops.Square(re) + (3 * Ops.Square(im)) + (re * im));
        }
        var variable = x.Tensor(DType.Float64);
        var gradient = Gradients.Of(Loss(variable), [variable])[0].ToDoubles();
        for (var i = 0; i < 40; i += 7)
        {
            double At(double step) => Loss(Nd.Make([40], j => x.Values[j[0]] + (j[0] == i ? step : 0)).Tensor(DType.Float64)).Item();
            Assert.That(gradient[i], Is.EqualTo((At(1e-4) - At(-1e-4)) / 2e-4).Within(1e-7));
        }
    }

    [TestCase(64, 512), TestCase(5, 1009), TestCase(3, 67), TestCase(1, 32_768), TestCase(20, 15)]
    public unsafe void A_prepared_transform_allocates_nothing(int rows, int n)
    {
        var type = new TensorType(DType.Float32, [rows, n]);
        var kernel = new CpuDevice().Prepare(new RealFourier(), [type], new RealFourier().Infer([type]))!;
        var memory = stackalloc nint[4];
        for (var i = 0; i < 3; i++) memory[i] = (nint)NativeMemory.AllocZeroed((nuint)type.Bytes + 64);
        memory[3] = (nint)NativeMemory.AllocZeroed((nuint)kernel.Scratch + 1);
        int[] inputs = [0], outputs = [1, 2];
        for (var i = 0; i < 40; i++) kernel.Body(new(memory, inputs, outputs, 3));
        var start = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++) kernel.Body(new(memory, inputs, outputs, 3));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - start, Is.Zero);
        for (var i = 0; i < 4; i++) NativeMemory.Free((void*)memory[i]);
    }

    [Test]
    public void What_is_kept_of_lengths_is_bounded()
    {
        for (var n = 30_000; n < 30_400; n += 4) Cpu.Transforms.TransformCache<float>.Of(n);
        Assert.That(Cpu.Transforms.TransformCache<float>.Kept, Is.LessThanOrEqualTo(32 << 20));
    }

    static double[] Row(Nd x, int row) => x.Values[(row * x.Shape[-1])..((row + 1) * x.Shape[-1])];

    static double[] Row(Tensor x, int row) => x.ToDoubles()[(row * x.Shape[-1])..((row + 1) * x.Shape[-1])];

    static Nd Numbers(Shape shape, int seed)
    {
        var random = new System.Random(seed);
        return Nd.Make(shape, _ => (float)(random.NextDouble() - 0.5));
    }
}
