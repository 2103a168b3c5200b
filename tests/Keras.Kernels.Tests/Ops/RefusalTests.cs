using Keras.Tests;

namespace Keras.Kernels.Tests.Table;

/// <summary>Calls that once ended in an error that is not ours, in memory that is not theirs, or not at all. The random calls that found them
/// are in Keras.Fuzz.Tests.</summary>
sealed class RefusalTests
{
    const int Huge = int.MaxValue;

    static Tensor Ones(params int[] shape) => Ops.Ones(Shape.Of(shape));

    static Tensor Input(params int[] shape) => new Placeholder(new TensorType(DType.Float32, Shape.Of(shape)), "x", IsInput: true).On();

    static TestCaseData Case(string name, Func<object> call, string message) => new TestCaseData(call, message).SetArgDisplayNames(name);

    static IEnumerable<TestCaseData> Refused() =>
    [
        Case("dtype", () => Ops.Zeros([2], (DType)99), "[dtype] unknown value"),
        Case("dtype of bounds", () => Ops.SaturateCast(Ones(2), (DType)(-1)), "[dtype] unknown value"),
        Case("sizes beyond memory", () => Ops.Zeros([Huge, Huge, Huge]).Evaluate(), "there are more elements than any memory holds"),
        Case("tile", () => Ops.Tile(Ones(4), Huge), "a dimension is too large"),
        Case("tile of unknown", () => Ops.Tile(Input(Shape.Unknown), Huge), "so many tensors are too many"),
        Case("repeat", () => Ops.Repeat(Ones(2), (int[])[Huge, Huge]), "a dimension is too large"),
        Case("arange", () => Ops.Arange(0.0, 1e300), "there are too many numbers"),
        Case("arange of NaN", () => Ops.Arange(double.NaN), "there are too many numbers"),
        Case("array_split", () => Ops.ArraySplit(Ones(3), 1 << 24), "so many tensors are too many"),
        Case("unstack", () => Ops.Unstack(Input(Shape.Unknown), -1), "num is negative"),
        Case("pad", () => Ops.Pad(Ones(2), [(Huge, Huge)]), "a dimension is too large"),
        Case("pad with a mode", () => Ops.Pad(Ones(2), [(Huge, Huge)], "edge"), "a dimension is too large"),
        Case("pad of many values", () => Ops.Pad(Ones(2), [(1, 1)], Ones(4)), "a border has one value"),
        Case("diag", () => Ops.Diag(Ones(2), int.MinValue), "a dimension is too large"),
        Case("diff of unknown", () => Ops.Diff(Input(Shape.Unknown), Huge), "n is too large"),
        Case("moveaxis", () => Ops.Moveaxis(Ones(5, 3, 5), (2, -2), (2, -1)), "an axis is named twice"),
        Case("concatenated sizes", () => Ops.Concatenate([Input(Huge), Input(Huge)]), "a dimension is too large"),
        Case("strides", () => Ops.MaxPool(Ones(1, 4, 1), 2, Huge), "strides is too large"),
        Case("kernel of another rank", () => Ops.DepthwiseConv(1, Ones(2, 2, 1, 1)), "input and kernel do not fit together"),
        Case("kernel of no depth", () => Ops.ConvTranspose(Ones(1, 2, 2, 2, 1), Ones(0, 1, 1, 1, 1)), "the kernel is empty"),
        Case("volume of unknown depth", () => Ops.Conv(Ones(1, 2, 2, 2, 1), Input(Shape.Unknown, 1, 1, 1, 1)), "the depth of the kernel is not known"),
        Case("empty kernel", () => Ops.Conv(Ones(1, 2, 2, 1), Ones(0, 1, 1, 1)), "the kernel is empty"),
        Case("no channels", () => Ops.Conv(Ones(1, 2, 2, 0), Ones(1, 1, 1, 0)), "input channels do not match the kernel"),
        Case("block", () => Ops.DepthToSpace(Ones(4, 1, 5, 0), 1 << 24), "block_size is too large"),
        Case("attention of unknown heads", () => Ops.DotProductAttention(Input(1, 2, Shape.Unknown, 3), Ones(1, 2, 1, 3), Ones(1, 2, 1, 3)), "the heads do not fit together"),
        Case("attention of unknown size", () => Ops.DotProductAttention(Input(1, 2, 1, Shape.Unknown), Input(1, 2, 1, Shape.Unknown), Ones(1, 2, 1, 3)), "is not known"),
        Case("overlapped windows", () => Ops.Istft((Ones(3, 3), Ones(3, 3)), 4, 1 << 30, 4), "a dimension is too large"),
        Case("long windows", () => Ops.Istft((Ones(3, 3), Ones(3, 3)), 1 << 30, 5, Huge), "there is no transform of this length"),
        Case("segments", () => Ops.SegmentMax(Ones(3, 1), Tensor.Of([0, 0, 0, 0, 0], [5]), 2), "there is not one segment number for each element"),
        Case("rows", () => new ScatterRows(ScatterKind.Add).On(Ones(2, 1), Tensor.Of([0, 0, 0, 0, 0], [5]), Ones(3, 1)), "there is not one row for each index"),
        Case("dropout", () => Random.Dropout(Tensor.Of([1L, 2], [2]), 0.5, seed: 1), "the inputs are not floating"),
        Case("enlarging", () => Ops.Resize(Ones(1, 1, 1), (Huge, 1), "bilinear"), "the size is too large"),
        Case("blurring", () => Ops.GaussianBlur(Ones(5, 3, 1), (3, Huge)), "the filter is too large"),
        Case("computed shape", () => Ops.Reshape(Ones(1), Tensor.Of([double.NaN], [1])), "a size is not a whole number"),
        Case("computed size", () => Ops.Reshape(Ones(1), [Tensor.Of([1e300], [1])]), "a size is not a whole number"),
        Case("lengths of labels", () => Ops.CtcLoss(Ones(1, 1), Ones(1, 1, 2), 1, Ones(1)), "the lengths are not one for each sequence"),
        Case("gradient of an unknown length", () => Input(Shape.Unknown) is var x ? Gradients.Of(Ops.Rfft(x).Real, [x]) : [], "the gradient depends on the length"),
        Case("jvp", () => Ops.Jvp(xs => 1.0, [], []), "there is nothing to differentiate for"),
    ];

