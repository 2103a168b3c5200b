namespace Keras.Kernels.Tests.Table;

/// <summary>Functions that are composed of sorting, searching and counting, where no recorded case says what they give.</summary>
sealed class OrderTests
{
    static Tensor Vector(params double[] values) => Tensor.Of(values, [values.Length]);

    static Tensor Vector(params int[] values) => Tensor.Of(values, [values.Length]);

    static Tensor Input(DType dtype, Shape shape) => new Placeholder(new TensorType(dtype, shape), "x", IsInput: true).On();

    [Test]
    public void Ties_in_top_k_are_by_index_and_in_in_top_k_all_hits()
    {
        var scores = Ops.Full([1, 5], 0.2);
        Assert.Multiple(() =>
        {
            Assert.That(Ops.TopK(scores, 3).Indices.ToArray<long>(), Is.EqualTo(new[] { 0L, 1, 2 }));
            Assert.That(Ops.InTopK(Vector(4), scores, 3).ToArray<bool>(), Is.EqualTo(new[] { true }));
        });
    }

    [Test]
    public void NaN_takes_a_place_among_the_top_k_but_is_no_hit()
    {
        var scores = Tensor.Of([0.1, double.NaN, 0.5, 0.3, 0.2, 0.5], [2, 3]);
        Assert.Multiple(() =>
        {
            Assert.That(Ops.InTopK(Vector(1, 0), scores, 2).ToArray<bool>(), Is.EqualTo(new[] { false, true }));
            Assert.That(Ops.InTopK(Vector(2, 2), scores, 1).ToArray<bool>(), Is.EqualTo(new[] { false, true }));
            Assert.That(Ops.TopK(scores, 2).Values.ToDoubles(), Is.EqualTo(new[] { double.NaN, 0.5, 0.5, 0.3 }));
        });
    }

    [Test]
    public void Places_are_of_int64_as_values_and_of_int32_in_a_model()
    {
        var x = Input(DType.Float32, [null, 4]);
        Assert.Multiple(() =>
        {
            Assert.That(Ops.TopK(Ops.Ones([4]), 2).Indices.DType, Is.EqualTo(DType.Int64));
            Assert.That(Ops.TopK(x, 2).Indices.Type, Is.EqualTo(new TensorType(DType.Int32, [null, 2])));
            Assert.That(Ops.Argsort(x).Type, Is.EqualTo(new TensorType(DType.Int32, [null, 4])));
        });
    }

    [TestCase("linear", -2.5, 2)]
    [TestCase("lower", -3, 2)]
    [TestCase("higher", -2, 2)]
    [TestCase("midpoint", -2.5, 2)]
    [TestCase("nearest", -3, 2)]
    public void Quantiles_follow_the_method(string method, double tenth, double middle)
    {
        var x = Vector(7, 2, -3, -2, 4, 3);
        Assert.That(Ops.Quantile(x, Vector(0.1, 0.4), method: method).ToDoubles(), Is.EqualTo(new[] { tenth, middle }));
    }

    [Test]
    public void Quantiles_beside_infinities_are_numbers_where_there_is_one()
    {
        const double Far = double.PositiveInfinity;
        Assert.Multiple(() =>
        {
            Assert.That(Ops.Quantile(Vector(-Far, 1, 2, Far), Vector(0, 1.0 / 3, 0.5, 2.0 / 3, 1)).ToDoubles(), Is.EqualTo(new[] { -Far, 1, 1.5, 2, Far }).Within(1e-12));
            Assert.That(Ops.Median(Vector(Far, Far, 0)).Item(), Is.EqualTo(Far));
            Assert.That(Ops.Median(Vector(Far, Far)).Item(), Is.EqualTo(Far));
            Assert.That(Ops.Median(Vector(-double.MaxValue, double.MaxValue)).Item(), Is.Zero);
            Assert.That(Ops.Median(Vector(-Far, Far)).Item(), Is.NaN);
        });
    }

    [Test]
    public void One_NaN_makes_a_quantile_NaN_unless_it_is_skipped()
    {
        var x = Tensor.Of([1, double.NaN, 3, 4, 5, 6, double.NaN, double.NaN, double.NaN], [3, 3]);
        Assert.Multiple(() =>
        {
            Assert.That(Ops.Median(x, 1).ToDoubles(), Is.EqualTo(new[] { double.NaN, 5, double.NaN }));
            Assert.That(Ops.Nanmedian(x, 1).ToDoubles(), Is.EqualTo(new[] { 2, 5, double.NaN }));
            Assert.That(Ops.Nanpercentile(x, Vector(0.0, 100), 1).ToDoubles(), Is.EqualTo(new[] { 1, 4, double.NaN, 3, 6, double.NaN }));
            Assert.That(Gradients.Of(Ops.Sum(Ops.Slice(Ops.Nanmedian(x, 1), 0, [2])), [x])[0].ToDoubles(), Is.EqualTo(new[] { 0.5, 0, 0.5, 0, 1, 0, 0, 0, 0 }));
        });
    }

