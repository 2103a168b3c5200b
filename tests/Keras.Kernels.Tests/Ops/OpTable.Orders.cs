namespace Keras.Kernels.Tests.Table;

using static Domains;

static partial class OpTable
{
    // Rows that are ranked, sorted by digits, shared out, and sorted in chunks.
    static readonly Shape[] Sorted =
        [[0], [1], [16], [3, 0], [0, 3], [37], [4, 3, 5], [2, 256], [7, 300], [25, 2000], [3, 140_000]];

    static readonly (Shape Row, Shape Values)[] Searched = [([0], [3]), ([1], [4]), ([300], [5]), ([300], [3, 7]), ([33], [10_000]), ([20], [0])];

    static readonly Domain Rising = (_, i, _) => i * 0.25;

    static readonly double[] Unordered = [double.NaN, 1, double.NegativeInfinity, 0, -double.NaN, 2, -0.0, double.PositiveInfinity, -1, 0, 1e-3, -1e-3];

    /// <summary>The places of a row's elements in rising order, NaN last.</summary>
    static int[] Order(double[] row, Comparison<double>? compare = null) =>
        [.. Enumerable.Range(0, row.Length).Order(Comparer<int>.Create((a, b) => (compare ?? Rise)(row[a], row[b]) is var c && c != 0 ? c : a - b))];

    static int Rise(double a, double b) => double.IsNaN(a) || double.IsNaN(b) ? double.IsNaN(a).CompareTo(double.IsNaN(b)) : a.CompareTo(b);

    // The negative zero first.
    static int RiseToTheSign(double a, double b) => a == 0 && b == 0 ? double.IsNegative(b).CompareTo(double.IsNegative(a)) : Rise(a, b);

    static Nd Picked(Nd x, int k, Func<double[], int[], IEnumerable<double>> pick) =>
        new(x.Shape.With(-1, k), [.. (x.Size == 0 ? [] : x.Values.Chunk(x.Shape[-1])).SelectMany(row => pick(row, Order(row, (a, b) => Rise(b, a))).Take(k))]);

    static Arg[][] EachDomain(Shape[] shapes) =>
        [.. shapes.SelectMany(s => (Domain[])[Distinct, Whole(-3, 3), Magnitudes(1e-3, 1e4)], (s, d) => (Arg[])[A(s, d)])];

    // Not between equal elements, where there is no derivative.
    static readonly Arg[][] Apart = [.. ((Shape[])[[1], [37], [4, 3, 5], [2, 300]]).Select(s => (Arg[])[A(s, Distinct)])];

    static Func<Nd[], Nd[]> OfOne(Func<Nd, Nd> reference) => xs => [reference(xs[0])];

    static IEnumerable<OpRow> Orders() =>
    [
        new(typeof(Sort), x => Ops.Sort(x[0]), OfOne(x => x.Rows(row => [.. Order(row, RiseToTheSign).Select(i => row[i])])), DTypeRules.All, EachDomain(Sorted))
        {
            Order = 0,
            Specials = [[Nd.Vector(Unordered)]],
        },
        new(typeof(Sort), x => Ops.Sort(x[0], 0), OfOne(x => Permute(Permute(x, [.. Enumerable.Range(1, x.Shape.Rank - 1), 0]).Rows(row => [.. row.Order()]), [x.Shape.Rank - 1, .. Enumerable.Range(0, x.Shape.Rank - 1)])),
            DTypeRules.Numbers, Apart)
        {
            Label = "along the first axis",
            Faults = [new(() => Ops.Sort(Ops.Ones([3]), 1), "[sort] axis is out of range.")],
        },
        new(typeof(Argsort), x => Ops.Argsort(x[0]), OfOne(x => x.Rows(row => [.. Order(row).Select(i => (double)i)])), DTypeRules.All, EachDomain(Sorted))
        {
            Order = 0,
            Specials = [[Nd.Vector(Unordered)]],
            Faults =
            [
                new(() => Ops.Argpartition(Ops.Ones([3]), 3), "[argpartition] kth is out of range. Expected: -3 to 2. Received: 3."),
            ],
        },
        .. TopRows(0, [[3], [0, 4]]),
        .. TopRows(1, [[1], [16], [5, 3, 4], [40, 300], [3, 140_000]]),
        .. TopRows(3, [[37], [2, 256], [7, 300], [140_000]]),
        .. TopRows(700, [[25, 2000], [2, 140_000]]),
        .. TopRows(5000, [[6000], [140_000]]),
        Searches(right: false),
        Searches(right: true),
        new(typeof(RowOrder), x => new RowOrder().On(x[0]), OfOne(x => RowsInOrder(x)), DTypeRules.All, [.. ((Shape[])[[1, 2], [0, 3], [5, 0], [33, 1], [60, 4]]).Select(s => (Arg[])[A(s, Whole(-1, 1))])])
        {
            Order = 0,
            Faults = [new(() => new RowOrder().On(Ops.Ones([3])), "[RowOrder] rows are those of a matrix. Expected: 2 dimensions. Received: (3,).")],
        },
        .. ((int[])[0, 1, 64, 100, 70_001]).Select(Places),
        Counts(1, [[5]]),
        Counts(7, [[0], [100], [2, 0], [30, 4], [200_000], [2, 300_000]]),
        .. Quantiles(),
    ];

