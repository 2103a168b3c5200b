namespace Keras.Kernels.Tests.Table;

/// <summary>Arguments of Keras's functions that no recorded call has.</summary>
sealed class ArgumentTests
{
    [Test]
    public void Without_an_axis_elements_are_taken_of_the_flattened_tensor() =>
        Assert.That(Ops.TakeAlongAxis(Tensor.Of([1, 2, 3, 4], [2, 2]), Tensor.Of([3, 0, -2], [3])).ToDoubles(), Is.EqualTo(new double[] { 4, 1, 3 }));

    [Test]
    public void Sparse_and_ragged_results_are_refused()
    {
        var x = Tensor.Of([0, 2], [2]);
        (string Who, string Kind, Func<Tensor> Call)[] calls =
        [
            ("one_hot", "sparse", () => Ops.OneHot(x, 3, sparse: true)), ("multi_hot", "sparse", () => Ops.MultiHot(x, 3, sparse: true)),
            ("bincount", "sparse", () => Ops.Bincount(x, sparse: true)), ("convert_to_tensor", "sparse", () => Ops.ConvertToTensor(x, sparse: true)),
            ("convert_to_tensor", "ragged", () => Ops.ConvertToTensor(x, ragged: true)),
        ];
        foreach (var (who, kind, call) in calls)
            Assert.That(call, Throws.InstanceOf<NotSupportedException>().With.Message.EqualTo($"[{who}] there are no {kind} tensors. Expected: {kind}: false. Received: true."));
    }

    [Test]
    public void Products_are_of_the_dtype_that_is_asked_for() => Assert.Multiple(() =>
    {
        var x = Tensor.Of([100, 100, 100, 100, 100, 100], [2, 3]);
        var product = Ops.Prod(x, 0, keepdims: true, dtype: DType.Float64);
        Assert.That((product.Type, product.ToDoubles()), Is.EqualTo((new TensorType(DType.Float64, [1, 3]), new[] { 1e4, 1e4, 1e4 })));
        Assert.That(Ops.Prod(x, dtype: DType.Float32).ToDoubles(), Is.EqualTo(new[] { 1e12 }).Within(1e5));
        Assert.That(Ops.Prod(x, dtype: DType.Bool).ToArray<bool>(), Is.EqualTo(new[] { true }));
    });

    [Test]
    public void Linspace_tells_its_step()
    {
        var (numbers, step) = Ops.Linspace(0, 1, 4, endpoint: false, retstep: true);
        Assert.That((numbers.ToDoubles(), step.ToDoubles()), Is.EqualTo((new[] { 0, 0.25, 0.5, 0.75 }, new[] { 0.25 })));
        Assert.That(Ops.Linspace(0, 1, 1, retstep: true).Step.ToDoubles(), Is.All.NaN);
        Assert.That(Ops.Linspace(0, 1, 5, true).ToDoubles(), Is.EqualTo(new[] { 0, 0.25, 0.5, 0.75, 1 }));
        Assert.That(() => Ops.Linspace(0, 1, 5, retstep: false), Throws.ArgumentException.With.Message.StartsWith("[linspace]"));
    }

    [Test]
    public void Scores_of_attention_stay_below_their_cap()
    {
        var x = Ops.Reshape(Ops.Arange(24.0), [1, 3, 2, 4]);
        var plain = Ops.DotProductAttention(x, x, x, flashAttention: true);
        var capped = Ops.DotProductAttention(x, x, x, attnLogitsSoftCap: 1e-6);
        Assert.That(Ops.DotProductAttention(x, x, x, attnLogitsSoftCap: 1e9).ToDoubles(), Is.EqualTo(plain.ToDoubles()).Within(1e-4));
        Assert.That(capped.ToDoubles(), Is.EqualTo(Ops.BroadcastTo(Ops.Mean(x, 1, keepdims: true), x.Shape).ToDoubles()).Within(1e-4), "all scores alike");
    }

    [Test]
    public void Windows_take_their_length_as_a_tensor()
    {
        Assert.That(Ops.Kaiser(Tensor.Of([5f], []), Tensor.Of([14f], [])).ToDoubles(), Is.EqualTo(Ops.Kaiser(5, 14).ToDoubles()));
        Assert.That(() => Ops.Hanning(Tensor.Of([2.5f], [])), Throws.ArgumentException.With.Message.EqualTo("[hanning] the number of points is not whole. Expected: an integer. Received: 2.5."));
    }

