using Keras.Kernels.Cpu;

namespace Keras.Kernels.Tests.Table;

/// <summary>Decompositions of matrices that are degenerate, extreme or not finite.</summary>
sealed class DecompositionTests
{
    static readonly Shape[] Shapes = [[1, 1], [4, 4], [7, 3], [3, 7], [30, 30], [60, 20], [20, 60], [260, 200]];

    static readonly Dictionary<string, Func<Shape, Nd>> Kinds = new()
    {
        ["zeros"] = s => Nd.Make(s, _ => 0),
        ["ones"] = s => Nd.Make(s, _ => 1),
        ["identity"] = s => Nd.Make(s, at => at[0] == at[1] ? 1 : 0),
        ["diagonal with repeated values"] = s => Nd.Make(s, at => at[0] == at[1] ? at[0] / 3 : 0),
        ["triangle"] = s => Nd.Make(s, at => at[0] <= at[1] ? 1 : 0),
        ["rank 2"] = s => Nd.Make(s, at => Math.Sin(at[0] + at[1])),
        ["geometric"] = s => Nd.Make(s, at => Math.Pow(0.25, at[0] + at[1]) * (1 + (((at[0] * 7) + (at[1] * 3)) % 5))),
        ["first column only"] = s => Nd.Make(s, at => at[1] == 0 ? at[0] + 1 : 0),
        ["last row only"] = s => Nd.Make(s, at => at[0] == s[0] - 1 ? at[1] - 1 : 0),
        ["huge"] = s => Nd.Make(s, at => 1e35 * Math.Cos((at[0] * 1.7) + (at[1] * at[1]))),
        ["tiny"] = s => Nd.Make(s, at => 1e-37 * Math.Cos((at[0] * 1.7) + (at[1] * at[1]))),
        ["scales apart"] = s => Nd.Make(s, at => Math.Pow(10, (at[0] % 7) - 3) * Math.Cos((at[0] * 1.7) + (at[1] * at[1]))),
    };

    static IEnumerable<TestCaseData> Cases() =>
        from kind in Kinds.Keys
        from shape in Shapes
        from dtype in DTypeRules.Wide
        where shape.Size < 10_000 || dtype == DType.Float32
        select new TestCaseData(kind, shape, dtype);

    static double Largest(IEnumerable<double> values) => values.DefaultIfEmpty().Max(Math.Abs);

    /// <summary>How far a product is from what it should be, in steps of the dtype.</summary>
    static double Off(Tensor a, Tensor b, Nd wanted, DType dtype, double scale)
    {
        var product = Ops.Matmul(Ops.Cast(a, DType.Float64), Ops.Cast(b, DType.Float64)).ToDoubles();
        return Largest(product.Zip(wanted.Values, (x, y) => (x - y) / scale)) / dtype.Step();
    }

    static double OffOrthonormal(Tensor columns)
    {
        var n = columns.Shape[-1];
        return Off(Ops.Swapaxes(columns, -1, -2), columns, Nd.Make([n, n], at => at[0] == at[1] ? 1 : 0), columns.DType, 1);
    }

    static (Nd Values, Tensor X, double Scale, double Allowed) Draw(string kind, Shape shape, DType dtype)
    {
        var values = Kinds[kind](shape).RoundedTo(dtype);
        // Rounding is relative to the length of the whole matrix, and grows with its sides.
        var length = Math.Sqrt(values.Values.Sum(v => v * v));
        return (values, values.Tensor(dtype), length == 0 ? 1 : length, 8 + Math.Max(shape[0], shape[1]));
    }

    [TestCaseSource(nameof(Cases))]
    public void Singular_values_and_vectors_give_the_matrix_again(string kind, Shape shape, DType dtype)
    {
        var (values, x, scale, allowed) = Draw(kind, shape, dtype);
        var (m, n) = (shape[0], shape[1]);
        var (u, s, vh) = Ops.Svd(x);
        var singular = s.ToDoubles();
        var stretched = Nd.Make([m, n], at => at[0] == at[1] ? singular[at[0]] : 0).Tensor(DType.Float64);
        Assert.Multiple(() =>
        {
            Assert.That(singular, Is.Ordered.Descending.And.All.GreaterThanOrEqualTo(0));
            Assert.That(OffOrthonormal(u), Is.LessThan(allowed), "u");
            Assert.That(OffOrthonormal(Ops.Transpose(vh)), Is.LessThan(allowed), "vh");
            Assert.That(Off(Ops.Matmul(Ops.Cast(u, DType.Float64), stretched), vh, values, dtype, scale), Is.LessThan(allowed));
            var alone = Ops.Svd(x, computeUv: false)[0].ToDoubles();
            Assert.That(Largest(alone.Zip(singular, (a, b) => (a - b) / scale)) / dtype.Step(), Is.LessThan(allowed), "values alone");
        });
    }

