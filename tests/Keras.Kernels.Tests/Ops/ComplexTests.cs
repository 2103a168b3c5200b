using System.Numerics;
using System.Runtime.InteropServices;

namespace Keras.Kernels.Tests.Table;

/// <summary>Complex tensors, beyond the rows of the op table.</summary>
sealed class ComplexTests
{
    static readonly DType[] Both = [DType.Complex64, DType.Complex128];

    static readonly Complex I = Complex.ImaginaryOne;

    static Tensor Make(Shape shape, DType dtype, int seed = 1)
    {
        var random = new System.Random(seed);
        Complex[] values = [.. Enumerable.Range(0, (int)shape.Size).Select(_ => new Complex(random.NextDouble() - 0.5, random.NextDouble() - 0.5))];
        return Ops.Cast(Tensor.Of(values, shape), dtype);
    }

    static double[] Parts(Tensor x) => Ops.ViewAsReal(x).ToDoubles();

    static Complex[] Values(Tensor x) => MemoryMarshal.Cast<double, Complex>(Parts(x)).ToArray();

    // What moves or adds elements does it to both parts alike.
    static readonly (string Name, Func<Tensor, Tensor> F)[] Linear =
    [
        ("transpose", x => Ops.Transpose(x)), ("moved", x => Ops.Moveaxis(x, 0, -1)), ("reshape", x => Ops.Reshape(x, [9, -1])), ("item", x => x[1, 2..4]),
        ("backwards", x => x[TensorIndex.Ellipsis, TensorIndex.Slice(null, null, -2)]), ("flip", x => Ops.Flip(x)), ("roll", x => Ops.Roll(x, 2, 0)),
        ("pad", x => Ops.Pad(x, [(1, 0), (0, 2), (3, 1)])), ("concatenate", x => Ops.Concatenate([x, x * 2, x[..1]])), ("stack", x => Ops.Stack([x, x], 1)),
        ("stretched", x => Ops.BroadcastTo(x[0, 0], [70, 7])), ("tril", x => Ops.Tril(x, 1)), ("take", x => Ops.Take(x, Tensor.Of([2, 0, -1, 2], [2, 2]), 1)),
        ("repeat", x => Ops.Repeat(x, 3, 1)), ("tile", x => Ops.Tile(x, [2, 1, 3])), ("sum", x => Ops.Sum(x, 1)), ("mean", x => Ops.Mean(x, new Axes?([0, 2]), true)),
        ("cumsum", x => Ops.Cumsum(x, 2)), ("where", x => Ops.Where(Ops.Greater(Ops.Reshape(Ops.Arange(7), [1, 1, 7]), 2), x, x * 3)), ("diagonal", x => Ops.Diagonal(x)),
        ("trace", x => Ops.Trace(x)), ("negative", x => -x), ("scaled", x => x * 2.5 / 0.5), ("copy", Ops.Copy), ("split", x => Ops.Split(x, 3)[1]),
        ("einsum", x => Ops.Einsum("abc,bd->adc", x, Ops.Ones([6, 2]))), ("swapped", x => Ops.Swapaxes(x, 0, 1)), ("diff", x => Ops.Diff(x)),
        ("scattered", x => Ops.ScatterUpdate(x, Tensor.Of([2, 0], [2, 1]), x[..2] * 2)), ("added", x => Ops.Scatter(Tensor.Of([1, 3, 1], [3, 1]), x, [4, 6, 7])),
    ];

    static IEnumerable<TestCaseData> LinearCases => from f in Linear from d in Both select new TestCaseData(f.F, d).SetArgDisplayNames(f.Name, d.Name());

    [TestCaseSource(nameof(LinearCases))]
    public void What_moves_or_adds_does_it_to_both_parts(Func<Tensor, Tensor> f, DType dtype)
    {
        var x = Make([3, 6, 7], dtype);
        var y = f(x);
        var (real, imaginary) = (f(Ops.Real(x)), f(Ops.Imag(x)));
        var weights = Make(y.Shape, dtype, 2);
        var gradient = Gradients.Of(Ops.Sum(Ops.Real(y * Ops.Conj(weights))), [x])[0];
        var (a, b) = (Ops.Real(x), Ops.Imag(x));
        var parts = Gradients.Of(Ops.Sum(f(a) * Ops.Real(weights) + f(b) * Ops.Imag(weights)), [a, b]);
        var step = dtype == DType.Complex64 ? 1e-5 : 1e-13;
        Assert.Multiple(() =>
        {
            Assert.That(y.DType, Is.EqualTo(dtype));
            Assert.That(Ops.Real(y).ToDoubles(), Is.EqualTo(real.ToDoubles()).Within(step));
            Assert.That(Ops.Imag(y).ToDoubles(), Is.EqualTo(imaginary.ToDoubles()).Within(step));
            Assert.That(gradient.Type, Is.EqualTo(x.Type));
            Assert.That(Ops.Real(gradient).ToDoubles(), Is.EqualTo(parts[0].ToDoubles()).Within(step));
            Assert.That(Ops.Imag(gradient).ToDoubles(), Is.EqualTo(parts[1].ToDoubles()).Within(step));
        });
    }

