using Keras.Tests;

namespace Keras.Kernels.Tests.Hostile;

/// <summary>Segment numbers in no order, promised to be in one, and beyond the count.</summary>
[NonParallelizable]
sealed class SegmentTests
{
    internal delegate Tensor Segments(Tensor data, Tensor ids, int? count, bool sorted);

    static readonly (string Name, Segments Call, double Empty)[] All =
    [
        ("sum", Ops.SegmentSum, 0), ("max", Ops.SegmentMax, double.NegativeInfinity), ("min", Ops.SegmentMin, double.PositiveInfinity), ("prod", Ops.SegmentProd, 1),
    ];

    static IEnumerable<TestCaseData> Calls => All.Select(a => new TestCaseData(a.Call, a.Empty).SetArgDisplayNames(a.Name));

    static readonly Tensor Data = Tensor.Of([1f, 2, 3, 4], [4]);

    [TestCaseSource(nameof(Calls)), Hostile("K06")]
    public void Numbers_in_no_order_are_computed_whatever_is_promised(Segments call, double empty)
    {
        Tensor rising = Tensor.Of([0, 0, 2, 2], [4]), mixed = Tensor.Of([2, 0, 2, 0], [4]), order = Tensor.Of([1, 3, 0, 2], [4]);
        var expected = call(Ops.Take(Data, order, 0), rising, 3, true).ToDoubles();
        Assert.Multiple(() =>
        {
            Assert.That(call(Data, mixed, 3, false).ToDoubles(), Is.EqualTo(expected));
            Assert.That(call(Data, mixed, 3, true).ToDoubles(), Is.EqualTo(expected));
            Assert.That(call(Data, mixed, null, true).ToDoubles(), Is.EqualTo(expected));
            Assert.That(expected[1], Is.EqualTo(empty));
        });
    }

    [TestCaseSource(nameof(Calls)), Hostile("K06")]
    public void Numbers_beyond_the_count_count_nowhere(Segments call, double empty)
    {
        var inside = call(Data[..2], Tensor.Of([0, 1], [2]), 2, false).ToDoubles();
        Assert.Multiple(() =>
        {
            foreach (var sorted in (bool[])[false, true])
            {
                foreach (var number in (int[])[2, 3, 1000, int.MaxValue, -1, int.MinValue])
                    Assert.That(call(Data, Tensor.Of([0, 1, number, number], [4]), 2, sorted).ToDoubles(), Is.EqualTo(inside), $"{number}");
                foreach (var number in (long[])[1L << 31, 1L << 32, (1L << 32) + 1, long.MaxValue, long.MinValue])
                    Assert.That(call(Data, Tensor.Of([0, 1, number, number], [4]), 2, sorted).ToDoubles(), Is.EqualTo(inside), $"{number}");
                Assert.That(call(Data, Tensor.Of([5, 4, 3, 2], [4]), 2, sorted).ToDoubles(), Is.All.EqualTo(empty));
                Assert.That(call(Data, Tensor.Of([0, 0, 0, 0], [4]), 0, sorted).ToDoubles(), Is.Empty);
            }
            var x = Data + 0;
            Assert.That(Gradients.Of(Ops.Sum(call(x, Tensor.Of([0, 1, 2, -1], [4]), 2, false)), [x])[0].ToDoubles(), Is.EqualTo(new[] { 1.0, 1, 0, 0 }));
        });
    }

    [TestCaseSource(nameof(Calls)), Hostile("K06")]
    public void Numbers_and_counts_that_do_not_fit_are_refused(Segments call, double empty)
    {
        Refusal.Compute(call(Data, Tensor.Of([0, 1, 1, 0], [4]), 2, false));
        Assert.That(call(Data[..0], Ops.Zeros([0], DType.Int32), 1, false).ToDoubles(), Is.EqualTo(new[] { empty }));
        Assert.Multiple(() =>
        {
            Refusal.Expect(() => call(Data, Tensor.Of([0, 1, 1], [3]), 2, false));
            Refusal.Expect(() => call(Data, Tensor.Of([0, 1, 1, 0], [2, 2]), 2, false));
            Refusal.Expect(() => call(Data, Tensor.Of([0, 1, 1, 0, 0], [5]), 2, false));
            Refusal.Expect(() => call(Ops.Sum(Data), Tensor.Of([0], [1]), 2, false));
            foreach (var count in (int[])[-1, int.MinValue]) Refusal.Expect(() => call(Data, Tensor.Of([0, 1, 1, 0], [4]), count, false));
            // The count is that of the largest number, which must not be taken at its word.
            foreach (var number in (long[])[1L << 31, 1L << 62, long.MaxValue]) Refusal.Expect(() => call(Data, Tensor.Of([0L, 1, 1, number], [4]), null, false));
            Refusal.Expect(() => call(Data, Tensor.Of([0, 1, 1, int.MaxValue], [4]), null, false));
        });
    }
}
