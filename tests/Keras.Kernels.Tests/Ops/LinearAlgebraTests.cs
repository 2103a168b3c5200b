namespace Keras.Kernels.Tests.Table;

/// <summary>How far factors and solutions are from what they stand for, relative to what rounding explains, on matrices of every kind.</summary>
sealed class LinearAlgebraTests
{
    // Bounds of backward errors grow with the order; in practice they are far below it.
    const double PerRow = 1;
    const double Least = 8;

    static readonly int[] Orders = [1, 2, 3, 7, 16, 33, 64, 65, 127, 129, 200, 300];

    static double Bound(int n, DType dtype) => (Least + (PerRow * n)) * dtype.Step();

    static Nd Random(Shape shape, DType dtype, int seed = 3)
    {
        var random = new System.Random(seed);
        return Nd.Make(shape, _ => (random.NextDouble() * 2) - 1).RoundedTo(dtype);
    }

    /// <summary>Rows of falling magnitude times a random matrix: the condition is about 1e10, or 1e5 in single precision.</summary>
    static Nd IllConditioned(int n, DType dtype)
    {
        var (mix, fall) = (Dense.Of(Random([n, n], dtype)).Single(), dtype == DType.Float64 ? 1e-10 : 1e-5);
        var columns = Dense.Of(Random([n, n], dtype, 4)).Single();
        var product = Dense.Product(Dense.Make(n, n, (i, j) => mix[i, j] * Math.Pow(fall, j / (double)Math.Max(1, n - 1))), columns);
        return new Nd([n, n], [.. Dense.Values(product)]).RoundedTo(dtype);
    }

    static Nd PositiveDefinite(int n, DType dtype, double ridge)
    {
        var a = Dense.Of(Random([n, n], dtype)).Single();
        var square = Dense.Product(a, Dense.Transposed(a));
        return new Nd([n, n], [.. Dense.Values(Dense.Make(n, n, (i, j) => square[i, j] + (i == j ? ridge : 0)))]).RoundedTo(dtype);
    }

    static double[,] Matrix(Tensor x) => Dense.Of(new Nd(x.Shape, x.ToDoubles())).Single();

    static double[,] Matrix(Nd x) => Dense.Of(x).Single();

    static double Norm(double[,] a) => Math.Sqrt(Nd.Sum(Dense.Values(a).Select(v => v * v)));

    static double[,] Less(double[,] a, double[,] b) => Dense.Make(a.GetLength(0), a.GetLength(1), (i, j) => a[i, j] - b[i, j]);

    [Test]
    public void Triangles_multiply_back_to_positive_definite_matrices([ValueSource(nameof(Orders))] int n, [Values(DType.Float32, DType.Float64)] DType dtype, [Values] bool upper)
    {
        foreach (var ridge in (double[])[1, dtype == DType.Float64 ? 1e-9 * n : 1e-3 * n])
        {
            var a = PositiveDefinite(n, dtype, ridge);
            var l = Matrix(Ops.Cholesky(a.Tensor(dtype), upper));
            var product = upper ? Dense.Product(Dense.Transposed(l), l) : Dense.Product(l, Dense.Transposed(l));
            Assert.Multiple(() =>
            {
                Assert.That(Norm(Less(product, Matrix(a))) / Norm(Matrix(a)), Is.LessThan(Bound(n, dtype)));
                Assert.That(Dense.Values(Less(l, Dense.Triangle(l, !upper, false))), Is.All.Zero);
            });
        }
    }

    [Test]
    public void Factors_multiply_back_to_matrices([ValueSource(nameof(Orders))] int n, [Values(DType.Float32, DType.Float64)] DType dtype)
    {
        foreach (var a in (Nd[])[Random([n, n], dtype), Random([n, (n / 2) + 1], dtype), Random([(n / 2) + 1, n], dtype), IllConditioned(n, dtype)])
        {
            var (factors, pivots) = Ops.LuFactor(a.Tensor(dtype));
            var lu = Matrix(factors);
            int rows = a.Shape[0], columns = a.Shape[1], steps = Math.Min(rows, columns);
            var product = Dense.Product(Dense.Make(rows, steps, (i, j) => i == j ? 1 : i > j ? lu[i, j] : 0), Dense.Make(steps, columns, (i, j) => i <= j ? lu[i, j] : 0));
            var wanted = Matrix(a);
            foreach (var (step, pivot) in pivots.ToDoubles().Select((p, i) => (i, (int)p)))
                for (var j = 0; j < columns; j++) (wanted[step, j], wanted[pivot, j]) = (wanted[pivot, j], wanted[step, j]);
            Assert.Multiple(() =>
            {
                Assert.That(Norm(Less(product, wanted)) / Norm(wanted), Is.LessThan(Bound(n, dtype)), $"{a.Shape}");
                Assert.That(Dense.Values(Dense.Make(rows, columns, (i, j) => i > j ? Math.Abs(lu[i, j]) : 0)).Max(), Is.LessThanOrEqualTo(1));
            });
        }
    }