    [Test]
    public void Values_go_in_and_come_out()
    {
        var wide = Tensor.Of([1 + I, 2 - 3 * I], [2]);
        var narrow = Tensor.Of([new Complex64(1, 1), new Complex64(2, -3)], [2]);
        Assert.Multiple(() =>
        {
            Assert.That(wide.DType, Is.EqualTo(DType.Complex128));
            Assert.That(narrow.DType, Is.EqualTo(DType.Complex64));
            Assert.That(Ops.Cast(wide, DType.Complex64).ToArray<Complex64>(), Is.EqualTo(narrow.ToArray<Complex64>()));
            Assert.That(Ops.Cast(narrow, DType.Complex128).ToArray<Complex>(), Is.EqualTo(wide.ToArray<Complex>()));
            Assert.That(Ops.ConvertToNumpy(wide), Is.EqualTo(new[] { 1 + I, 2 - 3 * I }));
            Assert.That(Tensor.Of(new Complex[,] { { 1, I } }).Shape, Is.EqualTo(Shape.Of(1, 2)));
            Assert.That(wide[1].Item<Complex>(), Is.EqualTo(2 - 3 * I));
            Assert.That(narrow.ToString(), Is.EqualTo("Constant: complex64 (2,) [<1; 1>, <2; -3>]"));
            Assert.That(() => wide.ToDoubles(), Throws.ArgumentException.With.Message.Contains("a complex number is not one double"));
            Assert.That(Ops.Zeros([3], DType.Complex64).ToArray<Complex64>(), Is.All.EqualTo(default(Complex64)));
            Assert.That(Ops.Full([2], 2 * I, DType.Complex128).ToArray<Complex>(), Is.All.EqualTo(2 * I));
            Assert.That(Ops.OnesLike(wide).ToArray<Complex>(), Is.All.EqualTo(Complex.One));
        });
    }

    [Test]
    public void Casts_drop_the_imaginary_part()
    {
        var x = Tensor.Of([1.75 + I, 0.5 * I, 0], [3]);
        Assert.Multiple(() =>
        {
            Assert.That(Ops.Cast(x, DType.Float32).ToArray<float>(), Is.EqualTo(new[] { 1.75f, 0, 0 }));
            Assert.That(Ops.Cast(x, DType.Int32).ToArray<int>(), Is.EqualTo(new[] { 1, 0, 0 }));
            Assert.That(Ops.Cast(x, DType.Float16).DType, Is.EqualTo(DType.Float16));
            Assert.That(Ops.Cast(x, DType.Bool).ToArray<bool>(), Is.EqualTo(new[] { true, true, false }));
            Assert.That(Ops.Cast(Tensor.Of([3, -4], [2]), DType.Complex64).ToArray<Complex64>(), Is.EqualTo(new[] { new Complex64(3), new Complex64(-4) }));
            Assert.That(Ops.Cast(Tensor.Of([true], [1]), DType.Complex128).ToArray<Complex>(), Is.EqualTo(new[] { Complex.One }));
            Assert.That(Ops.Cast(Tensor.Of([1 + I], []), DType.Complex64).Item<Complex64>(), Is.EqualTo(new Complex64(1, 1)));
        });
    }

