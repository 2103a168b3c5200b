namespace Keras.Kernels.Tests.Table;

using static Domains;

static partial class OpTable
{
    // The reference is stable too, but rounds in another order: a few steps, relative to the largest element, for each row.
    const double Eliminated = 64;

    static readonly Shape[] Squares = [[1, 1], [3, 3], [2, 4, 4], [2, 3, 5, 5], [0, 0], [3, 0, 0], [0, 3, 3], [20, 20], [70, 6, 6], [150, 150], [2, 200, 200]];

    /// <summary>Square matrices whose diagonal outweighs the rest.</summary>
    static Domain Dominant(Shape shape)
    {
        var n = Math.Max(1, shape[-1]);
        return (random, i, _) => (i % (n * n) % (n + 1) == 0 ? 1 + (n / 4.0) : 0) + random.NextDouble() - 0.5;
    }

    /// <summary>Matrices with one large element a column, each in another row, so that every step exchanges rows.</summary>
    static Domain Scattered(Shape shape)
    {
        int m = Math.Max(1, shape[-2]), n = Math.Max(1, shape[-1]);
        return (random, i, _) => (i % (m * n) / n == ((i % n * 7) + 3) % m ? 1 + (Math.Max(m, n) / 4.0) : 0) + random.NextDouble() - 0.5;
    }

    static OpRow Factored<T>(Func<Tensor[], Tensor> call, Func<Nd[], Nd[]> reference, IEnumerable<Arg[]> cases) where T : Op =>
        new(typeof(T), call, reference, DTypeRules.Wide, [.. cases]) { Steps = Eliminated, Scale = Scale.Largest };

    static IEnumerable<OpRow> Factors() =>
    [
        Factored<Cholesky>(x => Ops.Cholesky((x[0] + Ops.Swapaxes(x[0], -1, -2)) / 2), One(x => Dense.Each(x[0], a => Dense.Cholesky(Dense.Symmetric(a)))),
            Squares.Select(s => (Arg[])[A(s, Dominant(s))])) with
        {
            Faults =
            [
                new(() => Ops.Cholesky(Ops.Ones([2, 3])), "[cholesky] the matrices are not square. Expected: equal last dimensions. Received: (2, 3)."),
                new(() => Ops.Cholesky(Ops.Ones([3])), "[cholesky] there are no matrices. Expected: 2 dimensions or more. Received: (3,)."),
                new(() => Ops.Cholesky(Ops.Ones([2, 2])), "[Cholesky] the matrix is not positive definite. Expected: leading minors above 0. Received: another one of order 2."),
                new(() => Ops.Cholesky(Ops.Stack([Ops.Identity(3), Ops.Identity(3) * double.NaN, -Ops.Identity(3)])), "Received: another one of order 1 of matrix 1."),
            ],
        },
        .. Eliminations([.. Squares, [1, 5], [5, 1], [2, 3, 7], [2, 7, 3], [0, 4], [4, 0], [130, 200], [200, 130]]),
        .. Triangles(),
        .. Solves(),
        Factored<Det>(x => Ops.Det(x[0]), One(x => Dense.Numbers(x[0], Dense.Det)), Small.Select(s => (Arg[])[A(s, Scattered(s))])) with
        {
            Faults = [new(() => Ops.Det(Ops.Ones([2, 3])), "[det] the matrices are not square. Expected: equal last dimensions. Received: (2, 3).")],
        },
        Factored<Cofactors>(x => new Cofactors().On(x), One(x => Dense.Each(x[0], a => Dense.Cofactors(a))), Small.Select(s => (Arg[])[A(s, Scattered(s))])),
        Factored<Slogdet>(x => new Slogdet().On(x), x => [Dense.Numbers(x[0], a => Math.Sign(Dense.Det(a))), Dense.Numbers(x[0], a => Math.Log(Math.Abs(Dense.Det(a))))],
            Small.Select(s => (Arg[])[A(s, Scattered(s))])),
    ];

    static IEnumerable<Shape> Small => Squares.Where(s => s[-1] <= 20);

