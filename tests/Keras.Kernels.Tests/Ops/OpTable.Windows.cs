namespace Keras.Kernels.Tests.Table;

using static Domains;

static partial class OpTable
{
    /// <summary>A window over one axis: where it begins for each output, as Keras pads.</summary>
    static (int Out, int Low) Layout(int length, int extent, int stride, bool same)
    {
        if (!same) return (length < extent ? 0 : ((length - extent) / stride) + 1, 0);
        var count = (length + stride - 1) / stride;
        return (count, Math.Max(0, ((count - 1) * stride) + extent - length) / 2);
    }

    /// <summary>Visits each product that a convolution sums: the flat places in image, kernel and result.</summary>
    static Shape Visit(Convolution op, Shape x, Shape kernel, Action<int, int, int> term)
    {
        var (rows, top) = Layout(x[1], ((kernel[0] - 1) * op.Dilation[0]) + 1, op.Strides[0], op.Padding.IsSame);
        var (columns, left) = Layout(x[2], ((kernel[1] - 1) * op.Dilation[1]) + 1, op.Strides[1], op.Padding.IsSame);
        var (depth, filters) = (kernel[2], kernel[3]);
        var y = 0;
        for (var n = 0; n < x[0]; n++)
            for (var row = 0; row < rows; row++)
                for (var column = 0; column < columns; column++)
                    for (var f = 0; f < filters; f++, y++)
                        for (var tap = 0; tap < kernel[0] * kernel[1]; tap++)
                        {
                            var (i, j) = Math.DivRem(tap, kernel[1]);
                            var (h, w) = ((row * op.Strides[0]) - top + (i * op.Dilation[0]), (column * op.Strides[1]) - left + (j * op.Dilation[1]));
                            if (h < 0 || h >= x[1] || w < 0 || w >= x[2]) continue;
                            var group = f / (filters / op.Groups);
                            for (var c = 0; c < depth; c++)
                                term((((((n * x[1]) + h) * x[2]) + w) * x[3]) + (group * depth) + c, (((tap * depth) + c) * filters) + f, y);
                        }
        return [x[0], rows, columns, filters];
    }

    static Nd Convolve(Convolution op, Nd[] x)
    {
        var shape = Visit(op, x[0].Shape, x[1].Shape, (_, _, _) => { });
        var y = new double[shape.Size];
        if (op.HasBias)
            for (var i = 0; i < y.Length; i++) y[i] = x[2].Values[i % x[2].Size];
        Visit(op, x[0].Shape, x[1].Shape, (from, tap, to) => y[to] += x[0].Values[from] * x[1].Values[tap]);
        return new(shape, op.Activation == Epilogue.Relu ? Array.ConvertAll(y, v => Math.Max(v, 0)) : y);
    }

    static IEnumerable<OpRow> Convolutions(string label, Convolution op, params (Shape X, Shape Kernel)[] cases)
    {
        static Arg Any(Shape s) => A(s, Range(-2, 2));
        OpRow Row(Type type, Func<Tensor[], Tensor> call, Func<Nd[], Nd> reference, Func<(Shape X, Shape Kernel), Arg[]> args) =>
            new(type, call, One(reference), DTypeRules.Floats, [.. cases.Select(args)])
            {
                Label = label,
                // Winograd's transforms sum a few times more terms than the plain sum, with weights up to 1.
                Steps = 4 * Summed,
                Scale = Scale.Terms,
                Order = op.HasBias ? 0 : 2,
            };
        Shape Y((Shape X, Shape Kernel) c) => Visit(op, c.X, c.Kernel, (_, _, _) => { });
        yield return Row(typeof(Convolution), x => op.On(x), x => Convolve(op, x), c => [Any(c.X), Any(c.Kernel), .. (Arg[])(op.HasBias ? [Any([c.Kernel[3]])] : [])]);
        if (op.HasBias) yield break;
        foreach (var c in cases)
        {
            yield return Row(typeof(ConvolutionInputGradient), x => new ConvolutionInputGradient(op, c.X).On(x), x =>
            {
                var dx = new Nd(c.X, new double[c.X.Size]);
                Visit(op, c.X, c.Kernel, (from, tap, to) => dx.Values[from] += x[0].Values[to] * x[1].Values[tap]);
                return dx;
            }, c => [Any(Y(c)), Any(c.Kernel)]) with
            {
                Cases = [[Any(Y(c)), Any(c.Kernel)]],
                Label = $"{label} {c.X}",
            };
            yield return Row(typeof(ConvolutionFilterGradient), x => new ConvolutionFilterGradient(op, c.Kernel).On(x), x =>
            {
                var dw = new Nd(c.Kernel, new double[c.Kernel.Size]);
                Visit(op, c.X, c.Kernel, (from, tap, to) => dw.Values[tap] += x[0].Values[from] * x[1].Values[to]);
                return dw;
            }, c => [Any(c.X), Any(Y(c))]) with
            {
                Cases = [[Any(c.X), Any(Y(c))]],
                Label = $"{label} {c.X}",
            };
        }
    }