    [TestCaseSource(nameof(Refused)), Hostile("K01", "K02", "K03", "K06", "K08")]
    public void A_call_that_cannot_be_is_refused(Func<object> call, string message) =>
        Assert.That(() => call(), Throws.ArgumentException.With.Message.Contains(message));

    [Test, Hostile("K04")]
    public void A_gradient_of_another_shape_is_refused()
    {
        var x = Ones(3);
        var y = Ops.CustomGradient(Ops.Sum(x), [x], _ => [Ones(2)]);
        Assert.That(() => Gradients.Of(y, [x]), Throws.ArgumentException.With.Message.Contains("gradient 0 of the rule has another shape"));
    }

    [Test, Hostile("K01")]
    public void What_no_value_may_take_is_refused_before_it_is_touched() => Assert.Multiple(() =>
    {
        Assert.That(() => Ops.Zeros([1 << 20, 1 << 20]).Evaluate(), Throws.InstanceOf<DeviceOutOfMemoryException>());
        Assert.That(() => Ops.Sum(Ops.Zeros([1 << 20, 1 << 25]) + 1).Item(), Throws.InstanceOf<DeviceOutOfMemoryException>());
        Assert.That(() => Ops.Eye(1 << 20).Evaluate(), Throws.InstanceOf<DeviceOutOfMemoryException>());
    });

    [Test]
    public void Axes_that_merge_do_not_count() => Assert.Multiple(() =>
    {
        var x = Ops.Ones(Shape.Of([.. Enumerable.Repeat(1, 20), 3]));
        Assert.That((x + x).ToDoubles(), Is.All.EqualTo(2));
        Assert.That(Ops.Pad(x, [.. Enumerable.Repeat((0, 0), 20), (1, 0)]).ToDoubles(), Is.EqualTo(new[] { 0.0, 1, 1, 1 }));
        var crossed = Shape.Of([.. Enumerable.Range(0, 20).Select(i => (i % 2) + 1)]);
        var other = Shape.Of([.. Enumerable.Range(0, 20).Select(i => ((i + 1) % 2) + 1)]);
        Assert.That(() => (Ops.Ones(crossed) + Ops.Ones(other)).Evaluate(), Throws.InstanceOf<NotSupportedException>().With.Message.Contains("too many axes"));
    });

    // A model of unknown sizes is checked again when it is called with values.
    static IEnumerable<TestCaseData> Disagreeing() =>
    [
        Case("cross-entropy", () => Called(Ops.CategoricalCrossentropy(Ones(2, 3), Input(Shape.Unknown, 3), fromLogits: true), 1, 3), "the shapes of the inputs differ"),
        Case("transposed convolution", () => Called(Ops.ConvTranspose(Input(1, 2, Shape.Unknown), Ones(1, 1, 3)), 1, 2, 1), "the gradient does not fit"),
        Case("no classes", () => Called(Ops.CtcDecode(Input(1, 2, Shape.Unknown), Tensor.Of([2], [1]), "beam_search").Scores, 1, 2, 0), "the blank is no class"),
        Case("lengths of sequences", () => Called(Ops.CtcDecode(Input(Shape.Unknown, 2, 3), Tensor.Of([2], [1]), "beam_search").Scores, 2, 2, 3), "there is not one length for each sequence"),
        Case("segment numbers", () => Called(Ops.SegmentSum(Input(Shape.Unknown, 2), Tensor.Of([0, 1], [2]), 2), 1, 2), "there is not one row for each index"),
    ];

