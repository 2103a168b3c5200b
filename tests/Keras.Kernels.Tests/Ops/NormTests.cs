namespace Keras.Kernels.Tests.Table;

using static Domains;

/// <summary>Norms of every order along every kind of axes, and the gradients of composed linear algebra.</summary>
sealed class NormTests
{
    const double Infinity = double.PositiveInfinity;

    static readonly double[] VectorOrders = [0, 1, -1, 2, -2, 3, -3, 0.5, 1.5, Infinity, -Infinity];

    static Nd Random(Shape shape)
    {
        var random = new System.Random(2);
        return Nd.Make(shape, _ => (random.NextDouble() * 2) - 1);
    }

    static double VectorNorm(double[] values, double order) => order switch
    {
        0 => values.Count(v => v != 0),
        Infinity => values.Max(Math.Abs),
        -Infinity => values.Min(Math.Abs),
        _ => Math.Pow(values.Sum(v => Math.Pow(Math.Abs(v), order)), 1 / order),
    };

    static double MatrixNorm(double[,] a, double order)
    {
        var sums = Math.Abs(order) == 1
            ? Enumerable.Range(0, a.GetLength(1)).Select(j => Enumerable.Range(0, a.GetLength(0)).Sum(i => Math.Abs(a[i, j])))
            : Enumerable.Range(0, a.GetLength(0)).Select(i => Enumerable.Range(0, a.GetLength(1)).Sum(j => Math.Abs(a[i, j])));
        return order > 0 ? sums.Max() : sums.Min();
    }

    [Test]
    public void Vectors_have_norms_of_every_order([ValueSource(nameof(VectorOrders))] double order, [Values(0, 1, -1)] int axis, [Values] bool keepdims)
    {
        var x = Random([4, 3, 5]);
        var wanted = x.Reduce(((Axes)axis).Of(x.Shape, ""), keepdims, v => VectorNorm(v, order));
        var given = Ops.Norm(x.Tensor(DType.Float64), order, axis, keepdims);
        Assert.That(given.Shape, Is.EqualTo(wanted.Shape));
        Assert.That(given.ToDoubles(), Is.EqualTo(wanted.Values).Within(1e-13));
    }

    [Test]
    public void Matrices_have_norms_of_sums([Values(1, -1, Infinity, -Infinity)] double order, [Values] bool keepdims)
    {
        var x = Random([3, 4, 5]);
        double[] wanted = [.. Dense.Of(x).Select(a => MatrixNorm(a, order))], exchanged = [.. Dense.Of(x).Select(a => MatrixNorm(Dense.Transposed(a), order))];
        var given = Ops.Norm(x.Tensor(DType.Float64), order, (1, -1), keepdims);
        Assert.Multiple(() =>
        {
            Assert.That(given.Shape, Is.EqualTo(keepdims ? Shape.Create([3, 1, 1]) : Shape.Create([3])));
            Assert.That(given.ToDoubles(), Is.EqualTo(wanted).Within(1e-13));
            // The first axis named is that of the rows.
            Assert.That(Ops.Norm(x.Tensor(DType.Float64), order, (2, 1)).ToDoubles(), Is.EqualTo(exchanged).Within(1e-13));
            Assert.That(Ops.Norm(Ops.Transpose(x.Tensor(DType.Float64), (1, 0, 2)), order, (0, 2)).ToDoubles(), Is.EqualTo(wanted).Within(1e-13));
        });
    }