    /// <summary>The flat places that each window sees, in the order of the results.</summary>
    static (Shape Result, List<int[]> Places) Seen(Window window, Shape x)
    {
        var (rows, top) = Layout(x[1], window.Size[0], window.Strides[0], window.Padding.IsSame);
        var (columns, left) = Layout(x[2], window.Size[1], window.Strides[1], window.Padding.IsSame);
        var places = new List<int[]>();
        Shape shape = [x[0], rows, columns, x[3]];
        Nd.Make(shape, i =>
        {
            var (n, h, w, c) = (i[0], (i[1] * window.Strides[0]) - top, (i[2] * window.Strides[1]) - left, i[3]);
            places.Add([.. from row in Enumerable.Range(h, window.Size[0]) where row >= 0 && row < x[1]
                           from column in Enumerable.Range(w, window.Size[1]) where column >= 0 && column < x[2]
                           select (((((n * x[1]) + row) * x[2]) + column) * x[3]) + c]);
            return 0;
        });
        return (shape, places);
    }

    static Nd Pooled(Window window, Nd x, Func<int[], double> combine)
    {
        var (shape, places) = Seen(window, x.Shape);
        return new(shape, [.. places.Select(combine)]);
    }

    /// <summary>Where the first maximum of a window stands; NaN counts as the largest.</summary>
    static int Winner(Nd x, int[] places) => places.Aggregate((best, p) =>
        x.Values[p] > x.Values[best] || (double.IsNaN(x.Values[p]) && !double.IsNaN(x.Values[best])) ? p : best);

    static Nd Scattered(Window window, Shape x, Nd gradient, Func<int[], IEnumerable<(int Place, double Share)>> shares)
    {
        var (_, places) = Seen(window, x);
        var dx = new Nd(x, new double[x.Size]);
        for (var i = 0; i < places.Count; i++)
            foreach (var (place, share) in shares(places[i])) dx.Values[place] += share * gradient.Values[i];
        return dx;
    }

    static IEnumerable<OpRow> Pools(string label, Window window, params Shape[] shapes)
    {
        Shape Y(Shape x) => Seen(window, x).Result;
        OpRow Row(Type type, Func<Tensor[], Tensor> call, Func<Nd[], Nd> reference, Func<Shape, Arg[]> args) =>
            new(type, call, One(reference), DTypeRules.Floats, [.. shapes.Select(args)]) { Label = label, Steps = Summed, Scale = Scale.Terms };
        var some = Range(-2, 2);
        yield return Row(typeof(MaxPool), x => new MaxPool(window).On(x), x => Pooled(window, x[0], p => x[0].Values[Winner(x[0], p)]), s => [A(s, Distinct)]) with
        {
            Scale = Scale.Element,
            Steps = 0.5,
        };
        yield return Row(typeof(MaxPoolGradient), x => new MaxPoolGradient(window).On(x), x => Scattered(window, x[0].Shape, x[1], p => [(Winner(x[0], p), 1)]),
            s => [A(s, Distinct), A(Y(s), some)]) with
        {
            Scale = Scale.Largest,
        };
        yield return Row(typeof(MaxPoolPick), x => new MaxPoolPick(window).On(x), x => Pooled(window, x[0], p => x[1].Values[Winner(x[0], p)]),
            s => [A(s, Distinct), A(s, some)]) with
        {
            Scale = Scale.Element,
        };
        yield return Row(typeof(AveragePool), x => new AveragePool(window).On(x), x => Pooled(window, x[0], p => Nd.Sum(p.Select(i => x[0].Values[i])) / p.Length),
            s => [A(s, some)]);
        foreach (var s in shapes)
            yield return Row(typeof(AveragePoolGradient), x => new AveragePoolGradient(window, s).On(x),
                x => Scattered(window, s, x[0], p => p.Select(i => (i, 1.0 / p.Length))), _ => []) with
            {
                Cases = [[A(Y(s), some)]],
                Label = $"{label} {s}",
            };
    }

