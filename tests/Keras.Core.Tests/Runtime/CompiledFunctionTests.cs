namespace Keras.Core.Tests.Runtime;

public class CompiledFunctionTests
{
    static Tensor Of(params float[] values) => Tensor.Of(values, [values.Length]);

    [Test]
    public void A_function_is_traced_once_for_each_signature()
    {
        var traces = 0;
        var function = new CompiledFunction(x =>
        {
            traces++;
            return [x[0] * 2];
        });
        for (var i = 0; i < 3; i++) function.Invoke(Of(1, 2));
        Assert.That(traces, Is.EqualTo(1));
        function.Invoke(Of(1, 2, 3));
        function.Invoke(Tensor.Of<double>([1, 2], [2]));
        function.Invoke(Of(5, 6));
        Assert.That(traces, Is.EqualTo(3));
    }

    [Test]
    public void The_oldest_of_many_signatures_gives_way()
    {
        var traces = 0;
        var function = new CompiledFunction(x =>
        {
            traces++;
            return [x[0] * 2];
        });
        for (var size = 1; size <= 65; size++) function.Invoke(Of(new float[size]));
        function.Invoke(Of(new float[65]));
        function.Invoke(Of(new float[2]));
        Assert.That(traces, Is.EqualTo(65));
        Assert.That(function.Invoke(Of(3))[0].Item(), Is.EqualTo(6));
        Assert.That(traces, Is.EqualTo(66));
    }

    [Test]
    public void Results_equal_those_of_the_same_calls_outside()
    {
        Tensor[] Compute(Tensor x, Tensor w)
        {
            var y = Ops.Relu(Ops.Matmul(x, w));
            var loss = Ops.Mean(Ops.Square(y) + Ops.Softmax(y));
            return [loss, .. Gradients.Of(loss, [x, w])];
        }
        var random = new System.Random(1);
        Tensor Draw(int rows, int columns) => Tensor.Of([.. Enumerable.Range(0, rows * columns).Select(_ => random.NextSingle() - 0.5f)], [rows, columns]);
        var (a, b) = (Draw(17, 9), Draw(9, 5));
        var compiled = new CompiledFunction(x => Compute(x[0], x[1])).Invoke(a, b);
        var eager = Compute(a, b);
        for (var i = 0; i < eager.Length; i++) Assert.That(compiled[i].ToArray<float>(), Is.EqualTo(eager[i].ToArray<float>()).Within(1e-6f));
    }

    [Test]
    public void Arguments_may_be_unevaluated_and_results_may_be_arguments()
    {
        var function = new CompiledFunction(x => [x[0], x[1] + 1, x[0]]);
        var x = Of(1) + Of(2);
        var results = function.Invoke(x, x);
        Assert.That(results.Select(r => r.Item<float>()), Is.EqualTo(new[] { 3f, 4f, 3f }));
    }

    [Test]
    public void Many_threads_get_the_same_bits()
    {
        var random = new System.Random(2);
        var w = Tensor.Of([.. Enumerable.Range(0, 64 * 64).Select(_ => random.NextSingle())], [64, 64]);
        var function = new CompiledFunction(x => [Ops.Softmax(Ops.Matmul(x[0], w))]);
        var x = Tensor.Of([.. Enumerable.Range(0, 64 * 8).Select(_ => random.NextSingle())], [8, 64]);
        var expected = function.Invoke(x)[0].ToArray<float>();
        var wrong = 0;
        var threads = Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < 20; i++)
                if (!function.Invoke(x)[0].ToArray<float>().AsSpan().SequenceEqual(expected)) Interlocked.Increment(ref wrong);
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        Assert.That(wrong, Is.Zero);
    }

    [Test]
    public void A_set_token_stops_a_call_before_it_changes_anything()
    {
        var v = new Variable(Of(1));
        var function = new CompiledFunction(_ =>
        {
            v.Assign(v.Value + 1);
            return [];
        });
        var plan = function.PlanFor([]);
        Assert.That(() => CompiledFunction.Invoke(plan, [], [], new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(v.Value.Item<float>(), Is.EqualTo(1));
        function.Invoke();
        Assert.That(v.Value.Item<float>(), Is.EqualTo(2));
    }

    [Test]
    public void A_call_that_fails_on_bad_data_leaves_variables_and_function_whole()
    {
        var v = new Variable(Of(1));
        var function = new CompiledFunction(x =>
        {
            v.Assign(v.Value + 1);
            return [Ops.SparseCategoricalCrossentropy(x[0], x[1], fromLogits: true)];
        });
        var logits = Tensor.Of<float>([1, 2, 3], [1, 3]);
        Assert.That(() => function.Invoke(Tensor.Of<int>([3], [1]), logits), Throws.ArgumentException);
        Assert.That(v.Value.Item<float>(), Is.EqualTo(1));
        var loss = function.Invoke(Tensor.Of<int>([2], [1]), logits)[0].Item<float>();
        Assert.That(loss, Is.EqualTo(0.40760595f).Within(1e-6f));
        Assert.That(v.Value.Item<float>(), Is.EqualTo(2));
    }

    [Test]
    public void A_function_that_fails_while_it_is_traced_can_be_called_again()
    {
        var (v, fail) = (new Variable(Of(1)), true);
        var function = new CompiledFunction(_ =>
        {
            v.Assign(v.Value + 1);
            return fail ? throw new InvalidDataException("bad") : [v.Value];
        });
        Assert.That(() => function.Invoke(), Throws.TypeOf<InvalidDataException>());
        Assert.That(v.Value.Item<float>(), Is.EqualTo(1), "outside of the trace again");
        fail = false;
        Assert.That(function.Invoke()[0].Item<float>(), Is.EqualTo(2));
    }

    [Test]
    public void An_argument_without_a_value_is_refused()
    {
        var function = new CompiledFunction(x => [x[0] + 1]);
        Assert.That(() => function.Invoke(Layer.Input(3)), Throws.InvalidOperationException.With.Message.Contains("Expected: "));
    }

    [Test]
    public void A_compiled_function_may_call_another()
    {
        var v = new Variable(Of(1));
        var inner = new CompiledFunction(x =>
        {
            v.Assign(v.Value + x[0]);
            return [v.Value];
        });
        Assert.That(inner.Invoke(Of(2))[0].Item<float>(), Is.EqualTo(3));
        var outer = new CompiledFunction(x => [x[0] * 2]);
        Assert.That(outer.Invoke(inner.Invoke(Of(1))[0])[0].Item<float>(), Is.EqualTo(8));
    }

    [Test]
    public void Zero_sizes_work()
    {
        var function = new CompiledFunction(x => [Ops.Exp(x[0]), Ops.Sum(x[0], 0), Ops.Matmul(x[0], Ops.Ones([3, 2]))]);
        var results = function.Invoke(Ops.Zeros([0, 3]));
        Assert.That(results[0].Shape, Is.EqualTo(Shape.Of(0, 3)));
        Assert.That(results[1].ToArray<float>(), Is.EqualTo(new float[3]));
        Assert.That(results[2].Shape, Is.EqualTo(Shape.Of(0, 2)));
    }
}
