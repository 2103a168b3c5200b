namespace Keras.Kernels.Tests.Table;

using static Domains;

static partial class OpTable
{
    // A sum in blocks of vectors: far below the n/2 steps that n terms may cost one after the other.
    const double Summed = 8;

    static readonly (string Label, Axes? Axes, bool Keepdims, Shape[] Shapes)[] Reduced =
    [
        ("over all", null, false, [[], [37], [2, 3, 5], [2, 3, 2, 5], [70_001], [300, 251]]),
        ("over the first", 0, false, [[37], [5, 3], [3, 0], [70_001, 2], [9, 1000]]),
        ("over the last", -1, false, [[37], [5, 3], [0, 3], [3, 3, 37], [1000, 70]]),
        ("over the middle, kept", 1, true, [[2, 3], [4, 3, 5], [2, 37, 3, 2], [40, 50, 37]]),
        ("over two", new Axes?([0, 2]), false, [[2, 3, 5], [3, 4, 2, 3], [20, 30, 37, 2]]),
        ("over all, kept", null, true, [[], [3, 5]]),
    ];

    static IEnumerable<OpRow> Reduction<T>(Func<Tensor, Axes?, bool, Tensor> call, Func<double[], double> combine, Domain domain, DType[] dtypes, bool empty = true)
        where T : Op => Reduced.Select(r => new OpRow(typeof(T), x => call(x[0], r.Axes, r.Keepdims),
            One(x => x[0].Reduce(r.Axes is { } axes ? axes.Of(x[0].Shape, "") : Axes.All(x[0].Shape), r.Keepdims, combine)), dtypes,
            [.. r.Shapes.Where(s => empty || s.Size > 0).Select(s => (Arg[])[A(s, domain)])])
        {
            Label = r.Label,
            Specials = r.Axes is null && !r.Keepdims ? Mixtures : [],
            ZeroSign = false,
            Faults = r.Axes is null ? [] : [new(() => call(Ops.Ones([]), r.Axes, false), "axis is out of range. Expected: between 0 and -1.")],
        });

    static Nd[][] Mixtures =>
    [
        [Nd.Vector(1, double.NaN, 2)], [Nd.Vector(double.PositiveInfinity, 1, -1)], [Nd.Vector(double.PositiveInfinity, double.NegativeInfinity)],
        [Nd.Vector(0, -0.0)], [Nd.Vector([.. Enumerable.Repeat(1.0, 90), double.NaN])], [Nd.Vector([double.NegativeInfinity, .. Enumerable.Repeat(1.0, 50)])],
    ];

    static IEnumerable<OpRow> Reductions() =>
    [
        .. Reduction<Sum>((x, a, k) => Ops.Sum(x, a, k), v => Nd.Sum(v), Range(-1, 1), DTypeRules.Numbers).Select(Terms),
        .. Reduction<Mean>((x, a, k) => Ops.Mean(x, a, k), v => Nd.Sum(v) / v.Length, Range(-1, 1), DTypeRules.Floats, empty: false).Select(Terms),
        // Each product of n factors may round n times.
        .. Reduction<Prod>((x, a, k) => Ops.Prod(x, a, k), v => v.Aggregate(1.0, (a, b) => a * b), Range(0.95, 1.05), DTypeRules.Floats)
            .Select(r => r with { Cases = [.. r.Cases.Where(c => c[0].Shape.Size < 2500)], Steps = 16 }),
        .. Reduction<Max>((x, a, k) => Ops.Max(x, a, k), v => v.Aggregate(Math.Max), Distinct, DTypeRules.Numbers, empty: false).Select(NotOverNothing(x => Ops.Max(x, 0), "Max")),
        .. Reduction<Min>((x, a, k) => Ops.Min(x, a, k), v => v.Aggregate(Math.Min), Distinct, DTypeRules.Numbers, empty: false).Select(NotOverNothing(x => Ops.Min(x, 0), "Min")),
        .. Reduction<Any>((x, a, k) => Ops.Any(x, a, k), v => v.Any(e => e != 0) ? 1 : 0, Truths, [DType.Bool, .. DTypeRules.Wide]).Select(r => r with { Order = 0 }),
        .. Reduction<All>((x, a, k) => Ops.All(x, a, k), v => v.All(e => e != 0) ? 1 : 0, Truths, [DType.Bool, .. DTypeRules.Wide]).Select(r => r with { Order = 0 }),
        .. Position<ArgMax>((x, a, k) => Ops.Argmax(x, a, k), (a, b) => a > b),
        .. Position<ArgMin>((x, a, k) => Ops.Argmin(x, a, k), (a, b) => a < b),
    ];

