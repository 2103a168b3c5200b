using System.Runtime.CompilerServices;

namespace Keras.Core.Tests.Runtime;

public class VariableTests
{
    static Variable Of(params float[] values) => new(Tensor.Of(values, [values.Length]));

    static float[] Values(Tensor tensor) => tensor.ToArray<float>();

    static CompiledFunction Step(Action action) => new(_ =>
    {
        action();
        return [];
    });

    static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }

    [Test]
    public void A_tensor_built_before_an_assign_keeps_the_old_value()
    {
        var v = Of(1, 2);
        var before = v.Value * 10;
        var read = v.Value;
        v.Assign(Tensor.Of<float>([3, 4], [2]));
        var after = v.Value * 10;
        Assert.Multiple(() =>
        {
            Assert.That(Values(before), Is.EqualTo(new[] { 10f, 20f }));
            Assert.That(Values(read), Is.EqualTo(new[] { 1f, 2f }));
            Assert.That(Values(after), Is.EqualTo(new[] { 30f, 40f }));
        });
    }

    [Test]
    public void A_tensor_built_before_a_compiled_step_keeps_the_old_value()
    {
        var v = Of(1, 2);
        var step = Step(() => v.Assign(v.Value + 1));
        for (var i = 0; i < 3; i++)
        {
            var (start, lazy, read) = (1f + i, v.Value * 10, v.Value);
            step.Invoke();
            Assert.That(Values(lazy), Is.EqualTo(new[] { start * 10, (start + 1) * 10 }));
            Assert.That(Values(read), Is.EqualTo(new[] { start, start + 1 }));
            Assert.That(Values(v.Value), Is.EqualTo(new[] { start + 1, start + 2 }));
        }
    }

    [Test]
    public void A_detached_value_stays_when_a_step_writes_in_place()
    {
        var v = Of(1, 2);
        var step = Step(() => v.Assign(v.Value + 1));
        step.Invoke();
        var kept = Detached(v);
        Collect();
        step.Invoke();
        Assert.That(Values(kept), Is.EqualTo(new[] { 2f, 3f }));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Tensor Detached(Variable v) => v.Value.Detach();

    [Test]
    public void A_variable_assigned_from_another_has_memory_of_its_own()
    {
        var (online, target) = (Of(1, 2), Of(0, 0));
        var step = Step(() => online.Assign(online.Value + 1));
        step.Invoke();
        CopyTo(online, target);
        Collect();
        step.Invoke();
        Assert.That(Values(target.Value), Is.EqualTo(new[] { 2f, 3f }));
        Assert.That(Values(online.Value), Is.EqualTo(new[] { 3f, 4f }));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void CopyTo(Variable from, Variable to) => to.Assign(from.Value);

    [Test]
    public void A_variable_assigned_from_another_keeps_its_value_when_its_own_step_writes()
    {
        var (online, target) = (Of(1, 2), Of(0, 0));
        CopyTo(online, target);
        Collect();
        Step(() => target.Assign(target.Value * 5)).Invoke();
        Assert.That(Values(online.Value), Is.EqualTo(new[] { 1f, 2f }));
    }

    [Test]
    public void Two_variables_swap_inside_a_step()
    {
        var (a, b) = (Of(1, 2), Of(3, 4));
        var swap = Step(() =>
        {
            var (x, y) = (a.Value, b.Value);
            a.Assign(y);
            b.Assign(x);
        });
        swap.Invoke();
        Assert.That((Values(a.Value)[0], Values(b.Value)[0]), Is.EqualTo((3f, 1f)));
        swap.Invoke();
        Assert.That((Values(a.Value)[0], Values(b.Value)[0]), Is.EqualTo((1f, 3f)));
    }

    [Test]
    public void Three_variables_rotate_with_arithmetic_inside_a_step()
    {
        var (a, b, c) = (Of(1), Of(2), Of(3));
        var rotate = Step(() =>
        {
            var (x, y, z) = (a.Value, b.Value, c.Value);
            a.Assign(y * 10);
            b.Assign(z * 10);
            c.Assign(x * 10);
        });
        rotate.Invoke();
        Assert.That(new[] { a, b, c }.Select(v => Values(v.Value)[0]), Is.EqualTo(new[] { 20f, 30f, 10f }));
        rotate.Invoke();
        Assert.That(new[] { a, b, c }.Select(v => Values(v.Value)[0]), Is.EqualTo(new[] { 300f, 100f, 200f }));
    }

    [Test]
    public void A_read_after_an_assign_sees_the_new_value_inside_a_step()
    {
        var (v, w) = (Of(1), Of(0));
        var step = new CompiledFunction(_ =>
        {
            var old = v.Value;
            v.Assign(v.Value * 2);
            v.Assign(v.Value + 3);
            w.Assign(v.Value * 100);
            return [old, v.Value, w.Value];
        });
        Assert.That(step.Invoke().Select(t => Values(t)[0]), Is.EqualTo(new[] { 1f, 5f, 500f }));
        Assert.That(step.Invoke().Select(t => Values(t)[0]), Is.EqualTo(new[] { 5f, 13f, 1300f }));
        Assert.That((Values(v.Value)[0], Values(w.Value)[0]), Is.EqualTo((13f, 1300f)));
    }

    [Test]
    public void One_value_may_go_to_two_variables_and_to_two_results()
    {
        var (a, b) = (Of(1), Of(2));
        var step = new CompiledFunction(_ =>
        {
            var sum = a.Value + b.Value;
            a.Assign(sum);
            b.Assign(sum);
            return [sum, sum, Ops.Reshape(sum, [])];
        });
        var results = step.Invoke();
        Assert.That(results.Select(t => Values(t)[0]), Is.EqualTo(new[] { 3f, 3f, 3f }));
        Assert.That((Values(a.Value)[0], Values(b.Value)[0]), Is.EqualTo((3f, 3f)));
        Step(() => a.Assign(a.Value + 1)).Invoke();
        Assert.That((Values(a.Value)[0], Values(b.Value)[0]), Is.EqualTo((4f, 3f)));
        Assert.That(Values(results[0])[0], Is.EqualTo(3f));
    }

    [Test]
    public void A_variable_may_be_returned_and_updated_in_one_step()
    {
        var v = Of(1, 2);
        var step = new CompiledFunction(_ =>
        {
            var old = v.Value;
            v.Assign(Ops.Exp(v.Value) * 0 + old + 1);
            return [old, Ops.Reshape(old, [2, 1])];
        });
        var first = step.Invoke();
        var second = step.Invoke();
        Assert.That(Values(first[0]), Is.EqualTo(new[] { 1f, 2f }));
        Assert.That(Values(second[0]), Is.EqualTo(new[] { 2f, 3f }));
        Assert.That(Values(second[1]), Is.EqualTo(new[] { 2f, 3f }));
        Assert.That(Values(v.Value), Is.EqualTo(new[] { 3f, 4f }));
    }

    [Test]
    public void A_variable_may_take_another_ones_old_value_through_a_reshape()
    {
        var a = new Variable(Tensor.Of<float>([1, 2], [1, 2]));
        var b = new Variable(Tensor.Of<float>([3, 4], [2, 1]));
        Step(() =>
        {
            var (x, y) = (a.Value, b.Value);
            a.Assign(Ops.Reshape(y, [1, 2]));
            b.Assign(Ops.Reshape(x, [2, 1]));
        }).Invoke();
        Assert.That(Values(a.Value), Is.EqualTo(new[] { 3f, 4f }));
        Assert.That(Values(b.Value), Is.EqualTo(new[] { 1f, 2f }));
    }

    [Test]
    public void A_tensor_whose_value_was_assigned_keeps_it()
    {
        var v = Of(0, 0);
        var given = Tensor.Of<float>([7, 8], [2]);
        v.Assign(given);
        Step(() => v.Assign(v.Value * 2)).Invoke();
        Assert.That(Values(given), Is.EqualTo(new[] { 7f, 8f }));
        Assert.That(Values(v.Value), Is.EqualTo(new[] { 14f, 16f }));
    }

    [Test]
    public void An_assigned_value_is_cast_and_its_history_cut()
    {
        var v = Of(1);
        v.Assign(Tensor.Of<double>([2.5], [1]));
        Assert.That(v.Value.DType, Is.EqualTo(DType.Float32));
        var x = Tensor.Of<float>([3], [1]);
        v.Assign(x * x);
        Assert.That(Gradients.Of(v.Value * 2, [x])[0].Item(), Is.Zero);
    }

    [Test]
    public void A_wrong_shape_is_refused_and_changes_nothing()
    {
        var v = new Variable(Ops.Ones([2]), name: "w");
        Assert.That(() => v.Assign(Ops.Ones([3])), Throws.ArgumentException.With.Message.EqualTo(
            "[Variable \"w\"] the shape of the new value is another one. Expected: (2,). Received: (3,)."));
        Assert.That(Values(v.Value), Is.EqualTo(new[] { 1f, 1f }));
    }

    [Test]
    public void Several_are_assigned_in_one_run_from_their_old_values()
    {
        var (a, b) = (Of(1), Of(2));
        Variable.AssignAll([(a, b.Value + 10), (b, a.Value + 20)]);
        Assert.That((Values(a.Value)[0], Values(b.Value)[0]), Is.EqualTo((12f, 21f)));
    }

    [Test]
    public void Several_are_assigned_all_or_none()
    {
        var (a, b) = (Of(1), Of(2));
        Assert.That(() => Variable.AssignAll([(a, Ops.Zeros([1])), (b, Ops.Zeros([2]))]), Throws.ArgumentException);
        Assert.That((Values(a.Value)[0], Values(b.Value)[0]), Is.EqualTo((1f, 2f)));
    }

    [Test]
    public void A_variable_that_is_made_in_a_traced_step_has_a_value()
    {
        Variable? made = null;
        var step = new CompiledFunction(x =>
        {
            made ??= new Variable(Ops.Full([1], 4.0));
            made.Assign(made.Value + x[0]);
            return [made.Value];
        });
        Assert.That(Values(step.Invoke(Ops.Ones([1]))[0])[0], Is.EqualTo(5));
        Assert.That(Values(step.Invoke(Ops.Ones([1]))[0])[0], Is.EqualTo(6));
    }

    [Test]
    public void Threads_that_read_while_one_assigns_see_whole_values()
    {
        var v = new Variable(Ops.Zeros([512]));
        var torn = 0;
        var done = false;
        var readers = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            while (!Volatile.Read(ref done))
                if (v.Value.ToArray<float>().Distinct().Count() != 1) Interlocked.Increment(ref torn);
        })).ToArray();
        foreach (var reader in readers) reader.Start();
        for (var i = 0; i < 300; i++) v.Assign(Ops.Full([512], (double)i));
        Volatile.Write(ref done, true);
        foreach (var reader in readers) reader.Join();
        Assert.That(torn, Is.Zero);
    }
}
