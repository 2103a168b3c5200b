namespace Keras.Kernels.Tests.Table;

/// <summary>Nodes that no kernel runs, and casts beyond the range of a dtype.</summary>
sealed class GraphNodeTests
{
    static readonly Tensor X = Tensor.Of([1.0, -2, 3], [3]);

    [Test]
    public void Identity_is_its_input()
    {
        var y = new Identity().On(X);
        Assert.That(y.ToDoubles(), Is.EqualTo(X.ToDoubles()));
        Assert.That(Gradients.Of(Ops.Sum(y * y), [X])[0].ToDoubles(), Is.EqualTo(new[] { 2.0, -4, 6 }));
    }

    [Test]
    public void No_gradient_flows_through_StopGradient()
    {
        var y = Ops.StopGradient(X * X) * X;
        Assert.That(y.ToDoubles(), Is.EqualTo(new[] { 1.0, -8, 27 }));
        Assert.That(Gradients.Of(Ops.Sum(Ops.StopGradient(X * X) * X), [X])[0].ToDoubles(), Is.EqualTo(new[] { 1.0, 4, 9 }));
    }

    [Test]
    public void CustomGradient_uses_its_rule()
    {
        var y = Ops.CustomGradient(Ops.Square(X), [X], g => [g * 10]);
        Assert.That(y.ToDoubles(), Is.EqualTo(new[] { 1.0, 4, 9 }));
        Assert.That(Gradients.Of(Ops.Sum(y), [X])[0].ToDoubles(), Is.EqualTo(new[] { 10.0, 10, 10 }));
    }

    [Test]
    public void CustomGradient_needs_one_gradient_an_input()
    {
        var y = Ops.CustomGradient(Ops.Square(X), [X], g => [g, g]);
        Assert.That(() => Gradients.Of(Ops.Sum(y), [X]), Throws.ArgumentException.With.Message
            .EqualTo("[CustomGradient] the rule gives a wrong number of gradients. Expected: 1. Received: 2."));
    }

    [TestCase(DType.Int8, -128, 127)]
    [TestCase(DType.Int16, -32768, 32767)]
    [TestCase(DType.Int32, int.MinValue, int.MaxValue)]
    [TestCase(DType.UInt8, 0, 255)]
    [TestCase(DType.UInt16, 0, 65535)]
    [TestCase(DType.UInt32, 0, uint.MaxValue)]
    public void Casts_of_floats_stop_at_the_ends_of_the_range(DType to, double low, double high)
    {
        double[] values = [-1e30, 1e30, double.NegativeInfinity, double.PositiveInfinity, 2.9];
        var expected = new[] { low, high, low, high, 2 };
        Assert.Multiple(() =>
        {
            // Long enough for vectors, and one by one.
            Assert.That(Ops.Cast(Tensor.Of([.. Enumerable.Repeat(values, 9).SelectMany(v => v)], [45]), to).ToDoubles()[..5], Is.EqualTo(expected), "float64");
            Assert.That(Ops.Cast(Ops.Cast(Tensor.Of([.. Enumerable.Repeat(values, 9).SelectMany(v => v)], [45]), DType.Float32), to).ToDoubles()[..5],
                Is.EqualTo(expected), "float32");
            Assert.That(values.Select(v => Ops.Cast(Tensor.Scalar(v, DType.Float64), to).Item()), Is.EqualTo(expected), "literals");
        });
    }

    [Test]
    public void The_gradient_of_a_cast_is_cast_back()
    {
        var gradient = Gradients.Of(Ops.Sum(Ops.Cast(X, DType.Float32) * 3), [X])[0];
        Assert.That(gradient.DType, Is.EqualTo(DType.Float64));
        Assert.That(gradient.ToDoubles(), Is.EqualTo(new[] { 3.0, 3, 3 }));
    }
}
