namespace Keras.Kernels.Tests.Table;

/// <summary>Faults that other frameworks had in functions of <c>keras.ops</c>.</summary>
sealed class TrapTests
{
    [Test]
    public void Segment_maximum_without_a_count_has_a_segment_for_each_number()
    {
        var result = Ops.SegmentMax(Tensor.Of([1f, 5f], [2]), Tensor.Of([0, 2], [2]));
        Assert.That(result.ToArray<float>(), Is.EqualTo(new[] { 1f, float.NegativeInfinity, 5f }));
    }

    [Test]
    public void Softmax_over_two_axes_sums_to_one_over_both([Values(0, 1, 2)] int left)
    {
        Axes axes = Enumerable.Range(0, 3).Where(a => a != left).ToArray();
        var sums = Ops.Sum(Ops.Exp(Ops.LogSoftmax(Ops.Reshape(Ops.Arange(1.0, 9.0), [2, 2, 2]), axes)), axes);
        Assert.That(sums.ToDoubles(), Is.All.EqualTo(1).Within(1e-6));
    }

    [Test]
    public void Division_without_NaN_has_a_gradient_without_NaN()
    {
        Tensor x = Tensor.Of([1f], [1]), y = Tensor.Of([0f], [1]);
        Assert.That(Gradients.Of(Ops.DivideNoNan(x, y), [x, y]).SelectMany(g => g.ToDoubles()), Is.All.EqualTo(0));
    }

    [Test]
    public void Normalizing_zeros_has_a_gradient_without_NaN([Values(1, 2, 3)] int order)
    {
        var x = Ops.Zeros([2, 3]);
        var y = Ops.Normalize(x, order: order);
        Assert.That(y.ToDoubles(), Is.All.EqualTo(0));
        Assert.That(Gradients.Of(y, [x])[0].ToDoubles(), Is.All.Matches<double>(double.IsFinite));
    }

    [Test]
    public void Windows_of_one_point_are_1() =>
        Assert.That(new[] { Ops.Bartlett(1), Ops.Blackman(1), Ops.Hamming(1), Ops.Hanning(1), Ops.Kaiser(1, 14) }.SelectMany(w => w.ToDoubles()), Is.EqualTo(new double[] { 1, 1, 1, 1, 1 }));

    [Test]
    public void Gradient_of_a_dense_layer_over_sequences_needs_no_more_memory_than_its_input()
    {
        var (x, kernel) = (Open([8, 2048, 1024]), Open([1024, 1024]));
        var gradients = Gradients.Of(Ops.Sum(Ops.Tanh(Ops.Matmul(x, kernel))), [x, kernel]);
        var nodes = Graphs.Order(Lowering.Lower(Device.Default, [.. gradients]));
        Assert.That(nodes.Max(n => n.Type.Bytes), Is.EqualTo(x.Type.Bytes));
        Assert.That(nodes.Where(n => n.Op is MatMul).Select(n => n.Shape.Rank), Is.All.EqualTo(2).And.Exactly(3).Items);

        static Tensor Open(Shape shape) => new Placeholder(new TensorType(DType.Float32, shape), "x").On();
    }

    [Test]
    public void Shifts_that_are_not_one_for_each_axis_are_refused() =>
        Assert.That(() => Ops.Roll(Ops.Ones([2, 3]), (1, 2, 3), (0, 1)), Throws.ArgumentException.With.Message.StartsWith("[roll] the numbers of shifts and axes differ"));

    [Test]
    public void One_shift_rolls_along_two_axes() =>
        Assert.That(Ops.Roll(Ops.Reshape(Ops.Arange(6), [2, 3]), 1, (0, 1)).ToArray<int>(), Is.EqualTo(new[] { 5, 3, 4, 2, 0, 1 }));

    [Test]
    public void Greater_or_equal_is_both() =>
        Assert.That(Ops.GreaterEqual(Tensor.Of([1, 2, 3], [3]), 2).ToArray<bool>(), Is.EqualTo(new[] { false, true, true }));

    [Test]
    public void Place_of_the_maximum_keeps_its_axis_inferred_and_computed()
    {
        var x = new Placeholder(new TensorType(DType.Float32, [null, 3]), "x").On();
        foreach (var call in new Func<Tensor, Tensor>[] { t => Ops.Argmax(t, 1, keepdims: true), t => Ops.Argmin(t, 1, keepdims: true) })
            Assert.That((call(x).Shape, call(Ops.Ones([2, 3])).Shape), Is.EqualTo((Shape.Create([null, 1]), Shape.Create([2, 1]))));
    }

    [Test]
    public void Axes_of_one_come_and_go_where_several_sizes_are_unknown()
    {
        var x = new Placeholder(new TensorType(DType.Float32, [null, null, 3]), "x").On();
        var y = Ops.Squeeze(Ops.ExpandDims(x, 1) * 2, 1);
        var data = Ops.Ones([2, 4, 3]);
        var result = Graphs.Substitute([Ops.ExpandDims(y, 0)], new Dictionary<Tensor, Tensor> { [x] = data })[0];
        Assert.That((result.Shape, result.ToDoubles().Sum()), Is.EqualTo((Shape.Create([1, 2, 4, 3]), 48.0)));
    }

    [Test]
    public void Bits_of_floats_have_a_type_but_no_value()
    {
        var x = new Placeholder(new TensorType(DType.Float32, [null, 3]), "x").On();
        var bits = Ops.BitwiseLeftShift(x, 1);
        Assert.That(bits.Type, Is.EqualTo(x.Type));
        var computed = Graphs.Substitute([bits], new Dictionary<Tensor, Tensor> { [x] = Ops.Ones([2, 3]) })[0];
        Assert.That(computed.ToDoubles, Throws.ArgumentException.With.Message.Contains("bits are those of integers"));
    }

    [Test]
    public void Keys_read_parts() => Assert.Multiple(() =>
    {
        var x = Ops.Reshape(Ops.Arange(12), [3, 4]);
        Assert.That(x[^1].ToArray<int>(), Is.EqualTo(new[] { 8, 9, 10, 11 }));
        Assert.That(x[1.., 0..2].ToArray<int>(), Is.EqualTo(new[] { 4, 5, 8, 9 }));
        Assert.That(x[TensorIndex.Ellipsis, TensorIndex.Slice(step: -3)].ToArray<int>(), Is.EqualTo(new[] { 3, 0, 7, 4, 11, 8 }));
        Assert.That(() => x[3], Throws.ArgumentException.With.Message.Contains("an index is out of range"));
    });
}
