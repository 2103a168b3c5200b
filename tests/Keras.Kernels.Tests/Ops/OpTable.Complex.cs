using System.Numerics;

namespace Keras.Kernels.Tests.Table;

using static Domains;

static partial class OpTable
{
    // Ops on complex numbers, from and to pairs of reals, so that the table's tests see real tensors.
    static OpRow Complexes<T>(Func<Tensor[], Tensor> call, Func<Nd[], Nd> reference, Domain domain, params Shape[][] cases) where T : Op =>
        new(typeof(T), x => Ops.ViewAsReal(call([.. x.Select(Ops.ViewAsComplex)])), One(reference), DTypeRules.Wide,
            [.. cases.Select(c => c.Select(s => A(s.Append([2]), domain)).ToArray())])
        {
            Label = "complex",
            Steps = Approximate,
            Scale = Scale.Largest,
        };

    static OpRow ComplexMap<T>(Func<Tensor, Tensor> call, Func<Complex, Complex> reference, Domain domain) where T : Op =>
        Complexes<T>(x => call(x[0]), x => Each(x, v => reference(v[0])), domain, [.. Shapes.Select(s => (Shape[])[s])]);

    static OpRow ComplexPair<T>(Func<Tensor, Tensor, Tensor> call, Func<Complex, Complex, Complex> reference) where T : Op =>
        Complexes<T>(x => call(x[0], x[1]), x => Each(x, v => reference(v[0], v[1])), Signed(0.5, 3), [.. Pairs.Select(p => (Shape[])[p.Item1, p.Item2])]);

    /// <summary>A function of each tuple of complex numbers, stretched together; the parts stand in the last axis.</summary>
    static Nd Each(Nd[] xs, Func<Complex[], Complex> function)
    {
        var shape = xs.Aggregate(Shape.Of(2), (s, x) => Shape.Broadcast(s, x.Shape, "reference"));
        return Nd.Make(shape, index =>
        {
            Complex At(Nd x)
            {
                var at = index.ToArray();
                at[^1] = 0;
                var real = x.Stretched(at);
                at[^1] = 1;
                return new(real, x.Stretched(at));
            }
            var value = function([.. xs.Select(At)]);
            return index[^1] == 0 ? value.Real : value.Imaginary;
        });
    }

    static IEnumerable<OpRow> ComplexNumbers() =>
    [
        ComplexMap<Conj>(Ops.Conj, Complex.Conjugate, Range(-3, 3)) with { Steps = 0 },
        ComplexMap<Negative>(Ops.Negative, x => -x, Range(-3, 3)) with { Steps = 0 },
        ComplexMap<Exp>(Ops.Exp, Complex.Exp, Range(-3, 3)),
        ComplexMap<Log>(Ops.Log, Complex.Log, Signed(0.2, 3)),
        ComplexMap<Sqrt>(Ops.Sqrt, Complex.Sqrt, Signed(0.2, 3)),
        ComplexPair<Add>(Ops.Add, (a, b) => a + b),
        ComplexPair<Subtract>(Ops.Subtract, (a, b) => a - b),
        ComplexPair<Multiply>(Ops.Multiply, (a, b) => a * b),
        ComplexPair<Divide>(Ops.Divide, (a, b) => a / b),
        .. Reduced.Select(r => Complexes<Sum>(x => Ops.Sum(x[0], r.Axes, r.Keepdims), x => Over(x[0], r.Axes, r.Keepdims, v => Nd.Sum(v)), Range(-1, 1),
            [.. r.Shapes.Select(s => (Shape[])[s])]) with { Label = $"complex {r.Label}", Scale = Scale.Terms, Steps = Summed }),
        Complexes<Mean>(x => Ops.Mean(x[0], 1), x => Over(x[0], 1, false, v => v.Average()), Range(-1, 1), [[3, 5]], [[4, 3, 2]]),
        Complexes<Cumsum>(x => Ops.Cumsum(x[0], 0), x => Nd.Make(x[0].Shape, i => Enumerable.Range(0, i[0] + 1).Sum(k => x[0][[k, .. i[1..]]])), Range(-1, 1), [[7]], [[5, 3]]),
        .. from a in (bool[])[false, true] from b in (bool[])[false, true] select Product(a, b),
        Complexes<Select>(x => Ops.Where(Ops.Greater(Ops.Real(x[0]), 0), x[0], x[1]), x => Each(x, v => v[0].Real > 0 ? v[0] : v[1]), Signed(0.5, 3),
            [.. Pairs.Select(p => (Shape[])[p.Item1, p.Item2])]) with { Steps = 0 },
        Complexes<Cast>(x => Ops.Cast(Ops.Real(x[0]), x[0].DType), x => Each(x, v => v[0].Real), Range(-3, 3), [[37]], [[2, 3]]) with { Label = "to complex" },
        Complexes<Cast>(x => Ops.Cast(x[0], DType.Float64), x => Each(x, v => v[0].Real), Range(-3, 3), [[37]], [[2, 3]]) with { Label = "from complex" },
        Complexes<View>(x => Ops.Real(x[0]) * x[0], x => Each(x, v => v[0].Real * v[0]), Range(-3, 3), [[37]], [[2, 3]]),
        Complexes<TakeGradient>(x => Gradients.Of(Ops.Sum(Ops.Real(Ops.Take(x[0], Tensor.Of([1, 0, 1], [3]), 0) * Ops.Conj(x[1]))), [x[0]])[0],
            x => Nd.Make([2, 2, 2], i => i[0] == 0 ? x[1][1, i[1], i[2]] : x[1][0, i[1], i[2]] + x[1][2, i[1], i[2]]), Range(-3, 3), [[2, 2], [3, 2]]) with { Order = 0 },
    ];