    static IEnumerable<OpRow> Eliminations(Shape[] shapes) =>
    [
        Factored<LuFactor>(x => new LuFactor().On(x), x => Dense.Lu(x[0]), shapes.Select(s => (Arg[])[A(s, Scattered(s))])),
        Factored<LuFactor>(x => new LuFactor().On(x), x => Dense.Lu(x[0]), shapes.Where(s => s.Size < 200).Select(s => (Arg[])[A(s, Range(-1, 1))])) with
        {
            Label = "of random matrices",
            Steps = 4 * Eliminated,
            Faults = [new(() => Ops.LuFactor(Ops.Ones([3])).Lu, "[lu_factor] there are no matrices. Expected: 2 dimensions or more. Received: (3,).")],
        },
    ];

    static readonly (Shape A, Shape B)[] Systems =
    [
        ([1, 1], [1, 1]), ([3, 3], [3, 2]), ([4, 4], [2, 4, 1]), ([2, 4, 4], [4, 3]), ([2, 1, 3, 3], [4, 3, 2]), ([0, 0], [0, 3]), ([3, 3], [3, 0]), ([0, 3, 3], [0, 3, 2]),
        ([70, 5, 5], [70, 5, 9]), ([130, 130], [130, 1]), ([100, 100], [100, 37]), ([200, 200], [2, 200, 150]),
    ];

    static IEnumerable<OpRow> Triangles() =>
        from lower in (bool[])[false, true]
        from transposed in (bool[])[false, true]
        from unit in (bool[])[false, true]
        let op = new TriangularSolve(lower, transposed, unit)
        select Factored<TriangularSolve>(x => op.On(x), One(x => Dense.Solve(x, a => Dense.Triangle(a, lower, unit), transposed)),
            Systems.Select(s => (Arg[])[A(s.A, unit ? Divided(Dominant(s.A), s.A[-1]) : Dominant(s.A)), A(s.B, Range(-1, 1))])) with
        {
            Label = $"{(lower ? "lower" : "upper")}{(transposed ? ", transposed" : "")}{(unit ? ", with ones" : "")}",
            Faults = lower || transposed || unit ? [] :
            [
                new(() => Ops.SolveTriangular(Ops.Ones([2, 3]), Ops.Ones([2])), "[solve_triangular] the matrices are not square. Expected: equal last dimensions. Received: (2, 3)."),
                new(() => Ops.SolveTriangular(Ops.Ones([3, 3]), Ops.Ones([2])), "[solve_triangular] the right-hand side has another number of rows. Expected: 3. Received: (2,) for matrices (3, 3)."),
                new(() => Ops.SolveTriangular(Ops.Ones([2, 3, 3]), Ops.Ones([3])), "[solve_triangular] the right-hand side has too few dimensions. Expected: 2 or more. Received: (3,)."),
            ],
        };

    static Domain Divided(Domain domain, int divisor) => (random, i, n) => domain(random, i, n) / Math.Max(1, divisor / 4.0);

    static IEnumerable<OpRow> Solves() =>
        from transposed in (bool[])[false, true]
        let op = new Solve(transposed)
        select Factored<Solve>(x => op.On(x), One(x => Dense.Solve(x, a => a, transposed)), Systems.Select(s => (Arg[])[A(s.A, Scattered(s.A)), A(s.B, Range(-1, 1))])) with
        {
            Label = transposed ? "transposed" : "",
            Faults = transposed ? [] :
            [
                new(() => Ops.Solve(Ops.Ones([2, 2]), Ops.Ones([2])), "[TriangularSolve] the matrix is singular. Expected: pivots other than 0. Received: 0 in place 1."),
                new(() => Ops.Inv(Ops.Stack([Ops.Identity(2), Ops.Zeros([2, 2])])), "[TriangularSolve] the matrix is singular. Expected: pivots other than 0. Received: 0 in place 0 of matrix 1."),
                new(() => Ops.Inv(Ops.Ones([2, 3])), "[inv] the matrices are not square. Expected: equal last dimensions. Received: (2, 3)."),
            ],
        };
}
