namespace Keras.Kernels.Tests.Table;

using static Domains;

static partial class OpTable
{
    // Errors grow with the number of stages, relative to the largest element.
    const double Transformed = 16;

    static readonly (double Sin, double Cos)[] QuarterTurns = [(0, 1), (1, 0), (0, -1), (-1, 0)];

    /// <summary>The plain sum, for each row of the last axis.</summary>
    internal static (double[] Re, double[] Im) Dft(double[] re, double[] im)
    {
        var n = re.Length;
        // Whole quarters exactly, so that what must be 0 is.
        var roots = Enumerable.Range(0, n).Select(i => 4 * i % n == 0 ? QuarterTurns[4 * i / n] : Math.SinCos(2 * Math.PI * i / n)).ToArray();
        double Part(int k, Func<int, (double Sin, double Cos), double> term) => Nd.Sum(Enumerable.Range(0, n).Select(j => term(j, roots[(long)j * k % n])));
        return ([.. Enumerable.Range(0, n).Select(k => Part(k, (j, r) => (re[j] * r.Cos) + (im[j] * r.Sin)))],
            [.. Enumerable.Range(0, n).Select(k => Part(k, (j, r) => (im[j] * r.Cos) - (re[j] * r.Sin)))]);
    }

    static Nd[] Spectra(Nd re, Nd im, int kept)
    {
        var (n, shape) = (re.Shape[-1], re.Shape.With(-1, kept));
        if (shape.Size == 0) return [new(shape, []), new(shape, [])];
        var rows = re.Values.Chunk(n).Zip(im.Values.Chunk(n), Dft).ToArray();
        return [new(shape, [.. rows.SelectMany(r => r.Re[..kept])]), new(shape, [.. rows.SelectMany(r => r.Im[..kept])])];
    }

    static Nd FromHalf(int n, Nd re, Nd im) => new(re.Shape.With(-1, n), re.Size == 0 ? [] : [.. re.Values.Chunk((n / 2) + 1).Zip(im.Values.Chunk((n / 2) + 1), (a, b) =>
    {
        var (whole, other) = (new double[n], new double[n]);
        for (var k = 0; k < n; k++)
        {
            var mirror = Math.Min(k, n - k);
            (whole[k], other[k]) = (a[mirror], mirror == 0 || 2 * mirror == n ? 0 : k == mirror ? b[mirror] : -b[mirror]);
        }
        return Dft(other, whole).Im.Select(v => v / n);
    }).SelectMany(r => r)]);

    static readonly Shape[] Signals =
    [
        [1], [2], [3, 3], [2, 4], [5], [2, 3, 6], [7], [20, 8], [9], [3, 12], [13], [2, 16], [0, 5], [37], [2, 64], [67], [100], [19, 30], [3, 134], [2, 512], [1009], [30, 288], [33, 150],
    ];

    static Arg Signal(Shape shape) => A(shape, Range(-1, 1));

    static OpRow Transform<T>(Func<Tensor[], Tensor> call, Func<Nd[], Nd[]> reference, IEnumerable<Arg[]> cases) where T : Op =>
        new(typeof(T), call, reference, DTypeRules.Wide, [.. cases]) { Steps = Transformed, Scale = Scale.Largest };

    static IEnumerable<OpRow> Transforms() =>
    [
        Transform<Fourier>(x => new Fourier().On(x), x => Spectra(x[0], x[1], x[0].Shape[-1]), Signals.Select(s => (Arg[])[Signal(s), Signal(s)])) with
        {
            Faults =
            [
                new(() => Ops.Fft((Ops.Ones([3]), Ops.Ones([4]))).Real,
                    "[fft] real and imaginary part do not fit together. Expected: one shape of rank 1 or more. Received: (3,) and (4,)."),
                new(() => Ops.Fft((Ops.Ones([2, 0]), Ops.Ones([2, 0]))).Real, "[Fourier] there is no transform of this length. Expected: 1 to 67108864. Received: 0."),
                new(() => Ops.Fft2((Ops.Ones([3]), Ops.Ones([3]))).Real, "[fft2] real and imaginary part do not fit together. Expected: one shape of rank 2 or more."),
            ],
        },
        Transform<RealFourier>(x => new RealFourier().On(x), x => Spectra(x[0], x[0].Map(_ => 0), (x[0].Shape[-1] / 2) + 1), Signals.Select(s => (Arg[])[Signal(s)])) with
        {
            Faults =
            [
                new(() => Ops.Rfft(Ops.Ones([3]), int.MaxValue).Real, "[rfft] there is no transform of this length. Expected: 1 to 67108864. Received: 2147483647."),
                new(() => Ops.Rfft(Ops.Ones([3]), 0).Real, "Received: 0."),
                new(() => Ops.Rfft(Ops.Ones([])).Real, "[RealFourier] there is no axis. Expected: 1 dimension or more. Received: ()."),
            ],
        },
        .. Signals.Select(s => Transform<RealFourierInverse>(x => new RealFourierInverse(s[-1]).On(x), One(x => FromHalf(s[-1], x[0], x[1])),
            [[Signal(s.With(-1, (s[-1] / 2) + 1)), Signal(s.With(-1, (s[-1] / 2) + 1))]]) with
            {
                Label = $"{s}",
                Faults = s != Signals[0] ? [] :
                [
                    new(() => Ops.Irfft((Ops.Ones([1]), Ops.Ones([1]))), "[irfft] there is no transform of this length. Expected: 1 to 67108864. Received: 0."),
                    new(() => Ops.Irfft((Ops.Ones([3]), Ops.Ones([2]))), "[irfft] real and imaginary part do not fit together."),
                ],
            }),
        .. Sequenced(),
    ];

    static readonly (Shape X, int Length, int Stride)[] Windowed =
        [([8], 3, 2), ([2, 3, 7], 3, 1), ([2, 10], 2, 5), ([6], 3, 3), ([2], 3, 1), ([0, 5], 2, 1), ([1, 40_000], 100, 30)];

    static IEnumerable<OpRow> Sequenced()
    {
        foreach (var (shape, length, stride) in Windowed)
        {
            var op = new Frames(length, stride);
            var count = op.Count(shape[-1]);
            Shape windows = shape.With(-1, count).Append(Shape.Of(length));
            yield return new(typeof(Frames), x => op.On(x), One(x => new(windows, shape.Size == 0 ? [] : [.. x[0].Values.Chunk(shape[-1])
                .SelectMany(r => Enumerable.Range(0, count).SelectMany(w => r[(w * stride)..((w * stride) + length)]))])), DTypeRules.All, [[Signal(shape)]])
            {
                Label = $"{shape} by {length} and {stride}",
            };
            yield return new(typeof(Overlapped), x => new Overlapped(stride).On(x), One(x => Overlap(x[0], stride)), DTypeRules.Floats, [[Signal(windows)]])
            {
                Label = $"{shape} by {length} and {stride}",
                Steps = Summed,
                Scale = Scale.Terms,
            };
        }
    }

    static Nd Overlap(Nd x, int stride)
    {
        var (count, length) = (x.Shape[-2], x.Shape[-1]);
        var whole = count == 0 ? 0 : ((count - 1) * stride) + length;
        var sums = new Nd(x.Shape.Slice(0, x.Shape.Rank - 2).Append(Shape.Of(whole)), new double[x.Shape.Slice(0, x.Shape.Rank - 2).Size * whole]);
        for (var i = 0; i < x.Size; i++) sums.Values[(i / (count * length) * whole) + (i / length % count * stride) + (i % length)] += x.Values[i];
        return sums;
    }
}
