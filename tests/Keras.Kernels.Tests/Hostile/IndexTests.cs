using Keras.Layers;
using Keras.Tests;

namespace Keras.Kernels.Tests.Hostile;

/// <summary>Indices beyond what they index, of every function that reads or writes by them. Where a negative index counts from the end or one that is
/// beyond counts nowhere, as in Keras, that is what is asserted.</summary>
[NonParallelizable]
sealed class IndexTests
{
    const int Size = 3;

    static readonly Tensor X = Ops.Reshape(Ops.Arange(9.0), [3, 3]), Row = Ops.Arange(3.0);

    static readonly Tensor NaN = Ops.Cast(Tensor.Of([float.NaN], [1]), DType.Int32), WideNaN = Ops.Cast(Tensor.Of([double.NaN], [1]), DType.Int64);

    // How each function reads or writes by a vector of one index, of three places.
    static readonly (string Name, Func<Tensor, object?> Call, bool FromEnd)[] Refusing =
    [
        ("take", i => Ops.Take(X, i, 0), true), ("take of all", i => Ops.Take(Ops.Ones([3]), i), true), ("take of the last axis", i => Ops.Take(X, i, -1), true),
        ("take_along_axis", i => Ops.TakeAlongAxis(Ops.Ones([3]), i, 0), true), ("take_along_axis of rows", i => Ops.TakeAlongAxis(X, Ops.Reshape(i, [1, 1]), 1), true),
        ("gradient of take", i => Gradients.Of(Ops.Sum(Ops.Square(Ops.Take(Row, i, 0))), [Row]), true),
        ("scatter", i => Ops.Scatter(Ops.Reshape(i, [1, 1]), Ops.Ones([1, 2]), [3, 2]), true),
        ("scatter in a plane", i => Ops.Scatter(Ops.Concatenate([Ops.Reshape(i, [1, 1]), Ops.ZerosLike(Ops.Reshape(i, [1, 1]))], 1), Ops.Ones([1]), [3, 2]), true),
        ("scatter_update", i => Ops.ScatterUpdate(X, Ops.Reshape(i, [1, 1]), Ops.Ones([1, 3])), true),
        ("scatter_update, add", i => Ops.ScatterUpdate(X, Ops.Reshape(i, [1, 1]), Ops.Ones([1, 3]), "add"), true), ("scatter_update, mul", i => Ops.ScatterUpdate(X, Ops.Reshape(i, [1, 1]), Ops.Ones([1, 3]), "mul"), true),
        ("slice", i => Ops.Slice(X, Ops.Concatenate([i, Ops.ZerosLike(i)]), [1, 2]), false), ("slice_update", i => Ops.SliceUpdate(X, Ops.Concatenate([i, Ops.ZerosLike(i)]), Ops.Ones([1, 2])), false),
        ("embedding", i => new Embedding(Size, 2).Apply(Ops.Reshape(i, [1, 1])), true), ("reversible embedding", i => new ReversibleEmbedding(Size, 2).Apply(Ops.Reshape(i, [1, 1])), true),
        ("sparse_categorical_crossentropy", i => Ops.SparseCategoricalCrossentropy(i, Ops.Ones([1, 3])), false),
        ("sparse_categorical_crossentropy of logits", i => Ops.SparseCategoricalCrossentropy(i, Ops.Ones([1, 3]), fromLogits: true), false),
        ("in_top_k", i => Ops.InTopK(i, Ops.Ones([1, 3]), 1), true),
        ("ctc_loss", i => Ops.CtcLoss(Ops.Reshape(i, [1, 1]), Ops.Ones([1, 4, 3]), Tensor.Of([1], [1]), Tensor.Of([4], [1])), false),
    ];

    static IEnumerable<TestCaseData> Reads => Refusing.Select(r => new TestCaseData(r.Call, r.FromEnd).SetArgDisplayNames(r.Name));

    [TestCaseSource(nameof(Reads)), Hostile("K05")]
    public void Indices_beyond_the_end_are_refused(Func<Tensor, object?> call, bool fromEnd)
    {
        Refusal.Compute(call(Tensor.Of([Size - 1], [1])));
        Refusal.Compute(call(Tensor.Of([(long)Size - 1], [1])));
        if (fromEnd) Refusal.Compute(call(Tensor.Of([-1], [1])));
        Assert.Multiple(() =>
        {
            foreach (var index in (long[])[Size, fromEnd ? -Size - 1 : -1, 1L << 31, (1L << 32) + 1, -(1L << 31) - 1, long.MaxValue, long.MinValue])
                Assert.That(Refusal.Fault(() => Refusal.Compute(call(Tensor.Of([index], [1])))), Is.Null, $"{index}");
            foreach (var index in (int[])[Size, int.MaxValue, int.MinValue])
                Assert.That(Refusal.Fault(() => Refusal.Compute(call(Tensor.Of([index], [1])))), Is.Null, $"{index}");
            foreach (var index in (ulong[])[1UL << 63, ulong.MaxValue, (1UL << 32) + 1])
                Assert.That(Refusal.Fault(() => Refusal.Compute(call(Tensor.Of([index], [1])))), Is.Null, $"unsigned {index}");
            Assert.That(Refusal.Fault(() => Refusal.Compute(call(Tensor.Of([1U << 31], [1])))), Is.Null, "unsigned 2^31");
        });
    }