    static OpRow Terms(OpRow row) => row with { Scale = Scale.Terms, Steps = Summed };

    static Func<OpRow, OpRow> NotOverNothing(Func<Tensor, Tensor> call, string name) => row => row with
    {
        Faults = [.. row.Faults, new(() => call(Ops.Ones([0, 2])), $"[{name}] there is no value over zero elements. Expected: axes of 1 or more. Received: (0, 2).")],
    };

    /// <summary>The first of equals; NaN beats all.</summary>
    static IEnumerable<OpRow> Position<T>(Func<Tensor, int?, bool, Tensor> call, Func<double, double, bool> better) where T : Op
    {
        double First(double[] values)
        {
            var best = 0;
            for (var i = 1; i < values.Length; i++)
                if (!double.IsNaN(values[best]) && (double.IsNaN(values[i]) || better(values[i], values[best]))) best = i;
            return best;
        }
        // Few values, so that many are equal.
        return Reduction<T>((x, a, k) => call(x, a is { } axes ? axes[0] : null, k), First, Whole(-4, 4), DTypeRules.Numbers, empty: false)
            .Where(r => r.Label != "over two").Select(r => r with { Order = 0 });
    }

    static OpRow Move<T>(string label, Func<Tensor[], Tensor> call, Func<Nd[], Nd> reference, params Shape[][] cases) where T : Op =>
        new(typeof(T), call, One(reference), DTypeRules.All, [.. cases.Select(c => c.Select(s => A(s, Range(-90, 90))).ToArray())]) { Label = label };

    static OpRow Permuted(string label, int[]? order, params Shape[] shapes) => Move<Transpose>(label,
        x => Ops.Transpose(x[0], order is null ? default(Axes?) : order), x => Permute(x[0], order ?? [.. Enumerable.Range(0, x[0].Shape.Rank).Reverse()]),
        [.. shapes.Select(s => (Shape[])[s])]);

    internal static Nd Permute(Nd x, int[] order)
    {
        var from = new int[order.Length];
        return Nd.Make([.. order.Select(a => (int?)x.Shape[a])], i =>
        {
            for (var k = 0; k < order.Length; k++) from[order[k]] = i[k];
            return x[from];
        });
    }

    static OpRow Sliced(string label, int[] starts, int[] steps, int[] sizes, Shape whole) => Move<Slice>(label,
        x => new Slice(starts, steps, sizes).On(x[0]), x => Nd.Make(sizes, i => x[0][[.. i.Select((v, k) => starts[k] + (v * steps[k]))]]), [whole]);

    static OpRow Unsliced(string label, int[] starts, int[] steps, int[] sizes, int[] whole) => Move<SliceGradient>(label,
        x => new SliceGradient(new Slice(starts, steps, sizes), whole).On(x[0]), x =>
        {
            var y = new Nd(whole, new double[Shape.Of(whole).Size]);
            Nd.Make(sizes, i => y.Values[y.Offset([.. i.Select((v, k) => starts[k] + (v * steps[k]))])] = x[0][i]);
            return y;
        }, [sizes]);

