namespace Keras.Kernels.Tests.Table;

using static Domains;

static partial class OpTable
{
    static IEnumerable<OpRow> Images() =>
    [
        .. Resizes(Interpolation.Nearest, false),
        .. Resizes(Interpolation.Bilinear, false),
        .. Resizes(Interpolation.Bilinear, true),
        .. Resizes(Interpolation.Bicubic, false),
        .. Resizes(Interpolation.Bicubic, true),
        .. Resizes(Interpolation.Lanczos3, false),
        .. Resizes(Interpolation.Lanczos5, true),
        new(typeof(ResampleImages), x => To(0, 5, 3, Interpolation.Nearest, false).On(x[0]), One(x => Resized(x[0], 0, 5, 3, Interpolation.Nearest, false)),
            DTypeRules.All, [.. ((int[])[1, 2, 3, 4, 5]).Select(c => (Arg[])[A([3, 7, c], Range(-9, 9))])])
        {
            Label = "copies",
            Faults = [new(() => Ops.Resize(Ops.Ones([2, 0, 3, 1]), (2, 2)), "[ResampleImages] there are no pixels. Expected: a height and width of 1 or more. Received: (2, 0, 3, 1).")],
        },
        new(typeof(FitImages), x => new FitImages(1, 3, 2, Interpolation.Bilinear, false, true, 0).On(x[0]),
            One(x => Resized(Nd.Make([2, 6, 4, 1], i => x[0][i[0], i[1], i[2] + 1, 0]), 1, 3, 2, Interpolation.Bilinear, false)), DTypeRules.Wide, [[A([2, 6, 7, 1], Range(-2, 2))]])
        {
            Label = "crops",
            Steps = Summed,
            Scale = Scale.Terms,
        },
        new(typeof(FitImages), x => new FitImages(0, 3, 2, Interpolation.Bilinear, false, false, 5).On(x[0]),
            One(x => Resized(Nd.Make([9, 6, 2], i => i[0] is > 0 and < 8 ? x[0][i[0] - 1, i[1], i[2]] : 5), 0, 3, 2, Interpolation.Bilinear, false)), DTypeRules.Wide,
            [[A([7, 6, 2], Range(-2, 2))]])
        {
            Label = "pads",
            Steps = Summed,
            Scale = Scale.Terms,
        },
        new(typeof(CentreImages), x => new CentreImages(1, 3, 2, Interpolation.Nearest).On(x[0]), One(x => Nd.Make([2, 3, 2, 1], i => x[0][i[0], i[1] + 1, i[2], 0])), DTypeRules.All,
            [[A([2, 5, 3, 1], Range(-9, 9))]]),
        new(typeof(CentreImages), x => new CentreImages(0, 3, 6, Interpolation.Bilinear).On(x[0]),
            One(x => Resized(Nd.Make([2, 4, 2], i => x[0][i[0] + 1, i[1], i[2]]), 0, 3, 6, Interpolation.Bilinear, false)), DTypeRules.Wide, [[A([5, 4, 2], Range(-2, 2))]])
        {
            Label = "too small",
            Steps = Summed,
            Scale = Scale.Terms,
        },
        new(typeof(EnlargeImages), x => new EnlargeImages(1, 2, 3, Interpolation.Nearest).On(x[0]), One(x => Nd.Make([2, 6, 6, 2], i => x[0][i[0], i[1] / 2, i[2] / 3, i[3]])),
            DTypeRules.All, [[A([2, 3, 2, 2], Range(-9, 9))]]),
        .. Filters(same: true, 1, [2, 4, 6, 3]),
        .. Filters(same: false, 1, [2, 4, 6, 3]),
        .. Filters(same: true, 1, [3, 4, 40]),
        .. Filters(same: false, 0, [4, 6, 1]),
        .. Filters(same: true, 0, [2, 1, 20]),
        .. Points(),
    ];

    static ResampleImages To(int axis, int height, int width, Interpolation method, bool antialias) =>
        new(axis, new ToSize(height, method, antialias), new ToSize(width, method, antialias));

