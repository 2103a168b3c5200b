namespace Keras.Kernels.Tests.Table;

using static Domains;

static partial class OpTable
{
    static readonly Shape[] Decomposed =
        [[1, 1], [3, 3], [5, 4], [4, 5], [12, 3], [3, 12], [2, 3, 4], [0, 3, 2], [2, 0, 3], [2, 3, 0], [37, 20], [20, 37], [70, 60], [200, 40], [17, 9, 9], [230, 210]];

    /// <summary>Matrices whose singular values are clearly apart, so that vectors are determined.</summary>
    static Domain Graded(Shape shape)
    {
        int m = Math.Max(1, shape[-2]), n = Math.Max(1, shape[-1]);
        return (random, i, _) => (i % (m * n) / n == i % n ? 1 + (1.5 * (i % n)) : 0) + (0.5 * (random.NextDouble() - 0.5));
    }

    static OpRow Of<T>(Func<Tensor[], Tensor> call, Func<Nd[], Nd[]> reference, IEnumerable<Arg[]> cases, string label = "") where T : Op =>
        new(typeof(T), call, reference, DTypeRules.Wide, [.. cases]) { Label = label, Steps = 100, Scale = Scale.Largest };

    static IEnumerable<Arg[]> RandomCases => Decomposed.Select(s => (Arg[])[A(s, Range(-1, 1))]);

    static IEnumerable<Arg[]> GradedCases => Decomposed.Where(s => s.Size is > 0 and < 200).Select(s => (Arg[])[A(s, Graded(s))]);

    // Where vectors fill up a side, only large cases: they are not differentiated.
    static IEnumerable<Arg[]> Filled(IEnumerable<Arg[]> cases, Func<Shape, bool> filled) => cases.Where(c => !filled(c[0].Shape) || c[0].Shape.Size is 0 or > 1000);

    static IEnumerable<OpRow> Decompositions() => [.. Svds(), .. Qrs(), .. Inverses()];

    static Tensor First(Tensor x, int axis, int count) => Ops.Take(x, Ops.Arange(count), axis);

    static Nd Units(Nd x, int n) => Dense.Each(x, [n, n], _ => Dense.Unit(n));

    /// <summary>The sum of the fourth powers of the singular values, by products of the matrix alone.</summary>
    static Nd FourthPowers(Nd x) => Dense.Numbers(x, a => Dense.Values(Dense.Product(Dense.Transposed(a), a)).Sum(v => v * v));

    static IEnumerable<OpRow> Svds()
    {
        OpRow Values(Func<Tensor, Tensor> call, string label) => Of<Svd>(x => Ops.Sum(Ops.Power(call(x[0]), 4), -1), One(x => FourthPowers(x[0])), RandomCases, label);
        yield return Values(x => Ops.Svd(x, computeUv: false)[0], "of values alone") with
        {
            Faults = [new(() => Ops.Svd(Ops.Ones([3])).S, "[svd] there are no matrices. Expected: 2 dimensions or more. Received: (3,).")],
        };
        yield return Values(x => Ops.Svd(x).S, "of values beside full vectors");
        yield return Of<Svd>(x =>
        {
            var (u, s, vh) = Ops.Svd(x[0], fullMatrices: false);
            return new Pack().On(u * u, s, vh * vh);
        }, x => Dense.SquaredSvd(x[0]), GradedCases, "squared");
        foreach (var full in (bool[])[false, true])
        {
            Arg[][] cases = [.. full ? Filled(RandomCases, s => s[-1] != s[-2]) : RandomCases];
            yield return Of<Svd>(x =>
            {
                var (u, s, vh) = Ops.Svd(x[0], full);
                var k = s.Shape[-1];
                return Ops.Matmul(First(u, -1, k) * Ops.ExpandDims(s, -2), First(vh, -2, k));
            }, One(x => x[0]), cases, full ? "rebuilt from full vectors" : "rebuilt");
            yield return Of<Svd>(x =>
            {
                var (u, _, vh) = Ops.Svd(x[0], full);
                return new Pack().On(Ops.Matmul(Ops.Swapaxes(u, -1, -2), u), Ops.Matmul(vh, Ops.Swapaxes(vh, -1, -2)));
            }, x => [.. ((int[])[-2, -1]).Select(side => Units(x[0], full ? x[0].Shape[side] : Math.Min(x[0].Shape[-2], x[0].Shape[-1])))], cases,
                full ? "orthogonal" : "with orthonormal vectors");
        }
    }