    [Test]
    public void Slices_start_where_a_tensor_says()
    {
        var x = Ops.Reshape(Ops.Arange(12.0), [3, 4]);
        var start = Tensor.Of([1, 2], [2]);
        Assert.Multiple(() =>
        {
            Assert.That(Ops.Slice(x, start, [2, 2]).ToDoubles(), Is.EqualTo(new double[] { 6, 7, 10, 11 }));
            Assert.That(Ops.Slice(x, start, [Shape.Unknown, 1]).ToDoubles(), Is.EqualTo(new double[] { 6, 10 }));
            Assert.That(Ops.SliceUpdate(x, start, -Ops.Ones([1, 2])).ToDoubles(), Is.EqualTo(new double[] { 0, 1, 2, 3, 4, 5, -1, -1, 8, 9, 10, 11 }));
            Assert.That(Gradients.Of(Ops.Slice(x, start, [2, 2]), [x])[0].ToDoubles(), Is.EqualTo(new double[] { 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1 }));
            Assert.That(() => Ops.Slice(x, Tensor.Of([2, 2], [2]), [2, 2]).ToDoubles(), Throws.ArgumentException.With.Message.Contains("out of range"));
            Assert.That(() => Ops.Slice(x, Tensor.Of([-1, 0], [2]), [2, 2]).ToDoubles(), Throws.ArgumentException.With.Message.Contains("out of range"));
            Assert.That(() => Ops.SliceUpdate(x, Tensor.Of([0, 3], [2]), Ops.Ones([2, 2])).ToDoubles(), Throws.ArgumentException.With.Message.Contains("out of range"));
            Assert.That(() => Ops.Slice(x, Tensor.Of([0], [1]), [2, 2]), Throws.ArgumentException.With.Message.StartsWith("[slice] one start and one size"));
        });
    }

    [Test]
    public void Slices_take_along_the_axes_that_they_cut()
    {
        var x = Ops.Reshape(Ops.Arange(24.0, dtype: DType.Float64), [2, 3, 4]);
        var part = Ops.Slice(x, Tensor.Of([0, 1, 0], [3]), [2, 2, 4]);
        var updated = Ops.SliceUpdate(x, Tensor.Of([0, 1, 0], [3]), -part);
        Assert.Multiple(() =>
        {
            Assert.That(part.ToDoubles(), Is.EqualTo(x[.., 1.., ..].ToDoubles()));
            Assert.That(updated.ToDoubles(), Is.EqualTo(Ops.Concatenate([x[.., ..1, ..], -x[.., 1.., ..]], 1).ToDoubles()));
            Assert.That(Gathers(part), Is.EqualTo(1));
            Assert.That(Gathers(updated), Is.EqualTo(2));
            Assert.That(Ops.Slice(x, Tensor.Of([0, 0, 0], [3]), x.Shape).ToDoubles(), Is.EqualTo(x.ToDoubles()));
            Assert.That(Ops.Slice(Ops.Zeros([0, 2]), Tensor.Of([9, 1], [2]), [0, 1]).Shape, Is.EqualTo(Shape.Of(0, 1)));
            Assert.That(Ops.SliceUpdate(Ops.Zeros([]), Tensor.Of<int>([], [0]), 3f).Item(), Is.EqualTo(3));
            foreach (var whole in new[] { 1, -1 })
            {
                Assert.That(() => Ops.Slice(x, Tensor.Of([0, 1, whole], [3]), [2, 2, 4]).ToDoubles(), Throws.ArgumentException.With.Message.Contains("out of range"));
                Assert.That(() => Ops.SliceUpdate(x, Tensor.Of([whole, 0, 0], [3]), x).ToDoubles(), Throws.ArgumentException.With.Message.Contains("out of range"));
            }
        });

        static int Gathers(Tensor y) => Graphs.Order([y]).Count(node => node.Op is Take && node.DType == DType.Float64);
    }

    [Test]
    public void A_model_slices_where_its_input_says()
    {
        Tensor x = Layer.Input(4), start = new Keras.Layers.Input([2], batchSize: 1, dtype: DType.Int32).Output;
        var model = new Function(Nest.List(x, start), Ops.SliceUpdate(x, Ops.Squeeze(start, 0), Ops.Ones([1, 2])));
        var given = Nest.List(Ops.Zeros([2, 4]), Tensor.Of([1, 1], [1, 2]));
        Assert.That(model.Apply(given).Tensor.ToDoubles(), Is.EqualTo(new double[] { 0, 0, 0, 0, 0, 1, 1, 0 }));
    }

    [Test]
    public void Shapes_are_computed()
    {
        var x = Ops.Arange(12);
        Tensor three = Tensor.Of([3], []);
        Assert.Multiple(() =>
        {
            Assert.That(Ops.Reshape(x, Tensor.Of([2, -1], [2])).Shape, Is.EqualTo(Shape.Of(2, 6)));
            Assert.That(Ops.Reshape(x, [three, null]).Shape, Is.EqualTo(Shape.Of(3, 4)));
            Assert.That(Ops.Reshape(x, [three, 4]).Shape, Is.EqualTo(Shape.Of(3, 4)));
            Assert.That(() => Ops.Reshape(x, Tensor.Of([5], [1])), Throws.ArgumentException.With.Message.StartsWith("[Reshape]").IgnoreCase);
            Assert.That(() => Ops.Reshape(x, three), Throws.ArgumentException.With.Message.StartsWith("[reshape] the new shape is not a vector."));
        });
    }
}