    static IEnumerable<OpRow> TopRows(int k, Shape[] shapes)
    {
        Nd[] Reference(Nd[] x) => [Picked(x[0], k, (row, order) => order.Select(i => row[i])), Picked(x[0], k, (_, order) => order.Select(i => (double)i))];
        yield return new(typeof(TopK), x => new TopK(k).On(x[0]), Reference, DTypeRules.All, EachDomain(shapes))
        {
            Label = $"{k}",
            Order = 0,
            Specials = k > Unordered.Length ? [] : [[Nd.Vector(Unordered)]],
            Faults = k != 1 ? [] :
            [
                new(() => Ops.TopK(Ops.Ones([2, 3]), 4).Values, "[TopK] k is not a number of elements of the last axis. Expected: 0 to 3. Received: 4."),
                new(() => Ops.TopK(Ops.Ones([2, 3]), -1).Values, "[TopK] k is not a number of elements of the last axis. Expected: 0 to 3. Received: -1."),
                new(() => Ops.TopK(Ops.Ones([]), 1).Values, "[TopK] a scalar has no axis. Expected: 1 dimension or more. Received: ()."),
            ],
        };
        // The places alone would give no gradient.
        yield return new(typeof(TopK), x => new Part(0).On(new TopK(k).On(x[0])), x => [Reference(x)[0]], DTypeRules.Floats, [.. shapes.Select(s => (Arg[])[A(s, Distinct)])])
        {
            Label = $"{k}, values",
        };
    }

    static OpRow Searches(bool right) => new(typeof(SearchSorted), x => new SearchSorted(right, DType.Int32).On(x),
        One(x => x[1].Map(v => x[0].Values.Count(e => right ? Rise(e, v) <= 0 : Rise(e, v) < 0))), DTypeRules.All,
        [.. Searched.Select(c => (Arg[])[A(c.Row, Rising), A(c.Values, Quarters)])])
    {
        Label = right ? "right" : "left",
        Order = 0,
        Specials = [[Nd.Vector(double.NegativeInfinity, -1, -0.0, 0, 2, double.PositiveInfinity, double.NaN), Nd.Vector(Unordered)]],
        Faults = right ? [] :
        [
            new(() => Ops.Searchsorted(Ops.Ones([2, 2]), 1), "[searchsorted] the sorted sequence is not a vector. Expected: 1 dimension. Received: (2, 2)."),
            new(() => Ops.Searchsorted(Ops.Ones([2]), 1, "middle"), "[side] unknown value."),
            new(() => Ops.Digitize(1, Ops.Ones([2, 2])), "[digitize] the bins are not a vector."),
        ],
    };

    static Nd RowsInOrder(Nd x)
    {
        var rows = x.Size == 0 ? Enumerable.Repeat(Array.Empty<double>(), x.Shape[0]).ToArray() : [.. x.Values.Chunk(x.Shape[1])];
        var order = Enumerable.Range(0, rows.Length).Order(Comparer<int>.Create((a, b) =>
            rows[a].Zip(rows[b], Rise).FirstOrDefault(c => c != 0) is var c && c != 0 ? c : a - b));
        return Nd.Vector([.. order.Select(i => (double)i)]);
    }

    static OpRow Places(int n)
    {
        bool IsSet(int i) => i % 3 == 0 || i % 7 == 1;
        var places = Enumerable.Range(0, n).Where(IsSet).ToArray();
        return new(typeof(NonzeroPlaces), x => new NonzeroPlaces(places.Length).On(x[0]), One(_ => Nd.Vector([.. places.Select(p => (double)p)])), [DType.Bool],
            [[A([n], (_, i, _) => IsSet(i) ? 1 : 0)]])
        {
            Label = $"of {n}",
            Order = 0,
            Faults = n != 1 ? [] :
            [
                new(() => new NonzeroPlaces(2).On(Tensor.Of([true, false], [2])), "[NonzeroPlaces] the number of elements that are not 0 is another one. Expected: 2. Received: 1."),
                new(() => new NonzeroPlaces(2).On(Ops.Ones([2])), "[NonzeroPlaces] places are those of a vector of truth values."),
                new(() => Ops.Nonzero(1)[0], "[nonzero] a scalar has no indices."),
            ],
        };
    }