    static OpRow Padded(string label, (int Before, int After)[] widths, params Shape[] shapes) => Move<Pad>(label, x => Ops.Pad(x[0], widths, x[1]), x =>
        Nd.Make([.. widths.Select((w, k) => (int?)(w.Before + x[0].Shape[k] + w.After))], i =>
        {
            int[] at = [.. i.Select((v, k) => v - widths[k].Before)];
            return at.Select((v, k) => v >= 0 && v < x[0].Shape[k]).All(inside => inside) ? x[0][at] : x[1].Values[0];
        }), [.. shapes.Select(s => (Shape[])[s, []])]);

    static OpRow Joined(string label, int axis, params Shape[][] cases) => Move<Concatenate>(label, x => Ops.Concatenate(x, axis), xs =>
    {
        var at = axis < 0 ? axis + xs[0].Shape.Rank : axis;
        return Nd.Make(xs[0].Shape.With(at, xs.Sum(x => x.Shape[at])), i =>
        {
            var (which, place) = (0, i[at]);
            while (place >= xs[which].Shape[at]) place -= xs[which++].Shape[at];
            int[] from = [.. i];
            from[at] = place;
            return xs[which][from];
        });
    }, cases);

    static OpRow Stretched(Shape target, params Shape[] shapes) => Move<BroadcastTo>($"to {target}", x => Ops.BroadcastTo(x[0], target),
        x => Nd.Make(target, i => x[0].Stretched(i)), [.. shapes.Select(s => (Shape[])[s])]);

    static OpRow Triangular(int k, bool upper) => Move<Triangle>($"{(upper ? "upper" : "lower")} {k}", x => upper ? Ops.Triu(x[0], k) : Ops.Tril(x[0], k),
        x => Nd.Make(x[0].Shape, i => (upper ? i[^1] >= i[^2] + k : i[^1] <= i[^2] + k) ? x[0][i] : 0), [[4, 4]], [[3, 5]], [[2, 5, 3]], [[0, 3]]) with
    {
        Faults = [new(() => Ops.Triu(Ops.Ones([3])), "[triu] there are no matrices. Expected: 2 dimensions or more. Received: (3,).")],
    };