    [Test]
    public void A_complex_literal_takes_the_width_of_what_it_meets()
    {
        Assert.Multiple(() =>
        {
            Assert.That((Ops.Ones([2]) * I).DType, Is.EqualTo(DType.Complex64));
            Assert.That((Ops.Ones([2], DType.Float16) * I).DType, Is.EqualTo(DType.Complex64));
            Assert.That((Ops.Ones([2], DType.Int64) * I).DType, Is.EqualTo(DType.Complex64));
            Assert.That((Ops.Ones([2], DType.Float64) * I).DType, Is.EqualTo(DType.Complex128));
            Assert.That((Ops.Ones([2], DType.Complex64) * I).DType, Is.EqualTo(DType.Complex64));
            Assert.That(Ops.ConvertToTensor(I).DType, Is.EqualTo(DType.Complex64));
            Assert.That((Ops.Ones([2]) * I + 1).ToArray<Complex64>(), Is.All.EqualTo(new Complex64(1, 1)));
        });
    }

    [Test]
    public void Tests_look_at_both_parts()
    {
        var x = Tensor.Of([1 + I, 1, I, new Complex(double.NaN, 0), new Complex(0, double.PositiveInfinity)], [5]);
        Assert.Multiple(() =>
        {
            Assert.That(Ops.Equal(x, Tensor.Of([1 + I, I, I, 0, 0], [5])).ToDoubles(), Is.EqualTo(new double[] { 1, 0, 1, 0, 0 }));
            Assert.That(Ops.NotEqual(x, 1 + I).ToDoubles(), Is.EqualTo(new double[] { 0, 1, 1, 1, 1 }));
            Assert.That(Ops.Isreal(x).ToDoubles(), Is.EqualTo(new double[] { 0, 1, 0, 1, 0 }));
            Assert.That(Ops.Isnan(x).ToDoubles(), Is.EqualTo(new double[] { 0, 0, 0, 1, 0 }));
            Assert.That(Ops.Isinf(x).ToDoubles(), Is.EqualTo(new double[] { 0, 0, 0, 0, 1 }));
            Assert.That(Ops.Isfinite(x).ToDoubles(), Is.EqualTo(new double[] { 1, 1, 1, 0, 0 }));
            Assert.That(Ops.Nansum(x[..4]).Item<Complex>(), Is.EqualTo(2 + 2 * I));
        });
    }

    [TestCaseSource(nameof(Both))]
    public void Parts_lengths_and_angles(DType dtype)
    {
        var x = Make([3, 5], dtype);
        var (values, within) = (Values(x), dtype == DType.Complex64 ? 1e-6 : 1e-15);
        Assert.Multiple(() =>
        {
            Assert.That(Ops.Absolute(x).DType, Is.EqualTo(dtype == DType.Complex64 ? DType.Float32 : DType.Float64));
            Assert.That(Ops.Absolute(x).ToDoubles(), Is.EqualTo(values.Select(Complex.Abs)).Within(within));
            Assert.That(Ops.Angle(x).ToDoubles(), Is.EqualTo(values.Select(v => v.Phase)).Within(4 * within));
            Assert.That(Values(Ops.Polar(Ops.Abs(x), Ops.Angle(x))).Zip(values, (a, b) => (a - b).Magnitude), Is.All.LessThan(4 * within));
            Assert.That(Values(Ops.Square(x)).Zip(values, (a, b) => (a - b * b).Magnitude), Is.All.LessThan(4 * within));
            Assert.That(Values(Ops.Reciprocal(x)).Zip(values, (a, b) => (a * b - 1).Magnitude), Is.All.LessThan(9 * within));
            Assert.That(Parts(Ops.ViewAsComplex(Ops.ViewAsReal(x))), Is.EqualTo(Parts(x)));
            Assert.That(Values(Ops.Vdot(x, x))[0].Real, Is.EqualTo(values.Sum(v => v.Magnitude * v.Magnitude)).Within(9 * within));
            Assert.That(Values(Ops.Vdot(x, x))[0].Imaginary, Is.EqualTo(0).Within(within));
            Assert.That(Ops.Imag(Ops.Ones([2])).ToDoubles(), Is.All.Zero);
            Assert.That(Parts(Ops.Ones([1], DType.Float16)), Is.EqualTo(new double[] { 1, 0 }));
        });
    }

