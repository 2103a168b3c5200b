namespace Keras.Kernels.Tests.Table;

using static Domains;

static partial class OpTable
{
    static readonly Shape[] Tables = [[37], [5, 10], [2, 3, 7], [0, 4], [3, 1], [700, 101]];

    // exp(x - max) carries the rounding of x - max: up to its size in steps, here 10.
    const double Exponential = 16;

    static double[] Softmax(double[] row)
    {
        var max = row.Max();
        var exp = Array.ConvertAll(row, v => Math.Exp(v - max));
        var sum = Nd.Sum(exp);
        return Array.ConvertAll(exp, v => v / sum);
    }

    static double[] LogSoftmax(double[] row)
    {
        var max = row.Max();
        var log = Math.Log(Nd.Sum(row.Select(v => Math.Exp(v - max))));
        return Array.ConvertAll(row, v => v - max - log);
    }

    static double LogSumExp(double[] row)
    {
        var max = double.IsFinite(row.Max()) ? row.Max() : 0;
        return Math.Log(Nd.Sum(row.Select(v => Math.Exp(v - max)))) + max;
    }

    /// <summary>Each row of the first array by those of the others; vectors count one element a row.</summary>
    static Nd ByRow(Nd[] x, Func<double[][], double[]> function, bool keeps = true)
    {
        var columns = x[0].Shape[-1];
        var rows = columns == 0 ? 0 : x[0].Size / columns;
        var values = Enumerable.Range(0, rows).SelectMany(r => function([.. x.Select(a =>
        {
            var width = a.Size / Math.Max(rows, 1);
            return a.Values[(r * width)..((r + 1) * width)];
        })]));
        return new(keeps ? x[0].Shape : x[0].Shape.Slice(0, x[0].Shape.Rank - 1), [.. values]);
    }

    static OpRow ByRow<T>(Func<Tensor[], Tensor> call, Func<Nd[], Nd> reference, params Domain[] domains) where T : Op =>
        new(typeof(T), call, One(reference), DTypeRules.Floats, [.. Tables.Select(s => domains.Select(d => A(s, d)).ToArray())])
        {
            Steps = Exponential,
        };

    static readonly Nd[][] Logits =
    [
        [new([2, 3], [1000, 0, -1000, double.NegativeInfinity, 0, 0])], [new([1, 2], [double.NaN, 1])], [new([2, 1], [5, double.NegativeInfinity])],
        [new([1, 40], [.. Enumerable.Repeat(-1e30, 39), 1e30])],
    ];

    static readonly (Shape Rows, int Count)[] Classes = [([], 4), ([5], 10), ([2, 3], 7), ([0], 4), ([3], 1), ([700], 101)];

    static Arg[] Classified(Shape rows, int classes, bool gradient) =>
    [
        A(rows.Append([classes]), Range(-5, 5)), A(rows, Whole(0, classes - 1), DType.Int32), .. (Arg[])(gradient ? [A(rows, Range(-2, 2))] : []),
    ];

    static OpRow Labelled<T>(Func<Tensor[], Tensor> call, Func<double[][], double[]> row, bool gradient = false) where T : Op =>
        new(typeof(T), call, One(x => ByRow(x, row, gradient)), DTypeRules.Floats,
            [.. Classes.Select(c => Classified(c.Rows, c.Count, gradient))])
        {
            Steps = Exponential,
            Scale = Scale.Largest,
        };

