namespace Keras.Kernels.Tests.Table;

using static Domains;

static partial class OpTable
{
    // Scalar, empty, odd, several ranks, and enough for several blocks.
    static readonly Shape[] Shapes = [[], [0], [37], [3, 0, 2], [4, 9], [2, 3, 5], [2, 3, 2, 5], [70_001]];

    static readonly (Shape, Shape)[] Pairs =
    [
        ([], []), ([37], [37]), ([37], []), ([], [7, 5]), ([0], [1]), ([2, 3, 5], [5]), ([2, 1, 5], [3, 1]), ([2, 3, 2, 5], [2, 1, 2, 1]),
        ([4, 1], [1, 9]), ([70_001], [70_001]), ([1000, 70], [70]), ([1000, 70], [1000, 1]),
    ];

    static readonly double[] Unusual =
        [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0, -0.0, 1, -1, 0.5, 1e-40, -1e-40, 1e30, -1e30, 3e-6, 200, -200];

    static readonly double[] Edges = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0, -0.0, 1, -1, 2, -2, 0.5, 3];

    // A vector library's usual bound for a function that it does not round correctly.
    const double Approximate = 4;

    static OpRow Unary<T>(Func<Tensor, Tensor> call, Func<double, double> reference, Domain domain, DType[]? dtypes = null, double steps = Approximate)
        where T : Op => new(typeof(T), x => call(x[0]), One(x => x[0].Map(reference)), dtypes ?? DTypeRules.Floats,
            [.. Shapes.Select(s => (Arg[])[A(s, domain)])])
        {
            Steps = steps,
            Specials = [[Nd.Vector(Unusual)]],
        };

    static OpRow Exact<T>(Func<Tensor, Tensor> call, Func<double, double> reference, Domain domain, DType[]? dtypes = null) where T : Op =>
        Unary<T>(call, reference, domain, dtypes, 0.5);

    static OpRow Binary<T>(Func<Tensor, Tensor, Tensor> call, Func<double, double, double> reference, Domain a, Domain b, DType[] dtypes,
        double steps = 0.5) where T : Op => new(typeof(T), x => call(x[0], x[1]), One(x => Stretch(x, v => reference(v[0], v[1]))), dtypes,
            [.. Pairs.Select(p => (Arg[])[A(p.Item1, a), A(p.Item2, b)])])
        {
            Steps = steps,
            Specials = [[Nd.Vector([.. Edges.SelectMany(_ => Edges)]), Nd.Vector([.. Edges.SelectMany(e => Enumerable.Repeat(e, Edges.Length))])]],
            Faults = [new(() => call(Ops.Ones([2]), Ops.Ones([3])), "shapes cannot be broadcast together. Expected: equal dimensions, or 1. Received: (2,) and (3,).")],
        };

    static OpRow Comparison<T>(Func<Tensor, Tensor, Tensor> call, Func<double, double, bool> reference) where T : Op =>
        Binary<T>(call, (a, b) => reference(a, b) ? 1 : 0, Whole(-2, 2), Whole(-2, 2), DTypeRules.All) with { Order = 0 };

    static OpRow Integers<T>(Func<Tensor, Tensor, Tensor> call, Func<long, long, double> reference, Domain a, Domain b, params DType[] more) where T : Op =>
        Binary<T>(call, (x, y) => reference((long)x, (long)y), a, b, [.. DTypeRules.Integers, .. more]) with
        {
            Order = 0,
            Specials = [],
            Faults = [],
        };

    static Nd Stretch(Nd[] xs, Func<double[], double> function)
    {
        var shape = xs.Aggregate(Shape.Scalar, (s, x) => Shape.Broadcast(s, x.Shape, "reference"));
        var values = new double[xs.Length];
        return Nd.Make(shape, index =>
        {
            for (var i = 0; i < xs.Length; i++) values[i] = xs[i].Stretched(index);
            return function(values);
        });
    }

    static IEnumerable<OpRow> Unaries() =>
    [
        Exact<Negative>(Ops.Negative, x => -x, Range(-9, 9), [.. DTypeRules.Floats, .. DTypeRules.Signed]),
        Exact<Abs>(Ops.Abs, Math.Abs, Signed(1, 9), [.. DTypeRules.Floats, .. DTypeRules.Signed]),
        Exact<Sign>(Ops.Sign, x => double.IsNaN(x) ? x : Math.Sign(x), Whole(-2, 2), DTypeRules.Numbers) with { Order = 0, ZeroSign = false },
        Exact<Square>(Ops.Square, x => x * x, Range(-9, 9), DTypeRules.Numbers),
        Exact<Sqrt>(Ops.Sqrt, Math.Sqrt, Range(0.1, 9)),
        Unary<Rsqrt>(Ops.Rsqrt, x => 1 / Math.Sqrt(x), Range(0.1, 9)),
        Unary<Cbrt>(Ops.Cbrt, Math.Cbrt, Signed(0.1, 9)),
        Exact<Reciprocal>(Ops.Reciprocal, x => 1 / x, Signed(0.1, 9)),
        Unary<Exp>(Ops.Exp, Math.Exp, Range(-8, 8)),
        Unary<Expm1>(Ops.Expm1, References.Expm1, Magnitudes(1e-6, 5)),
        Unary<Log>(Ops.Log, Math.Log, Range(0.05, 9)),
        Unary<Log1p>(Ops.Log1p, References.Log1p, Magnitudes(1e-6, 0.9)),
        Unary<Log2>(Ops.Log2, Math.Log2, Range(0.05, 9)),
        Unary<Log10>(Ops.Log10, Math.Log10, Range(0.05, 9)),
        Unary<Sin>(Ops.Sin, Math.Sin, Range(-9, 9)),
        Unary<Cos>(Ops.Cos, Math.Cos, Range(-9, 9)),
        Unary<Tan>(Ops.Tan, Math.Tan, Range(-1.4, 1.4)),
        Unary<Arcsin>(Ops.Arcsin, Math.Asin, Range(-0.95, 0.95)),
        Unary<Arccos>(Ops.Arccos, Math.Acos, Range(-0.95, 0.95)),
        Unary<Arctan>(Ops.Arctan, Math.Atan, Range(-9, 9)),
        Unary<Sinh>(Ops.Sinh, Math.Sinh, Magnitudes(1e-4, 5)),
        Unary<Cosh>(Ops.Cosh, Math.Cosh, Range(-5, 5)),
        Unary<Tanh>(Ops.Tanh, Math.Tanh, Magnitudes(1e-4, 5)),
        Unary<Arcsinh>(Ops.Arcsinh, Math.Asinh, Magnitudes(1e-4, 9)),
        Unary<Arccosh>(Ops.Arccosh, Math.Acosh, Range(1.1, 9)),
        Unary<Arctanh>(Ops.Arctanh, Math.Atanh, Magnitudes(1e-4, 0.95)),
        Unary<Erf>(Ops.Erf, References.Erf, Magnitudes(1e-4, 3)),
        Unary<Erfinv>(Ops.Erfinv, References.ErfInv, Magnitudes(1e-4, 0.95)),
        Exact<Floor>(Ops.Floor, Math.Floor, Quarters) with { Order = 0 },
        Exact<Ceil>(Ops.Ceil, Math.Ceiling, Quarters) with { Order = 0 },
        Exact<Round>(x => Ops.Round(x), x => Math.Round(x, MidpointRounding.ToEven), Quarters) with { Order = 0 },
        Exact<Trunc>(Ops.Trunc, Math.Truncate, Quarters) with { Order = 0 },
        Unary<Sigmoid>(Ops.Sigmoid, References.Sigmoid, Range(-8, 8)),
        Unary<Softplus>(Ops.Softplus, x => double.IsNaN(x) ? x : Math.Max(x, 0) + References.Log1p(Math.Exp(-Math.Abs(x))), Range(-8, 8)),
        Unary<LogSigmoid>(Ops.LogSigmoid, x => double.IsNaN(x) ? x : Math.Min(x, 0) - References.Log1p(Math.Exp(-Math.Abs(x))), Range(-8, 8)) with { ZeroSign = false },
        Exact<Relu>(Ops.Relu, x => x < 0 ? 0 : x, Signed(0.1, 9), DTypeRules.Numbers) with { ZeroSign = false },
        Exact<BitwiseNot>(Ops.BitwiseNot, x => -x - 1, Whole(0, 100), DTypeRules.Integers) with { Order = 0 },
        Exact<IsNan>(Ops.Isnan, x => double.IsNaN(x) ? 1 : 0, Range(-2, 2)) with { Order = 0 },
        Exact<IsInf>(Ops.Isinf, x => double.IsInfinity(x) ? 1 : 0, Range(-2, 2)) with { Order = 0 },
        Exact<IsFinite>(Ops.Isfinite, x => double.IsFinite(x) ? 1 : 0, Range(-2, 2)) with { Order = 0 },
        Exact<LogicalNot>(Ops.LogicalNot, x => x == 0 ? 1 : 0, Whole(-1, 1), DTypeRules.All) with { Order = 0 },
        Exact<Copy>(x => new Copy().On(x), x => x, Range(-9, 9), DTypeRules.All),
        .. Casts(),
    ];

    static IEnumerable<OpRow> Casts()
    {
        foreach (var to in DTypeRules.All)
        {
            // Within the range of every dtype that is involved; what lies beyond is in CastTests.
            Domain domain = to == DType.Bool ? Whole(-1, 1) : to.IsUnsigned() ? Range(0, 100) : Range(-100, 100);
            var row = Exact<Cast>(x => Ops.Cast(x, to), x => to.IsFloating() || to == DType.Bool ? x : Math.Truncate(x), domain,
                [.. DTypeRules.All.Where(d => d != to)]);
            yield return row with { Label = $"to {to.Name()}", Specials = to.IsFloating() ? row.Specials : [], Order = to == DType.Float64 ? 2 : 0 };
        }
    }

    static IEnumerable<OpRow> Binaries() =>
    [
        Binary<Add>(Ops.Add, (a, b) => a + b, Range(-90, 90), Range(-90, 90), DTypeRules.All),
        Binary<Subtract>(Ops.Subtract, (a, b) => a - b, Range(-90, 90), Range(-90, 90), DTypeRules.All),
        Binary<Multiply>(Ops.Multiply, (a, b) => a * b, Range(-90, 90), Range(-90, 90), DTypeRules.All),
        Binary<Divide>(Ops.Divide, (a, b) => a / b, Range(-9, 9), Signed(0.5, 9), DTypeRules.Floats),
        Binary<Power>(Ops.Power, Math.Pow, Range(0.2, 3), Range(-3, 3), DTypeRules.Floats, Approximate),
        Binary<Power>(Ops.Power, Math.Pow, Whole(-5, 5), Whole(0, 3), DTypeRules.Signed) with { Label = "of integers", Order = 0, Specials = [] },
        Binary<Mod>(Ops.Mod, References.Mod, Range(-90, 90), Signed(1, 9), DTypeRules.Floats) with { ZeroSign = false, Order = 0 },
        // Quotients between 2 and 3, and their negatives: the remainder does not jump.
        Binary<Mod>(Ops.Mod, References.Mod, Range(5.1, 5.4), Signed(1.85, 2.4), DTypeRules.Wide) with { Label = "between jumps", Specials = [] },
        Binary<Mod>(Ops.Mod, (a, b) => b == 0 ? 0 : References.Mod(a, b), Range(-90, 90), Whole(-3, 3), DTypeRules.Signed) with { Label = "of integers", Order = 0, Specials = [] },
        Binary<Logaddexp>(Ops.Logaddexp, References.LogAddExp, Range(-8, 8), Range(-8, 8), DTypeRules.Floats, Approximate) with { Scale = Scale.Largest, Specials = [] },
        Binary<Hypot>(Ops.Hypot, double.Hypot, Signed(0.1, 5), Signed(0.1, 5), DTypeRules.Floats, Approximate),
        Binary<SigmoidCrossentropy>((x, t) => new SigmoidCrossentropy().On(x, t), (x, t) => Math.Max(x, 0) - (x * t) + References.Log1p(Math.Exp(-Math.Abs(x))),
            Range(-8, 8), Range(0, 1), DTypeRules.Floats, Approximate) with
        {
            // The op is for operands of one shape alone. Where the terms cancel, what is left carries their rounding.
            Cases = [.. Shapes.Select(s => (Arg[])[A(s, Range(-8, 8)), A(s, Range(0, 1))])],
            Scale = Scale.Largest,
            Specials = [],
            Faults = [],
        },
        Binary<Arctan2>(Ops.Arctan2, Math.Atan2, Signed(0.1, 5), Signed(0.1, 5), DTypeRules.Floats, Approximate),
        Binary<Maximum>(Ops.Maximum, Math.Max, Distinct, Range(-9, 9), DTypeRules.All) with { ZeroSign = false },
        Binary<Minimum>(Ops.Minimum, Math.Min, Distinct, Range(-9, 9), DTypeRules.All) with { ZeroSign = false },
        Binary<ReluGradient>((y, g) => new ReluGradient().On(y, g), (y, g) => y > 0 ? g : 0, Signed(0.1, 2), Range(-2, 2), DTypeRules.Floats) with
        {
            // The op is for operands of one shape alone.
            Cases = [.. Shapes.Select(s => (Arg[])[A(s, Signed(0.1, 2)), A(s, Range(-2, 2))])],
            Specials = [[Nd.Vector(double.NaN, 0, -0.0, 1, double.PositiveInfinity), Nd.Vector(1, 2, 3, double.NaN, 5)]],
            Faults = [],
        },
        Integers<FloorDivide>(Ops.FloorDivide, (a, b) => b == 0 ? 0 : Math.Floor(a / (double)b), Whole(0, 90), Whole(0, 3)),
        Binary<FloorDivide>(Ops.FloorDivide, (a, b) => b == 0 ? 0 : Math.Floor(a / b), Whole(-90, 90), Whole(-3, 3), DTypeRules.Signed) with
        {
            Label = "of signed integers",
            Order = 0,
            Specials = [],
        },
        Integers<BitwiseAnd>(Ops.BitwiseAnd, (a, b) => a & b, Whole(0, 99), Whole(0, 99), DType.Bool) with { Faults = [Floating(Ops.BitwiseAnd, "BitwiseAnd")] },
        Integers<BitwiseOr>(Ops.BitwiseOr, (a, b) => a | b, Whole(0, 99), Whole(0, 99), DType.Bool) with { Faults = [Floating(Ops.BitwiseOr, "BitwiseOr")] },
        Integers<BitwiseXor>(Ops.BitwiseXor, (a, b) => a ^ b, Whole(0, 99), Whole(0, 99), DType.Bool) with { Faults = [Floating(Ops.BitwiseXor, "BitwiseXor")] },
        Integers<LeftShift>(Ops.LeftShift, (a, b) => a << (int)b, Whole(0, 99), Whole(0, 4)),
        Integers<RightShift>(Ops.RightShift, (a, b) => a >> (int)b, Whole(0, 99), Whole(0, 4)),
        Binary<RightShift>(Ops.RightShift, (a, b) => (long)a >> (int)b, Whole(-99, 99), Whole(0, 4), DTypeRules.Signed) with
        {
            Label = "of signed integers",
            Order = 0,
            Specials = [],
            Faults = [],
        },
        Comparison<Equal>(Ops.Equal, (a, b) => a == b),
        Comparison<NotEqual>(Ops.NotEqual, (a, b) => a != b),
        Comparison<Less>(Ops.Less, (a, b) => a < b),
        Comparison<LessEqual>(Ops.LessEqual, (a, b) => a <= b),
        Comparison<Greater>(Ops.Greater, (a, b) => a > b),
        Comparison<GreaterEqual>(Ops.GreaterEqual, (a, b) => a >= b),
        new(typeof(Clip), x => new Clip().On(x), One(x => Stretch(x, v => Math.Min(Math.Max(v[0], v[1]), v[2]))), DTypeRules.Numbers,
        [
            .. Shapes.Select(s => (Arg[])[A(s, Range(0, 90)), A([], Whole(20, 30)), A([], Whole(50, 60))]),
            [A([2, 3, 5], Range(0, 90)), A([5], Range(20, 30)), A([3, 1], Range(50, 60))],
        ])
        {
            Specials =
            [
                [Nd.Vector(double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0, 9), Nd.Scalar(-1), Nd.Scalar(1)],
                [Nd.Vector(0, 9), Nd.Scalar(double.NaN), Nd.Scalar(1)],
                [Nd.Vector(0, 9), Nd.Scalar(3), Nd.Scalar(1)],
            ],
        },
        new(typeof(Select), x => Ops.Where(x[0], x[1], x[2]), One(x => Stretch(x, v => v[0] != 0 ? v[1] : v[2])), DTypeRules.All,
        [
            .. Pairs.Select(p => (Arg[])[A(p.Item1, Truths, DType.Bool), A(p.Item1, Range(-9, 9)), A(p.Item2, Range(-9, 9))]),
            [A([3, 1], Truths, DType.Bool), A([5], Range(-9, 9)), A([], Range(-9, 9))],
            [A([2, 3, 5], Truths, DType.Bool), A([3, 1], Range(-9, 9)), A([2, 1, 5], Range(-9, 9))],
        ]),
    ];

    static Fault Floating(Func<Tensor, Tensor, Tensor> call, string name) => new(() => call(Ops.Ones([2]), Ops.Ones([2])),
        $"[{name}] bits are those of integers. Expected: an integer or bool dtype. Received: float32.");
}