    [TestCaseSource(nameof(Cases))]
    public void Orthonormal_columns_and_triangle_give_the_matrix_again(string kind, Shape shape, DType dtype)
    {
        var (values, x, scale, allowed) = Draw(kind, shape, dtype);
        Assert.Multiple(() =>
        {
            foreach (var mode in (string[])["reduced", "complete"])
            {
                var (q, r) = Ops.Qr(x, mode);
                Assert.That(OffOrthonormal(q), Is.LessThan(allowed), mode);
                Assert.That(Ops.Tril(r, -1).ToDoubles(), Is.All.Zero, mode);
                Assert.That(Off(q, r, values, dtype, scale), Is.LessThan(allowed), mode);
            }
        });
    }

    static Shape Squared(Shape shape) => Shape.Of(Math.Max(shape[0], shape[1]), Math.Max(shape[0], shape[1]));

    [TestCaseSource(nameof(Cases))]
    public void Any_matrix_only_stretches_its_eigenvectors(string kind, Shape shape, DType dtype)
    {
        var (_, x, scale, allowed) = Draw(kind, Squared(shape), dtype);
        // What balance gains for small values it loses for the matrix as a whole.
        if (kind == "scales apart") allowed *= 100;
        var (w, v) = Ops.Eig(x);
        var (wide, values, vectors) = (Ops.Cast(x, DType.Float64), Ops.Cast(w, DType.Complex128), Ops.Cast(v, DType.Complex128));
        var rest = Ops.Matmul(Ops.Cast(wide, DType.Complex128), vectors) - (vectors * values);
        var (imaginary, sum) = (Ops.Imag(w).ToDoubles(), Ops.Trace(wide).Item());
        Assert.Multiple(() =>
        {
            Assert.That(Largest(Ops.ViewAsReal(rest / scale).ToDoubles()) / dtype.Step(), Is.LessThan(allowed));
            Assert.That(Largest(Ops.Norm(Ops.Absolute(vectors), axis: -2).ToDoubles().Select(n => n - 1)) / dtype.Step(), Is.LessThan(allowed));
            Assert.That(Math.Abs(Ops.Sum(Ops.Real(values)).Item() - sum) / scale / dtype.Step(), Is.LessThan(allowed));
            for (var i = 0; i < imaginary.Length; i++)
            {
                if (imaginary[i] == 0) continue;
                Assert.That(imaginary[i], Is.Positive);
                Assert.That(imaginary[i + 1], Is.EqualTo(-imaginary[i++]));
            }
        });
    }

    [Test]
    public void Eigenvalues_of_small_matrices_are_known()
    {
        var (w, v) = Ops.Eig(Tensor.Of([0.0, 1, -1, 0], [2, 2]));
        var half = Math.Sqrt(0.5);
        Tensor triangle = Tensor.Of([1f, 2, 3, 0, 4, 5, 0, 0, 6], [3, 3]), ring = Tensor.Of([0.0, 0, 1, 1, 0, 0, 0, 1, 0], [3, 3]);
        Assert.Multiple(() =>
        {
            Assert.That(Ops.ViewAsReal(w).ToDoubles(), Is.EqualTo([0, 1, 0, -1]).Within(1e-15));
            Assert.That(Ops.Absolute(v).ToDoubles(), Is.All.EqualTo(half).Within(1e-15));
            Assert.That(Ops.Real(Ops.Eig(triangle).Eigenvalues).ToDoubles(), Is.EqualTo([1, 4, 6]));
            Assert.That(Ops.Real(Ops.Eig(Ops.Transpose(triangle)).Eigenvalues).ToDoubles(), Is.EquivalentTo([1, 4, 6]));
            Assert.That(Ops.Absolute(Ops.Eig(ring).Eigenvalues).ToDoubles(), Is.All.EqualTo(1).Within(1e-15));
            Assert.That(Ops.Absolute(Ops.Eig(Ops.Eye(40, k: 1)).Eigenvalues).ToDoubles(), Is.All.Zero);
            Assert.That(Ops.Eig(Ops.Cast(triangle, DType.Float16)).Eigenvectors.DType, Is.EqualTo(DType.Complex64));
            Assert.That(Ops.Eig(Ops.Cast(triangle, DType.Int32)).Eigenvalues.DType, Is.EqualTo(DType.Complex64));
        });
    }

