namespace Keras.Core.Tests.Runtime;

/// <summary>Loops and branches: the same eagerly, in compiled steps and in gradients.</summary>
sealed class ControlFlowTests
{
    static readonly Tensor Xs = Tensor.Of([0.5, -1.0, 2.0, 0.25], [4]);

    static CompiledFunction Compiled(Func<Tensor, Tensor> f) => new(a => [f(a[0])]);

    static void AssertGradient(Func<Tensor, Tensor> f, double[] at, double within = 1e-7)
    {
        var x = Tensor.Of(at, [at.Length]);
        var found = Gradients.Of(f(x), [x])[0].ToDoubles();
        for (var i = 0; i < at.Length; i++)
        {
            double At(double by) => f(Tensor.Of([.. at.Select((v, k) => k == i ? v + by : v)], [at.Length])).Item();
            Assert.That(found[i], Is.EqualTo((At(1e-5) - At(-1e-5)) / 2e-5).Within(within).Percent.Or.EqualTo((At(1e-5) - At(-1e-5)) / 2e-5).Within(1e-6), $"{i}");
        }
    }

    static Tensor Recurrence(Tensor x, bool reverse = false)
    {
        var weight = Ops.Sum(x) * 0.3;
        var (carry, ys) = Ops.Scan((h, row) => (Ops.Tanh((h * weight) + row), h * row), Tensor.Of([0.1], []), x, reverse: reverse);
        return carry + Ops.Sum(Ops.Square(ys));
    }

    static double Recurrence(double[] x)
    {
        var (h, total) = (0.1, 0.0);
        foreach (var row in x) (h, total) = (Math.Tanh((h * x.Sum() * 0.3) + row), total + (h * row * h * row));
        return h + total;
    }

    [Test]
    public void Scan_carries_and_stacks()
    {
        var (carry, ys) = Ops.Scan((sum, x) => (sum + x, sum * 10), Tensor.Of([1.0], []), Xs);
        Assert.Multiple(() =>
        {
            Assert.That(carry.Item(), Is.EqualTo(2.75));
            Assert.That(ys.ToDoubles(), Is.EqualTo(new[] { 10.0, 15, 5, 25 }));
            Assert.That(Recurrence(Xs).Item(), Is.EqualTo(Recurrence(Xs.ToDoubles())).Within(1e-14));
            Assert.That(Recurrence(Xs, reverse: true).Item(), Is.Not.EqualTo(Recurrence(Xs.ToDoubles())));
        });
    }

    [Test]
    public void Scan_backwards_gives_its_results_in_the_order_of_the_rows() =>
        Assert.That(Ops.Scan((sum, x) => (sum + x, sum + x), Tensor.Of([0.0], []), Xs, reverse: true).Ys.ToDoubles(), Is.EqualTo(new[] { 1.75, 1.25, 2.25, 0.25 }));