    [TestCase("fro")]
    [TestCase("nuc")]
    [TestCase("2")]
    [TestCase("-2")]
    public void Matrices_have_norms_of_singular_values(string order)
    {
        // A rotation by 30°, stretched by 3 and -2, and turned again: its singular values are known.
        double c = Math.Sqrt(0.75), s = 0.5;
        double[,] turn = { { c, -s }, { s, c } }, a = Dense.Product(Dense.Product(turn, new double[,] { { 3, 0 }, { 0, -2 } }), turn);
        var x = Tensor.Of([.. Dense.Values(a), .. Dense.Values(a).Select(v => 2 * v)], [2, 2, 2]);
        var wanted = order switch { "fro" => Math.Sqrt(13), "nuc" => 5, "2" => 3.0, _ => 2 };
        Tensor Norm(Axes axes, bool keepdims) => double.TryParse(order, out var number) ? Ops.Norm(x, number, axes, keepdims) : Ops.Norm(x, order, axes, keepdims);
        Assert.Multiple(() =>
        {
            Assert.That(Norm((1, 2), false).ToDoubles(), Is.EqualTo(new[] { wanted, 2 * wanted }).Within(1e-13));
            Assert.That(Norm((-1, -2), true).Shape, Is.EqualTo(Shape.Create([2, 1, 1])));
        });
    }

    [Test]
    public void Without_order_and_axes_the_whole_tensor_is_a_vector()
    {
        var x = Random([3, 4, 5]);
        var wanted = Math.Sqrt(Nd.Sum(x.Values.Select(v => v * v)));
        Assert.Multiple(() =>
        {
            Assert.That(Ops.Norm(x.Tensor(DType.Float64)).Item(), Is.EqualTo(wanted).Within(1e-13));
            Assert.That(Ops.Norm(x.Tensor(DType.Float64), keepdims: true).Shape, Is.EqualTo(Shape.Create([1, 1, 1])));
            Assert.That(Ops.Norm(Tensor.Of([3, 4], [2])).DType, Is.EqualTo(DType.Float32));
            Assert.That(Ops.Norm(Tensor.Of([3, 4], [2])).Item(), Is.EqualTo(5));
            Assert.That(Ops.Norm(Ops.Cast(Tensor.Of([300.0, 400], [2]), DType.Float16)).Item(), Is.EqualTo(500));
        });
    }

    [Test]
    public void Norms_of_nothing_and_of_NaN_are_those_of_NumPy() => Assert.Multiple(() =>
    {
        Assert.That(Ops.Norm(Ops.Zeros([0])).Item(), Is.Zero);
        Assert.That(Ops.Norm(Ops.Zeros([2, 0]), 3, axis: 1).ToDoubles(), Is.EqualTo(new[] { 0.0, 0 }));
        Assert.That(Ops.Norm(Ops.Zeros([2]), -3).Item(), Is.Zero);
        Assert.That(Ops.Norm(Tensor.Of([1.0, double.NaN], [2])).Item(), Is.NaN);
        Assert.That(Ops.Norm(Tensor.Of([1.0, double.NaN], [2]), Infinity).Item(), Is.NaN);
        Assert.That(Ops.Norm(Tensor.Of([1.0, -Infinity], [2]), 3).Item(), Is.EqualTo(Infinity));
    });

    [Test]
    public void At_0_gradients_of_norms_are_finite([Values(0, 1, 1.5, 2, 3, Infinity)] double order)
    {
        foreach (var values in (double[][])[[0, 0, 0], [0, 2, 0]])
        {
            var x = Tensor.Of(values, [3]);
            Assert.That(Gradients.Of(Ops.Norm(x, order), [x])[0].ToDoubles(), Is.All.Matches<double>(double.IsFinite));
        }
        var zero = Ops.Zeros([2, 2]);
        Assert.That(Gradients.Of(Ops.Norm(zero, "fro"), [zero])[0].ToDoubles(), Is.All.Zero);
    }