    [Test]
    public void A_part_beyond_its_range_gives_NaN_where_it_is_computed() =>
        Assert.That(Ops.Quantile(Vector(1.0, 2, 3), Vector(-0.5, 0.5, 1.5) * 1).ToDoubles(), Is.EqualTo(new[] { double.NaN, 2, double.NaN }));

    [Test]
    public void Quantiles_of_an_input_are_those_of_its_value()
    {
        var x = Input(DType.Float64, [null, 3]);
        Tensor[] outputs = [Ops.Median(x), Ops.Quantile(x, 0.25, 0), Ops.Nanmedian(x, 0, keepdims: true), Ops.Sparsemax(x, 0)];
        var value = Tensor.Of([1.0, 5, 3, 4, 2, 6], [2, 3]);
        Tensor[] expected = [Ops.Median(value), Ops.Quantile(value, 0.25, 0), Ops.Nanmedian(value, 0, keepdims: true), Ops.Sparsemax(value, 0)];
        var computed = Graphs.Substitute(outputs, new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance) { [x] = value });
        Assert.That(computed.Select(c => c.ToDoubles()), Is.EqualTo(expected.Select(e => e.ToDoubles())));
    }

    [Test]
    public void A_histogram_counts_as_NumPy_does()
    {
        var (counts, edges) = Ops.Histogram(Vector(0.0, 2, 4, 8, 10, double.NaN), 5, (0, 10));
        var (inner, bounds) = Ops.Histogram(Vector(1, 2, 1, 5), 3, (0, 3));
        var (single, around) = Ops.Histogram(Vector(2.0, 2), 2);
        Assert.Multiple(() =>
        {
            Assert.That(counts.ToArray<int>(), Is.EqualTo(new[] { 1, 1, 1, 0, 2 }));
            Assert.That(edges.ToDoubles(), Is.EqualTo(new double[] { 0, 2, 4, 6, 8, 10 }));
            Assert.That(inner.ToArray<int>(), Is.EqualTo(new[] { 0, 2, 1 }));
            Assert.That(bounds.DType, Is.EqualTo(DType.Float32));
            Assert.That(single.ToArray<int>(), Is.EqualTo(new[] { 0, 2 }));
            Assert.That(around.ToDoubles(), Is.EqualTo(new[] { 1.5, 2, 2.5 }));
            Assert.That(Ops.Histogram(Input(DType.Float32, [null])).Hist.Type, Is.EqualTo(new TensorType(DType.Int32, [10])));
        });
    }

    [Test]
    public void A_histogram_refuses_what_has_no_bins()
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => Ops.Histogram(Ops.Ones([2, 2])), Throws.ArgumentException.With.Message.Contains("x is not a vector"));
            Assert.That(() => Ops.Histogram(Ops.Ones([2]), 0), Throws.ArgumentException.With.Message.Contains("there are no bins"));
            Assert.That(() => Ops.Histogram(Ops.Ones([2]), 3, (2, 1)), Throws.ArgumentException.With.Message.Contains("the range falls"));
            Assert.That(() => Ops.Histogram(Ops.Ones([0])), Throws.ArgumentException);
        });
    }

    [Test]
    public void NaN_is_in_no_set()
    {
        var set = Vector(double.NaN, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        Assert.Multiple(() =>
        {
            foreach (var few in (Tensor[])[set, Ops.Slice(set, 0, [3])])
                Assert.That(Ops.Isin(Vector(double.NaN, 1, 0.5, 2), few).ToArray<bool>(), Is.EqualTo(new[] { false, true, false, true }));
            Assert.That(Ops.Isin(Vector(1, 2), Ops.Zeros([0])).ToArray<bool>(), Is.EqualTo(new[] { false, false }));
        });
    }

    [Test]
    public void Counts_in_a_model_need_their_number()
    {
        var x = Input(DType.Int32, [null, 3]);
        var counts = Ops.Bincount(x, minlength: 4);
        Assert.Multiple(() =>
        {
            Assert.That(counts.Type, Is.EqualTo(new TensorType(DType.Int32, [null, 4])));
            Assert.That(() => Ops.Bincount(x), Throws.ArgumentException.With.Message.Contains("depends on the values"));
        });
    }

    [Test]
    public void Weights_of_counts_have_gradients()
    {
        var weights = Vector(0.5, 1, 2);
        var sums = Ops.Bincount(Vector(2, 0, 2), weights, minlength: 4);
        Assert.Multiple(() =>
        {
            Assert.That(sums.ToDoubles(), Is.EqualTo(new[] { 1, 0, 2.5, 0 }));
            Assert.That(Gradients.Of(Ops.Sum(sums * Vector(1.0, 10, 100, 1000)), [weights])[0].ToDoubles(), Is.EqualTo(new[] { 100.0, 1, 100 }));
        });
    }

    [Test]
    public void Nonzero_gives_an_index_for_each_dimension()
    {
        var found = Ops.Nonzero(Tensor.Of([0.0, 0, 3, double.NaN, 0, 0, 0, 1], [2, 2, 2]));
        Assert.Multiple(() =>
        {
            Assert.That(found.Select(f => f.ToArray<int>()), Is.EqualTo(new[] { new[] { 0, 0, 1 }, [1, 1, 1], [0, 1, 1] }));
            Assert.That(Ops.Where(Ops.Zeros([0, 3]))[1].Shape, Is.EqualTo(Shape.Of(0)));
            Assert.That(Ops.Nonzero(Ops.Zeros([5]))[0].Shape, Is.EqualTo(Shape.Of(0)));
        });
    }

    [Test]
    public void What_is_shaped_by_values_says_so_in_a_model()
    {
        var x = Input(DType.Float32, [3]);
        var found = Graphs.Substitute([Ops.Nonzero(x)[0]], new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance) { [x] = Ops.Ones([3]) })[0];
        Assert.That(() => found.ToArray<int>(), Throws.InstanceOf<NotSupportedException>().With.Message.StartsWith("[nonzero] the shape of the result depends on values"));
    }

    [Test]
    public void Unique_tells_what_is_asked_for()
    {
        var x = Tensor.Of([3, 1, 2, 1, 3, 2], [2, 3]);
        var all = Ops.Unique(x, returnIndex: true, returnInverse: true, returnCounts: true);
        Assert.Multiple(() =>
        {
            Assert.That(Ops.Unique(x).ToArray<int>(), Is.EqualTo(new[] { 1, 2, 3 }));
            Assert.That(all.Select(a => a.ToDoubles()), Is.EqualTo(new[] { new double[] { 1, 2, 3 }, [1, 2, 0], [2, 0, 1, 0, 2, 1], [2, 2, 2] }));
            Assert.That(all[2].Shape, Is.EqualTo(x.Shape));
            Assert.That(Ops.Unique(x, size: 5, fillValue: 9).ToArray<int>(), Is.EqualTo(new[] { 1, 2, 3, 9, 9 }));
            Assert.That(Ops.Unique(x, size: 2).ToArray<int>(), Is.EqualTo(new[] { 1, 2 }));
            Assert.That(Ops.Unique(Ops.Zeros([0]), size: 2, fillValue: 7).ToDoubles(), Is.EqualTo(new double[] { 7, 7 }));
            Assert.That(Ops.Unique(Ops.Zeros([3, 0]), axis: 0).Shape, Is.EqualTo(Shape.Of(1, 0)));
            Assert.That(() => Ops.Unique(x, size: -1), Throws.ArgumentException.With.Message.Contains("the size is negative"));
        });
    }

    [Test]
    public void Unique_of_a_size_is_computed_in_a_model()
    {
        var x = Input(DType.Int32, [4]);
        var found = Ops.Unique(x, returnIndex: true, returnCounts: true, size: 3);
        var value = Vector(2, 1, 2, 1);
        var computed = Graphs.Substitute(found, new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance) { [x] = value });
        Assert.That(computed.Select(c => c.ToDoubles()), Is.EqualTo(new[] { new double[] { 1, 2, 0 }, [1, 0, 1], [2, 2, 0] }));
    }

    [Test]
    public void Sparsemax_is_a_distribution_and_nearest_to_its_input()
    {
        var y = Ops.Sparsemax(Tensor.Of([1000.0, 1000.5, 3, 0.1, 0.2, 0.3], [2, 3])).ToDoubles();
        Assert.That(y, Is.EqualTo(new[] { 0.25, 0.75, 0, 0.7 / 3, 1.0 / 3, 1.3 / 3 }).Within(1e-12));
    }
}