    [Test]
    public void Solutions_satisfy_their_systems([ValueSource(nameof(Orders))] int n, [Values(DType.Float32, DType.Float64)] DType dtype, [Values(1, 3, 40)] int m)
    {
        foreach (var a in (Nd[])[Random([n, n], dtype), IllConditioned(n, dtype)])
        {
            Nd b = Random([n, m], dtype, 9), triangle = PositiveDefinite(n, dtype, n);
            Assert.Multiple(() =>
            {
                Assert.That(Residual(a, Matrix(Ops.Solve(a.Tensor(dtype), b.Tensor(dtype))), b), Is.LessThan(Bound(n, dtype)));
                foreach (var lower in (bool[])[false, true])
                    Assert.That(Residual(new Nd([n, n], [.. Dense.Values(Dense.Triangle(Matrix(triangle), lower, false))]),
                        Matrix(Ops.SolveTriangular(triangle.Tensor(dtype), b.Tensor(dtype), lower)), b), Is.LessThan(Bound(n, dtype)), lower ? "lower" : "upper");
            });
        }
    }

    /// <summary>‖A·X - B‖ relative to ‖A‖·‖X‖ + ‖B‖: what is left of a system whose matrix was rounded.</summary>
    static double Residual(Nd a, double[,] x, Nd b) => Norm(Less(Dense.Product(Matrix(a), x), Matrix(b))) / ((Norm(Matrix(a)) * Norm(x)) + Norm(Matrix(b)));

    [Test]
    public void Inverses_invert([ValueSource(nameof(Orders))] int n, [Values(DType.Float32, DType.Float64)] DType dtype)
    {
        var a = PositiveDefinite(n, dtype, n);
        var (plain, byTriangle) = (Matrix(Ops.Inv(a.Tensor(dtype))), Matrix(Ops.CholeskyInverse(Ops.Cholesky(a.Tensor(dtype)))));
        Nd eye = new([n, n], [.. Dense.Values(Dense.Make(n, n, (i, j) => i == j ? 1 : 0))]);
        Assert.Multiple(() =>
        {
            Assert.That(Residual(a, plain, eye), Is.LessThan(Bound(n, dtype)));
            Assert.That(Residual(a, byTriangle, eye), Is.LessThan(4 * Bound(n, dtype)));
        });
    }

    [Test]
    public void Each_matrix_of_a_batch_has_the_bits_that_it_has_alone([Values(2, 5, 17, 70)] int n)
    {
        var all = Ops.Stack([.. Enumerable.Range(0, 40).Select(i => Random([n, n], DType.Float32, i).Tensor(DType.Float32))]);
        var (together, right) = (Ops.Solve(all, Ops.Ones([40, n])).ToDoubles(), Ops.Ones([n]));
        Assert.That(Ops.Unstack(all).SelectMany(a => Ops.Solve(a, right).ToDoubles()), Is.EqualTo(together));
    }

    [Test]
    public void Singular_matrices_have_factors_and_no_determinant()
    {
        var a = Tensor.Of([1.0, 2, 3, 2, 4, 6, 1, 0, 1], [3, 3]);
        var (sign, logarithm) = Ops.Slogdet(a);
        Assert.Multiple(() =>
        {
            Assert.That(Ops.Det(a).Item(), Is.Zero);
            Assert.That((sign.Item(), logarithm.Item()), Is.EqualTo((0.0, double.NegativeInfinity)));
            Assert.That(Ops.Logdet(a).Item(), Is.EqualTo(double.NegativeInfinity));
            Assert.That(Ops.Logdet(-Ops.Identity(3)).Item(), Is.NaN);
            Assert.That(() => Ops.Inv(a).ToDoubles(), Throws.ArgumentException.With.Message.Contains("the matrix is singular"));
        });
    }

    [TestCase(new double[] { 1, 2, 2, 4 }, new double[] { 4, -2, -2, 1 })]
    [TestCase(new double[] { 0, 1, 0, 0 }, new double[] { 0, 0, -1, 0 })]
    [TestCase(new double[] { 0, 0, 0, 0 }, new double[] { 0, 0, 0, 0 })]
    [TestCase(new double[] { 0 }, new double[] { 1 })]
    [TestCase(new double[] { 1, 2, 3, 2, 4, 6, 1, 0, 1 }, new double[] { 4, 4, -4, -2, -2, 2, 0, 0, 0 })]
    public void The_determinant_of_a_singular_matrix_has_a_gradient(double[] values, double[] cofactors)
    {
        var n = (int)Math.Sqrt(values.Length);
        var a = Tensor.Of(values, [n, n]);
        Assert.That(Gradients.Of(Ops.Det(a), [a])[0].ToDoubles(), Is.EqualTo(cofactors).Within(1e-14));
    }