    static HostData Called(Tensor result, params int[] shape)
    {
        var input = Graphs.Order([result]).Single(n => n.Op is Placeholder);
        return Graphs.Substitute([result], new Dictionary<Tensor, Tensor> { [input] = Ones(shape) })[0].Evaluate();
    }

    [TestCaseSource(nameof(Disagreeing))]
    public void A_call_of_a_graph_whose_sizes_disagree_is_refused(Func<object> call, string message) => A_call_that_cannot_be_is_refused(call, message);

    [Test]
    public void Integers_have_a_crossentropy()
    {
        var loss = Ops.SparseCategoricalCrossentropy(Tensor.Of([1L], [1]), Tensor.Of([1, 1], [1, 2]), fromLogits: true);
        Assert.That(loss.ToDoubles(), Is.EqualTo(new[] { Math.Log(2) }).Within(1e-6));
    }

    [Test]
    public void A_product_without_channels_is_empty() =>
        Assert.That(Ops.ConvTranspose(Ones(2, 1, 4), Ones(1, 0, 4)).Evaluate().Bytes, Is.Zero);

    [Test]
    public void A_step_beyond_the_input_costs_nothing()
    {
        var (x, kernel) = (Ones(1, 6, 1), Ones(3, 1, 1));
        var y = Ops.Conv(x, kernel, 1 << 24, "same");
        var gradients = Gradients.Of(y, [x, kernel]);
        Assert.Multiple(() =>
        {
            Assert.That(y.ToDoubles(), Is.EqualTo(new[] { 3.0 }));
            Assert.That(gradients[0].ToDoubles(), Is.EqualTo(new[] { 1.0, 1, 1, 0, 0, 0 }));
            Assert.That(gradients[1].ToDoubles(), Is.EqualTo(new[] { 1.0, 1, 1 }));
        });
    }

    [Test]
    public void Pixels_without_neighbours_have_edges() =>
        Assert.That(Ops.SobelEdges(Ones(1, 3, 1, 1)).ToDoubles(), Is.EqualTo(new[] { 2.0, 0, 0, 0, -2, 0 }));

    static IEnumerable<TestCaseData> Late() =>
    [
        new TestCaseData((Tensor x) => x[1..^1] * 3).SetArgDisplayNames("slice"),
        new TestCaseData((Tensor x) => Ops.ScatterUpdate(x, Tensor.Of([0], [1, 1]), Ops.Ones([1]))).SetArgDisplayNames("scatter"),
        new TestCaseData((Tensor x) => Gradients.Of(Ops.Sum(Ops.Square(x[1..])), [x])[0] * x).SetArgDisplayNames("second order"),
    ];

    [TestCaseSource(nameof(Late))]
    public void Gradients_of_a_graph_of_unknown_sizes_are_those_of_known_ones(Func<Tensor, Tensor> function)
    {
        var (open, known) = (Input(Shape.Unknown), Tensor.Of([1f, 2, 3, 4], [4]));
        var gradient = Graphs.Substitute([Gradients.Of(Ops.Sum(function(open)), [open])[0]], new Dictionary<Tensor, Tensor> { [open] = known })[0];
        Assert.That(gradient.ToDoubles(), Is.EqualTo(Gradients.Of(Ops.Sum(function(known)), [known])[0].ToDoubles()));
    }

    [Test]
    public void Many_copies_of_what_has_no_size_yet_have_a_gradient()
    {
        var (open, known) = (Input(Shape.Unknown), Ones(2));
        foreach (var (copies, count) in ((Tensor, int)[])[(Ops.Tile(open, 1 << 16), 1 << 16), (Ops.Concatenate([.. Enumerable.Repeat(open, 2000)]), 2000)])
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var gradient = Gradients.Of(Ops.Sum(copies), [open])[0];
            Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(8 << 20));
            Assert.That(Graphs.Substitute([gradient], new Dictionary<Tensor, Tensor> { [open] = known })[0].ToDoubles(), Is.EqualTo(new double[] { count, count }));
        }
    }

    [Test]
    public void What_never_succeeds_is_not_waited_for() =>
        Assert.That(Random.Binomial([2], 3, -0.0, seed: 1).ToDoubles(), Is.EqualTo(new[] { 0.0, 0 }));

    [Test]
    public void Many_results_are_evaluated() =>
        Assert.That(() => Evaluator.Evaluate([.. Ops.ArraySplit(Ones(2, 0), 40_000)]), Throws.Nothing);
}