    static IEnumerable<OpRow> Qrs()
    {
        foreach (var complete in (bool[])[false, true])
        {
            var mode = complete ? "complete" : "reduced";
            Arg[][] cases = [.. complete ? Filled(RandomCases, s => s[-2] > s[-1]) : RandomCases];
            yield return Of<Qr>(x => new Qr(complete).On(x[0]), x => Dense.Qr(x[0], complete), complete ? Filled(GradedCases, s => s[-2] > s[-1]) : GradedCases, mode) with
            {
                Faults =
                [
                    new(() => Ops.Qr(Ops.Ones([3]), mode).R, "[qr] there are no matrices. Expected: 2 dimensions or more. Received: (3,)."),
                    new(() => Ops.Qr(Ops.Ones([3, 3]), "r").R, "[mode] unknown value. Expected: \"reduced\", \"complete\". Received: \"r\"."),
                ],
            };
            yield return Of<Qr>(x => Ops.Matmul(Ops.Qr(x[0], mode).Q, Ops.Qr(x[0], mode).R), One(x => x[0]), cases, $"{mode}, rebuilt");
            yield return Of<Qr>(x => new MatMul(TransposeA: true).On(Ops.Qr(x[0], mode).Q, Ops.Qr(x[0], mode).Q),
                One(x => Units(x[0], complete ? x[0].Shape[-2] : Math.Min(x[0].Shape[-2], x[0].Shape[-1]))), cases, $"{mode}, orthonormal");
        }
        // The triangle has a gradient where Q has not.
        yield return Of<Qr>(x => Ops.Qr(x[0], "complete").R, One(x => Dense.Qr(x[0], true)[1]), GradedCases, "complete, triangle alone");
    }

    /// <summary>Pairs of matrices whose product has the rank that lies between them.</summary>
    static readonly (Shape Left, Shape Right)[] Products2 = [([4, 2], [2, 5]), ([5, 3], [3, 3]), ([3, 4, 2], [3, 2, 4]), ([1, 1], [1, 3]), ([40, 7], [7, 30])];

    static IEnumerable<OpRow> Inverses()
    {
        Nd Inverse(Nd x) => Dense.Each(x, [x.Shape[-1], x.Shape[-2]], Dense.Pinv);
        Nd Product(Nd a, Nd b)
        {
            var right = Dense.Of(b).ToArray();
            return new(a.Shape.With(a.Shape.Rank - 1, b.Shape[-1]), [.. Dense.Of(a).SelectMany((m, i) => Dense.Values(Dense.Product(m, right[right.Length == 1 ? 0 : i])))]);
        }
        Arg[][] deficient = [.. Products2.Select(p => (Arg[])[A(p.Left, Graded(p.Left)), A(p.Right, Graded(p.Right))])];
        Arg[][] regular = [.. GradedCases, [A([0, 3], Range(-1, 1))], [A([2, 3, 0], Range(-1, 1))], [A([60, 40], Graded([60, 40]))]];
        yield return Of<Pinv>(x => Ops.Pinv(x[0]), One(x => Inverse(x[0])), regular) with
        {
            Faults = [new(() => Ops.Pinv(Ops.Ones([3])), "[pinv] there are no matrices. Expected: 2 dimensions or more. Received: (3,).")],
        };
        yield return Of<Pinv>(x => Ops.Pinv(Ops.Matmul(x[0], x[1])), One(x => Product(Inverse(x[1]), Inverse(x[0]))), deficient, "of less than full rank");
        yield return Of<Lstsq>(x => Ops.Lstsq(x[0], x[1]), One(x => Product(Inverse(x[0]), x[1])),
            regular.Select(c => (Arg[])[.. c, A(c[0].Shape.With(c[0].Shape.Rank - 1, 2), Range(-1, 1))])) with
        {
            Faults =
            [
                new(() => Ops.Lstsq(Ops.Ones([3]), Ops.Ones([3])), "[lstsq] there are no matrices. Expected: 2 dimensions or more. Received: (3,)."),
                new(() => Ops.Lstsq(Ops.Ones([3, 2]), Ops.Ones([2])), "[lstsq] the right-hand side has another number of rows. Expected: 3. Received: (2,) for matrices (3, 2)."),
            ],
        };
        yield return Of<Lstsq>(x => Ops.Lstsq(Ops.Matmul(x[0], x[1]), x[2]), One(x => Product(Product(Inverse(x[1]), Inverse(x[0])), x[2])),
            deficient.Select(c => (Arg[])[.. c, A(c[0].Shape.With(c[0].Shape.Rank - 1, 3), Range(-1, 1))]), "of less than full rank");
        yield return new(typeof(MatrixRank), x => Ops.MatrixRank(Ops.Matmul(x[0], x[1])), One(x => Dense.Numbers(x[0], a => a.GetLength(1))), DTypeRules.Wide, deficient)
        {
            Order = 0,
            Faults = [new(() => Ops.MatrixRank(Ops.Ones([3])), "[matrix_rank] there are no matrices. Expected: 2 dimensions or more. Received: (3,).")],
        };
        yield return new(typeof(MatrixRank), x => Ops.MatrixRank(x[0], tol: 2), One(x => Dense.Numbers(x[0], a => Dense.Thin(a).S.Count(s => s > 2))), DTypeRules.Wide, [.. GradedCases])
        {
            Order = 0,
            Label = "above a bound",
        };
    }
}