    [TestCaseSource(nameof(Both))]
    public void Unusual_values_are_as_in_NumPy(DType dtype)
    {
        Tensor Of(params Complex[] values) => Ops.Cast(Tensor.Of(values, [values.Length]), dtype);
        double inf = double.PositiveInfinity, nan = double.NaN;
        Assert.Multiple(() =>
        {
            Assert.That(Parts(Of(1, 1 + I, 0) / Of(0, 0, 0)), Is.EqualTo(new[] { inf, nan, inf, inf, nan, nan }));
            Assert.That(Parts(Of(1, 2 * I) / Of(inf, new Complex(0, inf))), Is.EqualTo(new[] { 0, 0, 0, 0.0 }));
            Assert.That(Parts(Of(1e30 + 1e30 * I) / Of(1e30 + 1e30 * I)), Is.EqualTo(new[] { 1, 0.0 }));
            Assert.That(Parts(Ops.Sqrt(Of(-4, 0, new Complex(-1, -0.0), 2 * I, -2 * I))), Is.EqualTo(new double[] { 0, 2, 0, 0, 0, -1, 1, 1, 1, -1 }).Within(1e-7));
            Assert.That(Parts(Ops.Exp(Of(inf, 0))), Is.EqualTo(new[] { inf, 0, 1, 0 }));
            Assert.That(Parts(Ops.Log(Of(0, -1))), Is.EqualTo(new[] { -inf, 0, 0, Math.PI }).Within(1e-6));
        });
    }

    static Tensor Loss(Tensor[] x)
    {
        var z = Ops.Polar(x[0], x[1]);
        var w = Ops.Matmul(z, Ops.ViewAsComplex(x[2]));
        var u = Ops.Exp(w * (0.3 + 0.2 * I)) / (Ops.Conj(w) + 2) - Ops.Sqrt(Ops.Square(z) + I)[0, 0];
        var v = Ops.Concatenate([u, Ops.Transpose(Ops.Log(u)), x[0] * u, Ops.Cast(Ops.Real(w), DType.Complex128)]);
        return Ops.Sum(Ops.Abs(v)) + Ops.Mean(Ops.Real(v) * Ops.Imag(v)) + Ops.Sum(Ops.Angle(Ops.Cumsum(v, 0)[..5])) + Ops.Real(Ops.Vdot(v, v * I + 1));
    }

    [Test]
    public void A_real_loss_through_complex_values_has_the_right_gradient()
    {
        var random = new System.Random(5);
        Shape[] shapes = [[3, 3], [3, 3], [3, 3, 2]];
        double[][] at = [.. shapes.Select(s => Enumerable.Range(0, (int)s.Size).Select(_ => random.NextDouble() + 0.2).ToArray())];
        Tensor[] Tensors(int which = 0, int element = 0, double by = 0) =>
            [.. at.Select((v, k) => Tensor.Of([.. v.Select((e, i) => k == which && i == element ? e + by : e)], shapes[k]))];
        var xs = Tensors();
        var gradients = Gradients.Of(Loss(xs), xs);
        for (var k = 0; k < xs.Length; k++)
        {
            Assert.That(gradients[k].Type, Is.EqualTo(xs[k].Type));
            var found = gradients[k].ToDoubles();
            for (var i = 0; i < found.Length; i++)
                Assert.That(found[i], Is.EqualTo((Loss(Tensors(k, i, 1e-5)).Item() - Loss(Tensors(k, i, -1e-5)).Item()) / 2e-5).Within(1e-6), $"{k}, {i}");
        }
    }

    [Test]
    public void Loops_carry_complex_values_and_their_gradients()
    {
        // The sum of the powers of z as a loop, and in full.
        static Tensor Looped(Tensor z) => Ops.Abs(Ops.Scan((carry, _) => (carry * z, carry), z, Ops.Zeros([4])).Ys[3] + 1);
        var z = Tensor.Of([0.8 + 0.5 * I], []);
        var (looped, full) = (Looped(z), Ops.Abs(z * z * z * z + 1));
        Assert.Multiple(() =>
        {
            Assert.That(looped.Item(), Is.EqualTo(full.Item()).Within(1e-14));
            Assert.That(Parts(Gradients.Of(looped, [z])[0]), Is.EqualTo(Parts(Gradients.Of(full, [z])[0])).Within(1e-13));
        });
    }

    [Test]
    public void Derivatives_in_a_direction_are_complex()
    {
        var (z, direction) = (0.8 + 0.5 * I, 0.3 - 0.7 * I);
        var (_, tangent) = Ops.Jvp(x => Ops.Exp(x[0]) * Ops.Conj(x[0]), [Tensor.Of([z], [])], [Tensor.Of([direction], [])]);
        var expected = Complex.Exp(z) * (direction * Complex.Conjugate(z) + Complex.Conjugate(direction));
        Assert.That((tangent.Item<Complex>() - expected).Magnitude, Is.LessThan(1e-14));
        // A complex result by its seed s: that of Re(conj(s)·z²) is 2·s·conj(z).
        var at = Tensor.Of([z], []);
        var gradient = Gradients.Of(Ops.Square(at), [at], Tensor.Of([direction], []))[0];
        Assert.That((gradient.Item<Complex>() - 2 * direction * Complex.Conjugate(z)).Magnitude, Is.LessThan(1e-14));
    }