    static IEnumerable<OpRow> FusedOps() =>
    [
        ByRow<Keras.Softmax>(x => Ops.Softmax(x[0]), x => x[0].Rows(Softmax), Range(-5, 5)) with
        {
            Specials = Logits,
            Faults = [new(() => Ops.Softmax(1.0), "[softmax] a scalar has no axis. Expected: 1 dimension or more. Received: ().")],
        },
        ByRow<Keras.LogSoftmax>(x => Ops.LogSoftmax(x[0]), x => x[0].Rows(LogSoftmax), Range(-5, 5)) with
        {
            // Near 0, at a probability of nearly 1, the difference cancels.
            Scale = Scale.Largest,
            Specials = Logits,
            ZeroSign = false,
        },
        ByRow<LogSumExp>(x => Ops.Logsumexp(x[0], -1), x => ByRow(x, r => [LogSumExp(r[0])], keeps: false), Range(-5, 5)) with
        {
            Scale = Scale.Largest,
            Specials = [.. Logits, [new([2, 2], [double.PositiveInfinity, 1, double.NegativeInfinity, double.NegativeInfinity])]],
        },
        .. Gelus(true), .. Gelus(false),
        ByRow<SoftmaxGradient>(x => new SoftmaxGradient().On(x), x => ByRow(x, r =>
        {
            var dot = Nd.Sum(r[0].Zip(r[1], (y, g) => y * g));
            return [.. r[0].Zip(r[1], (y, g) => y * (g - dot))];
        }), Range(0, 1), Range(-2, 2)) with { Scale = Scale.Largest },
        ByRow<LogSoftmaxGradient>(x => new LogSoftmaxGradient().On(x), x => ByRow(x, r =>
        {
            var sum = Nd.Sum(r[1]);
            return [.. r[0].Zip(r[1], (y, g) => g - (Math.Exp(y) * sum))];
        }), Range(-5, 0), Range(-2, 2)) with { Scale = Scale.Largest },
        Labelled<PickLabel>(x => new PickLabel().On(x), r => [r[0][(int)r[1][0]]]) with { Steps = 0.5, Scale = Scale.Element, Faults = LabelFaults(x => new PickLabel().On(x), "PickLabel") },
        Labelled<SparseCrossentropy>(x => new SparseCrossentropy().On(x), r => [-LogSoftmax(r[0])[(int)r[1][0]]]) with
        {
            Faults = LabelFaults(x => new SparseCrossentropy().On(x), "SparseCrossentropy"),
        },
        Labelled<SparseCrossentropyGradient>(x => new SparseCrossentropyGradient().On(x),
            r => [.. Softmax(r[0]).Select((p, i) => (p - (i == (int)r[1][0] ? 1 : 0)) * r[2][0])], gradient: true),
        ByRow<SoftCrossentropy>(x => new SoftCrossentropy().On(x),
            x => ByRow(x, r => [-Nd.Sum(r[1].Zip(LogSoftmax(r[0]), (t, log) => t * log))], keeps: false), Range(-5, 5), Range(0, 1)) with { Scale = Scale.Largest },
        new(typeof(SoftCrossentropyGradient), x => new SoftCrossentropyGradient().On(x), One(x => ByRow(x, r =>
        {
            var sum = Nd.Sum(r[1]);
            return [.. Softmax(r[0]).Zip(r[1], (p, t) => ((p * sum) - t) * r[2][0])];
        })), DTypeRules.Floats, [.. Tables.Select(s => (Arg[])[A(s, Range(-5, 5)), A(s, Range(0, 1)), A(s.Slice(0, s.Rank - 1), Range(-2, 2))])])
        {
            Steps = Exponential,
            Scale = Scale.Largest,
        },
        .. BatchNormalizations([7, 3], 1), .. BatchNormalizations([2, 3, 4, 5], 3), .. BatchNormalizations([2, 3, 4], 1), .. BatchNormalizations([20, 30, 37], 2),
    ];

