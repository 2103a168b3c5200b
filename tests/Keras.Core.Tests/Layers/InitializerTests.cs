namespace Keras.Core.Tests.Layers;

using Keras.Initializers;

sealed class InitializerTests
{
    [TestCase(5, 5)]
    [TestCase(7, 3)]
    [TestCase(3, 7)]
    [TestCase(3, 2, 4)]
    [TestCase(2, 2, 5)]
    [TestCase(1, 1)]
    [TestCase(0, 3)]
    public void Orthogonal_matrices_have_orthonormal_rows_or_columns(params int[] dims)
    {
        var shape = Shape.Of(dims);
        var values = new Orthogonal(gain: 2, seed: 3).Apply(shape, DType.Float64);
        var matrix = Ops.Reshape(values, [dims[..^1].Aggregate(1, (a, b) => a * b), dims[^1]]) / 2;
        var turned = Ops.Transpose(matrix);
        var product = matrix.Shape[0] >= matrix.Shape[1] ? Ops.Matmul(turned, matrix) : Ops.Matmul(matrix, turned);
        Assert.Multiple(() =>
        {
            Assert.That(values.Shape, Is.EqualTo(shape));
            Assert.That(product.ToDoubles(), Is.EqualTo(Ops.Identity(product.Shape[0], DType.Float64).ToDoubles()).Within(1e-14));
        });
    }

    [Test]
    public void Orthogonal_values_are_those_of_the_seed()
    {
        double[] Values(int seed) => new Orthogonal(seed: seed).Apply([4, 3]).ToDoubles();
        var (first, again) = (Values(1), Values(1));
        Assert.Multiple(() =>
        {
            Assert.That(again, Is.EqualTo(first));
            Assert.That(Values(2), Is.Not.EqualTo(first));
            Assert.That(((Orthogonal)(Initializer)"orthogonal").Apply([2, 2], DType.Float16).DType, Is.EqualTo(DType.Float16));
            Assert.That(() => new Orthogonal().Apply([3]), Throws.ArgumentException.With.Message.EqualTo(
                "[Orthogonal] there is no matrix. Expected: 2 dimensions or more. Received: (3,)."));
        });
    }

    // The triangle of the factorization that they come from has a positive diagonal: that of the normal values, whose bits are JAX's.
    [Test]
    public void Orthogonal_values_come_from_normal_ones()
    {
        var q = new Orthogonal(seed: 7).Apply([6, 4], DType.Float64);
        var r = Ops.Matmul(Ops.Transpose(q), Random.Normal([6, 4], dtype: DType.Float64, seed: 7)).ToArray<double>();
        for (var i = 0; i < 4; i++)
            for (var j = 0; j < 4; j++)
                Assert.That(r[(4 * i) + j], i == j ? Is.Positive : i > j ? Is.EqualTo(0).Within(1e-14) : Is.Not.Zero);
    }
}