    static ResampleImagesGradient Back(ResampleImages op, Shape x) => new(op.Axis, x[op.Axis], x[op.Axis + 1], op.Rows, op.Columns);

    static IEnumerable<OpRow> Resizes(Interpolation method, bool antialias)
    {
        // Axis, old shape and new size: up and down, few channels and many, channels first and last, one axis as it is.
        (int Axis, Shape X, int Height, int Width)[] cases = [(1, [2, 4, 5, 3], 7, 9), (1, [2, 9, 11, 2], 4, 5), (1, [2, 5, 4, 17], 3, 6), (2, [2, 3, 7, 6], 5, 13), (0, [6, 5, 4], 9, 5),
            (1, [1, 40, 37, 3], 21, 60), (1, [0, 4, 5, 3], 2, 2), (0, [1, 1, 1], 3, 2)];
        foreach (var (axis, x, height, width) in cases)
        {
            var y = x.With(axis, height).With(axis + 1, width);
            OpRow Row(Type type, Func<Tensor[], Tensor> call, Func<Nd, Nd> reference, Shape shape) =>
                new(type, call, One(v => reference(v[0])), method == Interpolation.Nearest ? DTypeRules.Floats : DTypeRules.Wide, [[A(shape, Range(-2, 2))]])
                {
                    Label = $"{method}{(antialias ? " antialias" : "")} {x} to {height} x {width}",
                    Steps = Summed,
                    Scale = Scale.Largest,
                };
            yield return Row(typeof(ResampleImages), v => To(axis, height, width, method, antialias).On(v[0]), v => Resized(v, axis, height, width, method, antialias), x);
            yield return Row(typeof(ResampleImagesGradient), v => Back(To(axis, height, width, method, antialias), x).On(v[0]),
                v => Returned(v, axis, x[axis], x[axis + 1], method, antialias), y);
        }
    }

    static Nd Resized(Nd x, int axis, int height, int width, Interpolation method, bool antialias)
    {
        var (rows, columns) = (Shares(x.Shape[axis], height, method, antialias), Shares(x.Shape[axis + 1], width, method, antialias));
        return Nd.Make(x.Shape.With(axis, height).With(axis + 1, width), i => Both(x, axis, i, (row, column) => rows[i[axis], row] * columns[i[axis + 1], column]));
    }

    static Nd Returned(Nd y, int axis, int height, int width, Interpolation method, bool antialias)
    {
        var (rows, columns) = (Shares(height, y.Shape[axis], method, antialias), Shares(width, y.Shape[axis + 1], method, antialias));
        return Nd.Make(y.Shape.With(axis, height).With(axis + 1, width), i => Both(y, axis, i, (row, column) => rows[row, i[axis]] * columns[column, i[axis + 1]]));
    }

    static double Both(Nd x, int axis, int[] at, Func<int, int, double> share)
    {
        var (from, terms) = (at.ToArray(), new List<double>());
        for (from[axis] = 0; from[axis] < x.Shape[axis]; from[axis]++)
            for (from[axis + 1] = 0; from[axis + 1] < x.Shape[axis + 1]; from[axis + 1]++) terms.Add(share(from[axis], from[axis + 1]) * x[from]);
        return Nd.Sum(terms);
    }

    /// <summary>How much of each old element (second) each new one (first) holds.</summary>
    static double[,] Shares(int from, int to, Interpolation method, bool antialias)
    {
        var shares = new double[to, from];
        var windowed = antialias || method == Interpolation.Lanczos3 || method == Interpolation.Lanczos5;
        for (var i = 0; i < to; i++)
        {
            var centre = ((i + 0.5m) * from / to) - 0.5m;
            if (method == Interpolation.Nearest)
            {
                shares[i, (int)Math.Floor((i + 0.5m) * from / to)] = 1;
                continue;
            }
            var (stretch, sum) = (antialias ? Math.Max(1m, (decimal)from / to) : 1m, 0.0);
            for (var j = windowed ? 0 : -4; j < (windowed ? from : from + 4); j++)
            {
                var share = Curve(Math.Abs(j - centre) / stretch, method, windowed);
                shares[i, Math.Clamp(j, 0, from - 1)] += share;
                sum += share;
            }
            for (var j = 0; j < from; j++) shares[i, j] /= sum;
        }
        return shares;
    }