    [TestCaseSource(nameof(Reads)), Hostile("K05")]
    public void NaN_as_an_index_is_an_index_or_refused(Func<Tensor, object?> call, bool fromEnd)
    {
        Refusal.Compute(call(Ops.Cast(Tensor.Of([0.0f], [1]), DType.Int32)));
        foreach (var index in (Tensor[])[NaN, WideNaN])
        {
            var inside = index.ToDoubles()[0] is var value && value >= (fromEnd ? -Size : 0) && value < Size;
            if (inside) Refusal.Compute(call(index));
            else Refusal.Expect(() => call(index));
        }
    }

    [Test, Hostile("K05")]
    public void Keys_beyond_the_end_are_refused() => Assert.Multiple(() =>
    {
        Refusal.Compute(X[2]);
        Refusal.Compute(X[^3]);
        foreach (var index in (int[])[3, int.MaxValue, -4, int.MinValue]) Assert.That(Refusal.Fault(() => Refusal.Compute(Ops.GetItem(X, index))), Is.Null, $"{index}");
        Refusal.AtOnce(() => X[^4]);
        Refusal.AtOnce(() => Ops.GetItem(X, 0, 0, 0));
    });

    // Classes that are none have no place, and counts none below 0.
    [Test, Hostile("K05")]
    public void Indices_that_count_nowhere_count_nowhere() => Assert.Multiple(() =>
    {
        var beyond = Tensor.Of([-1L, 3, 1L << 31, long.MaxValue, long.MinValue], [5]);
        Assert.That(Ops.OneHot(beyond, 3).ToDoubles(), Is.All.EqualTo(0));
        Assert.That(Ops.MultiHot(beyond, 3).ToDoubles(), Is.All.EqualTo(0));
        Assert.That(Ops.MultiHot(Tensor.Of([(1L << 32) + 1], [1]), 3).ToDoubles(), Is.All.EqualTo(0));
        Assert.That(Ops.MultiHot(Tensor.Of([-1, 3, int.MaxValue, int.MinValue], [4]), 3).ToDoubles(), Is.All.EqualTo(0));
        Assert.That(Ops.OneHot(NaN, 3).ToDoubles().Sum(), Is.EqualTo(NaN.ToDoubles()[0] is >= 0 and < 3 ? 1 : 0));
        Refusal.Expect(() => Ops.Bincount(Tensor.Of([-1], [1])));
        Assert.That(Ops.Bincount(Tensor.Of([1], [1])).ToDoubles(), Is.EqualTo(new[] { 0.0, 1 }));
    });

    [Test, Hostile("K05")]
    public void Classes_of_metrics_keep_all_their_bits() => Assert.Multiple(() =>
    {
        foreach (var (label, value) in ((long, double)[])[(1, 1), (4, 0), (-1, 0), ((1L << 32) + 1, 0), (long.MinValue + 1, 0)])
        {
            var metric = new Keras.Metrics.MeanIoU(3);
            metric.UpdateState(Tensor.Of([label], [1]), Tensor.Of([1], [1]));
            Assert.That(metric.Result().Item(), Is.EqualTo(value).Within(1e-6), $"{label}");
        }
        var scores = Tensor.Of([0.1f, 0.7f, 0.2f], [1, 3]);
        Assert.That(new Keras.Metrics.SparseTopKCategoricalAccuracy(1).Apply(Tensor.Of([1L], [1]), scores).Item(), Is.EqualTo(1));
        Refusal.Expect(() => new Keras.Metrics.SparseTopKCategoricalAccuracy(1).Apply(Tensor.Of([(1L << 32) + 1], [1]), scores));
    });

    [Test, Hostile("K05")]
    public void A_branch_that_is_none_is_the_nearest() => Assert.Multiple(() =>
    {
        foreach (var (index, value) in ((int, double)[])[(-1, 0), (int.MinValue, 0), (1, 1), (2, 1), (int.MaxValue, 1)])
            Assert.That(Ops.Switch(index, [_ => Ops.Zeros([]), _ => Ops.Ones([])], Ops.Ones([])).Item(), Is.EqualTo(value), $"{index}");
    });
}
