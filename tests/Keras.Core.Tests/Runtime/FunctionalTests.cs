namespace Keras.Core.Tests.Runtime;

/// <summary>Functions of functions.</summary>
sealed class FunctionalTests
{
    [Test]
    public void AssociativeScan_gives_all_prefixes([Values(0, 1, 2, 3, 4, 7, 8, 13)] int length, [Values] bool reverse)
    {
        var x = Tensor.Of([.. Enumerable.Range(1, length * 2).Select(i => (double)i)], [length, 2]);
        var expected = reverse ? Ops.Flip(Ops.Cumsum(Ops.Flip(x, 0), 0), 0) : Ops.Cumsum(x, 0);
        Assert.That(Ops.AssociativeScan((a, b) => a + b, x, reverse).ToDoubles(), Is.EqualTo(expected.ToDoubles()));
        Assert.That(Ops.AssociativeScan((a, b) => a + b, Ops.Transpose(x), reverse, axis: -1).ToDoubles(), Is.EqualTo(Ops.Transpose(expected).ToDoubles()));
    }

    [Test]
    public void AssociativeScan_keeps_the_order_and_scans_several_tensors()
    {
        // A linear recurrence y = a y + b, whose steps do not commute.
        var (a, b) = (Tensor.Of([2.0, 3, 5, 7, 11], [5]), Tensor.Of([1.0, 2, 3, 4, 5], [5]));
        var found = Ops.AssociativeScan((l, r) => [l[0] * r[0], (r[0] * l[1]) + r[1]], [a, b]);
        Assert.That(found[1].ToDoubles(), Is.EqualTo(new[] { 1.0, 5, 28, 200, 2205 }));
        Assert.That(Gradients.Of(Ops.Sum(found[1]), [b])[0].ToDoubles(), Is.EqualTo(new[] { 1.0 + 3 + 15 + 105 + 1155, 1 + 5 + 35 + 385, 1 + 7 + 77, 1 + 11, 1 }));
        Assert.That(() => Ops.AssociativeScan((l, _) => l, [a, b[..3]]), Throws.ArgumentException.With.Message.Contains("the lengths along the axis differ"));
    }

    [Test]
    public void Jvp_is_the_derivative_in_a_direction()
    {
        var (x, y) = (Tensor.Of([1.0, -2, 0.5], [3]), Tensor.Of([0.3, 2, -1], [3]));
        var (dx, dy) = (Tensor.Of([0.5, 1, -1], [3]), Tensor.Of([2.0, 0, 1], [3]));
        static Tensor F(Tensor x, Tensor y) => Ops.Sin(x * y) + Ops.Exp(x);
        var (value, tangent) = Ops.Jvp(p => F(p[0], p[1]), [x, y], [dx, dy]);
        var expected = ((F(x + (dx * 1e-6), y + (dy * 1e-6)) - F(x - (dx * 1e-6), y - (dy * 1e-6))) / 2e-6).ToDoubles();
        Assert.That(value.ToDoubles(), Is.EqualTo(F(x, y).ToDoubles()));
        Assert.That(tangent.ToDoubles(), Is.EqualTo(expected).Within(1e-8));
        Assert.That(Ops.Jvp(p => (p[0] * 2, "more"), [x], [dx]).Aux, Is.EqualTo("more"));
        Assert.That(() => Ops.Jvp(p => p[0], [x], [dx[..2]]), Throws.ArgumentException.With.Message.Contains("tangent 0 has another shape"));
    }

    [Test]
    public void Vectorize_broadcasts_over_elements_and_blocks()
    {
        var (column, row) = (Tensor.Of([1.0, 2], [2, 1]), Tensor.Of([10.0, 20, 30], [3]));
        var f = Ops.Vectorize(x => Ops.Where(x[0] > 1.5, x[0] * x[1], x[1]));
        Assert.That(f([column, row]).ToDoubles(), Is.EqualTo(new[] { 10.0, 20, 30, 20, 40, 60 }));
        Assert.That(f([column, row]).Shape, Is.EqualTo(Shape.Of(2, 3)));

        var product = Ops.Vectorize(x => Ops.Matmul(x[0], x[1]), signature: "(m,n),(n)->(m)");
        var matrices = Tensor.Of([.. Enumerable.Range(0, 12).Select(i => (double)i)], [2, 2, 3]);
        Assert.That(product([matrices, row]).ToDoubles(), Is.EqualTo(Ops.Matmul(matrices, row).ToDoubles()));

        var scaled = Ops.Vectorize(x => Ops.Sum(x[1]) * x[0], excluded: [1]);
        Assert.That(scaled([row, column]).ToDoubles(), Is.EqualTo(new[] { 30.0, 60, 90 }));
        Assert.That(() => Ops.Vectorize(x => x[0], signature: "m->n"), Throws.ArgumentException.With.Message.Contains("the signature cannot be read"));
    }
}