    static double Curve(decimal x, Interpolation method, bool windowed)
    {
        if (method == Interpolation.Bilinear) return (double)Math.Max(0, 1 - x);
        if (method == Interpolation.Bicubic)
        {
            var a = windowed ? -0.5m : -0.75m;
            return (double)(x <= 1 ? ((a + 2) * x * x * x) - ((a + 3) * x * x) + 1 : x < 2 ? (a * x * x * x) - (5 * a * x * x) + (8 * a * x) - (4 * a) : 0);
        }
        var radius = method == Interpolation.Lanczos3 ? 3 : 5;
        static double Sinc(double v) => v == 0 ? 1 : Math.Sin(Math.PI * v) / (Math.PI * v);
        return x < radius ? Sinc((double)x) * Sinc((double)x / radius) : 0;
    }

    static IEnumerable<OpRow> Filters(bool same, int axis, Shape shape)
    {
        Filtered rows = new(Filter.Difference, 3, 0, same), columns = new(Filter.Gaussian, 4, 0.8, same);
        double[] bell = [.. Enumerable.Range(0, 4).Select(i => Math.Exp(-0.5 * (i - 1.5) * (i - 1.5) / 0.64))];
        double[] down = [-1, 0, 1], across = [.. bell.Select(w => w / bell.Sum())];
        Shape result = same ? shape : shape.With(axis, shape[axis] - 2).With(axis + 1, shape[axis + 1] - 3);
        double Share(double[] filter, int from, int to) => from - to + (same ? (filter.Length - 1) / 2 : 0) is var tap && tap >= 0 && tap < filter.Length ? filter[tap] : 0;
        OpRow Row(Type type, Op op, Func<Nd, Nd> reference, Shape x) => new(type, v => op.On(v[0]), One(v => reference(v[0])), DTypeRules.Wide, [[A(x, Range(-2, 2))]])
        {
            Label = $"filter {(same ? "same" : "valid")} {shape}",
            Steps = Summed,
            Scale = Scale.Largest,
        };
        var forward = new ResampleImages(axis, rows, columns);
        yield return Row(typeof(ResampleImages), forward, v => Nd.Make(result, i => Both(v, axis, i, (r, c) => Share(down, r, i[axis]) * Share(across, c, i[axis + 1]))), shape);
        yield return Row(typeof(ResampleImagesGradient), Back(forward, shape),
            v => Nd.Make(shape, i => Both(v, axis, i, (r, c) => Share(down, i[axis], r) * Share(across, i[axis + 1], c))), result);
    }

    static readonly FillMode[] FillModes = [FillMode.Constant, FillMode.Nearest, FillMode.Wrap, FillMode.Mirror, FillMode.Reflect];

    // Away from where the nearest element changes, or from the elements themselves.
    static Domain Between(int order, int low, int high) => (random, _, _) => random.Next(low, high) + ((order == 0 ? -0.4 : 0.1) + (0.8 * random.NextDouble()));

