namespace Keras.Kernels.Tests.Table;

/// <summary>Functions of a tensor whose sizes are found when it runs, as a functional model has them.</summary>
static class Unsized
{
    internal static Tensor Run(Func<Tensor, Tensor> f, Tensor x, Shape open)
    {
        var input = new Placeholder(new TensorType(x.DType, open), "open").On();
        return Graphs.Substitute([f(input)], new Dictionary<Tensor, Tensor> { [input] = x })[0];
    }

    internal static Tensor Gradient(Func<Tensor, Tensor> loss, Tensor x, Shape open) => Run(input => Gradients.Of(loss(input), [input])[0], x, open);

    internal static void AgreesWithSized(Func<Tensor, Tensor> f, Tensor x, Shape open)
    {
        Tensor Loss(Tensor t) => Ops.Sum(Ops.Square(f(t)) * Ops.Sin(f(t)));
        Tensor Second(Tensor t) => Loss(Gradients.Of(Loss(t), [t])[0]);
        Assert.Multiple(() =>
        {
            AreSame(Run(f, x, open), f(x));
            AreSame(Gradient(Loss, x, open), Gradients.Of(Loss(x), [x])[0]);
            AreSame(Gradient(Second, x, open), Gradients.Of(Second(x), [x])[0]);
        });
    }

    static void AreSame(Tensor a, Tensor b)
    {
        Assert.That(a.Shape, Is.EqualTo(b.Shape));
        Assert.That(a.ToDoubles(), Is.EqualTo(b.ToDoubles()).Within(1e-8).Percent.Or.EqualTo(b.ToDoubles()).Within(1e-12));
    }
}