    static IEnumerable<OpRow> Gelus(bool approximate)
    {
        double Below(double x) => 0.5 * (1 + (approximate ? Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))) : References.Erf(x / Math.Sqrt(2))));
        double Slope(double x) => approximate
            ? 2 * Below(x) * (1 - Below(x)) * Math.Sqrt(2 / Math.PI) * (1 + (3 * 0.044715 * x * x))
            : Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);
        Shape[] shapes = [[], [37], [5, 10], [0, 4], [70_001]];
        var forward = new OpRow(typeof(Gelu), x => Ops.Gelu(x[0], approximate), One(x => new Nd(x[0].Shape, [.. x[0].Values.Select(v => v * Below(v))])), DTypeRules.Floats, [.. shapes.Select(s => (Arg[])[A(s, Range(-4, 4))])])
        {
            Label = approximate ? "tanh" : "erf",
            Steps = Exponential,
            Scale = Scale.Largest,
        };
        yield return forward;
        yield return forward with
        {
            Op = typeof(GeluGradient),
            Call = x => new GeluGradient(approximate).On(x),
            Reference = One(x => new Nd(x[0].Shape, [.. x[0].Values.Zip(x[1].Values, (v, g) => g * (Below(v) + (v * Slope(v))))])),
            Cases = [.. shapes.Select(s => (Arg[])[A(s, Range(-4, 4)), A(s, Range(-2, 2))])],
        };
    }

    static OpRow[] BatchNormalizations(Shape shape, int axis)
    {
        const double Epsilon = 1e-3;
        Shape channels = [shape[axis]];
        Axes others = [.. Enumerable.Range(0, shape.Rank).Where(i => i != axis)];
        double Count() => shape.Size / (double)shape[axis];
        Arg[] vectors = [A(channels, Range(0.5, 2)), A(channels, Range(-1, 1))];
        Nd Sums(Nd values) => values.Reduce(others, false, v => Nd.Sum(v));
        Nd Along(Func<int[], int, double> element) => Nd.Make(shape, i => element(i, i[axis]));
        Nd[] Forward(Nd[] x)
        {
            var mean = x[0].Reduce(others, false, v => Nd.Sum(v) / v.Length);
            var variance = Along((i, c) => Math.Pow(x[0][i] - mean.Values[c], 2)).Reduce(others, false, v => Nd.Sum(v) / v.Length);
            return [Along((i, c) => ((x[0][i] - mean.Values[c]) / Math.Sqrt(variance.Values[c] + Epsilon) * x[1].Values[c]) + x[2].Values[c]), mean, variance];
        }
        Nd[] Backward(Nd[] x)
        {
            double Inverse(int c) => 1 / Math.Sqrt(x[3].Values[c] + Epsilon);
            var normal = Along((i, c) => (x[0][i] - x[2].Values[c]) * Inverse(c));
            var (dbeta, dgamma) = (Sums(x[1]), Sums(Along((i, _) => x[1][i] * normal[i])));
            return [Along((i, c) => x[4].Values[c] * Inverse(c) * (x[1][i] - (dbeta.Values[c] / Count()) - (normal[i] * dgamma.Values[c] / Count()))), dgamma, dbeta];
        }
        OpRow Row(Op op, Func<Tensor[], Tensor> call, Func<Nd[], Nd[]> reference, params Arg[] args) => new(op.GetType(), call, reference, DTypeRules.Wide, [args])
        {
            Label = $"{shape} along {axis}",
            // Means and variances are sums; the variance is subtracted from and divided by.
            Steps = 4 * Summed,
            Scale = Scale.Largest,
        };
        var forward = new BatchNormalize(axis, Epsilon);
        var backward = new BatchNormalizeGradient(axis, Epsilon);
        var parts = Row(forward, x => forward.On(x), Forward, [A(shape, Range(-2, 3)), .. vectors]);
        return
        [
            parts,
            parts with { Call = x => new Part(0).On(forward.On(x)), Reference = x => Forward(x)[..1], Label = parts.Label + ", result alone" },
            Row(backward, x => backward.On(x), Backward, A(shape, Range(-2, 3)), A(shape, Range(-2, 2)), vectors[1], A(channels, Range(0.5, 2)), vectors[0]),
        ];
    }

    static Fault[] LabelFaults(Func<Tensor[], Tensor> call, string name) =>
    [
        new(() => call([Ops.Ones([2, 3]), Tensor.Of([1, 3], [2])]), "[sparse_categorical_crossentropy] a label is out of range. Expected: 0 to 2. Received: 3 at position 1."),
        new(() => call([Ops.Ones([2, 3]), Tensor.Of([-1, 3], [2])]), "Received: -1 at position 0."),
        new(() => call([Ops.Ones([2, 3]), Tensor.Of([1, 2, 0], [3])]), $"[{name}] the labels do not fit the predictions. Expected: (2,). Received: (3,)."),
        new(() => call([Ops.Ones([2, 3]), Ops.Ones([2])]), $"[{name}] labels are integers. Expected: an integer dtype. Received: float32."),
    ];

    static readonly Arg Key = A([2], Bits, DType.UInt32);

    static (uint High, uint Low) Words(Nd key, int i) => References.Threefry((uint)key.Values[0], (uint)key.Values[1], (ulong)i);

    static uint Word(Nd key, int i) => Words(key, i) is var (high, low) ? high ^ low : 0;

    /// <summary>In [0, 1): the mantissa is random. Single precision takes one word, double precision two.</summary>
    static double Unit(Nd key, int i, DType dtype) => dtype == DType.Float32
        ? (Word(key, i) >> 9) * Math.Pow(2, -23)
        : ((((ulong)Words(key, i).High << 32) | Words(key, i).Low) >> 12) * Math.Pow(2, -52);

    /// <summary>An even number as the dtype rounds it on the way.</summary>
    static double Even(Nd key, int i, DType dtype, double low, double high)
    {
        double R(double v) => DTypeRules.Round(v, dtype);
        return Math.Max(R(low), R(R(Unit(key, i, dtype) * R(R(high) - R(low))) + R(low)));
    }

    static double Normal(Nd key, int i, DType dtype, double low, double high) => Math.Sqrt(2) * References.ErfInv(Even(key, i, dtype, low, high));

    static OpRow Drawn<T>(string label, int count, Func<Shape, DType, Op> op, Func<Nd, int, double> element, DType dtype, double steps = 0) where T : Op =>
        new(typeof(T), x => op([count], dtype).On(x[0]), One(x => Nd.Make([count], i => element(x[0], i[0]))), [DType.UInt32], [[Key]])
        {
            Label = $"{label} {count} {dtype.Name()}",
            Order = 0,
            Steps = steps,
        };

    static IEnumerable<OpRow> Randoms()
    {
        foreach (var n in (int[])[0, 1, 37, 70_001])
        {
            yield return Drawn<RandomBits>("", n, (s, _) => new RandomBits(s), (key, i) => Word(key, i), DType.UInt32);
            yield return Drawn<RandomBernoulli>("", n, (s, _) => new RandomBernoulli(s, 0.3), (key, i) => Unit(key, i, DType.Float32) < 0.3f ? 1 : 0, DType.Bool);
            foreach (var d in DTypeRules.Wide)
            {
                yield return Drawn<RandomUniform>("", n, (s, t) => new RandomUniform(new(t, s), -2, 3), (key, i) => Even(key, i, d, -2, 3), d);
                var open = d == DType.Float32 ? MathF.BitIncrement(-1) : Math.BitIncrement(-1);
                // The bits of JAX are a polynomial's, which is nearer than this to the function: see the goldens.
                yield return Drawn<RandomNormal>("", n, (s, t) => new RandomNormal(new(t, s)), (key, i) => Normal(key, i, d, open, 1), d, 8);
                yield return Drawn<RandomTruncatedNormal>("", n, (s, t) => new RandomTruncatedNormal(new(t, s), -2, 1),
                    (key, i) => Normal(key, i, d, References.Erf(-2 / Math.Sqrt(2)), References.Erf(1 / Math.Sqrt(2))), d, 8) with
                {
                    // The bounds are rounded, so the error is absolute.
                    Scale = Scale.Largest,
                };
            }
        }
        yield return new(typeof(DropoutScale), x => new DropoutScale(0.25).On(x), One(x => new(x[0].Shape, [.. x[0].Values.Select((v, i) =>
            Unit(x[1], i, DType.Float32) < 0.75f ? v / 0.75 : 0)])), DTypeRules.Floats, [.. Shapes.Select(s => (Arg[])[A(s, Range(-9, 9)), Key])])
        {
            // A product with the rounded reciprocal, or a quotient.
            Steps = 1,
        };
    }

    static OpRow Update(OptimizerUpdate op, Func<double[], double[]> element, params Domain[] domains) => new(op.GetType(), x => op.On(x), x =>
    {
        var results = Enumerable.Range(0, x[0].Size).Select(i => element([.. x.Select(a => a.Values[a.Size == 1 ? 0 : i])])).ToArray();
        return [.. Enumerable.Range(0, op.Slots + 1).Select(part => new Nd(x[0].Shape, [.. results.Select(r => r[part])]))];
    }, DTypeRules.Wide, [.. Shapes.Select(s => (Arg[])[.. domains.Select(d => A(s, d)), A([], Range(0.01, 0.02))])])
    {
        Label = $"{op}".Split('{')[1].TrimEnd('}', ' '),
        Order = 0,
        // A few roundings each, of terms that may cancel.
        Steps = Summed,
        Scale = Scale.Largest,
    };

    static IEnumerable<OpRow> Updates()
    {
        var some = Range(-2, 2);
        yield return Update(new SgdUpdate(), v => [v[0] - (v[2] * v[1])], some, some);
        foreach (var nesterov in (bool[])[false, true])
            yield return Update(new MomentumUpdate(0.9, nesterov), v =>
            {
                var m = (0.9 * v[2]) - (v[3] * v[1]);
                return [nesterov ? v[0] + (0.9 * m) - (v[3] * v[1]) : v[0] + m, m];
            }, some, some, some);
        yield return Update(new AdamUpdate(0.9, 0.99, 1e-7, false), v => Adam(v, v[4]), some, some, some, Range(0.1, 2));
        yield return Update(new AdamUpdate(0.9, 0.99, 1e-7, true), v => Adam(v, v[5], v[4]), some, some, some, Range(0.1, 2), Range(0.1, 2));
    }

    static double[] Adam(double[] v, double rate, double? largest = null)
    {
        var (m, second) = (v[2] + ((v[1] - v[2]) * (1 - 0.9)), v[3] + (((v[1] * v[1]) - v[3]) * (1 - 0.99)));
        var root = Math.Max(second, largest ?? 0);
        var w = v[0] - (rate * m / (Math.Sqrt(root) + 1e-7));
        return largest is null ? [w, m, second] : [w, m, second, root];
    }
}