    static OpRow Counts(int length, Shape[] shapes) => new(typeof(Bincount), x => new Bincount(length).On(x[0]),
        OfOne(x => new(x.Shape.With(-1, length), [.. (x.Size == 0 ? Enumerable.Repeat(Array.Empty<double>(), (int)x.Shape.Slice(0, x.Shape.Rank - 1).Size) : x.Values.Chunk(x.Shape[-1]))
            .SelectMany(row => Enumerable.Range(0, length).Select(i => (double)row.Count(v => v == i)))])),
        [DType.Int32, DType.Int64], [.. shapes.Select(s => (Arg[])[A(s, Whole(0, length - 1))])])
    {
        Label = $"up to {length}",
        Order = 0,
        Faults = length != 1 ? [] :
        [
            new(() => new Bincount(3).On(Tensor.Of([0, 3], [2])), "[Bincount] an integer is out of range. Expected: 0 to 2. Received: 3 at position 1."),
            new(() => Ops.Bincount(Tensor.Of([0, -1], [2])), "[Bincount] an integer is out of range. Expected: 0 to 0. Received: -1 at position 1."),
            new(() => Ops.Bincount(Tensor.Of([0, -1], [2]), Ops.Ones([2])), "an index is out of range."),
            new(() => Ops.Bincount(Tensor.Of([0, 1], [2]), Ops.Ones([3])), "[bincount] there is not one weight for each integer. Expected: (2,). Received: (3,)."),
            new(() => Ops.Bincount(Tensor.Of([int.MaxValue], [1])), "[bincount] an integer is too large."),
            new(() => Ops.Bincount(Ops.Ones([2])), "[bincount] x is not of integers."),
        ],
    };

    /// <summary>Functions on sorted rows.</summary>
    static IEnumerable<OpRow> Quantiles() =>
    [
        new(typeof(Sort), x => Ops.Median(x[0], -1), OfOne(x => x.Reduce(x.Shape.Rank - 1, false, row => Quantile(row, 0.5))), DTypeRules.Wide, Apart)
        {
            Label = "for the median",
            Steps = 2,
        },
        new(typeof(Sort), x => Ops.Quantile(x[0], 0.3, keepdims: true), OfOne(x => x.Reduce(Axes.All(x.Shape), true, row => Quantile(row, 0.3))), DTypeRules.Wide, Apart)
        {
            Label = "for a quantile",
            Steps = 4,
            Scale = Scale.Largest,
            Faults =
            [
                new(() => Ops.Quantile(Ops.Ones([3]), 1.5), "[quantile] q is out of range. Expected: 0 to 1. Received: 1.5."),
                new(() => Ops.Percentile(Ops.Ones([3]), -1), "[percentile] q is out of range. Expected: 0 to 100. Received: -1."),
                new(() => Ops.Quantile(Ops.Ones([3]), Ops.Ones([1, 1])), "[quantile] q is neither a number nor a vector."),
                new(() => Ops.Quantile(Ops.Ones([3]), 0.5, method: "cubic"), "[method] unknown value."),
                new(() => Ops.Median(Ops.Ones([0])), "[median] there is no value over zero elements."),
            ],
        },
        new(typeof(Sort), x => Ops.Sparsemax(x[0]), OfOne(x => x.Rows(Sparse)), DTypeRules.Floats,
            [.. ((Shape[])[[1], [37], [4, 3, 5], [5, 300], [300, 70]]).Select(s => (Arg[])[A(s, Range(-2, 2))])])
        {
            Label = "for sparsemax",
            Steps = 32,
            Scale = Scale.Largest,
        },
    ];

    static double Quantile(double[] row, double q)
    {
        var (sorted, at) = (row.Order().ToArray(), q * (row.Length - 1));
        double low = sorted[(int)Math.Floor(at)], high = sorted[(int)Math.Ceiling(at)];
        return low + ((high - low) * (at - Math.Floor(at)));
    }

    // The threshold by bisection: the sum of what is above it falls.
    static double[] Sparse(double[] row)
    {
        double low = row.Max() - 1, high = row.Max();
        for (var i = 0; i < 100; i++)
        {
            var middle = (low + high) / 2;
            if (Nd.Sum(row.Select(v => Math.Max(0, v - middle))) > 1) low = middle;
            else high = middle;
        }
        return [.. row.Select(v => Math.Max(0, v - low))];
    }
}