/// <summary>Values and gradients of them are those that known sizes give.</summary>
sealed class UnsizedTests
{
    static readonly (string Name, Func<Tensor, Tensor> F, Shape X, Shape Open)[] All =
    [
        ("windows", x => Ops.ExtractSequences(x, 3, 2), [2, 8], [Shape.Unknown, Shape.Unknown]),
        ("overlapped", x => new Overlapped(2).On(x), [2, 4, 3], [2, Shape.Unknown, Shape.Unknown]),
        ("resize", x => Ops.Resize(x, (3, 2), "bilinear"), [1, 4, 5, 2], [Shape.Unknown, Shape.Unknown, Shape.Unknown, 2]),
        ("blur", x => Ops.GaussianBlur(x), [1, 4, 5, 2], [1, Shape.Unknown, Shape.Unknown, 2]),
        ("layer normalization", x => Ops.LayerNormalization(x, Tensor.Of([1.0, 2, 3], [3]), Tensor.Of([0.5, 0, 1], [3]), axis: 1), [2, 3, 4], [Shape.Unknown, 3, Shape.Unknown]),
        ("layer normalization of two", x => Ops.LayerNormalization(x, Ops.Reshape(Ops.Arange(12.0), [3, 4]) * 0.1, axis: (1, 2)), [2, 3, 4], [2, Shape.Unknown, Shape.Unknown]),
        ("rms normalization", x => Ops.RmsNormalization(x, axis: (0, 2)), [2, 3, 4], [2, Shape.Unknown, Shape.Unknown]),
        ("softmax", x => Ops.Softmax(x, 1), [2, 3, 4], [Shape.Unknown, 3, Shape.Unknown]),
        ("softmax of two", x => Ops.Softmax(x, (0, 2)), [2, 3, 4], [2, Shape.Unknown, Shape.Unknown]),
        ("softmax of one and two", x => Ops.Softmax(x, (1, 2)), [2, 3, 4, 2], [Shape.Unknown, 3, 4, Shape.Unknown]),
        ("log-softmax of all", x => Ops.LogSoftmax(x, axis: null), [2, 3, 4], [Shape.Unknown, 3, Shape.Unknown]),
        ("shared heads", x => Ops.DotProductAttention(x, x[.., .., ..1], x[.., .., 1..2], isCausal: true), [2, 3, 2, 4], [Shape.Unknown, Shape.Unknown, 2, 4]),
        ("one key for many", x => Ops.DotProductAttention(x, Ops.Ones([1, 2, 2, 4], x.DType) * 0.3, Ops.Ones([1, 2, 2, 4], x.DType)) + x, [2, 3, 2, 4], [Shape.Unknown, 3, 2, 4]),
        ("take", x => Ops.Take(x, Tensor.Of([0, 1, 1], [3]), 1), [2, 3], [Shape.Unknown, Shape.Unknown]),
        ("get item", x => x[.., 1..], [2, 3], [Shape.Unknown, Shape.Unknown]),
        ("slice", x => Ops.Slice(x, (0, 1), [2, 2]), [2, 3], [Shape.Unknown, Shape.Unknown]),
        ("sort", x => Ops.Sort(x), [2, 3], [Shape.Unknown, Shape.Unknown]),
        ("largest", x => Ops.TopK(x, 2).Values, [2, 3], [Shape.Unknown, Shape.Unknown]),
        ("pad", x => Ops.Pad(x, [(1, 2), (0, 1)]), [2, 3], [Shape.Unknown, Shape.Unknown]),
        ("concatenate", x => Ops.Concatenate([x, x * 2, x], 1), [2, 3], [Shape.Unknown, Shape.Unknown]),
        ("reshape", x => Ops.Reshape(x, [Shape.Unknown]), [2, 3], [Shape.Unknown, Shape.Unknown]),
        ("convolution", x => Ops.Conv(x, Ops.Reshape(Ops.Arange(24.0), [3, 2, 2, 2]) * 0.01, padding: "same"), [1, 4, 5, 2], [Shape.Unknown, Shape.Unknown, Shape.Unknown, 2]),
        ("strided convolution", x => Ops.Conv(x, Ops.Reshape(Ops.Arange(24.0), [3, 2, 2, 2]) * 0.01, 2), [1, 4, 5, 2], [Shape.Unknown, Shape.Unknown, Shape.Unknown, 2]),
        ("average pool", x => Ops.AveragePool(x, 2, 2, padding: "same"), [1, 4, 5, 2], [Shape.Unknown, Shape.Unknown, Shape.Unknown, 2]),
        ("max pool", x => Ops.MaxPool(x, 2, 2), [1, 4, 5, 2], [Shape.Unknown, Shape.Unknown, Shape.Unknown, 2]),
        ("maximum", x => Ops.Max(x, 1), [2, 3], [Shape.Unknown, Shape.Unknown]),
        ("mean", x => Ops.Mean(x, 1), [2, 3], [Shape.Unknown, Shape.Unknown]),
        ("median", x => Ops.Median(x, 1), [2, 3], [Shape.Unknown, 3]),
        ("SVD", x => Ops.Svd(x, fullMatrices: false).S, [2, 3], [Shape.Unknown, Shape.Unknown]),
        ("QR", x => Ops.Qr(x).R, [2, 3], [Shape.Unknown, Shape.Unknown]),
        ("determinant", x => Ops.Det(x), [3, 3], [Shape.Unknown, Shape.Unknown]),
        ("segments", x => Ops.SegmentMax(x, Tensor.Of([0, 1, 1], [3]), 2), [3, 2], [Shape.Unknown, Shape.Unknown]),
        ("repeat", x => Ops.Repeat(x, 2, 1), [3, 2], [Shape.Unknown, 2]),
        ("tile", x => Ops.Tile(x, [2, 2]), [3, 2], [Shape.Unknown, 2]),
        ("product of matrices", x => Ops.Matmul(x, Ops.Transpose(x)), [3, 2], [Shape.Unknown, Shape.Unknown]),
        ("cumulative product", x => Ops.Cumprod(x, 1), [3, 2], [Shape.Unknown, Shape.Unknown]),
        ("split", x => Ops.Split(x, 2, 1)[1], [3, 4], [Shape.Unknown, 4]),
        ("flip", x => Ops.Flip(x), [3, 4], [Shape.Unknown, Shape.Unknown]),
        ("roll", x => Ops.Roll(x, 1, 1), [3, 4], [Shape.Unknown, Shape.Unknown]),
        ("diagonal", x => Ops.Diagonal(x), [3, 4], [Shape.Unknown, Shape.Unknown]),
    ];

    static IEnumerable<TestCaseData> Cases => All.Select(c => new TestCaseData(c.F, c.X, c.Open).SetArgDisplayNames(c.Name));

    [TestCaseSource(nameof(Cases))]
    public void Sizes_that_are_found_late_change_nothing(Func<Tensor, Tensor> f, Shape x, Shape open) =>
        Unsized.AgreesWithSized(f, Random.Normal(x, dtype: DType.Float64, seed: 3) * 0.5, open);
}