    [TestCaseSource(nameof(Cases))]
    public void Eigenvalues_and_vectors_give_the_symmetric_matrix_again(string kind, Shape shape, DType dtype)
    {
        var (values, x, _, allowed) = Draw(kind, shape = Squared(shape), dtype);
        var n = shape[0];
        // The upper triangle is not read.
        var symmetric = Nd.Make(shape, at => values.Values[(Math.Max(at[0], at[1]) * n) + Math.Min(at[0], at[1])]);
        var length = Math.Sqrt(symmetric.Values.Sum(v => v * v));
        var (w, v) = Ops.Eigh(x);
        var stretched = Ops.Cast(v, DType.Float64) * Ops.Cast(w, DType.Float64);
        Assert.Multiple(() =>
        {
            Assert.That(w.ToDoubles(), Is.Ordered.Ascending);
            Assert.That(OffOrthonormal(v), Is.LessThan(allowed));
            Assert.That(Off(stretched, Ops.Transpose(v), symmetric, dtype, length == 0 ? 1 : length), Is.LessThan(allowed));
        });
    }

    [Test]
    public void What_is_not_finite_ends_and_stays_within_its_matrix([Values(double.NaN, double.PositiveInfinity)] double value, [Values(3, 40)] int size,
        [Values] bool wide, [Values(0, -1)] int place)
    {
        var shape = Shape.Of(2, size, wide ? size + 2 : size);
        var random = new System.Random(1);
        var x = Nd.Make(shape, _ => random.NextDouble());
        var whole = x.Size / 2;
        x.Values[place < 0 ? whole - 1 : 0] = value;
        var input = x.Tensor(DType.Float32);
        double[] First(Tensor t) => t.ToDoubles()[..(int)(t.Shape.Size / 2)];
        double[] Second(Tensor t) => t.ToDoubles()[(int)(t.Shape.Size / 2)..];
        Assert.Multiple(() =>
        {
            foreach (var part in Ops.Svd(input, true, true))
            {
                Assert.That(First(part), Is.All.NaN);
                Assert.That(Second(part), Has.None.NaN);
            }
            var (q, r) = Ops.Qr(input);
            Assert.That(First(r).Any(v => !double.IsFinite(v)));
            Assert.That(Second(r).Concat(Second(q)).All(double.IsFinite));
            if (!wide)
                foreach (var part in (Tensor[])[Ops.Eigh(input).Eigenvalues, Ops.Eigh(input).Eigenvectors, Ops.Real(Ops.Eig(input).Eigenvalues), Ops.Imag(Ops.Eig(input).Eigenvectors)])
                {
                    Assert.That(First(part), Is.All.NaN);
                    Assert.That(Second(part), Has.None.NaN);
                }
            Assert.That(First(Ops.Pinv(input)), Is.All.NaN);
            Assert.That(Second(Ops.Pinv(input)), Has.None.NaN);
        });
    }

    [Test]
    public void Matrices_without_elements_have_bases_of_their_spaces()
    {
        double[] identity = [1, 0, 0, 0, 1, 0, 0, 0, 1];
        Assert.Multiple(() =>
        {
            Assert.That(Ops.Svd(Ops.Ones([3, 0])).U.ToDoubles(), Is.EqualTo(identity));
            Assert.That(Ops.Svd(Ops.Ones([0, 3])).Vh.ToDoubles(), Is.EqualTo(identity));
            Assert.That(Ops.Qr(Ops.Ones([3, 0]), "complete").Q.ToDoubles(), Is.EqualTo(identity));
            Assert.That(Ops.Pinv(Ops.Ones([2, 3, 0])).Shape, Is.EqualTo(Shape.Of(2, 0, 3)));
            Assert.That(Ops.Lstsq(Ops.Ones([0, 3]), Ops.Ones([0, 2])).ToDoubles(), Is.EqualTo(new double[6]));
            Assert.That(Ops.MatrixRank(Ops.Ones([2, 0, 3])).ToDoubles(), Is.EqualTo(new double[2]));
        });
    }

