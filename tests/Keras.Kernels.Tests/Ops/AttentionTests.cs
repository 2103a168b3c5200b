namespace Keras.Kernels.Tests.Table;

/// <summary>Attention by blocks: what the rows of the table do not show.</summary>
sealed class AttentionTests
{
    static Tensor Numbers(Shape shape, int seed) => Random.Normal(shape, seed: seed, dtype: DType.Float32).Detach();

    static Tensor[] Inputs(int targets, int sources, int heads = 2, int size = 8) =>
        [Numbers([1, targets, heads, size], 1), Numbers([1, sources, heads, size], 2), Numbers([1, sources, heads, size], 3)];

    /// <summary>The same with all scores at once.</summary>
    static Tensor Plain(Tensor result) => Graphs.Map([result], (node, inputs) => node.Inputs.IsEmpty ? node
        : node.Op is Attend attend ? attend.Decompose(inputs) : node.Op.On(inputs))[0];

    static void AreSame(Tensor a, Tensor b) => Assert.That(a.ToDoubles(), Is.EqualTo(b.ToDoubles()).Within(1e-4));

    static IEnumerable<Func<Tensor>> Blind()
    {
        const int Length = 600;
        var mask = Ops.Reshape(Ops.Greater(Ops.Arange(Length * 300) % 7, Ops.Arange(Length * 300) / 300 % 9), [1, 1, Length, 300]);
        yield return () => Attended(mask, false, null);
        yield return () => Attended(mask, true, null);
        yield return () => Attended(Ops.Zeros([1, 1, 1, 1], DType.Bool), true, null);
        yield return () => Attended(null, true, Ops.Where(mask, Ops.Zeros(mask.Shape), -3e38));
        yield return () => Attended(null, false, Ops.Where(mask, Ops.Zeros(mask.Shape), float.NegativeInfinity));
        yield return () => Attended(null, true, Ops.Where(mask, Ops.Zeros(mask.Shape), float.NegativeInfinity));

        static Tensor Attended(Tensor? mask, bool causal, Tensor? bias)
        {
            var x = Inputs(Length, 300);
            return Ops.DotProductAttention(x[0], x[1], x[2], bias, mask, isCausal: causal);
        }
    }

    [TestCaseSource(nameof(Blind))]
    public void Targets_that_see_nothing_get_what_all_scores_at_once_give(Func<Tensor> make)
    {
        var y = make();
        AreSame(y, Plain(y));
        var x = Graphs.Order([y]).Single(n => n.Op is Attend).Inputs.ToArray()[..3];
        var g = Numbers(y.Shape, 4);
        foreach (var (fused, plain) in Gradients.Of(y, x, g).Zip(Gradients.Of(Plain(y), x, g))) AreSame(fused, plain);
    }

    [Test]
    public void A_batch_of_one_meets_many()
    {
        Tensor[] x = [Numbers([3, 5, 2, 8], 1), Numbers([1, 6, 2, 8], 2), Numbers([3, 6, 2, 8], 3)];
        var y = Ops.DotProductAttention(x[0], x[1], x[2]);
        Tensor[] all = [x[0], Ops.Repeat(x[1], 3, axis: 0), x[2]];
        var expected = Ops.DotProductAttention(all[0], all[1], all[2]);
        AreSame(y, expected);
        var (found, wanted) = (Gradients.Of(Ops.Sum(y * y), x), Gradients.Of(Ops.Sum(expected * expected), all));
        AreSame(found[0], wanted[0]);
        AreSame(found[1], Ops.Sum(wanted[1], 0, keepdims: true));
        AreSame(Ops.DotProductAttention(x[1], x[0], x[0]), Ops.DotProductAttention(all[1], x[0], x[0]));
        var open = new Placeholder(new TensorType(DType.Float32, [Shape.Unknown, 5, 2, 8]), "open").On();
        Assert.That(Ops.DotProductAttention(x[1], open, open).Shape, Is.EqualTo(Shape.Of(Shape.Unknown, 6, 2, 8)));
        Assert.That(Ops.DotProductAttention(open, x[1], x[2]).Shape, Is.EqualTo(Shape.Of(3, 5, 2, 8)));
    }

    [Test]
    public void A_bias_has_a_gradient_of_its_own_shape()
    {
        var x = Inputs(5, 6);
        var bias = Numbers([2, 1, 6], 5);
        var y = Ops.DotProductAttention(x[0], x[1], x[2], bias, isCausal: true);
        AreSame(Gradients.Of(Ops.Sum(y * y), [bias])[0], Gradients.Of(Ops.Sum(Plain(y) * Plain(y)), [bias])[0]);
    }

    [Test]
    public void A_bound_of_the_scores_and_half_precision_are_computed_too()
    {
        var x = Inputs(5, 6);
        var capped = Ops.DotProductAttention(x[0], x[1], x[2], attnLogitsSoftCap: 1e6);
        AreSame(capped, Ops.DotProductAttention(x[0], x[1], x[2]));
        var half = Ops.DotProductAttention(Ops.Cast(x[0], DType.BFloat16), Ops.Cast(x[1], DType.BFloat16), Ops.Cast(x[2], DType.BFloat16));
        Assert.That(half.DType, Is.EqualTo(DType.BFloat16));
        Assert.That(half.ToDoubles(), Is.EqualTo(capped.ToDoubles()).Within(0.05));
    }

    [Test]
    public void No_source_gives_zeros()
    {
        var x = Inputs(3, 0);
        Assert.That(Ops.DotProductAttention(x[0], x[1], x[2]).ToDoubles(), Is.All.Zero);
    }

    [Test]
    public void Lengths_that_do_not_fit_are_refused()
    {
        var x = Inputs(3, 4);
        Assert.That(() => Ops.DotProductAttention(x[0], x[1], x[2][.., 1..]), Throws.ArgumentException.With.Message.Contains("do not fit together in axis 1"));
        Assert.That(() => Ops.DotProductAttention(x[0], x[1], x[2], mask: Ops.Ones([1, 1, 3, 5], DType.Bool)), Throws.ArgumentException);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Memory_grows_with_the_length_alone(bool training)
    {
        var (some, more) = (Bytes(2048, training), Bytes(8192, training));
        Assert.That(more, Is.LessThanOrEqualTo(4.1 * some), "four times the length, not 16 times");
        // Scores would be 256 MiB a head.
        Assert.That(more, Is.LessThan(64 << 20));
        if (training) return;
        var x = Inputs(8192, 8192);
        Assert.That(Ops.DotProductAttention(x[0], x[1], x[2]).ToDoubles(), Has.All.Matches<double>(double.IsFinite));
    }

    [Test]
    public void A_call_allocates_nothing()
    {
        var (plan, inputs) = (Planned(300, true), Inputs(300, 300));
        HostData[] results = [.. plan.Results.Select(r => new HostData(r.Bytes))];
        for (var i = 0; i < 50; i++) CompiledFunction.Invoke(plan, inputs, results);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 50; i++) CompiledFunction.Invoke(plan, inputs, results);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    static long Bytes(int length, bool training) => Planned(length, training).ArenaBytes;

    static Plan Planned(int length, bool training) => new CompiledFunction(xs =>
    {
        var y = Ops.DotProductAttention(xs[0], xs[1], xs[2]);
        return training ? [y, .. Gradients.Of(Ops.Sum(y * y), [.. xs])] : [y];
    }).PlanFor(Inputs(length, length));
}