    static Nd Over(Nd x, Axes? axes, bool keepdims, Func<double[], double> combine)
    {
        var shape = x.Shape.Slice(0, x.Shape.Rank - 1);
        return x.Reduce(axes is { } given ? given.Of(shape, "") : Axes.All(shape), keepdims, combine);
    }

    static readonly (Shape, Shape)[] ComplexMatrices = [([2, 3], [3, 4]), ([1, 1], [1, 1]), ([5, 2, 3], [3, 2]), ([2, 1, 2, 3], [3, 3, 2]), ([2, 0], [0, 3])];

    static OpRow Product(bool transposedA, bool transposedB) => Complexes<MatMul>(x => new MatMul(transposedA, transposedB).On(x),
        x => Product(transposedA ? Turned(x[0]) : x[0], transposedB ? Turned(x[1]) : x[1]), Range(-1, 1),
        [.. ComplexMatrices.Select(m => (Shape[])[transposedA ? Turned(m.Item1) : m.Item1, transposedB ? Turned(m.Item2) : m.Item2])]) with
    {
        Label = $"complex {(transposedA ? "Aᵀ" : "A")}{(transposedB ? "Bᵀ" : "B")}",
        Steps = 16,
    };

    static Nd Product(Nd a, Nd b)
    {
        var batch = Shape.Broadcast(a.Shape.Slice(0, a.Shape.Rank - 3), b.Shape.Slice(0, b.Shape.Rank - 3), "");
        return Nd.Make(batch.Append([a.Shape[-3], b.Shape[-2], 2]), at =>
        {
            Complex Of(Nd m, int row, int column) => new(m.Stretched([.. at[..^3], row, column, 0]), m.Stretched([.. at[..^3], row, column, 1]));
            var sum = Complex.Zero;
            for (var k = 0; k < a.Shape[-2]; k++) sum += Of(a, at[^3], k) * Of(b, k, at[^2]);
            return at[^1] == 0 ? sum.Real : sum.Imaginary;
        });
    }

    static Shape Turned(Shape shape) => shape.Slice(0, shape.Rank - 2).Append([shape[-1], shape[-2]]);

    static Nd Turned(Nd x) => Permute(x, [.. Enumerable.Range(0, x.Shape.Rank - 3), x.Shape.Rank - 2, x.Shape.Rank - 3, x.Shape.Rank - 1]);
}
