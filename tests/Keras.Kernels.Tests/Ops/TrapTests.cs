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
    public void One_shift_rolls_along_two_axes() =>
        Assert.That(Ops.Roll(Ops.Reshape(Ops.Arange(6), [2, 3]), 1, (0, 1)).ToArray<int>(), Is.EqualTo(new[] { 5, 3, 4, 2, 0, 1 }));

    [Test]
    public void Greater_or_equal_is_both() =>
        Assert.That(Ops.GreaterEqual(Tensor.Of([1, 2, 3], [3]), 2).ToArray<bool>(), Is.EqualTo(new[] { false, true, true }));

    [Test]
    public void Place_of_the_maximum_keeps_its_axis_inferred_and_computed()
    {
        var open = Ops.Argmax(new Placeholder(new TensorType(DType.Float32, [null, 3]), "x").On(), 1, keepdims: true);
        Assert.That((open.Shape, Ops.Argmax(Ops.Ones([2, 3]), 1, keepdims: true).Shape), Is.EqualTo((Shape.Create([null, 1]), Shape.Create([2, 1]))));
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