    [Test]
    public void A_matrix_without_rows_has_the_determinant_1() => Assert.Multiple(() =>
    {
        var none = Ops.Zeros([2, 0, 0]);
        Assert.That(Ops.Det(none).ToDoubles(), Is.EqualTo(new double[] { 1, 1 }));
        Assert.That(Ops.Slogdet(none).Sign.ToDoubles(), Is.EqualTo(new double[] { 1, 1 }));
        Assert.That(Ops.Slogdet(none).Logabsdet.ToDoubles(), Is.EqualTo(new double[] { 0, 0 }));
        Assert.That(Ops.Inv(none).Shape, Is.EqualTo(none.Shape));
        Assert.That(Ops.Cholesky(none).ToDoubles(), Is.Empty);
        Assert.That(Ops.Solve(none, Ops.Zeros([2, 0])).ToDoubles(), Is.Empty);
    });

    [Test]
    public void NaN_spreads_through_factors()
    {
        var a = Tensor.Of([double.NaN, 1, 1, 2], [2, 2]);
        Assert.That(Ops.LuFactor(a).Lu.ToDoubles().Where(double.IsNaN), Is.Not.Empty);
        Assert.That(Ops.Det(a).Item(), Is.NaN);
        Assert.That(Ops.Solve(a, Ops.Ones([2])).ToDoubles(), Is.All.NaN);
    }

    [Test]
    public void Triangular_systems_with_a_zero_give_infinities() =>
        Assert.That(Ops.SolveTriangular(Tensor.Of([1.0, 1, 0, 0], [2, 2]), Tensor.Of([1.0, 1], [2])).ToDoubles(), Is.EqualTo(new[] { double.NegativeInfinity, double.PositiveInfinity }));

    [TestCase(DType.Float16)]
    [TestCase(DType.BFloat16)]
    [TestCase(DType.Int32)]
    public void Narrow_and_whole_numbers_are_computed_in_single_precision(DType dtype)
    {
        var a = Tensor.Of([4.0, 2, 2, 3], [2, 2]);
        var x = Ops.Cast(a, dtype);
        var result = dtype.IsFloating() ? dtype : DType.Float32;
        Tensor[] given = [Ops.Cholesky(x), Ops.LuFactor(x).Lu, Ops.Inv(x), Ops.Det(x), Ops.Slogdet(x).Logabsdet, Ops.Solve(x, x), Ops.MatrixPower(x, 2), Ops.Cdist(x, x)];
        Tensor[] wanted = [Ops.Cholesky(a), Ops.LuFactor(a).Lu, Ops.Inv(a), Ops.Det(a), Ops.Slogdet(a).Logabsdet, Ops.Solve(a, a), Ops.MatrixPower(a, 2), Ops.Cdist(a, a)];
        Assert.Multiple(() =>
        {
            Assert.That(given.Select(g => g.DType), Is.All.EqualTo(result));
            foreach (var (g, w) in given.Zip(wanted)) Assert.That(g.ToDoubles(), Is.EqualTo(w.ToDoubles()).Within(100 * result.Step()).Percent);
        });
    }

    [Test]
    public void Powers_of_matrices_multiply([Values(0, 1, 2, 5, 8)] int n)
    {
        var a = PositiveDefinite(4, DType.Float64, 1).Tensor(DType.Float64);
        Assert.That(Ops.Matmul(Ops.MatrixPower(a, n), Ops.MatrixPower(a, -n)).ToDoubles(), Is.EqualTo(Ops.Identity(4).ToDoubles()).Within(1e-8));
    }

    [Test]
    public void Distances_have_a_gradient_at_0()
    {
        var x = Tensor.Of([1.0, 2, 3, 4], [2, 2]);
        var y = Tensor.Of([1.0, 2], [1, 2]);
        var gradients = Gradients.Of(Ops.Cdist(x, y), [x, y]);
        var root = Math.Sqrt(0.5);
        Assert.That(gradients[0].ToDoubles(), Is.EqualTo(new[] { 0, 0, root, root }).Within(1e-15));
        Assert.That(gradients[1].ToDoubles(), Is.EqualTo(new[] { -root, -root }).Within(1e-15));
    }
}