    static IEnumerable<OpRow> Windows() =>
    [
        .. Convolutions("3x3", new((1, 1), (1, 1), Padding.Valid, 1), ([1, 3, 3, 1], [3, 3, 1, 1]), ([2, 5, 6, 3], [3, 3, 3, 4]), ([0, 5, 5, 2], [3, 3, 2, 2]),
            ([2, 20, 21, 16], [3, 3, 16, 32])),
        .. Convolutions("3x3 same", new((1, 1), (1, 1), Padding.Same, 1), ([2, 4, 5, 3], [3, 3, 3, 2]), ([2, 20, 21, 16], [3, 3, 16, 32])),
        .. Convolutions("1x1", new((1, 1), (1, 1), Padding.Valid, 1), ([2, 4, 5, 3], [1, 1, 3, 7]), ([2, 16, 16, 32], [1, 1, 32, 48])),
        .. Convolutions("strided", new((2, 3), (1, 1), Padding.Same, 1), ([2, 7, 8, 2], [3, 2, 2, 3]), ([2, 30, 31, 8], [5, 5, 8, 16])),
        .. Convolutions("dilated", new((1, 1), (2, 3), Padding.Valid, 1), ([1, 7, 9, 2], [3, 2, 2, 3]), ([2, 20, 21, 8], [3, 3, 8, 8])),
        .. Convolutions("in groups", new((1, 1), (1, 1), Padding.Same, 2), ([2, 4, 5, 4], [3, 3, 2, 6]), ([2, 12, 13, 16], [3, 3, 8, 32])),
        .. Convolutions("depthwise", new((1, 1), (1, 1), Padding.Same, 5), ([2, 4, 6, 5], [3, 3, 1, 5]), ([2, 20, 21, 5], [3, 3, 1, 10])),
        .. Convolutions("depthwise strided", new((2, 2), (1, 1), Padding.Same, 3), ([2, 5, 6, 3], [3, 3, 1, 3])),
        .. Convolutions("with bias and relu", new((1, 1), (1, 1), Padding.Same, 1, true, Epilogue.Relu), ([2, 4, 5, 3], [3, 3, 3, 4]), ([2, 12, 13, 16], [3, 3, 16, 32])),
        new OpRow(typeof(Convolution), x => Ops.Conv(x[0], x[1]), One(x => Convolve(new((1, 1), (1, 1), Padding.Valid, 1), x)), [DType.Float32],
            [[A([1, 4, 4, 2], Range(-2, 2)), A([2, 2, 2, 3], Range(-2, 2))]])
        {
            Label = "by its function",
            Steps = Summed,
            Scale = Scale.Terms,
            Faults =
            [
                new(() => Ops.Conv(Ops.Ones([1, 4, 4, 2]), Ops.Ones([3, 3, 3, 8])), "[conv] input channels do not match the kernel. Expected: a multiple of 3."
                    + " Received: input (1, 4, 4, 2), kernel (3, 3, 3, 8)."),
                new(() => Ops.Conv(Ops.Ones([1, 2, 4, 2]), Ops.Ones([3, 3, 2, 8])), "[Convolution] the window is larger than the input. Expected: at least 3 x 3."
                    + " Received: (1, 2, 4, 2). padding \"same\" allows it."),
            ],
        },
        .. Pools("2x2", new((2, 2), (2, 2), (1, 1), Padding.Valid), [1, 2, 2, 1], [2, 5, 6, 3], [2, 40, 41, 16]),
        .. Pools("3x3 same", new((3, 3), (2, 2), (1, 1), Padding.Same), [2, 5, 6, 3], [1, 1, 1, 2], [2, 40, 41, 16]),
        .. Pools("overlapping", new((3, 2), (1, 1), (1, 1), Padding.Valid), [2, 5, 6, 3], [0, 5, 6, 3]),
    ];
}