    static IEnumerable<OpRow> Points()
    {
        foreach (var mode in FillModes)
            for (var order = 0; order < 2; order++)
            {
                var kind = order;
                yield return new(typeof(SamplePoints), x => new SamplePoints(kind, mode, 1.5).On(x), One(x => Nd.Make(x[1].Shape.With(0, x[0].Shape[0]).Append([x[0].Shape[-1]]), i =>
                    Point(x[0], [i[0], .. x.Skip(1).Select(c => c.Stretched(i.AsSpan(0, i.Length - 1))), i[^1]], kind, mode, 1.5))), DTypeRules.Wide,
                    [[A([1, 5, 1], Range(-2, 2)), A([1, 9], Between(order, -9, 14))], [A([2, 3, 1, 4, 3], Range(-2, 2)), .. Enumerable.Repeat(A([1, 2, 4], Between(order, -6, 9)), 3)],
                    [A([2, 3, 4, 20], Range(-2, 2)), .. Enumerable.Repeat(A([2, 7], Between(order, -6, 9)), 2)], [A([0, 3, 2], Range(-2, 2)), A([0, 7], Between(order, -6, 9))]])
                {
                    Label = $"order {order} {mode}",
                    Steps = Summed,
                    Scale = Scale.Largest,
                };
            }
        double[] map = [0.9, 0.13, 0.31, -0.11, 1.07, 0.27, 0.011, 0.023];
        // Where a point passes an element the gradient for the map jumps: see ImageTests.
        foreach (var (first, shape, m) in ((bool, Shape, double[])[])[(false, [3, 5, 4], map), (true, [2, 3, 5, 4], [.. map, .. map.Select(v => v * 1.07)])])
            yield return new(typeof(TransformImages), x => new TransformImages(first, Interpolation.Bilinear, FillMode.Reflect, 0).On(x[0], Tensor.Of(m, [m.Length / 8, 8])),
                One(x => Nd.Make(shape, i =>
                {
                    var (axis, own) = (shape.Rank - (first ? 2 : 3), m.Length == 8 ? 0 : 8 * i[0]);
                    var (row, column) = (i[axis], i[axis + 1]);
                    var depth = (m[own + 6] * column) + (m[own + 7] * row) + 1;
                    double[] at = [.. i.Select(v => (double)v)];
                    at[axis] = ((m[own + 3] * column) + (m[own + 4] * row) + m[own + 5]) / depth;
                    at[axis + 1] = ((m[own] * column) + (m[own + 1] * row) + m[own + 2]) / depth;
                    return Point(x[0], at, 1, FillMode.Reflect, 0);
                })), DTypeRules.Wide, [[A(shape, Range(-2, 2))]])
            {
                Label = first ? "channels first" : "",
                Steps = 4 * Summed,
                Scale = Scale.Largest,
                Faults = [new(() => Ops.AffineTransform(Ops.Ones([3, 4, 4, 1]), Ops.Ones([2, 8])),
                    "[TransformImages] the transforms do not fit. Expected: (8), (1, 8) or (images, 8). Received: (2, 8) for (3, 4, 4, 1).")],
            };
        yield return new(typeof(ElasticImages), x => new ElasticImages(false, 0, 1, Interpolation.Bilinear, FillMode.Reflect, 0).On(x[0], Tensor.Of<uint>([1, 2], [2])), One(x => x[0]),
            DTypeRules.Wide, [[A([2, 5, 4, 3], Range(-2, 2))]])
        {
            Label = "not moved",
        };
    }

    static double Point(Nd x, double[] at, int order, FillMode mode, double fill)
    {
        var sum = 0.0;
        for (var corner = 0; corner < 1 << at.Length; corner++)
        {
            var (weight, place, inside) = (1.0, new int[at.Length], true);
            for (var d = 0; d < at.Length; d++)
            {
                var upper = (corner >> d) & 1;
                var low = order == 0 ? (int)Math.Round(at[d]) : (int)Math.Floor(at[d]);
                weight *= order == 0 ? 1 - upper : upper == 1 ? at[d] - low : 1 - (at[d] - low);
                place[d] = Folded(low + upper, x.Shape[d], mode);
                inside &= place[d] >= 0;
            }
            if (weight != 0) sum += weight * (inside ? x[place] : fill);
        }
        return sum;
    }

    static int Folded(int i, int size, FillMode mode)
    {
        if (mode == FillMode.Constant) return i >= 0 && i < size ? i : -1;
        if (mode == FillMode.Nearest) return Math.Clamp(i, 0, size - 1);
        if (mode == FillMode.Mirror && size == 1) return 0;
        while (i < 0 || i >= size)
            i = mode == FillMode.Wrap ? i + (i < 0 ? size : -size) : mode == FillMode.Mirror ? (i < 0 ? -i : (2 * size) - 2 - i) : i < 0 ? -1 - i : (2 * size) - 1 - i;
        return i;
    }
}