    static IEnumerable<OpRow> Movements() =>
    [
        Triangular(0, false), Triangular(0, true), Triangular(1, false), Triangular(-2, true),
        Move<Reshape>("to a column", x => Ops.Reshape(x[0], [Shape.Unknown, 1]), x => new([x[0].Size, 1], x[0].Values), [[]], [[37]], [[2, 3, 5]], [[0, 2]]) with
        {
            Faults =
            [
                new(() => Ops.Reshape(Ops.Ones([2, 3]), [4]), "[Reshape] the number of elements changes. Expected: 6 elements. Received: (2, 3) to (4,)."),
                new(() => Ops.Reshape(Ops.Ones([2, 3]), [4, Shape.Unknown]), "[reshape] the elements do not fit the shape. Expected: a multiple of 4 elements."),
                new(() => Ops.Reshape(Ops.Ones([2, 3]), [null, null]), "[reshape] more than one dimension is left open."),
            ],
        },
        Permuted("reversed", null, [], [37], [4, 9], [0, 3], [2, 3, 5], [2, 3, 2, 5], [300, 251]) with
        {
            Faults = [new(() => Ops.Transpose(Ops.Ones([2, 3]), [0, 0]), "[transpose] the axes are not a permutation. Expected: each of 2 axes once. Received: (0, 0).")],
        },
        Permuted("021", [0, 2, 1], [2, 3, 5], [3, 0, 2], [3, 70, 333]),
        Permuted("120", [1, 2, 0], [2, 3, 5], [1, 37, 3], [40, 50, 37]),
        Permuted("0213", [0, 2, 1, 3], [2, 3, 2, 5], [4, 30, 20, 33]),
        Stretched([2, 3, 5], [], [5], [3, 1], [1, 3, 5], [2, 1, 1]) with
        {
            Faults = [new(() => Ops.BroadcastTo(Ops.Ones([2, 3]), [3]), "[BroadcastTo] the shape cannot be stretched to the target. Expected: (3,). Received: (2, 3).")],
        },
        Stretched([300, 251], [300, 1], [251], []),
        Stretched([0, 3], [1, 3], [0, 1], []),
        Sliced("of a block", [1, 2], [1, 1], [2, 3], [4, 7]) with
        {
            Faults =
            [
                new(() => Ops.Slice(Ops.Ones([3]), 2, [2]), "[Slice] the slice reaches beyond the tensor. Expected: within (3,). Received: start (2), steps (1), sizes (2,)."),
                new(() => Ops.Slice(Ops.Ones([3]), [0, 0], [2]), "[slice] one start and one size are needed for each dimension. Expected: 1."),
            ],
        },
        Sliced("backwards", [3, 0], [-1, 2], [4, 3], [4, 6]),
        Sliced("of nothing", [1, 0], [1, 1], [0, 2], [4, 2]),
        Sliced("of much", [299, 1, 0], [-1, 1, 3], [300, 70, 2], [300, 72, 5]),
        Unsliced("of a block", [1, 2], [1, 1], [2, 3], [4, 7]),
        Unsliced("backwards", [3, 0], [-1, 2], [4, 3], [4, 6]),
        Unsliced("of nothing", [1, 0], [1, 1], [0, 2], [4, 2]),
        Unsliced("of much", [299, 1, 0], [-1, 1, 3], [300, 70, 2], [300, 72, 5]),
        Padded("in a line", [(2, 3)], [37], [0], [70_001]),
        Padded("in a block", [(1, 0), (0, 2), (3, 1)], [2, 3, 5], [2, 0, 5], [30, 50, 37]) with
        {
            Faults = [new(() => Ops.Pad(Ops.Ones([3]), [(-1, 0)]), "[pad] one pair of widths is needed for each dimension. Expected: 1 pairs of 0 or more. Received: (-1, 0).")],
        },
        Joined("of lines", 0, [[37]], [[3], [0], [5]], [[30_001], [40_003]]) with
        {
            Faults =
            [
                new(() => Ops.Concatenate([]), "[concatenate] there is nothing to put together. Expected: 1 tensor or more. Received: none."),
                new(() => Ops.Concatenate([Ops.Ones([2, 3]), Ops.Ones([2, 4])]), "[Concatenate] the shapes differ outside of the axis. Expected: (2, 3) but for axis 0. Received: (2, 4)."),
            ],
        },
        Joined("of blocks", -1, [[2, 3, 1], [2, 3, 4]], [[0, 3], [0, 2]], [[300, 33], [300, 1], [300, 100]]),
        Joined("of rows", 1, [[2, 3, 5], [2, 1, 5], [2, 2, 5]]),
        .. new[] { 0, 1, 37, 70_001 }.Select(n => new OpRow(typeof(Iota), _ => new Iota(new TensorType(DType.Int32, [n])).On(),
            One(_ => Nd.Make([n], i => i[0])), [DType.Int32], [[]]) { Label = $"{n}", Order = 0 }),
        .. DTypeRules.Wide.Append(DType.Int64).Select(d => new OpRow(typeof(Iota), _ => new Iota(new TensorType(d, [100])).On(),
            One(_ => Nd.Make([100], i => i[0])), [d], [[]]) { Label = d.Name(), Order = 0 }),
    ];

    static OpRow Product(string label, MatMul op, params Arg[][] cases) => new(typeof(MatMul), x => op.On(x), One(x => Multiply(op, x)),
        [.. DTypeRules.Floats, DType.Int32, DType.Int64], cases)
    {
        Label = label,
        Steps = Summed,
        Scale = Scale.Terms,
        // Bias and activation are fused when all gradients are already there.
        Order = op.HasBias || op.Activation != Epilogue.None ? 0 : 2,
    };