    [Test]
    public void Gradients_of_complex_tensors_point_uphill()
    {
        // d|z|²: 2z. The loss grows fastest along the gradient, whose parts are the derivatives by the parts.
        var z = Tensor.Of([3 + 4 * I, 0], [2]);
        Assert.Multiple(() =>
        {
            Assert.That(Values(Gradients.Of(Ops.Sum(Ops.Square(Ops.Abs(z))), [z])[0]), Is.EqualTo(new[] { 6 + 8 * I, 0 }));
            Assert.That(Values(Gradients.Of(Ops.Sum(Ops.Abs(z)), [z])[0]), Is.EqualTo(new[] { 0.6 + 0.8 * I, 0 }));
            Assert.That(Values(Gradients.Of(Ops.Sum(Ops.Imag(z)), [z])[0]), Is.EqualTo(new[] { I, I }));
            Assert.That(() => Gradients.Of(Ops.Sum(z), [z]), Throws.ArgumentException.With.Message.Contains("only a floating result has gradients"));
        });
    }

    [Test]
    public void Gradients_of_complex_tensors_are_found_late_too([Values] bool slices)
    {
        var at = Tensor.Of([0.2, 1.8], [2]);
        Tensor Loss(Tensor z)
        {
            var y = slices ? z[1.., ..^1] : Ops.MapCoordinates(z, [at, at], 0);
            return Ops.Sum(Ops.Square(Ops.Abs(y)) + Ops.Imag(y * y));
        }
        var z = Make([3, 4], DType.Complex128);
        Assert.That(Parts(Unsized.Gradient(Loss, z, [Shape.Unknown, 4])), Is.EqualTo(Parts(Gradients.Of(Loss(z), [z])[0])));
    }

    [Test]
    public void What_knows_no_complex_numbers_says_so()
    {
        Func<Tensor, Tensor>[] atOnce =
        [
            Ops.Sin, Ops.Tanh, Ops.Sigmoid, x => Ops.Softmax(x), x => Ops.Var(x), x => Ops.Round(x), Ops.Trunc, Ops.Signbit, x => Ops.NanToNum(x), Ops.Deg2rad,
            x => Ops.Arctan2(x, x), x => Ops.Logaddexp(x, x), x => Ops.Norm(x), Ops.Inv, Ops.Isposinf, x => Ops.Isclose(x, x), Ops.ViewAsComplex, x => Ops.Polar(x, 1),
            x => Ops.SaturateCast(x, DType.Float32), x => Ops.AveragePool(x, [2]),
        ];
        Func<Tensor, Tensor>[] whenRun =
        [
            x => Ops.Max(x), x => Ops.Argmin(x), x => Ops.Sort(x), x => Ops.Less(x, x), x => Ops.Maximum(x, x), x => Ops.Prod(x), Ops.Sign, Ops.Relu, x => Ops.Power(x, 2),
            x => Ops.FloorDivide(x, x), x => Ops.Mod(x, x), x => Ops.Cumprod(x, 0), x => Ops.Clip(x, 0, 1), x => Ops.TopK(x, 1).Values,
        ];
        foreach (var dtype in Both)
        {
            var x = Make([2, 2], dtype);
            foreach (var f in atOnce)
                Assert.That(() => f(x), Throws.InstanceOf<NotSupportedException>().With.Message.Contains($"complex numbers are not supported here. Expected: a real dtype. Received: {dtype.Name()}"));
            foreach (var f in whenRun) Assert.That(() => f(x).Evaluate(), Throws.InstanceOf<NotSupportedException>().With.Message.Contains("has no kernel"));
            Assert.That(() => Ops.BitwiseAnd(x, x), Throws.ArgumentException);
            Assert.That(() => Ops.ViewAsComplex(Ops.Ones([3])), Throws.ArgumentException.With.Message.EqualTo(
                "[view_as_complex] the last axis does not hold pairs. Expected: a last dimension of 2. Received: (3,)."));
        }
    }
}