    [Test]
    public void Wrong_orders_and_axes_are_refused() => Assert.Multiple(() =>
    {
        var x = Ops.Ones([2, 3, 4]);
        Refused(() => Ops.Norm(x, 3, (0, 1)), "[norm] matrices have no norm of this order. Expected: 1, -1, 2, -2, ∞, -∞, \"fro\" or \"nuc\". Received: 3.");
        Refused(() => Ops.Norm(x, 3), "[norm] without axes an order is for vectors and matrices. Expected: 1 or 2 dimensions. Received: (2, 3, 4).");
        Refused(() => Ops.Norm(x, 2, (0, 1, 2)), "[norm] a norm is of vectors or of matrices. Expected: 1 or 2 axes. Received: (0, 1, 2).");
        Refused(() => Ops.Norm(x, "fro", 1), "[norm] vectors have no norm \"fro\". Expected: two axes. Received: 1 for (2, 3, 4).");
        Refused(() => Ops.Norm(x, "l2", (0, 1)), "[ord] unknown value. Expected: \"fro\", \"nuc\". Received: \"l2\".");
        Refused(() => Ops.Norm(x, 1, 3), "[norm] axis is out of range.");
        Refused(() => Ops.Norm(x, 1, (1, -2)), "[norm] an axis is named twice.");
        Refused(() => Ops.Cdist(x, Ops.Ones([2, 3])), "[cdist] the rows differ in length. Expected: equal last dimensions. Received: (2, 3, 4) and (2, 3).");
        Refused(() => Ops.Cdist(Ops.Ones([3]), x), "[cdist] there are no matrices. Expected: 2 dimensions or more.");
    });

    static void Refused(Func<Tensor> call, string message) => Assert.That(() => call(), Throws.ArgumentException.With.Message.StartsWith(message));

    static OpRow Row(string label, Func<Tensor[], Tensor> call, params Shape[] shapes) =>
        new(typeof(Op), call, x => x, DTypeRules.Wide, [[.. shapes.Select(s => new Arg(s, (random, i, n) => random.NextDouble() - 0.5 + (s[-1] == s[-2] && i % (s[-1] * s[-1]) % (s[-1] + 1) == 0 ? s[-1] : 0)))]])
        {
            Label = label,
        };

    static OpRow[] Composed =>
    [
        Row("inv", x => Ops.Inv(x[0]), [2, 4, 4]),
        Row("upper cholesky", x => Ops.Cholesky(x[0] + Ops.Swapaxes(x[0], -1, -2), upper: true), [3, 3]),
        Row("cholesky_inverse", x => Ops.CholeskyInverse(x[0]), [2, 3, 3]),
        Row("upper cholesky_inverse", x => Ops.CholeskyInverse(x[0], upper: true), [3, 3]),
        Row("solve for vectors", x => Ops.Solve(x[0], x[1]), [2, 3, 3], [2, 3]),
        Row("solve by broadcasting", x => Ops.Solve(x[0], x[1]), [3, 3], [4, 3, 2]),
        Row("solve_triangular for vectors", x => Ops.SolveTriangular(x[0], x[1], lower: true), [2, 3, 3], [2, 3]),
        Row("logdet", x => Ops.Logdet(x[0]), [2, 4, 4]),
        Row("matrix_power 3", x => Ops.MatrixPower(x[0], 3), [2, 3, 3]),
        Row("matrix_power -2", x => Ops.MatrixPower(x[0], -2), [3, 3]),
        Row("cdist", x => Ops.Cdist(x[0], x[1]), [2, 4, 3], [2, 5, 3]),
        Row("norm", x => Ops.Norm(x[0]), [2, 3, 4]),
        Row("fro", x => Ops.Norm(x[0], "fro", (0, 2)), [2, 3, 4]),
        Row("nuc", x => Ops.Norm(x[0], "nuc", (0, 2)), [2, 3, 4]),
        .. ((double[])[1, -1, 2, -2, Infinity, -Infinity]).Select(p => Row($"matrices {p}", x => Ops.Norm(x[0], p, (-1, 0)), [2, 3, 4])),
        .. VectorOrders.Except([0]).Select(p => Row($"vectors {p}", x => Ops.Norm(x[0], p, 1), [2, 5, 3])),
    ];

    [TestCaseSource(nameof(Composed))]
    public void Gradients_match_differences(object row)
    {
        new GradientTests().First_gradients_match_differences((OpRow)row);
        new GradientTests().Second_gradients_match_differences((OpRow)row);
    }
}
