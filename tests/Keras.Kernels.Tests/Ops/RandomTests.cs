namespace Keras.Kernels.Tests.Table;

/// <summary>What is drawn from integers, classes and orders.</summary>
sealed class RandomTests
{
    [Test]
    public void Integers_are_even_over_their_range()
    {
        var values = Random.Randint([60_000], -3, 3, seed: 1).ToDoubles();
        var counts = Enumerable.Range(-3, 6).Select(v => values.Count(x => x == v)).ToArray();
        Assert.Multiple(() =>
        {
            Assert.That(counts.Sum(), Is.EqualTo(values.Length));
            // Five standard deviations of a count of 10,000.
            Assert.That(counts, Is.All.InRange(9_540, 10_460));
        });
    }

    [Test]
    public void Integers_reach_the_ends_of_64_bits()
    {
        var values = Random.Randint([2000], long.MinValue, long.MaxValue, DType.Int64, 1).ToArray<long>();
        Assert.Multiple(() =>
        {
            Assert.That(values.Min(), Is.LessThan(long.MinValue / 100 * 99));
            Assert.That(values.Max(), Is.GreaterThan(long.MaxValue / 100 * 99));
            Assert.That(Random.Randint([0], 0, 1).Shape, Is.EqualTo(Shape.Of(0)));
        });
    }

    [Test]
    public void An_empty_range_is_refused() => Assert.That(() => Random.Randint([1], 2, 2),
        Throws.ArgumentException.With.Message.EqualTo("[randint] the range is empty. Expected: minval below maxval. Received: 2 and 2."));

    [Test]
    public void Classes_come_with_their_probabilities()
    {
        var drawn = Random.Categorical(Tensor.Of([0f, MathF.Log(3), float.NegativeInfinity], [1, 3]), 40_000, seed: 2);
        var values = drawn.ToDoubles();
        Assert.Multiple(() =>
        {
            Assert.That(drawn.Shape, Is.EqualTo(Shape.Of(1, 40_000)));
            // Five standard deviations of the count.
            Assert.That(values.Count(v => v == 1), Is.InRange(29_567, 30_433));
            Assert.That(values, Has.None.EqualTo(2));
        });
    }

    [Test]
    public void A_shuffle_is_a_new_order_of_the_same()
    {
        var shuffled = Random.Shuffle(Ops.Reshape(Ops.Arange(300), [3, 100]), 1, 3).ToDoubles();
        Assert.Multiple(() =>
        {
            Assert.That(shuffled.Order(), Is.EqualTo(Enumerable.Range(0, 300)));
            Assert.That(shuffled.Take(100), Is.Not.Ordered);
            Assert.That(shuffled.Skip(100).Take(100).Select(v => v - 100), Is.EqualTo(shuffled.Take(100)));
        });
    }
}