    static Nd Multiply(MatMul op, Nd[] x)
    {
        var (a, b) = (op.TransposeA ? Swapped(x[0]) : x[0], op.TransposeB ? Swapped(x[1]) : x[1]);
        var batch = Shape.Broadcast(a.Shape.Slice(0, a.Shape.Rank - 2), b.Shape.Slice(0, b.Shape.Rank - 2), "");
        var terms = new double[a.Shape[-1]];
        return Nd.Make(batch.Append(Shape.Of(a.Shape[-2], b.Shape[-1])), i =>
        {
            var (left, right) = (a.Place([.. i[..^1], 0]), b.Place([.. i[..^2], 0, i[^1]]));
            for (var k = 0; k < terms.Length; k++) terms[k] = a.Values[left + k] * b.Values[right + (k * b.Shape[-1])];
            var sum = Nd.Sum(terms) + (op.HasBias ? x[2].Values[i[^1]] : 0);
            return op.Activation == Epilogue.Relu ? Math.Max(sum, 0) : sum;
        });
    }

    static Nd Swapped(Nd x) => Permute(x, [.. Enumerable.Range(0, x.Shape.Rank - 2), x.Shape.Rank - 1, x.Shape.Rank - 2]);

    static Arg[] Pair(Shape a, Shape b) => [A(a, Range(-2, 2)), A(b, Range(-2, 2))];

    static IEnumerable<OpRow> Products() =>
    [
        Product("plain", new(), Pair([1, 1], [1, 1]), Pair([3, 4], [4, 5]), Pair([1, 37], [37, 9]), Pair([9, 37], [37, 1]), Pair([7, 0], [0, 3]), Pair([0, 3], [3, 2]),
            Pair([37, 65], [65, 33]), Pair([2, 3, 4], [2, 4, 5]), Pair([2, 1, 3, 4], [3, 4, 2]), Pair([130, 70], [70, 90]), Pair([5, 40, 30], [5, 30, 20])) with
        {
            Faults =
            [
                new(() => Ops.Matmul(Ops.Ones([2, 3]), Ops.Ones([4, 5])), "[MatMul] the inner dimensions differ. Expected: the last of the first equal to the last but one of the second."
                    + " Received: (2, 3) and (4, 5)."),
                new(() => Ops.Matmul(2.0, Ops.Ones([4, 5])), "[matmul] a scalar has no rows or columns. Expected: 1 dimension or more. Received: () and (4, 5)."),
            ],
        },
        Product("with the left transposed", new(TransposeA: true), Pair([4, 3], [4, 5]), Pair([37, 1], [37, 9]), Pair([2, 4, 3], [2, 4, 5]), Pair([70, 130], [70, 90])),
        Product("with the right transposed", new(TransposeB: true), Pair([3, 4], [5, 4]), Pair([9, 37], [1, 37]), Pair([2, 3, 4], [2, 5, 4]), Pair([130, 70], [90, 70])),
        Product("with both transposed", new(true, true), Pair([4, 3], [5, 4]), Pair([3, 4, 3], [5, 4]), Pair([70, 130], [90, 70])),
        Product("with bias", new(HasBias: true), [.. Pair([3, 4], [4, 5]), A([5], Range(-2, 2))], [.. Pair([2, 3, 4], [2, 4, 5]), A([5], Range(-2, 2))],
            [.. Pair([7, 0], [0, 3]), A([3], Range(-2, 2))], [.. Pair([130, 70], [70, 90]), A([90], Range(-2, 2))]),
        Product("with bias and relu", new(HasBias: true, Activation: Epilogue.Relu), [.. Pair([3, 4], [4, 5]), A([5], Range(-2, 2))],
            [.. Pair([1, 70], [70, 90]), A([90], Range(-2, 2))], [.. Pair([70, 90], [90, 1]), A([1], Range(-2, 2))]),
    ];
}
