namespace Keras.Core.Tests.Layers;

using System.Text.Json.Nodes;
using Keras.Layers;

/// <summary>Layers that learn from data what is no weight of training, and values that follow from their definitions.</summary>
sealed class AdaptTests
{
    [Test]
    public void Normalization_adapts_to_all_batches_at_once()
    {
        var random = new System.Random(1);
        float[] values = [.. Enumerable.Range(0, 60).Select(_ => (float)((random.NextDouble() * 4) + 1000))];
        var whole = Tensor.Of(values, [20, 3]);
        Tensor[] batches = [Ops.Slice(whole, (0, 0), [1, 3]), Ops.Slice(whole, (1, 0), [12, 3]), Ops.Slice(whole, (13, 0), [7, 3])];
        var (once, stream) = (new Normalization(), new Normalization());
        once.Adapt(whole);
        stream.Adapt(batches);
        var expected = (whole - Ops.Mean(whole, 0)) / Ops.Std(Ops.Cast(whole, DType.Float64), 0);
        Assert.Multiple(() =>
        {
            for (var i = 0; i < 2; i++) Assert.That(stream.GetWeights()[i].ToDoubles(), Is.EqualTo(once.GetWeights()[i].ToDoubles()).Within(1e-6).Percent);
            Assert.That(once.Apply(whole).ToDoubles(), Is.EqualTo(expected.ToDoubles()).Within(1e-3));
        });
    }

    [Test]
    public void Normalization_has_one_mean_of_all_and_goes_back()
    {
        var data = Tensor.Of([1f, 2, 3, 4, 5], [5]);
        var layer = new Normalization([]);
        layer.Adapt(data);
        var back = new Normalization([], layer.GetWeights()[0], layer.GetWeights()[1], invert: true);
        var normal = layer.Apply(Tensor.Of([1f, 2, 3], [3]));
        Assert.Multiple(() =>
        {
            Assert.That(normal.ToArray<float>(), Is.EqualTo([-1.4142135f, -0.70710677f, 0f]).Within(1e-6));
            Assert.That(back.Apply(normal).ToArray<float>(), Is.EqualTo([1f, 2, 3]).Within(1e-6));
        });
    }

    [Test]
    public void Normalization_keeps_a_constant_feature_finite()
    {
        var layer = new Normalization();
        layer.Adapt(Tensor.Of([2f, 2, 2], [3, 1]));
        Assert.That(layer.Apply(Tensor.Of([2f], [1, 1])).ToArray<float>(), Is.EqualTo([0f]));
    }

    [Test]
    public void Discretization_adapts_to_quantiles()
    {
        var layer = new Discretization(numBins: 4, epsilon: 0.01);
        layer.Adapt(Tensor.Of([-1.5f, 1.0f, 3.4f, .5f, 0.0f, 3.0f, 1.3f, 0.0f], [2, 4]));
        // The indices that Keras's documentation gives for these numbers.
        Assert.That(layer.Apply(Tensor.Of([-1.5f, 1.0f, 3.4f, .5f, 0.0f, 3.0f, 1.3f, 0.0f], [2, 4])).ToArray<int>(), Is.EqualTo([0, 2, 3, 2, 1, 3, 3, 1]));
    }

    [Test]
    public void Discretization_adapts_to_a_stream_about_as_to_all_at_once()
    {
        float[] values = [.. Enumerable.Range(0, 10000).Select(i => (float)(i * 7919 % 10000) / 10000)];
        var layer = new Discretization(numBins: 5);
        layer.Adapt(values.Chunk(1500).Select(c => Tensor.Of(c, [c.Length])));
        Assert.That(layer.BinBoundaries, Is.EqualTo([0.2, 0.4, 0.6, 0.8]).Within(0.03));
        var again = (Discretization)ObjectConfig.Construct(typeof(Discretization), JsonNode.Parse(layer.GetConfig().ToJsonString())!.AsObject());
        Assert.That(again.BinBoundaries, Is.EqualTo(layer.BinBoundaries));
    }

    [Test]
    public void Discretization_gives_integers_in_a_model_too()
    {
        var model = new Sequential([new Input(4), new Discretization([-0.5, 0, 0.1, 0.2, 3])]);
        var x = Tensor.Of([0, 0.15f, 0.21f, 0.3f, 0, 0.17f, 0.451f, 7.8f], [2, 4]);
        foreach (var y in new[] { model.Apply(x), model.Predict(x) })
            Assert.That(y.ToArray<int>(), Is.EqualTo([2, 3, 4, 4, 2, 3, 4, 5]));
    }

    [Test]
    public void Normalization_that_refused_a_shape_takes_another()
    {
        var layer = new Keras.Layers.Normalization(mean: Ops.Ones([3]), variance: Ops.Ones([3]));
        Assert.That(() => layer.Apply(Ops.Ones([2, 5, 4])), Throws.ArgumentException);
        Assert.That(layer.Apply(Ops.Ones([2, 3])).ToDoubles(), Has.All.EqualTo(0));
    }

    [Test]
    public void CategoryEncoding_counts_a_sample_and_passes_over_others()
    {
        var counts = new CategoryEncoding(3, "count");
        Assert.That(counts.Apply(Tensor.Of([0L, 2, 2, -1, 3, 1L << 32], [6])).ToDoubles(), Is.EqualTo([1, 0, 2]));
        var three = counts.Apply(Tensor.Of([0, 1, 0, 2, 9, 1], [1, 3, 2]));
        Assert.That(three.Shape, Is.EqualTo(Shape.Of(1, 2, 3)));
        Assert.That(three.ToDoubles(), Is.EqualTo([2, 0, 0, 0, 2, 1]));
    }

    [Test]
    public void CategoryEncoding_counts_among_many_in_little_memory()
    {
        var tokens = Ops.Zeros([64, 4096], DType.Int32);
        Assert.That(new CategoryEncoding(100_000, "count").Apply(tokens)[0, 0].Item(), Is.EqualTo(4096));
    }

    [Test]
    public void CategoryEncoding_weighs_counts() => Assert.That(
        new CategoryEncoding(4, "count").Apply(Tensor.Of([0, 1, 1, 3], [2, 2]), countWeights: Tensor.Of([0.5f, 2, 3, 4], [2, 2])).ToArray<float>(),
        Is.EqualTo([0.5f, 2, 0, 0, 0, 3, 0, 4]));

    [Test]
    public void MaxNumBoundingBoxes_cuts_and_fills()
    {
        var boxes = new Dictionary<string, Nest> { ["boxes"] = Ops.Ones([2, 3, 4]), ["labels"] = Ops.Ones([2, 3], DType.Int32) };
        foreach (var (number, last) in new[] { (2, 1f), (4, -1f) })
        {
            var result = new MaxNumBoundingBoxes(number).Apply(new Dictionary<string, Nest> { ["images"] = Ops.Ones([2, 5, 5, 3]), ["bounding_boxes"] = boxes });
            var (b, l) = (result.Items[0].Items[0].Tensor, result.Items[0].Items[1].Tensor);
            Assert.That((b.Shape, l.Shape), Is.EqualTo((Shape.Of(2, number, 4), Shape.Of(2, number))));
            Assert.That((b.ToArray<float>()[^1], l.ToArray<int>()[^1]), Is.EqualTo((last, (int)last)));
        }
    }
}