    [Test]
    public void Scan_needs_no_sequence_where_the_length_is_given() =>
        Assert.That(Ops.Scan((c, _) => ([c[0] + 1], []), [Tensor.Of([1f], [])], length: 3).Carry[0].Item(), Is.EqualTo(4));

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(7)]
    public void Scan_without_sequences_runs_for_its_length(int length)
    {
        var (carry, ys) = Ops.Scan((c, _) => ([c[0] * 2], [c[0]]), [Tensor.Of([1f], [])], [], length);
        Assert.That(carry[0].Item<float>(), Is.EqualTo(Math.Pow(2, length)));
        Assert.That(ys[0].ToDoubles(), Is.EqualTo(Enumerable.Range(0, length).Select(i => Math.Pow(2, i))));
    }

    [Test]
    public void Scan_has_gradients_to_second_order()
    {
        AssertGradient(x => Recurrence(x), [0.5, -1.0, 2.0, 0.25]);
        AssertGradient(x => Recurrence(x, reverse: true), [0.5, -1.0, 2.0, 0.25]);
        AssertGradient(x => Ops.Sum(Gradients.Of(Recurrence(x), [x])[0] * Tensor.Of([1.0, 2, -1, 0.5], [4])), [0.5, -1.0, 2.0, 0.25], 1e-5);
    }

    [Test]
    public void A_compiled_step_gives_the_same_and_allocates_nothing()
    {
        var function = new CompiledFunction(a => [Recurrence(a[0]), Gradients.Of(Recurrence(a[0]), [a[0]])[0]]);
        var results = function.Invoke(Xs);
        Assert.That(results[0].Item(), Is.EqualTo(Recurrence(Xs).Item()));
        Assert.That(results[1].ToDoubles(), Is.EqualTo(Gradients.Of(Recurrence(Xs), [Xs])[0].ToDoubles()).Within(1e-14));

        var plan = function.PlanFor([Xs]);
        HostData[] data = [new(8), new(32)];
        for (var i = 0; i < 3; i++) CompiledFunction.Invoke(plan, [Xs], data);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++) CompiledFunction.Invoke(plan, [Xs], data);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void Variables_that_a_body_assigns_are_carried()
    {
        var count = new Variable(Tensor.Of([0f], []));
        Tensor Step(Tensor x) => Ops.Scan((c, row) =>
        {
            count.Assign(count.Value + 1);
            return (c + (row * count.Value), count.Value);
        }, Tensor.Of([0f], []), x).Carry;
        var x = Tensor.Of([1f, 10, 100], [3]);
        Assert.That(Step(x).Item<float>(), Is.EqualTo(321));
        Assert.That(count.Value.Item<float>(), Is.EqualTo(3));
        Assert.That(Compiled(Step).Invoke(x)[0].Item<float>(), Is.EqualTo(654));
        Assert.That(count.Value.Item<float>(), Is.EqualTo(6));
    }

    [Test]
    public void WhileLoop_ends_when_its_condition_says_so()
    {
        static IReadOnlyList<Tensor> Loop(Tensor x, int? most = null) => Ops.WhileLoop(v => v[0] < 100f, v => [v[0] * 2, v[1] + 1], [x, Tensor.Of([0], [])], most);
        var x = Tensor.Of([3f], []);
        Assert.Multiple(() =>
        {
            Assert.That(Loop(x)[0].Item<float>(), Is.EqualTo(192));
            Assert.That(Loop(x)[1].Item<int>(), Is.EqualTo(6));
            Assert.That(Loop(x, 3)[0].Item<float>(), Is.EqualTo(24));
            Assert.That(Loop(x, 0)[0].Item<float>(), Is.EqualTo(3));
            Assert.That(Loop(Tensor.Of([200f], []))[1].Item<int>(), Is.Zero);
            Assert.That(Compiled(a => Loop(a)[0]).Invoke(x)[0].Item<float>(), Is.EqualTo(192));
            Assert.That(() => Gradients.Of(Loop(x)[0], [x]), Throws.TypeOf<NotSupportedException>().With.Message.Contains("a loop of unknown length has no gradient"));
        });
    }

    [Test]
    public void A_condition_assigns_nothing()
    {
        var state = new Variable(Tensor.Of([1f], []));
        Assert.That(() => Ops.WhileLoop(v =>
        {
            state.Assign(v);
            return v < 3f;
        }, v => v + 1f, Tensor.Of([0f], [])), Throws.ArgumentException.With.Message.Contains("the condition assigns a variable"));
        Assert.That(state.Value.Item<float>(), Is.EqualTo(1));
    }

    [Test]
    public void ForiLoop_counts_and_has_gradients()
    {
        Assert.That(Ops.ForiLoop(2, 5, (i, v) => v + i, 0).Item<int>(), Is.EqualTo(9));
        Assert.That(Ops.ForiLoop(5, 2, (i, v) => v + i, Tensor.Of([7], [])).Item<int>(), Is.EqualTo(7));
        Assert.That(Ops.ForiLoop(Tensor.Of([2], []), Tensor.Of([5], []), (i, v) => v + i, Tensor.Of([0], [])).Item<int>(), Is.EqualTo(9));
        AssertGradient(x => Ops.Sum(Ops.ForiLoop(0, 4, (i, v) => Ops.Sin(v) * x, x)), [0.5, 1.5]);
    }

    [Test]
    public void Cond_calls_the_chosen_function_only()
    {
        var calls = new List<string>();
        Tensor Say(string what, Tensor x)
        {
            calls.Add(what);
            return x;
        }
        Assert.That(Ops.Cond(true, () => Say("yes", 1f), () => Say("no", 2f)).Item<float>(), Is.EqualTo(1));
        Assert.That(calls, Is.EqualTo(new[] { "yes" }));
    }

    [Test]
    public void Cond_chooses_within_a_compiled_step_and_in_its_gradient()
    {
        static Tensor Choose(Tensor x) => Ops.Cond(Ops.Sum(x) > 0f, () => Ops.Sum(x * x), () => Ops.Sum(Ops.Exp(x)) * 2f);
        var function = new CompiledFunction(a => [Choose(a[0]), Gradients.Of(Choose(a[0]), [a[0]])[0]]);
        foreach (var values in (float[][])[[1, 2], [-1, -2]])
        {
            var x = Tensor.Of(values, [2]);
            var found = function.Invoke(x);
            Assert.That(found[0].Item<float>(), Is.EqualTo(Choose(x).Item<float>()));
            Assert.That(found[1].ToDoubles(), Is.EqualTo(Gradients.Of(Choose(x), [x])[0].ToDoubles()));
        }
    }

    [Test]
    public void A_branch_assigns_only_where_it_is_taken()
    {
        var state = new Variable(Tensor.Of([1f], []));
        var function = Compiled(x => Ops.Cond(x > 0f, () =>
        {
            state.Assign(state.Value + x);
            return x;
        }, () => -x));
        Assert.That(function.Invoke(Tensor.Of([-5f], []))[0].Item<float>(), Is.EqualTo(5));
        Assert.That(state.Value.Item<float>(), Is.EqualTo(1));
        Assert.That(function.Invoke(Tensor.Of([5f], []))[0].Item<float>(), Is.EqualTo(5));
        Assert.That(state.Value.Item<float>(), Is.EqualTo(6));
    }

    [TestCase(-3, 1.0)]
    [TestCase(0, 1.0)]
    [TestCase(1, 20.0)]
    [TestCase(2, 300.0)]
    [TestCase(9, 300.0)]
    public void Switch_takes_the_nearest_branch(int index, double expected)
    {
        Tensor Pick(Tensor i) => Ops.Switch(i, [(IReadOnlyList<Tensor> x) => x[0], x => x[0] * 20, x => x[0] * 300], Tensor.Of([1f], []));
        Assert.That(Pick(Tensor.Of([index], [])).Item(), Is.EqualTo(expected));
        Assert.That(Compiled(Pick).Invoke(Tensor.Of([index], []))[0].Item(), Is.EqualTo(expected));
    }

    [Test]
    public void Map_is_a_function_of_each_row()
    {
        var x = Tensor.Of([1.0, 2, 3, 4, 5, 6], [3, 2]);
        Assert.That(Ops.Map(r => Ops.Sum(r) * r, x).ToDoubles(), Is.EqualTo(new[] { 3.0, 6, 21, 28, 55, 66 }));
        Assert.That(Ops.VectorizedMap(r => Ops.Sum(r), x).ToDoubles(), Is.EqualTo(new[] { 3.0, 7, 11 }));
        AssertGradient(v => Ops.Sum(Ops.Map(r => r * r * r, v)), [1, 2, -3]);
    }

    [Test]
    public void A_model_with_a_loop_keeps_unknown_dimensions()
    {
        var inputs = new Keras.Layers.Input(5, 2).Output;
        var steps = Ops.Transpose(inputs, [1, 0, 2]);
        var (_, ys) = Ops.Scan((c, x) => ([c[0] + x[0]], [c[0]]), [Ops.ZerosLike(Ops.Sum(inputs, 1))], [steps]);
        Assert.That(ys[0].Shape, Is.EqualTo(Shape.Of(5, Shape.Unknown, 2)));
    }

    [Test]
    public void Loops_refuse_what_they_cannot_carry()
    {
        var x = Tensor.Of([1f, 2], [2]);
        Assert.Multiple(() =>
        {
            Assert.That(() => Ops.Scan((c, r) => (Ops.Stack([c, c]), r), Tensor.Of([0f], []), x), Throws.ArgumentException.With.Message
                .EqualTo("[Scan] the body changes the type of loop variable 0. Expected: float32 (). Received: float32 (2,)."));
            Assert.That(() => Ops.Scan((c, _) => (c, []), [x], []), Throws.ArgumentException.With.Message.Contains("the number of steps is not known"));
            Assert.That(() => Ops.Map(v => [v[0] + v[1]], [x, Tensor.Of([1f], [1])]), Throws.ArgumentException.With.Message.Contains("the sequences differ in length"));
            Assert.That(() => Ops.WhileLoop(v => v > 0f, v => Ops.Cast(v, DType.Int32), Tensor.Of([1f], [])), Throws.ArgumentException);
            Assert.That(() => Ops.WhileLoop(v => v > 0f, v => v - 1f, x), Throws.ArgumentException);
            Assert.That(() => Ops.Cond(x, () => x, () => x), Throws.ArgumentException.With.Message.Contains("the choice must be one truth value"));
            Assert.That(() => Ops.Switch(0, Array.Empty<Func<IReadOnlyList<Tensor>, Tensor>>()), Throws.ArgumentException);
        });
    }
}