    [Test]
    public void Half_precision_is_computed_in_single([Values(DType.Float16, DType.BFloat16, DType.Int32)] DType dtype)
    {
        var x = Ops.Cast(Ops.Reshape(Ops.Arange(12) % 5, [4, 3]), dtype);
        var wanted = Ops.Cast(Ops.Pinv(Ops.Cast(x, DType.Float32)), dtype == DType.Int32 ? DType.Float32 : dtype);
        Assert.Multiple(() =>
        {
            Assert.That(Ops.Pinv(x).DType, Is.EqualTo(wanted.DType));
            Assert.That(Ops.Pinv(x).ToDoubles(), Is.EqualTo(wanted.ToDoubles()));
            Assert.That(Ops.Qr(x).Q.DType, Is.EqualTo(wanted.DType));
            Assert.That(Ops.MatrixRank(x).Item(), Is.EqualTo(3));
        });
    }

    [Test]
    public void Least_squares_take_vectors_and_batches()
    {
        var random = new System.Random(3);
        var (a, b) = (Nd.Make([2, 5, 3], _ => random.NextDouble()).Tensor(DType.Float64), Nd.Make([2, 5], _ => random.NextDouble()).Tensor(DType.Float64));
        var x = Ops.Lstsq(a, b);
        var matrices = Ops.Squeeze(Ops.Lstsq(a, Ops.ExpandDims(b, -1)), -1);
        // The rest is orthogonal to the columns.
        var rest = b - Ops.Squeeze(Ops.Matmul(a, Ops.ExpandDims(x, -1)), -1);
        Assert.Multiple(() =>
        {
            Assert.That(x.Shape, Is.EqualTo(Shape.Of(2, 3)));
            Assert.That(x.ToDoubles(), Is.EqualTo(matrices.ToDoubles()));
            Assert.That(Ops.Matmul(Ops.Swapaxes(a, -1, -2), Ops.ExpandDims(rest, -1)).ToDoubles(), Is.All.EqualTo(0).Within(1e-14));
        });
    }

    [Test]
    public void Singular_values_up_to_the_bound_count_as_0()
    {
        var x = Ops.Diag(Tensor.Of([4.0, 2, 1], [3]));
        Assert.Multiple(() =>
        {
            Assert.That(Ops.Diagonal(Ops.Pinv(x, rcond: 0.5)).ToDoubles(), Is.EqualTo([0.25, 0, 0]));
            Assert.That(Ops.Diagonal(Ops.Pinv(x, rcond: 0.25)).ToDoubles(), Is.EqualTo([0.25, 0.5, 0]));
            Assert.That(Ops.Lstsq(x, Ops.Ones([3], DType.Float64), rcond: 0.3).ToDoubles(), Is.EqualTo([0.25, 0.5, 0]));
            Assert.That(Ops.MatrixRank(x, tol: 1).Item(), Is.EqualTo(2));
        });
    }

    [Test]
    public void The_gradient_of_values_alone_is_defined_where_they_are_equal()
    {
        var x = Ops.Identity(3, DType.Float64);
        Assert.Multiple(() =>
        {
            foreach (var values in (Tensor[])[Ops.Svd(x, computeUv: false)[0], Ops.Eigh(x).Eigenvalues])
                Assert.That(Gradients.Of(Ops.Sum(values), [x])[0].ToDoubles(), Is.EqualTo(x.ToDoubles()).Within(1e-15));
        });
    }

    [Test]
    public void Vectors_that_fill_up_a_side_say_that_they_have_no_gradient()
    {
        var x = Ops.Ones([3, 2]);
        Assert.Multiple(() =>
        {
            Assert.That(() => Gradients.Of(Ops.Sum(Ops.Svd(x).U), [x]), Throws.TypeOf<NotSupportedException>().With.Message.EqualTo(
                "[Svd] the vectors that fill up the longer side have no gradient. Expected: full_matrices false, or square matrices. Received: (3, 2)."));
            Assert.That(() => Gradients.Of(Ops.Sum(Ops.Qr(x, "complete").Q), [x]), Throws.TypeOf<NotSupportedException>().With.Message.EqualTo(
                "[Qr] the columns that fill up Q have no gradient. Expected: mode \"reduced\", or no more rows than columns. Received: (3, 2)."));
        });
    }
}
